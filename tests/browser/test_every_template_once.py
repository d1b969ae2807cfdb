"""Each kind of page once, on a phone in Chinese: accessible, quiet on the console, no wider than its window."""

from pathlib import Path

import pytest
from flask import template_rendered
from jinja2 import Template

from tests.browser.pages import PAGES, PageSeen
from tests.browser.visits import Visit, sideways, violations

TEMPLATES = Path(__file__).parents[2] / "templates"
ONCE = [page for page in PAGES if page.shows]


@pytest.mark.parametrize("page", ONCE, ids=lambda page: page.name)
def test_a_page_is_accessible_and_quiet_and_fits(visit: Visit, page: PageSeen) -> None:
    rendered: list[str | None] = []

    def note(sender: object, template: Template, **more: object) -> None:
        rendered.append(template.name)

    with template_rendered.connected_to(note, visit.site.app):
        shown = visit.open(page.visitor, page.path)
    assert (visit.statuses, rendered[-1:]) == ([page.status], [page.shows])
    assert violations(shown) == []
    assert sideways(shown) == []
    assert visit.problems == []


def test_every_template_of_a_page_is_among_them() -> None:
    files = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("*/*.html")}
    whole_pages = {name for name in files if not name.startswith(("_macros/", "pdf/")) and "/_" not in name}
    assert {page.shows for page in ONCE} == whole_pages
