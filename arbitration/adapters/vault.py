"""Evidence encryption at rest in the age format: anyone may seal, only the identity opens."""

import io
from contextlib import suppress
from typing import BinaryIO

import pyrage

from arbitration.ports import Damaged

SMALL = 256
MOST_KEPT = 1024


class AgeVault:
    """Seals to the first identity's own recipient, opens with any: after a rotation the older ones follow it."""

    def __init__(self, identities: str) -> None:
        """*identities*, one a line. Raises ValueError, which never quotes them, if one is none."""
        try:
            self._identities = [pyrage.x25519.Identity.from_str(line) for line in identities.split()]
            self._recipient = self._identities[0].to_public()
        except (pyrage.IdentityError, IndexError):
            raise ValueError("not an age identity: it begins with AGE-SECRET-KEY-") from None
        # Platforms' HMAC secrets are opened at every webhook, people's TOTP secrets at every sign-in.
        self._recent: dict[bytes, bytes] = {}

    def seal(self, clear: bytes) -> bytes:
        return bytes(pyrage.encrypt(clear, [self._recipient]))

    def open(self, sealed: bytes) -> bytes:
        if sealed in self._recent:
            return self._recent[sealed]
        try:
            clear = bytes(pyrage.decrypt(sealed, self._identities))
        except pyrage.DecryptError as problem:
            raise Damaged(str(problem)) from problem
        if len(clear) <= SMALL and len(self._recent) < MOST_KEPT:
            self._recent[sealed] = clear
        return clear

    def seal_stream(self, clear: BinaryIO, sealed: BinaryIO) -> None:
        """Encrypt from one stream to the other in constant memory."""
        pyrage.encrypt_io(clear, sealed, [self._recipient])

    def open_stream(self, sealed: BinaryIO, clear: BinaryIO) -> None:
        """Decrypt from one stream to the other in constant memory."""
        try:
            pyrage.decrypt_io(sealed, clear, self._identities)
        except pyrage.DecryptError as problem:
            raise Damaged(str(problem)) from problem
        except OSError as problem:
            if problem.errno is None:  # not the system's: a chunk that is not what was sealed
                raise Damaged(str(problem)) from problem
            raise

    def recipient(self) -> str:
        return str(self._recipient)

    def is_current(self, sealed: BinaryIO) -> bool:
        """Whether *sealed* opens with the first identity alone; only its beginning is read."""
        opened = _Opened()
        with suppress(pyrage.DecryptError, OSError, _Enough):
            pyrage.decrypt_io(sealed, opened, self._identities[:1])
            return True  # it holds nothing
        return opened.is_so


class _Enough(Exception):
    """The beginning has been seen."""


class _Opened(io.RawIOBase):
    """Takes the first clear bytes as a sign and no more."""

    is_so = False

    def writable(self) -> bool:
        return True

    def write(self, clear: object) -> int:
        self.is_so = True
        raise _Enough


def new_identity() -> str:
    """A fresh identity, to be kept outside the database."""
    return str(pyrage.x25519.Identity.generate())
