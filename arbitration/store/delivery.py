"""Outgoing webhooks: one row per event for a platform, with how its delivery went."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base


class Delivery(Base):
    """One event for a platform. `body` is sent unchanged at every attempt, under the same webhook id."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_platform", "platform_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    case_no: Mapped[str] = mapped_column(index=True)
    webhook_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


def newest(session: Session, platform_id: int | None, limit: int) -> list[Delivery]:
    """The newest deliveries of one platform, or of all when it is None."""
    query = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    return list(session.scalars(query if platform_id is None else query.where(Delivery.platform_id == platform_id)))
