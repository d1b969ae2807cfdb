"""Platforms with their keys, staff with their relations, and signed-in sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Row, UniqueConstraint, and_, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.panel import RelationKind
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import Role
from arbitration.store.base import Base


class Platform(Base):
    """A marketplace that escalates. `slug` stands in its webhook address, `dialect` names the shape it sends."""

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    dialect: Mapped[str] = mapped_column(default="canonical")
    webhook_url: Mapped[str | None]
    evidence_hosts: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class PlatformKey(Base):
    """One signing key of a platform: an Ed25519 public half, or an HMAC secret sealed by the Vault."""

    __tablename__ = "platform_key"
    __table_args__ = (UniqueConstraint("platform_id", "key_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    key_id: Mapped[str]
    kind: Mapped[KeyKind]
    material: Mapped[bytes]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Staff(Base):
    """A person with an account and a second factor. The password is an argon2id hash; the TOTP secret is sealed."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("(role = 'platform_officer') = (platform_id IS NOT NULL)", name="officer_has_platform"),
        CheckConstraint(
            "role NOT IN ('platform', 'claimant', 'respondent', 'representative', 'system', 'public')",
            name="role_of_staff",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))
    languages: Mapped[str] = mapped_column(default="zh en")
    password_hash: Mapped[str]
    totp_secret: Mapped[bytes]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    certificate_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffRelation(Base):
    """A tie of an arbitrator on file; `subject` is a platform's slug or a merchant's platform user id."""

    __tablename__ = "staff_relation"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[RelationKind]
    subject: Mapped[str]
    until: Mapped[datetime | None]


class WebSession(Base):
    """A browser's session: the cookie holds a random id, here stands only its SHA-256.

    `holder` is the actor id of whoever signed in with it, empty before.
    """

    __tablename__ = "web_session"

    id_sha256: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(default="", index=True)
    data: Mapped[str]
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Attempt(Base):
    """How often something was tried under a key in the window that began at `window_start`."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


def platform_by_slug(session: Session, slug: str) -> Platform | None:
    return session.scalar(select(Platform).where(Platform.slug == slug, Platform.disabled_at.is_(None)))


_PLATFORMS = Base.metadata.tables["platform"]
_KEYS = Base.metadata.tables["platform_key"]
_SENDERS_KEYS = (
    select(
        _PLATFORMS.c.id,
        _PLATFORMS.c.actor_id,
        _PLATFORMS.c.slug,
        _PLATFORMS.c.name,
        _PLATFORMS.c.dialect,
        _KEYS.c.key_id,
        _KEYS.c.kind,
        _KEYS.c.material,
    )
    .join_from(_PLATFORMS, _KEYS)
    .where(_PLATFORMS.c.slug == bindparam("slug"), _PLATFORMS.c.disabled_at.is_(None), _KEYS.c.revoked_at.is_(None))
    .order_by(_KEYS.c.id)
)


def senders_keys(session: Session, slug: str) -> Sequence[Row[Any, Any, Any, Any, Any, Any, Any, Any]]:
    """A platform with each of its active keys, a row a key; none for an unknown platform or one without keys."""
    return session.connection().execute(_SENDERS_KEYS, {"slug": slug}).all()


def platform_key(session: Session, platform_id: int, key_id: str) -> PlatformKey | None:
    return session.scalar(
        select(PlatformKey).where(PlatformKey.platform_id == platform_id, PlatformKey.key_id == key_id)
    )


def staff_by_email(session: Session, email: str) -> Staff | None:
    return session.scalar(select(Staff).where(Staff.email == email.strip().lower()))


def staff_by_actor(session: Session, actor_id: str) -> Staff | None:
    return session.scalar(select(Staff).where(Staff.actor_id == actor_id))


def arbitrators(session: Session) -> list[Staff]:
    return list(
        session.scalars(
            select(Staff).where(Staff.role == Role.ARBITRATOR, Staff.disabled_at.is_(None)).order_by(Staff.name)
        )
    )


def relations_of(session: Session, staff_id: int) -> list[StaffRelation]:
    return list(session.scalars(select(StaffRelation).where(StaffRelation.staff_id == staff_id)))


def platforms(session: Session) -> list[Platform]:
    """Every platform in service."""
    return list(session.scalars(select(Platform).where(Platform.disabled_at.is_(None)).order_by(Platform.id)))


@dataclass(frozen=True)
class OpenSession:
    """A browser's session as each request finds it."""

    id_sha256: str
    holder: str
    data: str
    seen_at: datetime
    expires_at: datetime


SESSION_COLUMNS = (
    WebSession.id_sha256,
    WebSession.holder,
    WebSession.data,
    WebSession.seen_at,
    WebSession.expires_at,
)
_STAFF_SESSION = (
    select(*SESSION_COLUMNS, Staff.actor_id, Staff.role, Staff.name, Staff.platform_id)
    .outerjoin(Staff, and_(Staff.actor_id == WebSession.holder, Staff.disabled_at.is_(None)))
    .where(WebSession.id_sha256 == bindparam("id_sha256"))
)


def staff_session(session: Session, id_sha256: str) -> tuple[OpenSession, Row[*tuple[Any, ...]]] | None:
    """A session and its holder's actor_id, role, name and platform_id, all None before sign-in and once disabled.

    One statement, made once: every page of staff begins with it.
    """
    found: Row[*tuple[Any, ...]] | None = session.connection().execute(_STAFF_SESSION, {"id_sha256": id_sha256}).first()
    return (OpenSession(*found[: len(SESSION_COLUMNS)]), found) if found else None


def sessions_of(session: Session, holder: str, now: datetime) -> list[WebSession]:
    """The sessions of an actor that have not reached their end, the one seen last first."""
    return list(
        session.scalars(
            select(WebSession)
            .where(WebSession.holder == holder, WebSession.expires_at > now)
            .order_by(WebSession.seen_at.desc())
        )
    )


def keep_session(session: Session, row: WebSession, now: datetime) -> None:
    """Remember a new session, and forget those whose end has come."""
    session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    session.add(row)


def update_session(session: Session, id_sha256: str, now: datetime, data: str | None = None) -> None:
    """It was seen *now*, and holds *data* if that is given. One that was ended meanwhile stays ended."""
    changed = {"seen_at": now} if data is None else {"seen_at": now, "data": data}
    session.execute(update(WebSession).where(WebSession.id_sha256 == id_sha256).values(changed))


def drop_session(session: Session, id_sha256: str, holder: str | None = None) -> None:
    """End a session; with *holder*, only if it is that actor's."""
    query = delete(WebSession).where(WebSession.id_sha256 == id_sha256)
    session.execute(query if holder is None else query.where(WebSession.holder == holder))
