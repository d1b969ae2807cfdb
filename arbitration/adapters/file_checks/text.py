"""Text, pages and data: readable to the end, not nested beyond reason, and declaring no entities."""

import codecs
import re
from collections.abc import Iterator

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
    names = ("utf-16",) if content.head(2) in UTF_16 else ENCODINGS
    if not any(_decodes(content, name) for name in names):
        raise Found(Problem.CORRUPT)
    start = next((block.lstrip()[:1] for block in _blocks(content) if not block.isspace()), b"")
    if start in (b"[", b"{") and _is_too_deep(content.head(LOOKED_AT)):
        raise Found(Problem.BOMB)
    if start == b"<" and b"<!entity" in content.head(LOOKED_AT).lower():
        raise Found(Problem.BOMB)


def _blocks(content: Content) -> Iterator[bytes]:
    """What is looked at, a part at a time: so it stays in the processor's own memory."""
    for start in range(0, min(content.seen, LOOKED_AT), BLOCK):
        yield content.part(start, BLOCK)


def _decodes(content: Content, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        holds_null = any("\0" in decoder.decode(block) for block in _blocks(content))
        if content.size <= LOOKED_AT:
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return not holds_null


def _is_too_deep(text: bytes) -> bool:
    depth = 0
    for bracket in _STRING.sub(b"", text).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
