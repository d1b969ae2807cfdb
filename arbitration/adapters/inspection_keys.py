"""Ed25519 keys of inspectors: theirs checked and verified, the office's own kept in a file under the passphrase."""

import fcntl
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

FIELD = 2**255 - 19
SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        FIELD - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)
"""Under a key that is such a point anyone can forge (RFC 8032, 5.1: the eight points of small order)."""


class FileInspectionKeys:
    """The office's own key lies in *path*, made when it is first asked for. Safe for several processes."""

    def __init__(self, path: Path, passphrase: str) -> None:
        self._path = path
        self._passphrase = passphrase.encode()

    def is_sound(self, public: bytes) -> bool:
        y = int.from_bytes(public, "little") & (2**255 - 1)
        return len(public) == 32 and y < FIELD and y not in SMALL_ORDER_Y

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        return verify(public, message, signature)

    def office_key(self) -> bytes:
        return self._own().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._own().sign(message)

    def _own(self) -> Ed25519PrivateKey:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.with_name(f"{self._path.name}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._path.exists():
                new_key(self._path, self._passphrase)
        return read_key(self._path, self._passphrase)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether *signature* over *message* was made by the private half of *public*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(path: Path, passphrase: bytes) -> bytes:
    """Make a key in a new file; its public half. Raises FileExistsError."""
    key = Ed25519PrivateKey.generate()
    write_key(path, key, passphrase)
    return key.public_key().public_bytes_raw()


def write_key(path: Path, key: Ed25519PrivateKey, passphrase: bytes) -> None:
    """A new file for its owner alone. Raises FileExistsError: a key is never written over."""
    kept = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path, passphrase: bytes) -> Ed25519PrivateKey:
    """The key in a PEM file. Raises ValueError where it is of another kind, or the passphrase does not open it."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase or None)
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return key
