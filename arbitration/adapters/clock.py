"""The wall clock, and the demo's clock: the wall clock shifted by an offset that all processes share."""

import json
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class OffsetClock:
    """The wall clock plus the seconds that stand in a file; no file, no offset.

    Server, worker, seed and timestamp authority read the same file, so that a seeded default is real (contract.md §6).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mtime_ns = -1
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        return wall_clock() + self._read()

    def set(self, now: datetime) -> None:
        """Make it *now*. Written to a new file and renamed, so that no reader sees half of it."""
        self.shift(now - wall_clock())

    def shift(self, offset: timedelta) -> None:
        """Set the distance to the wall clock itself."""
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        draft.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        # Readers tell settings apart by the file's time, which file systems may keep in steps of milliseconds.
        stamp = time.time_ns()
        os.utime(draft, ns=(stamp, stamp))
        os.replace(draft, self._path)

    def _read(self) -> timedelta:
        try:
            mtime_ns = os.stat(self._path).st_mtime_ns
        except FileNotFoundError:
            return timedelta(0)
        if mtime_ns != self._mtime_ns:
            self._offset = timedelta(seconds=json.loads(self._path.read_text())["offset_seconds"])
            self._mtime_ns = mtime_ns
        return self._offset
