"""The signed manifest of an inspection report: a compact JWS (RFC 7515, EdDSA of RFC 8037) read in exactly one way.

What is not exactly as here is refused: no other algorithm, no other header field, no other spelling of base64url, no
byte after the end. `kid` is the thumbprint of the key (RFC 7638) and nothing else, so it can name no file or address.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from arbitration.domain.errors import FieldError, Invalid
from arbitration.domain.strict_json import Malformed, json_path, read_json
from arbitration.domain.wire import FROM_TEXT, MAX_MANIFEST_CHARS, CaseNumber, FileName, Id, Instant, Line, Sha256, Wire

ALGORITHM = "EdDSA"
TYPE = "inspection-manifest+jws"
MAX_SAMPLES = 50
KEY_BYTES = 32
SIGNATURE_BYTES = 64
KID = re.compile(r"[A-Za-z0-9_-]{43}")

_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,512})\.([A-Za-z0-9_-]{1,64000})\.([A-Za-z0-9_-]{86})", re.ASCII)

_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
Finding = Annotated[str, StringConstraints(pattern=_TEXT, min_length=1, max_length=4_000)]


class Outcome(StrEnum):
    """What the inspection says to the question that was asked."""

    CONFIRMED = "confirmed"
    PARTLY_CONFIRMED = "partly_confirmed"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class OfCase(Wire):
    """The matter is a case of this office."""

    case: CaseNumber


class OfDispute(Wire):
    """The matter is a dispute on a platform, under the platform's name in its webhook address."""

    platform: Id
    dispute: Id


class Sample(Wire):
    """One file that was inspected; `label` is its label in the case, where it has one."""

    sha256: Sha256
    label: Line | None = None


class Tool(Wire):
    """With what it was inspected."""

    name: Line
    version: Line


class Times(Wire):
    """When the sample came to the inspector, and when the inspection began and ended."""

    sample_received_at: Instant
    begun_at: Instant
    ended_at: Instant


class Found(Wire):
    """The finding: its outcome for programs, and in words in both languages."""

    outcome: Annotated[Outcome, FROM_TEXT]
    zh: Finding
    en: Finding


class Conflict(Wire):
    """What the inspector declares of interests in the matter; those disclosed are named in `statement`."""

    interests: Literal["none", "disclosed"]
    statement: Finding | None = None


class ReportFile(Wire):
    """The report that the manifest speaks for."""

    file_name: FileName
    sha256: Sha256


class Manifest(Wire):
    """What an inspector signs. `conflict` left out means that nothing was declared."""

    v: Annotated[int, Field(ge=1, le=1)]
    matter: OfCase | OfDispute
    samples: Annotated[list[Sample], Field(max_length=MAX_SAMPLES)]
    method: Finding
    tool: Tool
    times: Times
    finding: Found
    conflict: Conflict | None = None
    report: ReportFile


@dataclass(frozen=True)
class SignedManifest:
    """A manifest as it was read: whose key is said to have signed which bytes. Nothing of it is verified yet."""

    kid: str
    manifest: Manifest
    signed: bytes
    signature: bytes


class ManifestRefused(Invalid):
    """It is no manifest that can be read in only one way; the sentence says what is wrong."""

    code = "manifest_refused"


def read_manifest(text: str) -> SignedManifest:
    """The manifest that *text* is. Raises ManifestRefused with the reason and, in the payload, the place."""
    if len(text) > MAX_MANIFEST_CHARS:
        raise ManifestRefused("The manifest is longer than %(most)s characters.", values={"most": MAX_MANIFEST_CHARS})
    parts = _SHAPE.fullmatch(text)
    if parts is None:
        raise ManifestRefused("The manifest is no compact JWS: three parts of base64url, joined by dots.")
    header, payload, signature = (_decoded(part) for part in parts.groups())
    return SignedManifest(
        kid=_kid(header),
        manifest=manifest_of(payload),
        signed=text.rpartition(".")[0].encode(),
        signature=signature,
    )


def manifest_of(payload: bytes) -> Manifest:
    """The manifest whose JSON is *payload*. Raises ManifestRefused."""
    try:
        return Manifest.model_validate(read_json(payload))
    except Malformed as problem:
        raise _unread("payload", problem.message) from problem
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_input=False)[0]
        raise _unread(json_path(first["loc"]), first["msg"]) from refused


def signing_input(kid: str, manifest: Manifest) -> bytes:
    """The bytes that are signed: header and payload as base64url, joined by a dot."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": TYPE}
    payload = manifest.model_dump(mode="json", exclude_none=True)
    return b".".join(_encoded(_plain_json(part)).encode() for part in (header, payload))


def compact(signed: bytes, signature: bytes) -> str:
    """The manifest as it is handed over."""
    return f"{signed.decode()}.{_encoded(signature)}"


def thumbprint(public: bytes) -> str:
    """The `kid` of an Ed25519 public key: its JWK thumbprint (RFC 7638), as base64url."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _encoded(public)}
    return _encoded(hashlib.sha256(_plain_json(members)).digest())


def jwk(public: bytes) -> dict[str, str]:
    """An Ed25519 public key as JWK (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": _encoded(public), "kid": thumbprint(public)}


def public_key(text: str) -> bytes:
    """The 32 bytes of a public key given as JWK or as base64 of either alphabet. Raises Invalid.

    A JWK with a private half (`d`) is refused: whoever sends one has given it away.
    """
    text = text.strip()
    if not text.startswith("{"):
        return _key_bytes(text.rstrip("=").replace("+", "-").replace("/", "_"))
    given = read_json(text.encode())
    if not isinstance(given, dict):
        raise Invalid("That is no public key: a JWK, or 32 bytes as base64.")
    if "d" in given:
        raise Invalid("This is a private key. Do not use it any more; make a new one and send only its public half.")
    if given.get("kty") != "OKP" or given.get("crv") != "Ed25519" or not isinstance(given.get("x"), str):
        raise Invalid("The key is of another kind; only Ed25519 keys sign inspection reports.")
    public = _key_bytes(given["x"])
    if given.get("kid", thumbprint(public)) != thumbprint(public):
        raise Invalid("The kid is not the thumbprint of this key (RFC 7638); leave it out.")
    return public


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of the payload."""
    schema = Manifest.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "inspection-manifest.v1"}


def _kid(header: bytes) -> str:
    try:
        fields = read_json(header)
    except Malformed as problem:
        raise _unread("header", problem.message) from problem
    if not isinstance(fields, dict) or fields.keys() != {"alg", "kid", "typ"}:
        raise ManifestRefused("The header has alg, kid and typ, and nothing else.")
    if fields["alg"] != ALGORITHM or fields["typ"] != TYPE:
        raise ManifestRefused("The header says alg EdDSA and typ inspection-manifest+jws; no other is taken.")
    if not isinstance(fields["kid"], str) or not KID.fullmatch(fields["kid"]):
        raise ManifestRefused("The kid is the thumbprint of the key (RFC 7638): 43 characters of base64url.")
    return fields["kid"]


def _key_bytes(text: str) -> bytes:
    try:
        public = _decoded(text)
    except ManifestRefused:
        public = b""
    if len(public) != KEY_BYTES:
        raise Invalid("That is no public key: a JWK, or 32 bytes as base64.")
    return public


def _decoded(part: str) -> bytes:
    """Base64url without padding, in its one spelling."""
    try:
        found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        found = b""
    if _encoded(found) != part:
        raise ManifestRefused("A part of the manifest is not base64url in its canonical form.")
    return found


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _plain_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _unread(place: str, what: str) -> ManifestRefused:
    return ManifestRefused(
        "The manifest cannot be read: %(place)s: %(what)s",
        (FieldError(place, what),),
        values={"place": place, "what": what},
    )
