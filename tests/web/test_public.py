"""The front door and the standard, as a visitor reads them."""

import hashlib

import pytest
from flask import Flask

from tests.factories import STANDARD, Office, publish_version
from tests.web.conftest import Browser


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_the_front_door_names_the_standard_in_force(browser: Browser) -> None:
    page = browser.get("/").text
    assert "Version 1.0.0, in force since 1 Jan 2026" in page


def test_without_a_standard_the_pages_stand(app: Flask) -> None:
    visitor = app.test_client()
    assert "What every platform must grant at least, clause by clause." in visitor.get("/").text
    assert "No version yet" in visitor.get("/standard").text
    assert visitor.get("/standard/1.0.0").status_code == 404
    assert visitor.get("/standard/1.0.0.yaml").status_code == 404
    assert visitor.get("/standard/1.0.0.json").status_code == 404


def test_every_version_stands_in_the_list_with_its_time(browser: Browser, office: Office) -> None:
    publish_version(office.portal, "1.1.0", "2026-06-01")
    publish_version(office.portal, "2.0.0", "2027-01-01")
    page = browser.get("/standard").text
    positions = [page.index(f"Version {version}") for version in ("2.0.0", "1.1.0", "1.0.0")]
    assert positions == sorted(positions)
    assert page.count("Announced") == page.count("Superseded") == 1
    assert "In force from 1 Jan 2027" in page
    assert "until 1 Jun 2026" in page


def test_staff_see_the_version_in_force_beside_the_rail(browser: Browser, office: Office) -> None:
    publish_version(office.portal, "1.1.0", "2026-06-01")
    publish_version(office.portal, "2.0.0", "2027-01-01")
    browser.sign_in("registrar")
    assert "Version 1.1.0" in browser.get("/account").text


def test_a_version_shows_each_clause_at_its_anchor_in_both_languages(browser: Browser) -> None:
    for language, text in (("en", "After-sales service"), ("zh", "售后")):
        page = browser.get(f"/standard/1.0.0?lang={language}").text
        assert 'id="AS-01"' in page
        assert text in page
        assert '<details class="why"><summary lang="' in page


def test_the_file_is_the_one_that_was_published(browser: Browser) -> None:
    answer = browser.get("/standard/1.0.0.yaml")
    assert answer.data == STANDARD.read_bytes()
    assert hashlib.sha256(answer.data).hexdigest() in browser.get("/standard/1.0.0").text
    again = browser.get("/standard/1.0.0.yaml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_same_as_json_with_the_digest_of_each_clause(browser: Browser) -> None:
    body = browser.get("/standard/1.0.0.json").get_json()
    assert body["version"] == "1.0.0"
    assert all(len(clause["text_sha256"]) == 64 for clause in body["clauses"])


@pytest.mark.parametrize("version", ["9.9.9", "1.0", "%00", "..%2f..%2fetc", "x" * 2000])
def test_no_other_version_exists(browser: Browser, version: str) -> None:
    assert browser.get(f"/standard/{version}").status_code == 404


def test_the_standard_explains_its_badges_and_names_the_language_that_is_folded_away(browser: Browser) -> None:
    shown = (("en", "how grave it is to break it", "中文文本"), ("zh", "违反该条款的严重程度", "English text"))
    for language, badges, fold in shown:
        page = browser.get(f"/standard/1.0.0?lang={language}").text
        assert badges in page
        assert f">{fold}</summary>" in page


def test_alive_and_ready(browser: Browser) -> None:
    assert browser.get("/healthz").text == "ok\n"
    answer = browser.get("/readyz")
    assert answer.status_code == 200
    checks = {"database": True, "schema": True, "keys": True, "files": True}
    assert answer.get_json() == {"ready": True, "checks": checks}


def test_an_old_schema_is_not_ready(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from arbitration.store import tables

    monkeypatch.setattr(tables, "newest_revision", lambda: "9999")
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"database": True, "schema": False, "keys": True, "files": True}
