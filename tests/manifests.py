"""Keys of inspectors and the manifests that they sign, whole unless a test breaks them."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arbitration.domain.manifest import compact, jwk, manifest_of, signing_input, thumbprint

KEY = Ed25519PrivateKey.from_private_bytes(b"inspector's own key for the test")
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"somebody else's key for the test")
THIRD_KEY = Ed25519PrivateKey.from_private_bytes(b"a third key of nobody in a test!")
NEW_KEY = Ed25519PrivateKey.from_private_bytes(b"a key in the place of another's.")


def public(key: Ed25519PrivateKey = KEY) -> bytes:
    return key.public_key().public_bytes_raw()


def jwk_text(key: Ed25519PrivateKey = KEY) -> str:
    return json.dumps(jwk(public(key)))


def payload(case_no: str, samples: list[str], report: str, at: datetime, /, **changed: Any) -> dict[str, Any]:
    """What an inspector says who got the sample at a time, began a minute later and ended after another."""
    return {
        "v": 1,
        "matter": {"case": case_no},
        "samples": [{"sha256": digest} for digest in samples],
        "method": "逐条比对导出文件与原始数据库。",
        "tool": {"name": "chat-export-check", "version": "2.1"},
        "times": {
            "sample_received_at": at.isoformat(),
            "begun_at": (at + timedelta(minutes=1)).isoformat(),
            "ended_at": (at + timedelta(minutes=2)).isoformat(),
        },
        "finding": {"outcome": "confirmed", "zh": "未见改动。", "en": "No alteration was found."},
        "conflict": {"interests": "none"},
        "report": {"file_name": "检验报告.txt", "sha256": report},
        **changed,
    }


def manifest(said: dict[str, Any], key: Ed25519PrivateKey = KEY) -> str:
    """Signed as `arbitration inspector sign` signs it."""
    signed = signing_input(thumbprint(public(key)), manifest_of(json.dumps(said).encode()))
    return compact(signed, key.sign(signed))


def part(value: object) -> str:
    """A part of a JWS: *value* as JSON, or bytes as they are."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jws(header: object, said: object, key: Ed25519PrivateKey = KEY) -> str:
    """Any header and payload at all, rightly signed."""
    signed = f"{part(header)}.{part(said)}"
    return f"{signed}.{part(key.sign(signed.encode()))}"
