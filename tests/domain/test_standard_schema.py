"""The published JSON Schema describes what the reader reads; checked by hand, keyword by keyword."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from arbitration.domain.clauses import OUTCOMES, PARTIES, REMEDIES, SEVERITIES, UNITS
from arbitration.domain.standard import Standard, parse

CONTENT = Path(__file__).parents[2] / "arbitration" / "content" / "standard"
BASE = (Path(__file__).parent / "small_standard.yaml").read_bytes().decode()


@pytest.fixture(scope="module")
def standard() -> Standard:
    return parse((CONTENT / "1.0.0.yaml").read_bytes().decode())


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads((CONTENT / "schema.json").read_bytes())


def breaches(value: Any, rule: dict[str, Any], root: dict[str, Any], path: str = "$") -> list[str]:
    """What *value* breaks of the JSON Schema *rule*: the keywords that schema.json uses, and no other."""
    found: list[str] = []
    for keyword, wanted in rule.items():
        check = KEYWORD_CHECKS[keyword]  # an unknown keyword is an error: nothing is passed over in silence
        found += check(value, wanted, rule, root, path)
    return found


def _ref(value, wanted, rule, root, path):
    return breaches(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, path)


def _type(value, wanted, rule, root, path):
    return [] if isinstance(value, {"object": dict, "array": list, "string": str}[wanted]) else [f"{path}: no {wanted}"]


def _properties(value, wanted, rule, root, path):
    known = [key for key in wanted if isinstance(value, dict) and key in value]
    return [each for key in known for each in breaches(value[key], wanted[key], root, f"{path}.{key}")]


def _additional(value, wanted, rule, root, path):
    others = sorted(set(value) - set(rule.get("properties", ()))) if isinstance(value, dict) else []
    if wanted is False:
        return [f"{path}.{key}: not allowed" for key in others]
    return [each for key in others for each in breaches(value[key], wanted, root, f"{path}.{key}")]


def _names(value, wanted, rule, root, path):
    keys = value if isinstance(value, dict) else ()
    return [each for key in keys for each in breaches(key, wanted, root, f"{path}: name {key}")]


def _items(value, wanted, rule, root, path):
    items = value if isinstance(value, list) else ()
    return [each for n, item in enumerate(items) for each in breaches(item, wanted, root, f"{path}[{n}]")]


def _one_of(value, wanted, rule, root, path):
    fitting = [each for each in wanted if not breaches(value, each, root, path)]
    return [] if len(fitting) == 1 else [f"{path}: fits {len(fitting)} of {len(wanted)} forms"]


def _required(value, wanted, rule, root, path):
    return [f"{path}: {key} is missing" for key in wanted if isinstance(value, dict) and key not in value]


def _pattern(value, wanted, rule, root, path):
    return [f"{path}: {value!r}"] if isinstance(value, str) and not re.search(wanted, value) else []


def _enum(value, wanted, rule, root, path):
    return [] if value in wanted else [f"{path}: {value!r}"]


def _min_items(value, wanted, rule, root, path):
    return [f"{path}: too short"] if isinstance(value, list) and len(value) < wanted else []


def _unique(value, wanted, rule, root, path):
    return [f"{path}: repeats"] if isinstance(value, list) and len(set(map(str, value))) < len(value) else []


def _said_only(value, wanted, rule, root, path):
    return []


KEYWORD_CHECKS = {
    "$ref": _ref,
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "oneOf": _one_of,
    "required": _required,
    "pattern": _pattern,
    "enum": _enum,
    "minItems": _min_items,
    "uniqueItems": _unique,
    **dict.fromkeys(["$schema", "$id", "$defs", "title", "description", "readOnly"], _said_only),
}


def test_the_published_json_follows_the_published_schema(standard, schema):
    assert breaches(standard.as_json(), schema, schema) == []
    assert breaches(parse(BASE).as_json(), schema, schema) == []


def first_clause(document: dict[str, Any]) -> dict[str, Any]:
    return document["clauses"][0]


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda document: document.pop("laws"), "$: laws"),
        (lambda document: document.update(extra=1), "$.extra"),
        (lambda document: document.update(version="1.0"), "$.version"),
        (lambda document: document["title"].pop("en"), "$.title: en"),
        (lambda document: document["floors"]["window"].update(value="72 hours"), "$.floors.window.value"),
        (lambda document: document["floors"].update({"Window": document["floors"]["window"]}), "$.floors: name Window"),
        (lambda document: document.update(clauses=[]), "$.clauses: too short"),
        (lambda document: first_clause(document).update(id="MA-1"), "$.clauses[0].id"),
        (lambda document: first_clause(document).update(binds=[]), "$.clauses[0].binds"),
        (lambda document: first_clause(document).update(remedies=["gift"]), "$.clauses[0].remedies[0]"),
        (lambda document: first_clause(document).update(floors=["reverify"] * 2), "$.clauses[0].floors: repeats"),
        (lambda document: first_clause(document)["text"].update(zh=" "), "$.clauses[0].text.zh"),
        (lambda document: first_clause(document)["basis"][0].update(article=27), "$.clauses[0].basis[0].article"),
        (lambda document: first_clause(document).update(say={"won": {"zh": "甲", "en": "a"}}), "$.clauses[0].say"),
        (lambda document: first_clause(document).update(derive={"x": {"zh": "甲", "en": "a"}}), "$.clauses[0].derive"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(standard, schema, spoil, place):
    document = standard.as_json()
    spoil(document)
    found = breaches(document, schema, schema)
    assert len(found) == 1
    assert found[0].startswith(place)


def test_the_schema_and_the_reader_know_the_same_words(schema):
    forms = schema["$defs"]
    clause = forms["clause"]["properties"]
    assert forms["party"]["enum"] == list(PARTIES)
    assert forms["unit"]["enum"] == list(UNITS)
    assert clause["severity"]["enum"] == list(SEVERITIES)
    assert clause["remedies"]["items"]["enum"] == list(REMEDIES)
    assert clause["say"]["propertyNames"]["enum"] == list(OUTCOMES)
