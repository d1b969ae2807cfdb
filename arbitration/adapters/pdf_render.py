"""The Renderer port: documents rendered in a warm worker process under limits, drafts as HTML in this one."""

import os
import socket
import subprocess
import threading
import weakref
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from arbitration.adapters import child, pdf_fonts, pdf_html
from arbitration.domain import bundle
from arbitration.domain.bundle import BundlePaper
from arbitration.domain.errors import Refused
from arbitration.domain.signing import RulingDocument, Versions, canonical_json
from arbitration.domain.standard_paper import StandardPaper, paper_to
from arbitration.ports import Rendered

RENDER, RENDER_STANDARD, RENDER_BUNDLE, DRAW = b"render", b"standard", b"bundle", b"draw"
OK, FAILED = b"+", b"-"
START_SECONDS = 120
REQUESTS_A_WORKER = 500


class NotRendered(Refused):
    """The file is not what it must be, or took more than its limits: nothing may be signed."""

    code = "not_rendered"


@dataclass(frozen=True)
class Limits:
    """What one ruling may take. `seconds` is wall time, after which the worker is ended."""

    cpu_seconds: int = 30
    memory_bytes: int = 1024**3
    seconds: float = 90


BUNDLE_LIMITS = Limits(cpu_seconds=180, memory_bytes=2 * 1024**3, seconds=900)
"""A bundle has many pages, and nobody's deadline waits for it."""


class WorkerRenderer:
    """Starts its worker when first needed, and again after it has died or done its share. Safe for threads."""

    def __init__(self, font_folder: Path, limits: Limits = Limits()) -> None:
        self._folder = font_folder
        self._limits = limits
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def versions(self) -> Versions:
        with self._lock:
            return self._running().versions

    def render(self, document: RulingDocument) -> Rendered:
        """Raises NotRendered."""
        pages, pdf = self._ask(RENDER, canonical_json(document))
        return Rendered(pdf=pdf, pages=int(pages))

    def render_standard(self, paper: StandardPaper) -> Rendered:
        """Raises NotRendered."""
        pages, pdf = self._ask(RENDER_STANDARD, paper_to(paper))
        return Rendered(pdf=pdf, pages=int(pages))

    def render_bundle(self, paper: BundlePaper) -> Rendered:
        """Raises NotRendered."""
        pages, pdf = self._ask(RENDER_BUNDLE, bundle.paper_to(paper))
        return Rendered(pdf=pdf, pages=int(pages))

    def pictures(self, pdf: bytes) -> list[bytes]:
        """Raises NotRendered where the bytes are no readable PDF."""
        return self._ask(DRAW, pdf)

    def html(self, document: RulingDocument, draft: bool) -> str:
        """The ruling as an HTML fragment to embed; a *draft* marks what is missing."""
        return pdf_html.ruling_html(document, draft)

    def _ask(self, kind: bytes, content: bytes) -> list[bytes]:
        with self._lock:
            worker = self._running()
            try:
                status, *parts = worker.ask(kind, content, self._limits.seconds)
            except OSError as error:
                self._stop()
                raise NotRendered(f"the worker ended: {error or 'beyond its memory or time'}") from error
        if status == FAILED:
            raise NotRendered(parts[0].decode(errors="replace"))
        return parts

    def close(self) -> None:
        """End the worker; a later call starts another."""
        with self._lock:
            self._stop()

    def _running(self) -> "_Worker":
        if self._worker is not None and self._worker.owner != os.getpid():
            self._worker = None  # this process was forked: the worker belongs to the parent
        if self._worker is not None and self._worker.asked >= REQUESTS_A_WORKER:
            self._stop()
        if self._worker is None:
            self._worker = _Worker(pdf_fonts.prepare(self._folder), self._limits)
        return self._worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


class _Worker:
    """A running worker process and the connection to it."""

    def __init__(self, fonts: pdf_fonts.FontSet, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        self.owner = os.getpid()
        self.asked = 0
        self._connection = Connection(ours.detach())
        arguments = (theirs.fileno(), fonts.folder, limits.cpu_seconds, limits.memory_bytes)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            child.command("arbitration.adapters.pdf_worker", *arguments),
            env=child.environment(FONTCONFIG_FILE=str(fonts.config.resolve())),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self.stop = weakref.finalize(self, _end, self._process, self._connection)
        try:
            renderer, digest = (self._receive(START_SECONDS).decode() for _ in range(2))
        except OSError as error:
            self.stop()
            raise NotRendered("the rendering worker does not start") from error
        self.versions = Versions(renderer, digest)

    def ask(self, kind: bytes, content: bytes, seconds: float) -> list[bytes]:
        """The parts of the worker's answer. Raises OSError when it dies or takes longer than *seconds*."""
        self.asked += 1
        self._connection.send_bytes(kind)
        self._connection.send_bytes(content)
        count = int(self._receive(seconds))
        return [self._receive(seconds) for _ in range(count)]

    def _receive(self, seconds: float) -> bytes:
        if not self._connection.poll(seconds):
            raise TimeoutError(f"no answer within {seconds:g} seconds")
        try:
            return self._connection.recv_bytes()
        except EOFError as error:
            raise ConnectionResetError from error


def _end(process: "subprocess.Popen[bytes]", connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()
