"""Every file that could be misread is refused, at the place where it is wrong. ‸ marks that place."""

import json
import pickle
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from arbitration.domain.errors import Invalid
from arbitration.domain.evaluation import ready
from arbitration.domain.expression_types import Scope, typed
from arbitration.domain.expressions import NEVER, ExpressionFault
from arbitration.domain.marked_yaml import Unreadable, compose
from arbitration.domain.standard import StandardRefused, parse

ROOT = Path(__file__).parents[2]
BASE = (Path(__file__).parent / "small_standard.yaml").read_bytes().decode()

BAD = {
    "no version": ("version: 1.0.0\n", "", 1, 1, "'version' is missing"),
    "entry nobody knows": ("in_force: 2026-01-01", "in_force: 2026-01-01\n‸inforce: x", "unknown entry 'inforce'"),
    "version with two numbers": ("version: 1.0.0", "version: ‸1.0", "not a version"),
    "version with a leading nought": ("version: 1.0.0", "version: ‸1.00.0", "not a version"),
    "version with a letter": ("version: 1.0.0", "version: ‸v1.0.0", "not a version"),
    "day that is no day": ("2026-01-01", "‸2026-02-30", "not a day of the calendar"),
    "date in another form": ("2026-01-01", "‸20260101", "not a date"),
    "date before all dates": ("2026-01-01", "‸0001-01-01", "not a date"),
    "title without English": ("title: {zh: 标准, en: Standard}", "title: ‸{zh: 标准}", "'en' is missing"),
    "text without Chinese": ("    zh: 售后期不少于 72 小时。\n", "", 22, 5, "'zh' is missing"),
    "empty language": ("en: Civil Code", "en: ‸''", "a text is expected"),
    "third language": ("zh: 例外, en: exception}", "zh: 例外, en: exception, ‸fr: exception}", "unknown entry 'fr'"),
    "title with a blank at its end": ("en: Window}", "en: ‸'Window '}", "white space"),
    "chapter in small letters": ("  AS: {zh: 售后", "  ‸as: {zh: 售后", "cannot be a name"),
    "floor in full-width letters": ("  window: {value", "  ‸ｗindow: {value", "cannot be a name"),
    "floor that is no quantity": ("value: 72h", "value: ‸72 hours", "no quantity"),
    "floor of a thousand digits": ("value: 72h", f"value: ‸{'9' * 1000}", "no quantity"),
    "floor without direction": ("stricter: larger, ", "", 14, 11, "'stricter' is missing"),
    "floor in a wrong direction": ("stricter: larger", "stricter: ‸bigger", "unknown direction 'bigger'"),
    "fact of an unknown type": ("type: instant", "type: ‸instants", "did you mean 'instant'?"),
    "fact with an unknown unit": ("unit: h", "unit: ‸hour", "unknown unit"),
    "fact called like a keyword": ("  kind: {type", "  ‸never: {type", "already means something"),
    "fact called like a value": ("  kind: {type", "  ‸sale: {type", "already means something"),
    "value called like a keyword": ("    key: {zh", "    ‸true: {zh", "already means something"),
    "derived value called like a fact": ("    span: {zh", "    ‸kind: {zh", "already means something"),
    "id with one digit": ("id: AS-01", "id: ‸AS-1", "an id is"),
    "id in full-width digits": ("id: AS-01", "id: ‸AS-０１", "an id is"),
    "id of no chapter": ("id: AS-01", "id: ‸AX-01", "unknown chapter 'AX'"),
    "entry misspelt": ("  applies: asked", "  ‸aplies: asked", "did you mean 'applies'?"),
    "severity nobody knows": ("severity: major", "severity: ‸grave", "unknown severity"),
    "party nobody knows": ("binds: respondent", "binds: [respondent, ‸buyer]", "unknown party"),
    "party bound twice": ("binds: respondent", "binds: [respondent, ‸respondent]", "stands twice"),
    "nobody bound": ("binds: respondent", "binds: ‸[]", "somebody must be bound"),
    "floor nobody declared": ("floors: [window]", "floors: [window, ‸windows]", "unknown floor 'windows'"),
    "law nobody declared": ("law: 民法典", "law: ‸民法", "unknown law"),
    "article in words": ("article: 621", "article: ‸六二一", "an article is a number"),
    "no basis": ("basis: [{law: 民法典, article: 621}]", "basis: ‸[]", "at least one article"),
    "remedy nobody knows": ("[refund_full]", "[‸refund]", "unknown remedy"),
    "burden on an unknown fact": ("    kind: {by", "    ‸kinds: {by", "unknown fact 'kinds'"),
    "burden on nobody": ("kind: {by: claimant, ", "kind: ‸{", "'by' is missing"),
    "burden without a default beside a test": (", if_unproven: sale}", "}", 38, 11, "'if_unproven' is missing"),
    "default of another type": ("if_unproven: never", "if_unproven: ‸72h", "no value of type instant"),
    "default that is no such word": ("if_unproven: sale", "if_unproven: ‸rental", "no value of type goods"),
    "fact nobody declared, in a line": ("applies: asked_at", "applies: ‸asked_on", "unknown name 'asked_on'"),
    "fact nobody declared, in a block": ("      or asked_at", "      or ‸askd_at", "unknown name 'askd_at'"),
    "floor nobody declared, in an expression": ("is: floor.window", "is: ‸floor.windw", "unknown name 'floor.windw'"),
    "letter that only looks plain": ("test: |\n    kind", "test: |\n    k‸іnd", "not a plain letter"),
    "full-width letter in an expression": ("applies: asked_at", "applies: ‸ａsked_at", "not a plain letter"),
    "number of a thousand digits": ("asked_at < never\n  test", f"asked_at < ‸{'9' * 1000}\n  test", "no number"),
    "name beyond 32 letters": ("  kind: {type", f"  ‸{'k' * 33}: {{type", "cannot be a name"),
    "fact of a list of truths": ("type: instant", "type: ‸'list[bool]'", "unknown type 'list[bool]'"),
    "fact of a list of lists": ("type: instant", "type: ‸'list[list[goods]]'", "unknown type"),
    "fact from no field of an escalation": (
        "{type: instant,",
        "{type: instant, from: ‸order.shipped_at,",
        "did you mean",
    ),
    "fact from a field of another type": (
        "{type: instant,",
        "{type: instant, from: ‸order.amount_minor,",
        "states a money",
    ),
    "category from an enumeration too small": ("{type: goods,", "{type: goods, from: ‸goods.category,", "another type"),
    "need of nothing": ("{type: instant,", "{type: instant, needs: ‸nothing,", "unknown need 'nothing'"),
    "value called like the empty list": ("    key: {zh", "    ‸none: {zh", "already means something"),
    "expression of nothing": ("applies: asked_at < never", "applies: ‸''", "a text is expected"),
    "expression that ends too soon": (
        "asked_at < never\n  test",
        "asked_at <‸\n  test",
        "a value is expected, not the end",
    ),
    "expression that goes on": ("asked_at < never\n  test", "asked_at < never ‸never\n  test", "is not expected here"),
    "comparisons in a chain": ("asked_at < never\n  test", "asked_at < never ‸< never\n  test", "cannot be chained"),
    "happened twice": ("asked_at < never\n  test", "asked_at happened ‸happened\n  test", "cannot be chained"),
    "attribute of a fact": ("asked_at < never\n  test", "‸asked_at.year < 3\n  test", "unknown name 'asked_at.year'"),
    "attribute of nothing": ("asked_at < never\n  test", "asked_at‸.__class__\n  test", "'.' has no meaning"),
    "call": ("asked_at < never\n  test", "print‸(asked_at)\n  test", "'(' is not expected here"),
    "call of a selector without its of": ("is: floor.window", "is: larger ‸(floor.window)", "'of' is expected"),
    "index": ("asked_at < never\n  test", "asked_at‸[0] < never\n  test", "'[' is not expected here"),
    "assignment": ("asked_at < never\n  test", "asked_at ‸:= never\n  test", "':' has no meaning"),
    "sign before a number": ("is: floor.window", "is: ‸-1h", "a value is expected, not '-'"),
    "fraction": ("is: floor.window", "is: 1‸.5h", "'.' has no meaning"),
    "duration of no unit": ("is: floor.window", "is: ‸72hours", "no number or duration"),
    "money of half a fen": ("is: floor.window", "is: CNY 1‸.505", "has no meaning"),
    "keyword as a value": ("asked_at < never\n  test", "asked_at < ‸or\n  test", "a value is expected, not 'or'"),
    "text that does not end": ("asked_at < never\n  test", "kind = ‸'key\n  test", "has no meaning"),
    "duration against a number": ("is: floor.window", "is: floor.window ‸+ 3", "a duration + a number has no meaning"),
    "time and time": ("is: floor.window", "is: asked_at ‸+ asked_at", "a time + a time has no meaning"),
    "time times two": ("is: floor.window", "is: asked_at ‸* 2", "has no meaning"),
    "percent of a duration": ("is: floor.window", "is: 5% of ‸floor.window", "money is expected, not a duration"),
    "a third of money": ("is: floor.window", "is: ‸3 of CNY 5", "a percentage is expected, not a number"),
    "product in a product": ("is: floor.window", "is: 2 * 2 ‸* floor.window", "a product within a product"),
    "product in a product, bracketed": ("is: floor.window", "is: 3 ‸* (1h + 2 * floor.window)", "a product within"),
    "duration compared with a number": ("is: floor.window", "is: floor.window ‸< 3", "cannot be compared"),
    "words in an order": ("asked_at < never\n  test", "kind ‸< key\n  test", "compares times"),
    "truths in an order": ("asked_at < never\n  test", "true ‸< false\n  test", "compares times"),
    "word against a text": ("asked_at < never\n  test", "kind ‸= 'key'\n  test", "cannot be compared with a text"),
    "word of no enumeration": ("asked_at < never\n  test", "kind = ‸keys\n  test", "is none of key, sale"),
    "word of no enumeration in a list": ("asked_at < never\n  test", "kind in [key, ‸keys]\n  test", "is none of"),
    "text in a list of words": ("asked_at < never\n  test", "kind in [‸'key']\n  test", "is not a goods"),
    "list of nothing": ("asked_at < never\n  test", "kind in [‸]\n  test", "a word of a list is expected"),
    "time in a list": ("asked_at < never\n  test", "asked_at ‸in [key]\n  test", "'in' asks of a word"),
    "not of a time": ("asked_at < never\n  test", "not ‸asked_at\n  test", "true or false is expected, not a time"),
    "happened of a duration": ("asked_at < never\n  test", "‸floor.window happened\n  test", "a time is expected"),
    "test that is no truth": ("applies: asked_at < never", "applies: ‸floor.window", "true or false is expected"),
    "exception that is no truth": ("{when: kind = sale,", "{when: ‸kind,", "true or false is expected, not a goods"),
    "larger of times": ("is: floor.window", "is: ‸'larger of (asked_at, never)'", "times have an earliest"),
    "earliest of durations": ("is: floor.window", "is: ‸'earliest of (1h, 2h)'", "times have an earliest"),
    "larger of words": ("is: floor.window", "is: ‸'larger of (kind, kind)'", "one kind that has an order"),
    "larger of two kinds": ("is: floor.window", "is: ‸'larger of (1h, CNY 5)'", "one kind that has an order"),
    "letter of another alphabet, composed": (
        "asked_at < never\n  test",
        "aske‸\u0301d_at < never\n  test",
        "not a plain letter",
    ),
    "bold letter that folds to a plain one": (
        "asked_at < never\n  test",
        "‸\U0001d41asked_at < never\n  test",
        "not a plain letter",
    ),
    "digit of another script": ("is: floor.window", "is: ‸７2h", "not a plain letter"),
    "sign that only looks plain": ("asked_at < never\n  test", "asked_at ‸＜ never\n  test", "not a plain letter"),
    "ligature": ("asked_at < never\n  test", "‸ﬁled_at < never\n  test", "not a plain letter"),
    "expression that turns round": ("asked_at < never\n  test", "asked_at ‸\u202e< never\n  test", "U+202E"),
    "blank that is no blank": ("asked_at < never\n  test", "asked_at‸\u00a0< never\n  test", "U+00A0"),
    "derived value that uses a later one": ("is: floor.window", "is: ‸term", "unknown name 'term'"),
    "table over itself": ("by: kind, cases", "by: ‸term, cases", "unknown fact 'term'"),
    "table whose rows are of two kinds": ("otherwise: 0s", "otherwise: CNY 0", 30, 11, "the rows give different kinds"),
    "sentence with a call": ("en: asked at {asked_at}", "en: 'asked at {asked_at.year!r}'", 42, 7, "unknown name"),
    "derived value that uses itself": ("is: floor.window", "is: ‸span", "unknown name 'span'"),
    "derived value both ways": ("span: {zh: 期间,", "span: ‸{zh: 期间, by: kind,", "either 'is'"),
    "table over no enumeration": ("by: kind, cases", "by: ‸asked_at, cases", "not an enumerated fact"),
    "table with a gap": ("by: kind, cases: {key: span}, otherwise: 0s", "by: ‸kind, cases: {key: span}", "no case for"),
    "table with a case too many": ("cases: {key: span}", "cases: {key: span, ‸rental: span}", "unknown case 'rental'"),
    "outcome nobody knows": ("then: met", "then: ‸unknown", "unknown outcome"),
    "sentence about nothing": ("zh: 于 {asked_at} 提出", "zh: 于 {askedat} 提出", 42, 7, "did you mean '{asked_at}'?"),
    "sentence with a stray brace": ("zh: 于 {asked_at} 提出", "zh: 于 asked_at} 提出", 42, 7, "a brace without"),
    "sentence for no outcome": ("    breached:\n", "    ‸broken:\n", "unknown outcome 'broken'"),
    "text with another number": ("不少于 72 小时", "不少于 ‸96 小时", "96 is the value of no floor"),
    "text with another unit": ("en: The window lasts at least 72 hours", "en: ‸The window lasts 72 days", "not stated"),
    "text with a longer number": ("en: The window lasts at least 7", "en: ‸The window lasts at least 17", "not stated"),
    "text with a number more": ("72 hours.", "72 hours, or ‸5 days.", "5 is the value of no floor"),
    "title with a number of its own": ("en: Window}", "en: Window of ‸7 days}", "7 is the value of no floor"),
    "clause that is no mapping": ("- id: AS-01", "- ‸words\n- id: AS-01", "a mapping is expected"),
    "text that is a list": ("severity: major", "severity: ‸[major]", "a text is expected"),
    "list that is a word": ("basis: [{law: 民法典, article: 621}]", "basis: ‸none", "a list is expected"),
    "key twice at the top": ("in_force: 2026-01-01\n", "in_force: 2026-01-01\n‸in_force: 2026-01-02\n", "stands twice"),
    "key twice inside": ("type: goods,", "type: goods, ‸type: instant,", "'type' stands twice"),
    "anchor": ("version: 1.0.0", "version: ‸&v 1.0.0", "anchors"),
    "alias": ("version: 1.0.0", "version: ‸*v", "anchors"),
    "tag": ("version: 1.0.0", "version: ‸!!str 1.0.0", "tags"),
    "tag that runs code": ("version: 1.0.0", "version: ‸!!python/object/apply:os.system [id]", "tags"),
    "merge key": ("  AS: {zh: 售后", "  ‸<<: {zh: 售后", "cannot be a name"),
    "key that is a list": ("version: 1.0.0", "‸[a]: b\nversion: 1.0.0", "a name is expected"),
    "second document": ("  remedies: [refund_full]\n", "  remedies: [refund_full]\n‸---\na: b\n", "second document"),
    "directive": ("standard: small", "‸%YAML 1.1\n---\nstandard: small", "directives"),
    "text that turns round": ("en: The window", "en: The ‸\u202ewindow", "U+202E"),
    "text with a hidden joint": ("en: The window", "en: The win‸\u200bdow", "U+200B"),
    "hidden character as an escape": ("en: The window lasts at least 72 hours.", 'en: ‸"72 hours \\u202e"', "U+202E"),
    "half a character as an escape": ("en: The window lasts at least 72 hours.", 'en: ‸"72 hours \\ud800"', "U+D800"),
    "byte-order mark": ("standard: small", "‸\ufeffstandard: small", "U+FEFF"),
    "line ends of another system": ("version: 1.0.0\n", "version: 1.0.0‸\r\n", "U+000D"),
    "tab": ("version: 1.0.0", "version:‸\t1.0.0", "U+0009"),
    "not YAML": ("title: {zh: 标准, en: Standard}\n", "title: {zh: 标准, en: Standard\n", 4, 9, "expected"),
}


def refusal(text: str) -> StandardRefused:
    with pytest.raises(StandardRefused) as caught:
        parse(text)
    return caught.value


def test_the_small_file_is_good_before_it_is_spoilt():
    assert parse(BASE).clause("AS-01").binds == ("respondent",)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_where_it_is_bad(name):
    old, new, *expected, reason = BAD[name]
    assert BASE.count(old) == 1
    spoilt = BASE.replace(old, new)
    if not expected:
        before = spoilt[: spoilt.index("‸")]
        expected = [before.count("\n") + 1, len(before) - before.rfind("\n")]
    faults = refusal(spoilt.replace("‸", "")).faults
    assert expected in [[fault.line, fault.column] for fault in faults if reason in fault.reason], faults


RICHER = BASE.replace("facts:\n", "facts:\n  other: {type: bool, zh: 别, en: other}\n").replace(
    "floors:\n  window", "floors:\n  longer: {value: 96h, stricter: larger, zh: 长, en: longer}\n  window"
)
UNUSED = {
    "burden on it": ("    kind: {by", "    other: ‸{by: claimant, if_unproven: 'true'}\n    kind: {by", "used nowhere"),
    "no burden on it": ("    kind: {by: claimant, if_unproven: sale}\n    ask", "    ‸ask", "who proves 'kind'"),
    "sentence that names it": ("      zh: 于 {asked_at}", "      ‸zh: 于 {other}", "unknown name '{other}'"),
    "sentence that names a floor": ("      zh: 于 {asked_at}", "      ‸zh: 于 {floor.longer}", "'{floor.longer}'"),
}


@pytest.mark.parametrize("name", UNUSED)
def test_facts_burdens_and_sentences_of_a_clause_go_together(name):
    old, new, reason = UNUSED[name]
    parse(RICHER)
    assert RICHER.count(old) == 1
    spoilt = RICHER.replace(old, new)
    before = spoilt[: spoilt.index("‸")]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    (fault,) = refusal(spoilt.replace("‸", "")).faults
    assert (fault.line, fault.column) == place
    assert reason in fault.reason


def test_an_expression_at_fault_says_nothing_of_what_it_may_have_used():
    (fault,) = refusal(BASE.replace("    kind = key\n      or asked_at", "    kind = keys\n      or asked_at")).faults
    assert "'keys' is none of" in fault.reason


def test_a_clause_id_stands_only_once():
    clause = BASE[BASE.index("- id: AS-01") :]
    fault = refusal(BASE + clause).faults[0]
    assert (fault.line, fault.column, fault.reason) == (45, 7, "'AS-01' stands twice")


def test_all_faults_are_told_at_once_in_the_order_of_the_text():
    spoilt = BASE.replace("value: 72h", "value: soon").replace("severity: major", "severity: grave")
    refused = refusal(spoilt.replace("by: claimant, if_unproven: sale", "by: buyer, if_unproven: sale"))
    assert [(fault.line, fault.where) for fault in refused.faults if "unknown" in fault.reason] == [
        (24, "AS-01.severity"),
        (38, "AS-01.proof.kind"),
    ]
    assert refused.faults == tuple(sorted(refused.faults))
    assert str(refused.faults[0]) in str(refused)


def test_a_refusal_is_an_invalid_input_that_names_its_fields():
    refused = refusal(BASE.replace("severity: major", "severity: grave"))
    assert isinstance(refused, Invalid)
    assert refused.code == "standard_refused"
    assert [field.path for field in refused.fields] == ["AS-01.severity"]
    assert refused.fields[0].message.startswith("24:13: unknown severity 'grave'")


def test_a_truth_value_a_time_and_a_date_stay_the_text_they_are():
    text = BASE.replace("zh: 例外, en: exception", "zh: 例外, en: no").replace("en: span,", "en: 12:30,")
    clause = parse(text).clause("AS-01")
    assert clause.unless[0].label.en == "no"
    assert clause.derive[0].label.en == "12:30"


def bare_fact(number: int) -> str:
    return f"  {'ab' * 14}{number:03}: {{type: bool, zh: 别, en: other}}\n"


LIKE = BASE.replace("facts:\n", "facts:\n" + "".join(map(bare_fact, range(190)))).replace(
    "  unless:\n",
    "  unless:\n" + "".join(f"  - {{when: {'ba' * 14}{n:03}, then: met, zh: 例, en: e}}\n" for n in range(190)),
)
CROWDED = BASE.replace("facts:\n", "facts:\n" + "".join(map(bare_fact, range(31)))).replace(
    "    kind: {by",
    "".join(f"    {'ab' * 14}{n:03}: {{by: claimant, if_unproven: 'true'}}\n" for n in range(31)) + "    kind: {by",
)
WORDY = BASE.replace(
    "  goods:\n", "  goods:\n" + "".join(f"    {'w' * 28}{n:03}: {{zh: 词, en: w}}\n" for n in range(190))
)
WORDY = WORDY.replace("kind = key", "kind = keys")
HOSTILE = {
    "ten megabytes": ("a" * 10_000_000, "larger than 512 KB"),
    "more than 512 KB of Chinese in fewer characters": ("标" * 200_000, "larger than 512 KB"),
    "nested 100,000 deep in brackets": ("[" * 100_000, "nested deeper"),
    "nested 100,000 deep in braces": ("{a: " * 100_000, "nested deeper"),
    "100,000 dashes in one line": ("- " * 100_000, "nested deeper"),
    "100,000 question marks": ("? " * 100_000, "nested deeper"),
    "a bomb of aliases": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors"),
    "250,000 items": ("[" + "a," * 250_000 + "]", "too many entries"),
    "50,000 keys": ("\n".join(f"k{n}: v" for n in range(50_000)), "too many entries"),
    "10,000 strange names": (
        BASE.replace("asked_at < never\n  test", "askd or " * 10_000 + "\n  test"),
        "longer than 2000",
    ),
    "a name of 2,000 letters": (BASE.replace("asked_at < never\n  test", "a" * 2000 + "\n  test"), "unknown name"),
    "an expression of 10 MB": (BASE.replace("asked_at < never\n  test", "a" * 10_000_000 + "\n  test"), "larger than"),
    "10,000 times and": (
        BASE.replace("asked_at < never\n  test", "true and " * 10_000 + "true\n  test"),
        "longer than",
    ),
    "401 words": (BASE.replace("asked_at < never\n  test", "1 " * 401 + "\n  test"), "more than 400 words"),
    "900 brackets": (BASE.replace("asked_at < never\n  test", "(" * 390 + "true" + "\n  test"), "nested deeper"),
    "380 times not": (BASE.replace("asked_at < never\n  test", "not " * 380 + "true\n  test"), "nested deeper"),
    "a number of 1,900 digits": (BASE.replace("is: floor.window", f"is: {'9' * 1900}"), "no number"),
    "a number of 1,900 digits that is none": (BASE.replace("is: floor.window", f"is: {'9' * 1900}_"), "no meaning"),
    "60 factors of 10^15": (BASE.replace("is: floor.window", "is: 1s" + " * 999999999999" * 60), "product within"),
    "a sum of 199": (BASE.replace("is: floor.window", "is: 1s" + " + 1s" * 198 + " + 1"), "has no meaning"),
    "brackets in a selection": (BASE.replace("is: floor.window", "is: '" + "larger of (" * 100 + "'"), "nested deeper"),
    "190 facts hardly different": (LIKE, "did you mean"),
    "201 facts": (BASE.replace("facts:\n", f"facts:\n{''.join(bare_fact(n) for n in range(199))}"), "too many entries"),
    "33 facts in one clause": (CROWDED, "more than 32 facts"),
    "an enumeration of 190 words and none of them": (WORDY, "is none of"),
    "100,000 holes in a sentence": (BASE.replace("asked at {asked_at}", "asked " + "x{a}" * 100_000), "unknown name"),
    "a fact of a list of lists of lists": (
        BASE.replace("type: goods", f"type: '{'list[' * 10_000}'"),
        "unknown type",
    ),
    "400,000 capitals": (BASE.replace("The window lasts at least 72", "A" * 400_000), "not stated"),
    "50,000 numbers": (BASE.replace("The window", "7 " * 50_000), "value of no floor"),
    "400,000 braces in a sentence": (BASE.replace("asked at", "x" + "{" * 400_000), "brace"),
    "a character beyond Unicode": ('a: "\\UFFFFFFFF"', "not YAML"),
    "a version of 5,000 digits": (f"%YAML {'9' * 5000}.1\n---\na: b", "not YAML"),
    "a tag of 100,000 letters": (f"a: !{'x' * 100_000}!y z", "tag"),
    "an open quote": ('a: "' + "x " * 50_000, "end of stream"),
    "nothing": ("", "the file is empty"),
    "only a comment": ("# nothing\n", "the file is empty"),
    "only a dash": ("---\n", "a mapping is expected"),
    "NUL": ("a: \0", "U+0000"),
    "half a character": ("a: \ud800", "U+D800"),
}
CHILD = """
import json, pickle, resource, sys
seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
from arbitration.domain.marked_yaml import Unreadable, compose
from arbitration.domain.standard import StandardRefused, parse
found = {}
for name, text in pickle.load(sys.stdin.buffer).items():
    try:
        parse(text)
    except StandardRefused as refused:
        found[name] = [(fault.line, fault.column, fault.reason) for fault in refused.faults]
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        ("a: " + "[" * 9 + "]" * 9, "a: " + "[" * 10 + "]" * 10, "nested deeper than 10 levels"),
        ("a #" + "x" * (512 * 1024 - 3), "a #" + "x" * (512 * 1024 - 2), "larger than 512 KB"),
    ],
)
def test_the_limits_lie_where_they_are_said_to_lie(good, bad, reason):
    compose(good)
    with pytest.raises(Unreadable, match=reason):
        compose(bad)


def read_in_a_child(texts: dict[str, str], seconds: int, megabytes: int) -> subprocess.CompletedProcess[bytes]:
    """Read all *texts* in one process that may use no more processor time and memory than that."""
    command = [sys.executable, "-c", CHILD, str(seconds), str(megabytes)]
    return subprocess.run(command, input=pickle.dumps(texts), capture_output=True, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def refusals() -> dict[str, list[tuple[int, int, str]]]:
    done = read_in_a_child({name: text for name, (text, _) in HOSTILE.items()}, seconds=30, megabytes=256)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_a_small_process(refusals, name):
    faults = refusals[name]
    assert 1 <= len(faults) <= 100
    assert any(HOSTILE[name][1] in reason for _, _, reason in faults), faults
    assert all(line >= 1 and column >= 1 and len(reason) < 200 for line, column, reason in faults)


@pytest.mark.parametrize(("seconds", "megabytes"), [(30, 16), (0, 256)])
def test_the_limits_of_that_process_bite(seconds, megabytes):
    assert read_in_a_child({"small": BASE}, seconds, megabytes).returncode != 0


# ---- whatever is written, there is an answer

TOKENS = (
    *("kind", "asked_at", "floor.window", "price", "held", "key", "sale", "never", "long_ago", "true", "false"),
    *("and", "or", "not", "in", "of", "happened", "larger", "smaller", "earliest", "latest", "CNY", "CNY 5", "72h"),
    *("5%", "3", "9" * 30, "'x'", "(", ")", "[", "]", ",", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", ".", "'"),
    *("_", "#", "\n", "ａ", "\u0301", "\u202e", "\0", "𝐚"),
)
SCOPE = Scope(
    {"kind": "goods", "asked_at": "instant", "floor.window": "duration", "price": "money", "held": "bool"},
    {"goods": parse(BASE).enums[0]},
)


def test_any_row_of_words_is_an_expression_or_a_fault():
    chance = random.Random(11)
    read = 0
    began = time.process_time()
    for _ in range(20_000):
        text = " ".join(chance.choices(TOKENS[:-8] if chance.random() < 0.8 else TOKENS, k=chance.randint(1, 12)))
        with suppress(ExpressionFault):
            code = ready(typed(text, SCOPE), {name: slot for slot, name in enumerate(SCOPE.types)})
            code([None, (0, 1), 5, (3, NEVER), True])
            read += 1
    assert read > 100
    assert time.process_time() - began < 20


def test_the_published_file_spoilt_anywhere_is_read_or_refused():
    published = (ROOT / "arbitration" / "content" / "standard" / "1.0.0.yaml").read_bytes().decode()
    head, clauses = published.split("clauses:\n", 1)
    declared = head[: head.index("reasons:\n")]
    each = clauses.split("\n- id: ")[1:]
    chance = random.Random(12)
    refused = 0
    for _ in range(60):
        text = f"{declared}clauses:\n- id: {chance.choice(each)}"
        for _ in range(chance.randint(1, 3)):
            begin = chance.randrange(len(text) // 2, len(text))
            end = begin + chance.choice([0, 1, 1, 5, 40])
            put = chance.choice(["", *TOKENS, text[begin : begin + 20], "{", "}", ":", "- ", "\n", "\n  "])
            text = text[:begin] + put + text[end:]
        try:
            parse(text)
        except StandardRefused:
            refused += 1
    assert refused > 20
