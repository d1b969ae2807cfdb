"""The Examiner port: a file's clear bytes go into memory, never onto a disk, where a process of its own opens them."""

import os
import select
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from arbitration.adapters import child
from arbitration.adapters.file_checks.found import BLOCK
from arbitration.domain.evidence import Problem
from arbitration.ports import Examined

WHOLE_BYTES = 100 * BLOCK
"""So much of a file is looked at; only films and text may be longer."""
UNTOLD = "application/octet-stream"


@dataclass(frozen=True)
class Limits:
    """What one file may take (`seconds` is wall time), and how many are opened at once: others wait their turn."""

    cpu_seconds: int = 2
    memory_bytes: int = 256 * BLOCK
    seconds: int = 20
    at_once: int = 2


class ProcessExaminer:
    """Starts its helper when first needed, and again where it has died. Safe for threads."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(limits.at_once)
        self._lock = threading.Lock()
        self._helper: _Helper | None = None

    def examine(self, chunks: Iterator[bytes], size: int) -> Examined:
        with self._places, _in_memory(chunks) as content:
            return _read(self._answer(content, size))

    def close(self) -> None:
        """End the helper; a later call starts another."""
        with self._lock:
            self._stop()

    def _answer(self, content: int, size: int) -> list[str]:
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb", buffering=0) as answer:
            try:
                self._ask(content, writer, size)
            finally:
                os.close(writer)
            return _lines(answer.fileno(), self._limits.seconds + 10)

    def _ask(self, content: int, writer: int, size: int) -> None:
        """Twice at most: a helper that died has no word of it until it is asked."""
        with self._lock:
            try:
                self._running().ask(content, writer, size)
            except OSError:
                self._stop()
                self._running().ask(content, writer, size)

    def _running(self) -> "_Helper":
        if self._helper is not None and self._helper.owner != os.getpid():
            self._helper = None  # this process was forked: the helper belongs to the parent
        if self._helper is None:
            self._helper = _Helper(self._limits)
        return self._helper

    def _stop(self) -> None:
        if self._helper is not None:
            self._helper.stop()
            self._helper = None


class _Helper:
    """A running helper process and the socket to it."""

    def __init__(self, limits: Limits) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.owner = os.getpid()
        share = (limits.cpu_seconds, limits.memory_bytes, limits.seconds)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                child.command("arbitration.adapters.file_checks.worker", theirs.fileno(), *share),
                env=child.environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.stop = weakref.finalize(self, _end, self._process, self._control)

    def ask(self, content: int, writer: int, size: int) -> None:
        """Hand over a file. Raises OSError where the helper is gone."""
        socket.send_fds(self._control, [str(size).encode()], [content, writer])


def _end(process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    control.close()
    process.wait()


@contextmanager
def _in_memory(chunks: Iterator[bytes]) -> Iterator[int]:
    """A file in memory with the beginning of what comes in *chunks*."""
    content = os.memfd_create("evidence")
    try:
        room = WHOLE_BYTES
        for chunk in chunks:
            with memoryview(chunk)[:room] as part:
                room -= _write(content, part)
            if room == 0:
                break
        yield content
    finally:
        os.close(content)


def _write(content: int, part: memoryview) -> int:
    written = 0
    while written < len(part):
        written += os.write(content, part[written:])
    return written


def _lines(answer: int, seconds: float) -> list[str]:
    """What was said until the other end closed. Raises TimeoutError where that takes longer."""
    said, until = b"", time.monotonic() + seconds
    while select.select([answer], [], [], max(0.0, until - time.monotonic()))[0]:
        block = os.read(answer, 4096)
        if not block:
            return said.decode(errors="replace").splitlines()
        said += block
    raise TimeoutError("a file's process did not end")


def _read(lines: list[str]) -> Examined:
    """Raises OSError where there was no process to ask."""
    match lines:
        case [_, media_type, problem]:
            return Examined(media_type, Problem(problem) if problem != "fine" else None)
        case [_, *rest]:
            return Examined(rest[0] if rest else UNTOLD, Problem.BEYOND_LIMITS)
    raise OSError("no process could be started for a file")
