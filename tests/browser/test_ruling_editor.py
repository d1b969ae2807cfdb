"""The ruling editor's two screens: the paper beside the form on a desk, the form alone on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

EDITOR = ("arbitrator", "/cases/{writing}/ruling")


def height(page: Page, selector: str) -> float:
    """The height of the first element found, in CSS pixels."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["height"]


def test_the_paper_has_the_height_of_the_window_and_the_check_list_one_line(visit: Visit) -> None:
    page = visit.open(*EDITOR, language="en", width=DESKTOP)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert height(page, ".preview .paper") > 500
    assert height(page, "details.checks") < 48
    page.locator("details.checks summary").click()
    expect(page.locator(".checklist li").first).to_be_visible()


def test_the_paper_shows_the_claim_that_is_being_written_and_keeps_the_check_list_open(visit: Visit) -> None:
    page = visit.open(*EDITOR, language="en", width=DESKTOP)
    page.locator("details.checks summary").click()
    page.locator("[name=A-reasons]").focus()
    expect(page.locator(".paper [data-claim=A]")).to_be_in_viewport()
    with page.expect_response("**/preview"):
        page.keyboard.type("Once more")
    expect(page.locator(".paper")).to_contain_text("Once more")
    expect(page.locator("details.checks")).to_have_attribute("open", "")


def test_on_a_phone_the_form_has_the_screen(visit: Visit) -> None:
    page = visit.open(*EDITOR, language="en", width=PHONE)
    expect(page.locator(".rail")).to_be_hidden()
    assert height(page, ".decision-bar") < 72
    for name in ("Form", "Preview", "Checks"):
        expect(page.locator(".jumps").get_by_role("link", name=name)).to_be_in_viewport()
    reasons = page.locator("[name=A-reasons]")
    before = height(page, "[name=A-reasons]")
    reasons.fill("A line of reasons.\n" * 15)
    assert height(page, "[name=A-reasons]") > before + 100
