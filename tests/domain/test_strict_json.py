"""What the door's parser refuses, where it says the fault is, and that hostile bodies cost little."""

import json
import math
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.domain.strict_json import INT64, Malformed, json_path, read_json

MIB = 2**20


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(Malformed) as caught:
        read_json(raw)
    (field,) = caught.value.fields
    assert field.message in caught.value.message
    assert caught.value.code == "malformed"
    return field.message, field.path


@pytest.mark.parametrize(
    ("raw", "message", "place"),
    [
        (b"", "The body is empty", "byte 0"),
        (b" \n\t ", "The body is empty", "byte 0"),
        (b"\xef\xbb\xbf{}", "A byte order mark before the JSON", "byte 0"),
        ("{}".encode("utf-16-le"), "A NUL byte", "byte 1"),
        (b'{"a":"x\x00"}', "A NUL byte", "byte 7"),
        (b'{"a":"\xff"}', "Not valid UTF-8", "byte 6"),
        (b'{"a":"\xed\xa0\x80"}', "Not valid UTF-8", "byte 6"),
        (b'{"a":"\xc0\xaf"}', "Not valid UTF-8", "byte 6"),
        (b'{"a":["x","\\ud83d"]}', "Half of a surrogate pair", "a[1]"),
        (b'{"a":"\\ude00\\ud83d"}', "Half of a surrogate pair", "a"),
        (b'{"a":"\\ud83d\\ud83d\\ude00"}', "Half of a surrogate pair", "a"),
        (b'{"a":"\\\\ud83d\\udc00"}', "Half of a surrogate pair", "a"),
        (b'{"\\udc00":1}', "Half of a surrogate pair", "byte 1"),
        (b'{"a":{"b":"\\u0000"}}', "The escape \\u0000 (NUL)", "a.b"),
        (b'{"data":{"x":[1,{"k":1,"\\u006b":2}]}}', "The key k stands twice in one object", "data.x[1].k"),
        (b'{"a":1,"b":{},"a":1}', "The key a stands twice in one object", "a"),
        (b'{"":1,"":2}', 'The key [""] stands twice in one object', '[""]'),
        (b'{"a":[1,NaN]}', "NaN is not a JSON number", "a[1]"),
        (b"-Infinity", "-Infinity is not a JSON number", "byte 0"),
        (b'{"a":{"b":1e999}}', "A number that does not fit into 64 bits", "a.b"),
        (b"[1,-1E400]", "A number that does not fit into 64 bits", "[1]"),
        (b"9223372036854775808", "A number that does not fit into 64 bits", "byte 0"),
        (b'{"a":-9223372036854775809}', "A number that does not fit into 64 bits", "a"),
        (b'{"a":0.' + b"1" * 40 + b"}", "A number that does not fit into 64 bits", "a"),
        (b'{"a":1} x', "Not JSON: Extra data", "byte 8"),
        ('{"名":1} {}'.encode(), "Not JSON: Extra data", "byte 10"),
        (b'{"a":1}{"a":1}', "Not JSON: Extra data", "byte 7"),
        (b'{"a":1', "Not JSON: Expecting ',' delimiter", "byte 6"),
        (b'{"a":"x\ny"}', "Not JSON: Invalid control character at", "byte 7"),
        (b"{'a':1}", "Not JSON: Expecting property name enclosed in double quotes", "byte 1"),
        (b'"\\u12"', "Not JSON: Invalid \\uXXXX escape", "byte 2"),
        (b"[" * 33 + b"]" * 33, "Nested deeper than 32", "byte 32"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "Nested deeper than 32", "byte 160"),
    ],
)
def test_a_fault_is_named_with_its_place(raw: bytes, message: str, place: str) -> None:
    assert refusal(raw) == (message, place)


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 32 + b"]" * 32,
        b'["' + b"[{" * 500 + b'"]',
        b'["\\ud83d\\ude00", "\\\\u0000", "\\\\ud83d", "\\n\\"[["]',
        b'{"a":9223372036854775807,"b":-9223372036854775808,"c":1.5e308,"d":1e-400}',
        b' {"a" : [ true , false , null ] }\r\n',
        '{"案由":"激活码无效 😀 \u2028"}'.encode(),
        b'{"a":{"k":1},"b":{"k":1}}',
        b'["' + b"a," * 30_000 + b'"]',
    ],
)
def test_what_is_not_refused_means_what_the_standard_library_says(raw: bytes) -> None:
    assert read_json(raw) == json.loads(raw)


HOSTILE = {
    "100,000 nested brackets": b"[" * 100_000,
    "a mebibyte of open brackets": b"[" * MIB,
    "a mebibyte of nested objects": b'{"a":' * (MIB // 5),
    "a mebibyte of digits": b"1" * MIB,
    "a mebibyte of digits in a member": b'{"a":-' + b"9" * MIB + b"}",
    "a mebibyte of decimals": b"[0." + b"1" * MIB + b"]",
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}",
    "twice the same key a hundred thousand times": b"{" + b",".join([b'"a":1'] * 100_000) + b"}",
    "empty arrays": b"[" + b"[]," * (MIB // 3) + b"[]]",
    "empty strings": b"[" + b'"",' * (MIB // 3) + b'""]',
    "strings that end in an escaped backslash": b"[" + b'"\\\\",' * (MIB // 5) + b'""]',
    "quotes": b'"' * MIB,
    "commas": b"[" + b"," * MIB,
    "a bad escape after many good ones": b'"' + b"\\u4e2d" * (MIB // 6) + b'\\ud800"',
    "an open string of escapes": b'"' + b"\\n" * (MIB // 2),
    "blanks": b" " * MIB,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_is_refused_in_little_memory(raw: bytes) -> None:
    tracemalloc.start()
    try:
        refusal(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(raw) + 12 * MIB


def test_a_body_of_twenty_thousand_values_is_the_largest() -> None:
    assert len(read_json(b"[" + b"1," * 19_998 + b"1]")) == 19_999  # type: ignore[arg-type]
    assert refusal(b"[" + b"1," * 20_001 + b"1]") == ("More than 20000 values", "")


def test_paths_quote_odd_keys_and_cut_long_ones() -> None:
    assert json_path(["data", "evidence", 2, "sha256"]) == "data.evidence[2].sha256"
    assert json_path(["a b", "案由", "\n", 'x"y']) == '["a b"].案由["\\n"]["x\\"y"]'
    assert json_path(["k" * 500]) == f'["{"k" * 64}"]'
    assert json_path([]) == ""


TEXT = st.text(st.characters())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(INT64.start, INT64.stop - 1) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.booleans())
def test_what_others_write_properly_is_read_back_and_nothing_else_is(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    if _is_clean(value):
        assert read_json(raw) == value
        return
    with suppress(Malformed):
        assert _is_clean(read_json(raw))  # two halves that happened to meet


def _is_clean(value: object) -> bool:
    match value:
        case str():
            return "\0" not in value and not any(0xD800 <= ord(character) < 0xE000 for character in value)
        case float():
            return not math.isinf(value)
        case list():
            return all(map(_is_clean, value))
        case dict():
            return all(_is_clean(key) and _is_clean(item) for key, item in value.items())
        case _:
            return True


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text('[]{}",:0123456789.eE-+\\u dDaAnNtrufsliI\n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = read_json(raw)
    except Malformed:
        return
    assert value == json.loads(raw)
