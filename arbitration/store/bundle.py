"""The bundle of a case as it was last made for each view: where it lies, and what it was made of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.export import View
from arbitration.store.base import Base
from arbitration.store.case_file import QUIET
from arbitration.store.history import History


class CaseBundle(Base):
    """`made_of` is the digest of the record that it was printed from, `upto` the last event that told anything new.

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
    made_of: Mapped[str | None]
    upto: Mapped[int | None]
    made_at: Mapped[datetime | None]


def find(session: Session, case_no: str, view: View) -> CaseBundle | None:
    """The bundle of a case for a view, if it was ever asked for."""
    return session.get(CaseBundle, (case_no, view))


def newest_event(session: Session, case_no: str) -> int:
    """The number of a case's last event that is not one of those that only say who looked; 0 where there is none."""
    query = select(func.max(History.seq)).where(History.case_no == case_no, History.kind.not_in(QUIET))
    return int(session.scalar(query) or 0)
