"""Cases with their claims, parties, deadlines and messages, and who may see which of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    Select,
    UniqueConstraint,
    bindparam,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.cases import State, Track
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.rulings import CaseOutcome
from arbitration.domain.vocabulary import Remedy, Side
from arbitration.store.base import NEVER, Base
from arbitration.store.people import SESSION_COLUMNS, OpenSession, Platform, WebSession

_OPEN = text("ended_at IS NULL")


class Case(Base):
    """One dispute before the committee. Columns named `next_…` and `arbitrator` are kept for the docket's index.

    `escalation` is what the platform told when it escalated; `handling` all that it has told of its own handling.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("platform_id", "platform_dispute_id"),
        CheckConstraint(
            "(state IN ('inadmissible', 'closed', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended_at_if_ended"
        ),
        CheckConstraint(
            "state IN ('received', 'deficient', 'inadmissible', 'withdrawn') OR admitted_at IS NOT NULL",
            name="admitted_at_if_admitted",
        ),
        CheckConstraint(
            "state NOT IN ('deliberation', 'ruled', 'compliance', 'closed') OR record_sha256 IS NOT NULL",
            name="record_fixed_if_deliberated",
        ),
        CheckConstraint(
            "(state IN ('ruled', 'compliance', 'closed')) = (ruled_at IS NOT NULL)", name="ruled_at_if_ruled"
        ),
        CheckConstraint("order_minor >= 0 AND claimed_minor >= 0", name="amounts"),
        Index("ix_cases_open", "next_due_at", "case_no", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_cases_open_platform",
            "platform_id",
            "next_due_at",
            "case_no",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_cases_open_arbitrator",
            "arbitrator",
            "next_due_at",
            "case_no",
            "next_who",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_cases_arbitrator_case_no", "arbitrator", "case_no"),
        Index("ix_cases_platform_id_case_no", "platform_id", "case_no"),
        Index("ix_cases_open_who", "next_who", "next_due_at", "case_no", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    case_no: Mapped[str] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    platform_dispute_id: Mapped[str]
    state: Mapped[State]
    track: Mapped[Track]
    language: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str]
    category: Mapped[str]
    order_id: Mapped[str]
    ordered_at: Mapped[datetime]
    order_minor: Mapped[int]
    claimed_minor: Mapped[int]
    escrow_held: Mapped[int]
    escalation: Mapped[str]
    handling: Mapped[str]
    standard_version: Mapped[str | None] = mapped_column(ForeignKey("standard_version.version"))
    procedure_version: Mapped[str]
    received_at: Mapped[datetime]
    admitted_at: Mapped[datetime | None]
    defaulted_at: Mapped[datetime | None]
    record_sha256: Mapped[str | None]
    ruled_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    outcome: Mapped[CaseOutcome | None]
    arbitrator: Mapped[str | None]
    next_due_at: Mapped[datetime] = mapped_column(default=NEVER)
    next_who: Mapped[str] = mapped_column(default="")
    next_kind: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()

    platform: Mapped[Platform] = relationship(lazy="joined", innerjoin=True)
    claims: Mapped[list["Claim"]] = relationship(order_by="Claim.id")
    parties: Mapped[list["Party"]] = relationship(order_by="Party.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Claim(Base):
    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("case_no", "letter"), CheckConstraint("amount_minor >= 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"))
    letter: Mapped[str]
    remedy: Mapped[Remedy]
    amount_minor: Mapped[int]
    text: Mapped[str]


class Party(Base):
    """Claimant, respondent, or the one who represents either; `side` says on whose side they are.

    Comes in by `link` (in the address) and an access code, which is derived and stored nowhere. A higher `code_serial`
    makes another code, so the old one is worth nothing.
    """

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("case_no", "role", "side"),
        CheckConstraint("role NOT IN ('claimant', 'respondent') OR role = side", name="own_side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(unique=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"))
    role: Mapped[Role]
    side: Mapped[Side]
    display_name: Mapped[str]
    platform_user_id: Mapped[str] = mapped_column(index=True)
    contact: Mapped[str]
    link: Mapped[str] = mapped_column(unique=True)
    code_serial: Mapped[int] = mapped_column(default=1)
    review_waived_at: Mapped[datetime | None]


class DeadlineState(StrEnum):
    OPEN = "open"
    MET = "met"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Deadline(Base):
    """Who must act by when, and the procedure's rule that says so. `about` is an item's label, or '' for the case."""

    __tablename__ = "deadline"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_at_if_settled"),
        Index(
            "ix_deadline_open", "due_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
        ),
        Index(
            "uq_deadline_open_kind",
            "case_no",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    kind: Mapped[DeadlineKind]
    about: Mapped[str] = mapped_column(default="")
    who: Mapped[str]
    rule: Mapped[str]
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[DeadlineState] = mapped_column(default=DeadlineState.OPEN)
    settled_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]


class MessageKind(StrEnum):
    MESSAGE = "message"
    STATEMENT = "statement"
    RESPONSE = "response"
    CURE_REQUEST = "cure_request"


class Message(Base):
    """Something said in a case; everyone in the case reads it (nothing is ex parte)."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    kind: Mapped[MessageKind]
    author: Mapped[str]
    author_role: Mapped[Role]
    author_name: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Viewer:
    """Whose eyes a query is for: the part of an actor that decides which cases exist for it."""

    role: Role
    actor_id: str
    platform_id: int | None = None
    case_no: str | None = None


def visible_to(viewer: Viewer) -> Select[Case]:
    """The cases that exist for *viewer*. Every query for a case starts here; an unknown role sees none."""
    query = select(Case)
    if viewer.role in {Role.REGISTRAR, Role.CHAIR, Role.AUDITOR, Role.SYSTEM}:
        return query.where(true())
    if viewer.role is Role.ARBITRATOR:
        return query.where(Case.arbitrator == viewer.actor_id)
    if viewer.role in {Role.PLATFORM_OFFICER, Role.PLATFORM} and viewer.platform_id is not None:
        return query.where(Case.platform_id == viewer.platform_id)
    if viewer.role in PARTIES and viewer.case_no is not None:
        return query.where(Case.case_no == viewer.case_no)
    return query.where(false())


def find(session: Session, viewer: Viewer, case_no: str) -> Case | None:
    """One case, if it exists for *viewer*."""
    return session.scalar(_find(viewer), {"case_no": case_no})


@lru_cache(maxsize=1024)
def _find(viewer: Viewer) -> Select[Case]:
    """Made once per viewer: every page of a case begins with it."""
    return visible_to(viewer).where(Case.case_no == bindparam("case_no"))


def party_by_link(session: Session, link: str) -> Party | None:
    return session.scalar(select(Party).where(Party.link == link))


def party_by_actor(session: Session, actor_id: str) -> Party | None:
    """The party that acts under this pseudonym."""
    return session.scalar(select(Party).where(Party.actor_id == actor_id))


def party_of(session: Session, case_no: str, role: Role, side: Side | None = None) -> Party | None:
    """The claimant or the respondent; of representatives there may be one for each *side*."""
    found = select(Party).where(Party.case_no == case_no, Party.role == role)
    return session.scalar(found if side is None else found.where(Party.side == side))


_PARTY_SESSION = (
    select(*SESSION_COLUMNS, Party.actor_id, Party.role, Party.display_name, Party.case_no, Party.link)
    .outerjoin(Party, Party.actor_id == WebSession.holder)
    .where(WebSession.id_sha256 == bindparam("id_sha256"))
)


def party_session(session: Session, id_sha256: str) -> tuple[OpenSession, Row[*tuple[Any, ...]]] | None:
    """A session and its party's actor_id, role, display_name, case_no and link, all None before the code was given."""
    found: Row[*tuple[Any, ...]] | None = session.connection().execute(_PARTY_SESSION, {"id_sha256": id_sha256}).first()
    return (OpenSession(*found[: len(SESSION_COLUMNS)]), found) if found else None


def deadlines_of(session: Session, case_no: str) -> list[Deadline]:
    return list(session.scalars(select(Deadline).where(Deadline.case_no == case_no).order_by(Deadline.due_at)))


def messages_of(session: Session, case_no: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.case_no == case_no).order_by(Message.id)))
