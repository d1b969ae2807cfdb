"""The register of inspectors: accreditation and keys, each step in the history; who is on it is public."""

from collections.abc import Collection
from datetime import datetime

from arbitration.actions.context import Work, record
from arbitration.actions.people import pseudonym
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from arbitration.domain.inspection import Expertise, Revocation, distrusted_from
from arbitration.domain.log import NO_CASE
from arbitration.domain.manifest import public_key, thumbprint
from arbitration.domain.permissions import Permission, Role, may
from arbitration.store import inspectors, people
from arbitration.store.inspectors import Inspector, InspectorKey
from arbitration.store.people import Staff

MAX_NAME_CHARS = 100


def register(
    work: Work,
    *,
    name: Bilingual,
    expertise: Collection[Expertise],
    key: str,
    until: datetime | None = None,
    email: str | None = None,
) -> Inspector:
    """Accredit an inspector from now on, with a first *key* (JWK or base64 of the public half).

    *email* names the account by which it takes on requests; without one its reports come by platforms only. Raises
    Invalid for a name, period or key that cannot be, NotFound and Conflict for the account.
    """
    _needs(work)
    if not name.zh.strip() or not name.en.strip() or max(len(name.zh), len(name.en)) > MAX_NAME_CHARS:
        raise Invalid("An inspector has a name in Chinese and one in English, of at most 100 characters each.")
    if not expertise:
        raise Invalid("Say for what the inspector is accredited.")
    if until is not None and until <= work.now:
        raise Invalid("The accreditation would have ended already.")
    account = _account(work, email) if email else None
    inspector = Inspector(
        actor_id=account.actor_id if account else pseudonym("in"),
        name_zh=name.zh.strip(),
        name_en=name.en.strip(),
        expertise=" ".join(sorted(expertise)),
        accredited_from=work.now,
        accredited_until=until,
        staff_id=account.id if account else None,
    )
    work.session.add(inspector)
    work.session.flush()
    period = {"from": work.now.isoformat(), "until": until.isoformat() if until else None}
    record(work, NO_CASE, "inspector_registered", {"inspector": inspector.actor_id, **period})
    add_key(work, inspector.id, key)
    return inspector


def _account(work: Work, email: str) -> Staff:
    staff = people.staff_by_email(work.session, email)
    if staff is None or staff.role is not Role.INSPECTOR or staff.disabled_at is not None:
        raise NotFound(f"There is no account of an inspector for {email}.")
    if any(each.staff_id == staff.id for each in inspectors.inspectors(work.session)):
        raise Conflict("This account belongs to an inspector on the register already.")
    return staff


def add_key(work: Work, inspector_id: int, key: str) -> InspectorKey:
    """A further key, good from now on beside the others. Raises Invalid for what is no sound key, Conflict if known."""
    _needs(work)
    inspector = _inspector(work, inspector_id)
    public = public_key(key)
    if not work.ports.inspection_keys.is_sound(public):
        raise Invalid("Under this key anyone could sign; make a new one.")
    kid = thumbprint(public)
    if inspectors.key(work.session, kid) is not None:
        raise Conflict("This key is or was on the register already; a key is never registered twice.")
    row = InspectorKey(kid=kid, inspector_id=inspector.id, public_key=public, valid_from=work.now)
    work.session.add(row)
    record(work, NO_CASE, "inspector_key_added", {"inspector": inspector.actor_id, "kid": kid})
    return row


def rotate_key(work: Work, kid: str, key: str) -> InspectorKey:
    """A new key in place of an old one: what came signed with the old one before this moment stays good."""
    old = _key(work, kid)
    new = add_key(work, old.inspector_id, key)
    revoke_key(work, kid, Revocation.ROTATED)
    return new


def revoke_key(work: Work, kid: str, why: Revocation, compromised_since: datetime | None = None) -> InspectorKey:
    """Believe nothing that comes signed with this key from now on.

    Rotated or retired: what the office received before stays good. Compromised: only what it received before
    *compromised_since* does, and nothing where that is not known; the time of receipt is that of the history.
    """
    _needs(work)
    row = _key(work, kid)
    if row.revoked_at is not None and not (
        why is Revocation.COMPROMISED and row.revoked_why is not Revocation.COMPROMISED
    ):
        raise Conflict("Key %(key)s is revoked already.", values={"key": kid})
    row.revoked_at = row.revoked_at or work.now
    row.revoked_why = why
    row.distrusted_from = distrusted_from(why, row.revoked_at, row.valid_from, compromised_since)
    told = {"kid": kid, "why": why, "distrusted_from": row.distrusted_from.isoformat()}
    record(work, NO_CASE, "inspector_key_revoked", {"inspector": _inspector(work, row.inspector_id).actor_id, **told})
    return row


def end_accreditation(work: Work, inspector_id: int) -> None:
    """From now on nothing this inspector brings has full weight, and nobody can ask it. What came before stays."""
    _needs(work)
    inspector = _inspector(work, inspector_id)
    if inspector.accredited_until is not None and inspector.accredited_until <= work.now:
        raise Conflict("The accreditation has ended already.")
    inspector.accredited_until = work.now
    record(work, NO_CASE, "inspector_accreditation_ended", {"inspector": inspector.actor_id})


def _inspector(work: Work, inspector_id: int) -> Inspector:
    found = work.session.get(Inspector, inspector_id)
    if found is None:
        raise NotFound("There is no such inspector.")
    return found


def _key(work: Work, kid: str) -> InspectorKey:
    found = inspectors.key(work.session, kid)
    if found is None:
        raise NotFound("There is no such key on the register.")
    return found


def _needs(work: Work) -> None:
    if not may(work.actor.role, Permission.MANAGE_PEOPLE):
        raise NotAllowed(f"{work.actor.role} may not keep the register of inspectors")
