"""The process that blacks out pages: `python -m …preview.redaction DESCRIPTOR CPU MEMORY`.

The pages' PNG stand one after another at the descriptor; the first line of standard input is JSON with their sizes in
bytes and the boxes. What comes out is the file, PNG or PDF, made of the pixels that are left and of nothing else.
"""

import json
import os
import resource
import sys
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageDraw

from arbitration.domain.confidentiality import Box

QUALITY = 85
"""Of the JPEG in which a page of a PDF is kept; what lay under a box is gone before it is compressed."""
DOTS_PER_INCH = 144.0


def blacked_out(pages: Iterable[bytes], boxes: Sequence[Box]) -> bytes:
    """The pages as one PNG, or as a PDF where there are several."""
    drawn = [_page(png, [box for box in boxes if box.page == place]) for place, png in enumerate(pages, start=1)]
    made = BytesIO()
    if len(drawn) == 1:
        drawn[0].save(made, "PNG")
    else:
        told = {"resolution": DOTS_PER_INCH, "quality": QUALITY, "creationDate": None, "modDate": None}
        drawn[0].save(made, "PDF", save_all=True, append_images=drawn[1:], **told)
    return made.getvalue()


def _page(png: bytes, boxes: Iterable[Box]) -> Image.Image:
    with Image.open(BytesIO(png), formats=["PNG"]) as opened:
        page = Image.frombytes("RGB", opened.size, opened.convert("RGB").tobytes())
    pen = ImageDraw.Draw(page)
    for box in boxes:
        pen.rectangle((box.left, box.top, box.left + box.width - 1, box.top + box.height - 1), fill="black")
    return page


def _pages(file: BinaryIO, sizes: Iterable[int]) -> Iterable[bytes]:
    return (file.read(size) for size in sizes)


def main() -> None:
    descriptor, cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[1:])
    asked = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds * (1 + len(asked["sizes"])), resource.RLIM_INFINITY))
    with os.fdopen(descriptor, "rb") as file:
        boxes = [Box(*numbers) for numbers in asked["boxes"]]
        sys.stdout.buffer.write(blacked_out(_pages(file, asked["sizes"]), boxes))


if __name__ == "__main__":
    main()
