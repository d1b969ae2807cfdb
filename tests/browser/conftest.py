"""Chromium, and an office for it to look at: once with fakes for what is slow, once with everything real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from arbitration.config import load
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.site import DrawingRenderer, ReadingPreviewer, Site, populate, serve
from tests.browser.visits import Visit
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment, with_ports


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process of the tests drives the one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Ends with its module: as long as it lives, no other test of this process can run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Site]:
    """The populated office that the pages are read from; no test changes it."""
    home = tmp_path_factory.mktemp("office")
    (home / "arbitration.db").write_bytes(migrated_sqlite.read_bytes())
    settings = load(environment(home, f"sqlite:///{home / 'arbitration.db'}"))
    fakes = assemble(settings, FakeClock(), FakeGateway())
    portal = with_ports(fakes, renderer=DrawingRenderer(), previewer=ReadingPreviewer())
    with serve(portal, populate) as served:
        yield served
    portal.close()


@pytest.fixture
def visit(chromium: Chromium, site: Site) -> Iterator[Visit]:
    """A browser window of its own for each test."""
    opened = Visit(chromium, site)
    yield opened
    opened.close()
