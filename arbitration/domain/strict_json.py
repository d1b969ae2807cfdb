"""Strict JSON: reads what a stranger posted, or says in one line what is wrong with it and where.

The standard library's parser keeps the last of two equal keys, reads NaN, turns 1e999 into infinity and recurses
with the nesting. So cheap scans and hooks around it say *that* something is wrong; only then a slow walk finds *where*.
"""

import json
import math
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import NoReturn

from arbitration.domain.errors import FieldError, Invalid

MAX_DEPTH = 32
"""Arrays and objects inside each other (contract.md §4)."""
MAX_VALUES = 20_000
"""Values in one body, which bounds the memory that a body of a given size can claim; real ones stay under 5,000."""
MAX_NUMBER_CHARS = 32
INT64 = range(-(2**63), 2**63)

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_GOOD_ESCAPE = re.compile(r"\\(?:[^u]|u(?:[dD][89abAB]..\\u[dD][c-fC-F]..|(?!0000|[dD][89a-fA-F])....))", re.DOTALL)
"""One escape and, of a surrogate pair, both; what is left of a text without these has a backslash if one is bad."""
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]++', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]++(?P<fraction>[.eE][0-9.eE+-]*+)?")
_PLAIN_KEY = re.compile(r"[^\W\d][\w-]{0,63}")


class Malformed(Invalid):
    """The body is no JSON that can be read in only one way (HTTP 400); `fields` names the place."""

    code = "malformed"

    def __init__(self, what: str, place: str) -> None:
        super().__init__(f"{what} ({place})" if place else what, (FieldError(place, what),))


def json_path(parts: Iterable[str | int]) -> str:
    """`("data", "evidence", 2, "sha256")` as `data.evidence[2].sha256`; odd keys are quoted, long ones cut."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            path += f".{part}" if path else part
        else:
            path += f"[{json.dumps(part[:64], ensure_ascii=True)}]"
    return path


def read_json(raw: bytes) -> object:
    """The value that *raw* means: `dict`, `list`, `str`, `int`, `float`, `bool` or `None`.

    Raises `Malformed` with the place for whatever two parsers might read in two ways, or none in bounded time and
    memory: bad UTF-8, a byte order mark, NUL, lone surrogates, nesting beyond 32, duplicate keys, NaN and infinities,
    integers beyond signed 64 bit, too many values, nothing at all, or anything after the end (contract.md §4).
    """
    text = _decode(raw)
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH or raw.count(b",") > MAX_VALUES:
        _check_structure(raw, text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(f"Not JSON: {error.msg}", _byte(text, error.pos)) from error
    except _Unreadable:
        _explain(text)
    if "\\u" in text and "\\" in _GOOD_ESCAPE.sub("", text):
        _explain(text)
    return value


class _Unreadable(ValueError):
    """A hook met a value that is refused; it knows not where."""


def _decode(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Malformed("A byte order mark before the JSON", "byte 0")
    if (nul := raw.find(b"\0")) >= 0:
        raise Malformed("A NUL byte", f"byte {nul}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("Not valid UTF-8", f"byte {error.start}") from error
    if not text or text.isspace():
        raise Malformed("The body is empty", "byte 0")
    return text


def _check_structure(raw: bytes, text: str) -> None:
    # Each value may bring one key, each string two quotes: more are refused before memory is spent on them.
    if raw.count(b'"') - raw.count(b'\\"') > 4 * MAX_VALUES:
        raise Malformed(f"More than {MAX_VALUES} values", "")
    bare = _STRING.sub(b"", raw)
    brackets = bare.translate(None, _NOT_BRACKETS)
    if max(accumulate(map(_STEP.__getitem__, brackets[: 2 * MAX_VALUES])), default=0) > MAX_DEPTH:
        _explain(text)
    if bare.count(b",") + len(brackets) // 2 > MAX_VALUES:
        raise Malformed(f"More than {MAX_VALUES} values", "")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unreadable
    return members


def _int(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARS or (number := int(digits)) not in INT64:
        raise _Unreadable
    return number


def _float(digits: str) -> float:
    if len(digits) > MAX_NUMBER_CHARS or math.isinf(number := float(digits)):
        raise _Unreadable
    return number


def _constant(name: str) -> NoReturn:
    raise _Unreadable


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_int, parse_float=_float, parse_constant=_constant, strict=True
)


def _byte(text: str, position: int) -> str:
    return f"byte {len(text[:position].encode())}"


class _Level:
    """An array or object that is open: where we stand in it, and the keys it has had."""

    def __init__(self, bracket: str) -> None:
        self.keys: set[str] | None = set() if bracket == "{" else None
        self.at: str | int | None = None if bracket == "{" else 0


def _explain(text: str) -> NoReturn:
    """Walk *text* to the first thing that is refused and say where it stands."""
    open_levels: list[_Level] = []
    for found in _TOKEN.finditer(text):
        part = found.group()
        level = open_levels[-1] if open_levels else None
        if part in "[{":
            if len(open_levels) == MAX_DEPTH:
                raise Malformed(f"Nested deeper than {MAX_DEPTH}", _byte(text, found.start()))
            open_levels.append(_Level(part))
        elif part in "]}":
            del open_levels[-1:]
        elif part == "," and level:
            level.at = level.at + 1 if isinstance(level.at, int) else None
        elif what := _fault(part, level):
            path = json_path(each.at for each in open_levels if each.at is not None)
            raise Malformed(what, path or _byte(text, found.start()))
    raise Malformed("Not JSON", "byte 0")


def _fault(part: str, level: _Level | None) -> str | None:
    """What is wrong with a string, number or word; a key is remembered on its *level* as well."""
    if part.startswith('"'):
        _, bad, escape = _GOOD_ESCAPE.sub("", part).partition("\\")
        if bad:
            return "The escape \\u0000 (NUL)" if escape.startswith("u0000") else "Half of a surrogate pair"
        if level is None or level.keys is None or level.at is not None:
            return None
        key = str(json.loads(part, strict=False))
        level.at = key
        if key in level.keys:
            return f"The key {json_path([key])} stands twice in one object"
        level.keys.add(key)
    elif part in ("NaN", "Infinity", "-Infinity"):
        return f"{part} is not a JSON number"
    elif number := _NUMBER.fullmatch(part):
        try:
            _float(part) if number["fraction"] else _int(part)
        except _Unreadable:
            return "A number that does not fit into 64 bits"
        except ValueError:
            return None
    return None
