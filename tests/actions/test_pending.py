"""What waits on the evidence of a case: for whom, from when on, and until it is done."""

import pytest

from arbitration.actions import pending
from arbitration.actions.context import SYSTEM, get_case
from arbitration.actions.late_evidence import comment
from arbitration.actions.pending import Matter, Pending
from arbitration.domain.cases import Track
from arbitration.domain.objections import Decision
from arbitration.domain.permissions import Role
from arbitration.domain.productions import Withholding
from tests.actions.test_admissibility import find
from tests.actions.test_inspections import ask
from tests.actions.test_inspections import brought as brought
from tests.actions.test_objections import challenge, rule
from tests.actions.test_productions import order, pass_time, refuse, withheld
from tests.factories import Office


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def waits(office: Office, case_no: str) -> list[Pending]:
    with office.portal.read(office.actors["auditor"]) as work:
        return pending.pending(work, case_no, office.case(case_no).state)


def due(each: Pending) -> tuple[Matter, Role, str, int]:
    assert each.due_at is not None
    return each.matter, each.who, each.label, each.number


def test_each_matter_waits_for_whoever_is_to_act_until_that_is_done(case_no: str, office: Office) -> None:
    assert waits(office, case_no) == []
    objection, number, request = challenge(office, case_no), order(office, case_no), ask(office, case_no)
    asked = [
        (Matter.PRODUCTION, Role.RESPONDENT, "", number),
        (Matter.INSPECTION, Role.INSPECTOR, "C-1", request),
    ]
    assert [due(each) for each in waits(office, case_no)] == asked  # nothing is decided before the reply
    office.respond(case_no)
    to_decide = Pending(Matter.OBJECTION, Role.ARBITRATOR, "C-1")
    first, *others = waits(office, case_no)
    assert (first, [due(each) for each in others]) == (to_decide, asked)
    refuse(office, case_no, number)
    to_find = Pending(Matter.WITHHOLDING, Role.ARBITRATOR, number=number)
    assert waits(office, case_no)[:2] == [to_decide, to_find]
    office.close_record(case_no)
    assert waits(office, case_no)[:2] == [to_decide, to_find]  # it can be done in deliberation, too
    withheld(office, case_no, number, Withholding.EXCUSED)
    rule(office, case_no, objection, Decision.DISMISSED)
    assert [due(each) for each in waits(office, case_no)] == asked[1:]


def test_a_late_item_waits_for_its_finding_once_the_other_side_was_heard(case_no: str, office: Office) -> None:
    with office.portal.work(SYSTEM) as work:
        get_case(work, case_no).track = Track.STANDARD  # the ruling is due after the comments
    office.respond(case_no)
    office.close_record(case_no)
    office.file_late(case_no)
    assert waits(office, case_no) == []
    assert office.case(case_no).next_who == "respondent"
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        comment(work, case_no, "C-2", "与本案无关。")
    assert waits(office, case_no) == [Pending(Matter.LATE_ITEM, Role.ARBITRATOR, "C-2")]
    assert office.case(case_no).next_who == "arbitrator"
    find(office, case_no, "C-2", "good_cause", "false")
    assert waits(office, case_no) == []
    office.file_late(case_no, Role.RESPONDENT)
    assert office.case(case_no).next_who == "claimant"
    pass_time(office, hours=24)
    assert waits(office, case_no) == [Pending(Matter.LATE_ITEM, Role.ARBITRATOR, "R-1")]
    assert office.case(case_no).next_who == "arbitrator"
