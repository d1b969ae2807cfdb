"""Files by content in a folder, streamed to their final volume once and encrypted on the way."""

import hashlib
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from arbitration.adapters.vault import AgeVault
from arbitration.ports import StoredBlob, TooLarge

CHUNK = 256 * 1024


class _Measured:
    """A reader that digests, counts and stops at a limit what passes through it, and keeps what went wrong."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        self._source = source
        self._limit = limit
        self.digest = hashlib.sha256()
        self.size = 0
        self.failure: BaseException | None = None

    def read(self, count: int = -1) -> bytes:
        try:
            chunk = self._source.read(CHUNK if count < 0 else count)
            self.size += len(chunk)
            if self.size > self._limit:
                raise TooLarge(f"more than {self._limit} bytes")
        except BaseException as failure:
            self.failure = failure
            raise
        self.digest.update(chunk)
        return chunk


class DiskBlobs:
    """`ref` is the hex SHA-256 of the clear bytes; the file is `<folder>/<ab>/<ref>.age`."""

    def __init__(self, folder: Path, vault: AgeVault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, source: BinaryIO, limit: int) -> StoredBlob:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(16)}.part"
        measured = _Measured(source, limit)
        try:
            with draft.open("wb") as target:
                self._seal(measured, target)
                target.flush()
                os.fsync(target.fileno())
            ref = measured.digest.hexdigest()
            final = self._path(ref)
            final.parent.mkdir(exist_ok=True)
            os.replace(draft, final)
            _sync_folder(final.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return StoredBlob(ref=ref, sha256=ref, size=measured.size)

    def _seal(self, measured: _Measured, target: BinaryIO) -> None:
        try:
            self._vault.seal_stream(measured, target)  # type: ignore[arg-type]
        except Exception:
            # The encryption wraps what its reader raised; the limit, or a lost connection, is the caller's business.
            if measured.failure is not None:
                raise measured.failure from None
            raise

    @contextmanager
    def open(self, ref: str) -> Iterator[Iterator[bytes]]:
        with self._path(ref).open("rb") as sealed:
            reader, writer = os.pipe()
            failures: list[Exception] = []
            thread = threading.Thread(target=self._pump, args=(sealed, writer, failures), daemon=True)
            thread.start()
            with os.fdopen(reader, "rb") as clear:
                yield _chunks(clear, thread, failures, ref)
            thread.join()

    def _pump(self, sealed: BinaryIO, writer: int, failures: list[Exception]) -> None:
        try:
            with os.fdopen(writer, "wb") as clear:
                self._vault.open_stream(sealed, clear)
        except Exception as failure:
            failures.append(failure)  # told to whoever reads to the end; one who goes away early has the right to

    def read(self, ref: str) -> bytes:
        clear = self._vault.open(self._path(ref).read_bytes())
        _must_be(ref, hashlib.sha256(clear).hexdigest())
        return clear

    def holds(self, ref: str) -> bool:
        return self._path(ref).exists()

    def remove(self, ref: str) -> None:
        self._path(ref).unlink(missing_ok=True)

    def usable(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder) as probe:
                probe.write(b"\0")
        except OSError:
            return False
        return True

    def _path(self, ref: str) -> Path:
        if len(ref) != 64 or not set(ref) <= set("0123456789abcdef"):
            raise ValueError("not a blob reference")
        return self._folder / ref[:2] / f"{ref}.age"


def _chunks(clear: BinaryIO, thread: threading.Thread, failures: list[Exception], ref: str) -> Iterator[bytes]:
    """What comes through the pipe. Its end is the file's end only if decryption came to its own: else it raises."""
    digest = hashlib.sha256()
    for chunk in iter(lambda: clear.read(CHUNK), b""):
        digest.update(chunk)
        yield chunk
    thread.join()
    if failures:
        raise failures[0]
    _must_be(ref, digest.hexdigest())


def _must_be(ref: str, sha256: str) -> None:
    """Encryption proves that a file is ours, not that it is the one that belongs in its place."""
    if sha256 != ref:
        raise ValueError(f"blob {ref} holds other content")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
