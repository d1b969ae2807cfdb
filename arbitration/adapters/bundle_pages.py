"""The ItemDrawer port: the pages of a stranger's PDF or image as new pictures, made by a child under limits.

The child is `python -m …bundle_pages CPU_SECONDS MEMORY_BYTES MOST TYPE`, with the file on standard input; it answers
with one byte (whether these are all pages), and each picture (JPEG) behind its length.
"""

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from arbitration.domain.bundle import ItemPages, Shown

IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
PDF = "application/pdf"
MOST_BYTES = 48 * 1024**2
"""Larger files are not drawn: they would not fit under the child's limit of memory."""
EDGE = 1400
"""Pixels of a picture's longer side: A4 at 120 to the inch."""
QUALITY = 78
MAX_PIXELS = 40_000_000


@dataclass(frozen=True)
class Limits:
    """What one file may take; `seconds` is wall time, the memory is all of the child's address space."""

    cpu_seconds: int = 6
    memory_bytes: int = 512 * 1024**2
    seconds: float = 30


class LimitedDrawer:
    """Draws each file in a process of its own. Safe for threads."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits

    def draw(self, chunks: Iterator[bytes], size: int, media_type: str, most: int) -> ItemPages:
        """Up to *most* pages. A file that is not of these types, too large or that cannot be drawn has none."""
        if size > MOST_BYTES or media_type not in {PDF, *IMAGES} or most < 1:
            return ItemPages(Shown.NOT_DRAWN)
        try:
            return _answer(self._ask(b"".join(chunks), media_type, most))
        except (subprocess.SubprocessError, ValueError):
            return ItemPages(Shown.NOT_DRAWN)

    def _ask(self, content: bytes, media_type: str, most: int) -> bytes:
        limits = (str(self._limits.cpu_seconds), str(self._limits.memory_bytes), str(most), media_type)
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "arbitration.adapters.bundle_pages", *limits],
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "LANG": "C.UTF-8",
            },
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=self._limits.seconds,
            check=True,
        )
        return done.stdout


def _answer(told: bytes) -> ItemPages:
    """Raises ValueError for what is no answer, such as nothing."""
    pictures = []
    place = 1
    while place < len(told):
        size = int.from_bytes(told[place : place + 4], "big")
        pictures.append(told[place + 4 : place + 4 + size])
        place += 4 + size
    if not pictures or place != len(told):
        raise ValueError("no pages")
    return ItemPages(Shown.PAGES if told[:1] == b"1" else Shown.PART, tuple(pictures))


def _drawn(content: bytes, media_type: str, most: int) -> tuple[bool, list[bytes]]:
    if media_type != PDF:
        return True, [_picture(_image(content, IMAGES[media_type]))]
    with pypdfium2.PdfDocument(content) as document:
        pictures = []
        for number in range(min(most, len(document))):
            page = document[number]
            scale = EDGE / max(page.get_width(), page.get_height(), 1)
            pictures.append(_picture(page.render(scale=min(scale, 4)).to_pil()))
            page.close()
        return len(document) <= most, pictures


def _image(content: bytes, kind: str) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=[kind])
    if image.width * image.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    image.draft("RGB", (EDGE, EDGE))
    return image


def _picture(image: Image.Image) -> bytes:
    """A new picture with nothing of the old file but its pixels; what is transparent becomes white."""
    image.thumbnail((EDGE, EDGE))
    flat = Image.new("RGB", image.size, "white")
    alpha = image.convert("RGBA")
    flat.paste(alpha, mask=alpha.getchannel("A"))
    saved = io.BytesIO()
    flat.save(saved, "JPEG", quality=QUALITY)
    return saved.getvalue()


def main() -> None:
    cpu_seconds, memory_bytes, most, media_type = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    is_all, pictures = _drawn(sys.stdin.buffer.read(), media_type, int(most))
    sys.stdout.buffer.write(b"1" if is_all else b"0")
    for picture in pictures:
        sys.stdout.buffer.write(len(picture).to_bytes(4, "big") + picture)


if __name__ == "__main__":
    main()
