"""Who gets through which door; what carries no mark is closed."""

import pytest
from flask import Flask

from arbitration.domain.permissions import STAFF, Role
from arbitration.web import access
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_sessions import let_in, party_door


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_every_route_of_the_program_carries_a_mark(app: Flask) -> None:
    access.check_marks(app)
    kinds = {access.access_of(app, rule.endpoint).kind for rule in app.url_map.iter_rules()}
    assert kinds <= {"public", "platform", "staff", "party"}


def test_a_route_without_a_mark_stops_the_program_from_starting(rooms: Flask) -> None:
    with pytest.raises(access.Unmarked, match="/rooms/unmarked"):
        access.check_marks(rooms)


def test_a_route_without_a_mark_is_closed_even_so(browser: Browser, rooms: Flask) -> None:
    assert browser.get("/rooms/unmarked").status_code == 403
    browser.sign_in("registrar")
    answer = browser.get("/rooms/unmarked")
    assert answer.status_code == 403
    assert "nobody should read this" not in answer.text


def test_a_view_carries_one_mark_and_no_second() -> None:
    with pytest.raises(TypeError, match="carries a mark already"):
        access.public(access.signed_in(lambda: ""))


def test_only_roles_of_staff_can_be_named() -> None:
    for wrong in ([], [Role.CLAIMANT], [Role.REGISTRAR, Role.PUBLIC]):
        with pytest.raises(TypeError):
            access.needs(*wrong)
    assert Role.REGISTRAR in STAFF


def test_anyone_reaches_a_public_page(browser: Browser, rooms: Flask) -> None:
    assert browser.get("/rooms/public").text == "public"


def test_the_right_role_gets_in_as_itself(browser: Browser, rooms: Flask, office: Office) -> None:
    browser.sign_in("registrar")
    assert browser.get("/rooms/registrar").text == office.actors["registrar"].id
    assert browser.get("/rooms/staff").text == office.actors["registrar"].id


@pytest.mark.parametrize("name", ["arbitrator", "officer", "auditor"])
def test_another_role_is_told_that_it_may_not(browser: Browser, rooms: Flask, name: str) -> None:
    browser.sign_in(name)
    answer = browser.get("/rooms/registrar")
    assert answer.status_code == 403
    assert "You may not do this" in answer.text
    assert browser.get("/rooms/staff").status_code == 200


def test_a_form_of_somebody_signed_out_is_not_sent_on_after_signing_in(browser: Browser, rooms: Flask) -> None:
    assert browser.client.post("/rooms/registrar").location == "/sign-in"


def test_a_program_that_is_not_signed_in_is_told_so(browser: Browser, rooms: Flask) -> None:
    answer = browser.get("/rooms/registrar", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_party_gets_in_by_its_own_link_only(browser: Browser, rooms: Flask, office: Office) -> None:
    case_no = office.escalate()
    link, code = party_door(office, case_no, Role.CLAIMANT)
    other_link, _ = party_door(office, case_no, Role.RESPONDENT)
    assert browser.get(f"/party/{link}/room").status_code == 303
    let_in(browser, link, code)
    assert browser.get(f"/party/{link}/room").text == office.party(case_no, Role.CLAIMANT).id
    for not_mine in (other_link, link[:-1], link + "x", link.swapcase()):
        answer = browser.get(f"/party/{not_mine}/room")
        assert answer.status_code == 303
        assert answer.location.startswith(f"/party/{not_mine}")


def test_a_party_is_no_staff(browser: Browser, rooms: Flask, office: Office) -> None:
    link, code = party_door(office, office.escalate(), Role.CLAIMANT)
    let_in(browser, link, code)
    assert browser.get("/rooms/staff").location == "/sign-in?next=/rooms/staff"


def test_numbers_that_no_row_can_have_lead_nowhere(browser: Browser, rooms: Flask) -> None:
    assert browser.get("/rooms/int/42").text == "42"
    assert browser.get(f"/rooms/int/{10**18}").status_code == 404
    assert browser.get(f"/rooms/int/{'9' * 3000}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/docket", "/cases/CA-2026-000001?tab=evidence#C-1", "/标准"])
def test_paths_of_this_site_are_local(path: str) -> None:
    assert access.local_path(path) == path


@pytest.mark.parametrize(
    "path", [None, "", "docket", "//evil", "/\\evil", "https://evil", "/a\\b", "/\n/evil", "/a b", "/\x7f"]
)
def test_anything_else_is_not(path: str | None) -> None:
    assert access.local_path(path) is None
