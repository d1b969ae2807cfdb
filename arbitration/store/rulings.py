"""The arbitrator's draft, and rulings on their way from preparation to publication."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.clauses import Outcome
from arbitration.domain.rulings import CaseOutcome, RulingState
from arbitration.store.base import Base

_LIVE = text("state <> 'lapsed'")
_PREPARED = text("state = 'prepared'")


class RulingDraft(Base):
    """What the arbitrator has written so far; `version` guards against a stale page."""

    __tablename__ = "ruling_draft"

    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), primary_key=True)
    body: Mapped[str]
    version: Mapped[int]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class Ruling(Base):
    """One attempt at a ruling: its content, the bytes shown before signature, and the signed file.

    `served_at` is printed in it: service is deemed at that time, so signature must come before.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        Index("uq_ruling_live", "case_no", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_ruling_prepared", "arbitrator", "case_no", sqlite_where=_PREPARED, postgresql_where=_PREPARED),
        CheckConstraint(
            "state NOT IN ('prepared', 'signing', 'issued') OR unsigned_blob IS NOT NULL", name="rendered_if_prepared"
        ),
        CheckConstraint("(state = 'issued') = (signed_blob IS NOT NULL)", name="signed_if_issued"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued_at_if_issued"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    state: Mapped[RulingState] = mapped_column(default=RulingState.PREPARING)
    draft_version: Mapped[int]
    arbitrator: Mapped[str]
    outcome: Mapped[CaseOutcome | None]
    total_minor: Mapped[int] = mapped_column(default=0)
    content: Mapped[str | None]
    content_sha256: Mapped[str | None]
    unsigned_blob: Mapped[str | None]
    unsigned_sha256: Mapped[str | None]
    pages: Mapped[int | None]
    verify_code: Mapped[str] = mapped_column(unique=True)
    served_at: Mapped[datetime | None]
    signed_blob: Mapped[str | None]
    signed_sha256: Mapped[str | None] = mapped_column(unique=True)
    signed_size: Mapped[int | None]
    requested_at: Mapped[datetime]
    authorised_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class RulingCitation(Base):
    """A clause that an issued ruling applied, as it stood, and what it came to; written when the ruling is issued."""

    __tablename__ = "ruling_citation"
    __table_args__ = (Index("ix_ruling_citation_clause", "clause", "issued_at"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id"), primary_key=True)
    clause: Mapped[str] = mapped_column(primary_key=True)
    case_no: Mapped[str]
    version: Mapped[str]
    text_sha256: Mapped[str]
    result: Mapped[Outcome | None]
    issued_at: Mapped[datetime]


class OrderExecution(Base):
    """An order of an issued ruling that the platform reported as carried out, by the first report that fits it."""

    __tablename__ = "order_execution"

    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), primary_key=True)
    order_number: Mapped[int] = mapped_column(primary_key=True)
    executed_at: Mapped[datetime]
    reported_at: Mapped[datetime]


def live(session: Session, case_no: str) -> Ruling | None:
    """The ruling of a case that is being prepared, signed, or has been issued."""
    return session.scalar(select(Ruling).where(Ruling.case_no == case_no, Ruling.state != RulingState.LAPSED))


def latest(session: Session, case_no: str) -> Ruling | None:
    """The last attempt at a ruling, whatever became of it."""
    return session.scalar(select(Ruling).where(Ruling.case_no == case_no).order_by(Ruling.id.desc()).limit(1))


def issued(session: Session, case_no: str) -> Ruling | None:
    return session.scalar(select(Ruling).where(Ruling.case_no == case_no, Ruling.state == RulingState.ISSUED))


def by_code(session: Session, code: str) -> Ruling | None:
    """An issued ruling by its verification code."""
    return session.scalar(select(Ruling).where(Ruling.verify_code == code, Ruling.state == RulingState.ISSUED))


def by_digest(session: Session, sha256: str) -> Ruling | None:
    """An issued ruling by the SHA-256 of its signed file."""
    return session.scalar(select(Ruling).where(Ruling.signed_sha256 == sha256, Ruling.state == RulingState.ISSUED))


def executed_orders(session: Session, case_no: str) -> set[int]:
    """The numbers of the orders that were reported as carried out."""
    return set(session.scalars(select(OrderExecution.order_number).where(OrderExecution.case_no == case_no)))


def draft_of(session: Session, case_no: str) -> RulingDraft | None:
    return session.get(RulingDraft, case_no)


class Citing(NamedTuple):
    """One issued ruling that applied a clause."""

    case_no: str
    version: str
    result: Outcome | None
    issued_at: datetime
    outcome: CaseOutcome | None
    verify_code: str


def citing(session: Session, clause: str, version: str | None = None, *, limit: int = 100) -> list[Citing]:
    """The issued rulings that applied a clause, of one version or of any, the newest first."""
    query = (
        select(
            RulingCitation.case_no,
            RulingCitation.version,
            RulingCitation.result,
            RulingCitation.issued_at,
            Ruling.outcome,
            Ruling.verify_code,
        )
        .join(Ruling, Ruling.id == RulingCitation.ruling_id)
        .where(RulingCitation.clause == clause)
        .order_by(RulingCitation.issued_at.desc(), RulingCitation.ruling_id.desc())
        .limit(limit)
    )
    if version is not None:
        query = query.where(RulingCitation.version == version)
    return [Citing._make(row) for row in session.execute(query)]


def times_cited(session: Session) -> dict[str, int]:
    """How many issued rulings applied each clause, by its id."""
    counted = select(RulingCitation.clause, func.count()).group_by(RulingCitation.clause)
    return dict(session.execute(counted).tuples().all())
