"""The process that looks into one file: `python -m …preview.worker DESCRIPTOR SHAPE KIND WHOLE CPU MEMORY`.

The file is at the descriptor, its name in lower case the first line of standard input. What comes out is a line of
JSON, `Preview` without its pictures, then for each picture a line of JSON with its size and bytes, and these bytes;
last, where something ended it before the end, a line with the problem.
"""

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import islice
from typing import BinaryIO

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, UnidentifiedImageError

from arbitration.adapters import child
from arbitration.adapters.preview import archives, pictures, posters, texts
from arbitration.adapters.preview.decoding import decoded
from arbitration.domain import previews as rules
from arbitration.domain.evidence import Kind
from arbitration.domain.previews import NoPreview, Picture, Preview, PreviewKind, Shape

Image.MAX_IMAGE_PIXELS = None  # pictures.MAX_PIXELS is stricter, and is asked before anything is unpacked
DAMAGED = (pypdfium2.PdfiumError, UnidentifiedImageError, zipfile.BadZipFile, OSError, SyntaxError, ValueError)
"""What libraries raise for files that are not what they begin as."""
PAGES_OF_A_TEXT = 3
"""The longest text that is read is as much work as so many pages."""


@dataclass(frozen=True)
class Asked:
    """One file to be looked into, and the processor's seconds for each page of it."""

    file: BinaryIO
    shape: Shape
    kind: Kind
    name: str
    whole: bool
    cpu_seconds: int


def look(asked: Asked, out: BinaryIO) -> None:
    """Write the preview of a file; whatever is wrong with it is told in its place."""
    try:
        _look(asked, out)
    except Exception as error:  # nothing that a stranger's file does is worth more than a word
        _tell(out, {"problem": _problem(error)})


def _problem(error: Exception) -> NoPreview:
    if isinstance(error, pictures.Locked):
        return NoPreview.LOCKED
    if isinstance(error, pictures.TooManyPixels):
        return NoPreview.TOO_LARGE
    if isinstance(error, posters.NoFfmpeg):
        return NoPreview.NO_PICTURE
    return NoPreview.DAMAGED if isinstance(error, DAMAGED) else NoPreview.LIMITS


def _look(asked: Asked, out: BinaryIO) -> None:
    if asked.shape is Shape.TEXT:
        _write(out, texts.preview(decoded(asked.file.read()), asked.name, asked.kind, asked.whole))
    elif asked.shape is Shape.ARCHIVE:
        _write(out, texts.listing(archives.listing(asked.file)))
    else:
        total, pages = _pages(asked)
        _write(out, Preview(PreviewKind.PAGES, total=total))
        for page in islice(pages, rules.MAX_PAGES):
            _tell(out, {"width": page.width, "height": page.height, "size": len(page.png)})
            out.write(page.png)
            out.flush()
            child.allow_cpu(asked.cpu_seconds)


def _pages(asked: Asked) -> tuple[int, Iterator[Picture]]:
    """How many pictures the file makes, and these, each drawn when it is asked for."""
    if asked.shape is Shape.PDF:
        document = pictures.open_pdf(asked.file)
        return len(document), (pictures.pdf_page(document, index) for index in range(len(document)))
    if asked.shape is Shape.VIDEO:
        return pictures.image_parts(BytesIO(posters.poster(asked.file, os.environ["PATH"])))
    return pictures.image_parts(asked.file)


def _write(out: BinaryIO, preview: Preview) -> None:
    told = asdict(preview)
    del told["pictures"]
    _tell(out, told)


def _tell(out: BinaryIO, told: dict[str, object]) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


def main() -> None:
    descriptor, shape, kind, whole, cpu_seconds, memory_bytes = sys.argv[1:]
    name = sys.stdin.buffer.readline().decode(errors="replace").strip()
    child.limit(int(memory_bytes))
    child.write_no_file()
    child.allow_cpu(int(cpu_seconds) * (PAGES_OF_A_TEXT if shape == Shape.TEXT else 1))
    with os.fdopen(int(descriptor), "rb") as file:
        asked = Asked(file, Shape(shape), Kind(kind), name, whole == "whole", int(cpu_seconds))
        look(asked, sys.stdout.buffer)


if __name__ == "__main__":
    main()
