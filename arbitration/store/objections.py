"""Objections to items of evidence, each with the submitter's reply and the arbitrator's decision."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.objections import Decision, Ground
from arbitration.domain.vocabulary import Side
from arbitration.store.base import Base
from arbitration.store.evidence import EvidenceItem


class Objection(Base):
    """What one side holds against one item on one ground. `reply` is '' while there is none."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("item_id", "side", "ground"),
        CheckConstraint("(replied_at IS NULL) = (reply = '')", name="reply_if_replied"),
        CheckConstraint("(decision IS NULL) = (reason = '')", name="reason_if_decided"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="time_if_decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    side: Mapped[Side]
    ground: Mapped[Ground]
    words: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    decision: Mapped[Decision | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]

    item: Mapped[EvidenceItem] = relationship(lazy="joined", innerjoin=True)


def undecided_in(session: Session, case_no: str) -> list[Objection]:
    """The objections in a case that the arbitrator has still to decide on, in the order in which they were made."""
    return [row for rows in objections_in(session, case_no).values() for row in rows if row.decision is None]


def objections_in(session: Session, case_no: str) -> dict[str, list[Objection]]:
    """All objections in a case by the label of the item, in the order in which they were made."""
    found: dict[str, list[Objection]] = {}
    wanted = select(Objection).join(EvidenceItem).where(EvidenceItem.case_no == case_no).order_by(Objection.id)
    for row in session.scalars(wanted):
        found.setdefault(row.item.label or "", []).append(row)
    return found
