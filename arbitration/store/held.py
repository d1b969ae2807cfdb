"""Rows of which rulings are made, held against the events that carry what they say: objections, findings and others."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, select
from sqlalchemy.orm import Session

from arbitration.store.admissibility import Admission, ItemFinding
from arbitration.store.base import Base, Instant, to_micros
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.facts import FactStatement
from arbitration.store.history import History, HistoryPayload
from arbitration.store.late_evidence import LateComment
from arbitration.store.objections import Objection
from arbitration.store.productions import ProductionOrder
from arbitration.store.witness import as_stored, read_payload

ITEM = "item_id"
"""The column that refers to an item; it is read as the item's label, as events name it."""


class Event(NamedTuple):
    """What rows are held against: what an event says, with its own `case_no`, `actor` and `at` in microseconds."""

    kind: str
    says: Mapping[str, Any]


class Key(NamedTuple):
    """A row by what both sides know of it: its case, and its number; `about` an item where numbers are its own."""

    case_no: str
    number: str
    about: str = ""


Rows = dict[Key, dict[str, Any]]


def _same(*names: str) -> dict[str, str]:
    """Columns that events call by the same name."""
    return {name: name for name in names}


_BY = _same("actor", "at")
_ON = {ITEM: "label", **_BY}
_SETTLED = {"state": "state", "settled_at": "at"}
_EMPTIED = dict.fromkeys((ITEM, "settled_at", "reply_until"), "")
"""What an event says nothing of is empty from then on."""


@dataclass(frozen=True)
class Held:
    """One table: by kind of event the columns that such an event tells, each with the event's name for it.

    Until an event tells a column it is empty. A row is found by its key, which events call `number`; where they do not
    tell it, by its place among the rows about its item, or in its case.
    """

    name: str
    rows: type[Base]
    events: Mapping[str, Mapping[str, str]]
    number: str | None = None

    @property
    def table(self) -> Table:
        return Base.metadata.tables[self.rows.__tablename__]

    @property
    def columns(self) -> list[str]:
        """Every column that some event tells."""
        return sorted({column for told in self.events.values() for column in told})


HELD = (
    Held("case", Case, {"case_opened": {}, "record_closed": _same("record_sha256")}, "case_no"),
    Held("statement", FactStatement, {
        "fact_stated": {**_same("case_no", "fact", "stance", "value", "side", "source"), **_BY},
    }),
    Held("finding", ItemFinding, {"item_found": {**_ON, **_same("fact", "value", "reason")}}),
    Held("admission", Admission, {"admission_decided": {**_ON, **_same("verdict", "reason")}}),
    Held("late comment", LateComment, {"evidence_commented": {**_ON, **_same("side", "words")}}),
    Held("objection", Objection, {
        "evidence_challenged": {**_ON, **_same("side", "ground", "words")},
        "objection_answered": {"reply": "words", "replied_at": "at"},
        "objection_decided": {**_same("decision", "reason"), "decided_at": "at"},
    }, "objection"),
    Held("production order", ProductionOrder, {
        "production_ordered": {**_same("case_no", "obligor", "what", "fact", "state", "due_at"), "ordered_at": "at"},
        "production_produced": {**_SETTLED, ITEM: "label", "reply_until": "reply_until"},
        "production_refused": {**_SETTLED, "answer": "reason"},
        "production_withdrawn": {**_SETTLED, "answer": "reason"},
        "production_expired": _SETTLED,
        "production_reopened": {"state": "state", **_EMPTIED},
    }, "production"),
)  # fmt: skip
"""Each table that is held, with the events that tell its rows."""


def faults(session: Session) -> list[str]:
    """Rows that are not what the history says, by their name, number and case; also those that only one of them has."""
    events = _read_events(session)
    return sorted(fault for held in HELD for fault in _faults_of(held, _told(held, events), _stored(held, session)))


def _faults_of(held: Held, told: Rows, stored: Rows) -> Iterator[str]:
    for key in told.keys() | stored.keys():
        name = _name(held, key)
        if key not in stored:
            yield f"{name}: stands in the history and not in its table"
        elif key not in told:
            yield f"{name}: stands in its table and not in the history"
        else:
            other = [column for column in held.columns if told[key][column] != stored[key][column]]
            yield from (f"{name}: its {column} is not what the history says" for column in other)


def _name(held: Held, key: Key) -> str:
    of_case = "" if key.number == key.case_no else f"of {key.case_no}"
    return " ".join(word for word in (held.name, key.number, key.about, of_case) if word)


def _read_events(session: Session) -> list[Event]:
    kinds = sorted({kind for held in HELD for kind in held.events})
    found = (
        select(History.case_no, History.kind, History.at_micros, History.actor, HistoryPayload.payload)
        .join(HistoryPayload, HistoryPayload.idx == History.idx)
        .where(History.kind.in_(kinds), HistoryPayload.payload.is_not(None))
        .order_by(History.idx)
    )
    return [
        Event(kind, {**read_payload(text), "case_no": case_no, "at": at, "actor": actor})
        for case_no, kind, at, actor, text in session.execute(found)
    ]


def _told(held: Held, events: Iterable[Event]) -> Rows:
    places = _Places(held)
    rows: Rows = {}
    for kind, says in events:
        if kind in held.events:
            key = places.key(says["case_no"], says.get(held.number or ""), says.get("label"))
            row = rows.setdefault(key, {column: _empty(held.table.c[column]) for column in held.columns})
            row |= {column: _as_row(held.table.c[column], says.get(name)) for column, name in held.events[kind].items()}
    return rows


def _as_row(column: ColumnElement[Any], said: Any) -> Any:
    """What an event says, as its row has it: a time in microseconds, and what is empty as that column is empty."""
    if isinstance(column.type, Instant) and isinstance(said, str):
        return _micros(said)
    return _empty(column) if said in (None, "") else said


def _micros(written: str) -> int | None:
    try:
        return to_micros(datetime.fromisoformat(written))
    except ValueError:
        return None


def _empty(column: Any) -> str | None:
    return None if column.nullable else ""


def _stored(held: Held, session: Session) -> Rows:
    places = _Places(held)
    rows = session.execute(_all_rows(held)).mappings()
    return {
        places.key(row["of_case"], row["own_number"], row.get(ITEM)): {name: row[name] for name in held.columns}
        for row in rows
    }


class _Places:
    """Counts the rows of each item, or of a case where they are of no item."""

    def __init__(self, held: Held) -> None:
        self.numbered = held.number is not None
        self.counted: Counter[tuple[str, str]] = Counter()

    def key(self, case_no: str, number: object, label: object) -> Key:
        if self.numbered:
            return Key(case_no, "" if number is None else str(number))
        about = "" if label is None else f"on {label}"
        self.counted[case_no, about] += 1
        return Key(case_no, str(self.counted[case_no, about]), about)


def _all_rows(held: Held) -> Select[Any]:
    """The rows as they are stored, in the order in which they were written; an item of another case is none."""
    table, item = held.table, EvidenceItem.__table__
    (key,) = table.primary_key
    of_case = table.c.case_no if "case_no" in table.c else item.c.case_no
    number = table.c.number if "number" in table.c else key
    columns = [as_stored(table.c[name]) for name in held.columns if name != ITEM]
    found = select(of_case.label("of_case"), number.label("own_number"), *columns).order_by(key)
    if ITEM not in held.columns:
        return found
    its_own = and_(item.c.id == table.c[ITEM], item.c.case_no == of_case)
    return found.add_columns(item.c.label.label(ITEM)).outerjoin_from(table, item, its_own)
