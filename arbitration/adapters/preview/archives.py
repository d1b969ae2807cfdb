"""What an archive says that it contains: names and sizes, nothing unpacked."""

import zipfile
from typing import BinaryIO

_NAMED_IN_UTF8 = 0x800
_ENCRYPTED = 0x1


def listing(file: BinaryIO) -> list[list[str]]:
    """Name, size in bytes and `*` where locked, of each entry. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(file) as archive:
        return [
            [_name(entry), str(entry.file_size), "*" if entry.flag_bits & _ENCRYPTED else ""]
            for entry in archive.infolist()
        ]


def _name(entry: zipfile.ZipInfo) -> str:
    """Windows in Chinese writes names in GBK without saying so; the format's own default is an old American page."""
    if entry.flag_bits & _NAMED_IN_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename
