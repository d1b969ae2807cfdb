"""Each refusal and each failure has one answer, for people and for programs, and tells no one's data."""

import errno
import sqlite3
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from arbitration.domain.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, Refused, TooMany, WrongState
from arbitration.domain.intake import BadSignature, Malformed
from arbitration.portal import Portal
from tests.web.conftest import Browser, Log
from tests.web.rooms import FAULTS, Gone


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


SECRET = "张三的密码"
DISK_FULL = sqlite3.OperationalError("database or disk is full")
DISK_FULL.sqlite_errorname = "SQLITE_FULL"
MEANINGS = {
    "not_allowed": (NotAllowed("no"), 403),
    "not_found": (NotFound("no"), 404),
    "conflict": (Conflict("no"), 409),
    "wrong_state": (WrongState("no"), 409),
    "invalid": (Invalid("no", (FieldError("a.b", "wrong"),)), 422),
    "malformed": (Malformed("no", "byte 3"), 400),
    "too_many": (TooMany("no"), 429),
    "bad_signature": (BadSignature("no"), 401),
    "refused": (Refused("no"), 422),
    "stale": (StaleDataError("no"), 409),
    "conflict ": (IntegrityError("INSERT", {"name": SECRET}, Exception(SECRET)), 409),
    "unstorable": (DataError("INSERT", {"name": SECRET}, Exception(SECRET)), 422),
    "unavailable": (OperationalError("INSERT", {"name": SECRET}, Exception(SECRET)), 503),
    "no_room": (OperationalError("INSERT", {"name": SECRET}, DISK_FULL), 507),
    "no_room ": (OSError(errno.ENOSPC, "no space", SECRET), 507),
    "internal": (ValueError(SECRET), 500),
}


@pytest.fixture(autouse=True)
def faults(rooms: Flask) -> None:
    FAULTS.update({name: fault for name, (fault, _) in MEANINGS.items()})


@pytest.mark.parametrize("name", list(MEANINGS))
def test_people_get_a_page_with_a_reference(browser: Browser, name: str) -> None:
    answer = browser.get(f"/rooms/fault/{name}")
    assert answer.status_code == MEANINGS[name][1]
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Request-Id"] in answer.text
    assert f"Error {answer.status_code}" in answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize("name", list(MEANINGS))
def test_programs_get_problem_json(browser: Browser, name: str) -> None:
    answer = browser.get(f"/rooms/fault/{name}", headers={"Accept": "application/json"})
    assert answer.status_code == MEANINGS[name][1]
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(body)
    assert body["status"] == answer.status_code
    assert body["code"] == name.strip()
    assert SECRET not in answer.text


def test_a_problem_names_each_wrong_field(browser: Browser) -> None:
    body = browser.get("/rooms/fault/invalid", headers={"Accept": "application/json"}).get_json()
    assert body["errors"] == [{"path": "a.b", "message": "wrong"}]
    assert "<code>a.b</code> wrong" in browser.get("/rooms/fault/invalid").text


def test_people_are_told_which_rule_refused_but_not_what_exists_for_others(browser: Browser) -> None:
    for name in ("conflict", "wrong_state", "invalid", "refused"):
        assert "<p>no</p>" in browser.get(f"/rooms/fault/{name}").text
    for name in ("not_found", "not_allowed"):
        assert "<p>no</p>" not in browser.get(f"/rooms/fault/{name}").text


def test_a_refusal_is_told_in_the_readers_language_with_its_values(browser: Browser) -> None:
    FAULTS["short"] = Invalid(
        "The password needs at least %(least)s characters.",
        (FieldError("files", "It is empty; choose the file again."),),
        values={"least": 12},
    )
    page = browser.get("/rooms/fault/short?lang=zh").text
    assert "密码至少 12 个字符。" in page
    assert "<code>files</code> 文件是空的，请重新选择。" in page
    problem = browser.get("/rooms/fault/short", headers={"Accept": "application/json"}).get_json()
    assert problem["detail"] == "The password needs at least 12 characters."


def test_a_value_of_a_refusal_is_no_markup_and_no_placeholder(browser: Browser) -> None:
    FAULTS["hostile"] = Conflict("There is a platform %(name)s already.", values={"name": "<b>%(name)s 100%</b>"})
    assert "已有名为 &lt;b&gt;%(name)s 100%&lt;/b&gt; 的平台。" in browser.get("/rooms/fault/hostile?lang=zh").text


def test_who_must_wait_is_told_how_long(browser: Browser) -> None:
    assert browser.get("/rooms/fault/too_many").headers["Retry-After"] == "900"
    assert browser.get("/rooms/fault/unavailable").headers["Retry-After"] == "5"
    assert "Retry-After" not in browser.get("/rooms/fault/internal").headers


def test_our_own_faults_are_logged_without_what_they_quote(browser: Browser, log: Log) -> None:
    for name in ("internal", "unavailable", "no_room ", "conflict "):
        reference = browser.get(f"/rooms/fault/{name}").headers["X-Request-Id"]
        (line,) = [each for each in log.lines if each["event"] == "request failed" and each["request"] == reference]
        assert line["level"] == "error"
        assert "rooms.py" in " ".join(line["errors"][0]["at"])
    assert SECRET not in log.text


def test_a_refusal_is_no_fault_of_ours(browser: Browser, log: Log) -> None:
    browser.get("/rooms/fault/invalid")
    assert "request failed" not in log.text


def test_a_page_that_was_only_read_offers_another_try(browser: Browser) -> None:
    assert 'href="/rooms/fault/unavailable">Try again' in browser.get("/rooms/fault/unavailable").text


@pytest.mark.parametrize("path", ["/nowhere", "/cases/../../etc/passwd", "/%00", "/static/../config.py", "/static/%00"])
def test_what_is_not_there_is_404(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_wrong_method_is_405_and_names_the_right_ones(browser: Browser) -> None:
    answer = browser.client.delete("/standard")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_under_the_api_everything_is_problem_json(browser: Browser) -> None:
    for answer in (browser.get("/api/v1/nowhere"), browser.client.put("/api/v1/webhook-key")):
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["status"] == answer.status_code


def test_a_form_larger_than_a_page_takes_is_413(browser: Browser) -> None:
    answer = browser.client.post("/sign-in", data={"email": "x" * (1024 * 1024)})
    assert answer.status_code == 413
    assert "This is too large" in answer.text


def test_without_a_database_pages_say_so_and_the_process_lives(browser: Browser, app: Flask, portal: Portal) -> None:
    browser.sign_in("registrar")
    app.extensions["portal"] = replace(portal, database=Gone())
    answer = browser.get("/account")
    assert answer.status_code == 503
    assert "We are away for a moment" in answer.text
    assert browser.get("/healthz").status_code == 200
    ready = browser.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["checks"]["database"] is False


def test_a_database_lost_on_the_way_is_503_as_well(browser: Browser, rooms: Flask) -> None:
    browser.sign_in("registrar")
    answer = browser.get("/rooms/losing-the-database")
    assert answer.status_code == 503
    assert "We are away for a moment" in answer.text


def test_when_even_the_error_page_fails_the_reference_is_told(
    browser: Browser, app: Flask, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.jinja_env.filters, "beijing", lambda at: 1 / 0)
    answer = browser.get("/rooms/fault/internal")
    assert answer.status_code == 500
    assert answer.text == f"Error 500, reference {answer.headers['X-Request-Id']}\n"
    assert "error page failed" in log.text


def test_the_error_page_speaks_the_readers_language_times_included(browser: Browser) -> None:
    page = browser.get("/rooms/fault/too_many?lang=zh").text
    assert '<html lang="zh-Hans"' in page
    assert "2026年11月22日 14:15 北京时间" in page
