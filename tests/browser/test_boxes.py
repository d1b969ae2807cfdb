"""Boxes over the pages of a confidential file, drawn with a pointer and with the keyboard alone."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.chromium import DESKTOP
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

PAGE = "/evidence/{kept_of_claimant}/confidential"


def test_boxes_are_drawn_moved_sized_and_removed_and_what_they_cover_is_black(visit: Visit) -> None:
    page = visit.open("claimant:confidential", PAGE, language="en", width=DESKTOP)
    sheet = page.locator("[data-page='1']")
    sheet.scroll_into_view_if_needed()
    edge = sheet.locator("img").bounding_box()
    assert edge is not None
    scale = 900 / edge["width"]
    page.mouse.move(edge["x"] + 40, edge["y"] + 40)
    page.mouse.down()
    page.mouse.move(edge["x"] + 140, edge["y"] + 90, steps=4)
    page.mouse.up()
    expect(page.locator("[data-told]")).to_have_text("Boxes drawn: 1")
    add = page.get_by_role("button", name="Add a box on page 1")
    add.focus()
    page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    second = page.locator(".box").nth(1)
    before = second.evaluate("each => each.at")
    page.keyboard.press("ArrowLeft")
    assert second.evaluate("each => each.at") == before | {"left": before["left"] - 8}
    add.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(page.locator("[data-told]")).to_have_text("Boxes drawn: 2")
    page.get_by_role("button", name="Make the redacted copy").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Look at the redacted copy").click()
    given = Image.open(BytesIO(taken.value.path().read_bytes()))
    drawn = [round(40 * scale), round(40 * scale), round(100 * scale), round(50 * scale)]
    inside = (drawn[0] + 2, drawn[1] + 2, drawn[0] + drawn[2] - 2, drawn[1] + drawn[3] - 2)
    assert [colour for _, colour in given.crop(inside).getcolors()] == [(0, 0, 0)]
    at = before | {"left": before["left"] - 8}
    moved = given.crop((at["left"], at["top"], at["left"] + at["width"], at["top"] + at["height"]))
    assert moved.getcolors() == [(at["width"] * at["height"], (0, 0, 0))]
    assert visit.problems == []


def test_without_script_a_redacted_copy_of_ones_own_is_what_is_offered(visit: Visit) -> None:
    page = visit.open("claimant:confidential", PAGE, language="en", script=False)
    expect(page.get_by_role("button", name="Redacted copy", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Make the redacted copy")).to_be_hidden()
    expect(page.get_by_text("Drawing boxes needs JavaScript.")).to_be_visible()
