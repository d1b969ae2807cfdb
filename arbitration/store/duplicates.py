"""Files that are, or look like, files of other cases: found by indexes, never by reading all that there is."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from arbitration.domain.permissions import Role
from arbitration.domain.pictures import NEAR, PRINT_BYTES, bands, distance
from arbitration.store.base import Base
from arbitration.store.evidence import EvidenceItem

MOST_SAME = 200
"""Of equal files so many are told, for all items of a case together."""
MOST_ALIKE = 2000
"""Pairs that share a band are compared up to so many, the newest first: two bands of 65,536 values meet by chance once
in 8,000 pictures, so that it takes millions before a real pair can be crowded out."""


class PicturePrint(Base):
    """The fingerprint of a picture (`domain.pictures`). What has no row is no picture, or one without structure."""

    __tablename__ = "picture_print"
    __table_args__ = (CheckConstraint(f"length(print) = {PRINT_BYTES}", name="size"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True, autoincrement=False)
    print: Mapped[bytes]


class PictureBand(Base):
    """One piece of a fingerprint, at its place: the index by which pictures that look alike are found."""

    __tablename__ = "picture_band"

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("evidence_item.id"), primary_key=True, autoincrement=False, index=True
    )


class Duplicate(NamedTuple):
    """An item of a case, and another that is the `same` file, or a picture whose fingerprint differs in few `bits`."""

    label: str
    other_case_no: str
    other_label: str
    other_submitted_by: Role
    other_received_at: datetime
    same: bool
    bits: int


_Other = aliased(EvidenceItem)
_THIS = EvidenceItem.case_no == bindparam("case_no", type_=Text)
_TOLD = (EvidenceItem.label, _Other.case_no, _Other.label, _Other.submitted_by, _Other.received_at)
_SAME = (
    select(*_TOLD)
    .join(_Other, _Other.sha256 == EvidenceItem.sha256)
    .where(_THIS, EvidenceItem.label.is_not(None), _Other.label.is_not(None), _Other.id != EvidenceItem.id)
    .order_by(EvidenceItem.id, _Other.id.desc())
    .limit(MOST_SAME)
)
_Band, _OtherBand = aliased(PictureBand), aliased(PictureBand)
_Print, _OtherPrint = aliased(PicturePrint), aliased(PicturePrint)
_ALIKE = (
    select(*_TOLD, _Print.print, _OtherPrint.print)
    .distinct()
    .join(_Band, _Band.item_id == EvidenceItem.id)
    .join(_OtherBand, (_OtherBand.place == _Band.place) & (_OtherBand.value == _Band.value))
    .join(_Other, _Other.id == _OtherBand.item_id)
    .join(_Print, _Print.item_id == EvidenceItem.id)
    .join(_OtherPrint, _OtherPrint.item_id == _Other.id)
    .where(_THIS, _Other.id != EvidenceItem.id, _Other.sha256 != EvidenceItem.sha256)
    .order_by(_Other.received_at.desc())
    .limit(MOST_ALIKE)
)


def of_case(session: Session, case_no: str) -> list[Duplicate]:
    """What is known of a case's items from other places, the same files first."""
    given = {"case_no": case_no}
    same = [Duplicate._make((*row, True, 0)) for row in session.execute(_SAME, given)]
    compared = [(row[:-2], distance(*row[-2:])) for row in session.execute(_ALIKE, given)]
    return same + [Duplicate._make((*told, False, bits)) for told, bits in compared if bits <= NEAR]


def has_print(session: Session, item_id: int) -> bool:
    return session.get(PicturePrint, item_id) is not None


def keep_print(session: Session, item_id: int, fingerprint: bytes) -> None:
    """A picture's fingerprint with its bands."""
    session.add(PicturePrint(item_id=item_id, print=fingerprint))
    session.add_all(
        PictureBand(place=place, value=value, item_id=item_id) for place, value in enumerate(bands(fingerprint))
    )


def forget_print(session: Session, item_id: int) -> None:
    """An erased picture can be recognised no more."""
    for table in (PictureBand, PicturePrint):
        session.execute(delete(table).where(table.item_id == item_id))
