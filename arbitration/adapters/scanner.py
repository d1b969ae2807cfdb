"""The Scanner port: ClamAV's clamd, asked over its socket to look at a stream (INSTREAM); or none at all."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from arbitration.ports import Unreachable

WAIT_SECONDS = 30.0
"""For connecting, for each part to be taken, and for the answer."""
MOST_ANSWERED = 4096
COMMAND = b"zINSTREAM\0"
FOUND = " FOUND"


class NoScanner:
    """Files are not scanned here."""

    configured = False

    def scan(self, chunks: Iterator[bytes]) -> str | None:
        return None


class Clamd:
    """The daemon at `unix:/path` or `tcp:host:port`."""

    configured = True

    def __init__(self, address: str, wait_seconds: float = WAIT_SECONDS) -> None:
        self._kind, _, self._place = address.partition(":")
        self._wait_seconds = wait_seconds

    def scan(self, chunks: Iterator[bytes]) -> str | None:
        try:
            with self._connected() as clamd:
                answer = _answer(clamd, chunks)
        except (OSError, ValueError) as problem:
            raise Unreachable(f"the scanner does not answer: {problem}") from problem
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(FOUND):
            return answer.removeprefix("stream: ").removesuffix(FOUND)
        raise Unreachable(f"the scanner did not look at the file: {answer or 'no answer'}")

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self._kind == "unix":
            with socket.socket(socket.AF_UNIX) as clamd:
                clamd.settimeout(self._wait_seconds)
                clamd.connect(self._place)
                yield clamd
            return
        host, _, port = self._place.rpartition(":")
        with socket.create_connection((host, int(port)), self._wait_seconds) as clamd:
            yield clamd


def _answer(clamd: socket.socket, chunks: Iterator[bytes]) -> str:
    """What it said. It may speak before it has heard all, and then listens no more."""
    try:
        clamd.sendall(COMMAND)
        for chunk in chunks:
            clamd.sendall(struct.pack(">I", len(chunk)) + chunk)
        clamd.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # why, stands in the answer
    said = b""
    while b"\0" not in said and len(said) < MOST_ANSWERED:
        part = clamd.recv(MOST_ANSWERED)
        if not part:
            break
        said += part
    whole, end, _ = said.partition(b"\0")
    return whole.decode(errors="replace").strip() if end else ""
