"""The bundle of a case: what its one PDF is printed from, the record and the pictures of its items' pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

import rfc8785

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.export import Record

MAX_SHEETS = 500
"""Of items and of the pages that follow them: what bounds the time and memory that a bundle takes, however large the
case. A hundred take 12 seconds of the processor and 190 megabytes (docs/decisions)."""
MAX_ITEMS = 300
"""With a sheet of their own, so that the others' pages have room too."""
MAX_PICTURE_BYTES = 128 * 1024**2
MAX_EVENTS = 1500
"""Printed in the record of events."""

LOOKS = frozenset(
    {
        "bundle_downloaded",
        "bundle_made",
        "case_exported",
        "evidence_opened",
        "evidence_viewed",
        "ruling_downloaded",
    }
)
"""Events that say only who looked: a bundle does not grow old by them, or taking it would make it so."""


class Shown(StrEnum):
    """What follows an item's sheet."""

    PAGES = "pages"
    PART = "part"
    STILLS = "stills"
    NOT_DRAWN = "not_drawn"
    NOT_HERE = "not_here"


@dataclass(frozen=True)
class ItemPages:
    """The pages of an item's preview (PNG); *shown* says whether they are all of its *total*."""

    shown: Shown
    pictures: tuple[bytes, ...] = ()
    total: int = 0


@dataclass(frozen=True)
class BundlePaper:
    """What the file is made of. `pages` is by label; an item that is not named there has no file in this view.

    `names` has what the record calls by a code, or in both languages at once: facts of the standard and inspectors.
    """

    record: Record
    pages: dict[str, ItemPages] = field(default_factory=dict)
    names: dict[str, Bilingual] = field(default_factory=dict)


def paper_to(paper: BundlePaper) -> bytes:
    """The bundle for another process: the length of a JSON head, the head, and the pictures one after another."""
    listed = [
        [label, each.shown, each.total, [len(picture) for picture in each.pictures]]
        for label, each in paper.pages.items()
    ]
    names = {code: [name.zh, name.en] for code, name in paper.names.items()}
    head = json.dumps({"record": paper.record, "pages": listed, "names": names}).encode()
    pictures = (picture for each in paper.pages.values() for picture in each.pictures)
    return b"".join((len(head).to_bytes(8, "big"), head, *pictures))


def paper_from(content: bytes) -> BundlePaper:
    """The inverse of `paper_to`. Raises ValueError, KeyError or TypeError for anything else."""
    place = 8 + int.from_bytes(content[:8], "big")
    head = json.loads(content[8:place])
    pages = {}
    for label, shown, total, sizes in head["pages"]:
        pictures = []
        for size in sizes:
            pictures.append(content[place : place + size])
            place += size
        pages[label] = ItemPages(Shown(shown), tuple(pictures), total)
    return BundlePaper(head["record"], pages, {code: Bilingual(*name) for code, name in head["names"].items()})


def in_part(paper: BundlePaper) -> int:
    """Of how many items not all is printed, for want of room."""
    without_sheet = len(paper.record["items"][MAX_ITEMS:])
    return without_sheet + sum(each.shown is Shown.PART for each in paper.pages.values())


def content_of(paper: BundlePaper) -> bytes:
    """The record as canonical JSON: attached to the file, and its digest says what the file was made of."""
    return rfc8785.dumps(paper.record)


def told_digest(told: Record, events: Sequence[tuple[str, str]], pages: Sequence[Sequence[object]]) -> str:
    """What a bundle of the record *told* says, as one value: when it is another, a bundle made before is out of date.

    *events* are all of the case, kind and leaf hash; *pages* say what each file is printed as.
    """
    items = [
        item | {"custody": [line for line in item["custody"] if line["kind"] not in LOOKS]} for item in told["items"]
    ]
    happened = [leaf_hash for kind, leaf_hash in events if kind not in LOOKS]
    said = told | {"items": items, "events": happened, "pages": [list(each) for each in pages]}
    return sha256(rfc8785.dumps(said)).hexdigest()
