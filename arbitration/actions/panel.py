"""Appointing the arbitrator: who is eligible and why not, proposal, acceptance with declaration, refusal, silence."""

from dataclasses import dataclass

from sqlalchemy import func, select

from arbitration.actions.context import Work, get_case, record
from arbitration.actions.deadlines import set_deadline, settle
from arbitration.domain.cases import State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.panel import (
    APPOINTMENT,
    AppointmentAction,
    AppointmentState,
    Exclusion,
    Relation,
    exclusions,
)
from arbitration.domain.permissions import Permission, Role, may
from arbitration.store import cases, panel, people
from arbitration.store.cases import Case, DeadlineState
from arbitration.store.panel import Appointment
from arbitration.store.people import Staff

APPOINTABLE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
"""Assignment runs beside response and evidence; before admission there is nothing to sit in."""

_LOADS = (
    select(Case.arbitrator, func.count().label("load"))
    .where(Case.ended_at.is_(None), Case.arbitrator.is_not(None))
    .group_by(Case.arbitrator)
)


@dataclass(frozen=True)
class Candidate:
    """One arbitrator seen from one case; `load` is the number of open cases, `excluded` the rules against."""

    actor_id: str
    name: str
    load: int
    excluded: tuple[Exclusion, ...]


def candidates(work: Work, case_no: str) -> list[Candidate]:
    """Every arbitrator, the eligible first and the least burdened of them first."""
    case = get_case(work, case_no)
    loads = {row.arbitrator: row.load for row in work.session.execute(_LOADS)}
    found = [
        Candidate(staff.actor_id, staff.name, loads.get(staff.actor_id, 0), _exclusions(work, case, staff))
        for staff in people.arbitrators(work.session)
    ]
    return sorted(found, key=lambda candidate: (bool(candidate.excluded), candidate.load, candidate.name))


def appoint(work: Work, case_no: str, actor_id: str) -> None:
    """Registrar: ask one eligible arbitrator to sit."""
    case = get_case(work, case_no)
    if not may(work.actor.role, Permission.APPOINT):
        raise NotAllowed(f"{work.actor.role} may not appoint")
    if case.state not in APPOINTABLE:
        raise WrongState("An arbitrator is appointed after admission and before deliberation.")
    if panel.seated(work.session, case_no):
        raise Conflict("An arbitrator is appointed or asked already.")
    staff = people.staff_by_actor(work.session, actor_id)
    if staff is None or staff.role is not Role.ARBITRATOR or staff.disabled_at is not None:
        raise NotFound("There is no such arbitrator.")
    against = _exclusions(work, case, staff)
    if against:
        raise Invalid(
            "%(name)s is excluded by rule; choose somebody else.",
            tuple(FieldError("arbitrator", rule) for rule in against),
            code="excluded",
            values={"name": staff.name},
        )
    work.session.add(Appointment(case_no=case_no, staff_id=staff.id, proposed_at=work.now))
    case.arbitrator = staff.actor_id
    record(work, case_no, "arbitrator_proposed", {"arbitrator": staff.actor_id})
    settle(work, case, DeadlineKind.APPOINTMENT)
    set_deadline(work, case, DeadlineKind.ACCEPTANCE)


def accept(work: Work, case_no: str, declaration: str) -> None:
    """Arbitrator: accepts, declaring impartiality and what might be held against it."""
    if not declaration.strip():
        raise Invalid("Acceptance needs a declaration.")
    case, appointment = _own_proposal(work, case_no, AppointmentAction.ACCEPT)
    appointment.declaration = declaration.strip()
    record(work, case_no, "arbitrator_accepted", {"declaration": declaration.strip()})
    settle(work, case, DeadlineKind.ACCEPTANCE)
    work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": case_no}, work.now)


def decline(work: Work, case_no: str, reason: str) -> None:
    """Arbitrator: declines; the registrar appoints another."""
    case, _ = _own_proposal(work, case_no, AppointmentAction.DECLINE)
    record(work, case_no, "arbitrator_declined", {"reason": reason.strip()})
    settle(work, case, DeadlineKind.ACCEPTANCE)
    _look_again(work, case)


def lapse(work: Work, case: Case) -> None:
    """Clock: silence is no acceptance; the registrar appoints another."""
    appointment = panel.seated(work.session, case.case_no)
    settle(work, case, DeadlineKind.ACCEPTANCE, DeadlineState.EXPIRED)
    if appointment is None or appointment.state is not AppointmentState.PROPOSED:
        return
    appointment.state = APPOINTMENT.next_state(appointment.state, AppointmentAction.LAPSE, work.actor.role)
    appointment.answered_at = work.now
    record(work, case.case_no, "appointment_lapsed", {"arbitrator": appointment.staff.actor_id})
    _look_again(work, case)


def is_seated(work: Work, case_no: str) -> bool:
    """Whether an arbitrator has accepted."""
    appointment = panel.seated(work.session, case_no)
    return appointment is not None and appointment.state is AppointmentState.ACCEPTED


def must_sit(work: Work, case_no: str) -> Appointment:
    """The actor's own accepted appointment. Raises NotAllowed for everyone else who may see the case."""
    get_case(work, case_no)
    appointment = panel.seated(work.session, case_no)
    if (
        work.actor.role is not Role.ARBITRATOR
        or appointment is None
        or appointment.staff.actor_id != work.actor.id
        or appointment.state is not AppointmentState.ACCEPTED
    ):
        raise NotAllowed("Only the arbitrator who sits in this case may do this.")
    return appointment


def _own_proposal(work: Work, case_no: str, action: AppointmentAction) -> tuple[Case, Appointment]:
    case = get_case(work, case_no)
    appointment = panel.seated(work.session, case_no)
    if appointment is None or appointment.staff.actor_id != work.actor.id:
        raise NotAllowed("Only the arbitrator who was asked can answer.")
    appointment.state = APPOINTMENT.next_state(appointment.state, action, work.actor.role)
    appointment.answered_at = work.now
    return case, appointment


def _look_again(work: Work, case: Case) -> None:
    case.arbitrator = None
    set_deadline(work, case, DeadlineKind.APPOINTMENT)


def _exclusions(work: Work, case: Case, staff: Staff) -> tuple[Exclusion, ...]:
    merchant = cases.party_of(work.session, case.case_no, Role.RESPONDENT)
    earlier = any(
        appointment.staff_id == staff.id and appointment.state in {AppointmentState.DECLINED, AppointmentState.LAPSED}
        for appointment in panel.appointments_of(work.session, case.case_no)
    )
    return exclusions(
        [
            Relation(relation.kind, relation.subject, relation.until)
            for relation in people.relations_of(work.session, staff.id)
        ],
        platform=case.platform.slug,
        merchant=merchant.platform_user_id if merchant else "",
        involved_before=earlier,
        languages=frozenset(staff.languages.split()),
        language=case.language,
        now=work.now,
    )
