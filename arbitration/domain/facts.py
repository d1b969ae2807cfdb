"""The facts of a case: what is said of each, by whom, and whether it stands; and how values are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import cast

from arbitration.domain.clauses import Enumeration
from arbitration.domain.evaluation import Value
from arbitration.domain.expressions import LONG_AGO, NEVER
from arbitration.domain.quantities import quantity

BEIJING = timezone(timedelta(hours=8))
"""China keeps one civil time, without summer time."""

_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", re.ASCII)
_TRUTHS = {"true": True, "false": False}
_INSTANTS = {"never": NEVER, "long_ago": LONG_AGO}
_SECONDS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


class Status(StrEnum):
    """How far a fact stands. What is asserted and not contested stands provisionally."""

    ASSERTED = "asserted"
    DISPUTED = "disputed"
    ADMITTED = "admitted"
    FOUND = "found"
    NOT_FOUND = "not_found"


STANDING = frozenset({Status.ASSERTED, Status.ADMITTED, Status.FOUND})
"""With these a fact counts with its value; otherwise it is unknown, and the burden of proof decides."""


@dataclass(frozen=True)
class Stated:
    """One fact as a case has it. `source` says where it comes from: a field of the escalation, an item, a person."""

    fact: str
    value: Value
    status: Status
    source: str = ""

    @property
    def stands(self) -> bool:
        """Whether it counts with its value."""
        return self.status in STANDING and self.value is not None


Record = Mapping[str, Stated]
"""What a case knows of each fact; one that is not there is unknown, never nought."""


def known_values(record: Record) -> dict[str, Value]:
    """The values that count."""
    return {name: stated.value for name, stated in record.items() if stated.stands}


def read_value(kind: str, text: str, enums: Mapping[str, Enumeration]) -> Value:
    """The value that *text* writes for a fact of this type; None if it writes none.

    Times are Beijing's where they name no zone: `2026-03-01 10:00`, `never`, `long_ago`. Durations `72h`, money
    `CNY 49.90`, truths `true`, words of an enumeration as they are, lists as words with commas or `none`.
    """
    if kind == "bool":
        return _TRUTHS.get(text)
    if kind == "instant":
        return _INSTANTS[text] if text in _INSTANTS else _instant(text)
    if kind == "text":
        return text or None
    if kind.startswith("list["):
        words = [] if text == "none" else [each.strip() for each in text.split(",")]
        return frozenset(words) if all(word in enums[kind[5:-1]] for word in words) else None
    if kind in enums:
        return text if text in enums[kind] else None
    read = quantity(text)
    return read.amount if read is not None and read.type == kind else None


def _instant(text: str) -> int | None:
    try:
        if _LOCAL.fullmatch(text):
            return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp())
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return int(moment.timestamp()) if moment.tzinfo is not None else None


def write_value(kind: str, value: Value) -> str:
    """The text that `read_value` reads back as *value*, which is known."""
    if kind == "bool":
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, str):
        return value
    number = cast(int, value)
    if kind == "instant":
        return _write_instant(number)
    if kind == "money":
        yuan, fen = divmod(number, 100)
        return f"CNY {yuan}.{fen:02}" if fen else f"CNY {yuan}"
    if kind == "duration":
        return next(f"{number // size}{unit}" for unit, size in _SECONDS if number % size == 0)
    return str(number)


def _write_instant(seconds: int) -> str:
    if seconds >= NEVER:
        return "never"
    if seconds <= LONG_AGO:
        return "long_ago"
    return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
