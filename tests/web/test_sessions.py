"""What a browser's session is, how long it lasts, and how its owner ends it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from arbitration.actions import delivery
from arbitration.actions.context import SYSTEM
from arbitration.config import Settings
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from arbitration.store import cases, people
from arbitration.store.people import WebSession
from arbitration.web.app import create_app
from tests.factories import Office
from tests.fakes import FakeClock
from tests.web.conftest import Browser


def rows(portal: Portal) -> int:
    with portal.read(SYSTEM) as work:
        return work.session.scalar(select(func.count()).select_from(WebSession)) or 0


def seen_at(office: Office, name: str) -> Any:
    with office.portal.read(SYSTEM) as work:
        return people.sessions_of(work.session, office.actors[name].id, work.now)[0].seen_at


def party_door(office: Office, case_no: str, role: Role) -> tuple[str, str]:
    """The link and the access code of a party."""
    with office.portal.read(SYSTEM) as work:
        row = cases.party_of(work.session, case_no, role)
        assert row is not None
        return row.link, delivery.access_code(work, row)


def let_in(browser: Browser, link: str, code: str) -> None:
    assert browser.get(f"/party/{link}/let-in?code={code}").text == "welcome"


def test_on_plain_http_the_cookie_is_for_this_host_and_not_for_scripts(browser: Browser) -> None:
    browser.give_password("registrar")
    cookie = browser.client.post("/sign-in/code").headers.get("Set-Cookie") or ""
    assert cookie == ""
    answer = browser.give_code(browser.office.code("registrar"))
    name, *flags = re.split("; ", answer.headers["Set-Cookie"])
    assert re.fullmatch(r"arbitration=[\w-]{43}", name)
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_on_https_the_cookie_is_bound_to_host_and_tls(settings: Settings, portal: Portal, office: Office) -> None:
    app = create_app(replace(settings, public_url="https://office.example"), portal)
    answer = app.test_client().get("/sign-in", base_url="https://office.example")
    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-arbitration=")
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


def test_a_visitor_leaves_no_row(browser: Browser, portal: Portal) -> None:
    for path in ("/", "/sign-in", "/verify", "/standard", "/nowhere"):
        browser.get(path)
    browser.post("/sign-in", {"email": "a@b.example", "password": "wrong password"})
    assert rows(portal) == 0


def test_a_forged_form_token_in_the_cookie_is_not_believed(browser: Browser) -> None:
    browser.client.set_cookie("arbitration", "ImZvcmdlZCI.c2lnbmF0dXJl")
    answer = browser.client.post("/sign-in", data={"email": "a", "password": "b", "csrf_token": "forged"})
    assert answer.status_code == 400


def test_staff_who_do_nothing_for_an_hour_must_sign_in_again(browser: Browser, clock: FakeClock) -> None:
    browser.sign_in("registrar")
    clock.now += timedelta(minutes=59)
    assert browser.get("/account").status_code == 200
    clock.now += timedelta(minutes=60)
    assert browser.get("/account").status_code == 303


def test_when_it_was_seen_is_written_once_a_minute(browser: Browser, office: Office, clock: FakeClock) -> None:
    browser.sign_in("registrar")
    first = seen_at(office, "registrar")
    clock.tick(seconds=59)
    browser.get("/account")
    assert seen_at(office, "registrar") == first
    clock.tick(seconds=1)
    browser.get("/account")
    assert seen_at(office, "registrar") == clock.now


def test_reading_a_page_after_signing_in_writes_nothing(browser: Browser, office: Office) -> None:
    browser.sign_in("registrar")
    with office.portal.database.writing():  # a writer would wait here for itself
        assert browser.get("/account").status_code == 200


def test_a_session_at_its_end_is_forgotten_when_the_next_begins(
    browser: Browser, other_browser: Browser, clock: FakeClock, portal: Portal
) -> None:
    browser.sign_in("registrar")
    clock.tick(hours=12)
    other_browser.sign_in("registrar")
    assert rows(portal) == 1


def test_a_disabled_account_is_out_at_once(browser: Browser, office: Office) -> None:
    browser.sign_in("registrar")
    with office.portal.work(SYSTEM) as work:
        staff = people.staff_by_actor(work.session, office.actors["registrar"].id)
        assert staff is not None
        staff.disabled_at = work.now
    assert browser.get("/account").status_code == 303


def test_the_account_page_lists_ones_own_devices(browser: Browser, other_browser: Browser, app: Flask) -> None:
    third = Browser(app.test_client(), browser.office)
    third.sign_in("auditor")
    other_browser.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 MicroMessenger/8.0 <script>"
    )
    other_browser.sign_in("registrar")
    browser.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140"
    browser.sign_in("registrar")
    page = browser.get("/account").text
    assert page.count("This device") == 1
    assert "WeChat · iOS" in page
    assert "Edge · Windows" in page
    assert page.count('role="rowheader"') == 2


def test_signing_out_everywhere_spares_nobody(browser: Browser, other_browser: Browser) -> None:
    browser.sign_in("registrar")
    other_browser.sign_in("registrar")
    browser.post("/account/sessions/end-all", form="/account")
    assert browser.get("/account").status_code == 303
    assert other_browser.get("/account").status_code == 303


def test_signing_out_everywhere_else_spares_this_device(browser: Browser, other_browser: Browser) -> None:
    browser.sign_in("registrar")
    other_browser.sign_in("registrar")
    answer = browser.post("/account/sessions/end-others", form="/account", follow_redirects=True)
    assert "All other devices are signed out." in answer.text
    assert "All other devices are signed out." not in browser.get("/account").text
    assert other_browser.get("/account").status_code == 303


def test_one_device_can_be_signed_out(browser: Browser, other_browser: Browser) -> None:
    other_browser.sign_in("registrar")
    browser.sign_in("registrar")
    (wanted,) = re.findall(r'name="session" value="([0-9a-f]{64})"', browser.get("/account").text)
    browser.post("/account/sessions/end", {"session": wanted}, form="/account")
    assert other_browser.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200


def test_nobody_ends_the_session_of_another(browser: Browser, other_browser: Browser, office: Office) -> None:
    other_browser.sign_in("auditor")
    browser.sign_in("registrar")
    with office.portal.read(SYSTEM) as work:
        (theirs,) = people.sessions_of(work.session, office.actors["auditor"].id, work.now)
    browser.post("/account/sessions/end", {"session": theirs.id_sha256}, form="/account")
    assert other_browser.get("/account").status_code == 200


def test_a_party_has_a_session_of_its_own_beside_that_of_staff(browser: Browser, rooms: Flask, office: Office) -> None:
    browser.sign_in("registrar")
    link, code = party_door(office, office.escalate(), Role.CLAIMANT)
    let_in(browser, link, code)
    assert browser.get(f"/party/{link}/room").text.startswith("pa-")
    assert browser.get("/rooms/staff").text == office.actors["registrar"].id
    assert browser.get("/rooms/public").text == office.actors["registrar"].id


def test_a_party_may_rest_for_a_day_and_come_back_for_a_week(
    browser: Browser, rooms: Flask, office: Office, clock: FakeClock
) -> None:
    link, code = party_door(office, office.escalate(), Role.CLAIMANT)
    let_in(browser, link, code)
    assert "Max-Age=604800" in (browser.get(f"/party/{link}/let-in?code={code}").headers["Set-Cookie"])
    for _ in range(7):
        assert browser.get(f"/party/{link}/room").status_code == 200
        clock.now += timedelta(hours=23)
    clock.now += timedelta(hours=7)
    assert browser.get(f"/party/{link}/room").status_code == 303


def test_the_cookie_of_staff_opens_no_party_page(browser: Browser, rooms: Flask, office: Office) -> None:
    browser.sign_in("registrar")
    link, _ = party_door(office, office.escalate(), Role.CLAIMANT)
    browser.client.set_cookie("arbitration-party", browser.cookie() or "")
    assert browser.get(f"/party/{link}/room").status_code == 303


def test_the_cookie_of_a_party_opens_no_page_of_staff(browser: Browser, rooms: Flask, office: Office) -> None:
    link, code = party_door(office, office.escalate(), Role.CLAIMANT)
    let_in(browser, link, code)
    browser.client.set_cookie("arbitration", browser.cookie("arbitration-party") or "")
    assert browser.get("/rooms/staff").status_code == 303


def test_pages_are_shown_although_the_session_cannot_be_written(
    browser: Browser, office: Office, clock: FakeClock, app: Flask
) -> None:
    browser.sign_in("registrar")
    clock.tick(minutes=2)
    app.extensions["portal"] = replace(office.portal, database=ReadOnly(office.portal.database))
    assert browser.get("/account").status_code == 200


class ReadOnly:
    """A database whose disk is full."""

    def __init__(self, database: Any) -> None:
        self.reading = database.reading

    def writing(self) -> Any:
        return self.reading()
