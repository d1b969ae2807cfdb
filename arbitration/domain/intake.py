"""The door's reading of a webhook: strict JSON, the fields of `escalation.v1`, and the rules that join them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from arbitration.domain.errors import FieldError, Invalid, Refused
from arbitration.domain.escalation import (
    EVENT_TYPES,
    DisputeEscalated,
    DisputeWithdrawn,
    Envelope,
    EscalatedData,
    Evidence,
    EvidenceAdded,
    Goods,
    HistoryEntry,
    Party,
    RemedyExecuted,
    SettlementReported,
)
from arbitration.domain.strict_json import Malformed, json_path, read_json
from arbitration.domain.translation import Translation
from arbitration.domain.vocabulary import Actor, Category, PartyRole, Side
from arbitration.domain.wire import MAX_INLINE_BYTES, PATTERN_WORDS

__all__ = ["BadSignature", "Malformed", "Translation", "json_path", "json_schema", "read_json", "validate"]

MAX_ERRORS = 100
"""Errors told in one answer: more help nobody, and a hostile body has tens of thousands."""
CLOCK_SKEW = timedelta(minutes=5)
"""How far a platform's clocks may disagree with each other: the tolerance of its signature's timestamp."""

SERVICES = frozenset({Category.TOPUP, Category.BOOSTING_SERVICE})
KEYS = frozenset({Category.LICENSE_KEY, Category.GIFT_CARD})
ACCOUNTS = frozenset({Category.ACCOUNT_RENTAL, Category.ACCOUNT_SALE})

_WORDS = {
    "extra_forbidden": "Unknown field",
    "model_attributes_type": "Input should be an object",
    "model_type": "Input should be an object",
    "union_tag_invalid": f"Input should be one of {', '.join(EVENT_TYPES)}",
    "union_tag_not_found": "Field required",
}
_ADAPTER: TypeAdapter[Envelope] = TypeAdapter(Annotated[Envelope, Field(discriminator="type")])


class BadSignature(Refused):
    """The webhook is not proven to be from this platform, or not from now (HTTP 401). The message tells no secret."""

    code = "bad_signature"


def validate(payload: object) -> Envelope:
    """The event that *payload* means: what `read_json` gave, or the `Translation` that a dialect made of it.

    All times are aware UTC, all money is in minor units. Raises `Invalid` naming every wrong field by its path, as
    `theirs (ours)` where a dialect has another name for it. Sources: domain.md §5, contract.md §4.
    """
    translation = payload if isinstance(payload, Translation) else Translation(payload)
    errors: list[FieldError] = list(translation.problems)
    event: Envelope | None = None
    try:
        event = _ADAPTER.validate_python(translation.payload)
    except ValidationError as refused:
        known = {problem.path for problem in translation.problems}
        errors += [error for error in _field_errors(refused) if error.path not in known]
    if event is not None:
        errors += _joint_errors(event)
    if event is None or errors:
        told = _in_their_words(errors, translation.paths)
        raise Invalid(_summary(told), told)
    return event


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of `escalation.v1` (single fields; the rules that join them are in words)."""
    schema = _ADAPTER.json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "escalation.v1", **schema}


def _field_errors(refused: ValidationError) -> Iterator[FieldError]:
    for error in refused.errors(include_url=False, include_input=False):
        # The first part of a place names the member of the union, the event's type: it is not part of the path.
        place = error["loc"][1:] or (("type",) if error["type"].startswith("union_tag") else ())
        yield FieldError(json_path(place), _words(error["type"], error.get("ctx", {}), error["msg"]))


def _words(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch":
        return PATTERN_WORDS.get(context["pattern"], message)
    return _WORDS.get(kind, message).removeprefix("Value error, ")


def _summary(errors: Sequence[FieldError]) -> str:
    first = errors[0]
    place = f"{first.path}: " if first.path else ""
    return f"{place}{first.message}" + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else "")


def _in_their_words(errors: Iterable[FieldError], paths: Mapping[str, str]) -> tuple[FieldError, ...]:
    told = list(errors)
    cut = [FieldError("", f"and {len(told) - MAX_ERRORS} more errors")] if len(told) > MAX_ERRORS else []
    return tuple(FieldError(_both_paths(error.path, paths), error.message) for error in told[:MAX_ERRORS]) + tuple(cut)


def _both_paths(ours: str, paths: Mapping[str, str]) -> str:
    theirs = paths.get(ours, ours)
    return ours if theirs == ours else f"{theirs} ({ours})"


def _joint_errors(event: Envelope) -> Iterator[FieldError]:
    """What single fields cannot show: order of times, who takes part, what goes with what."""
    latest = event.timestamp + CLOCK_SKEW
    match event:
        case DisputeEscalated(data=data):
            yield from _dispute_errors(data, latest)
            yield from _party_errors(data.parties)
            for number, goods in enumerate(data.goods):
                yield from _goods_errors(goods, f"data.goods[{number}]")
            yield from _history_errors(data.handling_history, latest)
            yield from _evidence_errors(data.evidence, latest)
        case EvidenceAdded(data=data):
            yield from _evidence_errors(data.evidence, latest)
        case RemedyExecuted(data=data):
            yield from _not_after(data.executed_at, latest, "data.executed_at")
            yield from _evidence_errors(data.evidence, latest)
        case SettlementReported(data=data):
            yield from _not_after(data.agreed_at, latest, "data.agreed_at")
            if set(data.agreed_by) != set(Side):
                yield FieldError("data.agreed_by", "A settlement needs both claimant and respondent")
        case DisputeWithdrawn(data=data):
            yield from _not_after(data.withdrawn_at, latest, "data.withdrawn_at")
        case updated:
            yield from _history_errors(updated.data.handling_history, latest)


def _dispute_errors(data: EscalatedData, latest: datetime) -> Iterator[FieldError]:
    dispute, order = data.dispute, data.order
    yield from _not_after(dispute.escalated_at, latest, "data.dispute.escalated_at")
    if dispute.opened_at > dispute.escalated_at:
        yield FieldError("data.dispute.opened_at", "Later than escalated_at")
    if order.created_at > order.paid_at:
        yield FieldError("data.order.created_at", "Later than paid_at")
    if order.paid_at > dispute.opened_at:
        yield FieldError("data.order.paid_at", "Later than the dispute's opened_at")
    if order.delivered_at is not None and order.delivered_at < order.created_at:
        yield FieldError("data.order.delivered_at", "Earlier than created_at")
    if dispute.escalated_by is Actor.SYSTEM:
        yield FieldError("data.dispute.escalated_by", "Input should be 'claimant', 'respondent' or 'platform'")
    if dispute.platform_dispute_id in dispute.linked_disputes:
        yield FieldError("data.dispute.linked_disputes", "A dispute is not linked to itself")


def _party_errors(parties: Sequence[Party]) -> Iterator[FieldError]:
    for role in (PartyRole.CLAIMANT, PartyRole.RESPONDENT):
        if sum(party.role is role for party in parties) != 1:
            yield FieldError("data.parties", f"There must be exactly one {role}")
    for number, party in enumerate(parties):
        path = f"data.parties[{number}]"
        if (party.role is PartyRole.REPRESENTATIVE) != (party.represents is not None):
            yield FieldError(f"{path}.represents", "Goes with the role representative, and only with it")
        if party.contact and (party.contact.email is None) == (party.contact.relay_token is None):
            yield FieldError(f"{path}.contact", "Give either email or relay_token")
    represented: set[Side] = set()
    for number, party in enumerate(parties):
        if party.represents in represented:
            yield FieldError(
                f"data.parties[{number}].represents", f"There is another representative of the {party.represents}"
            )
        if party.represents is not None:
            represented.add(party.represents)


def _goods_errors(goods: Goods, path: str) -> Iterator[FieldError]:
    for name, details, categories in (
        ("service", goods.service, SERVICES),
        ("keys", goods.keys, KEYS),
        ("account", goods.account, ACCOUNTS),
    ):
        if details is not None and goods.category not in categories:
            yield FieldError(f"{path}.{name}", f"Does not go with the category {goods.category}")
    period = goods.account.period if goods.account else None
    if period and period.ends_at <= period.starts_at:
        yield FieldError(f"{path}.account.period.ends_at", "Not later than starts_at")


def _history_errors(history: Sequence[HistoryEntry], latest: datetime) -> Iterator[FieldError]:
    earlier: HistoryEntry | None = None
    for number, entry in enumerate(history):
        path = f"data.handling_history[{number}].at"
        if earlier is not None and entry.at < earlier.at:
            yield FieldError(path, "Earlier than the entry before it")
        yield from _not_after(entry.at, latest, path)
        earlier = entry


def _evidence_errors(items: Sequence[Evidence], latest: datetime) -> Iterator[FieldError]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        path = f"data.evidence[{number}]"
        if item.evidence_id in seen:
            yield FieldError(f"{path}.evidence_id", f"{item.evidence_id} stands twice")
        seen.add(item.evidence_id)
        if (item.url is None) == (item.inline is None):
            yield FieldError(path, "Give either url or inline")
        if _decoded_size(item.inline or "") > MAX_INLINE_BYTES:
            yield FieldError(f"{path}.inline", f"More than {MAX_INLINE_BYTES} bytes: send it by url")
        yield from _not_after(item.captured_at, latest, f"{path}.captured_at")


def _decoded_size(base64: str) -> int:
    return len(base64) // 4 * 3 - base64[-2:].count("=")


def _not_after(instant: datetime, latest: datetime, path: str) -> Iterator[FieldError]:
    if instant > latest:
        yield FieldError(path, "Later than the event's own timestamp")
