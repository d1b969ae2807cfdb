"""What a side says to evidence that came after the record closed."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.vocabulary import Side
from arbitration.store.base import Base
from arbitration.store.evidence import EvidenceItem


class LateComment(Base):
    """The one comment of a side on one late item. The time for it is a `Deadline` about the item's label."""

    __tablename__ = "late_comment"
    __table_args__ = (UniqueConstraint("item_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    side: Mapped[Side]
    words: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]

    item: Mapped[EvidenceItem] = relationship(lazy="joined", innerjoin=True)


def comments_in(session: Session, case_no: str) -> dict[str, list[LateComment]]:
    """All comments in a case by the label of the item, in the order in which they were made."""
    found: dict[str, list[LateComment]] = {}
    wanted = select(LateComment).join(EvidenceItem).where(EvidenceItem.case_no == case_no).order_by(LateComment.id)
    for row in session.scalars(wanted):
        found.setdefault(row.item.label or "", []).append(row)
    return found
