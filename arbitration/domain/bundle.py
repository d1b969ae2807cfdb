"""The bundle of a case: what its one PDF is printed from, the record and the pictures of its items' pages."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

import rfc8785

from arbitration.domain.export import Record

MAX_ITEM_PAGES = 20
"""So many pages of one item are printed; the others are in the export."""
MAX_PICTURES = 200
MAX_PICTURE_BYTES = 96 * 1024**2
"""Of all items together: what bounds the memory that a bundle takes, however large the case."""
MAX_ITEMS = 200
"""With a sheet of their own; a page takes about two megabytes while it is laid out."""
MAX_EVENTS = 1500
"""Printed in the record of events."""


class Shown(StrEnum):
    """What follows an item's sheet."""

    PAGES = "pages"
    PART = "part"
    NOT_DRAWN = "not_drawn"
    NOT_HERE = "not_here"


@dataclass(frozen=True)
class ItemPages:
    """The pages of an item's preview (PNG); *shown* says whether they are all of it."""

    shown: Shown
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class BundlePaper:
    """What the file is made of. `pages` is by label; an item that is not named there has no file in this view."""

    record: Record
    pages: dict[str, ItemPages] = field(default_factory=dict)


def paper_to(paper: BundlePaper) -> bytes:
    """The bundle for another process: the length of a JSON head, the head, and the pictures one after another."""
    listed = [[label, each.shown, [len(picture) for picture in each.pictures]] for label, each in paper.pages.items()]
    head = json.dumps({"record": paper.record, "pages": listed}).encode()
    pictures = (picture for each in paper.pages.values() for picture in each.pictures)
    return b"".join((len(head).to_bytes(8, "big"), head, *pictures))


def paper_from(content: bytes) -> BundlePaper:
    """The inverse of `paper_to`. Raises ValueError, KeyError or TypeError for anything else."""
    place = 8 + int.from_bytes(content[:8], "big")
    head = json.loads(content[8:place])
    pages = {}
    for label, shown, sizes in head["pages"]:
        pictures = []
        for size in sizes:
            pictures.append(content[place : place + size])
            place += size
        pages[label] = ItemPages(Shown(shown), tuple(pictures))
    return BundlePaper(head["record"], pages)


def content_of(paper: BundlePaper) -> bytes:
    """The record as canonical JSON: attached to the file, and its digest says what the file was made of."""
    return rfc8785.dumps(paper.record)
