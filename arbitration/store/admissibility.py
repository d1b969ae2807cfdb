"""What was added to an item after it was locked, what the arbitrator found of it, and how it was admitted."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.admissibility import Verdict
from arbitration.store.base import Base, from_micros
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History


class EvidenceCure(Base):
    """Fields that a submitter added. What was filed first stays with the item."""

    __tablename__ = "evidence_cure"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    answers: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class ItemFinding(Base):
    """What the arbitrator found of one item, as the standard writes values; None takes the last one back."""

    __tablename__ = "item_finding"
    __table_args__ = (CheckConstraint("(value IS NULL) = (reason = '')", name="reason_if_found"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    fact: Mapped[str]
    value: Mapped[str | None]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class Admission(Base):
    """The arbitrator's own verdict on one item; None takes it back, and what is computed stands again."""

    __tablename__ = "admission"
    __table_args__ = (CheckConstraint("(verdict IS NULL) = (reason = '')", name="reason_if_decided"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    verdict: Mapped[Verdict | None]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


RowT = TypeVar("RowT", EvidenceCure, ItemFinding, Admission)


def of_case(session: Session, rows: type[RowT], case_no: str) -> dict[int, list[RowT]]:
    """Every row of that table in one case, by item, in the order in which they were written."""
    wanted = (
        select(rows)
        .join(EvidenceItem, EvidenceItem.id == rows.item_id)
        .where(EvidenceItem.case_no == case_no)
        .order_by(rows.id)
    )
    return _by_item(session.scalars(wanted))


def _by_item(rows: Iterable[RowT]) -> dict[int, list[RowT]]:
    found: dict[int, list[RowT]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def happened_at(session: Session, case_no: str, kind: str) -> datetime | None:
    """When an event of this kind was last written in a case."""
    last = select(func.max(History.at_micros)).where(History.case_no == case_no, History.kind == kind)
    micros = session.scalar(last)
    return None if micros is None else from_micros(micros)
