"""Versions of the standard as the bytes that were published, their sealed files, drafts and what is said to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.editions import EditionState
from arbitration.store.base import Base, Instant


class StandardVersion(Base):
    """What was published; guarded (`store/guards.py`), so it never changes."""

    __tablename__ = "standard_version"
    __table_args__ = {"sqlite_strict": True}  # noqa: RUF012 (SQLAlchemy reads it as a class attribute)

    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime] = mapped_column(unique=True)
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]


class StandardPdf(Base):
    """The sealed file of a version, once its job has made it."""

    __tablename__ = "standard_pdf"

    version: Mapped[str] = mapped_column(ForeignKey("standard_version.version"), primary_key=True)
    blob: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    pages: Mapped[int]
    sealed_at: Mapped[datetime]


class StandardDraft(Base):
    """A version on its way. `number` is the one its text gives; `revision` guards against a stale page.

    `editor` saved it last. `opens_at` and `closes_at` are of its last consultation.
    """

    __tablename__ = "standard_draft"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('in_consultation', 'published') "
            "OR (opens_at IS NOT NULL AND closes_at IS NOT NULL AND closes_at > opens_at)",
            name="consulted_if_open",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    body: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    state: Mapped[EditionState] = mapped_column(default=EditionState.DRAFT)
    editor: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class StandardComment(Base):
    """What somebody said in public to a draft; `sha256` is of the text that was then in consultation."""

    __tablename__ = "standard_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("standard_draft.id"), index=True)
    sha256: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]


class Edition(NamedTuple):
    """Which version it is: its number, and the digest of its text."""

    version: str
    sha256: str


_EDITION = select(StandardVersion.version, StandardVersion.sha256)
_NUMBERED = _EDITION.where(StandardVersion.version == bindparam("version", type_=Text))
_IN_FORCE = (
    _EDITION.where(StandardVersion.in_force_at <= bindparam("at", type_=Instant))
    .order_by(StandardVersion.in_force_at.desc())
    .limit(1)
)
_ALL = _EDITION.order_by(StandardVersion.in_force_at.desc())
_BODY = select(StandardVersion.body).where(StandardVersion.version == bindparam("version", type_=Text))


def by_digest(session: Session, sha256: str) -> StandardPdf | None:
    """The sealed file of a version by its SHA-256."""
    return session.scalar(select(StandardPdf).where(StandardPdf.sha256 == sha256))


def edition(session: Session, version: str) -> Edition | None:
    """The published version of that number."""
    found = session.connection().execute(_NUMBERED, {"version": version}).first()
    return Edition._make(found) if found else None


def edition_in_force(session: Session, at: datetime) -> Edition | None:
    """The version that governs an order placed *at* that time: of those begun, the one that began last."""
    found = session.connection().execute(_IN_FORCE, {"at": at}).first()
    return Edition._make(found) if found else None


def governing(session: Session, pinned: str | None, ordered_at: datetime) -> Edition | None:
    """The version that a case *pinned*; before admission, the one that it would pin."""
    return edition_in_force(session, ordered_at) if pinned is None else edition(session, pinned)


def editions(session: Session) -> list[Edition]:
    """Every published version, the newest first."""
    return [Edition._make(row) for row in session.connection().execute(_ALL)]


def body(session: Session, version: str) -> str:
    """The text of a published version."""
    return str(session.connection().execute(_BODY, {"version": version}).scalar_one())


def numbers(session: Session) -> Sequence[str]:
    """The numbers of all published versions."""
    return session.scalars(select(StandardVersion.version)).all()


def drafts(session: Session) -> Sequence[StandardDraft]:
    """Every draft there ever was, the one changed last first."""
    return session.scalars(
        select(StandardDraft).order_by(StandardDraft.changed_at.desc(), StandardDraft.id.desc())
    ).all()


def consultations(session: Session) -> Sequence[StandardDraft]:
    """The drafts on which the public is asked, the one whose time ends first first."""
    return session.scalars(
        select(StandardDraft)
        .where(StandardDraft.state == EditionState.IN_CONSULTATION)
        .order_by(StandardDraft.closes_at, StandardDraft.id)
    ).all()


def consulted(session: Session, sha256: str) -> StandardDraft | None:
    """The draft in consultation whose text has this digest; of several, the one whose time ends first."""
    return next((draft for draft in consultations(session) if draft.sha256 == sha256), None)


def comments(session: Session, draft_id: int) -> Sequence[StandardComment]:
    """What was said to a draft, in the order in which it came."""
    return session.scalars(
        select(StandardComment).where(StandardComment.draft_id == draft_id).order_by(StandardComment.id)
    ).all()
