"""Readiness is what can be used now, not what could be when the process began."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from tests.factories import Office
from tests.portals import with_ports
from tests.web.conftest import Browser

WHOLE = {"database": True, "schema": True, "keys": True, "files": True}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def key_folder(tmp_path: Path, browser: Browser, office: Office) -> Path:
    """Where the keys lie of which the office has made use already."""
    folder = tmp_path / "keys"
    clock = office.portal.ports.clock
    keys = KeyFolder.open_or_make(folder, "a passphrase for tests", not_before=datetime(2026, 1, 1, tzinfo=UTC))
    seal = FileSeal(keys, LocalAuthority(clock, keys), clock)
    browser.client.application.extensions["portal"] = with_ports(office.portal, seal=seal)
    assert checks(browser) == (200, WHOLE)
    return folder


def checks(browser: Browser) -> tuple[int, dict[str, bool]]:
    answer = browser.get("/readyz")
    return answer.status_code, answer.get_json()["checks"]


def test_without_the_seal_s_key_it_is_not_ready(browser: Browser, key_folder: Path) -> None:
    (key_folder / "seal.key").unlink()
    assert checks(browser) == (503, WHOLE | {"keys": False})


@pytest.mark.parametrize("name", ["seal.key", "seal.pem", "issuing.pem"])
def test_with_a_key_that_does_not_open_it_is_not_ready(browser: Browser, key_folder: Path, name: str) -> None:
    (key_folder / name).write_bytes(b"something else")
    assert checks(browser) == (503, WHOLE | {"keys": False})


def test_where_no_file_can_be_kept_it_is_not_ready(browser: Browser, office: Office) -> None:
    folder = office.portal.settings.blobs_dir
    shutil.rmtree(folder)
    folder.write_bytes(b"a file stands where the folder should")
    assert checks(browser) == (503, WHOLE | {"files": False})


def test_asking_leaves_nothing_behind(browser: Browser, office: Office) -> None:
    before = set(office.portal.settings.blobs_dir.rglob("*"))
    assert checks(browser) == (200, WHOLE)
    assert set(office.portal.settings.blobs_dir.rglob("*")) == before
