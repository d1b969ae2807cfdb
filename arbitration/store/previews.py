"""Previews of items: where their pages and rows are stored, and who opened an item lately."""

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.previews import NoPreview, PreviewKind
from arbitration.store.base import Base, to_micros
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload


class EvidencePreview(Base):
    """What is shown of one item, or why nothing is. `maker` numbers the version of the program that made it.

    `total` and `shown` count pages or rows; the rows are in a stored file, JSON of `columns` and `rows`.
    """

    __tablename__ = "evidence_preview"
    __table_args__ = (
        CheckConstraint("whole IN (0, 1)", name="whole"),
        CheckConstraint("kind <> 'none' OR problem IS NOT NULL", name="none_has_problem"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True, autoincrement=False)
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
    __table_args__ = (UniqueConstraint("item_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"))
    place: Mapped[int]
    blob: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]


def of_item(session: Session, item_id: int) -> EvidencePreview | None:
    """The preview of an item, if it was made."""
    return session.get(EvidencePreview, item_id)


def pages_of(session: Session, item_id: int) -> list[EvidencePreviewPage]:
    """The pages of an item's preview, in order."""
    pages = select(EvidencePreviewPage).where(EvidencePreviewPage.item_id == item_id)
    return list(session.scalars(pages.order_by(EvidencePreviewPage.place)))


def made_of_case(session: Session, case_no: str) -> list[tuple[object, ...]]:
    """What is shown of each item of a case, in order: its id, and what its preview counts."""
    found = (
        select(
            EvidencePreview.item_id,
            EvidencePreview.kind,
            EvidencePreview.total,
            EvidencePreview.shown,
            EvidencePreview.whole,
            EvidencePreview.maker,
        )
        .join(EvidenceItem, EvidenceItem.id == EvidencePreview.item_id)
        .where(EvidenceItem.case_no == case_no)
        .order_by(EvidencePreview.item_id)
    )
    return [tuple(row) for row in session.execute(found)]


def drop(session: Session, item_id: int) -> list[str]:
    """Forget an item's preview; the stored files that it referred to, which the caller has removed."""
    preview = of_item(session, item_id)
    refs = [page.blob for page in pages_of(session, item_id)]
    if preview is not None and preview.rows_blob is not None:
        refs.append(preview.rows_blob)
    session.execute(delete(EvidencePreviewPage).where(EvidencePreviewPage.item_id == item_id))
    session.execute(delete(EvidencePreview).where(EvidencePreview.item_id == item_id))
    return refs


def opened(session: Session, case_no: str, actor: str, since: datetime) -> set[str]:
    """The labels of the items of a case that somebody has opened since then, by the history."""
    said = (
        select(HistoryPayload.payload)
        .join(History, History.idx == HistoryPayload.idx)
        .where(History.case_no == case_no, History.kind == "evidence_opened", History.actor == actor)
        .where(History.at_micros >= to_micros(since))
    )
    return {json.loads(payload)["label"] for payload in session.scalars(said) if payload}
