"""The folder of keys: made once and whole, private halves closed, arbitrators added on demand."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from arbitration.adapters.certificates import ARBITRATOR_POLICY, SEAL_POLICY, common_name
from arbitration.adapters.keys import ROOT, SEAL, TIMESTAMP, KeyFolder, NoKeys

PASSPHRASE = "correct horse battery staple"
START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys"


def make(folder: Path) -> KeyFolder:
    return KeyFolder.open_or_make(folder, PASSPHRASE, not_before=START, organisation="示例委员会")


def policies(certificate: x509.Certificate) -> set[str]:
    value = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    return {policy.policy_identifier.dotted_string for policy in value}


def test_a_second_opening_finds_the_same_keys(folder: Path) -> None:
    made = make(folder)
    opened = KeyFolder.open(folder, PASSPHRASE)
    assert opened.root_pem() == make(folder).root_pem() == made.root_pem()
    assert opened.credential(SEAL).fingerprint == made.credential(SEAL).fingerprint


def test_several_processes_starting_at_once_make_one_authority(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        roots = set(pool.map(lambda _: make(folder).root_pem(), range(4)))
    assert len(roots) == 1


def test_an_empty_folder_is_no_keys(folder: Path) -> None:
    with pytest.raises(NoKeys, match="there is no"):
        KeyFolder.open(folder, PASSPHRASE)


def test_another_passphrase_does_not_open_the_keys(folder: Path) -> None:
    make(folder)
    with pytest.raises(NoKeys, match="passphrase"):
        KeyFolder.open(folder, "another")


def test_private_keys_are_encrypted_and_only_the_owner_reads_them(folder: Path) -> None:
    make(folder).issue("st-01", "魏岚")
    keys = list(folder.rglob("*.key"))
    assert {key.stem for key in keys} == {"root", "issuing", "seal", "timestamp", "st-01"}
    for key in keys:
        assert b"ENCRYPTED PRIVATE KEY" in key.read_bytes()
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_nothing_half_written_is_left_behind(folder: Path) -> None:
    make(folder).issue("st-01", "魏岚")
    assert not list(folder.rglob("*.partial"))


def test_every_certificate_is_valid_from_the_day_asked_for(folder: Path) -> None:
    keys = make(folder)
    keys.issue("st-01", "魏岚")
    for path in folder.rglob("*.pem"):
        assert x509.load_pem_x509_certificate(path.read_bytes()).not_valid_before_utc == START


def test_the_seal_leads_to_the_root(folder: Path) -> None:
    keys = make(folder)
    credential = keys.credential(SEAL)
    issuing = credential.chain[0]
    credential.certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(x509.load_pem_x509_certificate(keys.root_pem()))
    with pytest.raises(ValueError, match="issuer"):
        credential.certificate.verify_directly_issued_by(keys.credential(ROOT).certificate)


def test_the_seal_and_an_arbitrator_are_told_apart_by_their_policy(folder: Path) -> None:
    keys = make(folder)
    keys.issue("st-01", "魏岚")
    assert policies(keys.credential(SEAL).certificate) == {SEAL_POLICY}
    assert policies(keys.credential("arbitrators/st-01").certificate) == {ARBITRATOR_POLICY}


def test_the_timestamp_certificate_is_for_nothing_else(folder: Path) -> None:
    usage = make(folder).credential(TIMESTAMP).certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [x509.ExtendedKeyUsageOID.TIME_STAMPING]


def test_an_arbitrator_keeps_the_certificate_and_its_fingerprint(folder: Path) -> None:
    keys = make(folder)
    fingerprint = keys.issue("st-01", "魏岚")
    assert keys.issue("st-01", "魏岚") == fingerprint == KeyFolder.open(folder, PASSPHRASE).fingerprint("st-01")
    assert keys.credential("arbitrators/st-01").certificate.fingerprint(SHA256()).hex() == fingerprint


def test_an_arbitrator_under_a_new_name_gets_a_new_certificate(folder: Path) -> None:
    keys = make(folder)
    first = keys.issue("st-01", "魏岚")
    second = keys.issue("st-01", "魏岚岚")
    assert second != first
    assert keys.fingerprint("st-01") == second


def test_the_certificate_names_the_arbitrator_and_the_pseudonym(folder: Path) -> None:
    keys = make(folder)
    keys.issue("st-01", "魏岚")
    subject = keys.credential("arbitrators/st-01").certificate.subject
    assert subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "魏岚"
    assert subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)[0].value == "st-01"


def test_a_long_name_is_cut_between_characters(folder: Path) -> None:
    assert common_name("仲" * 40) == "仲" * 21
    make(folder).issue("st-01", "仲" * 40)


@pytest.mark.parametrize("actor_id", ["", "../root", "a/b", ".hidden", "x" * 65, "st 01"])
def test_an_id_cannot_leave_the_folder(folder: Path, actor_id: str) -> None:
    with pytest.raises(ValueError, match="not an actor's id"):
        make(folder).issue(actor_id, "魏岚")


def test_who_has_no_certificate_has_no_fingerprint(folder: Path) -> None:
    with pytest.raises(NoKeys):
        make(folder).fingerprint("st-99")


def test_revocation_lists_are_kept_until_a_month_before_their_end(folder: Path) -> None:
    keys = make(folder)
    first = keys.revocation_lists(START + timedelta(days=300))
    assert first == keys.revocation_lists(START + timedelta(days=334))
    renewed = keys.revocation_lists(START + timedelta(days=336))
    numbers = [
        x509.load_der_x509_crl(listed).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        for listed in (first[0], renewed[0])
    ]
    assert numbers == [1, 2]


def test_a_clock_set_back_before_a_list_gets_one_of_its_own_time(folder: Path) -> None:
    keys = make(folder)
    late, early = START + timedelta(days=400), START + timedelta(days=380)
    keys.revocation_lists(late)
    assert x509.load_der_x509_crl(keys.revocation_lists(early)[1]).last_update_utc == early
