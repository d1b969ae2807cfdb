"""Trials of drafts of the standard on past cases, and what of those cases a trial reads."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.panel import AppointmentState
from arbitration.domain.trial import UNDERWAY, TrialState
from arbitration.store.base import Base
from arbitration.store.cases import Case
from arbitration.store.panel import Appointment

_UNDERWAY = text("state IN ('waiting', 'running')")


class StandardTrial(Base):
    """One trial of one text of a draft, kept in `body`: the draft may be saved anew meanwhile.

    `done` of `total` cases are tried, up to and with `last_case_no`; `changed` of them would have ended otherwise.
    `result` is the tally so far, as JSON.
    """

    __tablename__ = "standard_trial"
    __table_args__ = (
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_at_if_finished"),
        CheckConstraint("changed >= 0 AND changed <= done AND done <= total", name="figures"),
        Index(
            "uq_standard_trial_underway",
            "draft_id",
            "sha256",
            unique=True,
            sqlite_where=_UNDERWAY,
            postgresql_where=_UNDERWAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("standard_draft.id"), index=True)
    sha256: Mapped[str]
    body: Mapped[str]
    state: Mapped[TrialState] = mapped_column(default=TrialState.WAITING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    last_case_no: Mapped[str] = mapped_column(default="")
    result: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class PastCase(NamedTuple):
    """What a trial reads of a case that pinned a version."""

    case_no: str
    platform_id: int
    ordered_at: datetime
    reason: str
    escalation: str
    handling: str
    standard_version: str


_PINNED = Case.standard_version.is_not(None)
_NEXT = (
    select(*(getattr(Case, name) for name in PastCase._fields))
    .where(_PINNED, Case.case_no > bindparam("after", type_=Text))
    .order_by(Case.case_no)
    .limit(bindparam("most", type_=Integer))
)


def past_cases(session: Session, after: str, most: int) -> list[PastCase]:
    """The next cases that pinned a version, in the order of their numbers; for the office itself and no viewer."""
    found = session.connection().execute(_NEXT, {"after": after, "most": most})
    return [PastCase._make(row) for row in found]


def count_past_cases(session: Session) -> int:
    """How many cases there are to try a draft on."""
    return session.scalar(select(func.count()).select_from(Case).where(_PINNED)) or 0


def sat_in(session: Session, case_numbers: Iterable[str]) -> set[str]:
    """Those of the cases in which an arbitrator sits."""
    sits = Appointment.state == AppointmentState.ACCEPTED
    return set(session.scalars(select(Appointment.case_no).where(sits, Appointment.case_no.in_(list(case_numbers)))))


def latest(session: Session, draft_id: int) -> StandardTrial | None:
    """The trial of a draft that was asked for last, of whichever of its texts."""
    wanted = select(StandardTrial).where(StandardTrial.draft_id == draft_id)
    return session.scalar(wanted.order_by(StandardTrial.id.desc()).limit(1))


def underway(session: Session, draft_id: int, sha256: str) -> StandardTrial | None:
    """The trial of this very text of a draft that has not ended."""
    return session.scalar(
        select(StandardTrial).where(
            StandardTrial.draft_id == draft_id, StandardTrial.sha256 == sha256, StandardTrial.state.in_(UNDERWAY)
        )
    )
