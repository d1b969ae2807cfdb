"""Custody: who did what with an item and when, and the trusted time from which it is known to be unaltered."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from arbitration.actions.context import SYSTEM, Doors, Work, get_case, record
from arbitration.domain.custody import CustodyEvent, lines_of
from arbitration.domain.permissions import PARTIES, Role
from arbitration.ports import BadStamp, Unreachable
from arbitration.store import custody as store
from arbitration.store import evidence
from arbitration.store.custody import EvidenceTimestamp, Line
from arbitration.store.evidence import EvidenceItem


def custody_of(work: Work, case_no: str, label: str) -> tuple[CustodyEvent, ...]:
    """Anyone in the case: every event on one item, in order, read from the history. Raises NotFound for no item.

    Staff read the names of staff; parties and platforms read in what quality they acted. Inspectors are public.
    """
    get_case(work, case_no)
    evidence.must_find(work.session, case_no, label)
    found = store.lines(work.session, case_no, label)
    return tuple(event for line in found for event in _events(line, json.loads(line.payload), work.actor.role))


def custody_of_case(work: Work, case_no: str, reader: Role | None = None) -> Mapping[str, tuple[CustodyEvent, ...]]:
    """The same for every item of a case at once, by label: as the actor reads it, or as *reader* would."""
    get_case(work, case_no)
    told: dict[str, list[CustodyEvent]] = {}
    for line in store.lines(work.session, case_no):
        payload = json.loads(line.payload)
        told.setdefault(payload["label"], []).extend(_events(line, payload, reader or work.actor.role))
    return {label: tuple(events) for label, events in told.items()}


def _events(line: Line, payload: Mapping[str, object], reader: Role) -> list[CustodyEvent]:
    name = _name(line, reader)
    return [
        CustodyEvent(line.seq, line.at, line.kind, what, line.role, name, line.leaf_hash)
        for what in lines_of(line.kind, payload)
    ]


def _name(line: Line, reader: Role) -> str:
    if line.inspector_name is not None:
        return line.inspector_name
    if line.staff_name is not None:
        return "" if reader in PARTIES | {Role.PLATFORM, Role.PLATFORM_OFFICER} else line.staff_name
    return line.party_name or line.platform_name or ""


def trusted_times(work: Work, case_no: str) -> Mapping[str, datetime]:
    """For each item whose digest carries a verified RFC 3161 token, by label: the time that the token states."""
    get_case(work, case_no)
    return store.stamped(work.session, case_no)


def stamp(doors: Doors, item_id: int) -> None:
    """Job: trusted time for an item that arrived. Raises Unreachable, to be tried again, until an authority answers
    with a token that holds: nothing else is stored."""
    with doors.read(SYSTEM) as work:
        item = work.session.get(EvidenceItem, item_id)
        if item is None or item.label is None or item.sha256 is None or store.timestamp_of(work.session, item_id):
            return
        digest = bytes.fromhex(item.sha256)
    try:
        token = doors.ports.timestamper.token(digest)
        stamped = doors.ports.stamps.read(token, digest)
    except (OSError, BadStamp) as problem:
        raise Unreachable(f"no trusted time: {problem}") from problem
    with doors.work(SYSTEM) as work:
        if store.timestamp_of(work.session, item_id):
            return  # the job runs at least once
        row = work.session.get_one(EvidenceItem, item_id)
        work.session.add(EvidenceTimestamp(item_id=item_id, token=token, at=stamped.at, authority=stamped.authority))
        digest_told = {"sha256": row.sha256} if row.confidential_because is None else {}
        record(
            work,
            row.case_no,
            "evidence_stamped",
            {
                "label": row.label,
                **digest_told,
                "token_sha256": sha256(token).hexdigest(),
                "at": stamped.at.isoformat(),
                "authority": stamped.authority,
            },
        )
