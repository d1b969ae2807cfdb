"""Whatever is posted, the answer is an event or a refusal with reasons, never another exception."""

import copy
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.domain.errors import Invalid
from arbitration.domain.intake import Malformed, read_json, validate
from tests.domain.escalations import escalation

ODD: list[Any] = [
    None, True, 0, -1, 2**63 - 1, 1.5, "", "x", "\ud800", "\0", "x" * 30_000, "2026-11-21T10:00:05Z", [], {}, [[]],
    {"type": "x"}, [None] * 600, {"": ""}, "CNY", "claimant", "9999-12-31T23:59:59-23:59",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


PLACES = places(escalation())


def mutant(steps: list[tuple[int, Any]]) -> Any:
    """The sample with the value at each chosen place replaced; places that an earlier step removed are passed over."""
    holder: dict[str, Any] = {"root": escalation()}
    for chosen, value in steps:
        target: Any = holder
        *parents, last = ("root", *PLACES[chosen % len(PLACES)])
        try:
            for part in parents:
                target = target[part]
            if isinstance(target, dict | list):
                target[last] = copy.copy(value)
        except (KeyError, IndexError, TypeError):
            continue
    return holder["root"]


def accept_or_refuse(payload: object) -> bool:
    try:
        envelope = validate(payload)
    except Invalid as error:
        refused = error
    else:
        assert all("\0" not in item and "\x1b" not in item for item in strings(envelope.model_dump()))
        return True
    assert refused.fields
    assert all(field.message for field in refused.fields)
    assert len(refused.message) < 2_000
    return False


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


STEPS = st.lists(st.tuples(st.integers(0, len(PLACES) - 1), st.sampled_from(ODD) | st.text()), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_a_mutated_escalation_is_accepted_or_refused_with_reasons(steps: list[tuple[int, Any]]) -> None:
    accept_or_refuse(mutant(steps))


@pytest.mark.long
def test_ten_thousand_mutated_escalations_are_accepted_or_refused_with_reasons() -> None:
    random_steps = random.Random(20261122)
    accepted = 0
    for _ in range(10_000):
        steps = [
            (random_steps.randrange(len(PLACES)), random_steps.choice(ODD)) for _ in range(random_steps.randint(1, 4))
        ]
        accepted += accept_or_refuse(mutant(steps))
    assert 0 < accepted < 5_000


@pytest.mark.long
def test_ten_thousand_bodies_with_bytes_changed_are_accepted_or_refused() -> None:
    random_bytes = random.Random(20261122)
    raw = json.dumps(escalation(), ensure_ascii=False).encode()
    for _ in range(10_000):
        body = bytearray(raw)
        for _ in range(random_bytes.randint(1, 3)):
            body[random_bytes.randrange(len(body))] = random_bytes.randrange(256)
        with suppress(Malformed):
            accept_or_refuse(read_json(bytes(body)))
