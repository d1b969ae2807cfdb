"""Rate limits in a small table, so that they hold across threads and processes."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from arbitration.store.people import Attempt


class SqlLimits:
    def allow(self, session: Session, key: str, *, most: int, within: timedelta, now: datetime) -> bool:
        attempt = session.get(Attempt, key)
        if attempt is None:
            attempt = Attempt(key=key, window_start=now, count=0)
            session.add(attempt)
        if now - attempt.window_start >= within:
            attempt.window_start = now
            attempt.count = 0
        attempt.count += 1
        return attempt.count <= most

    def prune(self, session: Session, before: datetime, most: int) -> int:
        old = select(Attempt.key).where(Attempt.window_start < before).order_by(Attempt.window_start).limit(most)
        return int(session.execute(delete(Attempt).where(Attempt.key.in_(old))).rowcount)  # type: ignore[attr-defined]
