"""Pictures: of a size that can be shown, and read once."""

import warnings

from PIL import Image, UnidentifiedImageError

from arbitration.adapters.file_checks import second
from arbitration.adapters.file_checks.found import Content, Found
from arbitration.domain.evidence import Problem

MEGAPIXEL = 1_000_000
MAX_PIXELS = {"JPEG": 64 * MEGAPIXEL, "MPO": 64 * MEGAPIXEL, "PNG": 40 * MEGAPIXEL, "WEBP": 40 * MEGAPIXEL}
"""A JPEG is read at an eighth of its size; of the others the whole picture stands in memory."""
READ_AT = 8
FORMATS = ("JPEG", "PNG", "WEBP")


def prepare() -> None:
    """Load what reads pictures, so that each file's process begins with it."""
    Image.init()


def look(content: Content) -> None:
    """Raises Found."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _read(content)
    except (OSError, SyntaxError, ValueError) as problem:
        raise Found(Problem.CORRUPT) from problem
    second.look_for_document(content)
    second.look(content, may_be_page=False)


def _read(content: Content) -> None:
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and is told from what is broken
    try:
        picture = Image.open(content.file, formats=FORMATS)
    except UnidentifiedImageError as problem:
        raise Found(Problem.CORRUPT) from problem
    width, height = picture.size
    if width * height > MAX_PIXELS[picture.format or "PNG"]:
        raise Found(Problem.BOMB)
    picture.draft(None, (width // READ_AT, height // READ_AT))
    picture.load()
