"""Publishing a version of the standard, and reading published ones."""

from datetime import datetime
from functools import lru_cache

from arbitration.actions.context import Work, record
from arbitration.domain import editions
from arbitration.domain.editions import EDITION, EVENT, EditionAction
from arbitration.domain.errors import NotAllowed, NotFound, WrongState
from arbitration.domain.log import NO_CASE
from arbitration.domain.permissions import Permission, Role, may
from arbitration.domain.standard import Standard, parse
from arbitration.store import standard as versions
from arbitration.store.standard import Edition, StandardVersion, consulted

parsed = lru_cache(maxsize=32)(parse)
_by_digest: dict[str, Standard] = {}
"""Published text never changes, so each version is read and parsed once in a process."""


def publish(work: Work, text: str) -> Standard:
    """Standards editor or operator: make a version of exactly this text, which was consulted on for its whole time.

    Only the operator's first version of an empty office needs no consultation, and may be in force already. Raises
    StandardRefused with line and reason, WrongState, Conflict, or Invalid where a rule of `domain.editions` says no.
    """
    if not may(work.actor.role, Permission.PUBLISH_STANDARD):
        raise NotAllowed(f"{work.actor.role} may not publish a standard")
    standard = parsed(text)
    earlier = published(work)
    editions.must_follow(standard, earlier)
    if earlier or work.actor.role is not Role.SYSTEM:
        _end_consultation(work, standard)
        editions.must_not_reach_back(standard, work.now)
    work.session.add(
        StandardVersion(
            version=standard.version,
            in_force_at=standard.starts_at,
            sha256=standard.sha256,
            body=text,
            published_at=work.now,
        )
    )
    record(work, NO_CASE, EVENT[EditionAction.PUBLISH], {"version": standard.version, "sha256": standard.sha256})
    work.ports.jobs.enqueue(work.session, "seal_standard", {"version": standard.version}, work.now)
    return standard


def _end_consultation(work: Work, standard: Standard) -> None:
    """The draft that has lain open, byte for byte this text, becomes the version."""
    draft = consulted(work.session, standard.sha256)
    if draft is None or draft.closes_at is None:
        raise WrongState("This text is not in consultation: a version is published as the text that was consulted on.")
    editions.must_have_ended(draft.closes_at, work.now)
    draft.state = EDITION.next_state(draft.state, EditionAction.PUBLISH, work.actor.role)
    draft.changed_at = work.now


def published(work: Work) -> list[Standard]:
    """Every published version, the newest first."""
    return [_read(work, edition) for edition in versions.editions(work.session)]


def version(work: Work, number: str) -> Standard:
    """One published version. Raises NotFound."""
    edition = versions.edition(work.session, number)
    if edition is None:
        raise NotFound(f"There is no version {number} of the standard.")
    return _read(work, edition)


def governing(work: Work, pinned: str | None, ordered_at: datetime) -> Standard | None:
    """The version that a case *pinned*; before admission the one in force when the order was placed, if any was."""
    edition = versions.governing(work.session, pinned, ordered_at)
    return _read(work, edition) if edition else None


def _read(work: Work, edition: Edition) -> Standard:
    if edition.sha256 not in _by_digest:
        _by_digest[edition.sha256] = parsed(versions.body(work.session, edition.version))
    return _by_digest[edition.sha256]
