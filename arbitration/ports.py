"""All that lies outside this process, as protocols: adapters implement them, tests fake them."""
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


class Clock(Protocol):
    """The time: aware UTC. Shared, with its offset, by server, worker, seed and timestamp authority."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True)
class StoredBlob:
    """What a blob store kept: `ref` finds it again, `sha256` (hex) and `size` (bytes) are of the clear bytes."""

    ref: str
    sha256: str
    size: int


class Blobs(Protocol):
    """Immutable files by content, encrypted at rest by the Vault it is given."""

    def put(self, source: BinaryIO, limit: int) -> StoredBlob:
        """Stream *source* to its final place. Raises `TooLarge` beyond *limit* bytes, leaving nothing behind."""
        ...

    def open(self, ref: str) -> AbstractContextManager[Iterator[bytes]]:
        """The clear bytes in chunks."""
        ...

    def read(self, ref: str) -> bytes:
        """The clear bytes at once: only for what is small by rule (rulings, previews)."""
        ...


class Vault(Protocol):
    """Encryption at rest (age format): anyone may seal, only a holder of the identity opens."""

    def seal(self, clear: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...
