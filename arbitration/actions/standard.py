"""Publishing a version of the standard, and reading published ones."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from arbitration.actions.context import Work, record
from arbitration.domain.errors import Conflict, NotAllowed, NotFound
from arbitration.domain.log import NO_CASE
from arbitration.domain.permissions import Permission, may
from arbitration.domain.standard import Standard, parse
from arbitration.store import standard as versions
from arbitration.store.standard import Edition, StandardVersion

_parsed = lru_cache(maxsize=32)(parse)
_by_digest: dict[str, Standard] = {}
"""Published text never changes, so each version is read and parsed once in a process."""


def publish(work: Work, text: str) -> Standard:
    """Standards editor: publish a version, as exactly this text. Raises StandardRefused with line and reason."""
    if not may(work.actor.role, Permission.PUBLISH_STANDARD):
        raise NotAllowed(f"{work.actor.role} may not publish a standard")
    standard = _parsed(text)
    if work.session.get(StandardVersion, standard.version):
        raise Conflict(
            "Version %(version)s is published already and cannot be changed.", values={"version": standard.version}
        )
    same_day = work.session.scalar(
        select(StandardVersion.version).where(StandardVersion.in_force_at == standard.starts_at)
    )
    if same_day is not None:
        raise Conflict("Version %(version)s comes into force on the same day.", values={"version": same_day})
    work.session.add(
        StandardVersion(
            version=standard.version,
            in_force_at=standard.starts_at,
            sha256=standard.sha256,
            body=text,
            published_at=work.now,
        )
    )
    record(work, NO_CASE, "standard_published", {"version": standard.version, "sha256": standard.sha256})
    return standard


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
        _by_digest[edition.sha256] = _parsed(versions.body(work.session, edition.version))
    return _by_digest[edition.sha256]
