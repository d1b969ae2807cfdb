"""Pictures and films, sound and hostile."""

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image


def noise(width: int = 300, height: int = 200) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def picture(kind: str, **how: object) -> bytes:
    file = BytesIO()
    noise().save(file, kind, **how)
    return file.getvalue()


def png() -> bytes:
    return picture("PNG")


def jpeg() -> bytes:
    return picture("JPEG", quality=80)


def webp() -> bytes:
    return picture("WEBP")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@cache
def huge_png(width: int = 20_000, height: int = 20_000, rows: int | None = None) -> bytes:
    """400 megapixels in some 50 kB; with fewer *rows* than it says, it is a lie as well."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    data = zlib.compress(row * (height if rows is None else rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def huge_jpeg() -> bytes:
    """A small one whose head says 20,000 by 20,000."""
    content = bytearray(jpeg())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", 20_000, 20_000)
    return bytes(content)


def png_with_wrong_checksum() -> bytes:
    content = bytearray(png())
    content[len(content) // 2] ^= 1
    return bytes(content)


@cache
def jpeg_of_endless_passes(passes: int = 3000) -> bytes:
    """A grey picture that is drawn in passes, the last of them again and again: half a megabyte, minutes of work."""
    file = BytesIO()
    Image.new("L", (4000, 4000), 128).save(file, "JPEG", progressive=True)
    content = file.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * passes + b"\xff\xd9"


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


FTYP = box(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41")
MOOV = box(b"moov", box(b"mvhd", bytes(100)))


def mp4(*, index_first: bool = True) -> bytes:
    film = box(b"mdat", b"\x17" * 40_000)
    return FTYP + (MOOV + film if index_first else film + MOOV)


def mov() -> bytes:
    return box(b"ftyp", b"qt  \0\0\x02\0qt  ") + box(b"wide", b"") + box(b"mdat", b"\x17" * 4000) + MOOV


def mp4_without_index() -> bytes:
    return FTYP + box(b"mdat", b"\x17" * 40_000)


def mp4_with_endless_box() -> bytes:
    return FTYP + MOOV + struct.pack(">I4sQ", 1, b"mdat", 1 << 50) + b"\x17" * 4000
