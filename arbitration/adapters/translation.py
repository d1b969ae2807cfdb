"""Tables that turn a platform's own JSON into `escalation.v1` and remember where each value came from."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from arbitration.domain.errors import FieldError
from arbitration.domain.strict_json import json_path
from arbitration.domain.translation import Translation

MAX_ITEMS = 500
"""The longest list of objects that `escalation.v1` takes; longer ones are refused before they are walked."""

Part = str | int
Convert = Callable[[Any], object]
"""From their value to ours. Raises `ValueError` with a message for the sender."""


def as_is(value: object) -> object:
    """Same meaning and type in both shapes: strict validation judges it afterwards."""
    return value


@dataclass(frozen=True)
class Take:
    """One value. `needed`: the objects around it are made even without it, so that its absence is named here."""

    theirs: str
    ours: str
    convert: Convert = as_is
    needed: bool = False


@dataclass(frozen=True)
class Each:
    """A list of objects; the paths of *rows* are relative to one of them."""

    theirs: str
    ours: str
    rows: Sequence["Row"]


@dataclass(frozen=True)
class Always:
    """A value that their shape implies and ours states."""

    ours: str
    value: object


Row = Take | Each | Always


def translated(rows: Sequence[Row], payload: dict[str, Any]) -> Translation:
    """*payload* in our shape. Whatever *rows* do not name is a problem, as an unknown field is in our own shape."""
    work = _Work()
    work.fill(rows, payload, (), ())
    work.find_unknown(_known(rows), payload, ())
    return Translation(work.payload, work.paths, tuple(work.problems))


class _Work:
    def __init__(self) -> None:
        self.payload: dict[str, Any] = {}
        self.paths: dict[str, str] = {}
        self.problems: list[FieldError] = []

    def fill(self, rows: Sequence[Row], source: object, theirs: tuple[Part, ...], ours: tuple[Part, ...]) -> None:
        for row in rows:
            target = ours + _parts(row.ours)
            if isinstance(row, Always):
                self._place(target, row.value)
                continue
            place = theirs + _parts(row.theirs)
            self.paths[json_path(target)] = json_path(place)
            value = _dig(source, _parts(row.theirs))
            if isinstance(row, Each):
                self._each(row, value, place, target)
            elif value is not None:
                self._take(row, value, target)
            elif row.needed:
                self._container(target)

    def _take(self, row: Take, value: object, target: tuple[Part, ...]) -> None:
        try:
            self._place(target, row.convert(value))
        except ValueError as error:
            self.problems.append(FieldError(json_path(target), str(error)))
            if row.needed:
                self._container(target)

    def _each(self, row: Each, value: object, place: tuple[Part, ...], target: tuple[Part, ...]) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            self.problems.append(FieldError(json_path(target), "Input should be a list"))
            return
        if len(value) > MAX_ITEMS:
            self.problems.append(FieldError(json_path(target), f"List should have at most {MAX_ITEMS} items"))
            return
        self._place(target, [])
        for number, item in enumerate(value):
            self._place((*target, number), {})
            self.paths[json_path((*target, number))] = json_path((*place, number))
            self.fill(row.rows, item, (*place, number), (*target, number))

    def _place(self, target: tuple[Part, ...], value: object) -> None:
        container = self._container(target)
        last = target[-1]
        if isinstance(container, list):
            container.append(value)
        else:
            container[last] = value

    def _container(self, target: tuple[Part, ...]) -> Any:
        """The object or list that holds *target*, made on the way where it is not there yet."""
        at: Any = self.payload
        for part, following in pairwise(target):
            if isinstance(part, int):
                if part == len(at):
                    at.append({})
                at = at[part]
            else:
                at = at.setdefault(part, [] if isinstance(following, int) else {})
        return at

    def find_unknown(self, known: Mapping[str, Any], source: object, theirs: tuple[Part, ...]) -> None:
        if not isinstance(source, dict):
            self.problems.append(FieldError(json_path(theirs), "Input should be an object"))
            return
        for key, value in source.items():
            if key not in known:
                self.problems.append(FieldError(json_path((*theirs, key)), "Unknown field"))
            elif value is None or not known[key]:
                continue
            elif _ITEM in known[key]:
                for number, item in enumerate(value if isinstance(value, list) else ()):
                    self.find_unknown(known[key][_ITEM], item, (*theirs, key, number))
            else:
                self.find_unknown(known[key], value, (*theirs, key))


_ITEM = "[]"


def _known(rows: Sequence[Row]) -> dict[str, Any]:
    """The keys that *rows* read, as a tree; what stands under a list hangs under `[]`."""
    tree: dict[str, Any] = {}
    for row in rows:
        if isinstance(row, Always):
            continue
        at = tree
        for part in _parts(row.theirs):
            at = at.setdefault(str(part), {})
        if isinstance(row, Each):
            at[_ITEM] = _known(row.rows)
    return tree


@cache
def _parts(path: str) -> tuple[Part, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in re.findall(r"\w+", path))


def _dig(source: object, parts: Sequence[Part]) -> Any:
    """The value at *parts*, or None where there is none; null counts as none."""
    for part in parts:
        if not isinstance(source, dict):
            return None
        source = source.get(part)
    return source


# What platforms commonly write differently

_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def yuan(value: object) -> int:
    """`"39.90"` as 3990 fen."""
    found = _YUAN.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('Not an amount in yuan as text, such as "39.90"')
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def epoch_ms(value: object) -> str:
    """Milliseconds since 1970 as ISO 8601 in UTC."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**42:
        raise ValueError("Not a time in milliseconds since 1970")
    return (_EPOCH + timedelta(milliseconds=value)).isoformat()


def whole(value: object) -> int:
    """`"72"` or 72 as 72."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("Not a whole number")


def flag(value: object) -> bool:
    """0 and 1 as no and yes."""
    if isinstance(value, bool) or value not in (0, 1):
        raise ValueError("Not 0 or 1")
    return value == 1


def percent(value: object) -> float:
    """`"1.8%"` as 0.018."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?%", value):
        raise ValueError('Not a percentage such as "1.8%"')
    return round(float(value[:-1]) / 100, 6)


def one_of(words: Mapping[str, str]) -> Convert:
    """Their code for ours; an unknown one is answered with the list."""

    def convert(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"Input should be one of {', '.join(words)}")
        return words[value]

    return convert
