"""Evidence encryption at rest in the age format: anyone may seal, only the identity opens."""

from typing import BinaryIO

import pyrage

SMALL = 256
MOST_KEPT = 1024


class AgeVault:
    """Seals to the identity's own recipient."""

    def __init__(self, identity: str) -> None:
        """Raises ValueError, which never quotes it, if *identity* is none."""
        try:
            self._identity = pyrage.x25519.Identity.from_str(identity)
        except pyrage.IdentityError:
            raise ValueError("not an age identity: it begins with AGE-SECRET-KEY-") from None
        self._recipient = self._identity.to_public()
        # Platforms' HMAC secrets are opened at every webhook, people's TOTP secrets at every sign-in.
        self._recent: dict[bytes, bytes] = {}

    def seal(self, clear: bytes) -> bytes:
        return bytes(pyrage.encrypt(clear, [self._recipient]))

    def open(self, sealed: bytes) -> bytes:
        if sealed in self._recent:
            return self._recent[sealed]
        clear = bytes(pyrage.decrypt(sealed, [self._identity]))
        if len(clear) <= SMALL and len(self._recent) < MOST_KEPT:
            self._recent[sealed] = clear
        return clear

    def seal_stream(self, clear: BinaryIO, sealed: BinaryIO) -> None:
        """Encrypt from one stream to the other in constant memory."""
        pyrage.encrypt_io(clear, sealed, [self._recipient])

    def open_stream(self, sealed: BinaryIO, clear: BinaryIO) -> None:
        """Decrypt from one stream to the other in constant memory."""
        pyrage.decrypt_io(sealed, clear, [self._identity])


def new_identity() -> str:
    """A fresh identity, to be kept outside the database."""
    return str(pyrage.x25519.Identity.generate())
