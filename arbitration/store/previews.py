"""Previews of items: where their pages and rows are stored, and who opened an item lately."""

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.confidentiality import Copy
from arbitration.domain.previews import NoPreview, PreviewKind
from arbitration.store.base import Base, to_micros
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload


class EvidencePreview(Base):
    """What is shown of one file of an item, or why nothing is. `maker` numbers the version of the program that made it.

    `total` and `shown` count pages or rows; the rows are in a stored file, JSON of `columns` and `rows`.
    """

    __tablename__ = "evidence_preview"
    __table_args__ = (
        CheckConstraint("whole IN (0, 1)", name="whole"),
        CheckConstraint("kind <> 'none' OR problem IS NOT NULL", name="none_has_problem"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True, autoincrement=False)
    copy: Mapped[Copy] = mapped_column(primary_key=True)
    kind: Mapped[PreviewKind]
    problem: Mapped[NoPreview | None]
    total: Mapped[int]
    shown: Mapped[int]
    whole: Mapped[int]
    rows_blob: Mapped[str | None]
    maker: Mapped[int]
    made_at: Mapped[datetime]


class EvidencePreviewPage(Base):
    """One page of a preview: a stored PNG and its size in pixels. `place` counts from 1."""

    __tablename__ = "evidence_preview_page"
    __table_args__ = (UniqueConstraint("item_id", "copy", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"))
    copy: Mapped[Copy]
    place: Mapped[int]
    blob: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]


def of_item(session: Session, item_id: int, copy: Copy = Copy.ORIGINAL) -> EvidencePreview | None:
    """The preview of one file of an item, if it was made."""
    return session.get(EvidencePreview, (item_id, copy))


def pages_of(session: Session, item_id: int, copy: Copy = Copy.ORIGINAL) -> list[EvidencePreviewPage]:
    """The pages of that preview, in order."""
    of_file = (EvidencePreviewPage.item_id == item_id, EvidencePreviewPage.copy == copy)
    return list(session.scalars(select(EvidencePreviewPage).where(*of_file).order_by(EvidencePreviewPage.place)))


def made_of_case(session: Session, case_no: str) -> list[tuple[object, ...]]:
    """What is shown of each item of a case, in order: its id, which copy, and what its preview counts."""
    found = (
        select(
            EvidencePreview.item_id,
            EvidencePreview.copy,
            EvidencePreview.kind,
            EvidencePreview.total,
            EvidencePreview.shown,
            EvidencePreview.whole,
            EvidencePreview.maker,
        )
        .join(EvidenceItem, EvidenceItem.id == EvidencePreview.item_id)
        .where(EvidenceItem.case_no == case_no)
        .order_by(EvidencePreview.item_id, EvidencePreview.copy)
    )
    return [tuple(row) for row in session.execute(found)]


def drop(session: Session, item_id: int, copy: Copy = Copy.ORIGINAL) -> list[str]:
    """Forget the preview of one file; the stored files that it referred to, which the caller has removed."""
    preview = of_item(session, item_id, copy)
    refs = [page.blob for page in pages_of(session, item_id, copy)]
    if preview is not None and preview.rows_blob is not None:
        refs.append(preview.rows_blob)
    for table in (EvidencePreviewPage, EvidencePreview):
        session.execute(delete(table).where(table.item_id == item_id, table.copy == copy))
    return refs


def opened(session: Session, case_no: str, actor: str, since: datetime) -> set[tuple[str, Copy]]:
    """The items of a case that somebody has opened since then, by the history: the label, and which file of it."""
    said = (
        select(HistoryPayload.payload)
        .join(History, History.idx == HistoryPayload.idx)
        .where(History.case_no == case_no, History.kind == "evidence_opened", History.actor == actor)
        .where(History.at_micros >= to_micros(since))
    )
    told = [json.loads(payload) for payload in session.scalars(said) if payload]
    return {(each["label"], Copy(each.get("copy", Copy.ORIGINAL))) for each in told}
