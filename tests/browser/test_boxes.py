"""Boxes over the pages of a confidential file, drawn with the mouse, with the finger, and with the keyboard alone."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.visits import Visit, sideways

pytestmark = pytest.mark.browser

PAGE = "/evidence/{kept_of_claimant}/confidential"
REDACTED = "/evidence/{redacted_of_respondent}/confidential"


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
    expect(page.get_by_text("2 black boxes are burnt into it")).to_be_visible()
    expect(page.locator("[data-told]")).to_have_text("Boxes drawn: 2")
    visit.site.office.settle()
    page.get_by_role("link", name="Look at the redacted copy").click()
    expect(page.get_by_role("img", name="Page 1 of 1")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the redacted copy").click()
    given = Image.open(BytesIO(taken.value.path().read_bytes()))
    drawn = [round(40 * scale), round(40 * scale), round(100 * scale), round(50 * scale)]
    inside = (drawn[0] + 2, drawn[1] + 2, drawn[0] + drawn[2] - 2, drawn[1] + drawn[3] - 2)
    assert [colour for _, colour in given.crop(inside).getcolors()] == [(0, 0, 0)]
    at = before | {"left": before["left"] - 8}
    moved = given.crop((at["left"], at["top"], at["left"] + at["width"], at["top"] + at["height"]))
    assert moved.getcolors() == [(at["width"] * at["height"], (0, 0, 0))]
    assert visit.problems == []


WATCH = """() => {
    window.changes = 0;
    const told = { childList: true, subtree: true, attributes: true };
    new MutationObserver(() => changes++).observe(document.querySelector('[data-page]'), told);
}"""
"""Counts what changes on the first page, be it for a moment."""

Finger = Callable[[tuple[float, float], tuple[float, float]], None]


def finger_on(page: Page) -> Finger:
    """Presses, moves and lifts one finger as the device itself would tell the browser."""
    device = page.context.new_cdp_session(page)

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        across, down = ((end[axis] - start[axis]) / 8 for axis in (0, 1))
        for step in range(9):
            point = {"x": start[0] + across * step, "y": start[1] + down * step}
            told = {"type": "touchMove" if step else "touchStart", "touchPoints": [point]}
            device.send("Input.dispatchTouchEvent", told)
        device.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    return drag


def middle_of(sheet: Locator) -> tuple[float, float]:
    edge = sheet.bounding_box()
    assert edge is not None
    return edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2


def test_a_finger_scrolls_past_the_pages_until_drawing_is_switched_on(visit: Visit) -> None:
    page = visit.open("respondent:confidential", REDACTED, language="en", width=PHONE)
    drag, told, sheet = finger_on(page), page.locator("[data-told]"), page.locator("[data-page='1']")
    expect(told).to_have_text("Boxes drawn: 2")
    sheet.evaluate("each => each.scrollIntoView({ block: 'center' })")
    x, y = middle_of(sheet)
    first = page.locator(".box").first
    before, top = first.evaluate("each => each.at"), page.evaluate("scrollY")
    page.evaluate(WATCH)
    drag((x + 40, y + 60), (x + 40, y - 60))
    page.wait_for_function("top => scrollY > top + 40", arg=top)
    sheet.evaluate("each => each.scrollIntoView({ block: 'center' })")
    x, y = middle_of(sheet)
    drag((x - 120, y + 60), (x - 20, y + 60))
    edge = first.bounding_box()
    assert edge is not None
    drag((edge["x"] + 60, edge["y"] + 10), (edge["x"] + 10, edge["y"] + 10))
    assert page.evaluate("changes") == 0
    page.get_by_role("button", name="Draw with the finger").tap()
    expect(page.get_by_role("button", name="Draw with the finger", pressed=True)).to_be_visible()
    sheet.evaluate("each => each.scrollIntoView({ block: 'center' })")
    x, y = middle_of(sheet)
    top = page.evaluate("scrollY")
    drag((x - 120, y - 60), (x - 60, y + 80))
    expect(told).to_have_text("Boxes drawn: 3")
    edge = first.bounding_box()
    assert edge is not None
    drag((edge["x"] + 60, edge["y"] + 10), (edge["x"] + 10, edge["y"] + 10))
    moved = first.evaluate("each => each.at")
    assert moved == before | {"left": pytest.approx(before["left"] - 50 * 900 / 324, abs=9)}
    assert page.evaluate("scrollY") == top
    drawn = page.locator(".box").nth(2).evaluate("each => each.at")
    assert (drawn["width"], drawn["height"]) == pytest.approx((60 * 900 / 324, 140 * 900 / 324), rel=0.1)
    assert sideways(page) == []
    assert visit.problems == []


def test_each_box_has_a_button_that_removes_it_for_the_finger_and_for_the_keyboard(visit: Visit) -> None:
    page = visit.open("respondent:confidential", REDACTED, language="en", width=PHONE)
    told = page.locator("[data-told]")
    second = page.get_by_role("button", name="Remove box 2")
    edge = second.bounding_box()
    assert edge is not None
    assert edge["height"] >= 44
    kept = page.locator(".box").first.evaluate("each => each.at")
    second.tap()
    expect(told).to_have_text("Boxes drawn: 1")
    assert page.locator(".box").evaluate("each => each.at") == kept
    first = page.get_by_role("button", name="Remove box 1")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(told).to_have_text("Boxes drawn: 0")
    expect(page.get_by_role("button", name="Add a box on page 1")).to_be_focused()
    assert visit.problems == []


def test_without_script_a_redacted_copy_of_ones_own_is_what_is_offered(visit: Visit) -> None:
    page = visit.open("claimant:confidential", PAGE, language="en", script=False)
    expect(page.get_by_role("button", name="Redacted copy", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Make the redacted copy")).to_be_hidden()
    expect(page.get_by_text("Drawing boxes needs JavaScript.")).to_be_visible()
