"""The pages by keyboard alone: past the frame, visibly, in order, and along the docket by single keys."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.pages import PAGES, PageSeen
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

MOST_STOPS = 400
FOCUSED = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const box = focused.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 12)];
    const there = document.elementFromPoint(x, y);
    const marked = [[focused], [focused, '::after'], [focused.closest('label') ?? focused]]
        .map(([each, part]) => getComputedStyle(each, part))
        .some((style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
            || style.boxShadow !== 'none');
    const name = focused.outerHTML.slice(0, 120);
    const covered = !there || !(focused.contains(there) || there.contains(focused)
        || there.closest('label')?.control === focused || focused.closest('label')?.contains(there));
    return {name, marked, covered: covered && `${name} lies under ${there && there.outerHTML.slice(0, 80)}`};
}"""
"""What has the focus: whether anything marks it, and whether something else lies over it."""

FILLED = [page for page in PAGES if page.shows]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("page", FILLED, ids=lambda page: page.name)
def test_each_stop_of_the_tab_key_is_seen(visit: Visit, page: PageSeen, width: int) -> None:
    shown = visit.open(page.visitor, page.path, language="en", width=width)
    stops = 0
    problems = []
    for _ in range(MOST_STOPS):
        shown.keyboard.press("Tab")
        found = shown.evaluate(FOCUSED)
        if found is None:
            break
        stops += 1
        if not found["marked"]:
            problems.append(f"nothing marks {found['name']}")
        if found["covered"]:
            problems.append(found["covered"])
    assert problems == []
    assert 1 < stops < MOST_STOPS


def test_the_first_stop_leads_past_the_frame(visit: Visit) -> None:
    page = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def focused_row(page: Page) -> int:
    """The place of the focused row in the list; -1 when none is."""
    return int(page.evaluate("[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)"))


def test_j_and_k_go_along_the_docket_and_enter_opens(visit: Visit) -> None:
    page = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    places = []
    for key in "jjjk":
        page.keyboard.press(key)
        places.append(focused_row(page))
    assert places == [0, 1, 2, 1]
    address = page.locator("[data-row]").nth(1).get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_single_keys_are_letters_while_one_types(visit: Visit) -> None:
    page = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jk?/")
    expect(page.locator("[data-search]")).to_have_value("jk?/")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_the_list_of_keys_opens_and_closes(visit: Visit) -> None:
    page = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_keys_can_be_switched_off(visit: Visit) -> None:
    account = visit.open("registrar", "/account", language="en", width=DESKTOP)
    account.locator("input[data-shortcuts]").uncheck()
    docket = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    docket.keyboard.press("j")
    assert focused_row(docket) == -1


def test_the_filter_swaps_the_list_while_one_types(visit: Visit) -> None:
    page = visit.open("registrar", "/docket", language="en", width=DESKTOP)
    before = page.locator("[data-row]").count()
    wanted = visit.site.cases["evidence"]
    page.locator("form[data-live] input[name=filter]").fill(wanted)
    expect(page.locator("[data-row]")).to_have_count(1)
    assert before > 1
    assert f"filter={wanted}" in page.url
    expect(page.locator("form[data-live] input[name=filter]")).to_be_focused()
