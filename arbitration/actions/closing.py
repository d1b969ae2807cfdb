"""The record closed over its items, by the arbitrator or by the clock, and the digest of what it holds."""

from hashlib import sha256
from itertools import takewhile

import rfc8785

from arbitration.actions.context import Work, get_case, move
from arbitration.actions.deadlines import open_deadline, set_deadline, settle
from arbitration.actions.panel import is_seated, must_sit
from arbitration.domain.cases import EVENT, Action
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import WrongState
from arbitration.domain.evidence import ItemState
from arbitration.store import cases, evidence, history, productions
from arbitration.store.cases import Case, DeadlineState


def close_record(work: Work, case_no: str) -> None:
    """Arbitrator: the record is complete; nothing can be added and deliberation begins."""
    must_sit(work, case_no)
    if evidence.is_held(work.session, case_no):
        raise WrongState("A file is still being checked; the record can be closed when that is done.")
    if productions.is_open(work.session, case_no):
        raise WrongState(
            "Something is still to be produced; wait for the answer or for the end of its time, or withdraw the order."
        )
    _close(work, get_case(work, case_no), DeadlineState.MET)


def close_when_due(work: Work, case: Case) -> bool:
    """Clock: the time for evidence is over; whether the record closed.

    It waits while no arbitrator sits, a file is held, or something is still to be produced or to be answered.
    """
    heard = productions.is_heard(work.session, case.case_no, work.now)
    if heard or not is_seated(work, case.case_no) or evidence.is_held(work.session, case.case_no):
        return False
    _close(work, case, DeadlineState.EXPIRED)
    return True


def close_if_overdue(work: Work, case_no: str) -> None:
    """Job, after what the record waited for: the time for evidence may have run out meanwhile."""
    case = get_case(work, case_no)
    running = open_deadline(work, case, DeadlineKind.EVIDENCE)
    if running is not None and running.due_at <= work.now:
        close_when_due(work, case)


def _close(work: Work, case: Case, how: DeadlineState) -> None:
    for item in evidence.on_record(work.session, case.case_no):
        item.late = int(item.state is ItemState.EXPECTED)
    case.record_sha256 = record_digest(work, case)
    move(work, case, Action.CLOSE_RECORD, {"record_sha256": case.record_sha256})
    settle(work, case, DeadlineKind.EVIDENCE, how)
    set_deadline(work, case, DeadlineKind.RULING)


def record_digest(work: Work, case: Case) -> str:
    """Hex SHA-256 over what the arbitrator decides on: every item, every message, and the history's last leaf.

    Of a confidential item it is the redacted copy's: the history binds the original without letting anyone guess it.
    All as they were when the record closed: what came later does not change it.
    """
    events = [event for event, _ in history.of_case(work.session, case.case_no)]
    until_closed = list(takewhile(lambda event: event.kind != EVENT[Action.CLOSE_RECORD], events))
    said = sum(event.kind == "message_posted" for event in until_closed)
    content = {
        "case": case.case_no,
        "evidence": [
            {"label": item.label, "kind": item.kind, "state": item.state, "sha256": item.told_sha256}
            for item in evidence.in_record(work.session, case.case_no)
        ],
        "messages": [
            sha256(message.body.encode()).hexdigest()
            for message in cases.messages_of(work.session, case.case_no)[:said]
        ],
        "history": until_closed[-1].leaf_hash if until_closed else None,
    }
    return sha256(rfc8785.dumps(content)).hexdigest()
