"""The Seal port with keys in files: certify, sign, close and timestamp a ruling (PAdES), one revision for each step."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms, pem, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigningSession, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from arbitration.adapters import cms_canonical, pdf_fonts
from arbitration.adapters.certificates import Credential
from arbitration.adapters.keys import ARBITRATORS, ISSUING, ROOT, SEAL, KeyFolder
from arbitration.adapters.pdf_stamp import Stamps
from arbitration.domain.signing import CLOSE_FIELD, SEAL_FIELD
from arbitration.ports import Clock, Timestamper

DIGEST = "sha256"
TIMESTAMP_FIELD = "timestamp"
RESERVED = 20_480
"""Hex digits kept for a signature with its time stamp: what an authority with a long chain needs, and an even number.
Without it pyHanko signs once more to learn the size."""

Draw = Callable[[float, float, str], bytes]
"""The content of a signature's box for its width, height and the language of the file."""

# pyHanko warns that revocation lists will not be fetched: they are given.
logging.getLogger("pyhanko.sign.signers").setLevel(logging.ERROR)


class FileSeal:
    """Signs with the keys of a folder. With a folder of fonts the boxes show the seal and the names, else nothing.

    *timestamp_roots* (PEM) are those of the timestamper, where it is not our own.
    """

    def __init__(
        self,
        keys: KeyFolder,
        timestamper: Timestamper,
        clock: Clock,
        fonts: Path | None = None,
        timestamp_roots: bytes = b"",
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._timestamper = _Stamper(timestamper, timestamp_roots)
        self._fonts = fonts

    @cached_property
    def _stamps(self) -> Stamps | None:
        """What the boxes of the signatures show; without fonts they stay empty."""
        return Stamps(pdf_fonts.prepare(self._fonts)) if self._fonts is not None else None

    def issue(self, actor_id: str, common_name: str) -> str:
        return self._keys.issue(actor_id, common_name)

    def certify(self, pdf: bytes) -> bytes:
        """The institution's seal: from here on only signatures may be added (DocMDP 2)."""
        credential = self._keys.credential(SEAL)
        organisation = _attribute(credential.certificate, NameOID.ORGANIZATION_NAME)

        def draw(width: float, height: float, language: str) -> bytes:
            return self._stamps.seal(width, height, organisation, language) if self._stamps else b" "

        certifying = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS}
        return self._sign(pdf, SEAL_FIELD, credential, self._clock(), draw, certifying)

    def sign(self, pdf: bytes, field: str, actor_id: str) -> bytes:
        """An arbitrator's signature. Raises NoKeys for someone who has no certificate."""
        credential = self._keys.credential(f"{ARBITRATORS}/{actor_id}")
        now = self._clock()
        draw = self._name_and_time(_attribute(credential.certificate, NameOID.COMMON_NAME), now)
        return self._sign(pdf, field, credential, now, draw)

    def close(self, pdf: bytes) -> bytes:
        """The registry's signature, which locks the file with all that is needed to verify it years from now
        (PAdES B-LTA): certificates, revocation lists, and a time stamp over the whole."""
        now = self._clock()
        credential = self._keys.credential(SEAL)
        context = ValidationContext(
            trust_roots=[_asn1(self._keys.credential(ROOT).certificate)],
            other_certs=[_asn1(self._keys.credential(ISSUING).certificate)],
            crls=self._keys.revocation_lists(now),
            allow_fetching=False,
            revocation_mode="require",
            moment=now,
        )
        closing = {
            "docmdp_permissions": MDPPerm.NO_CHANGES,
            "embed_validation_info": True,
            "validation_context": context,
            "dss_settings": DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        }
        draw = self._name_and_time(_attribute(credential.certificate, NameOID.ORGANIZATION_NAME), now)
        return self.stamp(self._sign(pdf, CLOSE_FIELD, credential, now, draw, closing))

    def stamp(self, pdf: bytes) -> bytes:
        """A time stamp over the whole; also to renew the last one before its algorithm or certificate grows old."""
        writer = _Writer(BytesIO(pdf))
        number = len(writer.prev.embedded_timestamp_signatures) + 1
        stamper = PdfTimeStamper(
            self._timestamper, f"{TIMESTAMP_FIELD}{number}", invis_settings=InvisSigSettings(box_out_of_bounds=True)
        )
        return bytes(stamper.timestamp_pdf(writer, DIGEST, bytes_reserved=RESERVED).getvalue())

    def attest(self, content: bytes) -> bytes:
        key = self._keys.credential(SEAL).key
        return cms_canonical.lower(key.sign(content, ECDSA(SHA256())), key.curve.name)

    def certificates(self) -> tuple[bytes, bytes]:
        credential = self._keys.credential(SEAL)
        return credential.certificate.public_bytes(Encoding.PEM), credential.chain[0].public_bytes(Encoding.PEM)

    def usable(self) -> bool:
        """Whether the key can be read from its folder and opened, not only whether it is still in memory."""
        return self._keys.usable()

    def _name_and_time(self, name: str, now: datetime) -> Draw:
        def draw(width: float, height: float, language: str) -> bytes:
            return self._stamps.signature(width, height, name, now, language) if self._stamps else b" "

        return draw

    def _sign(
        self,
        pdf: bytes,
        field: str,
        credential: Credential,
        now: datetime,
        draw: Draw,
        settings: dict[str, Any] | None = None,
    ) -> bytes:
        metadata = PdfSignatureMetadata(
            field_name=field, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, **(settings or {})
        )
        signer = _PdfSigner(
            metadata,
            _KeySigner(credential),
            timestamper=self._timestamper,
            stamp_style=_Drawn(draw=draw),
            now=now,
        )
        written = signer.sign_pdf(_Writer(BytesIO(pdf)), existing_fields_only=True, bytes_reserved=RESERVED)
        return bytes(written.getvalue())


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as rendered: pyHanko would put the wall clock into them at each step."""

    def _update_meta(self) -> None:
        """Nothing."""


class _PdfSigner(PdfSigner):
    """Signs at a given time, and declares PAdES only: the extension for P-256 would raise the file to PDF 2.0."""

    def __init__(self, *arguments: Any, now: datetime, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._now = now

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _KeySigner(Signer):
    """Signs with a key that is already in memory; pyHanko's own would decode it for each signature."""

    def __init__(self, credential: Credential) -> None:
        issuers = [_asn1(certificate) for certificate in credential.chain]
        registry = SimpleCertificateStore()
        registry.register_multiple(issuers)
        super().__init__(signing_cert=_asn1(credential.certificate), cert_registry=registry, embed_roots=False)
        self._key = credential.key
        self._certificates = sorted(cms_canonical.encoding(held) for held in (self.signing_cert, *issuers))

    async def async_sign_prescribed_attributes(
        self,
        digest_algorithm: str,
        signed_attrs: Any,
        cms_version: str = "v1",
        dry_run: bool = False,
        timestamper: Any = None,
        encap_content_info: Any = None,
    ) -> Any:
        """The finished container as bytes, which pyHanko writes as they are."""
        attributes = bytes(signed_attrs.dump())
        signature = cms_canonical.lower(self._key.sign(attributes, ECDSA(SHA256())), self._key.curve.name)
        return cms_canonical.compose(
            signer=cms_canonical.signer_identifier(self.signing_cert),
            digest=cms_canonical.SHA256_DIGEST,
            attributes=attributes,
            algorithm=cms_canonical.SHA256_ECDSA,
            signature=signature,
            certificates=self._certificates,
            stamp=await timestamper.async_token(sha256(signature).digest()),
        )


class _Stamper(TimeStamper):
    """Our port as pyHanko wants it. The port may block, or run a loop of its own, so it is asked from a thread."""

    def __init__(self, port: Timestamper, roots_pem: bytes = b"") -> None:
        super().__init__()
        self._port = port
        found = pem.unarmor(roots_pem, multiple=True) if roots_pem else ()
        self._roots = [x509.Certificate.load(der) for _, _, der in found]

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[Any]:
        """The certificates that go into the file for its stamps; another authority's lead to roots of its own, and it
        sends no revocation lists with them."""
        context = validation_context
        if self._roots:
            context = ValidationContext(
                trust_roots=self._roots,
                allow_fetching=False,
                revocation_mode="soft-fail",
                moment=validation_context.moment,
            )
        async for path in super().validation_paths(context):
            yield path

    async def async_token(self, digest: bytes) -> bytes:
        return await asyncio.to_thread(self._port.token, digest)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        return _Token.of(await self.async_token(message_digest))


class _Token(cms.ContentInfo):  # type: ignore[misc]
    """A token that is written as it came (`cms_canonical` says why)."""

    received = b""

    @classmethod
    def of(cls, der: bytes) -> Any:
        token = cls.load(der)
        token.received = der
        return token

    def dump(self, force: bool = False) -> bytes:
        return self.received


@dataclass(frozen=True)
class _Drawn(BaseStampStyle):
    """An appearance that is drawn by us."""

    draw: Draw = lambda width, height, language: b" "

    def create_stamp(self, writer: Any, box: Any, text_params: dict[str, Any]) -> Any:
        language = "en" if str(writer.root.get("/Lang", "")).startswith("en") else "zh"
        return _DrawnStamp(writer, box, self.draw(box.width, box.height, language))


class _DrawnStamp:
    """Puts a drawing into a field's box."""

    def __init__(self, writer: Any, box: Any, content: bytes) -> None:
        self._writer = writer
        self._drawing = generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(
                    generic.FloatObject(f"{side:.2f}") for side in (0, 0, box.width, box.height)
                ),
                pdf_name("/Resources"): generic.DictionaryObject(),
            },
            stream_data=content,
        )
        self._drawing.compress()

    def apply_appearance(self, annotation: Any) -> None:
        reference = self._writer.add_object(self._drawing)
        annotation[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): reference})


def _asn1(certificate: Certificate) -> Any:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _attribute(certificate: Certificate, kind: Any) -> str:
    return str(certificate.subject.get_attributes_for_oid(kind)[0].value)
