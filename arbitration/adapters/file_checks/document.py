"""PDF: whole, without a password, and of a size that can be shown; no scripts, no launching, nothing around it."""

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from arbitration.adapters.file_checks import second
from arbitration.adapters.file_checks.archive import PROGRAMS
from arbitration.adapters.file_checks.found import BLOCK, Content, Found
from arbitration.adapters.file_checks.picture import MEGAPIXEL
from arbitration.domain.evidence import Problem

MAX_PAGES = 2000
MAX_INFLATED = 256 * BLOCK
"""Of all that is neither a picture nor read with the file's own index."""
MAX_PIXELS = 64 * MEGAPIXEL
"""Of one picture: it is counted by what it says of itself, which is what a reader makes room for."""
END_WITHIN = 64 * 1024
PIECE = 16 * 1024
BLANK = b" \t\r\n\0\f"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_ACTS = re.compile(
    rb"/S\s*/(?:JavaScript|Launch|SubmitForm|ImportData|RichMediaExecute|Rendition)\b"
    rb"|/Subtype\s*/(?:RichMedia|Screen|3D)\b|/JS\s*[(<]|/JS\s+\d|/XFA\b"
)
"""Actions and annotations that run something, start something or send something away."""
_PROGRAM = re.compile(rb"\.(?:" + "|".join(name[1:] for name in sorted(PROGRAMS)).encode() + rb")\)", re.IGNORECASE)


def look(content: Content) -> None:
    """Raises Found."""
    _must_stand_alone(content)
    second.look(content, may_be_page=True)
    try:
        with pikepdf.open(content.file, attempt_recovery=False, suppress_warnings=True) as pdf:
            _look_into(pdf)
    except pikepdf.PasswordError as problem:
        raise Found(Problem.ENCRYPTED) from problem
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, zlib.error) as problem:
        raise Found(Problem.CORRUPT) from problem


def _must_stand_alone(content: Content) -> None:
    """Nothing before its head, nothing after its end: what one reader shows there, another would not."""
    if not content.head(END_WITHIN).removeprefix(BYTE_ORDER_MARK).lstrip(BLANK).startswith(b"%PDF-"):
        raise Found(Problem.ACTIVE)
    _, end, after = content.tail(END_WITHIN).rpartition(b"%%EOF")
    if not end:
        raise Found(Problem.CORRUPT)
    if after.strip(BLANK):
        raise Found(Problem.ACTIVE)


def _look_into(pdf: pikepdf.Pdf) -> None:
    pages = len(pdf.pages)
    if pages == 0:
        raise Found(Problem.CORRUPT)
    if pages > MAX_PAGES:
        raise Found(Problem.BOMB)
    inflated = 0
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            said = thing.stream_dict.unparse()
            inflated += _inflated(thing, MAX_INFLATED - inflated)
        else:
            said = thing.unparse(resolved=True)
        if _ACTS.search(said) or (b"/Filespec" in said and _PROGRAM.search(said)):
            raise Found(Problem.ACTIVE)


def _inflated(stream: pikepdf.Stream, most: int) -> int:
    """How much comes out of a deflated stream. Raises Found beyond *most*."""
    if stream.get("/Subtype") == "/Image":
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MAX_PIXELS:
            raise Found(Problem.BOMB)
        return 0
    filters: Any = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    if "/FlateDecode" not in names:
        return 0
    layers = names.count("/FlateDecode")
    return _count(stream.read_raw_bytes(), layers, most)


def _count(packed: bytes, layers: int, most: int) -> int:
    total, kept = 0, []
    for block in _unfolded(packed):
        total += len(block)
        if total > most:
            raise Found(Problem.BOMB)
        if layers > 1:
            kept.append(block)
    return total + (_count(b"".join(kept), layers - 1, most - total) if layers > 1 else 0)


def _unfolded(packed: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    for start in range(0, len(packed), PIECE):
        rest = packed[start : start + PIECE]
        while rest and not inflate.eof:
            yield inflate.decompress(rest, BLOCK)
            rest = inflate.unconsumed_tail
