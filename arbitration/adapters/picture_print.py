"""The Fingerprints port: the difference hash of a picture, computed in a process of its own, within limits.

The picture is drawn in grey at 9 by 8 and at 8 by 9 points; each of the 128 bits says whether a point is clearly
brighter than the one before it, to the left or above. The process is `python -m …picture_print CPU_SECONDS
MEMORY_BYTES`, with the picture on standard input and the fingerprint, or nothing, on standard output.
"""

import io
import logging
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from arbitration.adapters import child
from arbitration.domain.pictures import PRINT_BYTES

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 60_000_000
MOST_BYTES = 32 * 1024**2
SIDE = 8
CLEARLY = 4
"""Grey levels of 256. Compression moves even points by one or two; without it they would set bits at random."""
FEWEST_BITS = 8
"""A blank page has none, and would look like every other blank page."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PictureLimits:
    """What one picture may take; `seconds` is wall time."""

    cpu_seconds: int = 5
    memory_bytes: int = 512 * 1024**2
    seconds: float = 20


class LimitedFingerprints:
    """Whatever a picture does, it does to a process that ends."""

    def __init__(self, limits: PictureLimits = PictureLimits()) -> None:
        self._limits = limits

    def of(self, chunks: Iterable[bytes]) -> bytes | None:
        """The fingerprint; None for what is no picture, too large, without structure, or takes too much."""
        content = io.BytesIO()
        for chunk in chunks:
            content.write(chunk)
            if content.tell() > MOST_BYTES:
                return None
        try:
            limits = self._limits
            found = child.run(
                __name__,
                limits.cpu_seconds,
                limits.memory_bytes,
                content=content.getvalue(),
                seconds=limits.seconds,
            )
        except subprocess.SubprocessError as end:
            log.warning("a picture was not fingerprinted: %s", type(end).__name__)
            return None
        return found if len(found) == PRINT_BYTES else None


def fingerprint(content: bytes) -> bytes:
    """The fingerprint, empty for a picture without structure. Raises what Pillow raises."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this number
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        picture.draft("L", (SIDE * 32, SIDE * 32))
        grey = _on_white(picture).convert("L")
    bits = [*_brighter(grey, 1, 0), *_brighter(grey, 0, 1)]
    if sum(bits) < FEWEST_BITS:
        return b""
    return int("".join(map(str, bits)), 2).to_bytes(PRINT_BYTES, "big")


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent is seen as the page behind it."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    seen = picture.convert("RGBA")
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    return page


def _brighter(grey: Image.Image, right: int, down: int) -> list[int]:
    """For each of 64 points, whether the next one, to the right or below, is clearly brighter."""
    width = SIDE + right
    small = grey.resize((width, SIDE + down), Image.Resampling.BOX).tobytes()
    return [
        int(small[(row + down) * width + column + right] - small[row * width + column] >= CLEARLY)
        for row in range(SIDE)
        for column in range(SIDE)
    ]


def main() -> None:
    cpu_seconds, memory_bytes = map(int, sys.argv[1:])
    child.limit(memory_bytes)
    child.allow_cpu(cpu_seconds)
    sys.stdout.buffer.write(fingerprint(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
