"""An item of evidence on the record: how it enters, is held or quarantined, and who takes it out, under audit."""

from dataclasses import dataclass
from functools import partial

from arbitration.actions import file_checks, late_evidence
from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.domain import evidence as rules
from arbitration.domain import particulars
from arbitration.domain.confidentiality import Copy, copy_for
from arbitration.domain.errors import NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import ItemAction, ItemState
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import PARTIES, Role
from arbitration.store import cases, evidence, panel
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.witness import witness


def next_label(work: Work, case: Case, role: Role) -> str:
    """The label of the next item that *role* files in the case, as `C-3`."""
    letter = rules.LABEL_LETTER[role]
    return rules.label(role, evidence.next_number(work.session, case.case_no, letter))


def setting_of(work: Work, case: Case) -> particulars.Setting:
    """What a party's answers about its file are held against."""
    return particulars.Setting(work.now, frozenset(claim.letter for claim in case.claims))


def lock(work: Work, row: EvidenceItem) -> None:
    """A draft that has its label: on the record, or held until it is scanned; nobody changes it any more."""
    how = ItemAction.SUBMIT_UNSCANNED if row.unscanned else ItemAction.SUBMIT
    row.state = rules.ITEM.next_state(row.state, how, work.actor.role)
    work.session.add(row)
    work.session.flush()
    on_arrival(work, row)
    if row.unscanned:
        hold(work, row)
    else:
        _enter(work, row)


def on_arrival(work: Work, row: EvidenceItem) -> None:
    """Trusted time begins when a file is here, held or not; and a picture is known again from then on."""
    work.ports.jobs.enqueue(work.session, "stamp_evidence", {"item": row.id}, work.now)
    if row.media_type.startswith("image/"):
        work.ports.jobs.enqueue(work.session, "fingerprint_picture", {"item": row.id}, work.now)


def receive(work: Work, row: EvidenceItem) -> None:
    """System: nothing is wrong with a file that was expected or held; it is on the record and everyone is told."""
    row.state = rules.ITEM.next_state(row.state, ItemAction.VERIFY, work.actor.role)
    _enter(work, row)


def _enter(work: Work, row: EvidenceItem) -> None:
    """An item is on the record: everyone is told, and its preview is made; on a late one the others are heard."""
    tell(work, row, "evidence_received", _received(row))
    late_evidence.hear_others(work, row)
    work.ports.jobs.enqueue(work.session, "preview_evidence", {"item": row.id}, work.now)


def _received(row: EvidenceItem) -> dict[str, object]:
    """What everyone is told of an item that is here; where its form has gaps, this is the notice of them (EV-01)."""
    missing = particulars.gaps(row.kind, particulars.load(row.particulars))
    given = given_to(Role.PUBLIC, row)
    told: dict[str, object] = {"sha256": given.sha256, "size": given.size}
    if row.confidential_because is not None:
        told["confidential"] = row.confidential_because
    return told | ({"missing": [gap.field.name for gap in missing]} if missing else {})


def hold(work: Work, row: EvidenceItem) -> None:
    """It is here and nobody opens it until the scanner has answered, which is asked again and again."""
    row.unscanned = 1
    record(work, row.case_no, "evidence_held", {"label": row.label, "sha256": row.told_sha256, "row": witness(row)})
    work.ports.jobs.enqueue(work.session, "scan_held", {"item": row.id}, work.now)


def quarantine(work: Work, row: EvidenceItem, problem: rules.Problem, found: dict[str, object]) -> None:
    """System: something is wrong with it; everyone is told what. *found* is added where it says something."""
    row.problem = problem
    row.state = rules.ITEM.next_state(row.state, ItemAction.QUARANTINE, work.actor.role)
    said = {name: value for name, value in found.items() if value is not None}
    declared = row.declared_sha256 if row.confidential_because is None else None
    compared = {"sha256": row.told_sha256, "declared_sha256": declared}
    tell(work, row, "evidence_quarantined", {"problem": problem, **said, **compared})


def tell(work: Work, row: EvidenceItem, kind: str, payload: dict[str, object]) -> None:
    """Into the history with the digest of its row, and to everyone in the case."""
    mark: dict[str, object] = {"late": True} if row.late else {}
    if row.late_because:
        mark["late_because"] = row.late_because
    if kind == "evidence_received" and row.declared_sha256:
        mark["compared"] = True
    told = {"label": row.label, "kind": row.kind, **payload, **mark, "row": witness(row)}
    event = record(work, row.case_no, kind, told)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def scan_held(doors: Doors, item_id: int) -> None:
    """Job: ask the scanner about a file that is held. Raises Unreachable to be tried again."""
    with doors.read(SYSTEM) as work:
        item = work.session.get_one(EvidenceItem, item_id)
    if item.state is not ItemState.HELD or item.blob is None:
        return
    found = [file_checks.scan(doors, partial(doors.ports.blobs.open, ref)) for ref in item.blobs]
    malware = next(filter(None, found), None)
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(EvidenceItem, item_id)
        if row.state is not ItemState.HELD:
            return
        row.unscanned = 0
        if malware is None:
            receive(work, row)
        else:
            media_type = None if row.kept_back else row.media_type
            quarantine(work, row, rules.Problem.INFECTED, {"media_type": media_type, "malware": malware})
            work.ports.jobs.enqueue(work.session, "reopen_production", {"item": row.id}, work.now)
        work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": row.case_no}, work.now)


@dataclass(frozen=True)
class GivenFile:
    """The one file of an item that a reader is given: its original, or the redacted copy in its place.

    `size` in bytes, `sha256` hex of the clear bytes; `blob` is None where no file is here.
    """

    item: EvidenceItem
    copy: Copy
    name: str
    media_type: str
    size: int
    sha256: str | None
    blob: str | None

    @property
    def label(self) -> str:
        """The item's label."""
        return self.item.label or ""


def given_to(reader: Role, item: EvidenceItem) -> GivenFile:
    """Which file of an item is *reader*'s, for preview, download, bundle, export and every list."""
    return file_of(item, copy_for(reader, item.submitted_by, kept_back=item.kept_back))


def file_of(item: EvidenceItem, copy: Copy) -> GivenFile:
    """One of an item's files, whoever asks: only for what is made of it."""
    if copy is Copy.ORIGINAL:
        return GivenFile(item, copy, item.file_name, item.media_type, item.size, item.sha256, item.blob)
    return GivenFile(
        item,
        copy,
        item.redacted_name or "",
        item.redacted_type or "",
        item.redacted_size or 0,
        item.redacted_sha256,
        item.redacted_blob,
    )


def reader_of(work: Work, case_no: str) -> Role:
    """As whom the actor reads the case's items: a party as its side, an arbitrator who does not sit as anyone else."""
    role = work.actor.role
    if role in PARTIES:
        party = cases.party_by_actor(work.session, work.actor.id)
        return Role(party.side) if party is not None else Role.PUBLIC
    if role is not Role.ARBITRATOR:
        return role
    seat = panel.seated(work.session, case_no)
    sits = seat is not None and seat.staff.actor_id == work.actor.id and seat.state is AppointmentState.ACCEPTED
    return role if sits else Role.PUBLIC


def take_out(work: Work, case_no: str, label: str) -> GivenFile:
    """Anyone in the case: get the file that is theirs; that it was looked at goes into the history first."""
    given = readable(work, case_no, label)
    record(work, case_no, "evidence_viewed", seen(given, work.actor.role))
    return given


def seen(given: GivenFile, role: Role) -> dict[str, object]:
    """What the history tells of a look into an item: who, and that it was the redacted copy where it was."""
    which = {"copy": given.copy} if given.copy is Copy.REDACTED else {}
    return {"label": given.label, "role": role, **which}


def readable(work: Work, case_no: str, label: str) -> GivenFile:
    """The file of an item that the actor may look into and take out.

    Raises NotFound, or NotAllowed where it is kept from them.
    """
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
    return given_to(reader_of(work, case_no), row)
