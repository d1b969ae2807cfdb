"""Files sent by the script of a party's page: progress, digests compared, lost connections, cancelling; and without."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from arbitration.actions import filing
from arbitration.actions.filing import Upload
from arbitration.config import load
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from tests.browser.chromium import PHONE
from tests.browser.site import Site, serve
from tests.browser.visits import Visit, sideways, violations
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment

pytestmark = pytest.mark.browser

SENT = "**/evidence/file?*"


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    """An office of its own, with one case: these tests change it."""
    (tmp_path / "arbitration.db").write_bytes(migrated_sqlite.read_bytes())
    settings = load(environment(tmp_path, f"sqlite:///{tmp_path / 'arbitration.db'}"))
    portal = assemble(settings, FakeClock(), FakeGateway())
    with serve(portal, lambda site: site.cases.update(case=site.office.escalate())) as served:
        yield served
    portal.close()


@pytest.fixture
def visit(chromium: Chromium, site: Site) -> Iterator[Visit]:
    opened = Visit(chromium, site)
    yield opened
    opened.close()


def choose(page: Page, folder: Path, **files: bytes) -> None:
    paths = []
    for name, content in files.items():
        paths.append(folder / f"{name}.txt")
        paths[-1].write_bytes(content)
    page.get_by_label("Files", exact=True).set_input_files(paths)


def press(page: Page) -> None:
    page.get_by_role("button", name="Upload, then check").click()


def opened(visit: Visit, *, script: bool = True, language: str = "en") -> Page:
    return visit.open("claimant:case", "/evidence", language=language, width=PHONE, script=script)


def row(page: Page, name: str) -> object:
    return page.locator("[data-chosen] li").filter(has_text=f"{name}.txt")


def test_many_files_are_hashed_sent_and_compared_and_then_checked(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    large = b"chat " * 2_000_000
    choose(page, tmp_path, 聊天记录=large, 凭证=b"paid\n")
    for content in (large, b"paid\n"):
        expect(page.locator("[data-chosen]")).to_contain_text(sha256(content).hexdigest())
    assert violations(page) == []
    assert sideways(page) == []
    said = page.evaluate(
        """() => new Promise((done) => {
            const said = [];
            const spoken = document.getElementById("spoken");
            new MutationObserver(() => said.push(spoken.textContent)).observe(spoken, {childList: true});
            addEventListener("pagehide", () => sessionStorage.setItem("said", JSON.stringify(said)));
            done(said);
        })"""
    )
    assert said == []
    press(page)
    expect(page.get_by_role("heading", name="Check 2 files before you submit")).to_be_visible()
    expect(page.get_by_text("Same as your browser computed")).to_have_count(2)
    said = page.evaluate("JSON.parse(sessionStorage.getItem('said'))")
    assert any("% of 9.5 MB sent" in each for each in said)
    assert "凭证.txt: Arrived unchanged." in said
    assert visit.problems == []


def test_a_file_that_arrives_changed_is_refused_and_the_others_stay(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)

    def change(route: Route) -> None:
        spoilt = "b.txt" in route.request.headers["content-disposition"]
        route.continue_(post_data=b"another text\n" if spoilt else b"first\n")

    page.route(SENT, change)
    choose(page, tmp_path, a=b"first\n", b=b"second\n", empty=b"")
    press(page)
    expect(row(page, "b")).to_contain_text("It arrived changed")
    expect(row(page, "a")).to_contain_text("Arrived unchanged.")
    expect(row(page, "empty")).to_contain_text("It is empty; choose the file again.")
    assert violations(page) == []
    page.get_by_role("link", name="Go on with the files that arrived").click()
    expect(page.get_by_role("heading", name="Check 1 file before you submit")).to_be_visible()


def arrive(site: Site, content: bytes) -> None:
    """A file comes to the office, whatever its browser hears of it. Playwright's event loop runs in this thread."""
    claimant = site.office.party(site.cases["case"], Role.CLAIMANT)
    sent = Upload("b.txt", BytesIO(content))
    with ThreadPoolExecutor(1) as own:
        own.submit(filing.upload, site.office.portal, claimant, site.cases["case"], Kind.OTHER, [sent]).result()


def test_a_lost_connection_is_tried_again_and_what_has_arrived_is_not_sent_twice(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    tries: list[str] = []

    def lose(route: Route) -> None:
        name = route.request.headers["content-disposition"].rpartition("''")[2]
        tries.append(name)
        if tries == ["a.txt"]:
            return route.abort("connectionreset")
        if tries.count("b.txt") == 1 and name == "b.txt":
            arrive(visit.site, b"second\n")
            return route.abort("connectionreset")
        return route.continue_()

    page.route(SENT, lose)
    choose(page, tmp_path, a=b"first\n", b=b"second\n")
    press(page)
    expect(row(page, "a")).to_contain_text("The connection was lost. Next try in 1 seconds.")
    expect(page.get_by_role("heading", name="Check 2 files before you submit")).to_be_visible()
    assert tries == ["a.txt", "a.txt", "b.txt"]


def test_a_file_can_be_cancelled_by_keyboard_and_a_session_that_ended_is_said(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    none = page.locator("form .error").get_by_text("Choose at least one file.")
    press(page)
    expect(none).to_be_visible()
    assert violations(page) == []
    choose(page, tmp_path, a=b"first\n", b=b"second\n")
    expect(none).to_be_hidden()
    page.get_by_role("button", name="Cancel a.txt").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen] li")).to_have_count(1)
    expect(page.get_by_label("Files", exact=True)).to_be_focused()
    page.context.clear_cookies()
    press(page)
    expect(row(page, "b")).to_contain_text("Your session has ended.")


def test_without_script_the_form_brings_the_same_files(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit, script=False, language="zh-Hans")
    expect(page.get_by_text("您的浏览器不运行脚本")).to_be_visible()
    paths = [tmp_path / "聊天.txt", tmp_path / "凭证.txt"]
    for path in paths:
        path.write_bytes(path.name.encode())
    page.locator("input[type=file]").set_input_files(paths)
    page.get_by_role("button", name="上传后核对").click()
    expect(page.locator(".files li bdi")).to_have_text([path.name for path in paths])
    assert visit.problems == []
