"""Files by content in a folder, streamed to their final volume once and encrypted on the way."""

import fcntl
import hashlib
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from arbitration.adapters.clock import wall_clock
from arbitration.adapters.vault import AgeVault
from arbitration.ports import HEAD_BYTES, Damaged, StoredBlob, TooLarge

CHUNK = 256 * 1024
PIPE_BYTES = 1024 * 1024
"""What may wait between whoever brings or reads a file and the thread that seals or opens it: fewer, larger steps."""
YOUNGEST_LEFT_OVER_SECONDS = 60
"""A draft is made before it is locked: one that was touched so lately is let alone."""


class _Target:
    """The file that encryption writes to. It wraps what its writer raises; a full disk is the caller's business."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def write(self, sealed: bytes) -> int:
        try:
            return self._file.write(sealed)
        except OSError as failure:
            self.failure = failure
            raise

    def flush(self) -> None:
        """The draft flushes the file itself, when it is whole."""


class DiskDraft:
    """A file being written: a thread encrypts what it is given. Its lock ends with its process, whatever ends that."""

    def __init__(self, folder: Path, vault: AgeVault, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._vault = vault
        self._limit = limit
        self._digest = hashlib.sha256()
        self.head = b""
        self.size = 0
        self._path = folder / f".{secrets.token_hex(16)}.part"
        self._file = self._path.open("xb")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._failure: Exception | None = None
        reader, writer = _wide_pipe()
        self._clear = os.fdopen(writer, "wb", CHUNK)
        self._thread = threading.Thread(target=self._seal, args=(reader,), daemon=True)
        self._thread.start()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        if self.size > self._limit:
            raise TooLarge(f"more than {self._limit} bytes")
        self._digest.update(chunk)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        try:
            self._clear.write(chunk)
        except BrokenPipeError:
            self._thread.join()
            raise self._failure or OSError("encryption ended") from None
        return len(chunk)

    def finish(self) -> None:
        if not self._clear.closed:
            self._end()
            if self._failure is not None:
                raise self._failure
            self._file.flush()
            os.fsync(self._file.fileno())

    def open(self) -> AbstractContextManager[Iterator[bytes]]:
        return _opened(self._path, self.sha256, self._vault)

    def keep(self) -> StoredBlob:
        self.finish()
        ref = self.sha256
        final = path_of(self._folder, ref)
        final.parent.mkdir(exist_ok=True)
        os.replace(self._path, final)
        _sync_folder(final.parent)
        self._file.close()
        return StoredBlob(ref=ref, sha256=ref, size=self.size)

    def drop(self) -> None:
        self._end()
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # what could not be written is not missed any more
            self._file.close()

    def _end(self) -> None:
        with suppress(BrokenPipeError):  # the thread says why
            self._clear.close()
        self._thread.join()

    def _seal(self, reader: int) -> None:
        target = _Target(self._file)
        try:
            with os.fdopen(reader, "rb", PIPE_BYTES) as clear:
                self._vault.seal_stream(clear, target)  # type: ignore[arg-type]
        except Exception as failure:
            self._failure = target.failure or failure


class DiskBlobs:
    """`ref` is the hex SHA-256 of the clear bytes; the file is `<folder>/<ab>/<ref>.age`."""

    def __init__(self, folder: Path, vault: AgeVault) -> None:
        self._folder = folder
        self._vault = vault

    def draft(self, limit: int) -> DiskDraft:
        return DiskDraft(self._folder, self._vault, limit)

    def put(self, source: BinaryIO, limit: int) -> StoredBlob:
        draft = self.draft(limit)
        try:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                draft.write(chunk)
            return draft.keep()
        finally:
            draft.drop()

    def open(self, ref: str) -> AbstractContextManager[Iterator[bytes]]:
        return _opened(self._path(ref), ref, self._vault)

    def read(self, ref: str) -> bytes:
        clear = self._vault.open(self._path(ref).read_bytes())
        _must_be(ref, hashlib.sha256(clear).hexdigest())
        return clear

    def holds(self, ref: str) -> bool:
        return self._path(ref).exists()

    def remove(self, ref: str) -> None:
        self._path(ref).unlink(missing_ok=True)

    def refs(self) -> Iterator[str]:
        for path in self._folder.glob("??/*.age"):
            yield path.stem

    def reseal(self, ref: str) -> bool:
        final = self._path(ref)
        try:
            with final.open("rb") as sealed:
                if self._vault.is_current(sealed):
                    return False
            with self.open(ref) as chunks:
                return self._replace(final, chunks)
        except FileNotFoundError:
            return False

    def _replace(self, final: Path, chunks: Iterator[bytes]) -> bool:
        """Seal a file anew; the chunks end only after the whole was found to be what it should be."""
        anew = self.draft(limit=final.stat().st_size)  # what is sealed is longer than what is in it
        try:
            for chunk in chunks:
                anew.write(chunk)
            anew.finish()
            if not final.exists():  # it was removed meanwhile
                return False
            anew.keep()
            return True
        finally:
            anew.drop()

    def usable(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder) as probe:
                probe.write(b"\0")
        except OSError:
            return False
        return True

    def remove_left_over_drafts(self) -> int:
        found = [path for path in self._folder.glob(".*.part") if _untouched_for(path, YOUNGEST_LEFT_OVER_SECONDS)]
        return sum(_remove_if_nobody_writes(path) for path in found)

    def kept_before(self, age: timedelta) -> Iterator[str]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*.age"):
            if _untouched_for(path, age.total_seconds()):
                yield path.stem

    def _path(self, ref: str) -> Path:
        return path_of(self._folder, ref)


def path_of(folder: Path, ref: str) -> Path:
    """Where a file lies. Raises ValueError for what is no reference, before any file is looked for."""
    if len(ref) != 64 or not set(ref) <= set("0123456789abcdef"):
        raise ValueError("not a blob reference")
    return folder / ref[:2] / f"{ref}.age"


def _untouched_for(path: Path, seconds: float) -> bool:
    """By the machine's own clock, which the office's may be set apart from."""
    try:
        return path.stat().st_mtime <= wall_clock().timestamp() - seconds
    except FileNotFoundError:
        return False


def _remove_if_nobody_writes(path: Path) -> bool:
    try:
        with path.open("rb") as draft:
            fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _wide_pipe() -> tuple[int, int]:
    """Its reader and its writer."""
    reader, writer = os.pipe()
    with suppress(OSError):  # a system that allows less is slower, and that is all
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reader, writer


@contextmanager
def _opened(path: Path, sha256: str, vault: AgeVault) -> Iterator[Iterator[bytes]]:
    """The clear bytes of a sealed file, which are those of the digest or end in Damaged."""
    with path.open("rb") as sealed:
        reader, writer = _wide_pipe()
        failures: list[Exception] = []
        thread = threading.Thread(target=_pump, args=(vault, sealed, writer, failures), daemon=True)
        thread.start()
        with os.fdopen(reader, "rb") as clear:
            yield _chunks(clear, thread, failures, sha256)
        thread.join()


def _pump(vault: AgeVault, sealed: BinaryIO, writer: int, failures: list[Exception]) -> None:
    try:
        with os.fdopen(writer, "wb") as clear:
            vault.open_stream(sealed, clear)
    except Exception as failure:
        failures.append(failure)  # told to whoever reads to the end; one who goes away early has the right to


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
        raise Damaged(f"blob {ref} holds other content")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
