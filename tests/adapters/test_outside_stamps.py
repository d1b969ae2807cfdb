"""Papers stamped by an authority elsewhere: they can be sealed, and are proven with its roots and only with them."""

from datetime import UTC, datetime, timedelta

import pytest

from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.pdf_verify import SealedVerifier
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp_verify import TokenVerifier
from arbitration.domain.bundle import BundlePaper
from arbitration.domain.export import instant
from arbitration.domain.verification import Paper, Report, Verdict
from tests.adapters.conftest import PASSPHRASE, Office
from tests.adapters.test_bundle import record
from tests.openssl_authority import OpensslAuthority

pytestmark = pytest.mark.xdist_group("pdf")

BUNDLE = frozenset({Paper.BUNDLE})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    return OpensslAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    """Certificates that hold at the time of this machine, which the authority's stamps carry."""
    folder = tmp_path_factory.mktemp("keys") / "keys"
    return KeyFolder.open_or_make(folder, PASSPHRASE, not_before=datetime.now(UTC) - timedelta(days=1))


@pytest.fixture(scope="module")
def sealed(office: Office, keys: KeyFolder, authority: OpensslAuthority) -> bytes:
    made = record(1) | {"made_at": instant(datetime.now(UTC) - timedelta(hours=1))}
    seal = FileSeal(keys, authority, lambda: datetime.now(UTC), timestamp_roots=authority.root_pem)
    return seal.close(seal.certify(office.renderer.render_bundle(BundlePaper(made)).pdf))


def found(report: Report) -> str:
    return "; ".join(f"{check.id}: {check.detail}" for check in report.failed)


def test_what_another_authority_stamped_is_proven_by_its_root_and_that_is_said(
    sealed: bytes, keys: KeyFolder, authority: OpensslAuthority
) -> None:
    report = SealedVerifier(keys.root_pem(), authority.root_pem, BUNDLE).verify(sealed)
    assert report.verdict is Verdict.PROVEN, found(report)
    assert any("time stamp authority's certificate" in each.en for each in report.not_proven)


def test_without_its_root_or_with_the_roots_exchanged_it_is_refused(
    sealed: bytes, keys: KeyFolder, authority: OpensslAuthority
) -> None:
    alone = SealedVerifier(keys.root_pem(), papers=BUNDLE).verify(sealed)
    assert "its time stamp does not lead to a given root" in found(alone)
    exchanged = SealedVerifier(authority.root_pem, keys.root_pem(), BUNDLE).verify(sealed)
    assert exchanged.verdict is Verdict.REFUSED
    assert "trusted" in found(exchanged)


def test_an_authority_is_trusted_for_time_alone(office: Office, authority: OpensslAuthority, keys: KeyFolder) -> None:
    """What the institution's own root vouches for is not proven by naming that root for time."""
    own = office.seal.close(office.seal.certify(office.renderer.render_bundle(BundlePaper(record(1))).pdf))
    report = SealedVerifier(keys.root_pem(), office.keys.root_pem(), BUNDLE).verify(own)
    assert report.verdict is Verdict.REFUSED
    assert "seal: the certificate does not lead to a given root" in found(report)


def test_a_token_of_the_authority_is_read(authority: OpensslAuthority) -> None:
    token = authority.token(bytes(32))
    assert TokenVerifier(authority.root_pem).read(token, bytes(32)).authority == "stamping"
