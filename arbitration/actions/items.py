"""An item of evidence on the record: how it enters, is held or quarantined, and who takes it out, under audit."""

from functools import partial

from arbitration.actions import file_checks, late_evidence
from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.domain import evidence as rules
from arbitration.domain import particulars
from arbitration.domain.errors import NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import ItemAction, ItemState
from arbitration.domain.permissions import Role
from arbitration.store import evidence
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.witness import witness


def next_label(work: Work, case: Case, role: Role) -> str:
    """The label of the next item that *role* files in the case, as `C-3`."""
    letter = rules.LABEL_LETTER[role]
    return rules.label(role, evidence.next_number(work.session, case.case_no, letter))


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
    told: dict[str, object] = {"sha256": row.sha256, "size": row.size}
    return told | ({"missing": [gap.field.name for gap in missing]} if missing else {})


def hold(work: Work, row: EvidenceItem) -> None:
    """It is here and nobody opens it until the scanner has answered, which is asked again and again."""
    row.unscanned = 1
    record(work, row.case_no, "evidence_held", {"label": row.label, "sha256": row.sha256, "row": witness(row)})
    work.ports.jobs.enqueue(work.session, "scan_held", {"item": row.id}, work.now)


def quarantine(work: Work, row: EvidenceItem, problem: rules.Problem, found: dict[str, object]) -> None:
    """System: something is wrong with it; everyone is told what. *found* is added where it says something."""
    row.problem = problem
    row.state = rules.ITEM.next_state(row.state, ItemAction.QUARANTINE, work.actor.role)
    said = {name: value for name, value in found.items() if value is not None}
    compared = {"sha256": row.sha256, "declared_sha256": row.declared_sha256}
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
