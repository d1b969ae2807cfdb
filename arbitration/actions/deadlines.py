"""Setting and settling a case's deadlines, each with the rule of the procedure that makes it."""

from datetime import datetime

from sqlalchemy import select

from arbitration.actions.context import Work, record
from arbitration.domain.deadlines import DeadlineKind
from arbitration.store.base import NEVER
from arbitration.store.cases import Case, Deadline, DeadlineState


def set_deadline(
    work: Work, case: Case, kind: DeadlineKind, start: datetime | None = None, *, about: str = ""
) -> Deadline:
    """Open a period of *kind* that starts now, or at *start*, and note it in the history.

    *about* is the label of the item that it is for, where several of a kind can run side by side.
    """
    procedure = work.procedures[case.procedure_version]
    starts_at = start or work.now
    deadline = Deadline(
        case_no=case.case_no,
        kind=kind,
        about=about,
        who=procedure.rules[kind].who,
        rule=f"{procedure.rules[kind].id}@{procedure.version}",
        starts_at=starts_at,
        due_at=procedure.due(kind, case.track, starts_at),
    )
    work.session.add(deadline)
    record(
        work,
        case.case_no,
        "deadline_set",
        {
            "kind": kind,
            "who": deadline.who,
            "rule": deadline.rule,
            "starts_at": starts_at.isoformat(),
            "due_at": deadline.due_at.isoformat(),
            **({"about": about} if about else {}),
        },
    )
    _refresh(work, case)
    return deadline


def settle(
    work: Work, case: Case, kind: DeadlineKind, how: DeadlineState = DeadlineState.MET, *, about: str = ""
) -> None:
    """End the open deadline of *kind*, if there is one; *about* as it was set."""
    for deadline in open_deadlines(work, case):
        if deadline.kind is kind and deadline.about == about:
            deadline.state = how
            deadline.settled_at = work.now
    _refresh(work, case)


def cancel_all(work: Work, case: Case) -> None:
    """The case has ended or taken another way: nothing open is awaited any more."""
    for deadline in open_deadlines(work, case):
        deadline.state = DeadlineState.CANCELLED
        deadline.settled_at = work.now
    _refresh(work, case)


def open_deadline(work: Work, case: Case, kind: DeadlineKind) -> Deadline | None:
    """The period of *kind* that is running, if one is."""
    return next((deadline for deadline in open_deadlines(work, case) if deadline.kind is kind), None)


def overdue(work: Work, limit: int = 100) -> list[Deadline]:
    """Open deadlines that have passed and were not yet dealt with, oldest first."""
    return list(
        work.session.scalars(
            select(Deadline)
            .where(Deadline.state == DeadlineState.OPEN, Deadline.due_at <= work.now, Deadline.alerted_at.is_(None))
            .order_by(Deadline.due_at)
            .limit(limit)
        )
    )


def open_deadlines(work: Work, case: Case) -> list[Deadline]:
    """All periods that run in a case."""
    work.session.flush()
    return list(
        work.session.scalars(
            select(Deadline).where(Deadline.case_no == case.case_no, Deadline.state == DeadlineState.OPEN)
        )
    )


def _refresh(work: Work, case: Case) -> None:
    """Keep what the docket sorts by in step with the deadlines."""
    following = min(open_deadlines(work, case), key=lambda deadline: deadline.due_at, default=None)
    case.next_due_at = following.due_at if following else NEVER
    case.next_who = following.who if following else ""
    case.next_kind = following.kind if following else ""
