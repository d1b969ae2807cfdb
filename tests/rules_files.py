"""Platforms' rules as files, made of the standard's own clauses with other numbers or words."""

import json
from typing import Any

from arbitration.domain.quantities import quantity
from arbitration.domain.standard import Standard, parse
from tests.factories import STANDARD

FIRST: Standard = parse(STANDARD.read_text("utf-8"))
LATER = "2026-12-01"
"""A day after those of the tests' clock."""


def rules_file(
    *clauses: str,
    floors: dict[str, str] | None = None,
    words: dict[str, str] | None = None,
    version: str = "1.0.0",
    in_force: str = LATER,
) -> bytes:
    """A file with these clauses of the standard: *floors* has other numbers, *words* what is added in Chinese."""
    values = {name: FIRST.floor(name).value.text for each in clauses for name in FIRST.clause(each).floors}
    values |= floors or {}
    document = {
        "rules": "kami-after-sales",
        "version": version,
        "title": {"zh": "平台售后规则", "en": "After-sales rules"},
        "against": FIRST.version,
        "in_force": in_force,
        "floors": {name: {"value": value} for name, value in values.items()},
        "clauses": [_clause(each, values, (words or {}).get(each, "")) for each in clauses],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _clause(clause_id: str, values: dict[str, str], added: str) -> dict[str, Any]:
    stated = [quantity(values[name]) for name in FIRST.clause(clause_id).floors]
    return {
        "id": clause_id,
        "title": {"zh": "本平台的规定", "en": "As we have it"},
        "text": {
            "zh": "；".join(["本平台规定", *(each.zh for each in stated if each)]) + added,
            "en": ", ".join(["Our rule", *(each.en for each in stated if each)]),
        },
        "floors": list(FIRST.clause(clause_id).floors),
    }
