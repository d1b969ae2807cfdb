"""The bundle of a case as it was last made for each view: where it lies, and what it was made of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.export import View
from arbitration.store.base import Base


class CaseBundle(Base):
    """`told` is what it says as one value (`domain.bundle.told_digest`); of `in_part` items not all is printed.

    While it is asked for and not yet made anew, the last one stays; `problem` says why there will be none.
    """

    __tablename__ = "case_bundle"
    __table_args__ = (CheckConstraint("(blob IS NULL) = (made_at IS NULL)", name="made_if_there"),)

    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), primary_key=True)
    view: Mapped[View] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    blob: Mapped[str | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    pages: Mapped[int | None]
    in_part: Mapped[int | None]
    told: Mapped[str | None]
    made_at: Mapped[datetime | None]


def find(session: Session, case_no: str, view: View) -> CaseBundle | None:
    """The bundle of a case for a view, if it was ever asked for."""
    return session.get(CaseBundle, (case_no, view))
