"""Standard Webhooks signatures: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`), several keys at once for rotation.

What is signed is `{webhook-id}.{webhook-timestamp}.{raw body}`; see https://www.standardwebhooks.com.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from arbitration.domain.intake import BadSignature
from arbitration.domain.people import KeyKind

TOLERANCE = timedelta(minutes=5)
MAX_SIGNATURES = 8
"""Signatures looked at in one header: more than any rotation needs, few enough that checking them costs nothing."""
HMAC_BYTES = range(24, 65)
"""Lengths of an HMAC secret that the specification allows."""

_ID = re.compile(r"[A-Za-z0-9_:-]{1,128}")
"""The dot is left out because it separates what is signed, the rest because ids stand in logs and on pages."""
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")


_VERSION = {KeyKind.HMAC: "v1", KeyKind.ED25519: "v1a"}
_SECRET_PREFIX = {KeyKind.HMAC: "whsec_", KeyKind.ED25519: "whsk_"}
_STORED_PREFIX = {KeyKind.HMAC: "whsec_", KeyKind.ED25519: "whpk_"}


@dataclass(frozen=True)
class VerifyingKey:
    """What the receiver keeps: an HMAC secret, or an Ed25519 public key."""

    key_id: str
    kind: KeyKind
    material: bytes = field(repr=False)


@dataclass(frozen=True)
class SigningKey:
    """What the sender keeps: an HMAC secret, or an Ed25519 private key (its 32-byte seed)."""

    kind: KeyKind
    material: bytes = field(repr=False)


def generate(kind: KeyKind) -> tuple[str, str]:
    """A new key as `(secret, stored)`: the secret is printed once for the sender, the other half is kept.

    For HMAC the two are the same `whsec_…`; for Ed25519 they are `whsk_…` and the public `whpk_…`.
    """
    if kind is KeyKind.HMAC:
        secret = _encode(_SECRET_PREFIX[kind], secrets.token_bytes(32))
        return secret, secret
    private = Ed25519PrivateKey.generate()
    return (
        _encode(_SECRET_PREFIX[kind], private.private_bytes_raw()),
        _encode(_STORED_PREFIX[kind], private.public_key().public_bytes_raw()),
    )


def signing_key(secret: str) -> SigningKey:
    """Read `whsec_…` or `whsk_…`. Raises `ValueError`, which never quotes the secret, if it is neither."""
    for kind, prefix in _SECRET_PREFIX.items():
        if secret.startswith(prefix):
            material = _decode(secret.removeprefix(prefix))
            if kind is KeyKind.ED25519 and len(material) == 64:  # some tools write seed and public half together
                material = material[:32]
            return SigningKey(kind, _checked(kind, material))
    raise ValueError("Not a webhook secret: it begins with whsec_ or whsk_")


def verifying_key(key_id: str, stored: str) -> VerifyingKey:
    """Read `whsec_…` or `whpk_…`. Raises `ValueError`, which never quotes the secret, if it is neither."""
    for kind, prefix in _STORED_PREFIX.items():
        if stored.startswith(prefix):
            material = _checked(kind, _decode(stored.removeprefix(prefix)))
            return VerifyingKey(key_id, kind, material)
    raise ValueError("Not a webhook verifying key: it begins with whsec_ or whpk_")


def sign(key: SigningKey, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,…` or `v1a,…`. *timestamp* in Unix seconds. Raises `ValueError` for an unusable id."""
    if not _ID.fullmatch(webhook_id):
        raise ValueError("A webhook id is 1 to 128 of A-Z a-z 0-9 _ : -")
    content = _content(webhook_id, str(timestamp), body)
    if key.kind is KeyKind.HMAC:
        signature = hmac.digest(key.material, content, "sha256")
    else:
        signature = Ed25519PrivateKey.from_private_bytes(key.material).sign(content)
    return _encode(f"{_VERSION[key.kind]},", signature)


def signed_headers(keys: Sequence[SigningKey], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a delivery made at *at*, with one signature per key (several during a rotation)."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(key, webhook_id, timestamp, body) for key in keys),
    }


def verify(
    keys: Sequence[VerifyingKey],
    *,
    webhook_id: str | None,
    timestamp: str | None,
    signature: str | None,
    body: bytes,
    now: datetime,
) -> str:
    """The id of the key that signed this delivery; the three texts are its headers as received, None where missing.

    Raises `BadSignature`, and nothing else, when an id, timestamp or signature is missing or malformed, when the
    timestamp is more than 5 minutes from *now* (aware), or when no key fits. Its message tells a sender in good faith
    what to mend; whether a key exists it does not tell.
    """
    if not webhook_id or not _ID.fullmatch(webhook_id):
        raise BadSignature("webhook-id must be 1 to 128 of A-Z a-z 0-9 _ : -")
    if not timestamp or not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature("webhook-timestamp must be Unix seconds")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("webhook-timestamp is more than 5 minutes from our time")
    content = _content(webhook_id, timestamp, body)
    for version, given in _signatures(signature or ""):
        for key in keys:
            if _VERSION[key.kind] == version and _fits(key, content, given):
                return key.key_id
    raise BadSignature("webhook-signature holds no valid signature of an active key of this platform")


def _signatures(header: str) -> Iterator[tuple[str, bytes]]:
    """The readable signatures of a header; others, of later versions perhaps, are passed over as the standard asks."""
    for token in header.split(" ", MAX_SIGNATURES)[:MAX_SIGNATURES]:
        version, _, encoded = token.partition(",")
        try:
            yield version, _decode(encoded)
        except ValueError:
            continue


def _fits(key: VerifyingKey, content: bytes, given: bytes) -> bool:
    if key.kind is KeyKind.HMAC:
        return hmac.compare_digest(hmac.digest(key.material, content, "sha256"), given)
    try:
        Ed25519PublicKey.from_public_bytes(key.material).verify(given, content)
    except InvalidSignature:
        return False
    return True


def _content(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{webhook_id}.{timestamp}.".encode("ascii") + body


def _encode(prefix: str, material: bytes) -> str:
    return prefix + base64.b64encode(material).decode("ascii")


def _decode(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("Not base64") from None  # the cause would quote the secret


def _checked(kind: KeyKind, material: bytes) -> bytes:
    if kind is KeyKind.HMAC and len(material) not in HMAC_BYTES:
        raise ValueError("An HMAC secret has 24 to 64 bytes")
    if kind is KeyKind.ED25519 and len(material) != 32:
        raise ValueError("An Ed25519 key has 32 bytes")
    return material


_known_key = lru_cache(maxsize=256)(verifying_key)


class WebhookSignatures:
    """The `Signatures` port: platforms' keys checked, the institution's own used."""

    def __init__(self, secret: str) -> None:
        self._key = signing_key(secret)

    def verify(
        self,
        keys: Sequence[tuple[str, str]],
        *,
        webhook_id: str | None,
        timestamp: str | None,
        signature: str | None,
        body: bytes,
        now: datetime,
    ) -> str:
        return verify(
            [_known_key(key_id, stored) for key_id, stored in keys],
            webhook_id=webhook_id,
            timestamp=timestamp,
            signature=signature,
            body=body,
            now=now,
        )

    def headers(self, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
        return signed_headers([self._key], webhook_id, at, body)

    def public_key(self) -> str:
        return public_half(self._key)


def public_half(key: SigningKey) -> str:
    """`whpk_…` of an Ed25519 key. An HMAC secret has none: ValueError."""
    if key.kind is not KeyKind.ED25519:
        raise ValueError("only an Ed25519 key has a public half")
    public = Ed25519PrivateKey.from_private_bytes(key.material).public_key()
    return _encode(_STORED_PREFIX[key.kind], public.public_bytes_raw())
