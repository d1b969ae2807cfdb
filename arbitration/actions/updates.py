"""What a platform's later events do to its case, strictly in the order of their sequence."""

from arbitration.actions import cases, signing
from arbitration.actions.context import Actor, Work, record
from arbitration.actions.intake import GAP_ALERT, envelope_of, next_in_order, waiting
from arbitration.domain.cases import BEFORE_RULING, State
from arbitration.domain.escalation import (
    DisputeEscalated,
    DisputeUpdated,
    DisputeWithdrawn,
    Envelope,
    EvidenceAdded,
    RemedyExecuted,
    SettlementReported,
)
from arbitration.domain.permissions import Role
from arbitration.store.cases import Case
from arbitration.store.intake import EventState, WebhookEvent, event_of_case, last_applied


def apply_events(work: Work, case_no: str) -> None:
    """Job: apply every event whose turn has come; a gap waits, and after ten minutes somebody is told.

    Before the case is open there is nothing to do: opening it enqueues this job again.
    """
    case = work.session.get(Case, case_no)
    if case is None:
        return
    before = last_applied(work.session, case_no)
    while (event := next_in_order(work, case_no)) is not None:
        _apply(_as_platform(work, case), case, event)
        event.state = EventState.APPLIED
        work.session.flush()
    after = last_applied(work.session, case_no)
    held = waiting(work, case_no)
    known = after == before and any(event.state is EventState.HELD for event in held)
    if held and not known:
        first = min(event.received_at for event in held)
        work.ports.jobs.enqueue(work.session, "report_gap", {"case": case_no, "after": after}, first + GAP_ALERT)
    for event in held:
        event.state = EventState.HELD


def report_gap(work: Work, case_no: str, after: int) -> None:
    """Job, one for each gap: an event has waited ten minutes; is the one after sequence *after* still missing?"""
    if last_applied(work.session, case_no) == after and waiting(work, case_no):
        record(work, case_no, "sequence_gap_noticed", {})


def _apply(work: Work, case: Case, event: WebhookEvent) -> None:
    envelope = envelope_of(work, event)
    if isinstance(envelope, DisputeEscalated):
        _repeated(work, case, envelope)
        return
    if event.sequence <= last_applied(work.session, case.case_no):
        record(work, case.case_no, "sequence_repeated", {"sequence": event.sequence, "type": event.type})
        return
    _take(work, case, event, envelope)


def _take(work: Work, case: Case, event: WebhookEvent, envelope: Envelope) -> None:
    if isinstance(envelope, EvidenceAdded | RemedyExecuted):
        work.ports.jobs.enqueue(work.session, "register_evidence", {"event": event.id}, work.now)
    if isinstance(envelope, DisputeUpdated):
        cases.tell_handling(case, envelope.data.handling_history)
    if isinstance(envelope, RemedyExecuted) and case.state in {State.RULED, State.COMPLIANCE}:
        signing.report_execution(
            work,
            case,
            number=envelope.data.order_number,
            remedy=envelope.data.remedy,
            amount_minor=envelope.data.amount_minor,
            executed_at=envelope.data.executed_at,
        )
    elif (
        isinstance(envelope, DisputeWithdrawn) and case.state in BEFORE_RULING and not cases.is_being_issued(work, case)
    ):
        cases.withdraw(work, case.case_no, envelope.data.reason)
    elif isinstance(envelope, DisputeUpdated) and case.state is State.DEFICIENT:
        cases.cure(work, case.case_no, envelope.data.note.strip() or event.type)
    elif isinstance(envelope, EvidenceAdded) and case.state is State.DEFICIENT:
        cases.cure(work, case.case_no, (envelope.data.note or "").strip() or event.type)
    elif isinstance(envelope, DisputeUpdated):
        record(work, case.case_no, "dispute_updated", {"note": envelope.data.note})
    elif isinstance(envelope, SettlementReported):
        record(work, case.case_no, "settlement_reported", {"text": envelope.data.text})
    elif isinstance(envelope, DisputeWithdrawn | RemedyExecuted):
        record(work, case.case_no, "event_came_too_late", {"type": event.type})


def _repeated(work: Work, case: Case, envelope: DisputeEscalated) -> None:
    """A second escalation of a known dispute: nothing is overwritten; the registrar sees when it differs."""
    original = event_of_case(work.session, case.case_no)
    if original is not None and original.raw and envelope_of(work, original).data != envelope.data:
        record(work, case.case_no, "repeated_escalation_differs", {})


def _as_platform(work: Work, case: Case) -> Work:
    actor = Actor(case.platform.actor_id, Role.PLATFORM, case.platform.name, platform_id=case.platform_id)
    return Work(work.session, actor, work.now, work.ports, work.institution, work.procedures)
