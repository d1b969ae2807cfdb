"""Each dialect turns its fixtures into `escalation.v1`, and its errors speak of the sender's own fields.

The fixtures of a dialect are `dialects/NAME/*.json` beside this file, each with the `.expected.json` it becomes.
"""

import copy
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arbitration.adapters.dialects import InstalledDialects
from arbitration.adapters.dialects.kami_flat import EVENTS, TABLES
from arbitration.adapters.translation import epoch_ms, flag, percent, whole, yuan
from arbitration.domain.errors import Invalid, NotFound
from arbitration.domain.intake import read_json, validate

FIXTURES = Path(__file__).parent / "dialects"
DIALECTS = InstalledDialects()
SAMPLES = sorted(path for path in FIXTURES.glob("*/*.json") if not path.name.endswith(".expected.json"))


def sample(name: str, event: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((FIXTURES / name / f"{event}.json").read_bytes())
    return payload


def errors(name: str, payload: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        validate(DIALECTS.translate(name, payload))
    return {field.path: field.message for field in caught.value.fields}


def test_every_dialect_has_fixtures_and_every_folder_of_fixtures_a_dialect() -> None:
    assert {path.parent.name for path in SAMPLES} == set(DIALECTS.names())
    assert set(DIALECTS.names()) >= {"canonical", "kami_flat"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_fixture_becomes_exactly_what_is_expected_and_is_valid(path: Path) -> None:
    translation = DIALECTS.translate(path.parent.name, read_json(path.read_bytes()))
    assert translation.problems == ()
    assert translation.payload == json.loads(path.with_suffix(".expected.json").read_bytes())
    validate(translation)


def test_an_unknown_dialect_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="canonical, kami_flat"):
        DIALECTS.translate("klingon", {})


def test_translating_leaves_the_payload_as_it_was() -> None:
    payload = sample("kami_flat", "escalate")
    before = copy.deepcopy(payload)
    DIALECTS.translate("kami_flat", payload)
    assert payload == before


def test_every_event_of_kami_flat_has_a_table_and_a_fixture() -> None:
    assert set(TABLES) == set(EVENTS)
    assert {sample("kami_flat", path.stem)["eventType"] for path in SAMPLES if path.parent.name == "kami_flat"} == set(
        EVENTS
    )


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (
            "orderInfo.payAmount",
            "239.905",
            {"orderInfo.payAmount (data.order.amount_minor)": 'Not an amount in yuan as text, such as "39.90"'},
        ),
        ("orderInfo.payAmount", None, {"orderInfo.payAmount (data.order.amount_minor)": "Field required"}),
        (
            "orderInfo.goodsList[1].num",
            "0",
            {"orderInfo.goodsList[1].num (data.goods[1].quantity)": "Input should be greater than or equal to 1"},
        ),
        (
            "attachments[0].sha256",
            "abc",
            {"attachments[0].sha256 (data.evidence[0].sha256)": "64 lower-case hexadecimal digits"},
        ),
        (
            "applyTime",
            "2026-11-20",
            {"applyTime (data.dispute.opened_at)": "Not a time in milliseconds since 1970"},
        ),
        ("applyTime", 1000, {"applyTime (data.dispute.opened_at)": "Not a time from 2000 to 2099"}),
        ("sellerBadRate", "0.018", {"sellerBadRate (data.parties[1].merchant.negative_rate)": None}),
        ("reasonCode", "不想要了", {"reasonCode (data.dispute.reason)": None}),
        ("escalateBy", "SYSTEM", {"escalateBy (data.dispute.escalated_by)": None}),
        ("eventType", "DISPUTE_OPEN", {"eventType (type)": None}),
        ("eventType", None, {"eventType (type)": "Field required"}),
        ("orderInfo", "x", None),
        ("demands", {"type": "退押金"}, None),
        ("serviceLogs", [{}] * 501, {"serviceLogs (data.handling_history)": "Input should be a list of at most 500"}),
        ("surprise", 1, {"surprise": "Unknown field"}),
        ("orderInfo.goodsList[0].surprise", 1, {"orderInfo.goodsList[0].surprise": "Unknown field"}),
        ("platformResult.surprise", 1, {"platformResult.surprise": "Unknown field"}),
        ("serviceLogs[1]", "x", None),
        ("buyerId", None, {"buyerId (data.parties[0].platform_user_id)": "Field required"}),
        ("agreement", None, {"agreement.version (data.consents.rules_version_accepted)": "Field required"}),
    ],
)
def test_an_error_names_the_senders_field_and_ours(path: str, value: object, error: dict[str, Any] | None) -> None:
    payload = sample("kami_flat", "escalate")
    target: Any = payload
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]
    for part in parents:
        target = target[part]
    target[last] = value
    found = errors("kami_flat", payload)
    if error is None:
        assert any(place.startswith(path) for place in found)
        return
    assert set(found) == set(error)
    assert all(message is None or found[place] == message for place, message in error.items())


@pytest.mark.parametrize("payload", [None, [], "x", 3])
def test_what_is_no_object_is_left_to_validation(payload: object) -> None:
    assert errors("kami_flat", payload) == {"": "Input should be an object"}


def test_an_empty_event_is_told_every_required_field_by_the_senders_name() -> None:
    found = errors("kami_flat", {"eventType": "DISPUTE_ESCALATE"})
    assert "orderInfo.payAmount (data.order.amount_minor)" in found
    assert "disputeNo (data.dispute.platform_dispute_id)" in found
    assert "orderInfo.escrowStatus (data.order.payment.escrow_state)" in found
    assert "demands (data.dispute.claims)" in found
    assert "orderInfo.goodsList (data.goods)" in found
    assert "sellerId (data.parties[1].platform_user_id)" in found
    assert set(found.values()) == {"Field required"}


@pytest.mark.parametrize(
    ("convert", "good", "bad"),
    [
        (yuan, {"0": 0, "39.9": 3990, "39.90": 3990, "200": 20000, "999999999.99": 99_999_999_999},
         ["", "-1", "1,000.00", "39.905", "３９", ".5", "5.", "1e3", "39.90\n", 39.9, 39, None, True]),
        (whole, {"72": 72, "007": 7}, ["", "-1", "7.0", "７", " 7", "1" * 10, 7.0, True, None]),
        (flag, {}, ["1", True, 2, None, [], 0.5]),
        (percent, {"1.8%": 0.018, "0%": 0.0, "100%": 1.0}, ["1.8", "１%", "-1%", "%", 0.018, None]),
        (epoch_ms, {}, ["1795226405000", -1, 1.5, True, 2**42, None]),
    ],
)  # fmt: skip
def test_a_conversion_takes_its_own_spelling_and_no_other(
    convert: Callable[[object], object], good: dict[str, object], bad: list[object]
) -> None:
    assert {text: convert(text) for text in good} == good
    for value in bad:
        with pytest.raises(ValueError):
            convert(value)


def test_milliseconds_keep_their_fraction() -> None:
    assert epoch_ms(1795226405250) == "2026-11-21T02:00:05.250000+00:00"
    assert (flag(0), flag(1)) == (False, True)
    assert whole(7) == 7


ODD: list[Any] = [None, True, 0, -1, 2**63 - 1, 1.5, "", "x", "\ud800", [], {}, [[]], {"a": 1}, [None] * 600, "BUYER"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for key, item in items for place in places(item, (*path, key)))]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_odd_value_at_any_place_is_accepted_or_refused_with_reasons(path: Path) -> None:
    chance = random.Random(path.name)
    for place in places(json.loads(path.read_bytes())):
        payload = json.loads(path.read_bytes())
        target = payload
        for part in place[:-1]:
            target = target[part]
        target[place[-1]] = chance.choice(ODD)
        try:
            validate(DIALECTS.translate(path.parent.name, payload))
        except Invalid as refused:
            told = refused.fields
        else:
            continue
        assert told
        assert all(field.message for field in told)
