"""The procedure that ships with the program against durations written by hand from the committee's own table."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arbitration.domain.cases import Track
from arbitration.domain.deadlines import DeadlineKind, Expiry, in_force_at, parse

PROCEDURE = (Path(__file__).parents[2] / "arbitration/content/procedure/1.0.0.yaml").read_text("utf-8")
WRITTEN = Path(__file__).parent / "procedure.csv"
UNITS = {"min": "minutes", "h": "hours", "d": "days"}
START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def lasting(text: str) -> timedelta:
    number, unit = text.split()
    return timedelta(**{UNITS[unit]: int(number)})


def rows() -> list[dict[str, str]]:
    with WRITTEN.open(newline="") as file:
        return list(csv.DictReader(file))


def differences(text: str) -> list[str]:
    """Where a procedure's text says something else than the table."""
    procedure = parse(text)
    found = []
    for row in rows():
        kind = DeadlineKind(row["kind"])
        rule = procedure.rules[kind]
        if (rule.who, rule.expiry) != (row["who"], Expiry(row["expiry"])):
            found.append(f"{kind}: {rule.who} {rule.expiry}")
        for track in Track:
            if procedure.due(kind, track, START) != START + lasting(row[track.value]):
                found.append(f"{kind} {track}: {rule.lasts[track]}")
    return found


def test_every_period_lasts_as_written_on_each_track_and_ends_in_what_is_written():
    assert differences(PROCEDURE) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fast: 48h,   standard: 4d", "fast: 47h,   standard: 4d"),
        ("complex: 5d,    expiry: close_record", "complex: 5h,    expiry: close_record"),
        ("expiry: note_default", "expiry: alert"),
        ("who: respondent", "who: claimant"),
    ],
)
def test_a_procedure_that_differs_in_one_place_is_found_out(before, after):
    changed = PROCEDURE.replace(before, after, 1)
    assert changed != PROCEDURE
    assert len(differences(changed)) == 1


def test_a_procedure_without_one_of_the_periods_does_not_start():
    with pytest.raises(ValueError, match="no rule for cure"):
        parse("\n".join(line for line in PROCEDURE.splitlines() if "kind: cure" not in line))


def test_no_period_is_missing_and_none_is_there_beyond_the_table():
    kinds = [row["kind"] for row in rows()]
    assert sorted(kinds) == sorted(kind.value for kind in DeadlineKind)
    assert set(parse(PROCEDURE).rules) == set(DeadlineKind)


def test_every_rule_has_a_number_of_its_own():
    numbers = [rule.id for rule in parse(PROCEDURE).rules.values()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("yuan", "track"),
    [
        ("0.00", "fast"),
        ("1000.00", "fast"),
        ("1000.01", "standard"),
        ("20000.00", "standard"),
        ("20000.01", "complex"),
        ("9999999.99", "complex"),
    ],
)
def test_the_sum_claimed_chooses_the_track(yuan, track):
    assert parse(PROCEDURE).track_for(int(yuan.replace(".", ""))) is Track(track)


def test_a_procedure_that_is_not_in_force_yet_rules_nothing() -> None:
    now = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # one minute before December in Beijing
    begun = replace(parse(PROCEDURE), version="1.9.0", in_force=date(2026, 11, 1))
    same_day = replace(begun, version="1.10.0")
    future = replace(parse(PROCEDURE), version="2.0.0", in_force=date(2026, 12, 1))
    versions = [future, same_day, begun]
    assert in_force_at(versions, now) is same_day
    assert in_force_at(versions, now + timedelta(minutes=1)) is future
