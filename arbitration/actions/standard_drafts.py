"""Drafts of the standard: started, saved, laid open for comments, taken back, withdrawn, published as they lay open."""

from datetime import timedelta
from functools import lru_cache
from hashlib import sha256

from arbitration.actions import standard as versions
from arbitration.actions.context import Work, record
from arbitration.domain import editions
from arbitration.domain.editions import EDITION, EVENT, MAX_COMMENT_CHARS, MAX_NAME_CHARS, EditionAction, EditionState
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany, WrongState
from arbitration.domain.log import NO_CASE
from arbitration.domain.marked_yaml import Fault
from arbitration.domain.permissions import Permission, may
from arbitration.domain.silence import check
from arbitration.domain.standard import BEIJING, Standard, StandardRefused
from arbitration.domain.texts import says_nothing
from arbitration.store import standard as store
from arbitration.store.standard import StandardComment, StandardDraft

NOTICE = timedelta(days=30)
"""How long from today a new draft proposes to come into force; its editor changes the day as needed."""
COMMENT_WINDOW = timedelta(minutes=15)
checked = lru_cache(maxsize=32)(check)
"""Each text is searched once in a process for places where silence would pay."""
COMMENTS_FROM_ONE = 5
COMMENTS_ON_ONE = 60
"""So many comments are taken within the window from one address, and on one draft."""
PUBLIC_STATES = frozenset({EditionState.IN_CONSULTATION, EditionState.PUBLISHED})


def faults(text: str) -> tuple[Fault, ...]:
    """Everything that keeps *text* from being a version, in the order of the text; empty when nothing does.

    A place where silence would pay keeps it, too.
    """
    return _faults(text)


@lru_cache(maxsize=32)
def _faults(text: str) -> tuple[Fault, ...]:
    """Searched once in a process, whatever comes of it: that takes a second, and of the worst texts several."""
    try:
        checked(text)
    except StandardRefused as refused:
        return refused.faults
    return ()


def start(work: Work, text: str | None = None) -> StandardDraft:
    """Standards editor: a new draft of *text*, or else of the version in force with the next number and a later day.

    Raises NotFound where there is no version to begin from.
    """
    _must_edit(work)
    if text is None:
        current = store.edition_in_force(work.session, work.now)
        if current is None:
            raise NotFound("No version of the standard is in force; begin with a file.")
        day = (work.now + NOTICE).astimezone(BEIJING).date()
        number = editions.next_number(store.numbers(work.session))
        text = editions.successor(work.session.get_one(store.StandardVersion, current.version).body, number, day)
    draft = StandardDraft(number="", editor=work.actor.id, created_at=work.now, changed_at=work.now)
    _write(draft, text)
    work.session.add(draft)
    work.session.flush()
    _tell(work, "standard_draft_started", draft)
    return draft


def find(work: Work, draft_id: int) -> StandardDraft:
    """Standards editor: a draft in any state. Raises NotFound."""
    _must_edit(work)
    draft = work.session.get(StandardDraft, draft_id)
    if draft is None:
        raise NotFound("There is no such draft of the standard.")
    return draft


def save(work: Work, draft_id: int, text: str, seen: int) -> StandardDraft:
    """Standards editor: keep *text*, faulty or not; *seen* is the revision that it was made from.

    Raises Conflict (code `stale`) when somebody saved another text meanwhile, WrongState while it may not change.
    """
    draft = find(work, draft_id)
    editions.must_be_editable(draft.state)
    if draft.body == text:
        return draft
    _must_be_seen(draft, seen)
    _write(draft, text)
    draft.revision += 1
    draft.editor = work.actor.id
    draft.changed_at = work.now
    _tell(work, "standard_draft_saved", draft)
    return draft


def open_consultation(work: Work, draft_id: int, seen: int, lasts: timedelta) -> None:
    """Standards editor: lay the text open to everyone for as long as it *lasts*.

    Raises StandardRefused, Invalid or Conflict now for what would keep it from being published then.
    """
    draft = find(work, draft_id)
    _must_be_seen(draft, seen)
    proposed = checked(draft.body)
    closes_at = editions.consultation_closes(work.now, lasts, work.procedure.consultation)
    editions.must_follow(proposed, versions.published(work))
    editions.must_not_reach_back(proposed, closes_at)
    if any(other.number == draft.number for other in store.consultations(work.session) if other.id != draft.id):
        raise Conflict(
            "Another draft of version %(version)s lies open already; give this one another number.",
            values={"version": draft.number},
        )
    draft.state = EDITION.next_state(draft.state, EditionAction.OPEN_CONSULTATION, work.actor.role)
    draft.opens_at = work.now
    draft.closes_at = closes_at
    draft.changed_at = work.now
    _tell(work, EVENT[EditionAction.OPEN_CONSULTATION], draft, closes_at=closes_at.isoformat())


def return_to_draft(work: Work, draft_id: int) -> None:
    """Standards editor: end the consultation to change the text; what was said stays, the next one begins anew."""
    draft = find(work, draft_id)
    draft.state = EDITION.next_state(draft.state, EditionAction.RETURN_TO_DRAFT, work.actor.role)
    draft.closes_at = work.now
    draft.changed_at = work.now
    _tell(work, EVENT[EditionAction.RETURN_TO_DRAFT], draft)


def withdraw(work: Work, draft_id: int) -> None:
    """Standards editor: give the draft up for good."""
    draft = find(work, draft_id)
    draft.state = EDITION.next_state(draft.state, EditionAction.WITHDRAW, work.actor.role)
    draft.changed_at = work.now
    _tell(work, EVENT[EditionAction.WITHDRAW], draft)


def publish(work: Work, draft_id: int) -> Standard:
    """Standards editor: make the draft a version, once its consultation has ended. Raises as `standard.publish`."""
    return versions.publish(work, find(work, draft_id).body)


def consultation(work: Work, draft_id: int) -> StandardDraft:
    """Anyone: a draft that lies open, or lay open and became a version. Raises NotFound."""
    draft = work.session.get(StandardDraft, draft_id)
    if draft is None or draft.state not in PUBLIC_STATES:
        raise NotFound("There is no such consultation.")
    return draft


def comment(work: Work, draft_id: int, *, name: str, text: str, language: str, source: str) -> StandardComment:
    """Anyone: say something in public to a draft in consultation. *source* is whose comments are counted together.

    Raises WrongState when its time is over, Invalid for a comment that is empty or too long, TooMany.
    """
    draft = consultation(work, draft_id)
    if draft.state is not EditionState.IN_CONSULTATION or draft.closes_at is None or work.now >= draft.closes_at:
        raise WrongState("The time for comments on this draft is over.")
    if says_nothing(name) or says_nothing(text):
        raise Invalid("Say who comments, and what.")
    if len(text) > MAX_COMMENT_CHARS or len(name) > MAX_NAME_CHARS:
        raise Invalid("A comment has at most %(most)s characters; shorten it.", values={"most": MAX_COMMENT_CHARS})
    _limit(work, f"comment:{source}", COMMENTS_FROM_ONE)
    _limit(work, f"comments:{draft_id}", COMMENTS_ON_ONE)
    said = StandardComment(draft_id=draft.id, sha256=draft.sha256, name=name, text=text, language=language, at=work.now)
    work.session.add(said)
    work.session.flush()
    digest = sha256(text.encode()).hexdigest()
    _tell(work, "standard_commented", draft, comment=said.id, comment_sha256=digest)
    return said


def _write(draft: StandardDraft, text: str) -> None:
    """Put *text* into the draft; its number is kept where the text gives none that can be read."""
    editions.must_be_keepable(text)
    draft.body = text
    draft.sha256 = sha256(text.encode()).hexdigest()
    draft.number = editions.number_in(text) or draft.number


def _must_edit(work: Work) -> None:
    if not may(work.actor.role, Permission.EDIT_STANDARD):
        raise NotAllowed(f"{work.actor.role} may not edit the standard")


def _must_be_seen(draft: StandardDraft, seen: int) -> None:
    if draft.revision != seen:
        raise Conflict("The draft was saved elsewhere since this page was opened.", code="stale")


def _limit(work: Work, key: str, most: int) -> None:
    if not work.ports.limits.allow(work.session, key, most=most, within=COMMENT_WINDOW, now=work.now):
        raise TooMany("Too many comments in a short time. Wait a quarter of an hour and send it again.")


def _tell(work: Work, kind: str, draft: StandardDraft, **more: object) -> None:
    record(work, NO_CASE, kind, {"draft": draft.id, "number": draft.number, "sha256": draft.sha256, **more})
