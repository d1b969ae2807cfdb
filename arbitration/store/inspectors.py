"""Accredited inspectors and the keys with which they sign."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.inspection import Expertise, KeyOnRegister, Revocation
from arbitration.store.base import Base
from arbitration.store.people import Staff


class InspectorKey(Base):
    """One Ed25519 public key. What it signed is believed if the office received it before `distrusted_from`."""

    __tablename__ = "inspector_key"
    __table_args__ = (
        CheckConstraint("length(public_key) = 32", name="length"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_why IS NULL) AND (revoked_at IS NULL) = (distrusted_from IS NULL)",
            name="revoked_with_reason",
        ),
        CheckConstraint("distrusted_from IS NULL OR distrusted_from <= revoked_at", name="distrusted_when_revoked"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspector.id"), index=True)
    public_key: Mapped[bytes]
    valid_from: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[Revocation | None]
    distrusted_from: Mapped[datetime | None]


class Inspector(Base):
    """A person or body that the office accredits. `expertise` are words of the list, joined by spaces."""

    __tablename__ = "inspector"
    __table_args__ = (
        CheckConstraint("accredited_until IS NULL OR accredited_until >= accredited_from", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    expertise: Mapped[str]
    accredited_from: Mapped[datetime]
    accredited_until: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), unique=True)

    keys: Mapped[list[InspectorKey]] = relationship(order_by=InspectorKey.valid_from, lazy="selectin")
    staff: Mapped[Staff | None] = relationship(lazy="joined")

    @property
    def name(self) -> Bilingual:
        """In both languages."""
        return Bilingual(self.name_zh, self.name_en)

    @property
    def fields(self) -> list[Expertise]:
        """What it is accredited for."""
        return [Expertise(word) for word in self.expertise.split()]

    def accredited_at(self, at: datetime) -> bool:
        """Whether it was accredited at that time."""
        return self.accredited_from <= at and (self.accredited_until is None or at < self.accredited_until)


def inspectors(session: Session) -> list[Inspector]:
    """All, also those whose accreditation has ended: what they signed before stays good."""
    return list(session.scalars(select(Inspector).order_by(Inspector.id)))


def key(session: Session, kid: str) -> InspectorKey | None:
    return session.get(InspectorKey, kid)


def register(session: Session) -> Callable[[str], KeyOnRegister | None]:
    """Looks a `kid` up, as `domain.inspection.judge` wants it."""

    def look_up(kid: str) -> KeyOnRegister | None:
        found = session.get(InspectorKey, kid)
        return on_register(session.get_one(Inspector, found.inspector_id), found) if found is not None else None

    return look_up


def on_register(inspector: Inspector, row: InspectorKey) -> KeyOnRegister:
    """A key with what the register says of its inspector."""
    return KeyOnRegister(
        kid=row.kid,
        public=row.public_key,
        valid_from=row.valid_from,
        distrusted_from=row.distrusted_from,
        inspector=inspector.actor_id,
        name=inspector.name,
        accredited_from=inspector.accredited_from,
        accredited_until=inspector.accredited_until,
    )
