"""A platform's file is read as strictly as the standard's: every fault with its place. ‸ marks that place."""

import json
from datetime import date

import pytest

from arbitration.domain.marked_yaml import MAX_FAULTS
from arbitration.domain.platform_rules import RulesRefused, parse
from tests.domain.test_standard_schema import CONTENT, breaches
from tests.rules_files import FIRST, rules_file

BASE = """\
rules: kami-after-sales
version: 1.0.0
title: {zh: 卡盟售后规则, en: After-sales rules of Kami}
against: 1.0.0
in_force: 2026-12-01
floors:
  window: {value: 7d}
clauses:
- id: AS-01
  title: {zh: 售后期 7 天, en: A window of 7 days}
  text:
    zh: 售后期为 7 天。
    en: The window is 7 days.
  floors: [window]
- id: AS-02
  title: {zh: 交付, en: Delivery}
  text: {zh: 以系统日志证明交付。, en: Delivery is proved by a system log.}
"""
TODAY = date(2026, 11, 22)
BAD = {
    "no standard named": ("against: 1.0.0\n", "", 1, 1, "'against' is missing"),
    "standard never published": ("against: 1.0.0", "against: ‸1.0.1", "did you mean '1.0.0'?"),
    "entry nobody knows": ("in_force: 2026-12-01", "in_force: 2026-12-01\n‸laws: {}", "unknown entry 'laws'"),
    "version with two numbers": ("version: 1.0.0", "version: ‸1.0", "not a version"),
    "in force on the day of publication": ("2026-12-01", "‸2026-11-22", "later orders only"),
    "in force before it": ("2026-12-01", "‸2026-01-01", "later orders only"),
    "floor the standard has not": ("  window: {value: 7d}", "  ‸windw: {value: 7d}", "did you mean 'window'?"),
    "floor of evidence": (
        "  window: {value: 7d}",
        "  window: {value: 7d}\n  ‸cure: {value: 9h}",
        "unknown floor 'cure'",
    ),
    "floor of another kind": ("value: 7d", "value: ‸CNY 7", "of another kind than the standard's '72h'"),
    "floor that is no quantity": ("value: 7d", "value: ‸7 days", "no quantity"),
    "floor with a direction of its own": ("value: 7d}", "value: 7d, ‸stricter: smaller}", "unknown entry 'stricter'"),
    "floor in no clause": ("  window: {value: 7d}", "  window: {value: 7d}\n  ack: ‸{value: 5min}", "in no clause"),
    "floor without a value": ("  window: {value: 7d}", "  window: ‸{}", "'value' is missing"),
    "clause the standard has not": ("id: AS-01", "id: ‸AS-99", "unknown clause 'AS-99'"),
    "clause of another's": ("id: AS-02", "id: ‸EV-01", "no platform's to write"),
    "clause twice": ("id: AS-02", "id: ‸AS-01", "stands twice"),
    "clause without its number": ("  floors: [window]\n", "", 9, 3, "the floor 'window' of AS-01 is missing"),
    "number of another clause": ("[window]", "[window, ‸ack]", "unknown floor of this clause 'ack'"),
    "number twice": ("[window]", "[window, ‸window]", "stands twice"),
    "clause with a rule of its own": ("- id: AS-02", "- id: AS-02\n  ‸test: x", "unknown entry 'test'"),
    "text with another number": (
        "zh: 售后期为 7 天。",
        "zh: 售后期为 7 天，另加 ‸9 天。",
        "9 is the value of no floor",
    ),
    "text without its number": ("en: The window is 7 days.", "en: ‸The window is a week.", "7 days is not stated"),
    "no English": (", en: Delivery}", "}", 16, 10, "'en' is missing"),
    "anchor": ("version: 1.0.0", "version: ‸&v 1.0.0", "anchors"),
    "key twice": ("version: 1.0.0\n", "version: 1.0.0\n‸version: 1.0.0\n", "stands twice"),
    "text that turns round": ("en: The window is", "en: The ‸\u202ewindow is", "U+202E"),
}


def refusal(raw: bytes) -> RulesRefused:
    with pytest.raises(RulesRefused) as caught:
        parse(raw, [FIRST], TODAY)
    return caught.value


def test_a_good_file_is_read_whole() -> None:
    rules = parse(BASE.encode(), [FIRST], TODAY)
    assert (rules.version, rules.against, rules.in_force) == ("1.0.0", "1.0.0", date(2026, 12, 1))
    assert rules.starts_at.isoformat() == "2026-11-30T16:00:00+00:00"
    assert rules.floors["window"].zh == "7 天"
    assert [clause.id for clause in rules.clauses] == ["AS-01", "AS-02"]
    assert rules.clause("AS-03") is None


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_where_it_is_bad(name: str) -> None:
    old, new, *expected, reason = BAD[name]
    assert BASE.count(old) == 1
    spoilt = BASE.replace(old, new)
    if not expected:
        before = spoilt[: spoilt.index("‸")]
        expected = [before.count("\n") + 1, len(before) - before.rfind("\n")]
    faults = refusal(spoilt.replace("‸", "").encode()).faults
    assert expected in [[fault.line, fault.column] for fault in faults if reason in fault.reason], faults


@pytest.mark.parametrize("value", ["7 days", "CNY 7"])
def test_a_number_that_cannot_be_read_is_one_fault_and_not_one_for_each_place_that_states_it(value: str) -> None:
    assert len(refusal(BASE.replace("value: 7d", f"value: {value}").encode()).faults) == 1


def test_rules_once_published_are_read_again_after_their_day() -> None:
    assert parse(BASE.replace("2026-12-01", "2026-01-01").encode(), [FIRST]).in_force == date(2026, 1, 1)


def test_json_is_read_as_yaml_is() -> None:
    assert parse(rules_file("AS-01", floors={"window": "7d"}), [FIRST], TODAY).floors["window"].text == "7d"
    fault = refusal(rules_file("AS-01").replace(b'"72h"', b"72")).faults[0]
    assert (fault.line, fault.where) == (12, "floors.window")


def test_bytes_that_are_no_text_are_refused_where_they_stand() -> None:
    (fault,) = refusal("rules: 售后".encode() + b"\xff").faults
    assert (fault.line, fault.column, fault.reason) == (1, 10, "not UTF-8")


HOSTILE = {
    "ten megabytes": b"a" * 10_000_000,
    "two thousand clauses that are none": BASE.encode() + b"- {id: AS-03, title: a, text: b}\n" * 2_000,
    "nine thousand strange floors": BASE.replace("[window]", "[" + "windw, " * 9_000 + "]").encode(),
    "an id of 400,000 letters": BASE.replace("id: AS-02", "id: " + "A" * 400_000).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_few_words(name: str) -> None:
    assert 0 < len(refusal(HOSTILE[name]).faults) <= MAX_FAULTS
    assert len(str(refusal(HOSTILE[name]))) < 20_000


def test_the_published_schema_describes_what_is_read() -> None:
    schema = json.loads((CONTENT / "platform_rules.schema.json").read_bytes())
    document = json.loads(rules_file("AS-01", "AS-02", "MA-03", floors={"window": "7d"}))
    assert breaches(document, schema, schema) == []
    assert breaches(document | {"laws": {}}, schema, schema) == ["$.laws: not allowed"]
    assert breaches(document | {"version": "1.0"}, schema, schema) == ["$.version: '1.0'"]
    assert breaches(document | {"clauses": []}, schema, schema) == ["$.clauses: too short"]
    document["floors"]["window"]["stricter"] = "smaller"
    assert breaches(document, schema, schema) == ["$.floors.window.stricter: not allowed"]
