"""PDF pages and images as PNG of bounded size, drawn anew: nothing of the file but its pixels is kept."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageOps

from arbitration.domain.previews import Picture

MAX_PIXELS = 40_000_000
"""Of an image as it is unpacked: up to 160 MB of memory."""
MAX_WIDTH = 1_400
MAX_HEIGHT = 2_000
"""Pixels of one picture; an image that is taller, such as a long screenshot, is cut into several."""
MAX_SCALE = 2.0
"""Pixels a point of a PDF's page."""
_FORMATS = ("PNG", "JPEG", "WEBP")


class TooManyPixels(Exception):
    """An image is larger than is unpacked here."""


class Locked(Exception):
    """A file asks for a password."""


def open_pdf(file: BinaryIO) -> pypdfium2.PdfDocument:
    """The document. Raises Locked, or what PDFium raises where it is none."""
    try:
        return pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Locked from error
        raise


def pdf_page(document: pypdfium2.PdfDocument, index: int) -> Picture:
    """One page, from 0, without its form fields' scripts: PDFium is built without them."""
    page = document[index]
    try:
        width, height = page.get_size()
        scale = min(MAX_SCALE, MAX_WIDTH / max(width, 1), MAX_HEIGHT / max(height, 1))
        return _png(page.render(scale=scale).to_pil().convert("RGB"))
    finally:
        page.close()


def image_parts(file: BinaryIO) -> tuple[int, Iterator[Picture]]:
    """An image, upright and on white, in how many parts from top to bottom, and these. Raises TooManyPixels."""
    with Image.open(file, formats=_FORMATS) as image:
        image.draft("RGB", (MAX_WIDTH, MAX_WIDTH))  # a large JPEG is unpacked at a fraction of its size
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixels
        upright = _on_white(ImageOps.exif_transpose(image))
    if upright.width > MAX_WIDTH:
        upright = upright.resize((MAX_WIDTH, max(1, round(upright.height * MAX_WIDTH / upright.width))))
    return -(-upright.height // MAX_HEIGHT), _parts(upright)


def _parts(image: Image.Image) -> Iterator[Picture]:
    for top in range(0, image.height, MAX_HEIGHT):
        yield _png(image.crop((0, top, image.width, min(top + MAX_HEIGHT, image.height))))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel, of which a screen shows 8
        return image.convert("I").point(lambda value: value / 256).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


def _png(image: Image.Image) -> Picture:
    kept = io.BytesIO()
    Image.frombytes("RGB", image.size, image.tobytes()).save(kept, "PNG")
    return Picture(kept.getvalue(), image.width, image.height)
