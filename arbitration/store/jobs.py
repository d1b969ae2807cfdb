"""The embedded job queue's table: work to do, written in the transaction that makes it necessary."""

from datetime import datetime

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.store.base import Base


class Job(Base):
    """One piece of work. It is free when `lease` is empty or `leased_until` is past; `done_at` ends it.

    `failed_at` marks one that used up its attempts and waits for a person.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_open",
            "run_at",
            "id",
            sqlite_where=text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
        Index(
            "ix_job_done",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[str]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


def given_up(session: Session) -> list[Job]:
    """Jobs that used up their attempts."""
    return list(session.scalars(select(Job).where(Job.failed_at.is_not(None)).order_by(Job.id)))
