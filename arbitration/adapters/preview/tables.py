"""Tables out of CSV, of data in JSON, and of logs whose lines begin with a time."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

DELIMITERS = ",;\t|"
FLAT_SHARE = 0.6
"""Of the lines of a log, those that must begin with a time."""
_STAMPED = re.compile(
    r"[\[(]?(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[T ]+\d{1,2}:\d{2}(?::\d{2})?"
    r"(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)[\])]?\s*"
)

Table = tuple[list[str], list[list[str]]]
"""The columns' names and the rows."""


def of_csv(text: str) -> Table | None:
    """Values between whichever separator stands most often in the first line; None where none does."""
    head = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    usual = csv.field_size_limit(len(text) + 1)
    try:
        rows = [row for row in csv.reader(text.split("\n"), delimiter=delimiter) if any(row)]
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(usual)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    return rows[0], rows[1:]


def of_log(text: str) -> Table | None:
    """Time and entry of each line, if most lines begin with a time; a line without one belongs to none."""
    lines = [line for line in text.split("\n") if line.strip()]
    stamped = [_STAMPED.match(line) for line in lines]
    if not lines or sum(found is not None for found in stamped) < FLAT_SHARE * len(lines):
        return None
    rows = [
        [found[1], line[found.end() :]] if found else ["", line] for found, line in zip(stamped, lines, strict=True)
    ]
    return ["", ""], rows


def of_json_lines(text: str) -> Table | None:
    """A log with one object a line."""
    try:
        entries = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        return None
    return _of_objects(entries)


def of_json(data: object) -> Table | None:
    """A list of objects as a table of their fields; anything else as paths and values. None for a bare value."""
    if isinstance(data, list) and (found := _of_objects(data)) is not None:
        return found
    if not isinstance(data, list | dict):
        return None
    return ["", ""], [[path, value] for path, value in _leaves(data)]


def _of_objects(entries: list[Any]) -> Table | None:
    if len(entries) < 2 or not all(isinstance(entry, dict) for entry in entries):
        return None
    names = list(Counter(name for entry in entries for name in entry))
    return names, [[_value(entry.get(name, "")) for name in names] for entry in entries]


def _leaves(data: object) -> Iterator[tuple[str, str]]:
    """Each value with the way to it; kept on a list of our own, for data may be nested deeply."""
    waiting: list[tuple[str, object]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        inner: list[tuple[str, object]] = []
        if isinstance(value, dict) and value:
            inner = [(f"{path}.{name}" if path else str(name), each) for name, each in value.items()]
        elif isinstance(value, list) and value:
            inner = [(f"{path}[{place}]", each) for place, each in enumerate(value, start=1)]
        if inner:
            waiting += reversed(inner)
        else:
            yield path, _value(value)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
