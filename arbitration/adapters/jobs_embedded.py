"""The embedded job queue: a leased table in the same database, one machine, at least once."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from arbitration.domain.errors import NotFound
from arbitration.ports import LeasedJob
from arbitration.store.base import Base
from arbitration.store.jobs import Job

_ENQUEUE = insert(Base.metadata.tables["job"])


class EmbeddedJobs:
    """There is one writer at a time (`Portal.work`), so looking and taking need no further lock."""

    def enqueue(self, session: Session, kind: str, args: dict[str, Any], run_at: datetime) -> None:
        session.connection().execute(
            _ENQUEUE, {"kind": kind, "args": json.dumps(args), "run_at": run_at, "attempts": 0}
        )

    def any_due(self, session: Session, now: datetime, kinds: Collection[str] | None = None) -> bool:
        return session.scalar(_due(now, kinds).with_only_columns(Job.id)) is not None

    def lease(
        self, session: Session, now: datetime, hold: timedelta, kinds: Collection[str] | None = None
    ) -> LeasedJob | None:
        job = session.scalar(_due(now, kinds))
        if job is None:
            return None
        job.lease = secrets.token_hex(16)
        job.leased_until = now + hold
        job.attempts += 1
        return LeasedJob(id=job.id, kind=job.kind, args=json.loads(job.args), attempt=job.attempts, lease=job.lease)

    def finish(self, session: Session, job: LeasedJob, now: datetime) -> bool:
        ended = session.execute(
            update(Job)
            .where(Job.id == job.id, Job.lease == job.lease)
            .values(done_at=now, lease=None, leased_until=None)
        )
        return bool(ended.rowcount)  # type: ignore[attr-defined]

    def retry(self, session: Session, job: LeasedJob, error: str, run_at: datetime | None) -> None:
        held = session.get(Job, job.id)
        if held is None or held.lease != job.lease:
            return
        held.lease = None
        held.leased_until = None
        held.error = error[:2000]
        if run_at is None:
            held.failed_at = held.run_at
        else:
            held.run_at = run_at

    def revive(self, session: Session, number: int, now: datetime) -> None:
        job = session.get(Job, number)
        if job is None or job.failed_at is None:
            raise NotFound(f"There is no job {number} that was given up.")
        job.failed_at = None
        job.attempts = 0
        job.run_at = now

    def prune(self, session: Session, before: datetime, most: int) -> int:
        old = select(Job.id).where(Job.done_at < before).order_by(Job.done_at).limit(most)
        return int(session.execute(delete(Job).where(Job.id.in_(old))).rowcount)  # type: ignore[attr-defined]


def _due(now: datetime, kinds: Collection[str] | None) -> Select[Job]:
    query = (
        select(Job)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= now)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < now))
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    return query if kinds is None else query.where(Job.kind.in_(kinds))
