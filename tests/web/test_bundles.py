"""A whole case taken along over HTTP: the export is proven by a process that has no database."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from arbitration.actions import bundle, cases, filing
from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.adapters.verify_limited import LimitedVerifier
from arbitration.cli import shell
from arbitration.config import Settings
from arbitration.domain.errors import NotFound
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from tests.factories import Office
from tests.fakes import FAKE_PICTURE, FakeClock, FakeGateway, FakeSeal
from tests.portals import assemble, with_ports
from tests.web.access_world import DOT
from tests.web.conftest import Browser


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT)
    return case_no


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    folder = tmp_path_factory.mktemp("bundles") / "keys"
    return KeyFolder.open_or_make(folder, "a passphrase", not_before=datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def portal(settings: Settings, clock: FakeClock, gateway: FakeGateway, keys: KeyFolder) -> Iterator[Portal]:
    seal = FileSeal(keys, LocalAuthority(clock, keys), clock)
    opened = with_ports(assemble(settings, clock, gateway), seal=seal)
    yield opened
    opened.close()


def test_an_export_taken_over_http_is_proven_by_a_process_without_a_database(
    browser: Browser, case_no: str, keys: KeyFolder, tmp_path: Path
) -> None:
    browser.sign_in("registrar")
    record = f"/cases/{case_no}/record"
    assert f'action="/cases/{case_no}/export"' in browser.get(record).text
    answer = browser.post(f"/cases/{case_no}/export", form=record)
    assert answer.status_code == 200
    assert len(answer.data) == answer.content_length
    file, root = tmp_path / "case.zip", tmp_path / "root.pem"
    file.write_bytes(answer.data)
    root.write_bytes(keys.root_pem())
    command = [sys.executable, "-m", "arbitration", "verify", "export", str(file), "--trust", str(root), "--lang", "zh"]
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=clean, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("核验通过")
    portal = browser.client.application.extensions["portal"]
    judge = LimitedVerifier(keys.root_pem())
    browser.client.application.extensions["portal"] = with_ports(portal, verifier=judge)
    browser.get("/verify?lang=zh")
    for sent, verdict, said in (
        (answer.data, "proven", "该案件导出文件是真实的"),
        (answer.data[:-1], "refused", "未能证明该文件出自本委员会"),
    ):
        page = browser.client.post("/verify", data={"file": (io.BytesIO(sent), "case.zip"), "code": ""}).text
        assert f'data-verdict="{verdict}"' in page
        assert said in page
        assert (case_no in page) is (verdict == "proven")
    browser.get("/verify?lang=en")
    file.write_bytes(answer.data[:-1])
    broken = CliRunner().invoke(shell, [*command[3:], "--json"])
    assert broken.exit_code == 1
    assert "the directory is not as an export has it" in json.loads(broken.stdout)["checks"][0]["detail"]
    assert "took an export of the whole case" in browser.get(record).text


def test_a_bundle_is_made_by_a_job_and_made_anew_when_the_record_has_changed(
    browser: Browser, office: Office, portal: Portal, case_no: str
) -> None:
    office = replace(office, portal=with_ports(portal, seal=FakeSeal()))
    browser.sign_in("registrar")
    page = f"/cases/{case_no}/bundle"
    assert browser.post(page).status_code == 303
    assert browser.get(page).headers["Refresh"] == "3"
    browser.post(page)
    office.settle()
    made = browser.get(page)
    assert "Refresh" not in made.headers
    assert "Have the bundle made" not in made.text
    file = browser.post(f"{page}/download", form=page)
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert case_no.encode() in file.data
    browser.get(f"{page}?lang=zh")
    named = browser.post(f"{page}/download", form=page).headers["Content-Disposition"]
    assert (
        named == f"attachment; filename=\"{case_no}.pdf\"; filename*=UTF-8''{case_no}-%E6%A1%88%E5%8D%B7%E5%86%8C.pdf"
    )
    browser.get(f"{page}?lang=en")
    assert "Have the bundle made" not in browser.get(page).text, "looking at it changes nothing that it says"
    with office.portal.work(office.actors["registrar"]) as work:
        cases.post_message(work, case_no, "请双方补充说明。")
    assert "The record has changed since" in browser.get(page).text
    browser.post(page)
    office.settle()
    assert "请双方补充说明。".encode() in browser.post(f"{page}/download", form=page).data.replace(
        json.dumps("请双方补充说明。").encode(), "请双方补充说明。".encode()
    )


def test_a_bundle_has_the_pages_of_previews_and_makes_those_that_are_not_there(
    office: Office, portal: Portal, case_no: str
) -> None:
    office = replace(office, portal=with_ports(portal, seal=FakeSeal()))
    respondent = office.party(case_no, Role.RESPONDENT)
    shot = [filing.Upload("截图.png", io.BytesIO(DOT))]
    filing.upload(office.portal, respondent, case_no, Kind.OTHER, shot)
    with office.portal.work(respondent) as work:
        filing.submit(work, case_no)
        bundle.ask(work, case_no)
    bundle.make(office.portal, case_no, "respondent")
    with office.portal.work(respondent) as work:
        row = bundle.take_out(work, case_no)
    assert FAKE_PICTURE in office.portal.ports.blobs.read(row.blob or "")


def test_a_side_has_no_bundle_before_it_is_made_and_then_its_own(office: Office, portal: Portal, case_no: str) -> None:
    office = replace(office, portal=with_ports(portal, seal=FakeSeal()))
    claimant = office.party(case_no, Role.CLAIMANT)
    with office.portal.work(office.actors["registrar"]) as work:
        bundle.ask(work, case_no)
    office.settle()
    with office.portal.work(claimant) as work, pytest.raises(NotFound):
        bundle.take_out(work, case_no)
    with office.portal.work(claimant) as work:
        bundle.ask(work, case_no)
    office.settle()
    with office.portal.work(claimant) as work:
        row = bundle.take_out(work, case_no)
    assert b'"view": "claimant"' in office.portal.ports.blobs.read(row.blob or "")
