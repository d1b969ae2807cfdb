"""Every page in every state, in both languages, on desktop and phone: accessible, quiet, no wider than its window."""

from itertools import product

import pytest

from tests.browser.chromium import DESKTOP, NARROWEST, PHONE
from tests.browser.pages import PAGES, PageSeen
from tests.browser.visits import Visit, sideways, violations

pytestmark = pytest.mark.browser

SEEN = list(product(PAGES, ("zh-Hans", "en"), (DESKTOP, PHONE)))


@pytest.mark.parametrize(("page", "language", "width"), SEEN, ids=lambda given: str(getattr(given, "name", given)))
def test_a_page_holds_in_both_languages_and_widths(visit: Visit, page: PageSeen, language: str, width: int) -> None:
    shown = visit.open(page.visitor, page.path, language=language, width=width)
    assert visit.statuses == [page.status]
    assert shown.locator("html").get_attribute("lang") == language
    assert violations(shown) == []
    assert sideways(shown) == []
    if width == PHONE:
        shown.set_viewport_size({"width": NARROWEST, "height": 640})
        assert sideways(shown) == []
    assert visit.problems == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_fits_without_script(visit: Visit, page: PageSeen) -> None:
    """What script would fold away or fill in must neither be missing nor in the way."""
    shown = visit.open(page.visitor, page.path, width=PHONE, script=False)
    assert visit.statuses == [page.status]
    assert shown.locator("h1:not(.ruling h1)").count() == 1  # a ruling in preview has its own
    assert visit.problems == []
