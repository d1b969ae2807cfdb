"""The process that blacks out pages: `python -m …preview.redaction CPU MEMORY`.

The first line of standard input is JSON with the boxes, and the sizes in bytes of the pages' PNG, which follow. What
comes out is the file, PNG or PDF, made of the pixels that are left and of nothing else.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from arbitration.adapters import child
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


def main() -> None:
    cpu_seconds, memory_bytes = (int(argument) for argument in sys.argv[1:])
    child.limit(memory_bytes)
    child.write_no_file()
    asked = json.loads(sys.stdin.buffer.readline())
    child.allow_cpu(cpu_seconds * len(asked["sizes"]))
    boxes = [Box(*numbers) for numbers in asked["boxes"]]
    pages = (sys.stdin.buffer.read(size) for size in asked["sizes"])
    sys.stdout.buffer.write(blacked_out(pages, boxes))


if __name__ == "__main__":
    main()
