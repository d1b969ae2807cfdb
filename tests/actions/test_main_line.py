"""The main line from escalation to closed case, and each of its other ends, through the use cases on both databases."""

import json
from datetime import datetime, timedelta

import pytest

from arbitration.actions import cases, expiry, signing
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import RejectReason, State
from arbitration.domain.errors import NotFound
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome, ClaimOutcome
from arbitration.domain.signing import RulingDocument, load
from arbitration.store import history, rulings
from arbitration.store.cases import DeadlineState, deadlines_of
from tests.domain.escalations import escalation, event
from tests.domain.escalations import evidence as item_of_evidence
from tests.factories import Office


def to_ruled(office: Office, outcome: ClaimOutcome = ClaimOutcome.UPHELD, opened: str | None = None) -> str:
    case_no = opened or office.escalate()
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
        "evidence_stamped",
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
    waive_review(office, case_no)
    assert office.case(case_no).state is State.COMPLIANCE


def waive_review(office: Office, case_no: str) -> None:
    for role in (Role.CLAIMANT, Role.RESPONDENT):
        assert office.case(case_no).state is State.RULED
        with office.portal.work(office.party(case_no, role)) as work:
            signing.waive_review(work, case_no)


def to_two_orders(office: Office) -> str:
    """A ruling with a refund from escrow, due in 24 hours, and an apology, due in 72, both after the review window."""
    payload = escalation()
    payload["data"]["dispute"]["claims"] += [{"remedy": "apology_correction", "amount_minor": 0, "currency": "CNY"}]
    opened = json.loads(office.post(payload).body)["case"]
    office.settle()
    return to_ruled(office, opened=opened)


def printed(office: Office, case_no: str) -> RulingDocument:
    """What the signed file says."""
    with office.portal.read(SYSTEM) as work:
        ruling = rulings.issued(work.session, case_no)
    return load(ruling.content.encode())


def report(office: Office, case_no: str, sequence: int, **said) -> None:
    """The platform's `remedy.executed`."""
    payload = event(
        "remedy.executed",
        currency="CNY",
        executed_at="2026-11-22T09:30:00+08:00",
        evidence=[item_of_evidence(f"e-{sequence}", f"proof {sequence}\n".encode())],
        **said,
    )
    payload["sequence"] = sequence
    payload["data"]["platform_dispute_id"] = office.case(case_no).platform_dispute_id
    assert office.post(payload).status == 202
    office.settle()


REFUND = {"order_number": 1, "remedy": "refund_full", "amount_minor": 12800}
APOLOGY = {"order_number": 2, "remedy": "apology_correction", "amount_minor": 0}


def told(office: Office, case_no: str, kind: str) -> list[dict]:
    with office.portal.read(SYSTEM) as work:
        return [json.loads(said) for each, said in history.of_case(work.session, case_no) if each.kind == kind]


def tick_at(office: Office, clock, at: datetime) -> None:
    clock.tick(seconds=(at - clock()).total_seconds())
    expiry.tick(office.portal)


@pytest.mark.parametrize("waived", [False, True])
def test_orders_are_due_as_printed_in_the_ruling_also_where_review_was_waived(office, clock, waived):
    case_no = to_two_orders(office)
    document = printed(office, case_no)
    if waived:
        waive_review(office, case_no)
    else:
        tick_at(office, clock, document.notices.review_until)
    with office.portal.read(SYSTEM) as work:
        running = [row.due_at for row in deadlines_of(work.session, case_no) if row.state is DeadlineState.OPEN]
    assert running == [order.due_at for order in document.orders]
    assert document.orders[1].due_at - document.orders[0].due_at == timedelta(hours=48)


def test_a_missed_order_is_recorded_when_its_own_time_is_over_and_the_case_waits_for_the_others(office, clock):
    case_no = to_two_orders(office)
    waive_review(office, case_no)
    refund, apology = printed(office, case_no).orders
    tick_at(office, clock, refund.due_at - timedelta(seconds=1))
    assert told(office, case_no, "deadline_missed") == []
    tick_at(office, clock, refund.due_at)
    assert [said["orders"] for said in told(office, case_no, "deadline_missed")] == [[1]]
    assert office.case(case_no).state is State.COMPLIANCE
    report(office, case_no, 2, **APOLOGY)
    tick_at(office, clock, apology.due_at)
    assert [said["orders"] for said in told(office, case_no, "deadline_missed")] == [[1]]
    assert office.case(case_no).end_reason == "not_complied"


def test_a_case_is_complied_with_when_every_order_was_reported(office, clock):
    case_no = to_two_orders(office)
    report(office, case_no, 2, **REFUND)
    assert office.case(case_no).executed_at is None
    waive_review(office, case_no)
    report(office, case_no, 3, **APOLOGY | {"order_number": None})
    assert office.case(case_no).executed_at == clock()
    for order in printed(office, case_no).orders:
        assert office.case(case_no).state is State.COMPLIANCE
        tick_at(office, clock, order.due_at)
    assert office.case(case_no).end_reason == "complied"
    assert told(office, case_no, "deadline_missed") == []


@pytest.mark.parametrize(
    "said",
    [REFUND | {"amount_minor": 12799}, REFUND | {"order_number": 2}, REFUND | {"remedy": "compensation"}, APOLOGY],
    ids=["less than ordered", "another order's number", "another remedy", "another order"],
)
def test_a_report_counts_for_no_order_but_the_one_it_fits(office, clock, said):
    case_no = to_two_orders(office)
    waive_review(office, case_no)
    report(office, case_no, 2, **said)
    tick_at(office, clock, printed(office, case_no).orders[0].due_at)
    assert [each["orders"] for each in told(office, case_no, "deadline_missed")] == [[1]]


def test_an_order_reported_twice_counts_once(office):
    case_no = to_two_orders(office)
    report(office, case_no, 2, **REFUND)
    report(office, case_no, 3, **REFUND)
    assert [said["order_number"] for said in told(office, case_no, "execution_reported")] == [1, None]
    assert office.case(case_no).executed_at is None


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
