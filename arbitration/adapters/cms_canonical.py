"""The one spelling of a signature container: written by `compose`, and rebuilt by `check` from what is protected.

A PDF signature leaves its own /Contents out, and in CMS only the signed attributes are signed: stock verifiers accept
many changes of the bytes around them (trust.md, Verifying). The containers are not written by asn1crypto because it
takes a length that ends in the byte 0x80 for an indefinite one and then encodes all parts again and again: 17 seconds.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from asn1crypto import cms, core, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

INTEGER, OCTET_STRING, SEQUENCE, SET, ZERO, ONE = 0x02, 0x04, 0x30, 0x31, 0xA0, 0xA1
NULL = b"\x05\x00"


ORDERS = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
"""Order of the base point of NIST's curves (FIPS 186-5, SP 800-186)."""


class NotCanonical(Exception):
    """The container has bytes that nothing protects; the message says which."""


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


SHA256_DIGEST = _tlv(SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
SHA256_ECDSA = _tlv(SEQUENCE, _oid("1.2.840.10045.4.3.2"))
"""What we sign with."""
SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
DATA = _oid("1.2.840.113549.1.7.1")
STAMP = _oid("1.2.840.113549.1.9.16.1.4")
STAMP_ATTRIBUTE = _oid("1.2.840.113549.1.9.16.2.14")
DIGESTS = frozenset(
    _tlv(SEQUENCE, _oid(f"2.16.840.1.101.3.4.2.{number}"), rest) for number in (1, 2, 3) for rest in (b"", NULL)
)
"""SHA-256, SHA-384, SHA-512, with the empty parameters left out or written."""
SIGNATURES = frozenset(
    {_tlv(SEQUENCE, _oid(f"1.2.840.10045.4.3.{number}")) for number in (2, 3, 4)}
    | {_tlv(SEQUENCE, _oid(f"1.2.840.113549.1.1.{number}"), NULL) for number in (1, 11, 12, 13)}
)
"""ECDSA with those digests; RSA (PKCS #1 v1.5) alone or with one of them."""


def contents(gap: bytes) -> bytes:
    """The DER in the bytes that a byte range leaves out. Raises NotCanonical.

    One case of hex digits between angle brackets, then zeros to the end.
    """
    if not re.fullmatch(rb"<(?:[0-9A-F]{2})+>|<(?:[0-9a-f]{2})+>", gap):
        raise NotCanonical("the container is not written as hexadecimal digits of one case")
    padded = bytes.fromhex(gap[1:-1].decode("ascii"))
    size = _encoded_size(padded)
    if padded[size:].strip(b"\x00"):
        raise NotCanonical("something follows the signature in its container")
    return padded[:size]


def _encoded_size(data: bytes) -> int:
    """The length in bytes of the DER value at the start of *data*."""
    if len(data) < 2 or data[0] != SEQUENCE:
        raise NotCanonical("the container does not hold a signature")
    count = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2 : 2 + count], "big") if count else data[1]
    size = 2 + count + length
    if size > len(data):
        raise NotCanonical("the signature in the container is cut off")
    return size


def check(der: bytes, known: Collection[bytes], stamped: bool) -> None:
    """Raise NotCanonical unless *der* is a signature whose every byte is protected.

    *known* are the DER certificates that may stand in it; beyond them only the signer's own, named by its digest
    among the signed attributes. *stamped*: whether a time stamp is carried (it must be), or this is one itself.
    """
    try:
        container = cms.ContentInfo.load(der, strict=True)
        rebuilt = _rebuild(container["content"], known, stamped)
    except NotCanonical:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise NotCanonical(f"the signature cannot be read: {error}") from error
    if rebuilt != der:
        raise NotCanonical("the signature is spelled in another way than its content asks for")


def compose(
    *,
    signer: bytes,
    digest: bytes,
    attributes: bytes,
    algorithm: bytes,
    signature: bytes,
    certificates: Sequence[bytes],
    stamp: bytes | None = None,
    content: bytes | None = None,
) -> bytes:
    """A ContentInfo with SignedData by one signer (RFC 5652), all parts given as DER.

    *signer*: its IssuerAndSerialNumber; *attributes*: the signed ones as a SET. With a *stamp* (a token over the
    signature) it signs data elsewhere; with *content* (a TSTInfo) it is a stamp itself.
    """
    parts = [_tlv(INTEGER, b"\x01"), signer, digest, bytes((ZERO,)) + attributes[1:], algorithm]
    parts.append(_tlv(OCTET_STRING, signature))
    if stamp is not None:
        parts.append(_tlv(ONE, _tlv(SEQUENCE, STAMP_ATTRIBUTE, _tlv(SET, stamp))))
    if content is None:
        version, encapsulated = b"\x01", _tlv(SEQUENCE, DATA)
    else:
        version, encapsulated = b"\x03", _tlv(SEQUENCE, STAMP, _tlv(ZERO, _tlv(OCTET_STRING, content)))
    body = _tlv(
        SEQUENCE,
        _tlv(INTEGER, version),
        _tlv(SET, digest),
        encapsulated,
        _tlv(ZERO, *certificates),
        _tlv(SET, _tlv(SEQUENCE, *parts)),
    )
    return _tlv(SEQUENCE, SIGNED_DATA, _tlv(ZERO, body))


def stamp_reply(status: bytes, token: bytes = b"") -> bytes:
    """A TimeStampResp (RFC 3161, 2.4.2): a PKIStatusInfo, and the *token* where there is one."""
    return _tlv(SEQUENCE, status, token)


def encoding(value: Any) -> bytes:
    """The DER of an asn1crypto sequence, without asking asn1crypto to encode it."""
    return _tlv(SEQUENCE, value.contents)


def signer_identifier(certificate: Any) -> bytes:
    """The IssuerAndSerialNumber of an asn1crypto certificate."""
    serial_number = certificate["tbs_certificate"]["serial_number"]
    return _tlv(SEQUENCE, encoding(certificate.issuer.chosen), _tlv(INTEGER, serial_number.contents))


def lower(signature: bytes, curve: str) -> bytes:
    """The one of the two spellings of an ECDSA signature: who has (r, s) also has (r, -s), without any key."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, ORDERS[curve] - s))


def _one_spelling(signature: bytes, key: Any) -> bytes:
    return lower(signature, key.curve[1]) if key.algorithm == "ec" else signature


def _rebuild(content: Any, known: Collection[bytes], stamped: bool) -> bytes:
    signer = content["signer_infos"][0]
    # First all that is copied: once asn1crypto has looked into a part, it may give it back encoded anew.
    held = [encoding(choice.chosen) for choice in content["certificates"]]
    attributes = _tlv(SET, signer["signed_attrs"].contents)
    digest, algorithm = encoding(signer["digest_algorithm"]), encoding(signer["signature_algorithm"])
    stamp = _stamp(signer, known) if stamped else None
    if digest not in DIGESTS or algorithm not in SIGNATURES:
        raise NotCanonical("the signature uses an algorithm that is not allowed")
    certificate = _signer_certificate(held, signer)
    allowed = {*known, *([certificate] if _named_by_digest(signer, certificate) else [])}
    if len(set(held)) != len(held) or not set(held) <= allowed:
        raise NotCanonical("the signature carries a certificate that does not belong to it")
    return compose(
        signer=signer_identifier(x509.Certificate.load(certificate)),
        digest=digest,
        attributes=attributes,
        algorithm=algorithm,
        signature=_one_spelling(signer["signature"].native, x509.Certificate.load(certificate).public_key),
        certificates=held,
        stamp=stamp,
        content=None if stamped else bytes(content["encap_content_info"]["content"]),
    )


def _signer_certificate(held: list[bytes], signer: Any) -> bytes:
    """The certificate that the signer's identifier names."""
    wanted = signer["sid"].chosen
    for der in held:
        certificate = x509.Certificate.load(der)
        if certificate.serial_number == wanted["serial_number"].native and certificate.issuer == wanted["issuer"]:
            return der
    raise NotCanonical("the signer's certificate is not in the signature")


def _named_by_digest(signer: Any, certificate: bytes) -> bool:
    """Whether the signed attributes hold the certificate's SHA-256 (ESSCertIDv2, RFC 5035)."""
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "signing_certificate_v2":
            first = attribute["values"][0]["certs"][0]
            algorithm, named = first["hash_algorithm"]["algorithm"].native, first["cert_hash"].native
            return bool(algorithm == "sha256" and named == sha256(certificate).digest())
    return False


def _stamp(signer: Any, known: Collection[bytes]) -> bytes:
    """The token in the only attribute that may go unsigned, canonical itself."""
    attributes = signer["unsigned_attrs"]
    if len(attributes) != 1 or len(attributes[0]["values"]) != 1:
        raise NotCanonical("the signature does not carry exactly one time stamp")
    token = encoding(attributes[0]["values"][0])
    check(token, known, stamped=False)
    return token
