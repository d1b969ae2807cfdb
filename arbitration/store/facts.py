"""What was said of the facts of a case, in the order in which it was said."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.facts import Stance
from arbitration.store.base import Base


class FactStatement(Base):
    """One thing said of one fact. `value` is written as the standard writes it; `side` is empty for the arbitrator.

    Nothing is overwritten: who changes their mind says so in another row.
    """

    __tablename__ = "fact_statement"
    __table_args__ = (
        CheckConstraint("(stance IN ('assert', 'find')) = (value IS NOT NULL)", name="value_if_stated"),
        CheckConstraint("(side = '') = (stance IN ('find', 'not_find', 'reopen'))", name="side_unless_found"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    fact: Mapped[str]
    stance: Mapped[Stance]
    value: Mapped[str | None]
    side: Mapped[str]
    source: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


def statements(session: Session, case_no: str) -> list[FactStatement]:
    """All that was said of the facts of one case, in order."""
    return list(
        session.scalars(select(FactStatement).where(FactStatement.case_no == case_no).order_by(FactStatement.id))
    )


def statements_of(session: Session, case_numbers: Iterable[str]) -> dict[str, list[FactStatement]]:
    """The same for many cases at once, by case number."""
    found: dict[str, list[FactStatement]] = {}
    wanted = select(FactStatement).where(FactStatement.case_no.in_(list(case_numbers))).order_by(FactStatement.id)
    for row in session.scalars(wanted):
        found.setdefault(row.case_no, []).append(row)
    return found
