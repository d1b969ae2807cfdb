"""What platforms sent: the raw bytes of each accepted event, and the counters that number cases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base


class EventState(StrEnum):
    ACCEPTED = "accepted"
    HELD = "held"
    APPLIED = "applied"
    EXPIRED = "expired"


class WebhookEvent(Base):
    """One accepted event. `raw` is the legal record: the exact bytes, sealed by the Vault; `answer` what we replied."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("platform_id", "webhook_id"),
        Index(
            "uq_webhook_event_escalation",
            "platform_id",
            "platform_dispute_id",
            unique=True,
            sqlite_where=text("opens_case = 1"),
            postgresql_where=text("opens_case = 1"),
        ),
        Index(
            "ix_webhook_event_held",
            "platform_id",
            "platform_dispute_id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        CheckConstraint("opens_case IN (0, 1)", name="opens_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    webhook_id: Mapped[str]
    type: Mapped[str]
    platform_dispute_id: Mapped[str]
    sequence: Mapped[int]
    opens_case: Mapped[int] = mapped_column(default=0)
    case_no: Mapped[str | None] = mapped_column(index=True)
    body_sha256: Mapped[str]
    raw: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[str]
    state: Mapped[EventState]
    received_at: Mapped[datetime]


class Counter(Base):
    """A number that only grows, taken inside the transaction that uses it."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


_EVENTS = Base.metadata.tables["webhook_event"]
_KEEP = insert(_EVENTS)
_SEEN = select(_EVENTS.c.body_sha256, _EVENTS.c.answer).where(
    _EVENTS.c.platform_id == bindparam("platform"), _EVENTS.c.webhook_id == bindparam("webhook")
)
_CASE = select(_EVENTS.c.case_no).where(
    _EVENTS.c.platform_id == bindparam("platform"),
    _EVENTS.c.platform_dispute_id == bindparam("dispute"),
    _EVENTS.c.opens_case == 1,
)
_NEXT_NUMBER = text(
    "INSERT INTO counter (name, value) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
# The door's statements are made once: building one anew for each event would cost more than running it.


def take_number(session: Session, name: str) -> int:
    """The next number of the counter *name*, from 1, without gaps among committed transactions."""
    return int(session.connection().execute(_NEXT_NUMBER, {"name": name}).scalar_one())


def keep(session: Session, **columns: Any) -> int:
    """Insert one accepted event; its id."""
    inserted = session.connection().execute(_KEEP, columns).inserted_primary_key
    if inserted is None:
        raise RuntimeError("an insert of one row has a key")
    return int(inserted[0])


def seen_before(session: Session, platform_id: int, webhook_id: str) -> Row[str, str] | None:
    """Body digest and answer of the event that a platform sent under this webhook id."""
    return session.connection().execute(_SEEN, {"platform": platform_id, "webhook": webhook_id}).first()


def case_of_dispute(session: Session, platform_id: int, dispute_id: str) -> str | None:
    """The case number that a platform's dispute was given, if it has been escalated."""
    return session.connection().execute(_CASE, {"platform": platform_id, "dispute": dispute_id}).scalar()


def event_of_case(session: Session, case_no: str) -> WebhookEvent | None:
    """The accepted escalation that a case number was given to."""
    return session.scalar(select(WebhookEvent).where(WebhookEvent.case_no == case_no, WebhookEvent.opens_case == 1))


def last_applied(session: Session, case_no: str) -> int:
    """The highest sequence of a case's events that has been applied, 0 before any."""
    query = select(func.max(WebhookEvent.sequence)).where(
        WebhookEvent.case_no == case_no, WebhookEvent.state == EventState.APPLIED
    )
    return int(session.scalar(query) or 0)
