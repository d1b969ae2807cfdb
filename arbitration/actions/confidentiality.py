"""Keeping an item confidential: its submitter marks it and gives a redacted copy; the arbitrator may disclose it."""

import io
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from arbitration.actions.context import Actor, Doors, Work, get_case, record
from arbitration.actions.filing import Upload, may_upload, must_fit, own_draft, receive
from arbitration.actions.items import GivenFile, file_of
from arbitration.actions.panel import must_sit
from arbitration.domain.confidentiality import DISCLOSABLE, MAX_BOXES, MAX_REASON_CHARS, Box, Copy
from arbitration.domain.errors import FieldError, Invalid, NotFound, WrongState
from arbitration.domain.evidence import ItemState, name_of
from arbitration.domain.previews import Shape, shape_of
from arbitration.domain.texts import says_nothing
from arbitration.ports import Draft
from arbitration.store import evidence, previews, rulings
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.previews import EvidencePreviewPage
from arbitration.store.witness import witness

COPY_NAMES = {"zh": "遮盖版", "en": "redacted"}
"""What a copy is called that the office makes, by the language of the case."""


def mark(work: Work, case_no: str, item_id: int, reason: str) -> None:
    """A party: the original of a file in its draft is to be kept from the other side, for a *reason* all read.

    It cannot be submitted before a redacted copy is given. Raises Invalid, NotFound, WrongState.
    """
    row = _draft(work, case_no, item_id)
    marked, row.confidential_because = row.confidential_because is not None, _reason(reason)
    if marked:
        return
    work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": row.id}, work.now)


def unmark(work: Work, case_no: str, item_id: int) -> None:
    """A party: everyone in the case may see it after all; a redacted copy that was given goes."""
    row = _draft(work, case_no, item_id)
    _drop_copy(work, row)
    row.confidential_because = None


def give_copy(doors: Doors, actor: Actor, case_no: str, item_id: int, sent: Upload) -> None:
    """A party: the redacted copy of a file marked confidential, in the place of one given before.

    It is received, opened and scanned as any upload is. Raises Invalid naming the cure, NotFound, WrongState.
    """
    _take_copy(doors, actor, case_no, item_id, sent, ())


def _take_copy(doors: Doors, actor: Actor, case_no: str, item_id: int, sent: Upload, boxes: Sequence[Box]) -> None:
    with doors.read(actor) as work:
        _marked(work, case_no, item_id)
    drafts: list[Draft] = []
    try:
        checked = receive(doors, sent, drafts)
        draft = drafts[0]
        with doors.work(actor) as work:
            row = _marked(work, case_no, item_id)
            must_fit(work, case_no, 0, draft.size)
            if draft.sha256 == row.sha256:
                why = "It is the original itself; send a copy in which what is confidential is blacked out."
                raise Invalid(
                    "%(name)s: %(why)s", (FieldError(sent.name, why),), values={"name": sent.name, "why": why}
                )
            _drop_copy(work, row)
            blob = draft.keep()
            row.redacted_name, row.redacted_type = sent.name, checked.media_type
            row.redacted_size, row.redacted_sha256, row.redacted_blob = blob.size, blob.sha256, blob.ref
            row.redacted_boxes = json.dumps([astuple(box) for box in boxes]) if boxes else None
            row.unscanned = int(row.unscanned or checked.unscanned)
            work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": row.id}, work.now)
    finally:
        for draft in drafts:
            draft.drop()


@dataclass(frozen=True)
class Pages:
    """The pages of one file of a draft as pictures, none where it has none; `awaited` while they are made.

    `total` counts the pages that the file has.
    """

    drawn: Sequence[EvidencePreviewPage] = ()
    awaited: bool = False
    total: int = 0


def pages_to_black_out(work: Work, row: EvidenceItem) -> Pages:
    """What a party draws boxes on: all pages of a picture or a PDF, if all could be drawn."""
    if row.confidential_because is None or shape_of(row.media_type) not in (Shape.PDF, Shape.PICTURE):
        return Pages()
    made = previews.of_item(work.session, row.id)
    if made is None:
        return Pages(awaited=True)
    pages = previews.pages_of(work.session, row.id)
    is_all = made.problem is None and bool(made.whole) and made.total == len(pages)
    return Pages(pages, total=made.total) if is_all else Pages()


def page_to_black_out(work: Work, case_no: str, item_id: int, place: int) -> bytes:
    """A party: one page of its own draft, PNG. Raises NotFound."""
    return _picture(work, pages_to_black_out(work, _draft(work, case_no, item_id)), place)


def pages_of_copy(work: Work, row: EvidenceItem) -> Pages:
    """What the redacted copy of a party's draft looks like, drawn from the stored copy itself."""
    if shape_of(row.redacted_type or "") not in (Shape.PDF, Shape.PICTURE):
        return Pages()
    made = previews.of_item(work.session, row.id, Copy.REDACTED)
    if made is None:
        return Pages(awaited=True)
    return Pages(previews.pages_of(work.session, row.id, Copy.REDACTED), total=made.total)


def page_of_copy(work: Work, case_no: str, item_id: int, place: int) -> bytes:
    """A party: one page of the redacted copy of its own draft, PNG. Raises NotFound."""
    return _picture(work, pages_of_copy(work, _draft(work, case_no, item_id)), place)


def _picture(work: Work, pages: Pages, place: int) -> bytes:
    for page in pages.drawn:
        if page.place == place:
            return work.ports.blobs.read(page.blob)
    raise NotFound("There is no such page.")


def burnt_in(row: EvidenceItem) -> list[Box]:
    """The boxes of a redacted copy that the office made; none of a party's own."""
    return [Box(*numbers) for numbers in json.loads(row.redacted_boxes or "[]")]


def black_out(doors: Doors, actor: Actor, case_no: str, item_id: int, boxes: Sequence[Box]) -> None:
    """A party: has the redacted copy made of the file's pages with *boxes* burnt into them.

    Raises Invalid naming the cure, NotFound, WrongState.
    """
    with doors.read(actor) as work:
        pages = pages_to_black_out(work, _marked(work, case_no, item_id)).drawn
        if not pages:
            raise Invalid("The file has no pages that could be blacked out here; give a redacted copy of your own.")
        _must_fit_on(pages, boxes)
        pictures = [work.ports.blobs.read(page.blob) for page in pages]
        name = COPY_NAMES["zh" if work.session.get_one(Case, case_no).language == "zh" else "en"]
    made = doors.ports.previewer.black_out(pictures, boxes)
    if made is None:
        raise Invalid("The redacted copy could not be made here; give one of your own.")
    sent = Upload(name_of(name, made.media_type), io.BytesIO(made.content))
    _take_copy(doors, actor, case_no, item_id, sent, boxes)


def _must_fit_on(pages: Sequence[EvidencePreviewPage], boxes: Sequence[Box]) -> None:
    sizes = [(page.width, page.height) for page in pages]
    if not boxes:
        raise Invalid("Black out something on the pages first.")
    if len(boxes) > MAX_BOXES:
        raise Invalid("At most %(most)s boxes can be drawn on one file.", values={"most": MAX_BOXES})
    if not all(box.lies_within(sizes) for box in boxes):
        raise Invalid("A box lies outside its page; draw it again.")


def own_file(work: Work, case_no: str, item_id: int) -> EvidenceItem:
    """A party: a file in its draft, marked or not, while the record is open. Raises NotFound, WrongState."""
    return _draft(work, case_no, item_id)


def own_copy(work: Work, case_no: str, item_id: int) -> GivenFile:
    """A party: the redacted copy of a file in its draft. Raises NotFound where none is given, WrongState."""
    given = file_of(_draft(work, case_no, item_id), Copy.REDACTED)
    if given.blob is None:
        raise NotFound("There is no redacted copy yet.")
    return given


def disclose(work: Work, case_no: str, label: str, reason: str) -> None:
    """Arbitrator: everyone in the case is given the original from now on, for a *reason* that is printed.

    Raises Invalid without a reason in words, NotAllowed, NotFound, and WrongState once a ruling is prepared.
    """
    must_sit(work, case_no)
    case = get_case(work, case_no)
    row = evidence.must_find(work.session, case_no, label)
    if row.state is not ItemState.SUBMITTED or not row.kept_back:
        raise NotFound("There is no confidential file of this label.")
    if case.state not in DISCLOSABLE or rulings.live(work.session, case_no) is not None:
        raise WrongState("A file is disclosed from admission on, until the ruling is prepared.")
    row.disclosed_because = _reason(reason)
    row.disclosed_at = work.now
    original = file_of(row, Copy.ORIGINAL)
    told = {"label": label, "reason": row.disclosed_because, "sha256": original.sha256, "size": original.size}
    event = record(work, case_no, "evidence_disclosed", {**told, "row": witness(row)})
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def _draft(work: Work, case_no: str, item_id: int) -> EvidenceItem:
    may_upload(work, get_case(work, case_no))
    return own_draft(work, case_no, item_id)


def _marked(work: Work, case_no: str, item_id: int) -> EvidenceItem:
    row = _draft(work, case_no, item_id)
    if row.confidential_because is None:
        raise Invalid("Say first why the file is confidential.")
    return row


def _drop_copy(work: Work, row: EvidenceItem) -> None:
    gone = previews.drop(work.session, row.id, Copy.REDACTED)
    gone += [row.redacted_blob] if row.redacted_blob is not None else []
    row.redacted_name = row.redacted_type = row.redacted_sha256 = row.redacted_blob = row.redacted_boxes = None
    row.redacted_size = None
    for ref in gone:
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)


def _reason(reason: str) -> str:
    if says_nothing(reason):
        raise Invalid("Give the reason in words; everyone in the case reads it.")
    if len(reason.strip()) > MAX_REASON_CHARS:
        raise Invalid("Shorten the reason to %(max)d characters.", values={"max": MAX_REASON_CHARS})
    return reason.strip()
