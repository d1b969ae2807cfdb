"""What the EV clauses make of an item: a table by hand, and what must hold of every item."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.domain.admissibility import FINDABLE, WORSE, Circumstances, Support, Verdict, judge, known
from arbitration.domain.errors import Invalid
from arbitration.domain.escalation import Particulars as Told
from arbitration.domain.intake import validate
from arbitration.domain.marked_yaml import Reader, plain
from arbitration.domain.particulars import (
    Fault,
    FieldType,
    Setting,
    added,
    fields_of,
    form_met,
    gaps,
    load,
    merged,
    needed_of,
    read,
    told,
    write,
)
from arbitration.domain.permissions import Role
from arbitration.domain.rulebook import rulebook
from arbitration.domain.standard import parse
from arbitration.domain.values import read_value
from arbitration.domain.vocabulary import EvidenceKind as Kind
from tests.domain.escalations import escalation

ROOT = Path(__file__).parents[2]
STANDARD = parse((ROOT / "arbitration/content/standard/1.0.0.yaml").read_text("utf-8"))
BOOK = rulebook(STANDARD)
TYPES = {fact.name: fact.type for fact in STANDARD.facts}
CASES = plain(Reader((Path(__file__).parent / "admissibility.yaml").read_text("utf-8")).root)
FILED = datetime(2026, 11, 20, 2, tzinfo=UTC)
TRUTHS = {"true": True, "false": False}
INSPECTED = ("inspector_accredited", "signature_valid", "sample_digest_stated", "custody_unbroken", "conflict_declared")


def circumstances(case: dict[str, Any]) -> Circumstances:
    hours = {name: FILED + timedelta(hours=int(each)) for name, each in case.get("hours", {}).items()}
    return Circumstances(
        kind=Kind(case["kind"]),
        submitted_by=Role(case.get("by", "claimant")),
        given=read(Kind(case["kind"]), {name: TRUTHS.get(each, each) for name, each in case["fields"].items()}),
        filed_at=FILED,
        record_closed_at=hours.get("closed"),
        cure_asked_at=hours.get("asked"),
        cured_at=hours.get("cured"),
        by_platform=case.get("from") == "platform",
        inspection=dict.fromkeys(case.get("inspection", ()), True),
    )


def values(found: dict[str, str]) -> dict[str, Any]:
    return {name: read_value(TYPES[name], each, {}) for name, each in found.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_item_comes_to_what_the_table_says(case: dict[str, Any]) -> None:
    judged = judge(BOOK, circumstances(case), values(case.get("found", {})))
    assert (judged.verdict, judged.row.clause if judged.row else None) == (Verdict(case["verdict"]), case["clause"])
    clause = STANDARD.clause(case["clause"])
    assert case["because"] in clause.text.zh + clause.text.en


def test_the_table_tries_every_verdict_and_every_kind_with_a_form() -> None:
    assert len(CASES) >= 25
    assert {case["verdict"] for case in CASES} == set(Verdict)
    assert {"chat_log", "order_screenshot", "payment_voucher", "inspection_report"} <= {case["kind"] for case in CASES}


answers = st.sampled_from([True, False, None])
hours = st.one_of(st.none(), st.integers(-30, 60).map(lambda each: FILED + timedelta(hours=each)))


@st.composite
def items(draw) -> Circumstances:  # type: ignore[no-untyped-def]
    kind = draw(st.sampled_from(list(Kind)))
    given = {}
    for field in needed_of(kind):
        if field.type is FieldType.TRUTH and (truth := draw(answers)) is not None:
            given[field.name] = truth
        elif field.type is FieldType.LINE and draw(st.booleans()):
            given[field.name] = "4200****"
    if draw(st.booleans()):
        given["source_system"] = "orders"
    return Circumstances(
        kind=kind,
        submitted_by=draw(st.sampled_from([Role.CLAIMANT, Role.RESPONDENT, Role.PLATFORM, Role.INSPECTOR])),
        given=given,
        filed_at=draw(st.sampled_from([FILED, None])),
        record_closed_at=draw(hours),
        cure_asked_at=draw(hours),
        cured_at=draw(hours),
        by_platform=draw(st.booleans()),
        inspection={name: truth for name in INSPECTED if (truth := draw(answers)) is not None},
    )


found = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in FINDABLE if TYPES[name] == "bool"},
        "sources_in_support": st.integers(0, 3),
        "good_cause": st.booleans(),
        "decisive": st.booleans(),
    },
)
OF_SUBMITTER = ("form_met", "neutral_record", "good_cause", "decisive")


@settings(max_examples=200, deadline=None)
@given(items(), found, st.data())
def test_more_proof_never_worsens_the_verdict_of_whoever_files_an_item(item, finding, data) -> None:
    before = WORSE.index(judge(BOOK, item, finding).verdict)
    better = [(item, finding | {name: True}) for name in OF_SUBMITTER]
    better.append((item, finding | {"sources_in_support": finding.get("sources_in_support", 0) + 1}))
    better.append((replace(item, trusted_time=True), finding))
    better += [(replace(item, inspection={**item.inspection, name: True}), finding) for name in INSPECTED]
    open_fields = [field for field in fields_of(item.kind) if field.name not in item.given]
    if open_fields:
        field = data.draw(st.sampled_from(open_fields))
        answer = True if field.type is FieldType.TRUTH else "said"
        better.append((replace(item, given={**item.given, field.name: answer}), finding))
    for more, facts in better:
        assert WORSE.index(judge(BOOK, more, facts).verdict) <= before


@settings(max_examples=100, deadline=None)
@given(items(), found)
def test_the_same_item_always_comes_to_the_same(item, finding) -> None:
    first, again = judge(BOOK, item, finding), judge(rulebook(STANDARD), item, dict(reversed(finding.items())))
    assert (first.verdict, first.row, first.outcomes, first.record) == (
        again.verdict,
        again.row,
        again.outcomes,
        again.record,
    )


def test_every_fact_that_the_office_knows_is_one_of_the_standards() -> None:
    item = replace(circumstances(CASES[1]), inspection=dict.fromkeys(INSPECTED, True))
    assert {*known(item), *FINDABLE} <= set(TYPES)


def test_the_time_to_cure_is_that_of_the_standard_and_ends_with_the_gap() -> None:
    item = replace(circumstances(CASES[1]), cure_asked_at=FILED)
    assert judge(BOOK, item, {}).cure_until == FILED + timedelta(hours=24)
    assert judge(BOOK, replace(item, cured_at=FILED), {}).cure_until is None


def test_a_version_without_clauses_on_evidence_excludes_nothing() -> None:
    small = rulebook(parse((Path(__file__).parent / "small_standard.yaml").read_text("utf-8")))
    judged = judge(small, circumstances(CASES[1]), {})
    assert (judged.verdict, judged.row) == (Verdict.ADMITTED, None)


@pytest.mark.parametrize(
    ("cited", "alone"),
    [
        (["C-1"], ["C-1"]),
        (["C-1", "C-2"], ["C-1"]),
        (["C-1", "C-3"], ["C-1", "C-3"]),
        (["C-1", "P-1"], []),
        (["C-1", "R-1"], []),
        (["C-1", "C-4"], []),
        (["C-2"], []),
        ([], []),
    ],
)
def test_support_comes_from_another_origin(cited: list[str], alone: list[str]) -> None:
    origins = {"C-1": "claimant", "C-2": "claimant", "C-3": "claimant", "C-4": "issuer", "P-1": "platform", "R-1": "r"}
    support = Support(origins, frozenset({"C-1", "C-3", "R-1"}))
    assert list(support.alone(cited)) == alone


def test_support_counts_origins_and_not_items() -> None:
    support = Support({"C-1": "claimant", "P-1": "platform", "P-2": "platform"}, frozenset({"C-1"}), 2)
    assert support.alone(["C-1", "P-1", "P-2"]) == ("C-1",)


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        (Kind.CHAT_LOG, {"ids_shown": "perhaps"}, Fault.NOT_TRUTH),
        (Kind.CHAT_LOG, {"transaction_number": "4200"}, Fault.NO_FIELD),
        (Kind.PAYMENT_VOUCHER, {"transaction_number": "4" * 201}, Fault.TOO_LONG),
        (Kind.PAYMENT_VOUCHER, {"transaction_number": "42\x0000"}, Fault.UNSEEN),
        (Kind.PAYMENT_VOUCHER, {"transaction_number": True}, Fault.NOT_TEXT),
        (Kind.VIDEO, {"captured_at": "yesterday"}, Fault.NOT_INSTANT),
        (Kind.VIDEO, {"captured_at": "1999-12-31T23:59:59Z"}, Fault.NOT_INSTANT),
        (Kind.VIDEO, {"captured_at": "2026-11-20T10:00:00+08:00"}, Fault.NOT_INSTANT),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field(kind: Kind, typed: dict[str, object], fault: Fault) -> None:
    with pytest.raises(Invalid) as refused:
        read(kind, typed)
    assert [(each.path, each.message) for each in refused.value.fields] == [(next(iter(typed)), fault)]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"captured_at": "2026-11-20T02:00:00Z"}, None),
        ({"captured_at": "2026-11-20T02:10:00Z"}, None),
        ({"captured_at": "2026-11-20T02:10:01Z"}, Fault.NOT_YET),
        ({"claim": "A"}, None),
        ({"claim": " A、B "}, None),
        ({"claim": "A, C"}, Fault.NO_CLAIM),
        ({"claim": "退款"}, Fault.NO_CLAIM),
    ],
)
def test_a_person_tells_no_time_to_come_and_no_claim_that_nobody_raised(
    typed: dict[str, object], fault: Fault | None
) -> None:
    setting = Setting(datetime(2026, 11, 20, 2, tzinfo=UTC), frozenset("AB"))
    if fault is None:
        assert read(Kind.VIDEO, typed, setting) == typed
        return
    with pytest.raises(Invalid) as refused:
        read(Kind.VIDEO, typed, setting)
    assert [each.message for each in refused.value.fields] == [fault]


def test_particulars_are_written_as_canonical_json() -> None:
    said = read(Kind.VIDEO, {"proves": "激活失败\n“错误”", "capture_tool": "é", "captured_at": "2026-11-20T02:00:00Z"})
    assert write(said).encode() == rfc8785.dumps(said)
    assert load(write(said)) == said


def test_what_was_answered_stays_and_what_is_missing_is_added() -> None:
    before = read(Kind.CHAT_LOG, {"ids_shown": False})
    with pytest.raises(Invalid, match="stays as it is"):
        added(Kind.CHAT_LOG, before, {"ids_shown": True, "times_shown": True})
    with pytest.raises(Invalid, match="at least one"):
        added(Kind.CHAT_LOG, before, {"ids_shown": None, "times_shown": None})
    more = added(Kind.CHAT_LOG, before, {"times_shown": True})
    assert merged([before, more, {"times_shown": False}]) == {"ids_shown": False, "times_shown": True}
    assert [(gap.field.name, gap.denied) for gap in gaps(Kind.CHAT_LOG, merged([before, more]))] == [
        ("ids_shown", True)
    ]


def test_a_webhook_tells_particulars_of_the_kind_and_nothing_else() -> None:
    sent = escalation()
    sent["data"]["evidence"][0] |= {
        "source_system": "卡盟 IM",
        "describes_facts": ["complained_at"],
        "confidential": True,
        "custody": [{"at": "2026-11-20T10:00:00+08:00", "holder": "卡盟"}],
        "particulars": {"ids_shown": True, "times_shown": True, "transaction_number": "4200****"},
    }
    item = validate(sent).data.evidence[0]
    said = told(item)
    assert said == {
        "ids_shown": True,
        "times_shown": True,
        "captured_at": "2026-11-20T02:00:00Z",
        "source_system": "卡盟 IM",
        "about_facts": "complained_at",
        "confidential": True,
        "custody": "2026-11-20T02:00:00Z 卡盟",
    }
    assert form_met(Kind.CHAT_LOG, said)
    assert json.loads(write(said)) == said


def test_every_field_of_the_wire_is_asked_of_some_kind() -> None:
    asked = {field.name for kind in Kind for field in fields_of(kind)}
    assert set(Told.model_fields) <= asked
