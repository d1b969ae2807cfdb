"""What the clock does: every deadline that has passed is dealt with once, each in its own transaction."""

from arbitration.actions import cases, closing, late_evidence, panel, signing
from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.actions.deadlines import overdue
from arbitration.actions.intake import drop_expired, expired
from arbitration.domain.deadlines import Expiry
from arbitration.store.cases import Case, Deadline, DeadlineState


def tick(doors: Doors) -> int:
    """Deal with all that is overdue now; how many. Safe to run at any time, twice, and after any crash.

    One that fails keeps no other from being dealt with; it is tried again next time. Raises ExceptionGroup at the end.
    """
    failures: list[Exception] = []
    with doors.read(SYSTEM) as work:
        due = [deadline.id for deadline in overdue(work)]
        unclaimed = bool(expired(work))
    for deadline_id in due:
        try:
            with doors.work(SYSTEM) as work:
                deadline = work.session.get_one(Deadline, deadline_id)
                if deadline.state is DeadlineState.OPEN:
                    _expire(work, deadline)
        except Exception as failure:
            failures.append(failure)
    if unclaimed:
        with doors.work(SYSTEM) as work:
            drop_expired(work)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} deadlines could not be dealt with", failures)
    return len(due)


def _expire(work: Work, deadline: Deadline) -> None:
    case = get_case(work, deadline.case_no)
    procedure = work.procedures[case.procedure_version]
    expiry = procedure.rules[deadline.kind].expiry
    settled = _follow(work, case, deadline, expiry)
    work.session.flush()
    if deadline.state is not DeadlineState.OPEN:
        return
    if settled:
        raise RuntimeError(f"{expiry} left deadline {deadline.id} open")
    deadline.alerted_at = work.now
    record(work, case.case_no, "deadline_missed", {"kind": deadline.kind, "who": deadline.who, "rule": deadline.rule})


def _follow(work: Work, case: Case, deadline: Deadline, expiry: Expiry) -> bool:
    """Do what the procedure says; whether that settles the deadline (an alert leaves it open, and overdue)."""
    match expiry:
        case Expiry.DEEM_WITHDRAWN:
            cases.deem_withdrawn(work, case)
        case Expiry.NOTE_DEFAULT:
            cases.note_default(work, case)
        case Expiry.CLOSE_RECORD:
            return closing.close_when_due(work, case)
        case Expiry.LAPSE_APPOINTMENT:
            panel.lapse(work, case)
        case Expiry.LAPSE_RULING:
            signing.lapse(work, case, "not_signed_in_time")
        case Expiry.END_REVIEW:
            signing.end_review(work, case)
        case Expiry.END_COMPLIANCE:
            signing.end_compliance(work, case, deadline)
        case Expiry.END_COMMENT:
            late_evidence.expire(work, case, deadline)
        case Expiry.ALERT | Expiry.NONE:
            return False
    return True
