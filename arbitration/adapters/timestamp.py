"""Time stamps (RFC 3161): a small authority of our own on the portal's clock, or any other over HTTP."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from asn1crypto import cms, core, tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import HTTPTimeStamper

from arbitration.adapters import cms_canonical
from arbitration.adapters.certificates import ARC, Credential
from arbitration.adapters.keys import TIMESTAMP, KeyFolder
from arbitration.ports import Clock

POLICY = f"{ARC}.3"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
MAX_QUERY_BYTES = 4096
HTTP_SECONDS = 20


class LocalAuthority:
    """Stamps with the clock that it is given, so that a demo's past signatures carry their own time."""

    def __init__(self, clock: Clock, keys: KeyFolder) -> None:
        self._clock = clock
        self._keys = keys

    def token(self, digest: bytes) -> bytes:
        """A DER TimeStampToken over a SHA-256 *digest*."""
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        return self._stamp(tsp.MessageImprint(imprint), nonce=None)

    def reply(self, query: bytes) -> bytes:
        """A DER TimeStampResp to a DER TimeStampReq; a refusal where SHA-256 is not what it asks for."""
        try:
            request = tsp.TimeStampReq.load(query, strict=True)
            imprint, nonce = request["message_imprint"], request["nonce"].native
            algorithm, size = imprint["hash_algorithm"]["algorithm"].native, len(imprint["hashed_message"].native)
        except (ValueError, TypeError):
            return _refusal("bad_data_format")
        if (algorithm, size) != ("sha256", sha256().digest_size):
            return _refusal("bad_alg")
        granted = tsp.PKIStatusInfo({"status": "granted"})
        return cms_canonical.stamp_reply(bytes(granted.dump()), self._stamp(imprint, nonce))

    def _stamp(self, imprint: Any, nonce: int | None) -> bytes:
        now = self._clock().astimezone(UTC).replace(microsecond=0)
        info = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(64),
            "gen_time": now,
            "accuracy": {"seconds": 1},
            "tsa": self._envelope.name,
        }
        if nonce is not None:
            info["nonce"] = nonce
        return self._envelope.around(bytes(tsp.TSTInfo(info).dump()), now)

    @cached_property
    def _envelope(self) -> "_Envelope":
        return _Envelope(self._keys.credential(TIMESTAMP))


class _Envelope:
    """CMS around a stamp (RFC 3161, 2.4.2). What is the same each time is encoded once: asn1crypto is slow at it."""

    def __init__(self, credential: Credential) -> None:
        certificate = x509.Certificate.load(credential.certificate.public_bytes(Encoding.DER))
        issuers = [above.public_bytes(Encoding.DER) for above in credential.chain]
        self.name = _encoded(x509.GeneralName("directory_name", certificate.subject))
        self._key = credential.key
        self._certificates = sorted([cms_canonical.encoding(certificate), *issuers])
        self._signer = cms_canonical.signer_identifier(certificate)
        self._fixed = [
            _encoded(simple_cms_attribute("content_type", "tst_info")),
            _encoded(simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(certificate))),
        ]

    def around(self, info: bytes, now: datetime) -> bytes:
        """The DER token for the TSTInfo *info*."""
        varying = [
            simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
            simple_cms_attribute("message_digest", sha256(info).digest()),
        ]
        attributes = bytes(cms.CMSAttributes([*self._fixed, *varying]).dump())
        return cms_canonical.compose(
            signer=self._signer,
            digest=cms_canonical.SHA256_DIGEST,
            attributes=attributes,
            algorithm=cms_canonical.SHA256_ECDSA,
            signature=cms_canonical.lower(self._key.sign(attributes, ECDSA(SHA256())), self._key.curve.name),
            certificates=self._certificates,
            content=info,
        )


def _encoded(value: Any) -> Any:
    """The same value, holding its encoding instead of its parts."""
    return type(value).load(value.dump())


def _refusal(reason: str) -> bytes:
    rejection = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return cms_canonical.stamp_reply(bytes(rejection.dump()))


class Responder:
    """A local authority as a WSGI application."""

    def __init__(self, authority: LocalAuthority) -> None:
        self._authority = authority

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if environ["REQUEST_METHOD"] != "POST" or environ.get("CONTENT_TYPE") != QUERY or length > MAX_QUERY_BYTES:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"a time stamp query is wanted\n"]
        reply = self._authority.reply(environ["wsgi.input"].read(length))
        start_response("200 OK", [("Content-Type", REPLY), ("Content-Length", str(len(reply)))])
        return [reply]


class HttpAuthority:
    """An authority elsewhere."""

    def __init__(self, url: str, seconds: float = HTTP_SECONDS) -> None:
        self._url = url
        self._seconds = seconds

    def token(self, digest: bytes) -> bytes:
        """A DER TimeStampToken over a SHA-256 *digest*. Raises OSError for silence, refusal or another's stamp."""
        client = HTTPTimeStamper(self._url, timeout=self._seconds)
        try:
            token = asyncio.run(client.async_timestamp(digest, "sha256"))
            imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            stamped = imprint["hashed_message"].native
        except (ValueError, TypeError) as error:
            raise OSError(f"{self._url} did not answer with a time stamp") from error
        if stamped != digest:
            raise OSError(f"{self._url} stamped something else")
        return cms_canonical.encoding(token)
