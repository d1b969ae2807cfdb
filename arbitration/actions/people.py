"""Accounts, platforms and their keys, and signing in."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from arbitration.actions.context import PUBLIC, Actor, Doors, Work, record
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from arbitration.domain.log import NO_CASE
from arbitration.domain.numbers import normalise_code
from arbitration.domain.panel import RelationKind
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import STAFF, Permission, Role, may
from arbitration.store import cases, people
from arbitration.store.people import Platform, PlatformKey, Staff, StaffRelation, WebSession

SIGN_IN_TRIES = 10
ADDRESS_TRIES = 100
"""From one network address, behind which a whole office may sit."""
SIGN_IN_WINDOW = timedelta(minutes=15)
PASSWORD_MIN_CHARS = 12
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*(:[0-9]{1,5})?")
LOOPBACK = {("http", "127.0.0.1"), ("http", "localhost"), ("http", "::1")}


def _needs(work: Work, permission: Permission) -> None:
    if not may(work.actor.role, permission):
        raise NotAllowed(f"{work.actor.role} may not {permission}")


def pseudonym(prefix: str) -> str:
    """A fresh actor id: what the history says instead of a name."""
    return f"{prefix}-{secrets.token_hex(8)}"


def add_platform(
    work: Work, *, slug: str, name: str, dialect: str, webhook_url: str | None, evidence_hosts: tuple[str, ...]
) -> Platform:
    """Register a platform. `slug` is its place in the webhook address; *dialect* must be a known one.

    Raises Invalid for a slug, address or host that could never work, Conflict for a slug that is taken.
    """
    _needs(work, Permission.MANAGE_PEOPLE)
    if not SLUG.fullmatch(slug):
        raise Invalid(
            "A platform's name is small letters, digits and dashes, at most 63; it is %(name)s.", values={"name": slug}
        )
    if webhook_url is not None and not _reachable(webhook_url):
        raise Invalid("A webhook address begins with https://; it is %(address)s.", values={"address": webhook_url})
    for host in evidence_hosts:
        if not HOST.fullmatch(host):
            raise Invalid("A host is a name such as files.example.com; it is %(host)s.", values={"host": host})
    if dialect not in work.ports.dialects.names():
        raise Invalid(
            "There is no dialect %(dialect)s; known are %(known)s.",
            values={"dialect": dialect, "known": ", ".join(work.ports.dialects.names())},
        )
    if work.session.scalar(select(Platform).where(Platform.slug == slug)):
        raise Conflict("There is a platform %(name)s already.", values={"name": slug})
    platform = Platform(
        actor_id=pseudonym("pl"),
        slug=slug,
        name=name,
        dialect=dialect,
        webhook_url=webhook_url,
        evidence_hosts=" ".join(evidence_hosts),
        created_at=work.now,
    )
    work.session.add(platform)
    record(work, NO_CASE, "platform_added", {"platform": platform.actor_id, "slug": slug, "dialect": dialect})
    return platform


def _reachable(address: str) -> bool:
    """https anywhere, http only on this very machine: there a platform is tried out."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme, parts.hostname) in LOOPBACK)


def disable_platform(work: Work, *, slug: str) -> None:
    """From now on nothing it sends is accepted. Its cases go on."""
    _needs(work, Permission.MANAGE_PEOPLE)
    platform = people.platform_by_slug(work.session, slug)
    if platform is None:
        raise NotFound(f"There is no platform {slug}.")
    platform.disabled_at = work.now
    record(work, NO_CASE, "platform_disabled", {"platform": platform.actor_id})


def add_platform_key(work: Work, *, slug: str, kind: KeyKind, material: bytes) -> PlatformKey:
    """Keep the verifying half of a new key: an Ed25519 public key, or an HMAC secret sealed by the Vault."""
    _needs(work, Permission.MANAGE_PEOPLE)
    platform = people.platform_by_slug(work.session, slug)
    if platform is None:
        raise NotFound(f"There is no platform {slug}.")
    key = PlatformKey(
        platform_id=platform.id,
        key_id=f"key-{secrets.token_hex(4)}",
        kind=kind,
        material=work.ports.vault.seal(material) if kind is KeyKind.HMAC else material,
        created_at=work.now,
    )
    work.session.add(key)
    record(work, NO_CASE, "platform_key_added", {"platform": platform.actor_id, "key": key.key_id, "kind": kind})
    return key


def revoke_platform_key(work: Work, *, slug: str, key_id: str) -> None:
    """From now on nothing signed with this key is accepted."""
    _needs(work, Permission.MANAGE_PEOPLE)
    platform = people.platform_by_slug(work.session, slug)
    key = people.platform_key(work.session, platform.id, key_id) if platform else None
    if platform is None or key is None:
        raise NotFound(f"Platform {slug} has no key {key_id}.")
    if key.revoked_at is not None:
        raise Conflict("Key %(key)s is revoked already.", values={"key": key_id})
    key.revoked_at = work.now
    record(work, NO_CASE, "platform_key_revoked", {"platform": platform.actor_id, "key": key_id})


@dataclass(frozen=True)
class NewStaff:
    """What a new account needs to be told once."""

    actor_id: str
    totp_secret: str


def add_staff(
    work: Work,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    platform: str | None = None,
    languages: str = "zh en",
) -> NewStaff:
    """Open an account. Every one has a second factor from the start; an arbitrator also gets a certificate."""
    _needs(work, Permission.MANAGE_PEOPLE)
    email = email.strip().lower()
    if role not in STAFF:
        raise Invalid(
            "%(role)s has no account; roles with one are %(roles)s.",
            values={"role": role, "roles": ", ".join(sorted(STAFF))},
        )
    if "@" not in email:
        raise Invalid("The e-mail address needs an @.")
    if len(password) < PASSWORD_MIN_CHARS:
        raise Invalid("The password needs at least %(least)s characters.", values={"least": PASSWORD_MIN_CHARS})
    if people.staff_by_email(work.session, email):
        raise Conflict("There is an account for %(email)s already.", values={"email": email})
    if (role is Role.PLATFORM_OFFICER) != (platform is not None):
        raise Invalid("A platform officer needs a platform, and nobody else has one.")
    employer = people.platform_by_slug(work.session, platform) if platform else None
    if platform and employer is None:
        raise NotFound(f"There is no platform {platform}.")
    secret = work.ports.credentials.new_totp_secret()
    actor_id = pseudonym("st")
    staff = Staff(
        actor_id=actor_id,
        email=email,
        name=name,
        role=role,
        platform_id=employer.id if employer else None,
        languages=languages,
        password_hash=work.ports.credentials.hash(password),
        totp_secret=work.ports.vault.seal(secret.encode()),
        certificate_sha256=work.ports.seal.issue(actor_id, name) if role is Role.ARBITRATOR else None,
        created_at=work.now,
    )
    work.session.add(staff)
    record(work, NO_CASE, "staff_added", {"staff": actor_id, "role": role, "certificate": staff.certificate_sha256})
    return NewStaff(actor_id, secret)


def disable_staff(work: Work, *, email: str) -> None:
    """Close an account: whoever holds it is signed out everywhere and cannot sign in again. What was done stays."""
    _needs(work, Permission.MANAGE_PEOPLE)
    staff = people.staff_by_email(work.session, email)
    if staff is None or staff.disabled_at is not None:
        raise NotFound(f"There is no open account for {email}.")
    staff.disabled_at = work.now
    work.session.execute(delete(WebSession).where(WebSession.holder == staff.actor_id))
    record(work, NO_CASE, "staff_disabled", {"staff": staff.actor_id})


def add_relation(work: Work, *, email: str, kind: RelationKind, subject: str, until: datetime | None = None) -> None:
    """Put on file what ties an arbitrator to a platform (its slug) or a merchant (its platform user id)."""
    _needs(work, Permission.MANAGE_PEOPLE)
    staff = people.staff_by_email(work.session, email)
    if staff is None or staff.role is not Role.ARBITRATOR:
        raise NotFound(f"There is no arbitrator {email}.")
    work.session.add(StaffRelation(staff_id=staff.id, kind=kind, subject=subject, until=until))
    record(work, NO_CASE, "relation_filed", {"staff": staff.actor_id, "kind": kind, "subject": subject})


def check_password(doors: Doors, *, email: str, password: str, address: str) -> str | None:
    """First step of signing in: the actor id, or None for every kind of failure alike.

    Limited per account and per address. The slow hash is computed between transactions, so that nobody waits for it.
    """
    with doors.work(PUBLIC) as work:
        _limit(work, f"password:{email.strip().lower()}")
        _limit(work, f"password-from:{address}", ADDRESS_TRIES)
    with doors.read(PUBLIC) as work:
        staff = people.staff_by_email(work.session, email)
    if staff is None or staff.disabled_at is not None:
        doors.ports.credentials.hash(password)  # an unknown account takes as long as a wrong password
        return None
    return staff.actor_id if doors.ports.credentials.matches(staff.password_hash, password) else None


def check_second_factor(work: Work, *, actor_id: str, code: str) -> Actor | None:
    """Second step: the actor, or None. A code counts once, and not again after a later one."""
    limit_codes(work, actor_id)
    staff = people.staff_by_actor(work.session, actor_id)
    if staff is None or staff.disabled_at is not None:
        return None
    return actor_of(staff) if spend_code(work, staff, code) else None


def limit_codes(work: Work, actor_id: str | None = None) -> None:
    """Count one try at a second factor. In a transaction of its own, so that a refusal cannot take it back."""
    _limit(work, f"totp:{actor_id or work.actor.id}")


def spend_code(work: Work, staff: Staff, code: str) -> bool:
    """Whether *code* is this person's second factor now; a code that was right is spent by it."""
    secret = work.ports.vault.open(staff.totp_secret).decode()
    step = work.ports.credentials.totp_step(secret, code, work.now)
    if step is None or step <= staff.totp_last_step:
        return False
    staff.totp_last_step = step
    return True


def actor_of(staff: Staff) -> Actor:
    """The actor that a staff account acts as."""
    return Actor(staff.actor_id, staff.role, staff.name, platform_id=staff.platform_id)


def enter_by_link(work: Work, *, link: str, code: str, address: str) -> Actor | None:
    """A party comes in by its link and the code that belongs to it, limited per link and address; None if wrong."""
    _limit(work, f"link:{link}")
    _limit(work, f"link-from:{address}", ADDRESS_TRIES)
    party = cases.party_by_link(work.session, link)
    if party is None:
        raise NotFound("This link leads nowhere.")
    expected = work.ports.credentials.access_code(party.link, party.code_serial)
    right = secrets.compare_digest(expected.encode(), normalise_code(code).encode())
    return party_actor(party) if right else None


def party_actor(party: cases.Party) -> Actor:
    """The actor that a party acts as, in its one case."""
    return Actor(party.actor_id, party.role, party.display_name, case_no=party.case_no)


def end_sessions(work: Work, *, but: str | None = None) -> int:
    """Sign the actor out everywhere, except in the session whose id digest is *but*. How many were ended."""
    query = delete(WebSession).where(WebSession.holder == work.actor.id)
    if but is not None:
        query = query.where(WebSession.id_sha256 != but)
    return int(work.session.execute(query).rowcount)  # type: ignore[attr-defined]


def _limit(work: Work, key: str, most: int = SIGN_IN_TRIES) -> None:
    if not work.ports.limits.allow(work.session, key, most=most, within=SIGN_IN_WINDOW, now=work.now):
        raise TooMany("Too many tries. Wait a quarter of an hour and try again.")
