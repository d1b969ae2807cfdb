"""The interface of a merchant's check endpoint: what it answers about a key or account, and what is signed of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ValidationError

from arbitration.domain.errors import Invalid
from arbitration.domain.manifest import Outcome
from arbitration.domain.strict_json import Malformed, read_json
from arbitration.domain.wire import FROM_TEXT, Instant, Line, Wire

MAX_ANSWER_BYTES = 16 * 1024


class Status(StrEnum):
    """Whether a key or account works, as its merchant's system has it."""

    WORKING = "working"
    NOT_WORKING = "not_working"
    UNKNOWN = "unknown"


class EndpointAnswer(Wire):
    """What an endpoint answers; `since` is when the status began, where it knows."""

    status: Annotated[Status, FROM_TEXT]
    since: Instant | None = None
    note: Line | None = None


OUTCOMES = {
    Status.WORKING: (Outcome.CONFIRMED, "商家系统称其可用。", "The merchant's system says that it works."),
    Status.NOT_WORKING: (Outcome.REFUTED, "商家系统称其不可用。", "The merchant's system says that it does not work."),
    Status.UNKNOWN: (Outcome.INCONCLUSIVE, "商家系统无此记录。", "The merchant's system does not know it."),
}


def read_answer(raw: bytes) -> EndpointAnswer:
    """The answer that *raw* is. Raises Invalid for whatever the interface does not have."""
    if len(raw) > MAX_ANSWER_BYTES:
        raise Invalid("The endpoint's answer is too large.")
    try:
        return EndpointAnswer.model_validate(read_json(raw))
    except (Malformed, ValidationError) as problem:
        raise Invalid("The endpoint's answer is not that of the interface: status, since, note.") from problem


def masked(reference: str) -> str:
    """A key or account as it may be shown: its two ends, and nothing of a short one."""
    return f"{reference[:2]}****{reference[-2:]}" if len(reference) >= 12 else "****"


def payload(
    case_no: str, sample: str, report: str, begun_at: datetime, ended_at: datetime, answer: EndpointAnswer
) -> dict[str, Any]:
    """What the office signs of an answer; *sample* and *report* are hex SHA-256."""
    outcome, zh, en = OUTCOMES[answer.status]
    return {
        "v": 1,
        "matter": {"case": case_no},
        "samples": [{"sha256": sample}],
        "method": "GET of the check endpoint that the merchant declared, on a host of its platform's allow-list.",
        "tool": {"name": "arbitration endpoint check", "version": "1"},
        "times": {
            "sample_received_at": begun_at.isoformat(),
            "begun_at": begun_at.isoformat(),
            "ended_at": ended_at.isoformat(),
        },
        "finding": {"outcome": outcome, "zh": zh, "en": en},
        "conflict": {"interests": "none"},
        "report": {"file_name": "endpoint-check.json", "sha256": report},
    }
