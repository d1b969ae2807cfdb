"""A platform's rules against the floors: what is stricter binds, what is below never does."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.content import disputes
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.conformance import Verdict, binding, compare
from arbitration.domain.platform_rules import OwnClause, comparable, parse
from arbitration.domain.quantities import Quantity, quantity
from arbitration.domain.void_terms import VOID_TERMS, void_terms
from tests.rules_files import FIRST, rules_file

COMPARED = [clause.id for clause in comparable(FIRST)]
FLOORS = sorted({name for clause in comparable(FIRST) for name in clause.floors})


def verdicts(raw: bytes) -> dict[str, str]:
    return {row.clause.id: row.verdict for row in compare(FIRST, parse(raw, [FIRST])).rows}


def test_only_what_binds_a_merchant_or_a_platform_is_compared() -> None:
    assert {"AS-01", "AS-06", "DH-01", "RM-01"} <= set(COMPARED)
    assert not [each for each in COMPARED if each.startswith("EV") or each == "RM-02"]


@pytest.mark.parametrize(
    ("clause", "floors", "verdict"),
    [
        ("AS-01", {"window": "7d"}, Verdict.STRICTER),
        ("AS-01", {"window": "3d"}, Verdict.EQUAL),
        ("AS-01", {"window": "48h"}, Verdict.BELOW_FLOOR),
        ("DH-01", {"ack": "5min"}, Verdict.STRICTER),
        ("DH-01", {"ack": "11min"}, Verdict.BELOW_FLOOR),
        ("DH-01", {"ack": "5min", "plan": "48h"}, Verdict.BELOW_FLOOR),
        ("MA-05", {"adult_age": "16"}, Verdict.BELOW_FLOOR),
        ("MA-05", {"adult_age": "21"}, Verdict.BELOW_FLOOR),
        ("AS-02", {}, Verdict.EQUAL),
    ],
)
def test_a_clause_is_judged_by_its_numbers_in_their_direction(
    clause: str, floors: dict[str, str], verdict: Verdict
) -> None:
    found = verdicts(rules_file(clause, floors=floors))
    assert found[clause] is verdict
    assert {each for each in found if found[each] is not Verdict.SILENT} == {clause}


def test_a_void_term_puts_even_a_stricter_clause_below_the_floor_and_names_the_words() -> None:
    rules = parse(rules_file("AS-01", floors={"window": "7d"}, words={"AS-01": "；商品概不 退换"}), [FIRST])
    row = next(row for row in compare(FIRST, rules).rows if row.clause.id == "AS-01")
    assert (row.verdict, row.void_terms) == (Verdict.BELOW_FLOOR, ("概不退换",))
    assert binding(FIRST, rules)["window"].text == "7d"  # the number is promised all the same


@pytest.mark.parametrize(
    "words",
    [
        Bilingual("签收即认可商品质量。", ""),
        Bilingual("本平台享有最终解释权。", ""),
        Bilingual("虚拟商品一经售出，概不退换。", ""),
        Bilingual("商品一经发货，不退不换。", ""),
        Bilingual("本平台享有最終解釋權。", ""),
        Bilingual("商品概·不、退 换。", ""),
        Bilingual("", "Signing for the goods aside, receipt means acceptance."),
        Bilingual("", "We have the Final Right of Interpretation."),
        Bilingual("", "No returns or exchanges."),
        Bilingual("", "All sales-are-final."),
        Bilingual("", "Goods once sold are not refundable."),
    ],
    ids=lambda words: words.zh or words.en,
)
def test_void_terms_are_found_in_both_languages(words: Bilingual) -> None:
    assert void_terms(words)


def test_ordinary_words_are_not_void_and_every_pattern_finds_something() -> None:
    for clause in FIRST.clauses:
        if clause.id != "PD-05":
            assert void_terms(clause.text) == ()
    assert all(VOID_TERMS.values())
    assert void_terms(FIRST.clause("PD-05").text)


def test_the_standards_own_words_are_void_nowhere() -> None:
    own = tuple(OwnClause(each.id, each.title, each.text, each.floors) for each in comparable(FIRST))
    floors = {name: FIRST.floor(name).value for name in FLOORS}
    rules = replace(parse(rules_file("AS-02"), [FIRST]), clauses=own, floors=floors)
    assert compare(FIRST, rules).counts == {
        Verdict.STRICTER: 0,
        Verdict.EQUAL: len(COMPARED),
        Verdict.BELOW_FLOOR: 0,
        Verdict.SILENT: 0,
    }
    assert binding(FIRST, rules) == {}


def other(name: str) -> st.SearchStrategy[str]:
    """Another number of the same kind as the floor's."""
    value = FIRST.floor(name).value
    forms = {"duration": "{}min", "years": "{}y", "money": "CNY {}", "percent": "{}%", "int": "{}"}
    return st.integers(0, 100).map(forms[value.type].format)


FILES = st.fixed_dictionaries(
    {
        "clauses": st.sets(st.sampled_from(COMPARED), min_size=1),
        "floors": st.fixed_dictionaries({name: st.none() | other(name) for name in FLOORS}),
    }
)


@settings(max_examples=50)
@given(FILES)
def test_whatever_a_platform_writes_only_what_is_stricter_binds(drawn: dict) -> None:
    stated = {name for each in drawn["clauses"] for name in FIRST.clause(each).floors}
    changed = {name: text for name, text in drawn["floors"].items() if text and name in stated}
    rules = parse(rules_file(*sorted(drawn["clauses"]), floors=changed), [FIRST])
    promises = binding(FIRST, rules)
    assert promises.keys() <= changed.keys()
    for name, promised in promises.items():
        floor = FIRST.floor(name)
        assert promised == rules.floors[name]
        assert floor.stricter != "nobody"
        larger = promised.amount > floor.value.amount
        assert larger if floor.stricter == "larger" else promised.amount < floor.value.amount
    for row in compare(FIRST, rules).rows:
        assert (row.own is None) == (row.verdict is Verdict.SILENT) == (row.clause.id not in drawn["clauses"])
        for each in row.floors:
            assert each.governs == promises.get(each.floor.name, each.floor.value)
            assert each.verdict is not Verdict.BELOW_FLOOR or each.governs == each.floor.value
    if not changed:
        assert {row.verdict for row in compare(FIRST, rules).rows} <= {Verdict.EQUAL, Verdict.SILENT}


def test_rules_for_another_version_of_the_standard_bind_where_the_numbers_compare() -> None:
    rules = parse(rules_file("AS-01", "DH-04", floors={"window": "7d", "records": "5y"}), [FIRST])
    floors = [
        replace(each, value=Quantity("1095d", "duration", 1)) if each.name == "records" else each
        for each in FIRST.floors
    ]
    assert binding(replace(FIRST, version="1.1.0", floors=tuple(floors)), rules) == {"window": quantity("7d")}


def test_programs_are_told_the_numbers_of_every_row() -> None:
    told = compare(FIRST, parse(rules_file("AS-01", floors={"window": "48h"}), [FIRST])).as_json()
    assert json.loads(json.dumps(told))["counts"]["below_floor"] == 1
    (row,) = [each for each in told["clauses"] if each["clause"] == "AS-01@1.0.0"]
    assert row["floors"] == [
        {"floor": "window", "verdict": "below_floor", "standard": "72h", "platform": "48h", "governs": "72h"}
    ]


def test_the_demos_platforms_are_one_stricter_one_below_the_floor_and_one_silent_on_much() -> None:
    found = {
        each.name: compare(FIRST, parse(disputes.load_rules(each.name, date(2026, 12, 1)), [FIRST]))
        for each in disputes.platforms()
    }
    assert {name: tuple(each.counts.values()) for name, each in found.items()} == {
        "kami-youxuan": (0, 2, 3, 18),
        "zhengban-xingqiu": (5, 2, 0, 16),
        "zuhaoxia": (1, 2, 0, 20),
    }
    assert binding(FIRST, found["zhengban-xingqiu"].rules)["window"].text == "7d"
    (void,) = [row for row in found["kami-youxuan"].rows if row.void_terms]
    assert (void.clause.id, "概不退换" in void.void_terms) == ("PD-05", True)
