"""Evidence: from the webhook or an upload to the record, looked at under audit, and the record closed over it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import takewhile
from typing import BinaryIO

import rfc8785

from arbitration.actions import file_checks
from arbitration.actions.context import SYSTEM, Actor, Doors, Work, get_case, move, record
from arbitration.actions.deadlines import open_deadline, set_deadline, settle
from arbitration.actions.file_checks import Checked
from arbitration.actions.intake import envelope_of
from arbitration.actions.panel import is_seated, must_sit
from arbitration.domain import evidence as rules
from arbitration.domain import particulars
from arbitration.domain.cases import EVENT, Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import FieldError, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.escalation import DisputeEscalated, Evidence, EvidenceAdded, RemedyExecuted
from arbitration.domain.evidence import ItemAction, ItemState, Kind
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.vocabulary import Side
from arbitration.ports import Draft, StoredBlob, TooLarge, Unreachable
from arbitration.store import blob_refs, cases, evidence, history, previews, productions
from arbitration.store.cases import Case, DeadlineState
from arbitration.store.evidence import EvidenceItem
from arbitration.store.intake import WebhookEvent
from arbitration.store.witness import witness

UPLOAD_STATES = frozenset({State.RECEIVED, State.DEFICIENT, State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
FETCH_TRIES = 6
READ_BYTES = 256 * 1024
SETTLED_AFTER = timedelta(hours=1)
"""A file that nothing refers to for so long after it was stored was lost on the way by whoever stored it."""


@dataclass(frozen=True)
class Upload:
    """One file as a party sends it: still to be read, or a draft already where it came in a form.

    `declared_sha256` (hex) is what its browser computed, empty where it did not.
    """

    name: str
    content: BinaryIO | Draft
    declared_sha256: str = ""


@dataclass(frozen=True)
class _Arrived:
    """A platform's file as it is stored, and what was found out about it."""

    blob: StoredBlob
    checked: Checked


def register_evidence(doors: Doors, event_id: int) -> None:
    """Job: put an event's items on the record: inline ones at once, those at an address by a job each."""
    with doors.read(SYSTEM) as work:
        event = work.session.get_one(WebhookEvent, event_id)
        envelope = envelope_of(work, event)
        case_no = event.case_no or ""
    if not isinstance(envelope, DisputeEscalated | EvidenceAdded | RemedyExecuted):
        return
    stored = [(item, _store_inline(doors, item)) for item in envelope.data.evidence]
    with doors.work(SYSTEM) as work:
        case = get_case(work, case_no)
        for item, arrived in stored:
            _register(work, case, item, arrived)


def _store_inline(doors: Doors, item: Evidence) -> _Arrived | None:
    content = item.content()
    return None if content is None else _store(doors, io.BytesIO(content))


def _store(doors: Doors, source: BinaryIO) -> _Arrived:
    """Raises TooLarge."""
    blob = doors.ports.blobs.put(source, rules.MAX_FETCHED_BYTES)
    return _Arrived(blob, file_checks.check(doors, blob.size, partial(doors.ports.blobs.open, blob.ref)))


def _register(work: Work, case: Case, item: Evidence, arrived: _Arrived | None) -> None:
    if evidence.by_platform_id(work.session, case.case_no, item.evidence_id):
        return  # the job runs at least once
    role = Role(item.submitted_by)
    row = EvidenceItem(
        case_no=case.case_no,
        platform_evidence_id=item.evidence_id,
        label=_next_label(work, case, role),
        kind=Kind(item.kind),
        state=ItemState.EXPECTED,
        submitted_by=role,
        file_name=rules.visible(item.file_name or "") or rules.name_of(item.evidence_id, item.media_type),
        media_type=item.media_type,
        size=item.size,
        declared_sha256=item.sha256,
        source="platform",
        source_url=item.url,
        captured_at=item.captured_at,
        particulars=particulars.write(particulars.told(item)),
        received_at=work.now,
        late=int(case.record_sha256 is not None),
        manifest=item.manifest,
    )
    work.session.add(row)
    work.session.flush()
    if arrived is None:
        announced = {"label": row.label, "declared_sha256": item.sha256, "row": witness(row)}
        record(work, case.case_no, "evidence_expected", announced)
        work.ports.jobs.enqueue(work.session, "fetch_evidence", {"item": row.id}, work.now)
    else:
        _take(work, row, arrived)


def fetch_evidence(doors: Doors, item_id: int, attempt: int) -> None:
    """Job: get a file from its platform's own host. Raises Unreachable to be tried again, and in the end gives up."""
    with doors.read(SYSTEM) as work:
        item = work.session.get_one(EvidenceItem, item_id)
        hosts = frozenset(work.session.get_one(Case, item.case_no).platform.evidence_hosts.split())
    if item.state is not ItemState.EXPECTED or item.source_url is None:
        return
    try:
        with doors.ports.gateway.fetch(item.source_url, hosts, rules.MAX_FETCHED_BYTES) as source:
            arrived = _store(doors, source)
    except (Unreachable, TooLarge) as problem:
        if attempt < FETCH_TRIES and isinstance(problem, Unreachable):
            raise
        with doors.work(SYSTEM) as work:
            row = work.session.get_one(EvidenceItem, item_id)
            row.state = rules.ITEM.next_state(row.state, ItemAction.GIVE_UP, work.actor.role)
            row.problem = str(problem)
            _tell(work, row, "evidence_unavailable", {"problem": row.problem})
        return
    with doors.work(SYSTEM) as work:
        _take(work, work.session.get_one(EvidenceItem, item_id), arrived)


def _take(work: Work, row: EvidenceItem, arrived: _Arrived) -> None:
    """A platform's file is here: on the record if it is what was declared, quarantined and everyone told if not."""
    if row.state is not ItemState.EXPECTED:
        return
    blob = arrived.blob
    if not work.ports.blobs.holds(blob.ref):
        raise Unreachable("the same file was removed meanwhile")
    row.blob = blob.ref
    row.sha256 = blob.sha256
    row.size = blob.size
    checked = arrived.checked
    problem = _problem(row, arrived)
    if problem is not None:
        quarantine(work, row, problem, {"media_type": checked.media_type, "malware": checked.malware})
        return
    _on_arrival(work, row)
    if checked.unscanned:
        row.state = rules.ITEM.next_state(row.state, ItemAction.HOLD, work.actor.role)
        _hold(work, row)
    else:
        receive(work, row)


def _received(row: EvidenceItem) -> dict[str, object]:
    """What everyone is told of an item that is here; where its form has gaps, this is the notice of them (EV-01)."""
    missing = particulars.gaps(row.kind, particulars.load(row.particulars))
    told: dict[str, object] = {"sha256": row.sha256, "size": row.size}
    return told | ({"missing": [gap.field.name for gap in missing]} if missing else {})


def _problem(row: EvidenceItem, arrived: _Arrived) -> rules.Problem | None:
    if arrived.blob.sha256 != row.declared_sha256:
        return rules.Problem.DIGEST_MISMATCH
    declared = rules.problem_of(arrived.checked.media_type, row.media_type, row.file_name)
    return declared or arrived.checked.problem


def receive(work: Work, row: EvidenceItem) -> None:
    """System: nothing is wrong with a file that was expected or held; it is on the record and everyone is told."""
    row.state = rules.ITEM.next_state(row.state, ItemAction.VERIFY, work.actor.role)
    _enter(work, row)


def quarantine(work: Work, row: EvidenceItem, problem: rules.Problem, found: dict[str, object]) -> None:
    """System: something is wrong with it; everyone is told what. *found* is added where it says something."""
    row.problem = problem
    row.state = rules.ITEM.next_state(row.state, ItemAction.QUARANTINE, work.actor.role)
    said = {name: value for name, value in found.items() if value is not None}
    compared = {"sha256": row.sha256, "declared_sha256": row.declared_sha256}
    _tell(work, row, "evidence_quarantined", {"problem": problem, **said, **compared})


def _hold(work: Work, row: EvidenceItem) -> None:
    """It is here and nobody opens it until the scanner has answered, which is asked again and again."""
    row.unscanned = 1
    record(work, row.case_no, "evidence_held", {"label": row.label, "sha256": row.sha256, "row": witness(row)})
    work.ports.jobs.enqueue(work.session, "scan_held", {"item": row.id}, work.now)


def upload(doors: Doors, actor: Actor, case_no: str, kind: Kind, uploads: Sequence[Upload]) -> int:
    """A party: files into its draft, streamed to their final place; how many. Nothing is on the record yet.

    What its side's draft holds already is not added again, so whatever was not answered can be sent once more. Raises
    Invalid naming the file and the cure when one is too large, empty, of a type that is not taken, or arrived changed;
    then none of them is kept.
    """
    if not uploads:
        raise Invalid("Choose at least one file.")
    with doors.read(actor) as work:
        _may_upload(work, get_case(work, case_no))
        _must_fit(work, case_no, len(uploads), 0)
    drafts: list[Draft] = []
    try:
        checked = [_receive(doors, item, drafts) for item in uploads]
        with doors.work(actor) as work:
            _may_upload(work, get_case(work, case_no))
            return _add_drafts(work, case_no, kind, list(zip(uploads, drafts, checked, strict=True)))
    finally:
        for draft in drafts:
            draft.drop()


def waiting_digests(work: Work, case_no: str) -> list[str]:
    """A party: the digests of what its side's draft holds, which need not be sent again. Raises WrongState."""
    _may_upload(work, get_case(work, case_no))
    return [row.sha256 or "" for row in evidence.drafts_of(work.session, case_no, _side(work))]


def _must_fit(work: Work, case_no: str, files: int, size: int) -> None:
    """Raises Invalid where so many more files, of *size* bytes together, are too many for the actor's side."""
    side = _side(work)
    if len(evidence.drafts_of(work.session, case_no, side)) + files > rules.MAX_FILES_AT_ONCE:
        raise Invalid(
            "At most %(most)s files can wait at once; submit these first.", values={"most": rules.MAX_FILES_AT_ONCE}
        )
    if evidence.filed_bytes(work.session, case_no, side) + size > rules.MAX_SIDE_BYTES:
        raise Invalid(
            "At most %(most)s MB can be filed by one side in one case.",
            values={"most": rules.MAX_SIDE_BYTES // 1024**2},
        )


def _receive(doors: Doors, item: Upload, drafts: list[Draft]) -> Checked:
    """One file among the *drafts*, whole and as it was sent; what was found out about it.

    Raises Invalid with cause and cure where it is not taken; of what shows at its beginning, the rest is not read.
    """
    try:
        if isinstance(item.content, Draft):
            drafts.append(item.content)
            _must_be_taken(doors, item, item.content.head)
        else:
            _read(doors, item, item.content, drafts)
    except TooLarge as problem:
        raise _refused(item, "It is larger than a file may be.") from problem
    draft = drafts[-1]
    if item.declared_sha256 and item.declared_sha256 != draft.sha256:
        raise _refused(item, "It arrived changed: its digest is not the one your browser computed. Send it again.")
    draft.finish()
    return _sound(doors, item, draft)


def _read(doors: Doors, item: Upload, source: BinaryIO, drafts: list[Draft]) -> None:
    draft = doors.ports.blobs.draft(rules.MAX_FILE_BYTES)
    drafts.append(draft)
    chunks = iter(partial(source.read, READ_BYTES), b"")
    draft.write(next(chunks, b""))
    _must_be_taken(doors, item, draft.head)
    for chunk in chunks:
        draft.write(chunk)


def _must_be_taken(doors: Doors, item: Upload, head: bytes) -> None:
    if not head:
        raise _refused(item, "It is empty; choose the file again.")
    if not rules.is_taken(doors.ports.media_types.of(head), item.name):
        raise _refused(item, "Its content is of a kind that is not taken under this name.")


def _sound(doors: Doors, item: Upload, draft: Draft) -> Checked:
    checked = file_checks.check(doors, draft.size, draft.open)
    if not rules.is_taken(checked.media_type, item.name):
        raise _refused(item, "Its content is of a kind that is not taken under this name.")
    if checked.problem is not None:
        raise _refused(item, file_checks.cure(checked.problem))
    return checked


def _add_drafts(work: Work, case_no: str, kind: Kind, arrived: Sequence[tuple[Upload, Draft, Checked]]) -> int:
    """Those that are new to the side's draft, in the writer's turn: nothing can find them left over meanwhile."""
    held = {row.sha256 for row in evidence.drafts_of(work.session, case_no, _side(work))}
    new = {draft.sha256: (item, draft, checked) for item, draft, checked in arrived if draft.sha256 not in held}
    _must_fit(work, case_no, len(new), sum(draft.size for _, draft, _ in new.values()))
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
            submitted_by=Role(_side(work)),
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
    row = _own_draft(work, case_no, item_id)
    shown = previews.drop(work.session, row.id)
    work.session.delete(row)
    for ref in (row.blob, *shown):
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)


def describe(work: Work, case_no: str, item_id: int, kind: Kind, answers: Mapping[str, object]) -> None:
    """A party: say what a file of its draft is, and the particulars of that kind. Raises Invalid naming each field."""
    _may_upload(work, get_case(work, case_no))
    row = _own_draft(work, case_no, item_id)
    row.kind = kind
    row.particulars = particulars.write(particulars.read(kind, answers))


def _own_draft(work: Work, case_no: str, item_id: int) -> EvidenceItem:
    row = work.session.get(EvidenceItem, item_id)
    own = row is not None and row.case_no == case_no == work.actor.case_no and row.submitted_by == _side(work)
    if row is None or not own or row.state is not ItemState.DRAFT:
        raise NotFound("There is no such file in your draft.")
    return row


def forget_file(doors: Doors, ref: str) -> None:
    """Job: remove a stored file unless something refers to it: files are by content, several rows may share one."""
    with doors.work(SYSTEM) as work:  # no row can come to refer to it meanwhile: there is one writer
        if not blob_refs.is_referred_to(work.session, ref):
            work.ports.blobs.remove(ref)


def sweep(doors: Doors) -> int:
    """Clock: remove what a crash left in the store, half-written or referred to by nothing; how many files."""
    removed = doors.ports.blobs.remove_left_over_drafts()
    with doors.read(SYSTEM) as work:
        known = dict(blob_refs.all_of(work.session))
    lost = [ref for ref in doors.ports.blobs.kept_before(SETTLED_AFTER) if ref not in known]
    for ref in lost:
        forget_file(doors, ref)
    return removed + len(lost)


def submit(work: Work, case_no: str) -> list[str]:
    """A party: its draft goes on the record and is locked; the labels given."""
    case = get_case(work, case_no)
    _may_upload(work, case)
    side = _side(work)
    drafts = evidence.drafts_of(work.session, case_no, side)
    if not drafts:
        raise Invalid("There is no file to submit; add one first.")
    for row in drafts:
        row.label = _next_label(work, case, Role(side))
        row.received_at = work.now
        _lock(work, row)
    return [row.label or "" for row in drafts]


def scan_held(doors: Doors, item_id: int) -> None:
    """Job: ask the scanner about a file that is held. Raises Unreachable to be tried again."""
    with doors.read(SYSTEM) as work:
        item = work.session.get_one(EvidenceItem, item_id)
    if item.state is not ItemState.HELD or item.blob is None:
        return
    malware = file_checks.scan(doors, partial(doors.ports.blobs.open, item.blob))
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(EvidenceItem, item_id)
        if row.state is not ItemState.HELD:
            return
        row.unscanned = 0
        if malware is None:
            receive(work, row)
        else:
            quarantine(work, row, rules.Problem.INFECTED, {"media_type": row.media_type, "malware": malware})
        work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": row.case_no}, work.now)


def take_out(work: Work, case_no: str, label: str) -> EvidenceItem:
    """Anyone in the case: get a file; that it was looked at goes into the history first."""
    row = readable(work, case_no, label)
    record(work, case_no, "evidence_viewed", {"label": label, "role": work.actor.role})
    return row


def readable(work: Work, case_no: str, label: str) -> EvidenceItem:
    """An item that the actor may look into and take out. Raises NotFound, or NotAllowed where it is kept from them."""
    get_case(work, case_no)
    row = evidence.by_label(work.session, case_no, label)
    if row is not None and row.erased_at is not None:
        raise WrongState("%(label)s was erased; only its digest is left.", values={"label": label})
    if row is None or row.blob is None:
        raise NotFound(f"There is no file {label} in this case.")
    if row.state is ItemState.HELD:
        raise NotAllowed(f"{label} is still being checked: nobody opens it before that is done.")
    if not rules.may_read(row.state, work.actor.role):
        raise NotAllowed(f"{label} is quarantined: it is not what it should be.")
    return row


def close_record(work: Work, case_no: str) -> None:
    """Arbitrator: the record is complete; nothing can be added and deliberation begins."""
    must_sit(work, case_no)
    if evidence.is_held(work.session, case_no):
        raise WrongState("A file is still being checked; the record can be closed when that is done.")
    if productions.is_open(work.session, case_no):
        raise WrongState(
            "Something is still to be produced; wait for the answer or for the end of its time, or withdraw the order."
        )
    _close(work, get_case(work, case_no), DeadlineState.MET)


def close_when_due(work: Work, case: Case) -> bool:
    """Clock: the time for evidence is over; whether the record closed.

    It waits while no arbitrator sits, a file is held, or something is still to be produced or to be answered.
    """
    heard = productions.is_heard(work.session, case.case_no, work.now)
    if heard or not is_seated(work, case.case_no) or evidence.is_held(work.session, case.case_no):
        return False
    _close(work, case, DeadlineState.EXPIRED)
    return True


def close_if_overdue(work: Work, case_no: str) -> None:
    """Job, after what the record waited for: the time for evidence may have run out meanwhile."""
    case = get_case(work, case_no)
    running = open_deadline(work, case, DeadlineKind.EVIDENCE)
    if running is not None and running.due_at <= work.now:
        close_when_due(work, case)


def _close(work: Work, case: Case, how: DeadlineState) -> None:
    for item in evidence.on_record(work.session, case.case_no):
        item.late = int(item.state is ItemState.EXPECTED)
    case.record_sha256 = record_digest(work, case)
    move(work, case, Action.CLOSE_RECORD, {"record_sha256": case.record_sha256})
    settle(work, case, DeadlineKind.EVIDENCE, how)
    set_deadline(work, case, DeadlineKind.RULING)


def record_digest(work: Work, case: Case) -> str:
    """Hex SHA-256 over what the arbitrator decides on: every item, every message, and the history's last leaf.

    All as they were when the record closed: what came later does not change it.
    """
    events = [event for event, _ in history.of_case(work.session, case.case_no)]
    until_closed = list(takewhile(lambda event: event.kind != EVENT[Action.CLOSE_RECORD], events))
    said = sum(event.kind == "message_posted" for event in until_closed)
    content = {
        "case": case.case_no,
        "evidence": [
            {"label": item.label, "kind": item.kind, "state": item.state, "sha256": item.sha256}
            for item in evidence.in_record(work.session, case.case_no)
        ],
        "messages": [
            sha256(message.body.encode()).hexdigest()
            for message in cases.messages_of(work.session, case.case_no)[:said]
        ],
        "history": until_closed[-1].leaf_hash if until_closed else None,
    }
    return sha256(rfc8785.dumps(content)).hexdigest()


def _may_upload(work: Work, case: Case) -> None:
    if work.actor.role not in PARTIES:
        raise NotAllowed("Only the parties file evidence here; platforms send it by webhook.")
    if case.state not in UPLOAD_STATES:
        raise WrongState("The record is closed; nothing can be added to it.")


def _side(work: Work) -> Side:
    """For whom the actor files: what a representative files is filed by the side represented."""
    party = cases.party_by_actor(work.session, work.actor.id)
    if party is None:
        raise NotAllowed("Only the parties file evidence here; platforms send it by webhook.")
    return party.side


def _next_label(work: Work, case: Case, role: Role) -> str:
    letter = rules.LABEL_LETTER[role]
    return rules.label(role, evidence.next_number(work.session, case.case_no, letter))


def _lock(work: Work, row: EvidenceItem) -> None:
    """A draft that has its label: on the record, or held until it is scanned; nobody changes it any more."""
    how = ItemAction.SUBMIT_UNSCANNED if row.unscanned else ItemAction.SUBMIT
    row.state = rules.ITEM.next_state(row.state, how, work.actor.role)
    work.session.add(row)
    work.session.flush()
    _on_arrival(work, row)
    if row.unscanned:
        _hold(work, row)
    else:
        _enter(work, row)


def _on_arrival(work: Work, row: EvidenceItem) -> None:
    """Trusted time begins when a file is here, held or not; and a picture is known again from then on."""
    work.ports.jobs.enqueue(work.session, "stamp_evidence", {"item": row.id}, work.now)
    if row.media_type.startswith("image/"):
        work.ports.jobs.enqueue(work.session, "fingerprint_picture", {"item": row.id}, work.now)


def _enter(work: Work, row: EvidenceItem) -> None:
    """An item is on the record: everyone is told, and its preview is made."""
    _tell(work, row, "evidence_received", _received(row))
    work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": row.id}, work.now)


def _tell(work: Work, row: EvidenceItem, kind: str, payload: dict[str, object]) -> None:
    mark = {"late": True} if row.late else {}
    if kind == "evidence_received" and row.declared_sha256:
        mark["compared"] = True
    told = {"label": row.label, "kind": row.kind, **payload, **mark, "row": witness(row)}
    event = record(work, row.case_no, kind, told)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


@dataclass(frozen=True)
class KeptReport:
    """An inspector's report as it is stored, before it is on the record."""

    blob: StoredBlob
    name: str
    checked: Checked

    def as_item(self, case_no: str, now: datetime) -> EvidenceItem:
        """The item that it will be, in no session yet."""
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
        )


def keep_report(doors: Doors, item: Upload) -> KeptReport:
    """Store an inspector's report as `upload` stores a party's file. Raises Invalid naming the cure."""
    drafts: list[Draft] = []
    try:
        checked = _receive(doors, item, drafts)
        return KeptReport(drafts[0].keep(), item.name, checked)
    finally:
        for draft in drafts:
            draft.drop()


def file_report(work: Work, row: EvidenceItem) -> str:
    """Put an inspector's report on the record as `I-1`, late if the record has closed; the label given."""
    if row.blob is None or not work.ports.blobs.holds(row.blob):
        raise Invalid("The file could not be kept; send it again.")
    case = work.session.get_one(Case, row.case_no)
    row.label = _next_label(work, case, Role.INSPECTOR)
    row.late = int(case.record_sha256 is not None)
    _lock(work, row)
    return row.label
