"""What `escalation.v1` accepts, and that every wrong field is named by its path."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from arbitration.domain import vocabulary
from arbitration.domain.errors import FieldError, Invalid
from arbitration.domain.escalation import EVENT_TYPES, DisputeEscalated, Envelope
from arbitration.domain.evidence import MAX_FETCHED_BYTES
from arbitration.domain.intake import Malformed, json_schema, validate
from arbitration.domain.translation import Translation
from tests.domain.escalations import CHAT, escalation, event, evidence

Change = Callable[[dict[str, Any]], object]


def errors(payload: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        validate(payload)
    assert not isinstance(caught.value, Malformed)
    assert caught.value.code == "invalid"
    return {field.path: field.message for field in caught.value.fields}


def put(path: str, value: object) -> Change:
    """A change that sets the value at *path* (`data.parties[0].role`)."""
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]

    def change(payload: Any) -> None:
        for part in parents:
            payload = payload[part]
        payload[last] = value

    return change


def drop(path: str) -> Change:
    *parents, last = re.findall(r"\w+", path)

    def change(payload: Any) -> None:
        for part in parents:
            payload = payload[int(part) if part.isdigit() else part]
        del payload[last]

    return change


def test_a_valid_escalation_comes_back_with_times_in_utc_and_money_in_minor_units() -> None:
    envelope = validate(escalation())
    assert isinstance(envelope, DisputeEscalated)
    assert envelope.timestamp == datetime(2026, 11, 21, 2, 0, 5, tzinfo=UTC)
    assert envelope.timestamp.tzinfo is UTC
    assert envelope.data.platform_dispute_id == "KM-118823"
    assert envelope.data.order.amount_minor == 12800
    assert envelope.data.dispute.reason is vocabulary.Reason.KEY_INVALID_OR_USED
    assert envelope.data.evidence[0].content() == CHAT


@pytest.mark.parametrize(
    "payload",
    [
        event("dispute.updated", note="商家补交了说明"),
        event("dispute.updated", note="托管已释放", payment={"escrow_state": "released"}),
        event("evidence.added", evidence=[evidence("e-2")]),
        event(
            "settlement.reported",
            agreed_at="2026-11-22T09:00:00+08:00",
            agreed_by=["respondent", "claimant"],
            text="商家退 100 元, 买家不再主张其余。",
            terms=[{"remedy": "refund_partial", "amount_minor": 10000, "currency": "CNY"}],
        ),
        event(
            "remedy.executed",
            case_number="CA-2026-000001",
            remedy="refund_full",
            amount_minor=12800,
            currency="CNY",
            executed_at="2026-11-22T09:00:00+08:00",
            evidence=[evidence("e-9")],
        ),
        event("dispute.withdrawn", withdrawn_at="2026-11-22T01:00:00Z", withdrawn_by="claimant", reason="已退款"),
    ],
    ids=lambda payload: payload["type"],
)
def test_each_later_event_is_read_and_names_its_dispute(payload: dict[str, Any]) -> None:
    envelope = validate(payload)
    assert envelope.type == payload["type"]
    assert envelope.data.platform_dispute_id == "KM-118823"


def test_the_list_of_event_types_is_that_of_the_envelopes() -> None:
    types = [get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(Envelope)]
    assert types == list(EVENT_TYPES)


REQUIRED = """
type timestamp sequence data
data.dispute data.order data.goods data.parties data.handling_history data.consents
data.dispute.platform_dispute_id data.dispute.reason data.dispute.opened_at data.dispute.escalated_at
data.dispute.escalated_by data.dispute.claims
data.dispute.claims[0].remedy data.dispute.claims[0].amount_minor data.dispute.claims[0].currency
data.order.order_id data.order.created_at data.order.paid_at data.order.amount_minor data.order.currency
data.order.payment data.order.payment.escrow_state data.order.after_sales_window_h
data.goods[0].sku data.goods[0].category data.goods[0].title data.goods[0].quantity data.goods[0].unit_price_minor
data.goods[0].listing_snapshot data.goods[0].listing_snapshot.captured_at data.goods[0].listing_snapshot.text
data.goods[0].listing_snapshot.sha256
data.parties[0].role data.parties[0].platform_user_id
data.handling_history[0].at data.handling_history[0].actor data.handling_history[0].action
data.evidence[0].evidence_id data.evidence[0].kind data.evidence[0].submitted_by data.evidence[0].captured_at
data.evidence[0].media_type data.evidence[0].size data.evidence[0].sha256
data.consents.rules_version_accepted
"""


@pytest.mark.parametrize("path", re.findall(r"\S+", REQUIRED))
def test_a_required_field_that_is_missing_is_named(path: str) -> None:
    payload = escalation()
    drop(path)(payload)
    assert errors(payload) == {path: "Field required"}


def optional_paths(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict):
        found = [f"{path}.{key}".removeprefix(".") for key in value]
        return found + [
            p for key, item in value.items() for p in optional_paths(item, f"{path}.{key}".removeprefix("."))
        ]
    if isinstance(value, list):
        return [p for number, item in enumerate(value) for p in optional_paths(item, f"{path}[{number}]")]
    return []


OPTIONAL = sorted(
    set(optional_paths(escalation())) - set(REQUIRED.split())
    - {path for path in optional_paths(escalation()) if re.search(r"\[[12]\]|keys\.|inline", path)}
)  # fmt: skip


@pytest.mark.parametrize("path", OPTIONAL)
def test_whatever_else_the_sample_has_may_be_left_out(path: str) -> None:
    payload = escalation()
    drop(path)(payload)
    validate(payload)


OBJECTS = ["", *(path for path in optional_paths(escalation()))]


@pytest.mark.parametrize("path", OBJECTS)
def test_an_unknown_field_is_refused_at_every_level(path: str) -> None:
    payload: Any = escalation()
    target = payload
    for part in re.findall(r"\w+", path):
        target = target[int(part) if part.isdigit() else part]
    if not isinstance(target, dict):
        return
    target["surprise"] = 1
    assert errors(payload) == {f"{path}.surprise".removeprefix("."): "Unknown field"}


TIME = "Not an ISO 8601 time with seconds and offset, such as 2026-11-22T14:30:00+08:00"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("timestamp", "2026-11-21T10:00:05", TIME),
        ("timestamp", "2026-11-21 10:00:05+08:00", TIME),
        ("timestamp", "20261121T100005Z", TIME),
        ("timestamp", "2026-W47-6T10:00:05Z", TIME),
        ("timestamp", "２０２６-11-21T10:00:05Z", TIME),
        ("timestamp", "2026-11-21T10:00:05Z\n", TIME),
        ("timestamp", 1795226405, TIME),
        ("timestamp", "2026-02-30T10:00:05Z", "day is out of range for month"),
        ("timestamp", "1999-12-31T23:59:59Z", "Not a time from 2000 to 2099"),
        ("timestamp", "0001-01-01T00:00:00+23:59", "Not a time from 2000 to 2099"),
        ("sequence", 0, "Input should be greater than or equal to 1"),
        ("sequence", True, "Input should be a valid integer"),
        ("data.order.amount_minor", "12800", "Input should be a valid integer"),
        ("data.order.amount_minor", 128.0, "Input should be a valid integer"),
        ("data.order.amount_minor", -1, "Input should be greater than or equal to 0"),
        ("data.order.amount_minor", 10**11 + 1, "Input should be less than or equal to 100000000000"),
        ("data.order.currency", "USD", "Input should be 'CNY'"),
        ("data.order.after_sales_window_h", None, "Input should be a valid integer"),
        ("data.order.minor_flag", 1, "Input should be a valid boolean"),
        ("data.dispute.language", "zh-CN", "Input should be 'zh' or 'en'"),
        ("data.dispute.platform_dispute_id", "KM 1", "1 to 64 of A-Z a-z 0-9 . _ : / # -, a letter or digit first"),
        ("data.dispute.platform_dispute_id", "K" * 65, "1 to 64 of A-Z a-z 0-9 . _ : / # -, a letter or digit first"),
        ("data.dispute.reason_text", "x\x1b[31m", "Text without control characters other than line feed and tab"),
        ("data.dispute.reason_text", "x" * 20_001, "String should have at most 20000 characters"),
        ("data.dispute.claims", [], "List should have at least 1 item after validation, not 0"),
        ("data.goods[0].title", "两\n行", "One line without control characters"),
        ("data.goods[0].title", "", "String should have at least 1 character"),
        (
            "data.order.payment.transaction_id_masked",
            "4200001234568812",
            "Must be partly hidden by at least one *: never a whole account, key or transaction number",
        ),
        ("data.parties[1].merchant.negative_rate", 1.5, "Input should be less than or equal to 1"),
        ("data.evidence[0].sha256", "A" * 64, "64 lower-case hexadecimal digits"),
        ("data.evidence[0].media_type", "text", "A media type such as text/plain"),
        ("data.evidence[0].size", 0, "Input should be greater than or equal to 1"),
        ("data.evidence[0].size", MAX_FETCHED_BYTES + 1, f"Input should be less than or equal to {MAX_FETCHED_BYTES}"),
        ("data.evidence[0].inline", "YWJj\nYWJj", "Not base64 (standard alphabet, padded, no line breaks)"),
        ("data.evidence[0].inline", "YWJjZA", "Not base64 (standard alphabet, padded, no line breaks)"),
        ("data.evidence[0].inline", "", "String should have at least 4 characters"),
        ("data.evidence[0].file_name", "../聊天.txt", "A file name without folders or control characters"),
        ("data.evidence[0].captured_at", "2026-11-21T10:05:06+08:00", "Later than the event's own timestamp"),
        ("data.dispute.opened_at", "2026-11-21T10:00:01+08:00", "Later than escalated_at"),
        ("data.dispute.escalated_at", "2026-11-21T10:05:06+08:00", "Later than the event's own timestamp"),
        ("data.dispute.escalated_by", "system", "Input should be 'claimant', 'respondent' or 'platform'"),
        ("data.dispute.linked_disputes", ["KM-118823"], "A dispute is not linked to itself"),
        ("data.order.created_at", "2026-11-18T20:01:01+08:00", "Later than paid_at"),
        ("data.order.paid_at", "2026-11-19T21:00:01+08:00", "Later than the dispute's opened_at"),
        ("data.order.delivered_at", "2026-11-18T19:59:59+08:00", "Earlier than created_at"),
        ("data.parties[0].represents", "claimant", "Goes with the role representative, and only with it"),
        ("data.parties[0].contact", {}, "Give either email or relay_token"),
        ("data.parties[0].contact", {"email": "a@b.cn", "relay_token": "t"}, "Give either email or relay_token"),
        ("data.goods[0].category", "topup", None),
        ("data.handling_history[2].at", "2026-11-19T21:30:59+08:00", "Earlier than the entry before it"),
        ("data.evidence[0].url", "https://files.example.cn/e-1", None),
    ],
)
def test_a_wrong_value_is_named_by_its_path(path: str, value: object, message: str | None) -> None:
    payload = escalation()
    put(path, value)(payload)
    found = errors(payload)
    if message is None:
        assert found in (
            {"data.goods[0].keys": "Does not go with the category topup"},
            {"data.evidence[0]": "Give either url or inline"},
        )
    else:
        assert found == {path: message}


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.cn/a",
        "https://user@files.example.cn/a",
        "https://files.example.cn/a b",
        "https://files.example.cn\n/a",
        "https://文件.cn/a",
        "file:///etc/passwd",
        "https://",
        "https://files.example.cn:0/a",
        "https://files.example.cn:65536/a",
        "https://files.example.cn:99999/a",
    ],
)
def test_evidence_is_fetched_by_plain_https_only(url: str) -> None:
    payload = escalation()
    item = payload["data"]["evidence"][0]
    del item["inline"]
    item["url"] = url
    assert errors(payload) == {"data.evidence[0].url": "An https address without user name or spaces"}
    item["url"] = "https://files.example.cn:8443/a%20b?x=1"
    validate(payload)


@pytest.mark.parametrize("kind", [None, "dispute.opened", "", ["dispute.escalated"], {}, 1])
def test_an_unknown_event_is_answered_with_the_list(kind: object) -> None:
    assert errors({**escalation(), "type": kind}) == {"type": f"Input should be one of {', '.join(EVENT_TYPES)}"}


@pytest.mark.parametrize("payload", [None, 5, "x", [], [escalation()]])
def test_what_is_no_object_is_refused(payload: object) -> None:
    assert errors(payload) == {"": "Input should be an object"}


def test_all_wrong_fields_are_named_at_once() -> None:
    payload = escalation()
    for change in (drop("data.order.paid_at"), put("data.goods[0].quantity", 0), put("data.evidence[0].kind", "x")):
        change(payload)
    assert set(errors(payload)) == {"data.order.paid_at", "data.goods[0].quantity", "data.evidence[0].kind"}


@pytest.mark.parametrize("role", ["claimant", "respondent"])
def test_a_dispute_has_one_claimant_and_one_respondent(role: str) -> None:
    payload = escalation()
    for party in payload["data"]["parties"]:
        party["role"] = role
    with pytest.raises(Invalid) as caught:
        validate(payload)
    assert [field.message for field in caught.value.fields] == [
        "There must be exactly one claimant",
        "There must be exactly one respondent",
    ]


def test_a_representative_says_whom_they_represent() -> None:
    payload = escalation()
    payload["data"]["parties"].append({"role": "representative", "platform_user_id": "r-1"})
    assert set(errors(payload)) == {"data.parties[2].represents"}
    payload["data"]["parties"][2]["represents"] = "claimant"
    validate(payload)


def test_each_side_has_at_most_one_representative() -> None:
    payload = escalation()
    payload["data"]["parties"] += [
        {"role": "representative", "platform_user_id": f"r-{number}", "represents": side}
        for number, side in enumerate(("claimant", "respondent"))
    ]
    validate(payload)
    payload["data"]["parties"].append({**payload["data"]["parties"][3], "platform_user_id": "r-2"})
    assert errors(payload) == {
        "data.parties[4].represents": "There is another representative of the respondent",
    }


def test_two_items_of_evidence_never_share_an_id() -> None:
    payload = escalation()
    payload["data"]["evidence"] = [evidence("e-1"), evidence("e-2"), evidence("e-1")]
    assert errors(payload) == {"data.evidence[2].evidence_id": "e-1 stands twice"}


def test_evidence_comes_by_url_or_inline_and_not_without() -> None:
    payload = escalation()
    del payload["data"]["evidence"][0]["inline"]
    assert errors(payload) == {"data.evidence[0]": "Give either url or inline"}


def test_inline_evidence_ends_at_256_kib_and_a_hundred_items() -> None:
    payload = escalation()
    payload["data"]["evidence"] = [evidence(f"e-{n}", b"x") for n in range(100)]
    payload["data"]["evidence"][0] = evidence("e-0", bytes(256 * 1024))
    validate(payload)
    payload["data"]["evidence"][0] = evidence("e-0", bytes(256 * 1024 + 1))
    assert errors(payload) == {"data.evidence[0].inline": "More than 262144 bytes: send it by url"}
    payload["data"]["evidence"] = [evidence(f"e-{n}", b"x") for n in range(101)]
    assert errors(payload) == {"data.evidence": "List should have at most 100 items after validation, not 101"}


def test_a_settlement_needs_both_sides() -> None:
    payload = event(
        "settlement.reported",
        agreed_at="2026-11-22T09:00:00+08:00",
        agreed_by=["claimant", "claimant"],
        text="和解",
        terms=[{"remedy": "refund_full", "amount_minor": 1, "currency": "CNY"}],
    )
    assert errors(payload) == {"data.agreed_by": "A settlement needs both claimant and respondent"}


def test_tens_of_thousands_of_errors_are_cut_to_a_hundred_with_short_paths() -> None:
    payload = {**escalation(), **{f"{n}{'x' * 1000}": 1 for n in range(15_000)}}
    with pytest.raises(Invalid) as caught:
        validate(payload)
    assert len(caught.value.fields) == 101
    assert caught.value.fields[-1] == FieldError("", "and 14900 more errors")
    assert max(len(field.path) + len(field.message) for field in caught.value.fields) < 300


def test_errors_of_a_translated_payload_stand_under_both_paths() -> None:
    payload = escalation()
    drop("data.order.amount_minor")(payload)
    put("data.goods[0].quantity", 0)(payload)
    translation = Translation(
        payload,
        {"data.order.amount_minor": "orderInfo.payAmount", "data.goods[0].quantity": "orderInfo.goodsList[0].num"},
        (FieldError("data.order.amount_minor", "Not an amount"), FieldError("extra", "Unknown field")),
    )
    assert errors(translation) == {
        "orderInfo.payAmount (data.order.amount_minor)": "Not an amount",
        "extra": "Unknown field",
        "orderInfo.goodsList[0].num (data.goods[0].quantity)": "Input should be greater than or equal to 1",
    }


def test_a_translation_with_problems_is_refused_even_if_its_payload_is_valid() -> None:
    assert errors(Translation(escalation(), {}, (FieldError("extra", "Unknown field"),))) == {"extra": "Unknown field"}


def test_the_schema_names_every_event_and_forbids_what_it_does_not_name() -> None:
    schema = json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(EVENT_TYPES)
    objects = [part for part in schema["$defs"].values() if part["type"] == "object"]
    assert len(objects) > 20
    assert all(part["additionalProperties"] is False for part in objects)
    assert schema["$defs"]["Order"]["properties"]["paid_at"]["format"] == "date-time"
    assert json.loads(json.dumps(schema)) == schema
