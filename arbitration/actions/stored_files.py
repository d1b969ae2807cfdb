"""Stored files that nothing refers to any more: removed when they are let go of, or found left over."""

from datetime import timedelta

from arbitration.actions.context import SYSTEM, Doors
from arbitration.store import blob_refs

SETTLED_AFTER = timedelta(hours=1)
"""A file that nothing refers to for so long after it was stored was lost on the way by whoever stored it."""


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
