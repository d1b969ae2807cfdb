"""Published versions of the standard, as the bytes that were published."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base, Instant


class StandardVersion(Base):
    __tablename__ = "standard_version"

    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime] = mapped_column(unique=True)
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]


class Edition(NamedTuple):
    """Which version it is: its number, and the digest of its text."""

    version: str
    sha256: str


_EDITION = select(StandardVersion.version, StandardVersion.sha256)
_NUMBERED = _EDITION.where(StandardVersion.version == bindparam("version", type_=Text))
_IN_FORCE = (
    _EDITION.where(StandardVersion.in_force_at <= bindparam("at", type_=Instant))
    .order_by(StandardVersion.in_force_at.desc())
    .limit(1)
)
_ALL = _EDITION.order_by(StandardVersion.in_force_at.desc())
_BODY = select(StandardVersion.body).where(StandardVersion.version == bindparam("version", type_=Text))


def edition(session: Session, version: str) -> Edition | None:
    """The published version of that number."""
    found = session.connection().execute(_NUMBERED, {"version": version}).first()
    return Edition._make(found) if found else None


def edition_in_force(session: Session, at: datetime) -> Edition | None:
    """The version that governs an order placed *at* that time: of those begun, the one that began last."""
    found = session.connection().execute(_IN_FORCE, {"at": at}).first()
    return Edition._make(found) if found else None


def governing(session: Session, pinned: str | None, ordered_at: datetime) -> Edition | None:
    """The version that a case *pinned*; before admission, the one that it would pin."""
    return edition_in_force(session, ordered_at) if pinned is None else edition(session, pinned)


def editions(session: Session) -> list[Edition]:
    """Every published version, the newest first."""
    return [Edition._make(row) for row in session.connection().execute(_ALL)]


def body(session: Session, version: str) -> str:
    """The text of a published version."""
    return str(session.connection().execute(_BODY, {"version": version}).scalar_one())
