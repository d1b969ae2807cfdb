"""Where those land whose work has no pages, and how the office's name stands in the head of a page."""

import pytest

from arbitration.domain.permissions import Role
from tests.factories import Office
from tests.web.conftest import Browser


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_whoever_works_by_command_line_lands_on_a_page_that_says_so(office: Office, browser: Browser) -> None:
    office.add_staff("somebody", Role.ADMIN)
    browser.give_password("somebody")
    landing = browser.give_code(office.code("somebody")).location
    assert landing == "/duties"
    page = browser.get(landing).text
    assert "<code>arbitration user --help</code>" in page
    assert 'href="/duties" aria-current="page"' in page
    assert 'href="/docket"' not in page


def test_a_registrar_begins_with_the_docket(browser: Browser) -> None:
    assert browser.sign_in("registrar").location == "/docket"
    assert browser.get("/duties").status_code == 403


def test_beside_the_badge_the_name_does_not_say_demo_again(browser: Browser) -> None:
    page = browser.get("/?lang=zh").text
    assert '<span class="demo-mark">演示</span>' in page
    assert "<span>独立仲裁委员会</span></a>" in page
    assert "· 独立仲裁委员会（演示）</title>" in page
    assert "<span>Independent Arbitration Committee</span></a>" in browser.get("/?lang=en").text
