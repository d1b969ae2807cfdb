"""The Stamps port: a time stamp token (RFC 3161) judged by its bytes and the authority's roots, without network."""

import asyncio
import logging
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem, tsp, x509  # type: ignore[import-untyped]
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from arbitration.ports import BadStamp, Stamp

# What pyHanko finds is in the refusal; its log would say it a second time.
for _name in ("pyhanko.sign", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class TokenVerifier:
    """Trusts the certificates that it is given and those below them."""

    def __init__(self, roots_pem: bytes) -> None:
        """Raises ValueError where there is no certificate in *roots_pem*."""
        self._roots = [x509.Certificate.load(der) for _, _, der in pem.unarmor(roots_pem, multiple=True)]

    def read(self, token: bytes, digest: bytes) -> Stamp:
        """What a token over *digest* says. The certificate must hold at the time that the token states."""
        try:
            signed, info = _parsed(token)
            imprint = info["message_imprint"]
            stamped = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
            at = info["gen_time"].native
            if stamped != ("sha256", digest):
                raise BadStamp("it is over another digest")
            status = TimestampSignatureStatus(**asyncio.run(self._validate(signed, digest, at)))
        except (ValueError, TypeError, KeyError, LookupError, AttributeError) as problem:
            raise BadStamp("it is no time stamp token") from problem
        except SignatureValidationError as problem:
            raise BadStamp(str(problem)) from problem
        if not (status.intact and status.valid and status.trusted):
            raise BadStamp("its signature does not lead to a root that is trusted for time stamps")
        return Stamp(at, str(status.signing_cert.subject.native.get("common_name", "")))

    async def _validate(self, signed: Any, digest: bytes, at: datetime) -> dict[str, Any]:
        context = ValidationContext(trust_roots=self._roots, allow_fetching=False, moment=at)
        found: dict[str, Any] = await validate_tst_signed_data(signed, context, lambda _: digest)
        return found


def _parsed(token: bytes) -> tuple[Any, Any]:
    """The signed data and what it is about. Raises ValueError or TypeError for anything else."""
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    info = content["content"]["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise TypeError("not about a time stamp")
    return content["content"], info
