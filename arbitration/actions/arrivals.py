"""Evidence that a platform sends: from the webhook, inline or at an address of its own, to the record."""

import io
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from arbitration.actions import file_checks, items
from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.actions.file_checks import Checked
from arbitration.actions.intake import envelope_of
from arbitration.domain import evidence as rules
from arbitration.domain import particulars
from arbitration.domain.escalation import DisputeEscalated, Evidence, EvidenceAdded, RemedyExecuted
from arbitration.domain.evidence import ItemAction, ItemState, Kind
from arbitration.domain.permissions import Role
from arbitration.ports import StoredBlob, TooLarge, Unreachable
from arbitration.store import evidence
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.intake import WebhookEvent
from arbitration.store.witness import witness

FETCH_TRIES = 6


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
        label=items.next_label(work, case, role),
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
            items.tell(work, row, "evidence_unavailable", {"problem": row.problem})
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
        items.quarantine(work, row, problem, {"media_type": checked.media_type, "malware": checked.malware})
        return
    items.on_arrival(work, row)
    if checked.unscanned:
        row.state = rules.ITEM.next_state(row.state, ItemAction.HOLD, work.actor.role)
        items.hold(work, row)
    else:
        items.receive(work, row)


def _problem(row: EvidenceItem, arrived: _Arrived) -> rules.Problem | None:
    if arrived.blob.sha256 != row.declared_sha256:
        return rules.Problem.DIGEST_MISMATCH
    declared = rules.problem_of(arrived.checked.media_type, row.media_type, row.file_name)
    return declared or arrived.checked.problem
