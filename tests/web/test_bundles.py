"""A whole case taken along over HTTP: the export is proven by a process that has no database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.config import Settings
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from tests.factories import Office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, with_ports
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
    file.write_bytes(answer.data[:-1])
    broken = subprocess.run([*command, "--json"], env=clean, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "the directory is not as an export has it" in json.loads(broken.stdout)["checks"][0]["detail"]
    assert "took an export of the whole case" in browser.get(record).text
