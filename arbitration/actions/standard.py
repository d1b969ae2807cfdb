"""Publishing a version of the standard, and reading published ones."""

from functools import lru_cache

from sqlalchemy import select

from arbitration.actions.context import Work, record
from arbitration.domain.errors import Conflict, NotAllowed, NotFound
from arbitration.domain.log import NO_CASE
from arbitration.domain.permissions import Permission, may
from arbitration.domain.standard import Standard, parse
from arbitration.store.standard import StandardVersion

_parsed = lru_cache(maxsize=32)(parse)
"""Published text never changes, so each is read once in a process."""


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
    bodies = work.session.scalars(select(StandardVersion.body).order_by(StandardVersion.in_force_at.desc()))
    return [_parsed(body) for body in bodies]


def version(work: Work, number: str) -> Standard:
    """One published version. Raises NotFound."""
    row = work.session.get(StandardVersion, number)
    if row is None:
        raise NotFound(f"There is no version {number} of the standard.")
    return _parsed(row.body)
