"""A folder of signing keys: a small authority of our own, and what it issued; private halves under a passphrase."""

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from arbitration.adapters import certificates
from arbitration.adapters.certificates import Credential

ROOT, ISSUING, SEAL, TIMESTAMP = "root", "issuing", "seal", "timestamp"
ARBITRATORS = "arbitrators"
DEMO_ORGANISATION = "演示独立仲裁委员会"
RENEW_LISTS_BEFORE = timedelta(days=30)
_ACTOR_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class NoKeys(Exception):
    """There are no keys in the folder, or the passphrase does not open them."""


class KeyFolder:
    """The keys of one institution. A private key is decrypted once and stays in memory. Safe for threads."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        """Use `open` or `open_or_make`."""
        self._folder = folder
        self._passphrase = passphrase.encode()
        self._kept: dict[str, Credential] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> "KeyFolder":
        """The keys in *folder*. Raises NoKeys."""
        opened = cls(folder, passphrase)
        opened.credential(SEAL)
        return opened

    @classmethod
    def open_or_make(
        cls, folder: Path, passphrase: str, *, not_before: datetime, organisation: str = DEMO_ORGANISATION
    ) -> "KeyFolder":
        """The keys in *folder*, made first where there are none: root, issuing authority, seal, timestamps.

        All certificates begin at *not_before*. Safe to call from several processes at once.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_name(f"{folder.name}.lock")):
            if not (folder / f"{ROOT}.pem").exists():
                _make(folder, passphrase.encode(), not_before, organisation)
        return cls.open(folder, passphrase)

    def usable(self) -> bool:
        """Whether these keys, as they lie in the folder now, can be opened."""
        try:
            KeyFolder(self._folder, self._passphrase.decode()).credential(SEAL)
        except (NoKeys, OSError, TypeError, ValueError):
            return False
        return True

    def root_pem(self) -> bytes:
        """The root certificate, for outsiders to trust."""
        return self._certificate(ROOT).public_bytes(Encoding.PEM)

    def issue(self, actor_id: str, name: str) -> str:
        """A key and certificate for an arbitrator; the certificate's fingerprint.

        Who has one in that name keeps it; under a new name there is a new one, and what was signed stays valid.
        """
        if not _ACTOR_ID.fullmatch(actor_id):
            raise ValueError(f"not an actor's id: {actor_id!r}")
        stem = f"{ARBITRATORS}/{actor_id}"
        issuing = self.credential(ISSUING)
        (self._folder / ARBITRATORS).mkdir(mode=0o700, exist_ok=True)
        with _locked(self._folder / "issue.lock"):
            if not self._is_issued(stem, name):
                organisation = _organisation(issuing.certificate)
                made = certificates.arbitrator(organisation, actor_id, name, issuing)
                _store(self._folder, stem, made, self._passphrase)
                with self._lock:
                    self._kept.pop(stem, None)
        return self.fingerprint(actor_id)

    def _is_issued(self, stem: str, name: str) -> bool:
        if not (self._folder / f"{stem}.pem").exists():
            return False
        subject = self._certificate(stem).subject
        return subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == certificates.common_name(name)

    def fingerprint(self, actor_id: str) -> str:
        """The hex SHA-256 of an arbitrator's certificate. Raises NoKeys."""
        return self.credential(f"{ARBITRATORS}/{actor_id}").fingerprint

    def credential(self, stem: str) -> Credential:
        """A key with its certificates: `seal`, `timestamp`, `arbitrators/<actor id>`. Raises NoKeys."""
        with self._lock:
            if stem not in self._kept:
                chain = (self._certificate(ISSUING),) if stem != ROOT else ()
                self._kept[stem] = Credential(self._private_key(stem), self._certificate(stem), chain)
            return self._kept[stem]

    def revocation_lists(self, now: datetime) -> list[bytes]:
        """The current lists (DER) of both authorities, made anew a month before they end."""
        return [self._revocation_list(stem, now) for stem in (ROOT, ISSUING)]

    def _revocation_list(self, stem: str, now: datetime) -> bytes:
        path = self._folder / f"{stem}.crl"
        current = path.read_bytes()
        listed = x509.load_der_x509_crl(current)
        ends = listed.next_update_utc
        if ends is not None and listed.last_update_utc <= now < ends - RENEW_LISTS_BEFORE:
            return current
        number = listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        renewed = certificates.revocation_list(self.credential(stem), number + 1, now)
        _write(path, renewed, 0o644)
        return renewed

    def _certificate(self, stem: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self._read(f"{stem}.pem"))

    def _private_key(self, stem: str) -> EllipticCurvePrivateKey:
        try:
            key = load_pem_private_key(self._read(f"{stem}.key"), self._passphrase)
        except ValueError as error:
            raise NoKeys(f"the passphrase does not open {self._folder / stem}.key") from error
        if not isinstance(key, EllipticCurvePrivateKey):
            raise NoKeys(f"{self._folder / stem}.key is of another kind")
        return key

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError as error:
            raise NoKeys(f"there is no {self._folder / name}") from error


def _make(folder: Path, passphrase: bytes, not_before: datetime, organisation: str) -> None:
    """A whole authority; the root's certificate is written last and says that the rest is there."""
    start = not_before.replace(microsecond=0)
    root = certificates.root(organisation, start)
    issuing = certificates.issuing(organisation, root)
    folder.mkdir(mode=0o700, exist_ok=True)
    for stem, authority in ((ROOT, root), (ISSUING, issuing)):
        _write(folder / f"{stem}.crl", certificates.revocation_list(authority, 1, start), 0o644)
    _store(folder, SEAL, certificates.seal(organisation, issuing), passphrase)
    _store(folder, TIMESTAMP, certificates.timestamping(organisation, issuing), passphrase)
    _store(folder, ISSUING, issuing, passphrase)
    _store(folder, ROOT, root, passphrase)


def _store(folder: Path, stem: str, credential: Credential, passphrase: bytes) -> None:
    """The certificate last: where it stands, the key stands too."""
    private = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    _write(folder / f"{stem}.key", private, 0o600)
    _write(folder / f"{stem}.pem", credential.certificate.public_bytes(Encoding.PEM), 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others in between."""
    partial = path.with_name(f"{path.name}.partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(partial, path)


def _organisation(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
