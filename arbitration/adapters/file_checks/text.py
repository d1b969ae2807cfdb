"""Text, pages and data: readable to the end, not nested beyond reason, and declaring no entities."""

import codecs
import re

from arbitration.adapters.file_checks import second
from arbitration.adapters.file_checks.found import BLOCK, Content, Found
from arbitration.domain.evidence import Problem

LOOKED_AT = 16 * BLOCK
"""Of a longer text, so much from its beginning."""
ENCODINGS = ("utf-8", "gb18030", "big5", "cp1252")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MAX_DEPTH = 200

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def look(content: Content) -> None:
    """Raises Found."""
    second.look_for_document(content)
    second.look(content, may_be_page=True)
    text = content.head(LOOKED_AT)
    _must_be_readable(text, whole=content.size <= LOOKED_AT)
    start = text.lstrip()[:1]
    if start in (b"[", b"{") and _is_too_deep(text):
        raise Found(Problem.BOMB)
    if start == b"<" and b"<!entity" in text.lower():
        raise Found(Problem.BOMB)


def _must_be_readable(text: bytes, *, whole: bool) -> None:
    names = ("utf-16",) if text.startswith(UTF_16) else ENCODINGS
    if not any(_decodes(text, name, whole) for name in names):
        raise Found(Problem.CORRUPT)


def _decodes(text: bytes, name: str, whole: bool) -> bool:
    try:
        read = codecs.getincrementaldecoder(name)().decode(text, whole)
    except UnicodeError:
        return False
    return "\0" not in read


def _is_too_deep(text: bytes) -> bool:
    depth = 0
    for bracket in _STRING.sub(b"", text).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
