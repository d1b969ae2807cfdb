"""The cases that lawyers wrote for the standard can be read, name what the standard has and quote what it says."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from arbitration.domain.assessment import assess
from arbitration.domain.clauses import Clause
from arbitration.domain.facts import Stated, Status
from arbitration.domain.marked_yaml import Reader, plain
from arbitration.domain.quantities import quantity
from arbitration.domain.rulebook import rulebook
from arbitration.domain.standard import Standard, parse
from arbitration.domain.values import read_value

CONTENT = Path(__file__).parents[2] / "arbitration" / "content" / "standard"
FILES = sorted((CONTENT / "cases").glob("*.yaml"))
STANDARD = parse((CONTENT / "1.0.0.yaml").read_bytes().decode())

REQUIRED = ("name", "clause", "facts", "expect", "if_nothing_more", "missing", "because")
STATUSES = {"asserted", "disputed", "admitted", "found", "not_found"}
UNDECIDED = {"disputed", "not_found"}
OUTCOMES = {"met", "breached", "not_applicable"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def entries(file: Path) -> list[dict]:
    return plain(Reader(file.read_bytes().decode()).root)


CASES = [entry for file in FILES for entry in entries(file)]


def faults(case: dict, standard: Standard = STANDARD) -> list[str]:
    """What an editor must still put right in one entry, without computing it."""
    clause = next((clause for clause in standard.clauses if clause.id == case["clause"]), None)
    if clause is None:
        return [f"no clause {case['clause']}"]
    return [*faults_of_facts(case, clause, standard), *faults_of_result(case, clause)]


def faults_of_facts(case: dict, clause: Clause, standard: Standard) -> list[str]:
    proof = {burden.fact for burden in clause.proof}
    types = {fact.name: fact.type for fact in standard.facts}
    words = {enum.name: {word.word for word in enum.words} for enum in standard.enums}
    statuses = case.get("statuses", {})
    found = [f"{fact} is no fact of {clause.id}" for fact in case["facts"] if fact not in proof]
    for fact in set(case["facts"]) & proof:
        if not is_value(case["facts"][fact], types[fact], words):
            found.append(f"{fact}: {case['facts'][fact]!r} is no {types[fact]}")
    found += [f"status of {fact}, which is not listed" for fact in statuses if fact not in case["facts"]]
    found += [f"unknown status {status}" for status in statuses.values() if status not in STATUSES]
    return found


def faults_of_result(case: dict, clause: Clause) -> list[str]:
    found = []
    unknown = {burden.fact for burden in clause.proof if burden.fact not in case["facts"]}
    unknown |= {fact for fact, status in case.get("statuses", {}).items() if status in UNDECIDED}
    unknown |= {fact.name for fact in STANDARD.facts if fact.needs_finding and status_of(case, fact.name) != "found"}
    if case["expect"] not in OUTCOMES | {"unknown"} or case["if_nothing_more"] not in OUTCOMES:
        found.append("unknown outcome")
    if case["expect"] != "unknown" and case["expect"] != case["if_nothing_more"]:
        found.append("what the record decides is not decided otherwise when nothing more is filed")
    if (case["expect"] == "unknown") != bool(case["missing"]):
        found.append("facts are missing where the result is unknown, and only there")
    found += [f"{fact} is missing though it is known" for fact in case["missing"] if fact not in unknown]
    if not case["because"] or not (case["because"] in clause.text.zh or case["because"] in clause.text.en):
        found.append(f"{clause.id} does not say {case['because']!r}")
    return found


def status_of(case: dict, fact: str) -> str:
    return case.get("statuses", {}).get(fact, "admitted")


def is_value(text: str, kind: str, words: dict[str, set[str]]) -> bool:
    if kind == "bool":
        return text in ("true", "false")
    if kind == "instant":
        return text in ("never", "long_ago") or is_time(text)
    if kind in words:
        return text in words[kind]
    found = quantity(text)
    return found is not None and found.type == kind


def is_time(text: str) -> bool:
    if not INSTANT.fullmatch(text):
        return False
    try:
        return bool(datetime.fromisoformat(f"{text}+08:00"))
    except ValueError:
        return False


def test_there_is_a_file_for_each_chapter_and_one_for_the_disputes_that_began_it_all():
    chapters = {chapter.id.lower() for chapter in STANDARD.chapters}
    assert {file.stem for file in FILES} == chapters | {"source"}
    for file in FILES:
        if file.stem in chapters:
            assert {entry["clause"][:2].lower() for entry in entries(file)} == {file.stem}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_of_cases_has_the_fields_that_its_head_explains(file):
    text = file.read_bytes().decode()
    reader = Reader(text)
    for node in reader.items(reader.root, "cases"):
        reader.mapping(node, "case", REQUIRED, ("statuses",))
    assert reader.faults == []
    head = text.split("\n- ")[0]
    assert [field for field in (*REQUIRED, "statuses") if not re.search(rf"^#   {field} ", head, re.MULTILINE)] == []


def test_every_name_is_one_sentence_of_its_own():
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []
    assert [case["name"] for case in CASES if not re.fullmatch(r"[ -~]{10,120}", case["name"])] == []


def test_every_case_names_what_the_standard_has_and_quotes_what_it_says():
    assert {case["name"]: found for case in CASES if (found := faults(case))} == {}


def test_every_clause_is_once_met_and_once_breached():
    seen = {(case["clause"], case["expect"]) for case in CASES}
    assert [
        (clause.id, outcome)
        for clause in STANDARD.clauses
        for outcome in ("met", "breached")
        if (clause.id, outcome) not in seen
    ] == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("clause", "AS-99"),
        ("facts", {"buyer_age": "12"}),
        ("facts", {"stated_window": "48"}),
        ("facts", {"delivered_at": "2026-02-30 10:00"}),
        ("facts", {"complaint_taken": "no"}),
        ("statuses", {"stated_window": "proved"}),
        ("expect", "unclear"),
        ("if_nothing_more", "met"),
        ("missing", ["delivered_at"]),
        ("because", "按 73 小时计算"),
    ],
)
def test_a_slip_of_the_pen_is_found(field, wrong):
    case = next(case for case in CASES if case["clause"] == "AS-01" and case["expect"] == "breached")
    slip = {**case, field: {**case["facts"], **wrong} if field == "facts" else wrong}
    assert faults(case) == []
    assert faults(slip) != []


BOOK = rulebook(STANDARD)
TYPES = {fact.name: fact.type for fact in STANDARD.facts}


def record_of(case: dict) -> dict[str, Stated]:
    """The facts of an entry as a case has them."""
    statuses = case.get("statuses", {})
    return {
        name: Stated(name, read_value(TYPES[name], text, BOOK.enums), Status(statuses.get(name, "admitted")), "case")
        for name, text in case["facts"].items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['clause']} {case['name']}")
def test_a_case_comes_out_as_a_lawyer_would_say(case):
    found = assess(BOOK, case["clause"], record_of(case))
    assert (found.result, found.if_nothing_more) == (case["expect"], case["if_nothing_more"])
    assert [burden.fact for burden in found.missing] == case["missing"]
