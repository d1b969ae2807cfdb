"""Signing in and out, and everything that must not let anyone in."""

from datetime import timedelta

import pytest
from flask import Flask

from arbitration.actions.context import SYSTEM
from arbitration.store import people
from tests.factories import Office
from tests.fakes import FakeClock
from tests.web.conftest import Browser, token_in

WRONG = "The e-mail address or the password is wrong."
WRONG_CODE = "The code is wrong or was used before"


def test_password_and_code_lead_to_the_page_that_was_asked_for(browser: Browser) -> None:
    asked = browser.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    answer = browser.sign_in("registrar", next="/account?x=1")
    assert answer.location == "/account?x=1"
    page = browser.get("/account")
    assert page.status_code == 200
    assert "registrar@office.example" in page.text


def test_the_sign_in_form_carries_on_where_somebody_was_going(browser: Browser) -> None:
    assert 'value="/account?x=1"' in browser.get("/sign-in?next=/account?x%3D1").text


def test_a_right_password_alone_opens_nothing(browser: Browser) -> None:
    browser.give_password("registrar")
    assert browser.get("/account").location == "/sign-in?next=/account"


@pytest.mark.parametrize(
    ("name", "password"),
    [("registrar", "wrong password"), ("nobody", "correct horse battery"), ("nobody", "wrong password")],
)
def test_every_wrong_pair_gets_the_same_answer(browser: Browser, name: str, password: str) -> None:
    answer = browser.give_password(name, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert "<title>Error: Sign in" in answer.text


def test_a_disabled_account_is_as_wrong_as_any(browser: Browser, office: Office) -> None:
    with office.portal.work(SYSTEM) as work:
        staff = people.staff_by_actor(work.session, office.actors["registrar"].id)
        assert staff is not None
        staff.disabled_at = work.now
    assert WRONG in browser.give_password("registrar").text


def test_an_account_disabled_between_the_two_steps_does_not_get_in(browser: Browser, office: Office) -> None:
    browser.give_password("registrar")
    with office.portal.work(SYSTEM) as work:
        staff = people.staff_by_actor(work.session, office.actors["registrar"].id)
        assert staff is not None
        staff.disabled_at = work.now
    assert WRONG_CODE in browser.give_code(office.code("registrar")).text


def test_missing_fields_are_named_above_the_form(browser: Browser) -> None:
    answer = browser.post("/sign-in", {})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#password"' in answer.text


def test_a_wrong_code_is_refused(browser: Browser, office: Office) -> None:
    browser.give_password("registrar")
    code = office.code("registrar")
    answer = browser.give_code(f"{(int(code) + 1) % 1_000_000:06}")
    assert answer.status_code == 422
    assert WRONG_CODE in answer.text


def test_a_code_counts_once(browser: Browser, other_browser: Browser, office: Office) -> None:
    browser.give_password("registrar")
    other_browser.give_password("registrar")
    code = office.code("registrar")
    assert browser.give_code(code).status_code == 303
    assert WRONG_CODE in other_browser.give_code(code).text


def test_the_code_page_without_a_password_leads_back(browser: Browser) -> None:
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_a_password_waits_ten_minutes_for_its_code(browser: Browser, office: Office, clock: FakeClock) -> None:
    browser.give_password("registrar")
    clock.tick(minutes=10)
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_the_eleventh_try_is_told_when_to_come_back(browser: Browser, clock: FakeClock) -> None:
    for _ in range(10):
        assert browser.give_password("registrar", "wrong password").status_code == 422
    answer = browser.give_password("registrar")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Try again after 22 Nov 2026, 14:15 Beijing." in answer.text
    clock.tick(minutes=15)
    assert browser.give_password("registrar").status_code == 303


def test_codes_are_limited_as_well(browser: Browser) -> None:
    browser.give_password("registrar")
    for _ in range(10):
        assert browser.give_code("000000").status_code == 422
    assert browser.give_code("000000").status_code == 429


def test_an_id_known_before_sign_in_is_worth_nothing_after(browser: Browser, app: Flask) -> None:
    browser.give_password("registrar")
    before = browser.cookie()
    browser.give_code(browser.office.code("registrar"))
    after = browser.cookie()
    assert before != after
    thief = app.test_client()
    thief.set_cookie("arbitration", before or "")
    assert thief.get("/account").status_code == 303


def test_an_id_that_somebody_planted_is_not_taken_over(browser: Browser) -> None:
    browser.client.set_cookie("arbitration", "planted" * 6)
    browser.sign_in("registrar")
    assert browser.cookie() != "planted" * 6


def test_the_database_does_not_know_the_cookie(browser: Browser, office: Office) -> None:
    browser.sign_in("registrar")
    with office.portal.read(SYSTEM) as work:
        rows = people.sessions_of(work.session, office.actors["registrar"].id, work.now)
    assert len(rows) == 1
    assert browser.cookie() not in (rows[0].id_sha256, rows[0].data)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "evil"],
)
def test_signing_in_leads_nowhere_else(browser: Browser, elsewhere: str) -> None:
    answer = browser.sign_in("registrar", next=elsewhere)
    assert answer.location.startswith("/")
    assert "evil" not in answer.location


def test_whoever_is_signed_in_need_not_do_it_again(browser: Browser) -> None:
    browser.sign_in("registrar")
    assert browser.get("/sign-in?next=/account").location == "/account"
    assert "evil" not in browser.get("/sign-in?next=//evil.example").location


def test_signing_out_ends_the_session_on_the_server(browser: Browser, app: Flask) -> None:
    browser.sign_in("registrar")
    cookie = browser.cookie()
    assert browser.post("/sign-out", form="/account").location == "/"
    assert browser.cookie() is None
    thief = app.test_client()
    thief.set_cookie("arbitration", cookie or "")
    assert thief.get("/account").status_code == 303


def test_signing_out_needs_a_form(browser: Browser) -> None:
    browser.sign_in("registrar")
    assert browser.get("/sign-out").status_code == 405
    assert browser.client.post("/sign-out").status_code == 400
    assert browser.get("/account").status_code == 200


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/sign-in", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400
    assert "cannot be read" in answer.text


def test_a_token_of_another_browser_is_refused(browser: Browser, other_browser: Browser) -> None:
    token = token_in(other_browser.get("/sign-in"))
    browser.get("/sign-in")
    answer = browser.client.post("/sign-in", data={"email": "a@b.example", "password": "x", "csrf_token": token})
    assert answer.status_code == 400


def test_a_long_address_is_no_error_of_ours(browser: Browser) -> None:
    assert browser.give_password("x" * 10_000).status_code == 422
    assert browser.give_password("nul\0nul").status_code == 422


def test_a_day_of_work_ends_after_twelve_hours(browser: Browser, clock: FakeClock) -> None:
    browser.sign_in("registrar")
    for _ in range(24):
        assert browser.get("/account").status_code == 200
        clock.now += timedelta(minutes=30)
    assert browser.get("/account").status_code == 303
