"""The kinds of field that `escalation.v1` is made of: exact types, limited lengths, no control characters."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_INLINE_BYTES = 256 * 1024
MAX_MANIFEST_CHARS = 64 * 1024
MAX_MINOR = 10**11
"""CNY 1,000,000,000.00: no dispute of digital goods is larger, and sums of a whole case stay far within 64 bits."""

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def read_instant(value: object) -> datetime:
    """An ISO 8601 time with its offset as aware UTC. Raises `ValueError` for all else, and outside 2000–2099."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("Not an ISO 8601 time with seconds and offset, such as 2026-11-22T14:30:00+08:00")
    instant = datetime.fromisoformat(value)
    if not _EARLIEST <= instant < _LATEST:
        raise ValueError("Not a time from 2000 to 2099")
    return instant.astimezone(UTC)


_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"
_NO_CONTROLS_BUT_LINES = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
_ID = r"^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}$"
_MASKED = r"^[^\x00-\x1f\x7f-\x9f]*\*[^\x00-\x1f\x7f-\x9f]*$"
_FILE_NAME = r"^[^\x00-\x1f\x7f-\x9f/\\]+$"
_SHA256 = r"^[0-9a-f]{64}$"
_CLAUSE = r"^[A-Z]{2}-[0-9]{2}$"
_FACT = r"^[a-z][a-z0-9_]{0,63}$"
_MEDIA_TYPE = r"^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*(; ?charset=[A-Za-z0-9-]+)?$"
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HTTPS = rf"^https://[A-Za-z0-9.-]+(:{_PORT})?(/[!-~]*)?$"
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_JWS = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
_EMAIL = r"^[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}$"
_CASE_NUMBER = r"^CA-[0-9]{4}-[0-9]{6}$"

PATTERN_WORDS = {
    _NO_CONTROLS: "One line without control characters",
    _NO_CONTROLS_BUT_LINES: "Text without control characters other than line feed and tab",
    _ID: "1 to 64 of A-Z a-z 0-9 . _ : / # -, a letter or digit first",
    _MASKED: "Must be partly hidden by at least one *: never a whole account, key or transaction number",
    _FILE_NAME: "A file name without folders or control characters",
    _SHA256: "64 lower-case hexadecimal digits",
    _CLAUSE: "A clause id such as AS-01",
    _FACT: "A fact id such as delivered_at",
    _MEDIA_TYPE: "A media type such as text/plain",
    _HTTPS: "An https address without user name or spaces",
    _BASE64: "Not base64 (standard alphabet, padded, no line breaks)",
    _JWS: "No compact JWS: three parts of base64url, joined by dots",
    _EMAIL: "Not an e-mail address",
    _CASE_NUMBER: "A case number such as CA-2026-000001",
}
"""What to say instead of quoting a pattern."""

Instant = Annotated[datetime, BeforeValidator(read_instant)]
Money = Annotated[int, Field(ge=0, le=MAX_MINOR, description="Minor units: CNY 1 is 100")]
Count = Annotated[int, Field(ge=0, le=10**9)]
Id = Annotated[str, StringConstraints(pattern=_ID)]
Line = Annotated[str, StringConstraints(pattern=_NO_CONTROLS, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(pattern=_NO_CONTROLS_BUT_LINES, min_length=1, max_length=20_000)]
Masked = Annotated[str, StringConstraints(pattern=_MASKED, max_length=100)]
FileName = Annotated[str, StringConstraints(pattern=_FILE_NAME, max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=_SHA256)]
ClauseId = Annotated[str, StringConstraints(pattern=_CLAUSE)]
FactId = Annotated[str, StringConstraints(pattern=_FACT)]
MediaType = Annotated[str, StringConstraints(pattern=_MEDIA_TYPE, max_length=100)]
HttpsUrl = Annotated[str, StringConstraints(pattern=_HTTPS, max_length=2048)]
Base64 = Annotated[str, StringConstraints(pattern=_BASE64, min_length=4, max_length=(MAX_INLINE_BYTES + 2) // 3 * 4)]
Manifest = Annotated[str, StringConstraints(pattern=_JWS, max_length=MAX_MANIFEST_CHARS)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL)]
CaseNumber = Annotated[str, StringConstraints(pattern=_CASE_NUMBER)]
Currency = Literal["CNY"]
Language = Literal["zh", "en"]

# JSON has only strings where Python has enums: these convert, and nothing else does.
FROM_TEXT = Field(strict=False)


class Wire(BaseModel):
    """What all parts share: exact types, no unknown fields, and no change once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
