"""The standard's first version says what was agreed, in both languages, and its hashes do not move."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arbitration.domain.errors import NotFound
from arbitration.domain.quantities import quantity
from arbitration.domain.standard import Bilingual, Standard, in_force_at, parse

CONTENT = Path(__file__).parents[2] / "arbitration" / "content" / "standard"
BASE = (Path(__file__).parent / "small_standard.yaml").read_bytes().decode()

CLAUSES = [
    *("MA-01", "MA-02", "MA-03", "MA-05"),
    *("PD-01", "PD-03", "PD-04", "PD-05", "PD-06"),
    *("AS-01", "AS-02", "AS-03", "AS-04", "AS-05", "AS-06", "AS-07"),
    *("DH-01", "DH-02", "DH-03", "DH-04", "DH-06", "DH-07"),
    *("EV-01", "EV-02", "EV-03", "EV-04", "EV-05", "EV-06"),
    *("RM-01", "RM-02"),
]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FLOORS = {
    "reverify": ("duration", 180 * DAY),
    "authorisation": ("duration", 365 * DAY),
    "deposit_min": ("money", 5_000_00),
    "deposit_share": ("percent", 5),
    "deposit_period": ("duration", 30 * DAY),
    "deposit_topup": ("duration", 72 * HOUR),
    "void_age": ("int", 8),
    "adult_age": ("int", 18),
    "proof_time": ("duration", 24 * HOUR),
    "free_return": ("duration", 7 * DAY),
    "window": ("duration", 72 * HOUR),
    "redo": ("duration", 24 * HOUR),
    "failed_attempts": ("int", 1),
    "refund_escrow": ("duration", 24 * HOUR),
    "refund_other": ("duration", 72 * HOUR),
    "account_warranty": ("duration", 30 * DAY),
    "key_warranty": ("duration", 30 * DAY),
    "ack": ("duration", 10 * MINUTE),
    "intervene": ("duration", 30 * MINUTE),
    "plan": ("duration", 24 * HOUR),
    "status_age": ("duration", 24 * HOUR),
    "freeze": ("duration", 10 * MINUTE),
    "records": ("years", 3),
    "produce": ("duration", 24 * HOUR),
    "alert": ("duration", 10 * MINUTE),
    "comply_escrow": ("duration", 24 * HOUR),
    "comply_other": ("duration", 72 * HOUR),
    "cure": ("duration", 24 * HOUR),
    "independent_sources": ("int", 1),
    "late_reply": ("duration", 24 * HOUR),
    "fraud_multiple": ("int", 3),
    "fraud_min": ("money", 500_00),
    "intent_panel": ("int", 3),
}

WHO_PROVES = {
    "MA-01": ({"platform"}, {"claimant"}),
    "MA-02": ({"respondent"}, {"platform"}),
    "MA-03": ({"platform"}, {"claimant"}),
    "MA-05": ({"claimant"}, {"respondent"}),
    "PD-01": ({"respondent"}, set()),
    "PD-03": ({"respondent"}, {"platform"}),
    "PD-04": ({"respondent"}, {"claimant"}),
    "PD-05": ({"platform"}, {"claimant"}),
    "PD-06": ({"respondent"}, {"platform", "claimant"}),
    "AS-01": ({"respondent", "claimant"}, set()),
    "AS-02": ({"respondent"}, set()),
    "AS-03": ({"respondent"}, {"claimant"}),
    "AS-04": ({"platform"}, {"claimant"}),
    "AS-05": ({"claimant", "respondent"}, {"platform"}),
    "AS-06": ({"claimant", "respondent"}, set()),
    "AS-07": ({"platform"}, {"claimant"}),
    "DH-01": ({"platform"}, {"claimant"}),
    "DH-02": ({"platform", "claimant"}, set()),
    "DH-03": ({"platform"}, set()),
    "DH-04": ({"platform"}, {"claimant"}),
    "DH-06": ({"platform"}, {"claimant"}),
    "DH-07": ({"platform"}, {"claimant"}),
    "EV-01": ({"submitter"}, {"panel"}),
    "EV-02": ({"submitter"}, {"opponent"}),
    "EV-03": ({"submitter"}, {"opponent"}),
    "EV-04": ({"submitter"}, {"opponent"}),
    "EV-05": ({"inspector"}, set()),
    "EV-06": ({"submitter"}, {"panel"}),
    "RM-01": ({"claimant"}, {"panel"}),
    "RM-02": ({"respondent"}, set()),
}
"""Who proves, as agreed; and who besides must show that the clause is in play at all, or an exception to it."""

AS_01_TEXT_SHA256 = "c1f07b09770f3dc230a463be59755689b49a7947a78c02051d28de92d605b03b"
"""Of the UTF-8 JSON with sorted keys and no blanks; where that is taken, no word of AS-01@1.0.0 may change."""


@pytest.fixture(scope="module")
def source() -> str:
    return (CONTENT / "1.0.0.yaml").read_bytes().decode()


@pytest.fixture(scope="module")
def standard(source: str) -> Standard:
    return parse(source)


def test_every_clause_agreed_is_there_and_no_other(standard):
    assert [clause.id for clause in standard.clauses] == CLAUSES


def test_every_clause_stands_in_a_chapter_and_each_chapter_has_its_clauses(standard):
    assert [chapter.id for chapter in standard.chapters] == ["MA", "PD", "AS", "DH", "EV", "RM"]
    grouped = [clause.id for chapter in standard.chapters for clause in standard.in_chapter(chapter.id)]
    assert grouped == CLAUSES


def words_of(standard: Standard) -> list[tuple[str, Bilingual]]:
    found = [("title", standard.title)]
    found += [(f"chapter {chapter.id}", chapter.title) for chapter in standard.chapters]
    found += [(f"floor {floor.name}", floor.label) for floor in standard.floors]
    found += [(f"fact {fact.name}", fact.label) for fact in standard.facts]
    found += [(f"word {word.word}", word.label) for enum in standard.enums for word in enum.words]
    for clause in standard.clauses:
        found += [(clause.id, clause.title), (clause.id, clause.text)]
        found += [(f"{clause.id} {outcome}", words) for outcome, words in clause.say]
        found += [(f"{clause.id} {derived.name}", derived.label) for derived in clause.derive]
        found += [(f"{clause.id} unless", exemption.label) for exemption in clause.unless]
        found += [(f"{clause.id} {basis.law}", basis.name) for basis in clause.basis]
    return found


def test_everything_people_read_is_chinese_in_chinese_and_english_in_english(standard):
    for where, words in words_of(standard):
        assert re.search("[一-龥]", words.zh), where
        assert re.search("[A-Za-z]", words.en), where
        assert not re.search("[\u2e80-\uffef]", words.en), where


def test_sentences_end_like_sentences(standard):
    for clause in standard.clauses:
        assert clause.text.zh.endswith("。"), clause.id
        assert clause.text.en.endswith("."), clause.id
        assert not re.search("[,;:?!()]", clause.text.zh.replace("5,000", "")), clause.id


def test_floors_are_the_ones_agreed(standard):
    assert {floor.name: (floor.value.type, floor.value.amount) for floor in standard.floors} == FLOORS


def test_every_floor_and_every_fact_belongs_to_a_clause(standard):
    assert {name for clause in standard.clauses for name in clause.floors} == set(FLOORS)
    used = {burden.fact for clause in standard.clauses for burden in clause.proof}
    assert used == {fact.name for fact in standard.facts}


def test_a_floor_that_gives_consumers_time_is_stricter_when_longer(standard):
    larger = {floor.name for floor in standard.floors if floor.stricter == "larger"}
    assert {"window", "account_warranty", "key_warranty", "records", "free_return"} <= larger
    assert {floor.name for floor in standard.floors if floor.stricter == "nobody"} == {
        "void_age",
        "adult_age",
        "cure",
        "independent_sources",
        "late_reply",
        "intent_panel",
    }
    assert not larger & {"ack", "intervene", "plan", "freeze", "alert", "refund_escrow", "comply_other", "redo"}


def test_the_burden_lies_where_it_was_agreed_to_lie(standard):
    bearers = {clause.id: {burden.by for burden in clause.proof} for clause in standard.clauses}
    assert bearers == {clause_id: agreed | others for clause_id, (agreed, others) in WHO_PROVES.items()}


def test_clauses_stand_on_the_named_laws_only(standard):
    laws = {basis.law for clause in standard.clauses for basis in clause.basis}
    assert laws == {"民法典", "消费者权益保护法", "电子商务法", "民诉证据规定", "在线诉讼规则", "法释〔2022〕8号"}


@pytest.mark.parametrize(
    ("clause_id", "law", "articles"),
    [
        ("MA-05", "民法典", {"19", "20", "145"}),
        ("PD-01", "消费者权益保护法", {"23"}),
        ("PD-01", "民法典", {"615"}),
        ("PD-03", "消费者权益保护法", {"55"}),
        ("PD-04", "消费者权益保护法", {"25"}),
        ("PD-05", "法释〔2022〕8号", {"1", "5"}),
        ("AS-01", "民法典", {"512", "621", "622"}),
        ("AS-01", "电子商务法", {"51"}),
        ("AS-06", "法释〔2022〕8号", {"2"}),
        ("DH-04", "电子商务法", {"31", "62"}),
        ("EV-02", "在线诉讼规则", {"16", "17", "18"}),
        ("EV-03", "民诉证据规定", {"90"}),
        ("EV-04", "民诉证据规定", {"94", "95"}),
        ("RM-01", "消费者权益保护法", {"55"}),
        ("RM-02", "民法典", {"591"}),
    ],
)
def test_a_clause_names_the_articles_it_rests_on(standard, clause_id, law, articles):
    assert articles <= {basis.article for basis in standard.clause(clause_id).basis if basis.law == law}


def test_threefold_damages_hang_on_the_finding_of_intent_alone(standard):
    assert [clause.id for clause in standard.clauses if "punitive_3x" in clause.remedies] == ["RM-01"]


def test_the_worked_clauses_carry_their_expressions(standard):
    assert all(clause.test and {"met", "breached"} <= dict(clause.say).keys() for clause in standard.clauses)
    window = standard.clause("AS-01")
    assert window.derive[0].formula.text == "larger of (stated_window, floor.window)"
    assert window.applies.text == "complained_at happened and complained_at <= delivered_at + window"
    assert window.test.text == "complaint_taken"
    warranty = standard.clause("AS-05")
    assert {word: row.text for word, row in warranty.derive[0].cases} == {
        "account_sale": "floor.account_warranty",
        "license_key": "larger of (floor.key_warranty, licence_term)",
        "account_rental": "rental_period",
    }
    assert (warranty.derive[0].by, warranty.derive[0].otherwise.text) == ("category", "0s")
    assert warranty.test.text == "lost_at > delivered_at + warranty"
    assert [(each.when.text, each.then) for each in warranty.unless] == [("cause = buyer_act", "met")]


def test_silence_of_the_merchant_counts_against_the_merchant(standard):
    proof = {burden.fact: (burden.by, burden.if_unproven) for burden in standard.clause("AS-01").proof}
    assert proof["delivered_at"] == ("respondent", "never")
    assert proof["complaint_taken"] == ("respondent", "false")
    assert proof["stated_window"] == ("claimant", "0s")  # a merchant who promised 30 days gains nothing by silence
    authenticity = {burden.fact: burden.if_unproven for burden in standard.clause("PD-03").proof}
    assert authenticity["source_state"] == "not_genuine"


def test_the_text_hash_is_frozen(standard):
    clause = standard.clause("AS-01")
    assert clause.ref == "AS-01@1.0.0"
    assert clause.text_sha256 == AS_01_TEXT_SHA256


@pytest.mark.parametrize(
    ("old", "new"),
    [("计算。售后期内", "计算；售后期内"), ("must accept", "should accept"), ("zh: 售后期不少于", "zh: 售后期至少")],
)
def test_the_text_hash_changes_with_a_letter_of_either_language(source, old, new):
    assert source.count(old) == 1
    assert parse(source.replace(old, new)).clause("AS-01").text_sha256 != AS_01_TEXT_SHA256


def test_the_text_hash_does_not_change_with_a_test(source):
    changed = source.replace("  test: complaint_taken\n", "  test: not complaint_taken\n")
    assert changed != source
    assert parse(changed).clause("AS-01").text_sha256 == AS_01_TEXT_SHA256


def test_the_version_hash_is_of_the_bytes_of_the_file(standard):
    assert standard.sha256 == hashlib.sha256((CONTENT / "1.0.0.yaml").read_bytes()).hexdigest()


def test_the_published_json_lets_anyone_recompute_the_text_hashes(standard):
    published = json.loads(json.dumps(standard.as_json()))
    assert published["sha256"] == standard.sha256
    for clause in published["clauses"]:
        words = {"id": clause["id"], "version": published["version"], "title": clause["title"], "text": clause["text"]}
        canonical = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        assert clause["text_sha256"] == hashlib.sha256(canonical).hexdigest()
        assert clause["ref"] == f"{clause['id']}@1.0.0"


def test_changing_the_published_json_changes_no_standard(standard):
    standard.as_json()["clauses"][0]["title"]["zh"] = "篡改"
    assert standard.as_json()["clauses"][0]["title"]["zh"] == "商家身份核验"


def test_an_unknown_clause_or_floor_is_not_found(standard):
    with pytest.raises(NotFound):
        standard.clause("AS-99")
    with pytest.raises(NotFound):
        standard.floor("windows")
    assert standard.floor("window").value.zh == "72 小时"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("72h", "72 小时", "72 hours"),
        ("1h", "1 小时", "1 hour"),
        ("10min", "10 分钟", "10 minutes"),
        ("30d", "30 天", "30 days"),
        ("3y", "3 年", "3 years"),
        ("CNY 5000", "5,000 元", "CNY 5,000"),
        ("CNY 49.90", "49.90 元", "CNY 49.90"),
        ("5%", "5%", "5%"),
        ("3", "3", "3"),
    ],
)
def test_a_quantity_is_said_in_both_languages(text, zh, en):
    value = quantity(text)
    assert (value.zh, value.en) == (zh, en)


@pytest.mark.parametrize("text", ["", "72 h", "1.5h", "-1h", "７2h", "CNY5000", "CNY 1.5", "5 %", "1e3", "9" * 1000])
def test_what_is_no_quantity_is_none(text):
    assert quantity(text) is None


# ---- in force


def version(source: str, number: str, day: str) -> Standard:
    return parse(source.replace("version: 1.0.0", f"version: {number}").replace("2026-01-01", day))


def test_a_version_is_in_force_from_midnight_in_beijing(standard):
    assert standard.starts_at == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert in_force_at([standard], datetime(2025, 12, 31, 16, tzinfo=UTC)) is standard
    assert in_force_at([standard], datetime(2025, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)) is None


def test_the_version_that_began_last_governs_whatever_the_order_of_the_list():
    old, new, future = (
        version(BASE, *each) for each in [("1.9.0", "2026-01-01"), ("1.10.0", "2026-06-01"), ("2.0.0", "2027-01-01")]
    )
    for standards in ([old, new, future], [future, new, old]):
        assert in_force_at(standards, datetime(2026, 5, 31, 15, 59, tzinfo=UTC)) is old
        assert in_force_at(standards, datetime(2026, 5, 31, 16, 0, tzinfo=UTC)) is new
        assert in_force_at(standards, datetime(2030, 1, 1, tzinfo=UTC)) is future
