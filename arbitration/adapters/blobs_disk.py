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
from arbitration.ports import Damaged, StoredBlob, TooLarge

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
        measured = _Measured(source, limit)
        with self._draft() as draft:
            with draft.open("wb") as target:
                self._seal(measured, target)
                _sync(target)
            ref = measured.digest.hexdigest()
            final = self._path(ref)
            final.parent.mkdir(exist_ok=True)
            os.replace(draft, final)
            _sync_folder(final.parent)
        return StoredBlob(ref=ref, sha256=ref, size=measured.size)

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """A name for a file that is not whole yet; whatever goes wrong, nothing is left under it."""
        draft = self._folder / f".{secrets.token_hex(16)}.part"
        try:
            yield draft
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def _seal(self, source: "_Measured | _Chunks", target: BinaryIO) -> None:
        try:
            self._vault.seal_stream(source, target)  # type: ignore[arg-type]
        except Exception:
            # The encryption wraps what its reader raised; the limit, or a lost connection, is the caller's business.
            if source.failure is not None:
                raise source.failure from None
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

    def refs(self) -> Iterator[str]:
        for path in self._folder.glob("??/*.age"):
            yield path.stem

    def reseal(self, ref: str) -> bool:
        final = self._path(ref)
        try:
            with final.open("rb") as sealed:
                if self._vault.is_current(sealed):
                    return False
            with self.open(ref) as chunks, self._draft() as draft:
                with draft.open("wb") as target:
                    self._seal(_Chunks(chunks), target)
                    _sync(target)
                if not final.exists():
                    draft.unlink()
                    return False
                os.replace(draft, final)
        except FileNotFoundError:
            return False
        _sync_folder(final.parent)
        return True

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
        raise Damaged(f"blob {ref} holds other content")


class _Chunks:
    """Chunks as a reader. The last one comes only after the whole was found to be the file that it should be."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self.failure: BaseException | None = None

    def read(self, count: int = -1) -> bytes:
        if not self._rest:
            self._rest = self._next()
        size = len(self._rest) if count < 0 else count
        given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def _next(self) -> bytes:
        try:
            return next(self._chunks, b"")
        except Exception as failure:
            self.failure = failure
            raise


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
