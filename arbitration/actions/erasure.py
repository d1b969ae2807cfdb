"""Erasure: after a case has ended, a file and what tells of it are destroyed; digest, label and history stay."""

import json
from collections.abc import Iterator
from datetime import timedelta

from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.actions.intake import envelope_of
from arbitration.domain.cases import ENDED
from arbitration.domain.errors import Invalid, NotAllowed, WrongState
from arbitration.domain.escalation import DisputeEscalated, EvidenceAdded, RemedyExecuted
from arbitration.domain.permissions import Permission, may
from arbitration.store import erasure as store
from arbitration.store import evidence
from arbitration.store.cases import Case
from arbitration.store.erasure import Due
from arbitration.store.evidence import EvidenceItem
from arbitration.store.intake import WebhookEvent
from arbitration.store.witness import witness

MAX_REASON_CHARS = 300
PARTICULARS = ("file_name", "url", "source_system", "capture_tool", "custody", "anchors", "particulars", "manifest")
"""What the platform told of an item when it escalated, beside what identifies it."""


def erase(work: Work, case_no: str, label: str, because: str) -> None:
    """Administrator: destroy an item's file, what was made of it, and what it was called.

    Its row with label and digest, its trusted time and every leaf of the history stay: log, tree and ruling verify as
    before. Raises WrongState while the case is open or under review (its evidence is held), and for a second time.
    """
    _must_be_allowed(work)
    reason = because.strip()
    if not 1 <= len(reason) <= MAX_REASON_CHARS:
        raise Invalid("Say in up to 300 characters why the file is erased.")
    case = get_case(work, case_no)
    if case.state not in ENDED:
        raise WrongState("The case has not ended: its evidence is held and cannot be erased.")
    item = evidence.must_find(work.session, case_no, label)
    if item.erased_at is not None:
        raise WrongState("%(label)s was erased before.", values={"label": label})
    files = [
        *item.blobs,
        *store.destroy_what_belongs_to(work.session, item.id),
        *store.destroy_bundles(work.session, case_no),
    ]
    emptied = _forget_what_the_platform_told(work, case, item)
    _empty(work, item, reason)
    told = {
        "label": label,
        "sha256": item.told_sha256,
        "reason": reason,
        "webhooks": emptied,
        "events": store.empty_what_was_said(work.session, case_no, label),
        "row": witness(item),
    }
    record(work, case_no, "evidence_erased", told)
    for ref in files:
        work.ports.jobs.enqueue(work.session, "forget_file", {"ref": ref}, work.now)


def due(work: Work, keep: timedelta) -> list[Due]:
    """Administrator: the items of cases that ended longer ago than files are kept."""
    _must_be_allowed(work)
    return store.due(work.session, work.now - keep)


def erase_due(doors: Doors, keep: timedelta) -> Iterator[Due]:
    """Operator: erase what is due, item by item; each as it is done."""
    with doors.read(SYSTEM) as work:
        found = due(work, keep)
    for each in found:
        with doors.work(SYSTEM) as work:
            erase(work, each.case_no, each.label, f"kept for {keep.days} days after the case ended")
        yield each


def _must_be_allowed(work: Work) -> None:
    if not may(work.actor.role, Permission.ERASE_EVIDENCE):
        raise NotAllowed("Only an administrator erases evidence.")


def _empty(work: Work, item: EvidenceItem, reason: str) -> None:
    item.blob = item.redacted_blob = item.source_url = item.problem = item.manifest = None
    item.salt = evidence.new_salt()  # the old one is gone, and with it whatever could be tried against older events
    item.file_name = item.note = ""
    item.redacted_name = None if item.redacted_name is None else ""
    item.redacted_boxes = None
    item.particulars = "{}"
    item.erased_at, item.erased_because = work.now, reason


def _forget_what_the_platform_told(work: Work, case: Case, item: EvidenceItem) -> list[str]:
    """Empty the sealed bytes of the platform's events that named the item: its name, perhaps its content, is in them.

    Their digests stay in the history. Returns the events, as `platform id/webhook id`.
    """
    if item.platform_evidence_id is None:
        return []
    naming = [event for event in store.events_of(work.session, case.case_no) if _names(work, event, item)]
    for event in naming:
        event.raw = b""
    told = json.loads(case.escalation)
    for each in told.get("evidence", []):
        if each.get("evidence_id") == item.platform_evidence_id:
            for particular in PARTICULARS:
                each.pop(particular, None)
    case.escalation = json.dumps(told, ensure_ascii=False)
    return [f"{event.platform_id}/{event.webhook_id}" for event in naming]


def _names(work: Work, event: WebhookEvent, item: EvidenceItem) -> bool:
    envelope = envelope_of(work, event)
    if not isinstance(envelope, DisputeEscalated | EvidenceAdded | RemedyExecuted):
        return False
    return any(each.evidence_id == item.platform_evidence_id for each in envelope.data.evidence)
