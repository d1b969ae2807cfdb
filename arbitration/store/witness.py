"""The rows of evidence held against the history: what each event said its item's row was, the row must still be."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import rfc8785
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from arbitration.domain.log import NO_CASE
from arbitration.store.base import BigInt, Instant, to_micros
from arbitration.store.custody import EvidenceTimestamp
from arbitration.store.erasure import SAID
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload

WITNESSED = (
    "case_no",
    "label",
    "platform_evidence_id",
    "kind",
    "state",
    "submitted_by",
    "file_name",
    "note",
    "particulars",
    "media_type",
    "size",
    "sha256",
    "declared_sha256",
    "blob",
    "source",
    "source_url",
    "captured_at",
    "received_at",
    "problem",
    "late_because",
    "unscanned",
    "manifest",
    "confidential_because",
    "redacted_name",
    "redacted_type",
    "redacted_size",
    "redacted_sha256",
    "redacted_blob",
    "redacted_boxes",
    "disclosed_at",
    "disclosed_because",
    "salt",
    "erased_at",
    "erased_because",
)
"""Columns that change only together with an event of the history, which says what they are then."""
NOT_WITNESSED: Mapping[str, str] = {
    "id": "its trusted time would no longer fit",
    "late": "follows from when the item arrived and when the record closed",
}
"""The others, and how a change of them is found."""
ARRIVALS = frozenset({"evidence_received", "evidence_held", "evidence_quarantined", "evidence_unavailable"})
CLOSED = "record_closed"
ERASED = "evidence_erased"
"""The one event that excuses emptied bytes and, of the kinds in SAID, emptied events."""


def witness(item: EvidenceItem) -> str:
    """Hex SHA-256 over an item's row as it stands: written into each event about it, under the key `row`."""
    values = {name: getattr(item, name) for name in WITNESSED}
    return _digest({name: to_micros(value) if isinstance(value, datetime) else value for name, value in values.items()})


def _digest(stored: Mapping[str, Any]) -> str:
    return sha256(rfc8785.dumps(dict(stored))).hexdigest()


@dataclass
class _Told:
    """What the history says of one item."""

    row: str = ""
    arrived: int | None = None
    stamped: dict[str, Any] | None = None


@dataclass
class _Record:
    """What the history says of all items, and where the records closed."""

    items: dict[tuple[str, str], _Told] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    emptied: set[str] = field(default_factory=set)
    emptied_events: set[tuple[str, int]] = field(default_factory=set)


class Token(NamedTuple):
    """A stored token, the digest that it must be over, and what its row says that it says."""

    case_no: str
    label: str
    sha256: str
    token: bytes
    at: datetime
    authority: str

    @property
    def name(self) -> str:
        return name_of(self.case_no, self.label)

    @property
    def as_told(self) -> dict[str, str]:
        """The same in the words of the event that it was recorded with."""
        digest = sha256(self.token).hexdigest()
        return {"sha256": self.sha256, "token_sha256": digest, "at": self.at.isoformat(), "authority": self.authority}

    def fits(self, told: Mapping[str, Any]) -> bool:
        """Whether it is what its event tells; of a confidential item the event leaves out the digest."""
        return self.as_told.items() <= {"sha256": self.sha256, **told}.items()


def faults(session: Session) -> list[str]:
    """Items whose row is not what the history says, named by case and label; also those that only one of them has."""
    told = _read_history(session)
    found = []
    items = _stored_items(session)
    for key, row in items.items():
        found += [f"{name_of(*key)}: {fault}" for fault in _faults_of(row, told.items.get(key), told.closed)]
    found += [
        f"{name_of(*key)}: stands in the history and not in its table" for key in told.items.keys() - items.keys()
    ]
    found += [
        f"event {seq} of {case_no}: emptied, and no erasure says so"
        for case_no, seq, kind in session.execute(_EMPTIED)
        if kind not in SAID or (case_no, seq) not in told.emptied_events
    ]
    return sorted(found)


def name_of(case_no: str, label: str) -> str:
    """How `arbitration check` names an item."""
    return f"evidence {label} of {case_no}"


def _faults_of(row: Mapping[str, Any], told: _Told | None, closed: Mapping[str, int]) -> Iterator[str]:
    if told is None:
        yield "stands in its table and not in the history"
        return
    if told.row != _row_digest(row):
        yield "its row is not what the history says"
    end = closed.get(row["case_no"])
    late = end is not None and (told.arrived is None or told.arrived > end)
    if bool(row["late"]) is not late:
        yield "it is marked late, and came in time" if row["late"] else "it came late, and is not marked so"


def _row_digest(row: Mapping[str, Any]) -> str:
    try:
        return _digest({name: row[name] for name in WITNESSED})
    except (rfc8785.CanonicalizationError, TypeError):
        return ""


def emptied_webhooks(session: Session) -> set[str]:
    """The platform events whose bytes an erasure destroyed, as `platform id/webhook id`."""
    return _read_history(session).emptied


def tokens(session: Session) -> tuple[list[Token], list[str]]:
    """The stored tokens that are what the history says, and the faults where one is not."""
    told = {key: said.stamped for key, said in _read_history(session).items.items() if said.stamped}
    stored = {(token.case_no, token.label): token for token in _stored_tokens(session)}
    fitting = [token for key, token in stored.items() if token.fits(told.get(key, {}))]
    names = {token.name for token in fitting}
    others = sorted({name_of(*key) for key in stored.keys() | told.keys()} - names)
    return fitting, [f"{name}: its trusted time is not what the history says" for name in others]


def _stored_tokens(session: Session) -> list[Token]:
    item, stamp = EvidenceItem, EvidenceTimestamp
    columns = (item.case_no, item.label, item.sha256, stamp.token, stamp.at, stamp.authority)
    return [Token._make(row) for row in session.execute(select(*columns).join(stamp, stamp.item_id == item.id))]


def _stored_items(session: Session) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The rows as they are stored, drafts left out: a value that makes no sense must not stop the reading."""
    table = EvidenceItem.__table__
    columns = [as_stored(table.c[name]) for name in (*WITNESSED, *NOT_WITNESSED)]
    rows = session.execute(select(*columns).where(table.c.label.is_not(None))).mappings()
    return {(row["case_no"], row["label"]): dict(row) for row in rows}


def as_stored(column: Any) -> Any:
    """A column's plain number or text, whatever type it is read as elsewhere."""
    is_number = isinstance(column.type, Instant) or column.type is BigInt
    return type_coerce(column, BigInt if is_number else Text()).label(column.name)


_EVENTS = (
    select(History.idx, History.case_no, History.kind, HistoryPayload.payload)
    .join(HistoryPayload, HistoryPayload.idx == History.idx)
    .where(History.kind.startswith("evidence_") | (History.kind == CLOSED), History.case_no != NO_CASE)
    .order_by(History.idx)
)


_EMPTIED = (
    select(History.case_no, History.seq, History.kind)
    .join(HistoryPayload, HistoryPayload.idx == History.idx)
    .where(HistoryPayload.payload.is_(None))
)


def _read_history(session: Session) -> _Record:
    record = _Record()
    for idx, case_no, kind, text in session.execute(_EVENTS):
        if text is None:
            continue
        if kind == CLOSED:
            record.closed[case_no] = idx
            continue
        payload = read_payload(text)
        told = record.items.setdefault((case_no, str(payload.get("label"))), _Told())
        told.row = payload.get("row", told.row)
        if kind in ARRIVALS and told.arrived is None:
            told.arrived = idx
        if kind == "evidence_stamped":
            told.stamped = payload
        if kind == ERASED:
            record.emptied |= _listed(payload, "webhooks")
            record.emptied_events |= {(case_no, seq) for seq in _listed(payload, "events")}
    return record


def _listed(payload: Mapping[str, Any], name: str) -> set[Any]:
    """What a payload lists under *name*; of one that was changed what still can be read."""
    found = payload.get(name)
    return {each for each in found if isinstance(each, int | str)} if isinstance(found, list) else set()


def read_payload(text: str | None) -> dict[str, Any]:
    """A payload. One that was changed is no JSON perhaps; the history's own check has named it."""
    try:
        payload = json.loads(text or "{}")
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}
