"""What is left of an erased item, and what is due to be erased."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from arbitration.domain.cases import ENDED
from arbitration.store.base import Base
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload
from arbitration.store.intake import WebhookEvent

DESTROYED = ("picture_band", "picture_print", "evidence_preview_page", "evidence_preview", "evidence_cure")
"""Tables about an item whose rows go with it: what is made of its content, or tells of it."""
KEPT = frozenset(
    {"evidence_timestamp", "item_finding", "admission", "inspection_request", "objection", "production_order"}
)
"""Those whose rows stay, for what was decided to remain provable. A test asks each new one to be in one of the two."""

SAID = frozenset({"evidence_cured"})
"""Events in which its submitter told more of an item: what they say is emptied, and their leaves stay."""

PRINTED_IN = "case_bundle"
"""A bundle has the pages of every item of its case: it goes with the first of them, and is made anew when asked for."""


class Due(NamedTuple):
    """An item whose time is over."""

    case_no: str
    label: str
    ended_at: datetime


def due(session: Session, ended_before: datetime) -> list[Due]:
    """Items, not erased yet, of cases that ended before an instant; the oldest first."""
    found = session.execute(
        select(Case.case_no, EvidenceItem.label, Case.ended_at)
        .join(EvidenceItem, EvidenceItem.case_no == Case.case_no)
        .where(
            Case.state.in_(ENDED),
            Case.ended_at < ended_before,
            EvidenceItem.label.is_not(None),
            EvidenceItem.erased_at.is_(None),
        )
        .order_by(Case.ended_at, EvidenceItem.id)
    )
    return [Due._make(row) for row in found]


def destroy_what_belongs_to(session: Session, item_id: int) -> list[str]:
    """Delete the rows of DESTROYED about an item; the files that they referred to."""
    files: list[str] = []
    for name in DESTROYED:
        table = Base.metadata.tables[name]
        of_item = _item_column(table) == item_id
        for column in (column for column in table.columns if column.name.endswith("blob")):
            files += session.scalars(select(column).where(of_item, column.is_not(None)))
        session.execute(delete(table).where(of_item))
    return files


def destroy_bundles(session: Session, case_no: str) -> list[str]:
    """Delete what was printed of a case; the files."""
    table = Base.metadata.tables[PRINTED_IN]
    of_case = table.c.case_no == case_no
    files = list(session.scalars(select(table.c.blob).where(of_case, table.c.blob.is_not(None))))
    session.execute(delete(table).where(of_case))
    return files


def empty_what_was_said(session: Session, case_no: str, label: str) -> list[int]:
    """Empty the events of SAID about an item; their numbers in the case's own chain."""
    found = session.execute(
        select(History.seq, HistoryPayload)
        .join(HistoryPayload, HistoryPayload.idx == History.idx)
        .where(History.case_no == case_no, History.kind.in_(SAID), HistoryPayload.payload.is_not(None))
        .order_by(History.seq)
    ).all()
    emptied = [row for row in found if json.loads(row.HistoryPayload.payload)["label"] == label]
    for row in emptied:
        row.HistoryPayload.payload = row.HistoryPayload.salt = None
    return [row.seq for row in emptied]


def _item_column(table: Table) -> Any:
    """The column that refers to the item."""
    return next(key.parent for key in table.foreign_keys if key.column.table is EvidenceItem.__table__)


def events_of(session: Session, case_no: str) -> list[WebhookEvent]:
    """The platform's events of a case whose bytes are still here."""
    return list(session.scalars(select(WebhookEvent).where(WebhookEvent.case_no == case_no, WebhookEvent.raw != b"")))
