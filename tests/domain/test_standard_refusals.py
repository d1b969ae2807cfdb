"""Every file that could be misread is refused, at the place where it is wrong. ‸ marks that place."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from arbitration.domain.errors import Invalid
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
