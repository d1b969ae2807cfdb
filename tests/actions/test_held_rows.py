"""A changed or deleted row of what a ruling is made of is named: each is held against the event that told it."""

import pytest

from arbitration.actions import facts, late_evidence, productions, wholeness
from arbitration.domain.admissibility import Verdict
from arbitration.domain.objections import Decision
from arbitration.domain.permissions import Role
from arbitration.domain.productions import Obligor
from arbitration.store.base import Instant
from arbitration.store.held import HELD, Held
from tests.actions.test_admissibility import decide
from tests.actions.test_objections import challenge, reply, rule
from tests.actions.test_wholeness import change
from tests.factories import Office

NOT_HELD = {"id", "number"}
"""Numbers by which rows are found; a changed one is another row."""
DECIDED = [held for held in HELD if held.name != "case"]
COLUMNS = [(held, column) for held in HELD for column in held.columns]


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """In deliberation, with a row in every table that is held."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT)
    objection = challenge(office, case_no)
    reply(office, case_no, objection)
    rule(office, case_no, objection, Decision.UPHELD)
    decide(office, case_no, "C-1", Verdict.EXCLUDED)
    with office.portal.work(office.actors["arbitrator"]) as work:
        withdrawn = productions.order(work, case_no, Obligor.RESPONDENT, "聊天记录", "delivered_at", 24).number
        facts.not_find(work, case_no, "delivered_at", "无记录。")
        refused, produced = (
            productions.order(work, case_no, Obligor.RESPONDENT, what, "delivered_at", 24).number
            for what in ("日志", "发货日志")
        )
        productions.withdraw(work, case_no, withdrawn, "不再需要。")
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        productions.refuse(work, case_no, refused, "已删除。")
        productions.produce(work, case_no, produced, "R-1")
    office.close_record(case_no)
    office.file_late(case_no)
    office.settle()
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        late_evidence.comment(work, case_no, "C-2", "与本案无关。")
    office.settle()
    return case_no


def last_row(held: Held) -> str:
    (key,) = held.table.primary_key
    return f"{key.name} = (SELECT max({key.name}) FROM {held.table.name})"


def named(office: Office, held: Held) -> list[str]:
    return [fault for fault in wholeness.problems(office.portal) if fault.startswith(f"{held.name} ")]


def test_a_case_with_all_that_is_held_is_whole(office, case_no):
    assert wholeness.problems(office.portal) == []


@pytest.mark.parametrize("held", DECIDED, ids=lambda held: held.name)
def test_every_column_is_told_by_an_event_or_says_why_not(held):
    assert set(held.table.columns.keys()) == {*held.columns, *NOT_HELD & {*held.table.columns.keys()}}


@pytest.mark.parametrize(("held", "column"), COLUMNS, ids=[f"{held.name}-{column}" for held, column in COLUMNS])
def test_one_changed_value_of_a_row_is_named(office, case_no, held, column):
    number = column == "item_id" or isinstance(held.table.c[column].type, Instant)
    changed = f"coalesce({column}, 0) + 1" if number else f"coalesce({column}, '') || 'x'"
    change(office, f"UPDATE {held.table.name} SET {column} = {changed} WHERE {last_row(held)}")
    assert any(case_no in fault for fault in named(office, held))


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.name)
def test_a_deleted_row_is_named(office, case_no, held):
    change(office, f"DELETE FROM {held.table.name} WHERE {last_row(held)}")
    assert any(f"{case_no}: stands in the history and not in its table" in fault for fault in named(office, held))


def test_a_decision_that_nobody_made_is_named(office, case_no):
    change(
        office,
        "INSERT INTO admission (item_id, verdict, reason, actor, at) SELECT item_id, 'admitted', 'x', actor, at "
        "FROM admission",
    )
    assert wholeness.problems(office.portal) == [
        f"admission 2 on C-1 of {case_no}: stands in its table and not in the history"
    ]
