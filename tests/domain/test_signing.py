"""The ruling as canonical JSON: deterministic, strict on the way back, and complete before it is rendered."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from arbitration.domain.objections import Decision, Ground
from arbitration.domain.permissions import Role
from arbitration.domain.signing import (
    ObjectionEntry,
    canonical_json,
    content_digest,
    load,
    missing_parts,
)
from tests.adapters.ruling_samples import DECIDED, long_zh, short_en, short_zh


@pytest.mark.parametrize("document", [short_zh(), short_en(), long_zh()], ids=["zh", "en", "long"])
def test_a_ruling_comes_back_equal_from_its_json(document) -> None:
    assert load(canonical_json(document)) == document


def test_the_json_names_its_schema_and_keeps_chinese_readable() -> None:
    data = canonical_json(short_zh())
    assert json.loads(data)["schema"] == "ruling.v1"
    assert "激活码交付九天后被发行方吊销".encode() in data


def test_the_same_instant_in_another_zone_gives_the_same_bytes() -> None:
    beijing = DECIDED.astimezone(timezone(timedelta(hours=8)))
    assert canonical_json(short_zh(decided_at=beijing)) == canonical_json(short_zh())


def test_one_changed_amount_changes_the_digest() -> None:
    assert content_digest(short_zh(total_minor=39_901)) != content_digest(short_zh())


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20, 7, 5)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="zone"):
        canonical_json(short_zh(decided_at=naive))


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="canonical"):
        canonical_json(short_zh(subject="\ud800"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plain: plain | {"schema": "ruling.v2"}, "not a ruling.v1"),
        (lambda plain: plain | {"extra": 1}, "not exactly the parts"),
        (lambda plain: {key: value for key, value in plain.items() if key != "orders"}, "not exactly the parts"),
        (lambda plain: plain | {"total_minor": "39900"}, "not int"),
        (lambda plain: plain | {"total_minor": True}, "not int"),
        (lambda plain: plain | {"language": "fr"}, "language"),
        (lambda plain: plain | {"decided_at": "yesterday"}, "decided_at"),
        (lambda plain: plain | {"orders": {}}, "not a list"),
        (lambda plain: plain | {"subject": None}, "not str"),
    ],
)
def test_json_of_another_shape_is_refused(change, message) -> None:
    plain = change(json.loads(canonical_json(short_zh())))
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(ValueError, match=message):
        load(data)


@pytest.mark.parametrize(
    "data",
    [
        canonical_json(short_zh()) + b"\n",
        canonical_json(short_zh()).replace(b'"case_no":', b'"case_no": '),
        canonical_json(short_zh()).replace(
            b'{"case_no":"CA-2026-000042"', b'{"case_no":"X","case_no":"CA-2026-000042"'
        ),
        b"",
        b"\xff",
        b"[" * 100_000,
    ],
    ids=["newline", "blank", "duplicate key", "empty", "not text", "deep"],
)
def test_bytes_that_are_not_the_canonical_form_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        load(data)


def test_a_whole_ruling_lacks_nothing() -> None:
    assert missing_parts(short_zh()) == ()


def test_a_draft_says_what_it_lacks() -> None:
    whole = short_zh()
    draft = replace(
        whole,
        outcome=None,
        findings=(replace(whole.findings[0], outcome=None, reasons=" "),),
        served_at=None,
        panel=(replace(whole.panel[0], certificate_sha256=""),),
    )
    assert missing_parts(draft) == (
        "outcome",
        "findings",
        "findings.outcome",
        "findings.reasons",
        "panel.certificate_sha256",
        "served_at",
    )


def test_an_objection_comes_back_with_its_item_and_lacks_a_decision_while_it_has_none() -> None:
    decided = ObjectionEntry(Role.RESPONDENT, Ground.LATE, Decision.UPHELD, "理由")
    first, *rest = short_zh().evidence
    whole = short_zh(evidence=(replace(first, objections=(decided,)), *rest))
    assert load(canonical_json(whole)) == whole
    assert missing_parts(whole) == ()
    draft = short_zh(evidence=(replace(first, objections=(replace(decided, decision=None, reason=""),)), *rest))
    assert missing_parts(draft) == ("evidence.objections.decision",)


def test_the_fields_are_the_seal_the_panel_and_the_closing() -> None:
    assert short_zh().signature_fields == ("seal", "arb1", "close")
    assert long_zh().signature_fields == ("seal", "arb1", "arb2", "arb3", "close")
