"""What every response tells the browser, and forms that come from elsewhere."""

from dataclasses import replace

import pytest
from flask import Flask

from arbitration.config import Settings
from arbitration.portal import Portal
from arbitration.web.app import create_app
from tests.factories import Office
from tests.web.conftest import Browser, token_in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


PATHS = [
    "/",
    "/standard",
    "/verify",
    "/sign-in",
    "/account",
    "/nowhere",
    "/rooms/unmarked",
    "/rooms/fault/unknown",
    "/healthz",
    "/readyz",
    "/api/v1/webhook-key",
    "/api/v1/cases/CA-2026-000001",
    "/static/css/base.css",
    "/static/nowhere.css",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_is_hardened(browser: Browser, rooms: Flask, path: str) -> None:
    with browser.get(path) as answer:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
        assert len(answer.headers["X-Request-Id"]) == 16


def test_https_is_remembered(settings: Settings, portal: Portal, office: Office) -> None:
    app = create_app(replace(settings, public_url="https://office.example"), portal)
    answer = app.test_client().get("/nowhere", base_url="https://office.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_behind_https_the_address_is_the_one_that_the_proxy_saw(
    settings: Settings, portal: Portal, office: Office
) -> None:
    app = create_app(replace(settings, public_url="https://office.example"), portal)
    behind = Browser(app.test_client(), office)
    for tries, address in enumerate(["192.0.2.7"] * 10 + ["192.0.2.8"]):
        token = token_in(behind.get("/sign-in", base_url="https://office.example"))
        answer = behind.client.post(
            "/sign-in",
            base_url="https://office.example",
            headers={"X-Forwarded-For": f"203.0.113.9, {address}", "X-Forwarded-Proto": "https"},
            data={"csrf_token": token, "email": f"{tries}@b.example", "password": "wrong password"},
        )
        assert answer.status_code == 422


def test_pages_of_signed_in_people_leave_no_copy(browser: Browser) -> None:
    assert browser.get("/").headers["Cache-Control"] == "no-cache"
    browser.sign_in("registrar")
    for path in ("/", "/account", "/nowhere"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_pages_differ_by_cookie_and_language(browser: Browser) -> None:
    assert set(browser.get("/").vary) == {"Cookie", "Accept-Language"}


def test_our_files_are_kept_as_long_as_their_content(browser: Browser) -> None:
    page = browser.get("/").text
    versioned = page.partition('href="/static/css/base.css?v=')[2].partition('"')[0]
    with browser.get(f"/static/css/base.css?v={versioned}") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.vary
    with browser.get("/static/css/base.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        etag = answer.headers["ETag"]
    with browser.get("/static/css/base.css", headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304


SENT_FROM = [
    ({"Sec-Fetch-Site": "same-origin"}, 422),
    ({"Sec-Fetch-Site": "none"}, 422),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 422),
    ({"Sec-Fetch-Site": "same-site"}, 400),
    ({"Sec-Fetch-Site": "cross-site"}, 400),
    ({"Origin": "null"}, 422),
    ({"Origin": "http://localhost"}, 422),
    ({"Origin": "http://127.0.0.1:8000"}, 422),
    ({"Origin": "https://evil.example"}, 400),
    ({"Origin": "http://localhost.evil.example"}, 400),
    ({"Origin": "http://[::1"}, 400),
    ({}, 422),
]


@pytest.mark.parametrize(("headers", "status"), SENT_FROM)
def test_a_form_from_another_site_is_refused_although_its_token_is_right(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    answer = browser.post("/sign-in", {"email": "a@b.example", "password": "wrong password"}, headers=headers)
    assert answer.status_code == status
