"""Ordering what a side holds: it answers with a file or a reason, silence expires, and EV-04 draws the inference."""

import pytest

from arbitration.actions import facts, productions
from arbitration.domain.clauses import Outcome
from arbitration.domain.errors import Invalid, NotAllowed, WrongState
from arbitration.domain.permissions import Role
from arbitration.domain.productions import CLAUSE, Obligor, ProductionState, Withholding
from arbitration.store import productions as store
from tests.actions.test_admissibility import brought
from tests.factories import Office


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


@pytest.fixture
def case_no(office: Office) -> str:
    return brought(office)


@pytest.fixture
def number(case_no: str, office: Office) -> int:
    with office.portal.work(office.actors["arbitrator"]) as work:
        return productions.order(work, case_no, Obligor.RESPONDENT, "发货日志", "delivered_at", 24).id


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


def test_a_refusal_needs_a_reason_and_a_withdrawn_order_asks_nothing(case_no: str, number: int, office: Office) -> None:
    with pytest.raises(Invalid), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, number, "…")
    with office.portal.work(office.actors["arbitrator"]) as work:
        productions.withdraw(work, case_no, number, "已由平台提供。")
    with pytest.raises(WrongState), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, number, "日志已删除。")
