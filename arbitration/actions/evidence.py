"""Evidence: from the webhook or an upload to the record, looked at under audit, and the record closed over it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from typing import BinaryIO

import rfc8785

from arbitration.actions.context import SYSTEM, Actor, Doors, Work, get_case, move, record
from arbitration.actions.deadlines import open_deadline, set_deadline, settle
from arbitration.actions.intake import envelope_of
from arbitration.actions.panel import is_seated, must_sit
from arbitration.domain import evidence as rules
from arbitration.domain.cases import EVENT, Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import FieldError, Invalid, NotAllowed, NotFound, Refused, WrongState
from arbitration.domain.escalation import DisputeEscalated, Evidence, EvidenceAdded, RemedyExecuted
from arbitration.domain.evidence import ItemAction, ItemState, Kind
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.vocabulary import Side
from arbitration.ports import StoredBlob, TooLarge, Unreachable
from arbitration.store import blob_refs, cases, evidence, history
from arbitration.store.cases import Case, DeadlineState
from arbitration.store.evidence import EvidenceItem
from arbitration.store.intake import WebhookEvent
from arbitration.store.witness import witness

UPLOAD_STATES = frozenset({State.RECEIVED, State.DEFICIENT, State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
FETCH_TRIES = 6
HEAD_BYTES = 4096


@dataclass(frozen=True)
class Upload:
    """One file as a party sends it. `declared_sha256` (hex) is what its browser computed, empty without script."""

    name: str
    stream: BinaryIO
    declared_sha256: str = ""


@dataclass(frozen=True)
class _Arrived:
    """A platform's file as it is stored, and the media type that its content shows."""

    blob: StoredBlob
    media_type: str


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
    blob = doors.ports.blobs.put(source, rules.MAX_FILE_BYTES)
    with doors.ports.blobs.open(blob.ref) as chunks:
        head = next(chunks, b"")[:HEAD_BYTES]
    return _Arrived(blob, doors.ports.media_types.of(head))


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
        received_at=work.now,
        late=int(case.record_sha256 is not None),
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
        with doors.ports.gateway.fetch(item.source_url, hosts, rules.MAX_FILE_BYTES) as source:
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
    row.problem = _problem(row, arrived)
    verdict = ItemAction.QUARANTINE if row.problem else ItemAction.VERIFY
    row.state = rules.ITEM.next_state(row.state, verdict, work.actor.role)
    if row.problem is None:
        _tell(work, row, "evidence_received", {"sha256": blob.sha256, "size": blob.size})
        return
    compared = {"sha256": blob.sha256, "declared_sha256": row.declared_sha256}
    _tell(work, row, "evidence_quarantined", {"problem": row.problem, "media_type": arrived.media_type, **compared})


def _problem(row: EvidenceItem, arrived: _Arrived) -> rules.Problem | None:
    if arrived.blob.sha256 != row.declared_sha256:
        return rules.Problem.DIGEST_MISMATCH
    return rules.problem_of(arrived.media_type, row.media_type, row.file_name)


def upload(doors: Doors, actor: Actor, case_no: str, kind: Kind, uploads: Sequence[Upload]) -> int:
    """A party: files into its draft, streamed to their final place; how many. Nothing is on the record yet.

    Raises Invalid naming the file and the cure when one is too large, empty, of a type that is not taken, or arrived
    changed; then none of them is kept.
    """
    if not uploads:
        raise Invalid("Choose at least one file.")
    with doors.read(actor) as work:
        _may_upload(work, get_case(work, case_no))
        _must_fit(work, case_no, len(uploads), 0)
    stored: list[StoredBlob] = []
    try:
        media_types = [_store_upload(doors, item, stored) for item in uploads]
        with doors.work(actor) as work:
            _may_upload(work, get_case(work, case_no))
            _must_fit(work, case_no, len(stored), sum(blob.size for blob in stored))
            for item, blob, media_type in zip(uploads, stored, media_types, strict=True):
                _add_draft(work, case_no, kind, item, blob, media_type)
    except Refused:
        for blob in stored:
            forget_file(doors, blob.ref)
        raise
    return len(stored)


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


def _store_upload(doors: Doors, item: Upload, stored: list[StoredBlob]) -> str:
    """The media type of one file, and the file among the *stored*, even if it is refused then."""
    head = item.stream.read(HEAD_BYTES)
    item.stream.seek(0)
    if not head:
        raise _refused(item, "It is empty; choose the file again.")
    media_type = doors.ports.media_types.of(head)
    if not rules.is_taken(media_type, item.name):
        raise _refused(item, "Its content is of a kind that is not taken under this name.")
    try:
        blob = doors.ports.blobs.put(item.stream, rules.MAX_FILE_BYTES)
    except TooLarge as problem:
        raise _refused(item, "It is larger than a file may be.") from problem
    stored.append(blob)
    if item.declared_sha256 and item.declared_sha256 != blob.sha256:
        raise _refused(item, "It arrived changed: its digest is not the one your browser computed. Send it again.")
    return media_type


def _add_draft(work: Work, case_no: str, kind: Kind, item: Upload, blob: StoredBlob, media_type: str) -> None:
    if not work.ports.blobs.holds(blob.ref):
        raise _refused(item, "It could not be kept; send it again.")
    work.session.add(
        EvidenceItem(
            case_no=case_no,
            kind=kind,
            state=ItemState.DRAFT,
            submitted_by=Role(_side(work)),
            file_name=item.name,
            media_type=media_type,
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
    row = work.session.get(EvidenceItem, item_id)
    own = row is not None and row.case_no == case_no == work.actor.case_no and row.submitted_by == _side(work)
    if row is None or not own or row.state is not ItemState.DRAFT:
        raise NotFound("There is no such file in your draft.")
    work.session.delete(row)
    work.ports.jobs.enqueue(work.session, "forget_file", {"ref": row.blob}, work.now)


def forget_file(doors: Doors, ref: str) -> None:
    """Job: remove a stored file unless something refers to it: files are by content, several rows may share one."""
    with doors.work(SYSTEM) as work:  # no row can come to refer to it meanwhile: there is one writer
        if not blob_refs.is_referred_to(work.session, ref):
            work.ports.blobs.remove(ref)


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
        row.state = rules.ITEM.next_state(row.state, ItemAction.SUBMIT, work.actor.role)
        row.received_at = work.now
        work.session.flush()
        _tell(work, row, "evidence_received", {"sha256": row.sha256, "size": row.size})
    return [row.label or "" for row in drafts]


def take_out(work: Work, case_no: str, label: str) -> EvidenceItem:
    """Anyone in the case: get a file; that it was looked at goes into the history first."""
    get_case(work, case_no)
    row = evidence.by_label(work.session, case_no, label)
    if row is not None and row.erased_at is not None:
        raise WrongState("%(label)s was erased; only its digest is left.", values={"label": label})
    if row is None or row.blob is None:
        raise NotFound(f"There is no file {label} in this case.")
    if row.state is ItemState.QUARANTINED and work.actor.role in PARTIES:
        raise NotAllowed(f"{label} is quarantined: it is not what its sender declared.")
    record(work, case_no, "evidence_viewed", {"label": label, "role": work.actor.role})
    return row


def close_record(work: Work, case_no: str) -> None:
    """Arbitrator: the record is complete; nothing can be added and deliberation begins."""
    must_sit(work, case_no)
    _close(work, get_case(work, case_no), DeadlineState.MET)


def close_when_due(work: Work, case: Case) -> bool:
    """Clock: the time for evidence is over. It waits while no arbitrator sits; whether it closed."""
    if not is_seated(work, case.case_no):
        return False
    _close(work, case, DeadlineState.EXPIRED)
    return True


def close_if_overdue(work: Work, case_no: str) -> None:
    """Job, after an acceptance: the time for evidence may have run out while nobody sat."""
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


def _tell(work: Work, row: EvidenceItem, kind: str, payload: dict[str, object]) -> None:
    mark = {"late": True} if row.late else {}
    if kind == "evidence_received":
        mark |= {"compared": True} if row.declared_sha256 else {}
        work.ports.jobs.enqueue(work.session, "stamp_evidence", {"item": row.id}, work.now)
        if row.media_type.startswith("image/"):
            work.ports.jobs.enqueue(work.session, "fingerprint_picture", {"item": row.id}, work.now)
    told = {"label": row.label, "kind": row.kind, **payload, **mark, "row": witness(row)}
    event = record(work, row.case_no, kind, told)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)
