"""The pages tell each reader of an item's custody what is theirs to know, and nothing clear is left anywhere."""

import sqlite3
import tempfile
from contextlib import closing

import pytest

from arbitration.actions import cases, erasure, wholeness
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import RejectReason
from arbitration.domain.permissions import Role
from tests.domain.escalations import evidence
from tests.web.conftest import Browser
from tests.web.test_party import party_of

MARK = b"the buyer's bank card number is 6222"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_staff_read_who_took_a_file_out_and_parties_read_in_what_quality(app, office):
    case_no, other = office.escalate(), office.escalate()
    staff, claimant = Browser(app.test_client(), office), party_of(app, office, case_no, Role.CLAIMANT)
    staff.sign_in("registrar")
    claimant.enter()
    address = f"/cases/{case_no}/evidence"
    assert staff.post(f"{address}/C-1/download", form=address).status_code == 200
    listed, desk = staff.get(address).text, staff.get(f"{address}/C-1").text
    own = claimant.browser.get(f"{claimant.path}/files/C-1").text
    for page in (listed, desk, own, claimant.page()):
        assert "Digest and trusted time since" in page
    for page in (desk, own):
        assert "Taken out · Registrar" in page
    assert f'href="{address}/C-1#custody-C-1"' in listed
    assert f'href="{claimant.path}/files/C-1#custody-C-1"' in claimant.page()
    assert "<bdi>registrar</bdi>" in desk
    assert "<bdi>registrar</bdi>" not in own
    for page in (listed, desk):
        assert f'href="/cases/{other}/evidence?at=C-1#C-1">{other} · C-1</a>' in page
        assert "The same file, filed by: Claimant" in page
    assert other not in own
    officer = Browser(app.test_client(), office)
    officer.sign_in("officer")
    assert other not in officer.get(address).text + officer.get(f"{address}/C-1").text


def test_an_erased_file_is_shown_with_the_reason_and_cannot_be_taken(app, office):
    case_no = office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.reject(work, case_no, RejectReason.OUT_OF_SCOPE, "Not about digital goods.")
    with office.portal.work(SYSTEM) as work:
        erasure.erase(work, case_no, "C-1", "<b>asked</b> by the buyer")
    office.settle()
    staff, claimant = Browser(app.test_client(), office), party_of(app, office, case_no, Role.CLAIMANT)
    staff.sign_in("registrar")
    claimant.enter()
    for page in (staff.get(f"/cases/{case_no}/evidence").text, claimant.page()):
        assert "because: &lt;b&gt;asked&lt;/b&gt; by the buyer" in page
        assert "Erased file" in page
        assert "Download C-1" not in page


def test_no_clear_byte_of_evidence_is_left_in_data_temporary_files_backup_or_log(
    app, office, settings, log, tmp_path, monkeypatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    case_no = office.escalate(evidence=[evidence("e-1", MARK * 20)])
    assert office.file(case_no, Role.RESPONDENT, MARK * 30_000) == ["R-1"]
    office.settle()
    staff = Browser(app.test_client(), office)
    staff.sign_in("registrar")
    address = f"/cases/{case_no}/evidence"
    assert MARK in staff.post(f"{address}/R-1/download", form=address).data
    assert wholeness.problems(office.portal) == []
    with (
        closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as database,
        closing(sqlite3.connect(tmp_path / "backup.db")) as backup,
    ):
        database.backup(backup)
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".age" for path in stored)
    assert [path.name for path in stored if MARK in path.read_bytes()] == []
    assert MARK.decode() not in log.text
