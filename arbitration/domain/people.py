"""Words about people and platforms that several layers share."""

from enum import StrEnum


class KeyKind(StrEnum):
    """How a platform signs: a shared HMAC secret, or an Ed25519 key of which only it knows the private half."""

    HMAC = "hmac"
    ED25519 = "ed25519"
