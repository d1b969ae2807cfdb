"""A ZIP file in which nothing is compressed, written as a stream: one way to write it, so every byte of it is known.

What is not inflated can be no bomb, its size is known before its first byte, and whoever reads one can write its
headers again and compare. Names are UTF-8, times are not kept, and ZIP64 is used where a number needs it (APPNOTE 6.3).
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

LOCAL, DESCRIPTOR, CENTRAL, END = b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
MAX_ENTRIES = 60_000
"""Below the number from which the count itself would need ZIP64."""

_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END_RECORD = struct.Struct("<4s4H2IH")
_END64_RECORD = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_RECORD = struct.Struct("<4sIQI")
_DESCRIPTOR_RECORD = struct.Struct("<4s3I")
_DESCRIPTOR64_RECORD = struct.Struct("<4sI2Q")
_PLAIN, _ZIP64 = 20, 45
"""Versions of the format that a reader must know."""
_FLAGS = 0x0808
"""The checksum follows the content, since it is known only then; names are UTF-8."""
_NO_TIME, _NO_DATE = 0, 0x21
"""The first of January 1980, the earliest that can be written."""
_UNIX, _READABLE_FILE = 3 << 8, 0o100644 << 16
_FULL = 0xFFFFFFFF
"""Says that the number stands in the ZIP64 field; so one as large as this needs that field too."""


@dataclass(frozen=True)
class Entry:
    """A file to be written: `chunks` gives its content, of exactly `size` bytes, when it is asked for it."""

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Written:
    """A file as it stands in the archive: its CRC-32, and the offset of its header."""

    name: str
    size: int
    crc: int
    offset: int


def whole(name: str, content: bytes) -> Entry:
    """A file whose content is at hand."""
    return Entry(name, len(content), lambda: iter((content,)))


def pack(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive, piece by piece. Raises ValueError where a content is not as long as it was said to be."""
    written: list[Written] = []
    offset = 0
    for entry in entries:
        header = local_header(entry.name, entry.size)
        yield header
        crc = size = 0
        for chunk in entry.chunks():
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            yield chunk
        if size != entry.size:
            raise ValueError(f"{entry.name} has {size} bytes, not {entry.size}")
        descriptor = after_content(size, crc)
        yield descriptor
        written.append(Written(entry.name, size, crc, offset))
        offset += len(header) + size + len(descriptor)
    yield directory(written, offset)


def packed_size(entries: Iterable[Entry]) -> int:
    """How many bytes `pack` will give."""
    written: list[Written] = []
    offset = 0
    for entry in entries:
        written.append(Written(entry.name, entry.size, 0, offset))
        offset += len(local_header(entry.name, entry.size)) + entry.size + len(after_content(entry.size, 0))
    return offset + len(directory(written, offset))


def local_header(name: str, size: int) -> bytes:
    """What stands before a content."""
    extra = struct.pack("<2H2Q", 1, 16, size, size) if size >= _FULL else b""
    version, shown = (_ZIP64, _FULL) if extra else (_PLAIN, size)
    raw = name.encode()
    fixed = LOCAL_HEADER.pack(LOCAL, version, _FLAGS, 0, _NO_TIME, _NO_DATE, 0, shown, shown, len(raw), len(extra))
    return fixed + raw + extra


def after_content(size: int, crc: int) -> bytes:
    """What stands behind a content."""
    record = _DESCRIPTOR64_RECORD if size >= _FULL else _DESCRIPTOR_RECORD
    return record.pack(DESCRIPTOR, crc, size, size)


def directory(written: list[Written], offset: int) -> bytes:
    """What stands behind all contents: the directory, which begins at *offset*, and its end."""
    records = b"".join(_central(each) for each in written)
    count, size = len(written), len(records)
    if count > MAX_ENTRIES:
        raise ValueError(f"more than {MAX_ENTRIES} files")
    if offset < _FULL:
        return records + _END_RECORD.pack(END, 0, 0, count, count, size, offset, 0)
    end64 = _END64_RECORD.pack(END64, 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, offset)
    locator = _LOCATOR_RECORD.pack(LOCATOR, 0, offset + size, 1)
    return records + end64 + locator + _END_RECORD.pack(END, 0, 0, count, count, size, _FULL, 0)


def _central(each: Written) -> bytes:
    large = [number for number in (each.size, each.size) if each.size >= _FULL]
    large += [each.offset] if each.offset >= _FULL else []
    extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = _ZIP64 if extra else _PLAIN
    raw = each.name.encode()
    size = min(each.size, _FULL)
    fixed = _CENTRAL_HEADER.pack(
        CENTRAL,
        _UNIX | version,
        version,
        _FLAGS,
        0,
        _NO_TIME,
        _NO_DATE,
        each.crc,
        size,
        size,
        len(raw),
        len(extra),
        0,
        0,
        0,
        _READABLE_FILE,
        min(each.offset, _FULL),
    )
    return fixed + raw + extra
