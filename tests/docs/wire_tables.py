"""The wire format `escalation.v1` as tables of fields, read from the schema that the office publishes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from arbitration.domain.intake import json_schema
from arbitration.domain.wire import PATTERN_WORDS

KINDS = {
    "One line without control characters": "line",
    "Text without control characters other than line feed and tab": "text",
    "1 to 64 of A-Z a-z 0-9 . _ : / # -, a letter or digit first": "id",
    "Must be partly hidden by at least one *: never a whole account, key or transaction number": "masked",
    "A file name without folders or control characters": "file name",
    "64 lower-case hexadecimal digits": "SHA-256",
    "A clause id such as AS-01": "clause id",
    "A fact id such as delivered_at": "fact id",
    "A media type such as text/plain": "media type",
    "An https address without user name or spaces": "https address",
    "Not base64 (standard alphabet, padded, no line breaks)": "base64",
    "No compact JWS: three parts of base64url, joined by dots": "signed manifest",
    "Not an e-mail address": "e-mail address",
    "A case number such as CA-2026-000001": "case number",
}
"""What the pattern of a field is called in the document."""
MONEY = "Minor units: CNY 1 is 100"


@dataclass(frozen=True)
class Row:
    """One field: its name, whether it must be there, and what it may hold."""

    name: str
    needed: str
    value: str


def tables() -> dict[str, list[Row]]:
    """Object of the format -> its fields; each object comes after the one that first speaks of it."""
    schema = json_schema()
    names = [ref.rpartition("/")[2] for ref in schema["discriminator"]["mapping"].values()]
    names.sort(key=lambda name: name != "DisputeEscalated")
    for name in names:  # grows meanwhile
        spoken_of = (each.rpartition("/")[2] for each in _references(schema["$defs"][name]))
        names += [each for each in dict.fromkeys(spoken_of) if each not in names and _is_object(schema, each)]
    return {name: list(_rows(schema["$defs"][name], schema["$defs"])) for name in names}


def _is_object(schema: dict[str, Any], name: str) -> bool:
    return "properties" in schema["$defs"][name]


def _references(part: Any) -> Iterator[str]:
    """Every `$ref` in *part* of a schema."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def lengths() -> dict[str, set[str]]:
    """Kind of text -> how long it may be, wherever it stands: one entry each, or the document would be wrong."""
    found: dict[str, set[str]] = {}
    for field in _strings(json_schema()["$defs"]):
        most = field.get("maxLength")
        size = f"{field.get('minLength', 1):,} to {most:,}" if most else ""
        found.setdefault(KINDS[PATTERN_WORDS[field["pattern"]]], set()).add(size)
    return found


def _strings(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "string" and "pattern" in part:
            yield part
        for each in part.values():
            yield from _strings(each)
    elif isinstance(part, list):
        for each in part:
            yield from _strings(each)


def _rows(described: dict[str, Any], defs: dict[str, Any]) -> Iterator[Row]:
    required = set(described.get("required", ()))
    for name, field in described["properties"].items():
        yield Row(name, "yes" if name in required else "", _value(field, defs))


def _value(field: dict[str, Any], defs: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_value(each, defs) for each in field["anyOf"] if each.get("type") != "null")
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return _choice(defs[name]["enum"]) if "enum" in defs[name] else f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return _choice(field["enum"])
    match field["type"]:
        case "array":
            return f"list of {_items(field)}{_value(field['items'], defs)}"
        case "string":
            return "time" if field.get("format") == "date-time" else KINDS[PATTERN_WORDS[field["pattern"]]]
        case "boolean":
            return "true or false"
        case _ if field.get("description") == MONEY:
            return "amount"
        case kind:
            return f"{kind}, {field['minimum']:,} to {field['maximum']:,}"


def _choice(values: list[str]) -> str:
    return " · ".join(f"`{value}`" for value in values)


def _items(field: dict[str, Any]) -> str:
    least, most = field.get("minItems", 0), field.get("maxItems")
    return f"{least}: " if least == most else f"{least} to {most}: "
