"""Appointing: who is excluded and why, and what acceptance, refusal and silence lead to."""

import pytest

from arbitration.actions import expiry, panel, people
from arbitration.actions.context import SYSTEM
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, WrongState
from arbitration.domain.panel import Exclusion, RelationKind
from arbitration.domain.permissions import Role
from tests.factories import Office


def brought(office: Office) -> str:
    opened = office.escalate()
    office.admit(opened)
    return opened


def excluded(office: Office, case_no: str) -> dict[str, tuple[Exclusion, ...]]:
    with office.portal.read(office.actors["registrar"]) as work:
        return {candidate.name: candidate.excluded for candidate in panel.candidates(work, case_no)}


def relate(office: Office, name: str, kind: RelationKind, subject: str) -> None:
    with office.portal.work(SYSTEM) as work:
        people.add_relation(work, email=f"{name}@office.example", kind=kind, subject=subject)


def test_an_arbitrator_tied_to_a_side_is_excluded_with_the_reason(office, case_no):
    office.add_staff("insider", Role.ARBITRATOR)
    office.add_staff("investor", Role.ARBITRATOR)
    relate(office, "insider", RelationKind.PLATFORM_STAFF, "kami")
    relate(office, "investor", RelationKind.MERCHANT_STAKE, "m-208")
    assert excluded(office, case_no) == {
        "arbitrator": (),
        "insider": (Exclusion.PLATFORM_STAFF,),
        "investor": (Exclusion.MERCHANT_STAKE,),
    }
    with office.portal.work(office.actors["registrar"]) as work, pytest.raises(Invalid, match="excluded"):
        panel.appoint(work, case_no, office.actors["insider"].id)


def test_who_declined_is_not_asked_again(office, case_no):
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    with office.portal.work(office.actors["arbitrator"]) as work:
        panel.decline(work, case_no, "工作冲突")
    assert excluded(office, case_no) == {"arbitrator": (Exclusion.EARLIER_INVOLVEMENT,)}


def test_silence_lapses_the_appointment_and_the_registrar_must_look_again(office, case_no, clock):
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    clock.tick(hours=13)
    expiry.tick(office.portal)
    case = office.case(case_no)
    assert case.arbitrator is None
    assert excluded(office, case_no) == {"arbitrator": (Exclusion.EARLIER_INVOLVEMENT,)}


def test_only_one_is_asked_at_a_time(office, case_no):
    office.seat(case_no)
    office.add_staff("second", Role.ARBITRATOR)
    with office.portal.work(office.actors["registrar"]) as work, pytest.raises(Conflict):
        panel.appoint(work, case_no, office.actors["second"].id)


def test_acceptance_needs_a_declaration_and_is_the_arbitrators_own(office, case_no):
    office.add_staff("second", Role.ARBITRATOR)
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    with office.portal.work(office.actors["arbitrator"]) as work, pytest.raises(Invalid):
        panel.accept(work, case_no, "  ")
    with office.portal.work(office.actors["registrar"]) as work, pytest.raises(NotAllowed):
        panel.accept(work, case_no, "I accept for her.")


def test_nobody_but_the_registrar_appoints_and_not_before_admission(office):
    case_no = office.escalate()
    with office.portal.work(office.actors["auditor"]) as work, pytest.raises(NotAllowed):
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    with office.portal.work(office.actors["registrar"]) as work, pytest.raises(WrongState):
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
