"""The time in which the other side comments on late evidence: whose it is, how long, and where it ends."""

from datetime import UTC, datetime, timedelta

from arbitration.domain.deadlines import parse
from arbitration.domain.late_evidence import COMMENT, heard_on, is_running
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from tests.domain.test_procedure import PROCEDURE
from tests.domain.test_standard_cases import STANDARD

DUE = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def test_all_sides_are_heard_but_the_one_that_filed_it() -> None:
    expected = {
        Role.CLAIMANT: (Side.RESPONDENT,),
        Role.RESPONDENT: (Side.CLAIMANT,),
        Role.PLATFORM: (Side.CLAIMANT, Side.RESPONDENT),
        Role.INSPECTOR: (Side.CLAIMANT, Side.RESPONDENT),
    }
    assert {role: heard_on(role) for role in expected} == expected


def test_the_time_runs_to_the_last_instant_before_it_is_due_and_not_in_that_one() -> None:
    smallest = timedelta(microseconds=1)
    assert [is_running(DUE, at) for at in (DUE - smallest, DUE, DUE + smallest)] == [True, False, False]


def test_the_procedure_gives_each_side_no_less_time_than_the_clause_on_late_evidence() -> None:
    rules = parse(PROCEDURE).rules
    least = timedelta(seconds=STANDARD.floor("late_reply").value.amount)
    assert set(COMMENT) == set(Side)
    assert all(rules[COMMENT[side]].who == side for side in Side)
    assert min(rules[kind].lasts[track] for kind in COMMENT.values() for track in rules[kind].lasts) >= least
