"""Requests for inspections of items of evidence."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.evidence import ItemState, Kind
from arbitration.domain.inspection import UNDERWAY, RequestState
from arbitration.domain.permissions import Role
from arbitration.store.base import Base
from arbitration.store.evidence import EvidenceItem
from arbitration.store.inspectors import Inspector
from arbitration.store.people import Staff

_UNDERWAY = text("state IN ('asked', 'taken')")


class InspectionRequest(Base):
    """One item that one inspector was asked about. `handed_out_at` is when it first took the sample out.

    `words` is the declaration of conflicts of whoever took it on, or the reason of whoever declined or withdrew.
    """

    __tablename__ = "inspection_request"
    __table_args__ = (
        CheckConstraint("(state = 'reported') = (report_id IS NOT NULL)", name="report_if_reported"),
        CheckConstraint("state = 'asked' OR words <> ''", name="words_if_answered"),
        CheckConstraint("due_at > asked_at", name="due_after_asked"),
        Index(
            "uq_inspection_request_underway",
            "item_id",
            "inspector_id",
            unique=True,
            sqlite_where=_UNDERWAY,
            postgresql_where=_UNDERWAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"), index=True)
    question: Mapped[str]
    asked_by: Mapped[Role]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    words: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    handed_out_at: Mapped[datetime | None]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("evidence_item.id"), unique=True)

    item: Mapped[EvidenceItem] = relationship(foreign_keys=[item_id], lazy="joined", innerjoin=True)
    report: Mapped[EvidenceItem | None] = relationship(foreign_keys=[report_id], lazy="joined")
    inspector: Mapped[Inspector] = relationship(lazy="joined", innerjoin=True)

    def overdue_at(self, now: datetime) -> bool:
        """Whether an answer is awaited beyond its time."""
        return self.state in UNDERWAY and self.due_at <= now


def _of_inspector(actor_id: str) -> Select[InspectionRequest]:
    own = select(Inspector.id).join(Staff, Staff.id == Inspector.staff_id).where(Staff.actor_id == actor_id)
    return select(InspectionRequest).where(InspectionRequest.inspector_id.in_(own))


def requests_of_inspector(session: Session, actor_id: str) -> list[InspectionRequest]:
    """All that the holder of this account was ever asked, the next deadline first."""
    return list(session.scalars(_of_inspector(actor_id).order_by(InspectionRequest.due_at, InspectionRequest.id)))


def request_of_inspector(session: Session, actor_id: str, request_id: int) -> InspectionRequest | None:
    """One request, if the holder of this account was asked."""
    return session.scalar(_of_inspector(actor_id).where(InspectionRequest.id == request_id))


def requests_in(session: Session, case_no: str) -> list[InspectionRequest]:
    """All requests in a case, in the order in which they were made."""
    found = select(InspectionRequest).where(InspectionRequest.case_no == case_no).order_by(InspectionRequest.id)
    return list(session.scalars(found))


def is_underway(session: Session, item_id: int, inspector_id: int) -> bool:
    """Whether this inspector's answer about this item is awaited."""
    found = select(InspectionRequest.id).where(
        InspectionRequest.item_id == item_id,
        InspectionRequest.inspector_id == inspector_id,
        InspectionRequest.state.in_(UNDERWAY),
    )
    return session.scalar(found) is not None


def request_of_report(session: Session, report_id: int) -> InspectionRequest | None:
    """The request that an item of evidence answers."""
    return session.scalar(select(InspectionRequest).where(InspectionRequest.report_id == report_id))


def reports_in(session: Session, case_no: str) -> list[EvidenceItem]:
    """The inspection reports of a case that are here and not erased, whoever brought them."""
    return list(
        session.scalars(
            select(EvidenceItem)
            .where(
                EvidenceItem.case_no == case_no,
                EvidenceItem.kind == Kind.INSPECTION_REPORT,
                EvidenceItem.state == ItemState.SUBMITTED,
                EvidenceItem.erased_at.is_(None),
            )
            .order_by(EvidenceItem.id)
        )
    )


def samples_in(session: Session, case_no: str) -> list[EvidenceItem]:
    """The items of a case that can be inspected: here, and what they were declared to be."""
    return list(
        session.scalars(
            select(EvidenceItem)
            .where(EvidenceItem.case_no == case_no, EvidenceItem.state == ItemState.SUBMITTED)
            .order_by(EvidenceItem.id)
        )
    )
