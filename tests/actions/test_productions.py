"""Ordering what a side holds: it answers with a file or a reason, silence expires, and EV-04 draws the inference."""

import pytest

from arbitration.actions import expiry, facts, objections, productions, wholeness
from arbitration.domain.cases import State
from arbitration.domain.clauses import Outcome
from arbitration.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.objections import Ground
from arbitration.domain.permissions import Role
from arbitration.domain.productions import CLAUSE, Obligor, ProductionState, Withholding
from arbitration.store import evidence
from arbitration.store import productions as store
from tests.actions.test_admissibility import brought as brought
from tests.factories import Office
from tests.fakes import FakeScanner
from tests.portals import with_ports


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


@pytest.fixture
def number(case_no: str, office: Office) -> int:
    return order(office, case_no)


def order(
    office: Office, case_no: str, hours: int = 24, obligor: Obligor = Obligor.RESPONDENT, what: str = "发货日志"
) -> int:
    with office.portal.work(office.actors["arbitrator"]) as work:
        return productions.order(work, case_no, obligor, what, "delivered_at", hours).number


def refuse(office: Office, case_no: str, number: int, role: Role = Role.RESPONDENT) -> None:
    with office.portal.work(office.party(case_no, role)) as work:
        productions.refuse(work, case_no, number, "没有日志。")


def pass_time(office: Office, hours: int) -> None:
    office.portal.ports.clock.tick(hours=hours)
    expiry.tick(office.portal)
    office.settle()


def case_state(office: Office, case_no: str) -> State:
    return office.case(case_no).state


def state(office: Office, case_no: str) -> ProductionState:
    with office.portal.read(office.actors["auditor"]) as work:
        (row,) = store.orders_in(work.session, case_no)
        return row.state


def withheld(office: Office, case_no: str, number: int, found: Withholding) -> Outcome:
    with office.portal.work(office.actors["arbitrator"]) as work:
        productions.find(work, case_no, number, found)
    with office.portal.read(office.actors["arbitrator"]) as work:
        known = facts.facts_of(work, office.case(case_no))
        assert known is not None
        return known.assess(CLAUSE).if_nothing_more


def test_silence_expires_and_lets_the_arbitrator_draw_the_inference(case_no: str, number: int, office: Office) -> None:
    with pytest.raises(WrongState):
        withheld(office, case_no, number, Withholding.WITHHELD)
    office.settle()
    assert state(office, case_no) is ProductionState.OPEN
    office.portal.ports.clock.tick(hours=24)
    office.settle()
    assert state(office, case_no) is ProductionState.EXPIRED
    assert withheld(office, case_no, number, Withholding.WITHHELD) is Outcome.MET
    assert withheld(office, case_no, number, Withholding.EXCUSED) is Outcome.BREACHED


def test_whoever_is_ordered_names_a_file_of_its_own(case_no: str, number: int, office: Office) -> None:
    with pytest.raises(NotAllowed), office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        productions.produce(work, case_no, number, "C-1")
    with pytest.raises(Invalid), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.produce(work, case_no, number, "C-1")
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.produce(work, case_no, number, "R-1")
    office.portal.ports.clock.tick(hours=24)
    office.settle()
    assert state(office, case_no) is ProductionState.PRODUCED


def test_the_record_is_not_closed_over_an_open_order_and_an_answer_in_time_is_part_of_it(
    case_no: str, office: Office
) -> None:
    number = order(office, case_no, hours=72)
    with pytest.raises(WrongState, match="still to be produced"):
        office.close_record(case_no)
    pass_time(office, hours=47)
    assert case_state(office, case_no) is State.EVIDENCE  # its 24 hours are over
    with pytest.raises(WrongState, match="before the time for evidence is over"):
        order(office, case_no)
    (label,) = office.file(case_no, Role.RESPONDENT, b"the log\n")
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.produce(work, case_no, number, label)
    pass_time(office, hours=23)
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        objections.challenge(work, case_no, label, Ground.ALTERED, "日志有改动。")
    pass_time(office, hours=1)
    assert case_state(office, case_no) is State.DELIBERATION
    with office.portal.read(office.actors["auditor"]) as work:
        assert label in {item.label for item in evidence.in_record(work.session, case_no)}


@pytest.mark.parametrize(
    "settles", [productions.refuse, productions.withdraw, None], ids=["refused", "withdrawn", "expired"]
)
def test_a_record_that_waited_for_an_order_closes_when_that_is_settled(settles, case_no: str, office: Office) -> None:
    number = order(office, case_no, hours=48)
    pass_time(office, hours=30)
    assert case_state(office, case_no) is State.EVIDENCE
    if settles is None:
        pass_time(office, hours=18)
    else:
        actor = (
            office.actors["arbitrator"] if settles is productions.withdraw else office.party(case_no, Role.RESPONDENT)
        )
        with office.portal.work(actor) as work:
            settles(work, case_no, number, "没有日志。")
        office.settle()
    assert case_state(office, case_no) is State.DELIBERATION


def test_after_its_time_an_order_is_not_answered_even_before_the_clock_has_dealt_with_it(
    case_no: str, number: int, office: Office
) -> None:
    office.portal.ports.clock.tick(hours=24)
    with pytest.raises(WrongState), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, number, "没有日志。")


@pytest.mark.parametrize(("hours", "then"), [(1, ProductionState.OPEN), (24, ProductionState.EXPIRED)])
def test_what_was_produced_and_then_quarantined_was_not_produced(
    hours: int, then: ProductionState, case_no: str, number: int, office: Office
) -> None:
    scanner = FakeScanner()
    scanner.answers = False
    office.portal = with_ports(office.portal, scanner=scanner)
    (label,) = office.file(case_no, Role.RESPONDENT, b"this is malware\n")
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.produce(work, case_no, number, label)
    pass_time(office, hours=hours)
    assert state(office, case_no) is ProductionState.PRODUCED  # held is not refused
    scanner.answers = True
    office.portal.ports.clock.tick(minutes=5)
    office.settle()
    assert state(office, case_no) is then
    assert wholeness.problems(office.portal) == []


def test_each_case_counts_its_own_orders(case_no: str, number: int, office: Office) -> None:
    other = brought(office)
    assert (number, order(office, case_no), order(office, other)) == (1, 2, 1)
    refuse(office, other, 1)
    with office.portal.read(office.actors["registrar"]) as work:
        assert [row.state for row in store.orders_in(work.session, case_no)] == [ProductionState.OPEN] * 2
    with pytest.raises(NotFound):
        refuse(office, other, 2)


def test_a_refusal_needs_a_reason_and_a_withdrawn_order_asks_nothing(case_no: str, number: int, office: Office) -> None:
    with pytest.raises(Invalid), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, number, "…")
    with office.portal.work(office.actors["arbitrator"]) as work:
        productions.withdraw(work, case_no, number, "已由平台提供。")
    with pytest.raises(WrongState), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, number, "日志已删除。")


def test_an_order_as_long_as_it_may_be_is_found_withheld(case_no: str, office: Office) -> None:
    number = order(office, case_no, what="长" * productions.MAX_CHARS)
    refuse(office, case_no, number)
    assert withheld(office, case_no, number, Withholding.WITHHELD) is Outcome.MET


def test_one_order_found_withheld_keeps_the_inference_when_another_is_excused(
    case_no: str, number: int, office: Office
) -> None:
    of_claimant = order(office, case_no, obligor=Obligor.CLAIMANT)
    refuse(office, case_no, of_claimant, Role.CLAIMANT)
    refuse(office, case_no, number)
    assert withheld(office, case_no, of_claimant, Withholding.WITHHELD) is Outcome.MET
    assert withheld(office, case_no, number, Withholding.EXCUSED) is Outcome.MET
    assert withheld(office, case_no, of_claimant, Withholding.EXCUSED) is Outcome.BREACHED
    assert withheld(office, case_no, number, Withholding.WITHHELD) is Outcome.MET


def test_a_finding_that_was_taken_back_does_not_outweigh_what_is_excused(
    case_no: str, number: int, office: Office
) -> None:
    of_claimant = order(office, case_no, obligor=Obligor.CLAIMANT)
    refuse(office, case_no, of_claimant, Role.CLAIMANT)
    refuse(office, case_no, number)
    withheld(office, case_no, of_claimant, Withholding.WITHHELD)
    with office.portal.work(office.actors["arbitrator"]) as work:
        facts.reopen(work, case_no, "evidence_withheld")
    assert withheld(office, case_no, number, Withholding.EXCUSED) is Outcome.BREACHED
