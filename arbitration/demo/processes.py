"""The web server and the worker as child processes: started, watched, and ended together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from arbitration.demo.problem import DemoProblem

START_SECONDS = 120
GRACE_SECONDS = 20
ENDING = (signal.SIGINT, signal.SIGTERM)


class _Asked(BaseException):
    """Somebody wants it to end: Ctrl-C, or SIGTERM."""


@contextmanager
def until_asked_to_end() -> Iterator[None]:
    """The block ends quietly at Ctrl-C or SIGTERM; what it cleans up meanwhile is not disturbed by a second one."""

    def asked(*_: int | FrameType | None) -> None:
        _ignore()
        raise _Asked

    before = {name: signal.signal(name, asked) for name in ENDING}
    try:
        with contextlib.suppress(_Asked):
            yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _ignore() -> None:
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)


class Children:
    """Processes of the program's own command, each with its log under *logs*; ended when the block ends."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Children":
        self._logs.mkdir(exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Ask first; who does not listen is killed."""
        _ignore()
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start(self, name: str) -> None:
        """Start `arbitration NAME`, in a session of its own so that Ctrl-C reaches us and not it."""
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [sys.executable, "-m", "arbitration", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raises DemoProblem when one of them has ended by itself."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                how = f"exit {code}" if code >= 0 else signal.Signals(-code).name
                raise DemoProblem(f"{name} has ended by itself ({how}); its log is {self._logs / f'{name}.log'}")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait for them to be ready. Raises DemoProblem when one ends or it takes too long."""
        until = time.monotonic() + START_SECONDS
        while not ready():
            self.check()
            if time.monotonic() > until:
                raise DemoProblem(f"the web server is not ready after {START_SECONDS} seconds; see {self._logs}")
            time.sleep(0.1)
