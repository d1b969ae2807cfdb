"""Custody of evidence: the events of an item read from the history, and its trusted time."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, ForeignKey, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.custody import STEPS
from arbitration.domain.permissions import Role
from arbitration.store.base import Base, from_micros
from arbitration.store.cases import Party
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload
from arbitration.store.inspectors import Inspector
from arbitration.store.people import Platform, Staff


class EvidenceTimestamp(Base):
    """The RFC 3161 token (DER) over an item's SHA-256, verified before it was stored, with what it says."""

    __tablename__ = "evidence_timestamp"

    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True, autoincrement=False)
    token: Mapped[bytes]
    at: Mapped[datetime]
    authority: Mapped[str]


def in_both_languages(name: Bilingual) -> str:
    """The name of an inspector as a line of custody has it."""
    return f"{name.zh} {name.en}"


class Line(NamedTuple):
    """One event about an item, with who acted: the names of what the actor is not are None."""

    seq: int
    kind: str
    at_micros: int
    leaf_hash: str
    payload: str
    staff_name: str | None
    staff_role: Role | None
    party_name: str | None
    party_role: Role | None
    platform_name: str | None
    inspector_zh: str | None
    inspector_en: str | None

    @property
    def at(self) -> datetime:
        return from_micros(self.at_micros)

    @property
    def inspector_name(self) -> str | None:
        """As it stands in the public register."""
        if self.inspector_en is None or self.inspector_zh is None:
            return None
        return in_both_languages(Bilingual(self.inspector_zh, self.inspector_en))

    @property
    def role(self) -> Role:
        """In what quality the actor acted; whoever is known by no account is the system itself."""
        if self.inspector_en is not None:
            return Role.INSPECTOR
        by_door = Role.PLATFORM if self.platform_name is not None else Role.SYSTEM
        return self.staff_role or self.party_role or by_door


_CASE_NO: BindParameter[str] = bindparam("case_no", type_=Text)
_LINES = (
    select(
        History.seq,
        History.kind,
        History.at_micros,
        History.leaf_hash,
        HistoryPayload.payload,
        Staff.name,
        Staff.role,
        Party.display_name,
        Party.role,
        Platform.name,
        Inspector.name_zh,
        Inspector.name_en,
    )
    .join(HistoryPayload, HistoryPayload.idx == History.idx)
    .outerjoin(Staff, Staff.actor_id == History.actor)
    .outerjoin(Party, Party.actor_id == History.actor)
    .outerjoin(Platform, Platform.actor_id == History.actor)
    .outerjoin(Inspector, (Inspector.actor_id == History.actor) | (Inspector.staff_id == Staff.id))
    .where(History.case_no == _CASE_NO, History.kind.in_(sorted(STEPS)), HistoryPayload.payload.is_not(None))
    .order_by(History.seq)
)
_LINES_OF_ONE = _LINES.where(HistoryPayload.payload.contains(bindparam("named", type_=Text)))


def lines(session: Session, case_no: str, label: str | None = None) -> list[Line]:
    """The events about a case's items, in order; of one item where its *label* is given.

    Payloads are canonical JSON, so that an item's label stands in them in one spelling.
    """
    given = {"case_no": case_no}
    if label is None:
        found = session.connection().execute(_LINES, given)
    else:
        found = session.connection().execute(_LINES_OF_ONE, given | {"named": f'"label":"{label}"'})
    return [Line._make(row) for row in found]


def timestamp_of(session: Session, item_id: int) -> EvidenceTimestamp | None:
    """An item's token; None as long as there is none."""
    return session.get(EvidenceTimestamp, item_id)


_STAMPED = (
    select(EvidenceItem.label, EvidenceTimestamp.at)
    .join(EvidenceItem, EvidenceItem.id == EvidenceTimestamp.item_id)
    .where(EvidenceItem.case_no == _CASE_NO)
)


def stamped(session: Session, case_no: str) -> dict[str, datetime]:
    """The trusted time of each item of a case that has one, by its label."""
    return {str(label): at for label, at in session.execute(_STAMPED, {"case_no": case_no})}
