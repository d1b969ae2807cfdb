"""The bundle of a case: asked for, printed and sealed by a job, kept, and made anew when the record has changed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from arbitration.actions import previews
from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.actions.export import case_record, opened_items, told_record, view_of
from arbitration.actions.items import GivenFile
from arbitration.actions.platform_rules import standard_of
from arbitration.domain import bundle as rules
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.bundle import BundlePaper, ItemPages, Shown
from arbitration.domain.errors import NotFound, Refused
from arbitration.domain.export import View
from arbitration.domain.export_check import digest
from arbitration.domain.previews import Shape, shape_of
from arbitration.store import bundle as store
from arbitration.store import case_file, inspectors
from arbitration.store.bundle import CaseBundle
from arbitration.store.custody import in_both_languages
from arbitration.store.previews import made_of_case, of_item, pages_of

MAX_BYTES = 200 * 1024**2
LONGEST = timedelta(hours=1)
"""What was asked for so long ago and is not there can be asked for again."""


@dataclass(frozen=True)
class Standing:
    """How the bundle of a view stands: the last one made, whether it is up to date, and whether one is being made."""

    row: CaseBundle | None
    current: bool
    underway: bool

    @property
    def there(self) -> bool:
        """Whether one can be taken."""
        return self.row is not None and self.row.blob is not None


def standing(work: Work, case_no: str) -> Standing:
    """The bundle that the actor may have. Raises NotFound, NotAllowed."""
    view = view_of(work, case_no)
    row = store.find(work.session, case_no, view)
    asked_at = row.asked_at if row is not None else None
    underway = asked_at is not None and work.now < asked_at + LONGEST
    there = row is not None and row.blob is not None and not underway
    return Standing(row, there and row is not None and row.told == _told(work, case_no, view), underway)


def _told(work: Work, case_no: str, view: View) -> str:
    """What a bundle made now would say (`domain.bundle.told_digest`)."""
    events = [(event.kind, event.leaf_hash) for event in case_file.record(work.session, case_no)]
    return rules.told_digest(told_record(work, case_no, view), events, made_of_case(work.session, case_no))


def ask(work: Work, case_no: str) -> None:
    """Whoever reads the case: have its bundle made, in this reader's view. Asked twice, it is made once."""
    view = view_of(work, case_no)
    now = standing(work, case_no)
    if now.underway or now.current:
        return
    row = now.row
    if row is None:
        row = CaseBundle(case_no=case_no, view=view)
        work.session.add(row)
    row.asked_at = work.now
    row.problem = None
    work.ports.jobs.enqueue(work.session, "make_bundle", {"case": case_no, "view": view}, work.now)


def take_out(work: Work, case_no: str) -> CaseBundle:
    """Whoever reads the case: its bundle as last made; that it was taken goes into the history first."""
    row = store.find(work.session, case_no, view_of(work, case_no))
    if row is None or row.blob is None:
        raise NotFound("The bundle of this case has not been made yet.")
    record(work, case_no, "bundle_downloaded", {"role": work.actor.role, "view": row.view, "sha256": row.sha256})
    return row


def make(doors: Doors, case_no: str, view: str) -> None:
    """Job: print, seal and keep the bundle. Killed anywhere, it starts again; what cannot be printed is said."""
    with doors.read(SYSTEM) as work:
        row = store.find(work.session, case_no, View(view))
        if row is None or row.asked_at is None:
            return
        items = opened_items(work, case_no, View(view))
    for item in items[: rules.MAX_ITEMS]:
        previews.make(doors, item.item.id)
    with doors.read(SYSTEM) as work:
        told = _told(work, case_no, View(view))
        content = case_record(work, case_no, View(view))
        items = opened_items(work, case_no, View(view))
        names = _names(work, case_no)
    pages = _pages(doors, items, rules.MAX_SHEETS - len(content["items"][: rules.MAX_ITEMS]))
    paper = BundlePaper(content, pages, names)
    try:
        rendered = doors.ports.bundler.render_bundle(paper)
    except Refused as problem:
        with doors.work(SYSTEM) as work:
            _stop(work, case_no, View(view), str(problem))
        raise
    pdf = doors.ports.seal.close(doors.ports.seal.certify(rendered.pdf))
    blob = doors.ports.blobs.put(io.BytesIO(pdf), MAX_BYTES)
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(CaseBundle, (case_no, View(view)))
        if row.blob is not None and row.blob != blob.ref:
            work.ports.jobs.enqueue(work.session, "forget_file", {"ref": row.blob}, work.now)
        row.blob, row.sha256, row.size, row.pages = blob.ref, blob.sha256, blob.size, rendered.pages
        row.told, row.in_part = told, rules.in_part(paper)
        row.made_at, row.asked_at = work.now, None
        made_of = digest(rules.content_of(paper))
        record(work, case_no, "bundle_made", {"view": view, "sha256": blob.sha256, "made_of": made_of})


def _names(work: Work, case_no: str) -> dict[str, Bilingual]:
    """Of the facts that the case's version of the standard has, and of the inspectors, as the record calls them."""
    standard = standard_of(work, get_case(work, case_no))
    facts = {fact.name: fact.label for fact in standard.facts} if standard is not None else {}
    public = [Bilingual(row.name_zh, row.name_en) for row in inspectors.inspectors(work.session)]
    return facts | {in_both_languages(name): name for name in public}


def _stop(work: Work, case_no: str, view: View, problem: str) -> None:
    row = work.session.get_one(CaseBundle, (case_no, view))
    row.asked_at, row.problem = None, problem


def _pages(doors: Doors, items: Sequence[GivenFile], most: int) -> dict[str, ItemPages]:
    """The pages of the items' previews, at most so many."""
    found: dict[str, ItemPages] = {}
    most_bytes = rules.MAX_PICTURE_BYTES
    for item in items[: rules.MAX_ITEMS]:
        drawn = _drawn(doors, item, most, most_bytes)
        most -= len(drawn.pictures)
        most_bytes -= sum(len(picture) for picture in drawn.pictures)
        found[item.label] = drawn
    return found


def _drawn(doors: Doors, given: GivenFile, most: int, most_bytes: int) -> ItemPages:
    """At most so many pages of the preview of an item's file."""
    item_id, copy = given.item.id, given.copy
    pictures: list[bytes] = []
    with doors.read(SYSTEM) as work:
        made, pages = of_item(work.session, item_id, copy), pages_of(work.session, item_id, copy)
        for page in pages[: max(0, most)]:
            picture = work.ports.blobs.read(page.blob)
            most_bytes -= len(picture)
            if most_bytes < 0:
                break
            pictures.append(picture)
    if made is None or not pages:
        return ItemPages(Shown.NOT_DRAWN)
    if len(pictures) < made.total:
        return ItemPages(Shown.PART, tuple(pictures), made.total)
    return ItemPages(
        Shown.STILLS if shape_of(given.media_type) is Shape.VIDEO else Shown.PAGES, tuple(pictures), made.total
    )
