"""What is said about every case of the lawyers reads well in both languages, and says what was computed."""

import re
from functools import cache

import pytest

from arbitration.domain.assessment import Assessment, assess
from arbitration.domain.clauses import Enumeration, Outcome
from arbitration.domain.explanation import LANGUAGES, PARTY_WORDS, Explanation, explain
from arbitration.domain.expressions import NEVER
from arbitration.domain.facts import Stated, Status
from arbitration.domain.rulebook import rulebook
from arbitration.domain.standard import parse
from arbitration.domain.values import show
from tests.domain.test_standard_cases import BOOK, CASES, CONTENT, record_of

LABELS = {fact.name: fact.label for fact in BOOK.standard.facts}
UGLY = {
    "zh": re.compile(
        r"  |[\u4e00-\u9fff] [\u4e00-\u9fff]| [，。；：、）〕”》]|[，。；：、（〔“《] |[{}_]"
        r"|(?![年月日])[\u4e00-\u9fff]\d|\d(?![年月日])[\u4e00-\u9fff]|[,;?!]\s|：：|。。"
    ),
    "en": re.compile(r"  | [,.;:)\]”]|[(\[“] |[{}_]|[\u3000-\u9fff]|\b(at|on|by|to|of|within) (never|not shown)|\.\."),
}


@cache
def told() -> list[tuple[str, str, Assessment, Explanation]]:
    """Every case in both languages: its name, the language, what was found and how it is told."""
    found = [(f"{case['clause']} {case['name']}", assess(BOOK, case["clause"], record_of(case))) for case in CASES]
    return [(name, language, each, explain(BOOK, each, language)) for name, each in found for language in LANGUAGES]


def said(clause_id: str, language: str, **facts: object) -> Explanation:
    """What is told where these facts of a clause are admitted, and no others are known."""
    record = {name: Stated(name, value, Status.ADMITTED, "case") for name, value in facts.items()}
    return explain(BOOK, assess(BOOK, clause_id, record), language)


def words(explanation: Explanation) -> list[str]:
    return [explanation.sentence, *(step.text for step in explanation.steps)]


def test_nothing_that_is_said_is_clumsy_in_its_marks_or_spaces():
    found = [
        (name, ugly[0], text)
        for name, language, _, explanation in told()
        for text in words(explanation)
        if (ugly := UGLY[language].search(text))
    ]
    assert found == []


def test_every_sentence_ends_as_a_sentence_and_begins_as_one():
    for name, language, _, explanation in told():
        assert explanation.sentence.endswith("。" if language == "zh" else "."), name
        assert all(text[0] == text[0].upper() for text in words(explanation)), name


def test_an_open_question_names_what_is_missing_and_who_is_to_bring_it():
    for name, language, found, explanation in told():
        for burden in found.missing:
            fact, party = getattr(LABELS[burden.fact], language), getattr(PARTY_WORDS[burden.by], language)
            opening = rf"{re.escape(fact)}（由{party}" if language == "zh" else rf"{re.escape(fact)} \(for {party} to "
            assert re.search(opening, explanation.sentence), name


def test_an_exception_is_named_where_it_decided_and_nowhere_else():
    decided = 0
    for name, language, found, explanation in told():
        stated = [each.label for each in found.clause.unless if getattr(each.label, language) in explanation.sentence]
        if found.result is not Outcome.UNKNOWN and re.search("的例外成立|An exception to", explanation.sentence):
            assert stated == [found.exception], name
            decided += 1
        else:
            assert found.result is Outcome.UNKNOWN or found.exception is None, name
    assert decided > len(LANGUAGES)


def test_every_fact_of_the_clause_is_named_in_the_steps():
    for name, language, found, explanation in told():
        steps = "\n".join(step.text for step in explanation.steps).lower()
        assert [used.fact for used in found.used if getattr(LABELS[used.fact], language).lower() not in steps] == [], (
            name
        )


def test_where_the_result_is_known_no_step_is_open_and_what_has_no_effect_comes_last():
    for name, _, found, explanation in told():
        counting = [step.counts for step in explanation.steps]
        assert counting == sorted(counting, reverse=True), name
        if found.result is not Outcome.UNKNOWN:
            assert [step.text for step in explanation.steps if step.counts and step.holds is None] == [], name


@pytest.mark.parametrize(
    ("language", "needed"),
    [("zh", "援用了无效的格式条款：是（须为“否”）"), ("en", "A void standard term was relied on: yes (needed: no)")],
)
def test_a_yes_to_what_must_not_be_so_does_not_read_as_if_it_helped(language, needed):
    step = said("PD-05", language, unfair_term_used=True).steps[0]
    assert (step.text, step.holds) == (needed, False)
    assert said("PD-05", language, unfair_term_used=False, off_platform_relied_on=False).steps[0].holds is True


def test_what_counts_for_want_of_proof_is_said_not_to_be_shown_and_what_it_counts_as():
    asked = {"refund_due_at": 0, "refunded_at": 48 * 3600, "original_route": True}
    zh, en = (said("AS-04", language, **asked).sentence for language in LANGUAGES)
    assert "价款仍在托管中（由平台证明并非如此；不能证明的，视为“是”）" in zh
    assert "价款仍在托管中：未证明；" in zh
    assert "price still in escrow (for the platform to disprove; failing that, the answer is taken to be yes)" in en
    assert "price still in escrow: not shown; " in en


def test_a_difference_is_told_in_the_unit_of_its_limit():
    steps = said("DH-01", "en", enquiry_at=0, first_reply_at=0, intervened_at=0, plan_at=86400).steps
    assert steps[-1].text.endswith("(= 24 hours) is at most plan limit [24 hours]: yes")


def test_values_without_bound_or_content_have_words_of_their_own():
    share_of_anything = (500_000, NEVER // 20)
    assert show(share_of_anything, "money", "en") == "at least CNY 5,000"
    assert show(NEVER, "duration", "en") == "without end"
    assert show(NEVER, "instant", "zh") == "未发生"
    assert show(frozenset(), "list[x]", "zh", enum=Enumeration("x", ())) == "无"


@pytest.mark.parametrize("language", LANGUAGES)
def test_conditions_inside_values_and_truths_that_are_compared_can_be_told_too(language):
    plain = "  applies: promise_made\n  test: promise_kept\n"
    contrived = (
        "  derive: {honoured: {is: promise_kept or not promise_made, zh: 守约, en: promise honoured}}\n"
        "  applies: promise_made = true or false\n  test: not (honoured != promise_kept) and (promise_made or true)\n"
    )
    source = (CONTENT / "1.0.0.yaml").read_bytes().decode()
    assert plain in source
    book = rulebook(parse(source.replace(plain, contrived)))
    for facts in ({}, {"promise_made": True}, {"promise_made": True, "promise_kept": False}, {"promise_made": False}):
        record = {name: Stated(name, value, Status.ADMITTED, "case") for name, value in facts.items()}
        explanation = explain(book, assess(book, "AS-06", record), language)
        assert [text for text in words(explanation) if UGLY[language].search(text)] == []


def test_braces_in_the_label_of_an_exception_are_only_text():
    source = (CONTENT / "1.0.0.yaml").read_bytes().decode()
    book = rulebook(parse(source.replace("en: the price is still in escrow}", 'en: "the {price} is held"}')))
    record = {"price_in_escrow": Stated("price_in_escrow", True, Status.ADMITTED, "case")}
    assert "applies: the {price} is held. " in explain(book, assess(book, "AS-07", record), "en").sentence
