"""What an archive says that it contains: names and sizes, nothing unpacked."""

import struct
import zipfile
import zlib
from typing import BinaryIO

_NAMED_IN_UTF8 = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075
_FIELD = struct.Struct("<HH")


def listing(file: BinaryIO) -> list[list[str]]:
    """Name, size in bytes and `*` where locked, of each entry. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(file) as archive:
        return [
            [_name(entry), str(entry.file_size), "*" if entry.flag_bits & _ENCRYPTED else ""]
            for entry in archive.infolist()
        ]


def _name(entry: zipfile.ZipInfo) -> str:
    """Windows in Chinese writes names in GBK, Info-ZIP in UTF-8, and neither says so in the flag made for it."""
    if entry.flag_bits & _NAMED_IN_UTF8:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for name, encoding in ((_unicode_path(entry.extra, raw), "utf-8"), (raw, "utf-8"), (raw, "gb18030")):
        try:
            if name:
                return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _unicode_path(extra: bytes, raw: bytes) -> bytes:
    """The name in Info-ZIP's extra field for it, empty where there is none or it was made for another name."""
    while len(extra) >= _FIELD.size:
        kind, length = _FIELD.unpack_from(extra)
        field, extra = extra[_FIELD.size : _FIELD.size + length], extra[_FIELD.size + length :]
        if kind == _UNICODE_PATH and field[:5] == b"\1" + zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:]
    return b""
