"""The main line from escalation to closed case, and each of its other ends, through the use cases on both databases."""

import pytest

from arbitration.actions import cases, expiry, signing
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import RejectReason, State
from arbitration.domain.errors import NotFound
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome, ClaimOutcome
from arbitration.store import history
from tests.factories import Office


def to_ruled(office: Office, outcome: ClaimOutcome = ClaimOutcome.UPHELD) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.draft(case_no, outcome)
    office.sign(case_no, office.prepare(case_no))
    return case_no


def kinds(office: Office, case_no: str) -> list[str]:
    with office.portal.read(SYSTEM) as work:
        return [event.kind for event, _ in history.of_case(work.session, case_no)]


def test_a_dispute_goes_from_webhook_to_ruling_to_compliance(office, clock, gateway):
    case_no = to_ruled(office)
    ruled = office.case(case_no)
    assert (ruled.state, ruled.outcome) == (State.RULED, CaseOutcome.UPHELD)

    clock.tick(hours=49)
    expiry.tick(office.portal)
    assert office.case(case_no).state is State.COMPLIANCE

    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        signing.confirm_compliance(work, case_no)
    office.settle()
    closed = office.case(case_no)
    assert (closed.state, closed.end_reason) == (State.CLOSED, "complied")
    told = [body["type"] for _, body in gateway.posted]
    assert told.count("ruling.issued") == 1
    assert told.count("case.closed") == 1
    with office.portal.read(SYSTEM) as work:
        assert history.problems(work.session) == []


def test_the_history_of_a_ruled_case_is_exactly_this(office):
    case_no = to_ruled(office)
    assert kinds(office, case_no) == [
        "escalation_accepted",
        "case_opened",
        "deadline_set",
        "evidence_received",
        "admitted",
        "deadline_set",
        "notices_served",
        "deadline_set",
        "arbitrator_proposed",
        "deadline_set",
        "arbitrator_accepted",
        "responded",
        "message_posted",
        "deadline_set",
        "record_closed",
        "deadline_set",
        "ruling_prepared",
        "deadline_set",
        "ruling_authorised",
        "ruling_issued",
        "deadline_set",
    ]


def test_silence_of_the_respondent_is_a_default_that_the_outcome_says(office, clock):
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    clock.tick(hours=48, seconds=1)
    expiry.tick(office.portal)
    assert office.case(case_no).defaulted_at is not None
    office.close_record(case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    assert office.case(case_no).outcome is CaseOutcome.UPHELD_BY_DEFAULT


def test_a_dismissed_case_closes_when_its_review_window_ends(office, clock):
    case_no = to_ruled(office, ClaimOutcome.DISMISSED)
    clock.tick(hours=49)
    expiry.tick(office.portal)
    closed = office.case(case_no)
    assert (closed.state, closed.end_reason, closed.outcome) == (State.CLOSED, "no_orders", CaseOutcome.DISMISSED)


def test_both_sides_waiving_ends_the_review_at_once(office):
    case_no = to_ruled(office)
    for role in (Role.CLAIMANT, Role.RESPONDENT):
        assert office.case(case_no).state is State.RULED
        with office.portal.work(office.party(case_no, role)) as work:
            signing.waive_review(work, case_no)
    assert office.case(case_no).state is State.COMPLIANCE


def test_nothing_done_in_time_is_recorded_as_non_compliance(office, clock):
    case_no = to_ruled(office)
    clock.tick(hours=49)
    expiry.tick(office.portal)
    clock.tick(hours=25)
    expiry.tick(office.portal)
    assert office.case(case_no).end_reason == "not_complied"


def test_a_deficient_case_that_nobody_cures_is_deemed_withdrawn(office, clock):
    case_no = office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充付款凭证。")
    clock.tick(hours=25)
    expiry.tick(office.portal)
    ended = office.case(case_no)
    assert (ended.state, ended.end_reason) == (State.WITHDRAWN, "not_cured")


def test_a_cured_case_goes_back_to_the_registrar(office):
    case_no = office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充付款凭证。")
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        cases.cure(work, case_no, "已补充。")
    assert office.case(case_no).state is State.RECEIVED


def test_a_rejected_case_ends_with_its_reason(office):
    case_no = office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.reject(work, case_no, RejectReason.OUT_OF_SCOPE, "不属于数字商品。")
    ended = office.case(case_no)
    assert (ended.state, ended.end_reason) == (State.INADMISSIBLE, "out_of_scope")


def test_a_neighbours_case_does_not_exist(office):
    mine, other = office.escalate(), office.escalate()
    with (
        office.portal.work(office.party(mine, Role.CLAIMANT)) as work,
        pytest.raises(NotFound),
    ):
        cases.post_message(work, other, "hello")


def test_the_tick_does_nothing_twice(office, clock):
    case_no = office.escalate()
    clock.tick(minutes=31)
    expiry.tick(office.portal)
    before = kinds(office, case_no)
    expiry.tick(office.portal)
    assert kinds(office, case_no) == before
    assert before.count("deadline_missed") == 1
