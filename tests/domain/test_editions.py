"""What a draft of the standard must keep to: its consultation, its text, its number and its day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arbitration.domain import deadlines, editions
from arbitration.domain.editions import EditionState
from arbitration.domain.errors import Conflict, Invalid, WrongState
from arbitration.domain.standard import Standard, parse

SMALL = (Path(__file__).parent / "small_standard.yaml").read_text("utf-8")
PROCEDURE = Path(__file__).parents[2] / "arbitration/content/procedure/1.0.0.yaml"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def version(number: str, in_force: str) -> Standard:
    return parse(editions.successor(SMALL, number, date.fromisoformat(in_force)))


def test_the_procedure_asks_for_seven_days_of_consultation():
    assert deadlines.parse(PROCEDURE.read_text("utf-8")).consultation == timedelta(days=7)


def test_a_consultation_lasts_as_long_as_asked_but_never_less_than_the_procedure_says():
    assert editions.consultation_closes(NOON, WEEK, WEEK) == NOON + WEEK
    for asked in (timedelta(days=6, hours=23), timedelta(0), timedelta(days=91)):
        with pytest.raises(Invalid):
            editions.consultation_closes(NOON, asked, WEEK)


def test_nothing_is_published_a_moment_before_its_consultation_ends():
    editions.must_have_ended(NOON, NOON)
    with pytest.raises(WrongState, match="2026-11-22 12:00"):
        editions.must_have_ended(NOON, NOON - timedelta(microseconds=1))


def test_a_text_changes_only_as_a_draft():
    editions.must_be_editable(EditionState.DRAFT)
    for state in set(EditionState) - {EditionState.DRAFT}:
        with pytest.raises(WrongState):
            editions.must_be_editable(state)


@pytest.mark.parametrize(("in_force", "reaches_back"), [("2026-11-21", 1), ("2026-11-22", 1), ("2026-11-23", 0)])
def test_a_version_begins_on_a_day_after_its_publication(in_force: str, reaches_back: int):
    if reaches_back:
        with pytest.raises(Invalid, match="no version works backwards"):
            editions.must_not_reach_back(version("1.1.0", in_force), NOON)
    else:
        editions.must_not_reach_back(version("1.1.0", in_force), NOON)


def test_the_day_of_publication_is_that_of_beijing():
    late = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # midnight in Beijing: the 23rd has begun
    with pytest.raises(Invalid):
        editions.must_not_reach_back(version("1.1.0", "2026-11-23"), late)


def test_a_new_number_is_higher_and_its_day_later_than_any_published_one():
    published = [version("1.9.0", "2026-01-01"), version("1.2.0", "2025-01-01")]
    editions.must_follow(version("1.10.0", "2026-01-02"), published)
    for number, in_force, refused in (
        ("1.2.0", "2027-01-01", Conflict),
        ("1.8.7", "2027-01-01", Invalid),
        ("2.0.0", "2026-01-01", Invalid),
        ("2.0.0", "2025-06-01", Invalid),
    ):
        with pytest.raises(refused):
            editions.must_follow(version(number, in_force), published)


def test_the_next_draft_begins_as_the_text_in_force_with_another_number_and_day():
    text = editions.successor(SMALL, "1.1.0", date(2027, 1, 1))
    before, after = SMALL.splitlines(), text.splitlines()
    assert [line for line in after if line not in before] == ["version: 1.1.0", "in_force: 2027-01-01"]
    assert len(after) == len(before)


def test_the_number_to_begin_with_follows_the_highest():
    assert editions.next_number([]) == "1.0.0"
    assert editions.next_number(["1.9.0", "1.10.2", "0.20.0"]) == "1.11.0"


def test_a_text_full_of_faults_still_has_its_number():
    assert editions.number_in("nonsense: [\nversion: 1.2.3  # next\n") == "1.2.3"
    assert editions.number_in("version:\n  1.2.3") is None
    assert editions.number_in("") is None
