"""Platforms' own rules, as the bytes that were published; never changed and never taken away."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base


class RulesVersion(Base):
    """One version of one platform's rules. `against` is the standard's version, `published_by` an actor id."""

    __tablename__ = "platform_rules"
    __table_args__ = (UniqueConstraint("platform_id", "in_force_at"), {"sqlite_strict": True})

    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime]
    against: Mapped[str] = mapped_column(ForeignKey("standard_version.version"))
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


_IN_FORCE = (
    select(RulesVersion)
    .where(RulesVersion.platform_id == bindparam("platform_id"), RulesVersion.in_force_at <= bindparam("at"))
    .order_by(RulesVersion.in_force_at.desc())
    .limit(1)
)


def rules_in_force(session: Session, platform_id: int, at: datetime) -> RulesVersion | None:
    """The version that governs an order placed *at* that time: of those begun, the one that began last.

    One statement, made once: every page of a case asks for it.
    """
    return session.scalar(_IN_FORCE, {"platform_id": platform_id, "at": at})


def rules_of(session: Session, platform_id: int) -> list[RulesVersion]:
    """Every version of a platform, the one that begins last first."""
    return list(
        session.scalars(
            select(RulesVersion)
            .where(RulesVersion.platform_id == platform_id)
            .order_by(RulesVersion.in_force_at.desc())
        )
    )
