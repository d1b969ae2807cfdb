"""Previews: what can be shown of a file without handing the file itself to a browser, and finding words in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_PAGES = 30
MAX_ROWS = 5_000
MAX_COLUMNS = 40
MAX_CELL_CHARS = 4_000
MAX_CHARS = 2_000_000
"""Of all cells of one preview together."""
MAX_FILE_BYTES = 128 * 1024**2
"""A larger file is not looked into."""
MAX_TEXT_BYTES = 4 * 1024**2
"""So much of a text is read; what follows is not shown."""


class PreviewKind(StrEnum):
    """In which form a file is shown."""

    PAGES = "pages"
    CONVERSATION = "conversation"
    TABLE = "table"
    TEXT = "text"
    LISTING = "listing"
    NONE = "none"


class NoPreview(StrEnum):
    """Why a file is not shown, or not shown to its end."""

    NOT_SHOWN = "not_shown"
    EMPTY = "empty"
    LOCKED = "locked"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    LIMITS = "limits"
    NO_PICTURE = "no_picture"
    UNREADABLE = "unreadable"


class Shape(StrEnum):
    """How a file is read for its preview."""

    PDF = "pdf"
    PICTURE = "picture"
    ARCHIVE = "archive"
    VIDEO = "video"
    TEXT = "text"


@dataclass(frozen=True)
class Picture:
    """One page made anew: PNG bytes, and its size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Preview:
    """What is shown of a file: pictures, or rows of cells; a conversation's cells are when, who and what.

    `total` counts the pages or rows that the file has; where it was not read to its end (`whole` is false), those read.
    """

    kind: PreviewKind
    total: int = 0
    whole: bool = True
    problem: NoPreview | None = None
    pictures: tuple[Picture, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def none(problem: NoPreview) -> Preview:
    """No preview, because of *problem*."""
    return Preview(PreviewKind.NONE, problem=problem)


_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
_VIDEOS = frozenset({"video/mp4", "video/quicktime"})
_TEXTS = ("text/", "application/json", "application/x-ndjson")


def shape_of(media_type: str) -> Shape | None:
    """How a file of a media type is read; None where it is of no kind that is shown."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain == "application/pdf":
        return Shape.PDF
    if plain in _PICTURES:
        return Shape.PICTURE
    if plain in _VIDEOS:
        return Shape.VIDEO
    if plain == "application/zip":
        return Shape.ARCHIVE
    return Shape.TEXT if plain.startswith(_TEXTS) else None


@dataclass(frozen=True)
class Row:
    """One row with its place in the file, counted from 1."""

    number: int
    cells: tuple[str, ...]


def rows_with(rows: Sequence[Sequence[str]], words: str) -> list[Row]:
    """The rows in which *words* stand as they are typed, upper or lower case; all rows where there are none."""
    wanted = re.compile(re.escape(words), re.IGNORECASE)
    return [
        Row(number, tuple(cells))
        for number, cells in enumerate(rows, start=1)
        if not words or any(wanted.search(cell) for cell in cells)
    ]


def pieces(text: str, words: str) -> Iterator[tuple[str, bool]]:
    """*text* cut where *words* stand in it: each piece, and whether it is what was sought."""
    if not words:
        yield text, False
        return
    for place, piece in enumerate(re.split(f"({re.escape(words)})", text, flags=re.IGNORECASE)):
        if piece:
            yield piece, place % 2 == 1
