"""The file as such: header, trailer, identifiers, filters, sizes."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pikepdf

from arbitration.adapters.pdf_checks.check import Checks
from arbitration.adapters.pdf_checks.opened import Opened

CHECKS = checks = Checks()

FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/JPXDecode", "/ASCIIHexDecode", "/ASCII85Decode"})
MAX_INTEGER, MAX_STRING_BYTES, MAX_NAME_BYTES, MAX_NESTING = 2**31 - 1, 32_767, 127, 28


@checks("header", "ISO 19005-3, 6.1.2")
def header(file: Opened) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", file.raw):
        yield "the file does not begin with %PDF-1.n and a line of binary bytes"


@checks("end-of-file", "ISO 19005-3, 6.1.3")
def end_of_file(file: Opened) -> Iterator[str]:
    if not re.search(rb"startxref\s+\d+\s+%%EOF\r?\n?\Z", file.raw[-64:]):
        yield "something follows the last end-of-file mark"


@checks("identifier", "ISO 19005-3, 6.1.3")
def identifier(file: Opened) -> Iterator[str]:
    identifiers = file.pdf.trailer.get("/ID")
    if identifiers is None or len(identifiers) != 2 or not all(len(bytes(part)) for part in identifiers):
        yield "the trailer has no two file identifiers"


@checks("no-encryption", "ISO 19005-3, 6.1.3")
def no_encryption(file: Opened) -> Iterator[str]:
    if file.pdf.is_encrypted or "/Encrypt" in file.pdf.trailer:
        yield "the file is encrypted"


@checks("filters", "ISO 19005-3, 6.1.7.2")
def filters(file: Opened) -> Iterator[str]:
    for stream in file.streams:
        used = stream.get("/Filter", pikepdf.Array())
        for name in used if isinstance(used, pikepdf.Array) else [used]:
            if str(name) not in FILTERS:
                yield f"a stream uses {name}"


@checks("no-external-streams", "ISO 19005-3, 6.1.7.1")
def no_external_streams(file: Opened) -> Iterator[str]:
    for stream in file.streams:
        for key in ("/F", "/FFilter", "/FDecodeParms"):
            if key in stream:
                yield f"a stream has {key}: its data would lie outside the file"


@checks("limits", "ISO 19005-3, 6.1.13")
def limits(file: Opened) -> Iterator[str]:
    for value in file.values:
        if isinstance(value, (int, Decimal)) and not -MAX_INTEGER <= value <= MAX_INTEGER:
            yield f"the number {value} is too large"
        elif isinstance(value, pikepdf.String) and len(bytes(value)) > MAX_STRING_BYTES:
            yield f"a string of {len(bytes(value))} bytes is too long"
        elif isinstance(value, pikepdf.Name) and len(str(value).encode()) > MAX_NAME_BYTES + 1:
            yield "a name is too long"
    for number, content in enumerate(file.contents, start=1):
        if content.depth > MAX_NESTING:
            yield f"page {number} nests graphics states {content.depth} deep"


@checks("page-size", "ISO 19005-3, 6.1.13; A4 upright, as all our rulings")
def page_size(file: Opened) -> Iterator[str]:
    for number, page in enumerate(file.pages, start=1):
        box = [float(side) for side in page.MediaBox]
        size = (round(box[2] - box[0]), round(box[3] - box[1]))
        if size != (595, 842) or page.get("/Rotate", 0) != 0 or "/UserUnit" in page:
            yield f"page {number} is not A4 upright"
