"""A draft against the version that governed: which results differ, what is no longer understood, how it adds up."""

import json
from collections.abc import Mapping
from pathlib import Path

from arbitration.domain.clauses import Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.facts import Stated, Status
from arbitration.domain.rulebook import rulebook
from arbitration.domain.standard import Standard, parse
from arbitration.domain.trial import (
    MAX_EXAMPLES,
    Change,
    Results,
    Side,
    Tally,
    Unasked,
    compare_case,
    retyped,
    understood,
)

HOUR = 3600
SMALL = Path(__file__).with_name("small_standard.yaml").read_text("utf-8")
WINDOW = (
    SMALL.replace("clauses:\n", "  given_at: {type: instant, zh: 交付时间, en: time of delivery}\nclauses:\n")
    .replace("applies: asked_at < never", "applies: asked_at <= given_at + floor.window")
    .replace("    asked_at: {by", "    given_at: {by: respondent, if_unproven: long_ago}\n    asked_at: {by")
)
"""Met within the window, not applicable after it."""
OLD = parse(WINDOW)
LONGER = parse(WINDOW.replace("72h", "96h").replace("72 小时", "96 小时").replace("72 hours", "96 hours"))
SECOND = SMALL[SMALL.index("- id: AS-01") :].replace("AS-01", "AS-02")
"""Another clause of the same text."""

UNPROVEN = WINDOW.replace(
    "asked_at: {by: claimant, if_unproven: never}", "asked_at: {by: claimant, if_unproven: long_ago}"
)
MORE = Change("AS-01", *(Results(each, each) for each in (Unasked.NO_CLAUSE, Outcome.BREACHED)))
ON_RECORD = Change("AS-03", Results(Outcome.MET, Outcome.MET), Results(Outcome.MET, Outcome.UNKNOWN))


def replaced(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def record(**values: Value) -> dict[str, Stated]:
    return {name: Stated(name, value, Status.ASSERTED) for name, value in values.items()}


def asked_after(hours: int) -> dict[str, Stated]:
    return record(kind="key", given_at=0, asked_at=hours * HOUR)


def side(standard: Standard, known: Mapping[str, Stated], *clause_ids: str) -> Side:
    return Side(rulebook(standard), clause_ids or ("AS-01",), understood(known, standard))


def test_a_longer_window_alters_exactly_the_cases_between_the_two():
    hours = (0, 71, 72, 73, 95, 96, 97, 500)
    altered = [each for each in hours if compare_case(side(OLD, asked_after(each)), side(LONGER, asked_after(each)))]
    assert altered == [73, 95, 96]


def test_a_change_is_told_with_both_results_if_nothing_more_is_filed_and_on_the_record():
    known = record(kind="key", given_at=0)
    (change,) = compare_case(side(OLD, asked_after(80)), side(LONGER, asked_after(80)))
    assert change == ("AS-01", ("not_applicable", "not_applicable"), ("met", "met"))
    (change,) = compare_case(side(OLD, known), side(parse(UNPROVEN), known))
    assert change == ("AS-01", ("not_applicable", "unknown"), ("met", "unknown"))
    assert change.alters_outcome


def test_what_is_only_proven_otherwise_does_not_alter_the_outcome():
    finding = parse(UNPROVEN.replace("instant, unit: h", "instant, needs: finding"))
    (change,) = compare_case(side(OLD, asked_after(1)), side(finding, asked_after(1)))
    assert change == ("AS-01", ("met", "met"), ("met", "unknown"))
    assert not change.alters_outcome


def test_a_clause_of_one_version_only_counts_where_it_is_breached_or_undecided():
    both = parse(SMALL + SECOND)
    old = parse(SMALL)
    kept, open_ = record(kind="sale", asked_at=0), record(kind="key")
    assert compare_case(side(old, kept), side(both, kept, "AS-01", "AS-02")) == []
    broken = parse(SMALL + SECOND.replace("then: met", "then: breached"))
    (added,) = compare_case(side(old, kept), side(broken, kept, "AS-01", "AS-02"))
    assert (added.clause_id, added.before.outcome, added.after.outcome) == ("AS-02", "no_clause", "breached")
    (removed,) = compare_case(side(broken, kept, "AS-01", "AS-02"), side(old, kept))
    assert (removed.before.outcome, removed.after.outcome) == ("breached", "no_clause")
    (unasked,) = compare_case(side(broken, kept, "AS-01", "AS-02"), side(broken, kept))
    assert unasked.after.outcome is Unasked.NOT_ASKED
    (undecided,) = compare_case(side(old, open_), side(both, open_, "AS-01", "AS-02"))
    assert undecided.after == ("not_applicable", "unknown")


def test_what_a_draft_reads_as_another_type_or_word_is_unknown():
    known = record(kind="key", asked_at=5, given_at=0)
    words = {"key: {zh": "card: {zh", "{key: span}": "{card: span}", "kind = key": "kind = card"}
    reworded = parse(replaced(WINDOW, words))
    assert set(understood(known, reworded)) == {"asked_at", "given_at"}
    assert compare_case(side(OLD, known), side(reworded, known)) == []
    assert understood(record(kind=7, asked_at=True, given_at="soon", told_elsewhere=1), OLD) == {}
    amount, period = (
        parse(WINDOW.replace("facts:\n", f"facts:\n  held: {{type: {kind}, zh: 留存, en: held}}\n"))
        for kind in ("money", "duration")
    )
    assert (retyped(amount, period), retyped(OLD, period)) == ({"held"}, set())
    assert set(understood(record(held=72, asked_at=5), period, retyped(amount, period))) == {"asked_at"}


def test_cases_are_counted_by_what_became_of_them_and_some_are_named():
    tally = Tally()
    for number in range(30):
        known = asked_after(70 + number % 3 * 8)
        tally.add(f"CA-{number:02}", compare_case(side(OLD, known), side(LONGER, known)))
    assert (tally.tried, tally.altered, tally.reproven) == (30, 20, 0)
    assert tally.outcomes["AS-01"].counted == {(Outcome.NOT_APPLICABLE, Outcome.MET): 20}
    assert tally.outcomes["AS-01"].examples[:3] == ["CA-01", "CA-02", "CA-04"]
    tally.add("CA-99", [MORE, MORE._replace(clause_id="AS-02"), ON_RECORD])
    tally.add("CA-98", [ON_RECORD])
    assert (tally.tried, tally.altered, tally.reproven) == (32, 21, 1)
    assert len(tally.outcomes["AS-01"].examples) == MAX_EXAMPLES
    assert tally.on_record["AS-03"].examples == ["CA-99", "CA-98"]
    assert Tally.read(json.loads(json.dumps(tally.as_json()))) == tally
