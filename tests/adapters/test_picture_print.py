"""Fingerprints of pictures, made in a process that ends: near for the same picture, none for what is no picture."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from arbitration.adapters.picture_print import LimitedFingerprints, fingerprint
from arbitration.domain.pictures import NEAR, distance

DEMO = Path(__file__).parents[2] / "arbitration/content/demo"
PICTURES = sorted(DEMO.glob("*/*.png"))


def again(picture: bytes, scale: float, quality: int) -> bytes:
    """The picture as somebody sends it on: scaled and compressed."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        size = int(opened.width * scale), int(opened.height * scale)
        opened.convert("RGB").resize(size).save(written, "JPEG", quality=quality)
    return written.getvalue()


@pytest.mark.parametrize(("scale", "quality"), [(1.0, 60), (0.5, 40), (1.3, 80)])
def test_a_picture_that_was_sent_on_is_near_itself_and_no_other_is(scale, quality):
    prints = [fingerprint(path.read_bytes()) for path in PICTURES]
    sent_on = [fingerprint(again(path.read_bytes(), scale, quality)) for path in PICTURES]
    near = [[distance(one, other) <= NEAR for other in prints] for one in sent_on]
    assert near == [[row == column for column in range(len(prints))] for row in range(len(prints))]


def bomb(side: int) -> bytes:
    """A PNG of side by side black points, in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 1) * side // 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def blank() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("content", [bomb(20_000), b"", b"\x89PNG\r\n\x1a\nno", b"GIF89a" + bytes(100), blank()])
def test_what_is_no_picture_or_has_nothing_to_be_known_by_has_no_fingerprint(content):
    assert LimitedFingerprints().of([content]) is None


def test_the_process_and_the_program_see_alike():
    content = PICTURES[0].read_bytes()
    assert LimitedFingerprints().of([content[:100], content[100:]]) == fingerprint(content)
