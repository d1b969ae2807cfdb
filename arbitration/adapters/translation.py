"""Tables that turn a platform's own JSON into `escalation.v1` and remember where each value came from."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from arbitration.domain.errors import FieldError
from arbitration.domain.strict_json import json_path
from arbitration.domain.translation import Translation

MAX_ITEMS = 500
"""The longest list of objects that `escalation.v1` takes; longer ones are refused before they are walked."""

Place = tuple[str | int, ...]
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


class Table:
    """Rows made ready once: reading a payload then costs a few steps for each value."""

    def __init__(self, *rows: Row) -> None:
        self._always = [(_parts(row.ours), row.value) for row in rows if isinstance(row, Always)]
        self._takes = [(_parts(row.theirs), _parts(row.ours), row) for row in rows if isinstance(row, Take)]
        self._lists = [
            (_parts(row.theirs), _parts(row.ours), Table(*row.rows)) for row in rows if isinstance(row, Each)
        ]
        self._known: dict[str, Any] = {}
        for theirs, _, below in [*((theirs, ours, None) for theirs, ours, _ in self._takes), *self._lists]:
            _remember(self._known, theirs, below)

    def translate(self, payload: dict[str, Any]) -> Translation:
        """*payload* in our shape. What the rows do not name is a problem, as an unknown field is in our own shape."""
        problems: list[FieldError] = []
        translated: dict[str, Any] = {}
        self._fill(translated, payload, (), problems)
        self._find_unknown(payload, (), problems)
        return Translation(translated, Paths(lambda: self._paths(payload, (), ())), tuple(problems))

    def _fill(self, into: dict[str, Any], source: object, at: Place, problems: list[FieldError]) -> None:
        """Write our values *into* the object that stands at our place *at*."""
        for ours, constant in self._always:
            _container(into, ours)[ours[-1]] = constant
        for theirs, ours, row in self._takes:
            value = _dig(source, theirs)
            if value is None and not row.needed:
                continue
            target = _container(into, ours)
            if value is not None:
                try:
                    target[ours[-1]] = row.convert(value)
                except ValueError as error:
                    problems.append(FieldError(json_path(at + ours), str(error)))
        for theirs, ours, below in self._lists:
            items = _dig(source, theirs)
            if isinstance(items, list) and len(items) <= MAX_ITEMS:
                filled: list[dict[str, Any]] = [{} for _ in items]
                _container(into, ours)[ours[-1]] = filled
                for number, (entry, item) in enumerate(zip(filled, items, strict=True)):
                    below._fill(entry, item, (*at, *ours, number), problems)
            elif items is not None:
                problems.append(FieldError(json_path(at + ours), f"Input should be a list of at most {MAX_ITEMS}"))

    def _find_unknown(self, source: object, place: Place, problems: list[FieldError]) -> None:
        _find_unknown(self._known, source, place, problems)

    def _paths(self, source: object, at: Place, place: Place) -> Iterator[tuple[str, str]]:
        """Our path and theirs, for every value that is there or might be."""
        for theirs, ours, _ in self._takes:
            yield json_path(at + ours), json_path(place + theirs)
        for theirs, ours, below in self._lists:
            yield json_path(at + ours), json_path(place + theirs)
            items = _dig(source, theirs)
            for number, item in enumerate(items[:MAX_ITEMS] if isinstance(items, list) else ()):
                ours_item, theirs_item = (*at, *ours, number), (*place, *theirs, number)
                yield json_path(ours_item), json_path(theirs_item)
                yield from below._paths(item, ours_item, theirs_item)


class Paths(Mapping[str, str]):
    """Our paths to theirs, worked out when an error first asks."""

    def __init__(self, pairs: Callable[[], Iterator[tuple[str, str]]]) -> None:
        self._pairs = pairs

    @cached_property
    def _all(self) -> dict[str, str]:
        return dict(self._pairs())

    def __getitem__(self, ours: str) -> str:
        return self._all[ours]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _remember(known: dict[str, Any], theirs: Place, below: Table | None) -> None:
    """Note in the tree of *known* keys that *theirs* is read: None for a value, a table for a list of objects."""
    *parents, last = map(str, theirs)
    for part in parents:
        known = known.setdefault(part, {})
    known[last] = below


def _find_unknown(known: dict[str, Any], source: object, place: Place, problems: list[FieldError]) -> None:
    if not isinstance(source, dict):
        problems.append(FieldError(json_path(place), "Input should be an object"))
        return
    for key, value in source.items():
        if key not in known:
            problems.append(FieldError(json_path((*place, key)), "Unknown field"))
            continue
        below = known[key]
        if isinstance(below, dict) and value is not None:
            _find_unknown(below, value, (*place, key), problems)
        elif isinstance(below, Table) and isinstance(value, list):
            for number, item in enumerate(value[:MAX_ITEMS]):
                below._find_unknown(item, (*place, key, number), problems)


def _parts(path: str) -> Place:
    return tuple(int(part) if part.isdecimal() else part for part in re.findall(r"\w+", path))


def _dig(source: object, place: Place) -> Any:
    """The value at *place*, or None where there is none; null counts as none."""
    for part in place:
        if not isinstance(source, dict):
            return None
        source = source.get(part)
    return source


def _container(into: Any, place: Place) -> Any:
    """The object that holds *place*, made on the way where it is not there yet; rows fill a list from its start."""
    for part, following in pairwise(place):
        if isinstance(part, int):
            if part == len(into):
                into.append({})
            into = into[part]
        else:
            into = into.setdefault(part, [] if isinstance(following, int) else {})
    return into


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
