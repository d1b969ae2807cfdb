"""Looking into evidence without taking it out: opened under audit, shown as pages or rows that were made from it."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from arbitration.actions.context import SYSTEM, Doors, Work, record
from arbitration.actions.items import readable
from arbitration.domain import previews as rules
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
    """An item as somebody may see it now; what is in it only while they have it open."""

    item: EvidenceItem
    is_open: bool
    preview: EvidencePreview | None = None
    pages: Sequence[EvidencePreviewPage] = ()
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def awaited(self) -> bool:
        """Whether its preview is being made."""
        return self.preview is None and is_shown(self.item)

    def rows_with(self, words: str) -> list[Row]:
        """Its rows in which *words* stand, all of them where there are none."""
        return rules.rows_with(self.rows, words)


def is_shown(item: EvidenceItem) -> bool:
    """Whether a preview is made of an item: not of one that is not what its sender declared."""
    return item.state is ItemState.SUBMITTED and item.blob is not None


def open_items(work: Work, case_no: str, labels: Sequence[str]) -> None:
    """Anyone in the case: begin to look into items, which the history tells; a preview that is missing is made.

    Raises NotFound and NotAllowed as `evidence.readable` does.
    """
    items = [readable(work, case_no, label) for label in dict.fromkeys(labels)]
    already = _opened(work, case_no)
    for item in items:
        if item.label not in already:
            record(work, case_no, "evidence_opened", {"label": item.label, "role": work.actor.role})
        if is_shown(item) and not _stands(previews.of_item(work.session, item.id)):
            work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": item.id}, work.now)


def look(work: Work, case_no: str, label: str) -> Look:
    """Anyone in the case: an item, with what is in it if they have opened it."""
    item = readable(work, case_no, label)
    if label not in _opened(work, case_no):
        return Look(item, is_open=False)
    preview = previews.of_item(work.session, item.id)
    if preview is None:
        return Look(item, is_open=True)
    content = json.loads(work.ports.blobs.read(preview.rows_blob)) if preview.rows_blob else {"columns": [], "rows": []}
    pages = previews.pages_of(work.session, item.id)
    return Look(item, True, preview, pages, tuple(content["columns"]), content["rows"])


def page(work: Work, case_no: str, label: str, place: int) -> bytes:
    """Whoever has opened the item: one page of its preview, PNG. Raises NotFound."""
    item = readable(work, case_no, label)
    if label in _opened(work, case_no):
        for drawn in previews.pages_of(work.session, item.id):
            if drawn.place == place:
                return work.ports.blobs.read(drawn.blob)
    raise NotFound("There is no such page.")


def _opened(work: Work, case_no: str) -> set[str]:
    return previews.opened(work.session, case_no, work.actor.id, work.now - OPEN_FOR)


def _stands(preview: EvidencePreview | None) -> bool:
    return preview is not None and preview.maker == MAKER and preview.problem is not NoPreview.UNREADABLE


def make(doors: Doors, item_id: int) -> None:
    """Job: make the preview of an item that is on the record, if it is not there already."""
    with doors.read(SYSTEM) as work:
        item = work.session.get(EvidenceItem, item_id)
        if item is None or not is_shown(item) or _stands(previews.of_item(work.session, item_id)):
            return
    preview = _preview(doors, item)
    stored = [_store(doors, picture.png) for picture in preview.pictures]
    content = json.dumps({"columns": preview.columns, "rows": preview.rows}, ensure_ascii=False)
    rows_blob = _store(doors, content.encode()) if preview.rows else None
    with doors.work(SYSTEM) as work:
        _keep(work, item_id, preview, stored, rows_blob)


def _preview(doors: Doors, item: EvidenceItem) -> Preview:
    try:
        with doors.ports.blobs.open(item.blob or "") as chunks:
            return doors.ports.previewer.preview(chunks, item.file_name, item.media_type, item.kind)
    except (OSError, ValueError):
        return rules.none(NoPreview.UNREADABLE)


def _store(doors: Doors, content: bytes) -> str:
    return doors.ports.blobs.put(io.BytesIO(content), MAX_STORED_BYTES).ref


def _keep(work: Work, item_id: int, preview: Preview, stored: Sequence[str], rows_blob: str | None) -> None:
    """Put a preview in the place of what was there. Raises Unreachable where a file of it was removed meanwhile."""
    kept = {*stored, *filter(None, [rows_blob])}
    if not all(work.ports.blobs.holds(ref) for ref in kept):
        raise Unreachable("a page of the preview was removed meanwhile")
    item = work.session.get(EvidenceItem, item_id)
    if item is None or not is_shown(item):
        dropped = kept
    else:
        dropped = set(previews.drop(work.session, item_id)) - kept
        work.session.add(
            EvidencePreview(
                item_id=item_id,
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
            work.session.add(
                EvidencePreviewPage(item_id=item_id, place=place, blob=ref, width=picture.width, height=picture.height)
            )
    for ref in dropped:
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)
