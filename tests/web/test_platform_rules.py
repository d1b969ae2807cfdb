"""An officer publishes the platform's rules, everyone reads what they come to, and programs do both."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from arbitration.adapters import webhooks
from arbitration.domain.permissions import Role
from tests.factories import Office
from tests.rules_files import rules_file
from tests.web.conftest import Browser

GOOD = rules_file("AS-01", "AS-02", floors={"window": "7d"})
BELOW = rules_file("AS-01", "PD-05", floors={"window": "48h"}, words={"PD-05": "；概不退换<b>"})


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def send(browser: Browser, step: str, raw: bytes) -> TestResponse:
    """As a browser does: forms have their own line ends."""
    text = raw.decode().replace("\n", "\r\n")
    return browser.post(f"/our-rules/{step}", {"text": text}, form="/our-rules")


def test_an_officer_is_told_the_place_of_a_fault_then_publishes_and_visitors_read_it(
    office: Office, browser: Browser, other_browser: Browser
) -> None:
    assert "has published no rules of its own" in other_browser.get("/conformance").text
    assert "No rules of its own" in other_browser.get("/conformance/kami").text
    browser.sign_in("officer")
    assert "No rules published yet" in browser.get("/our-rules").text
    bad = send(browser, "check", GOOD.replace(b'"7d"', b'"7 days"'))
    assert bad.status_code == 422
    assert "Line 12, column 13" in bad.text
    assert send(browser, "check", b" ").status_code == 422
    good = send(browser, "check", GOOD)
    assert "Publishing locks these rules" in good.text
    assert "Stricter than the standard: 1" in good.text
    assert "No rules of its own" in other_browser.get("/conformance/kami").text
    assert send(browser, "publish", GOOD).location == "/our-rules"
    assert "Version 1.0.0 is published and locked." in browser.get("/our-rules").text
    assert "is published already" in send(browser, "check", GOOD + b"\n").text
    assert send(browser, "publish", GOOD + b"\n").status_code == 409
    assert "Version 1.0.0 is announced for 1 Dec 2026." in other_browser.get("/conformance").text
    assert other_browser.get("/conformance/kami/1.0.0.yaml").data == GOOD
    office.portal.ports.clock.tick(hours=24 * 10)
    page = other_browser.get("/conformance/kami").text
    assert "7 days</strong>" in page
    assert "the platform’s promise" in page
    assert "against version 1.0.0 of the standard" in other_browser.get("/conformance").text


def test_what_is_below_the_floor_is_said_to_be_disregarded_and_hostile_words_are_only_words(
    office: Office, browser: Browser
) -> None:
    browser.sign_in("officer")
    send(browser, "publish", BELOW)
    page = browser.get("/conformance/kami/1.0.0?lang=zh").text
    assert page.count("低于底线的内容，裁决时不予采用，按标准执行。") == 2
    assert "<q><bdi>概不退换</bdi></q>" in page
    assert "概不退换&lt;b&gt;" in page
    assert '<strong class="num">72 小时</strong>' in page


def test_a_neighbours_officer_publishes_for_its_own_platform_only(office: Office, browser: Browser) -> None:
    office.add_platform("wanka")
    office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
    browser.sign_in("rival")
    send(browser, "publish", GOOD)
    assert browser.get("/conformance/wanka/1.0.0").status_code == 200
    assert browser.get("/conformance/kami/1.0.0").status_code == 404
    assert browser.get("/conformance/nobody").status_code == 404


def post(office: Office, client: FlaskClient, raw: bytes, slug: str = "kami") -> TestResponse:
    key = office.secrets["kami"]
    headers = webhooks.signed_headers([key], f"msg_{next(office.serial)}", office.portal.ports.clock(), raw)
    return client.post(f"/api/v1/rules/{slug}", data=raw, headers=headers)


def test_a_platforms_program_publishes_by_its_signature_and_everyone_asks_for_the_verdicts(
    office: Office, browser: Browser
) -> None:
    first, again = post(office, browser.client, GOOD), post(office, browser.client, GOOD)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["counts"]["stricter"] == 1
    assert post(office, browser.client, GOOD + b"\n").status_code == 409
    wrong = post(office, browser.client, GOOD.replace(b'"7d"', b'"7 days"'))
    assert (wrong.status_code, wrong.mimetype) == (422, "application/problem+json")
    assert wrong.json["errors"][0]["path"] == "floors.window"
    assert wrong.json["errors"][0]["message"].startswith("12:13: '7 days' is no quantity")
    told = browser.get("/api/v1/rules/kami").json
    assert (told["in_force"], [each["version"] for each in told["versions"]]) == (None, ["1.0.0"])
    assert {"platform": "kami", **told["versions"][0]} == first.json | {
        "published_at": told["versions"][0]["published_at"]
    }


def test_nobody_publishes_without_the_platforms_signature(office: Office, browser: Browser) -> None:
    office.add_platform("wanka")
    assert browser.client.post("/api/v1/rules/kami", data=GOOD).status_code == 401
    assert post(office, browser.client, GOOD, "wanka").status_code == 401
    assert post(office, browser.client, GOOD, "nobody").status_code == 401
    assert post(office, browser.client, b"a" * (512 * 1024 + 1)).status_code == 413
    assert browser.get("/api/v1/rules/kami").json["versions"] == []
    assert browser.get("/api/v1/schemas/platform-rules.v1.json").json["$id"] == "urn:arbitration:platform-rules:1"
