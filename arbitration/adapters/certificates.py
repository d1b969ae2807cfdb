"""The certificates of a small authority: what each says, and how a verifier tells a seal from an arbitrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ARC = "2.25.276138826446627167473418175091185164801"
"""Our own arc below 2.25, where a random UUID needs no registration (ITU-T X.667)."""
SEAL_POLICY = f"{ARC}.1"
ARBITRATOR_POLICY = f"{ARC}.2"
"""Certificate policies: without them one arbitrator's certificate could pass for the institution's seal."""

YEAR = timedelta(days=365)
CRL_TERM = YEAR
COMMON_NAME_BYTES = 64


@dataclass(frozen=True)
class Credential:
    """A private key with its certificate and the certificates up to, without, the root."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the certificate."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def new_key() -> EllipticCurvePrivateKey:
    """P-256: small and quick, and read by pdfsig and openssl alike."""
    return generate_private_key(SECP256R1())


def common_name(name: str) -> str:
    """*name* as a certificate can hold it: at most 64 bytes of UTF-8, cut between characters."""
    return name.encode()[:COMMON_NAME_BYTES].decode("utf-8", "ignore")


def root(organisation: str, not_before: datetime) -> Credential:
    """A self-signed root for twenty years."""
    key = new_key()
    name = _name(organisation, "Root CA")
    builder = _builder(name, name, key.public_key(), key.public_key(), not_before, 20 * YEAR)
    builder = _authority(builder, path_length=1)
    return Credential(key, builder.sign(key, hashes.SHA256()))


def issuing(organisation: str, above: Credential) -> Credential:
    """The authority below the root that issues all others, for ten years."""
    key = new_key()
    builder = _authority(_below(above, _name(organisation, "Issuing CA"), key.public_key(), 10 * YEAR), path_length=0)
    certificate = builder.sign(above.key, hashes.SHA256())
    return Credential(key, certificate, (certificate,))


def seal(organisation: str, above: Credential) -> Credential:
    """The institution's own."""
    return _signer(above, _name(organisation, f"{organisation} 电子印章"), SEAL_POLICY)


def arbitrator(organisation: str, actor_id: str, name: str, above: Credential) -> Credential:
    """One arbitrator's; the pseudonymous id stands in it as serial number of the name."""
    subject = _name(organisation, name, x509.NameAttribute(NameOID.SERIAL_NUMBER, actor_id))
    return _signer(above, subject, ARBITRATOR_POLICY)


def timestamping(organisation: str, above: Credential) -> Credential:
    """The time stamping authority's (RFC 3161, 2.3: that single use, critical)."""
    key = new_key()
    builder = _below(above, _name(organisation, "Time Stamping Authority"), key.public_key(), 5 * YEAR)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _finish(builder, key, above)


def revocation_list(of: Credential, number: int, not_before: datetime) -> bytes:
    """An empty list (DER), good for a year; *number* grows with each."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(of.certificate.subject)
    builder = builder.last_update(not_before).next_update(not_before + CRL_TERM)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(of.key.public_key())
    builder = builder.add_extension(identifier, critical=False).add_extension(x509.CRLNumber(number), critical=False)
    return builder.sign(of.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _signer(above: Credential, subject: x509.Name, policy: str) -> Credential:
    key = new_key()
    builder = _below(above, subject, key.public_key(), 5 * YEAR)
    information = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
    return _finish(builder.add_extension(x509.CertificatePolicies([information]), critical=False), key, above)


def _finish(builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey, above: Credential) -> Credential:
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    return Credential(key, builder.sign(above.key, hashes.SHA256()), above.chain)


def _authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _below(
    above: Credential, subject: x509.Name, public_key: EllipticCurvePublicKey, term: timedelta
) -> x509.CertificateBuilder:
    """Valid from the authority's own first day, so that a demo whose clock runs behind can sign."""
    issuer = above.certificate
    return _builder(subject, issuer.subject, public_key, above.key.public_key(), issuer.not_valid_before_utc, term)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: EllipticCurvePublicKey,
    issuer_key: EllipticCurvePublicKey,
    not_before: datetime,
    term: timedelta,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(not_before).not_valid_after(not_before + term)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key)
    return builder.add_extension(identifier, critical=False)


def _name(organisation: str, name: str, *more: x509.NameAttribute) -> x509.Name:
    parts: Sequence[x509.NameAttribute] = (
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, common_name(organisation)),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name(name)),
        *more,
    )
    return x509.Name(parts)


def _usage(
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
