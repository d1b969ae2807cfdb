"""Published versions of the standard, as the bytes that were published."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base


class StandardVersion(Base):
    __tablename__ = "standard_version"

    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime]
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]


def number_in_force(session: Session, at: datetime) -> str | None:
    """The number of the version that governs an order placed *at* that time."""
    return session.scalar(
        select(StandardVersion.version)
        .where(StandardVersion.in_force_at <= at)
        .order_by(StandardVersion.in_force_at.desc())
        .limit(1)
    )
