"""Passwords by argon2id, second factors by TOTP (RFC 6238), access codes derived from the installation's secret."""

import hashlib
import hmac
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from arbitration.domain.numbers import code_from

STEP_SECONDS = 30
ACCESS_CODE_GROUPS = 3


class Argon2Credentials:
    def __init__(self, secret: str, hasher: PasswordHasher | None = None) -> None:
        self._secret = secret.encode()
        self._hasher = hasher or PasswordHasher()

    def hash(self, secret: str) -> str:
        return self._hasher.hash(secret)

    def matches(self, hashed: str, secret: str) -> bool:
        try:
            return self._hasher.verify(hashed, secret)
        except (VerificationError, InvalidHashError):
            return False

    def access_code(self, link: str, serial: int) -> str:
        digest = hmac.digest(self._secret, f"access-code:{link}:{serial}".encode(), hashlib.sha256)
        return code_from(digest, ACCESS_CODE_GROUPS)

    def new_totp_secret(self) -> str:
        return pyotp.random_base32()

    def totp_step(self, secret: str, code: str, now: datetime) -> int | None:
        totp = pyotp.TOTP(secret)
        typed = "".join(code.split())
        current = int(now.timestamp()) // STEP_SECONDS
        for step in (current, current - 1, current + 1):
            if pyotp.utils.strings_equal(typed, totp.at(step * STEP_SECONDS)):
                return step
        return None
