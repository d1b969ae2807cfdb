"""Evidence that a party or an inspector sends: from an upload through the draft to the record."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from arbitration.actions import file_checks, items, repeats
from arbitration.actions.context import Actor, Doors, Work, get_case
from arbitration.actions.file_checks import Checked
from arbitration.domain import evidence as rules
from arbitration.domain import particulars
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.cases import State
from arbitration.domain.confidentiality import Copy
from arbitration.domain.errors import FieldError, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import ItemState, Kind
from arbitration.domain.late_evidence import MAX_CAUSE_CHARS
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.texts import says_nothing
from arbitration.domain.vocabulary import Side
from arbitration.ports import Draft, StoredBlob, TooLarge
from arbitration.store import cases, evidence, previews, rulings
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem

UPLOAD_STATES = frozenset({State.RECEIVED, State.DEFICIENT, State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
"""In time; after that a party files late, until a ruling is prepared."""
READ_BYTES = 256 * 1024
SMALL_BYTES = 16 * 1024 * 1024
"""Up to here a file stays in memory until it was looked at; half of the server's threads may hold one."""
NO_FILE = "no_file"
"""The code of a refusal to submit an empty draft."""
NO_CAUSE = "no_cause"
"""The code of a refusal to file late without a cause."""


@dataclass(frozen=True)
class Upload:
    """One file as a party sends it: still to be read, or a draft already where it came in a form.

    `declared_sha256` (hex) is what its browser computed, empty where it did not.
    """

    name: str
    content: BinaryIO | Draft
    declared_sha256: str = ""


def upload(doors: Doors, actor: Actor, case_no: str, kind: Kind, uploads: Sequence[Upload]) -> int:
    """A party: files into its draft, streamed to their final place; how many. Nothing is on the record yet.

    What its side's draft holds already is not added again, so whatever was not answered can be sent once more. Raises
    Invalid naming the file and the cure when one is too large, empty, of a type that is not taken, or arrived changed;
    then none of them is kept.
    """
    if not uploads:
        raise Invalid("Choose at least one file.")
    with doors.read(actor) as work:
        may_upload(work, get_case(work, case_no))
        must_fit(work, case_no, len(uploads), 0)
    drafts: list[Draft] = []
    try:
        checked = [receive(doors, item, drafts) for item in uploads]
        with doors.work(actor) as work:
            may_upload(work, get_case(work, case_no))
            return _add_drafts(work, case_no, kind, list(zip(uploads, drafts, checked, strict=True)))
    finally:
        for draft in drafts:
            draft.drop()


def waiting_digests(work: Work, case_no: str) -> list[str]:
    """A party: the digests of what its side's draft holds, which need not be sent again. Raises WrongState."""
    may_upload(work, get_case(work, case_no))
    return [row.sha256 or "" for row in evidence.drafts_of(work.session, case_no, side_of(work))]


def must_fit(work: Work, case_no: str, files: int, size: int) -> None:
    """Raises Invalid where so many more files, of *size* bytes together, are too many for the actor's side."""
    side = side_of(work)
    if len(evidence.drafts_of(work.session, case_no, side)) + files > rules.MAX_FILES_AT_ONCE:
        raise Invalid(
            "At most %(most)s files can wait at once; submit these first.", values={"most": rules.MAX_FILES_AT_ONCE}
        )
    if evidence.filed_bytes(work.session, case_no, side) + size > rules.MAX_SIDE_BYTES:
        raise Invalid(
            "At most %(most)s MB can be filed by one side in one case.",
            values={"most": rules.MAX_SIDE_BYTES // 1024**2},
        )


def receive(doors: Doors, item: Upload, drafts: list[Draft]) -> Checked:
    """One file among the *drafts*, whole and as it was sent; what was found out about it.

    Raises Invalid with cause and cure where it is not taken; of what shows at its beginning, the rest is not read.
    """
    try:
        if isinstance(item.content, Draft):
            drafts.append(item.content)
            _must_be_taken(doors, item, item.content.head)
            opener = item.content.open
        else:
            opener = _read(doors, item, item.content, drafts)
    except TooLarge as problem:
        raise _refused(item, "It is larger than a file may be.") from problem
    draft = drafts[-1]
    if item.declared_sha256 and item.declared_sha256 != draft.sha256:
        raise _refused(item, "It arrived changed: its digest is not the one your browser computed. Send it again.")
    draft.finish()
    return _sound(doors, item, draft.size, opener)


def _read(doors: Doors, item: Upload, source: BinaryIO, drafts: list[Draft]) -> file_checks.Opener:
    """Store it. What is small is then opened as it came; what is large is read back."""
    draft = doors.ports.blobs.draft(rules.MAX_FILE_BYTES)
    drafts.append(draft)
    chunks = iter(partial(source.read, READ_BYTES), b"")
    come = [next(chunks, b"")]
    draft.write(come[0])
    _must_be_taken(doors, item, draft.head)
    for chunk in chunks:
        draft.write(chunk)
        if draft.size <= SMALL_BYTES:
            come.append(chunk)
        else:
            come.clear()
    return (lambda: nullcontext(iter(come))) if come else draft.open


def _must_be_taken(doors: Doors, item: Upload, head: bytes) -> None:
    if not head:
        raise _refused(item, "It is empty; choose the file again.")
    if not rules.is_taken(doors.ports.media_types.of(head), item.name):
        raise _refused(item, "Its content is of a kind that is not taken under this name.")


def _sound(doors: Doors, item: Upload, size: int, opener: file_checks.Opener) -> Checked:
    checked = file_checks.check(doors, size, opener)
    if not rules.is_taken(checked.media_type, item.name):
        raise _refused(item, "Its content is of a kind that is not taken under this name.")
    if checked.problem is not None:
        raise _refused(item, file_checks.cure(checked.problem))
    return checked


def _add_drafts(work: Work, case_no: str, kind: Kind, arrived: Sequence[tuple[Upload, Draft, Checked]]) -> int:
    """Those that are new to the side's draft, in the writer's turn: nothing can find them left over meanwhile."""
    held = {row.sha256 for row in evidence.drafts_of(work.session, case_no, side_of(work))}
    new = {draft.sha256: (item, draft, checked) for item, draft, checked in arrived if draft.sha256 not in held}
    must_fit(work, case_no, len(new), sum(draft.size for _, draft, _ in new.values()))
    for item, draft, checked in new.values():
        _add_draft(work, case_no, kind, item, draft.keep(), checked)
    work.ports.failpoint("upload.kept")
    return len(new)


def _add_draft(work: Work, case_no: str, kind: Kind, item: Upload, blob: StoredBlob, checked: Checked) -> None:
    work.session.add(
        EvidenceItem(
            case_no=case_no,
            kind=kind,
            state=ItemState.DRAFT,
            submitted_by=Role(side_of(work)),
            file_name=item.name,
            media_type=checked.media_type,
            unscanned=int(checked.unscanned),
            size=blob.size,
            sha256=blob.sha256,
            declared_sha256=item.declared_sha256 or None,
            blob=blob.ref,
            source="upload",
            received_at=work.now,
        )
    )


def _refused(item: Upload, why: str) -> Invalid:
    """Why one file is not taken; the sentence stands by itself, so that it can be translated."""
    return Invalid("%(name)s: %(why)s", (FieldError(item.name, why),), values={"name": item.name, "why": why})


def discard(work: Work, case_no: str, item_id: int) -> None:
    """A party: take one of its own files out of the draft again."""
    row = own_draft(work, case_no, item_id)
    shown = [ref for copy in Copy for ref in previews.drop(work.session, row.id, copy)]
    work.session.delete(row)
    for ref in (*row.blobs, *shown):
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)


def describe(work: Work, case_no: str, item_id: int, kind: Kind, answers: Mapping[str, object]) -> None:
    """A party: say what a file of its draft is, and the particulars of that kind. Raises Invalid naming each field."""
    case = get_case(work, case_no)
    may_upload(work, case)
    row = own_draft(work, case_no, item_id)
    row.kind = kind
    row.particulars = particulars.write(particulars.read(kind, answers, items.setting_of(work, case)))


def state_cause(work: Work, case_no: str, because: str) -> None:
    """A party: why its draft comes after the record closed; kept with the draft. Raises Invalid."""
    case = get_case(work, case_no)
    may_upload(work, case)
    if len(because.strip()) > MAX_CAUSE_CHARS:
        raise Invalid("That is longer than %(most)s characters.", values={"most": MAX_CAUSE_CHARS})
    for row in evidence.drafts_of(work.session, case_no, side_of(work)):
        row.late_because = because.strip()


def submit(work: Work, case_no: str) -> list[str]:
    """A party: its draft goes on the record and is locked; the labels given. Late, only with a stated cause.

    Raises Invalid where there is none, a redacted copy is missing, or a file would give away what its side keeps.
    """
    case = get_case(work, case_no)
    may_upload(work, case)
    side = side_of(work)
    drafts = evidence.drafts_of(work.session, case_no, side)
    if not drafts:
        raise Invalid("There is no file to submit; add one first.", code=NO_FILE)
    late = is_late(case)
    if late and any(says_nothing(row.late_because) for row in drafts):
        raise Invalid("Say why these files come after the record closed.", code=NO_CAUSE)
    for row in drafts:
        if row.confidential_because is not None and row.redacted_blob is None:
            raise Invalid(
                "%(name)s is marked confidential and has no redacted copy yet; give one, or take the mark away.",
                values={"name": row.file_name},
            )
    for refused in repeats.in_draft(work, case_no, side).values():
        raise refused
    for row in drafts:
        row.late = int(late)
        row.late_because = row.late_because if late else ""
        row.label = items.next_label(work, case, Role(side))
        row.received_at = work.now
        items.lock(work, row)
    return [row.label or "" for row in drafts]


def own_draft(work: Work, case_no: str, item_id: int) -> EvidenceItem:
    """A party: a file of its own side that is not on the record yet. Raises NotFound."""
    row = work.session.get(EvidenceItem, item_id)
    own = row is not None and row.case_no == case_no == work.actor.case_no and row.submitted_by == side_of(work)
    if row is None or not own or row.state is not ItemState.DRAFT:
        raise NotFound("There is no such file in your draft.")
    return row


def may_upload(work: Work, case: Case) -> None:
    """Raises NotAllowed for whoever is no party, WrongState where the record is closed."""
    if work.actor.role not in PARTIES:
        raise NotAllowed("Only the parties file evidence here; platforms send it by webhook.")
    if may_file(work, case):
        return
    if case.state is State.DELIBERATION:
        raise WrongState(
            "The ruling is being prepared, so nothing more is taken. If the arbitrator takes it back, you can file late"
            " again; once it is made, you can ask for review."
        )
    if case.state is State.RULED:
        raise WrongState(
            "The ruling is made, so nothing more is taken. To ask for review, write to everyone in the case."
        )
    raise WrongState("The record is closed; nothing can be added to it.")


def is_late(case: Case) -> bool:
    """Whether the record has closed, so that what is filed comes late."""
    return case.record_sha256 is not None


def may_file(work: Work, case: Case) -> bool:
    """Whether the parties can file now: in time, or late while no ruling is prepared."""
    late = case.state is State.DELIBERATION and rulings.live(work.session, case.case_no) is None
    return late or case.state in UPLOAD_STATES


def side_of(work: Work) -> Side:
    """For whom the actor files: what a representative files is filed by the side represented."""
    party = cases.party_by_actor(work.session, work.actor.id)
    if party is None:
        raise NotAllowed("Only the parties file evidence here; platforms send it by webhook.")
    return party.side


@dataclass(frozen=True)
class KeptReport:
    """An inspector's report as it is stored, before it is on the record."""

    blob: StoredBlob
    name: str
    checked: Checked

    def as_item(self, case_no: str, now: datetime, issuer: Bilingual, manifest: str | None) -> EvidenceItem:
        """The item that it will be, in no session yet. It is signed where its *manifest* (JWS) is."""
        said = {
            "signed": True if manifest else None,
            "issuer": f"{issuer.zh} {issuer.en}",
            "issued_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return EvidenceItem(
            case_no=case_no,
            kind=Kind.INSPECTION_REPORT,
            state=ItemState.DRAFT,
            submitted_by=Role.INSPECTOR,
            file_name=self.name,
            media_type=self.checked.media_type,
            unscanned=int(self.checked.unscanned),
            size=self.blob.size,
            sha256=self.blob.sha256,
            blob=self.blob.ref,
            source="inspector",
            received_at=now,
            manifest=manifest,
            particulars=particulars.write(particulars.read(Kind.INSPECTION_REPORT, said)),
        )


def keep_report(doors: Doors, item: Upload) -> KeptReport:
    """Store an inspector's report as `upload` stores a party's file. Raises Invalid naming the cure."""
    drafts: list[Draft] = []
    try:
        checked = receive(doors, item, drafts)
        return KeptReport(drafts[0].keep(), item.name, checked)
    finally:
        for draft in drafts:
            draft.drop()


def file_report(work: Work, row: EvidenceItem) -> str:
    """Put an inspector's report on the record as `I-1`, late if the record has closed; the label given."""
    if row.blob is None or not work.ports.blobs.holds(row.blob):
        raise Invalid("The file could not be kept; send it again.")
    case = work.session.get_one(Case, row.case_no)
    row.label = items.next_label(work, case, Role.INSPECTOR)
    row.late = int(is_late(case))
    items.lock(work, row)
    return row.label
