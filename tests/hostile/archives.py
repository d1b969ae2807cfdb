"""ZIP archives, sound and hostile."""

import struct
import zipfile
import zlib
from functools import cache
from io import BytesIO

MEBIBYTE = 1024 * 1024


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def nested(content: bytes, depth: int) -> bytes:
    """*content* in an archive in an archive, *depth* of them in all."""
    for level in range(depth):
        content = zipped((f"{level}.zip" if level else "a.txt", content))
    return content


@cache
def bomb(gigabytes: int = 10) -> bytes:
    """One member that inflates to so many GB of zeros, made in a moment: each block is packed once and repeated."""
    deflate = zlib.compressobj(9, wbits=-15)
    block = bytes(16 * MEBIBYTE)
    first = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    count = gigabytes * 1000**3 // len(block)
    packed = first + again * (count - 1) + deflate.flush()
    return member("zeros.txt", packed, size=min(count * len(block), 0xFFFFFFFE), crc=0, method=8)


def member(name: str, packed: bytes, *, size: int, crc: int, method: int) -> bytes:
    """An archive of one member, saying of it what it is told to say."""
    said = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + said + name.encode() + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + said + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def with_lying_size() -> bytes:
    """Says that it holds a kilobyte and holds two gigabytes."""
    content = bytearray(bomb(2))
    place = content.rindex(b"PK\x01\x02")
    content[22:26] = content[place + 24 : place + 28] = struct.pack("<I", 1024)
    return bytes(content)


def overlapping(members: int = 4000) -> bytes:
    """Every member is the same packed bytes: ten megabytes each."""
    content = zlib.compressobj(9, wbits=-15)
    packed = content.compress(bytes(10 * MEBIBYTE)) + content.flush()
    crc = zlib.crc32(bytes(10 * MEBIBYTE))
    said = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), 10 * MEBIBYTE, 1, 0)
    local = b"PK\x03\x04" + said + b"a" + packed
    central = (b"PK\x01\x02" + struct.pack("<H", 20) + said + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a") * members
    return (
        local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, members, members, len(central), len(local), 0)
    )


def encrypted() -> bytes:
    """As any program marks it; nobody needs the content to see that."""
    content = bytearray(zipped(("a.txt", b"secret\n" * 9)))
    content[6] |= 1
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def with_link() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def with_wrong_checksum() -> bytes:
    content = bytearray(zipped(("a.txt", b"hello\n" * 100), method=zipfile.ZIP_STORED))
    content[100] ^= 1
    return bytes(content)


def with_many_members(count: int = 6000) -> bytes:
    return zipped(*((f"{number}.txt", b"") for number in range(count)), method=zipfile.ZIP_STORED)


def office_document() -> bytes:
    """A .docx, its parts in an unusual order so that its head says nothing."""
    return zipped(("word/document.xml", b"<w:document/>"), ("[Content_Types].xml", b"<Types/>"))
