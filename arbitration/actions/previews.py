"""Looking into evidence without taking it out: opened under audit, shown as pages or rows that were made from it."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from arbitration.actions.context import SYSTEM, Doors, Work, record
from arbitration.actions.items import GivenFile, file_of, readable, seen
from arbitration.domain import previews as rules
from arbitration.domain.confidentiality import Copy
from arbitration.domain.errors import NotFound
from arbitration.domain.evidence import ItemState
from arbitration.domain.previews import NoPreview, Preview, Row
from arbitration.ports import Unreachable
from arbitration.store import previews
from arbitration.store.evidence import EvidenceItem
from arbitration.store.previews import EvidencePreview, EvidencePreviewPage

MAKER = 1
"""Counts the versions of how previews are made: one by an older version is made anew when its item is opened."""
OPEN_FOR = timedelta(hours=12)
"""After this an item that is looked at again is opened again."""
MAX_STORED_BYTES = 64 * 1024**2
"""Of one page, or of all rows: above what their own limits can come to."""


@dataclass(frozen=True)
class Look:
    """An item as somebody may see it now; what is in it, in the file that is theirs, only while they have it open."""

    file: GivenFile
    is_open: bool
    preview: EvidencePreview | None = None
    pages: Sequence[EvidencePreviewPage] = ()
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def awaited(self) -> bool:
        """Whether its preview is being made."""
        return self.preview is None and is_shown(self.file.item)

    def rows_with(self, words: str) -> list[Row]:
        """Its rows in which *words* stand, all of them where there are none."""
        return rules.rows_with(self.rows, words)


def is_shown(item: EvidenceItem) -> bool:
    """Whether a preview is made of an item: not of one that is not what its sender declared."""
    return item.state is ItemState.SUBMITTED and item.blob is not None


def _is_made(item: EvidenceItem) -> bool:
    """Also of a draft that is kept confidential: its pages are what the redacted copy is made of."""
    return is_shown(item) or (item.state is ItemState.DRAFT and item.confidential_because is not None)


def open_items(work: Work, case_no: str, labels: Sequence[str]) -> None:
    """Anyone in the case: begin to look into items, which the history tells; a preview that is missing is made.

    Raises NotFound and NotAllowed as `evidence.readable` does.
    """
    files = [readable(work, case_no, label) for label in dict.fromkeys(labels)]
    already = _opened(work, case_no)
    for file in files:
        item = file.item
        if (file.label, file.copy) not in already:
            record(work, case_no, "evidence_opened", seen(file, work.actor.role))
        if is_shown(item) and not _stands(previews.of_item(work.session, item.id, file.copy)):
            work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": item.id}, work.now)


def look(work: Work, case_no: str, label: str) -> Look:
    """Anyone in the case: an item, with what is in it if they have opened it."""
    file = readable(work, case_no, label)
    if (label, file.copy) not in _opened(work, case_no):
        return Look(file, is_open=False)
    preview = previews.of_item(work.session, file.item.id, file.copy)
    if preview is None:
        return Look(file, is_open=True)
    content = json.loads(work.ports.blobs.read(preview.rows_blob)) if preview.rows_blob else {"columns": [], "rows": []}
    pages = previews.pages_of(work.session, file.item.id, file.copy)
    return Look(file, True, preview, pages, tuple(content["columns"]), content["rows"])


def page(work: Work, case_no: str, label: str, place: int) -> bytes:
    """Whoever has opened the item: one page of its preview, PNG. Raises NotFound."""
    file = readable(work, case_no, label)
    if (label, file.copy) in _opened(work, case_no):
        for drawn in previews.pages_of(work.session, file.item.id, file.copy):
            if drawn.place == place:
                return work.ports.blobs.read(drawn.blob)
    raise NotFound("There is no such page.")


def _opened(work: Work, case_no: str) -> set[tuple[str, Copy]]:
    return previews.opened(work.session, case_no, work.actor.id, work.now - OPEN_FOR)


def _stands(preview: EvidencePreview | None) -> bool:
    return preview is not None and preview.maker == MAKER and preview.problem is not NoPreview.UNREADABLE


def make(doors: Doors, item_id: int) -> None:
    """Job: make the preview of each file of an item that is on the record, if it is not there already."""
    with doors.read(SYSTEM) as work:
        item = work.session.get(EvidenceItem, item_id)
        wanted = [file_of(item, copy) for copy in Copy] if item is not None and _is_made(item) else []
        made = {copy: _stands(previews.of_item(work.session, item_id, copy)) for copy in Copy}
    for file in wanted:
        if file.blob is not None and not made[file.copy]:
            _make(doors, file)


def _make(doors: Doors, file: GivenFile) -> None:
    preview = _preview(doors, file)
    stored = [_store(doors, picture.png) for picture in preview.pictures]
    content = json.dumps({"columns": preview.columns, "rows": preview.rows}, ensure_ascii=False)
    rows_blob = _store(doors, content.encode()) if preview.rows else None
    with doors.work(SYSTEM) as work:
        _keep(work, file, preview, stored, rows_blob)


def _preview(doors: Doors, file: GivenFile) -> Preview:
    try:
        with doors.ports.blobs.open(file.blob or "") as chunks:
            return doors.ports.previewer.preview(chunks, file.name, file.media_type, file.item.kind)
    except (OSError, ValueError):
        return rules.none(NoPreview.UNREADABLE)


def _store(doors: Doors, content: bytes) -> str:
    return doors.ports.blobs.put(io.BytesIO(content), MAX_STORED_BYTES).ref


def _keep(work: Work, file: GivenFile, preview: Preview, stored: Sequence[str], rows_blob: str | None) -> None:
    """Put a preview in the place of what was there. Raises Unreachable where a file of it was removed meanwhile."""
    kept = {*stored, *filter(None, [rows_blob])}
    if not all(work.ports.blobs.holds(ref) for ref in kept):
        raise Unreachable("a page of the preview was removed meanwhile")
    item_id, copy = file.item.id, file.copy
    item = work.session.get(EvidenceItem, item_id)
    if item is None or not _is_made(item) or file_of(item, copy).blob != file.blob:
        dropped = kept
    else:
        dropped = set(previews.drop(work.session, item_id, copy)) - kept
        work.session.add(
            EvidencePreview(
                item_id=item_id,
                copy=copy,
                kind=preview.kind,
                problem=preview.problem,
                total=preview.total,
                shown=len(preview.pictures) or len(preview.rows),
                whole=int(preview.whole),
                rows_blob=rows_blob,
                maker=MAKER,
                made_at=work.now,
            )
        )
        for place, (ref, picture) in enumerate(zip(stored, preview.pictures, strict=True), start=1):
            size = {"width": picture.width, "height": picture.height}
            work.session.add(EvidencePreviewPage(item_id=item_id, copy=copy, place=place, blob=ref, **size))
    for ref in dropped:
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)
