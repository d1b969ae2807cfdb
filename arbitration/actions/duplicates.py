"""Duplicates: the same file, or a picture that looks like it, in other cases; only the office is told."""

from collections.abc import Mapping

from arbitration.actions.context import SYSTEM, Doors, Work, get_case
from arbitration.domain.permissions import Role
from arbitration.store import duplicates as store
from arbitration.store.duplicates import Duplicate
from arbitration.store.evidence import EvidenceItem

READERS = frozenset({Role.REGISTRAR, Role.CHAIR, Role.AUDITOR, Role.SYSTEM})
"""They may know of every case; to all others a case that is not theirs does not exist."""


def fingerprint(doors: Doors, item_id: int) -> None:
    """Job: what a picture looks like, once it is here. What is no picture has no fingerprint."""
    with doors.read(SYSTEM) as work:
        item = work.session.get(EvidenceItem, item_id)
        if item is None or item.blob is None or store.has_print(work.session, item_id):
            return
        ref = item.blob
    with doors.ports.blobs.open(ref) as chunks:
        found = doors.ports.fingerprints.of(chunks)
    if found is None:
        return
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(EvidenceItem, item_id)
        if row.blob is not None and not store.has_print(work.session, item_id):
            store.keep_print(work.session, item_id, found)


def duplicates_of(work: Work, case_no: str) -> Mapping[str, tuple[Duplicate, ...]]:
    """What the items of a case, by label, have in common with other items; nothing for who may not know other cases."""
    get_case(work, case_no)
    if work.actor.role not in READERS:
        return {}
    told: dict[str, tuple[Duplicate, ...]] = {}
    for each in store.of_case(work.session, case_no):
        told[each.label] = (*told.get(each.label, ()), each)
    return told
