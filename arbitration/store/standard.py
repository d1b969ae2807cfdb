"""Published versions of the standard, as the bytes that were published."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base, Instant


class StandardVersion(Base):
    __tablename__ = "standard_version"

    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime]
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]


_IN_FORCE = (
    select(StandardVersion.version)
    .where(StandardVersion.in_force_at <= bindparam("at", type_=Instant))
    .order_by(StandardVersion.in_force_at.desc())
    .limit(1)
)


def number_in_force(session: Session, at: datetime) -> str | None:
    """The number of the version that governs an order placed *at* that time."""
    found: str | None = session.connection().execute(_IN_FORCE, {"at": at}).scalar()
    return found
