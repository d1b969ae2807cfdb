"""The one spelling of a signature container: whatever is not signed may not be spelled otherwise."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from arbitration.adapters import cms_canonical
from arbitration.adapters.cms_canonical import NotCanonical
from arbitration.adapters.keys import SEAL, TIMESTAMP, KeyFolder
from arbitration.adapters.timestamp import LocalAuthority
from tests.adapters.test_keys import START

DIGEST = sha256(b"stamped").digest()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return KeyFolder.open_or_make(tmp_path_factory.mktemp("cms") / "keys", "passphrase", not_before=START)


@pytest.fixture(scope="module")
def token(keys: KeyFolder) -> bytes:
    return LocalAuthority(lambda: START, keys).token(DIGEST)


@pytest.fixture(scope="module")
def known(keys: KeyFolder) -> set[bytes]:
    credential = keys.credential(TIMESTAMP)
    return {held.public_bytes(Encoding.DER) for held in (credential.certificate, *credential.chain)}


def test_what_we_write_is_canonical(token: bytes, known: set[bytes]) -> None:
    cms_canonical.check(token, known, stamped=False)


def test_asn1crypto_reads_what_we_write_as_its_own(token: bytes) -> None:
    assert cms.ContentInfo.load(token, strict=True).dump(force=True) == token


def with_part(token: bytes, change: Callable[[cms.SignedData], None]) -> bytes:
    container = cms.ContentInfo.load(token)
    change(container["content"])
    return container.dump(force=True)


def rename_version(content: cms.SignedData) -> None:
    content["version"] = "v1"


def name_parameters(content: cms.SignedData) -> None:
    content["digest_algorithms"] = [{"algorithm": "sha384"}]


def add_attribute(content: cms.SignedData) -> None:
    attribute = {"type": "content_type", "values": ["data"]}
    content["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(attribute)])


def weaken(content: cms.SignedData) -> None:
    content["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}


def mirror(content: cms.SignedData) -> None:
    """(r, s) and (r, -s) sign the same, and anyone can make one from the other."""
    r, s = decode_dss_signature(content["signer_infos"][0]["signature"].native)
    content["signer_infos"][0]["signature"] = encode_dss_signature(r, cms_canonical.ORDERS["secp256r1"] - s)


@pytest.mark.parametrize("change", [rename_version, name_parameters, add_attribute, weaken, mirror])
def test_a_part_that_nothing_signs_cannot_be_changed(token: bytes, known: set[bytes], change) -> None:
    with pytest.raises(NotCanonical):
        cms_canonical.check(with_part(token, change), known, stamped=False)


def test_a_certificate_from_outside_is_refused(keys: KeyFolder, token: bytes, known: set[bytes]) -> None:
    stranger = x509.Certificate.load(keys.credential(SEAL).certificate.public_bytes(Encoding.DER))

    def add(content: cms.SignedData) -> None:
        content["certificates"] = [*content["certificates"], stranger]

    with pytest.raises(NotCanonical, match="does not belong"):
        cms_canonical.check(with_part(token, add), known, stamped=False)


def test_a_certificate_of_the_signer_may_come_from_the_signature_itself(token: bytes, known: set[bytes]) -> None:
    """It is named by its digest among the signed attributes; its issuer is not."""
    issuers = {der for der in known if x509.Certificate.load(der).ca}
    cms_canonical.check(token, issuers, stamped=False)
    with pytest.raises(NotCanonical, match="does not belong"):
        cms_canonical.check(token, known - issuers, stamped=False)


def test_a_signature_without_a_stamp_is_refused(token: bytes, known: set[bytes]) -> None:
    with pytest.raises(NotCanonical):
        cms_canonical.check(token, known, stamped=True)


@pytest.mark.parametrize("place", range(0, 60))
def test_no_byte_of_the_envelope_can_be_changed(token: bytes, known: set[bytes], place: int) -> None:
    changed = bytearray(token)
    changed[place] ^= 0x01
    with pytest.raises(NotCanonical):
        cms_canonical.check(bytes(changed), known, stamped=False)


def test_a_length_written_longer_than_needed_is_refused(token: bytes, known: set[bytes]) -> None:
    assert token[:2] == b"\x30\x82"
    longer = b"\x30\x83\x00" + token[2:]
    with pytest.raises(NotCanonical):
        cms_canonical.check(longer, known, stamped=False)


def stamp_of(digest: bytes) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    info = {"version": 1, "policy": "1.2.3", "message_imprint": imprint, "serial_number": 1, "gen_time": START}
    return tsp.TSTInfo(info).dump()


def test_a_length_that_ends_in_80_is_no_indefinite_one(keys: KeyFolder, token: bytes, known: set[bytes]) -> None:
    """asn1crypto takes it for one and encodes all parts anew, exponentially; see the module."""
    original = cms.ContentInfo.load(token)["content"]
    signer = original["signer_infos"][0]
    credential = keys.credential(TIMESTAMP)
    certificate = x509.Certificate.load(credential.certificate.public_bytes(Encoding.DER))
    for size in range(256):
        container = cms_canonical.compose(
            signer=cms_canonical.signer_identifier(certificate),
            digest=cms_canonical.SHA256_DIGEST,
            attributes=b"\x31" + signer["signed_attrs"].dump()[1:],
            algorithm=cms_canonical.SHA256_ECDSA,
            signature=signer["signature"].native,
            certificates=sorted(known),
            content=stamp_of(b"x" * size),
        )
        if container[3] == 0x80:
            break
    assert container[:2] == b"\x30\x82"
    assert container[3] == 0x80
    cms_canonical.check(container, known, stamped=False)


@pytest.mark.parametrize(
    "gap",
    [
        b"",
        b"<>",
        b"<30>",
        b"3003020100",
        b"(3003020100)",
        b"<300302010G>",
        b"<300302010>",
        b"<30 03020100>",
        b"<3003020100aB>",
        b"<3003020100Ab00>",
        b"<30030201000001>",
        b"<3103020100>",
        b"<3010020100>",
        b"<308003020100>",
    ],
)
def test_a_container_spelled_otherwise_is_refused(gap: bytes) -> None:
    with pytest.raises(NotCanonical):
        cms_canonical.contents(gap)


@pytest.mark.parametrize("gap", [b"<3003020100>", b"<30030201000000>", b"<300302010a>", b"<300302010A00>"])
def test_hex_of_one_case_with_zeros_after_it_is_read(gap: bytes) -> None:
    assert cms_canonical.contents(gap)[:4] == b"\x30\x03\x02\x01"


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80", b"\x04\x00", b"\xff" * 40, b"\x30" * 400])
def test_what_is_no_signature_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        cms_canonical.check(data, set(), stamped=True)
