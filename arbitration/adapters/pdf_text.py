"""Text from parties made safe to print: nothing invisible, nothing that turns a line, nothing without a glyph."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from arbitration.adapters.pdf_fonts import Coverage

DocumentT = TypeVar("DocumentT")

_LINE_BREAKS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Counted as letters, marks or symbols by Unicode, yet drawn as nothing."""
_REMOVED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Controls, bidirectional and zero-width formats, surrogates, private use, unassigned."""


class Printable(dict[int, str]):
    """A table for `str.translate`, filled as characters are met.

    With a *coverage* (of the fonts) a character without a glyph of its own becomes its code: 〔U+1F600〕; PDF/A
    forbids the empty box, and a reader can look the code up.
    """

    def __init__(self, coverage: Coverage | None = None) -> None:
        super().__init__()
        self._coverage = coverage

    def __missing__(self, code: int) -> str:
        self[code] = self._printed(code)
        return self[code]

    def _printed(self, code: int) -> str:
        character = chr(code)
        if character in _LINE_BREAKS:
            return "\n"
        category = unicodedata.category(character)
        if character == "\t" or (category == "Zs" and character != "\u3000"):
            return " "
        if category in _REMOVED or character in _INVISIBLE_LETTERS or _is_variation_selector(code):
            return ""
        if self._coverage is not None and code not in self._coverage.codes:
            return f"〔U+{code:04X}〕"
        return character


def printable(text: str, table: Printable) -> str:
    """*text* as it may stand on a page: composed (NFC), line breaks as newlines, the rest by *table*."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(table)


def printable_document(document: DocumentT, coverage: Coverage | None = None) -> DocumentT:
    """A copy of *document*, a dataclass, in which every text can be printed. What is attached stays as it was."""
    table = Printable(coverage)

    def clean(value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Enum):
            return printable(value, table)
        if isinstance(value, tuple):
            return tuple(clean(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: clean(getattr(value, field.name)) for field in fields(value)})
        return value

    cleaned: DocumentT = clean(document)
    return cleaned


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F
