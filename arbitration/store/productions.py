"""Production orders of a case."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.evidence import ItemState
from arbitration.domain.productions import Obligor, ProductionState
from arbitration.store.base import Base
from arbitration.store.evidence import EvidenceItem


class ProductionOrder(Base):
    """What one side or the platform is to produce, by its `number` in the case.

    `answer` is why not, or ''; `item_id` what was produced. Until `reply_until` the other side answers that: the time
    for evidence may be over by then.
    """

    __tablename__ = "production_order"
    __table_args__ = (
        UniqueConstraint("case_no", "number"),
        CheckConstraint("(state = 'produced') = (item_id IS NOT NULL)", name="item_if_produced"),
        CheckConstraint("(state IN ('refused', 'withdrawn')) = (answer <> '')", name="answer_if_refused"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_unless_open"),
        CheckConstraint("due_at > ordered_at", name="due_after_ordered"),
        CheckConstraint("(state = 'produced') = (reply_until IS NOT NULL)", name="reply_if_produced"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"))
    number: Mapped[int]
    obligor: Mapped[Obligor]
    what: Mapped[str]
    fact: Mapped[str]
    ordered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[ProductionState] = mapped_column(default=ProductionState.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    reply_until: Mapped[datetime | None]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("evidence_item.id"))

    item: Mapped[EvidenceItem | None] = relationship(lazy="joined")


def next_number(session: Session, case_no: str) -> int:
    """The number of the next order in a case."""
    made = select(func.count()).where(ProductionOrder.case_no == case_no)
    return int(session.scalar(made) or 0) + 1


def by_number(session: Session, case_no: str, number: int) -> ProductionOrder | None:
    """The order of that number in the case."""
    wanted = select(ProductionOrder).where(ProductionOrder.case_no == case_no, ProductionOrder.number == number)
    return session.scalar(wanted)


def orders_in(session: Session, case_no: str) -> list[ProductionOrder]:
    """All production orders of a case, in the order in which they were made."""
    wanted = select(ProductionOrder).where(ProductionOrder.case_no == case_no).order_by(ProductionOrder.id)
    return list(session.scalars(wanted))


def answered_with(session: Session, item_id: int) -> list[ProductionOrder]:
    """The orders that were answered with an item that is quarantined since: they are to be reopened."""
    wanted = select(ProductionOrder).where(ProductionOrder.item_id == item_id, _UNDONE).order_by(ProductionOrder.id)
    return list(session.scalars(wanted))


_UNDONE = ProductionOrder.item.has(EvidenceItem.state == ItemState.QUARANTINED)
_OPEN = or_(ProductionOrder.state == ProductionState.OPEN, _UNDONE)
"""What was answered with a quarantined item is open in truth, also before the job has said so."""


def is_open(session: Session, case_no: str) -> bool:
    """Whether something is still to be produced."""
    return _any(session, case_no, _OPEN)


def is_heard(session: Session, case_no: str, now: datetime) -> bool:
    """Whether something is still to be produced, or the other side still answers what was."""
    return _any(session, case_no, or_(_OPEN, ProductionOrder.reply_until > now))


def _any(session: Session, case_no: str, such: ColumnElement[bool]) -> bool:
    found = select(ProductionOrder.id).where(ProductionOrder.case_no == case_no, such)
    return session.scalar(found.limit(1)) is not None
