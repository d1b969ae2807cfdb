"""Appointments of arbitrators to cases."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from arbitration.domain.panel import AppointmentState
from arbitration.store.base import Base
from arbitration.store.people import Staff

_SEATED = text("state IN ('proposed', 'accepted')")


class Appointment(Base):
    """One arbitrator asked to sit in one case. An accepted one bears the declaration made."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("(state = 'proposed') = (answered_at IS NULL)", name="answered_at_if_answered"),
        CheckConstraint("state <> 'accepted' OR declaration <> ''", name="declared_if_accepted"),
        Index("uq_appointment_seated", "case_no", unique=True, sqlite_where=_SEATED, postgresql_where=_SEATED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.PROPOSED)
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    declaration: Mapped[str] = mapped_column(default="")

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


def appointments_of(session: Session, case_no: str) -> list[Appointment]:
    return list(session.scalars(select(Appointment).where(Appointment.case_no == case_no).order_by(Appointment.id)))


def seated(session: Session, case_no: str) -> Appointment | None:
    """The appointment that stands, proposed or accepted."""
    return session.scalar(
        select(Appointment).where(
            Appointment.case_no == case_no,
            Appointment.state.in_((AppointmentState.PROPOSED, AppointmentState.ACCEPTED)),
        )
    )
