"""From admission to the downloaded ruling in a real browser, all real behind it; once with script and once without."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from arbitration.adapters.clock import OffsetClock
from arbitration.adapters.credentials import Argon2Credentials
from arbitration.config import load
from arbitration.domain.cases import State
from arbitration.wiring import build
from tests.browser.chromium import DESKTOP
from tests.browser.site import Site, serve
from tests.browser.visits import Visit
from tests.factories import PASSWORD
from tests.fakes import FakeGateway
from tests.portals import QUICK_HASHER, environment, with_ports

pytestmark = pytest.mark.browser

MAKES_THE_PDF = 60_000
"""Milliseconds; the first ruling of a process waits for its fonts."""


@pytest.fixture
def real_site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    """An office with one dispute at its door; renderer, keys, time stamps and the check of the seal are real."""
    (tmp_path / "arbitration.db").write_bytes(migrated_sqlite.read_bytes())
    settings = load(environment(tmp_path, f"sqlite:///{tmp_path / 'arbitration.db'}"))
    quick = Argon2Credentials(settings.secret_key, QUICK_HASHER)
    portal = with_ports(build(settings), credentials=quick, gateway=FakeGateway())
    with serve(portal, lambda site: site.cases.update(case=site.office.escalate())) as served:
        yield served
    portal.close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def people(request: pytest.FixtureRequest, chromium: Chromium, real_site: Site) -> Iterator["People"]:
    opened = People(chromium, real_site, request.param)
    yield opened
    for window in opened.windows:
        window.close()


class People:
    """Everyone in the case, each at a window of their own."""

    def __init__(self, chromium: Chromium, site: Site, script: bool) -> None:
        self.site = site
        self._chromium = chromium
        self._script = script
        self.windows: list[Visit] = []

    def window(self, path: str) -> Page:
        self.windows.append(Visit(self._chromium, self.site))
        return self.windows[-1].open("", path, language="en", width=DESKTOP, script=self._script)

    def staff(self, name: str, path: str) -> Page:
        """Sign in through the pages, and on to *path*."""
        page = self.window(path)
        page.locator("[name=email]").fill(f"{name}@office.example")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form[action$='/sign-in'] button, main form button").first.click()
        page.locator("[name=code]").fill(self.code(name))
        page.locator("main form button").first.click()
        page.wait_for_url(f"**{path}")
        return page

    def party(self, role: str) -> Page:
        """By link and access code."""
        page = self.window(f"/party/{self.site.party(role, 'case').link}")
        page.locator("[name=code]").fill(self.site.access_code(role, "case"))
        page.locator("main form button").click()
        page.wait_for_url("**/party/*")
        return page

    def code(self, name: str) -> str:
        """A second factor that was not used before: a little later than the last one."""
        clock = self.site.office.portal.ports.clock
        assert isinstance(clock, OffsetClock)
        clock.set(clock() + timedelta(seconds=31))
        return self.site.office.code(name)

    def work_is_done(self) -> None:
        """What the worker would do meanwhile; in a thread of its own, for Playwright's event loop runs in this one."""
        with ThreadPoolExecutor(1) as worker:
            worker.submit(self.site.office.settle).result()


def send(page: Page, action: str) -> None:
    """Press the button of the form, or the button itself, that leads to an address ending so; wait for the answer."""
    button = page.locator(f"form[action$='{action}'] button, button[formaction$='{action}']").first
    opener = button.locator("xpath=ancestor::details[not(@open)]/summary")
    if opener.count():
        opener.first.click()
    with page.expect_navigation():
        button.click()


def downloaded(page: Page, action: str, to: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator(f"form[action$='{action}'] button").first.click()
    waiting.value.save_as(to)
    return to


def test_a_dispute_is_admitted_heard_decided_signed_and_its_ruling_downloaded(people: People, tmp_path: Path) -> None:
    site = people.site
    number = site.cases["case"]
    case = f"/cases/{number}"

    registrar = people.staff("registrar", case)
    send(registrar, "/admit")
    people.work_is_done()
    registrar.goto(site.url + case)
    registrar.locator("[name=appoint-arbitrator]:not([disabled])").first.check()
    send(registrar, "/appoint")

    respondent = people.party("respondent")
    respondent.get_by_role("link", name="Reply to the claims").click()
    respondent.locator("[name=text]").fill("The key was delivered and redeemed; no refund is due.")
    respondent.locator("main form button").first.click()
    expect(respondent.locator(".flash")).to_be_visible()

    claimant = people.party("claimant")
    claimant.get_by_role("link", name="File evidence").click()
    files = [
        _file(tmp_path, "chat log.txt", "Seller: try again tomorrow.\n"),
        _file(tmp_path, "订单截图.txt", "已付款\n"),
    ]
    claimant.locator("input[type=file]").set_input_files(files)
    claimant.get_by_role("button", name="Upload, then check").click()
    expect(claimant.locator(".files li bdi")).to_have_text([path.name for path in files])
    claimant.get_by_role("link", name="Check and submit").click()
    for confirmed in claimant.locator("main .field > .choice input[value=yes]").all():
        if confirmed.is_visible():
            confirmed.check()
    claimant.get_by_role("button", name="Submit 2 files").click()
    expect(claimant.locator("main")).to_contain_text("C-3")

    arbitrator = people.staff("arbitrator", case)
    send(arbitrator, "/accept")
    send(arbitrator, "/close-record")
    arbitrator.goto(f"{site.url}{case}/ruling")
    arbitrator.locator("[name=facts_found]").fill("经查明,激活码在交付前已被使用。")
    arbitrator.locator("input[name=A-finding][value=upheld]").check()
    arbitrator.locator("[name=A-reasons]").fill("商家未能证明已交付可用的激活码。")
    arbitrator.locator("input[name=A-clauses][value=AS-01]").check()
    arbitrator.locator("input[name=A-evidence][value=C-2]").check()
    send(arbitrator, "/ruling/prepare")
    people.work_is_done()
    arbitrator.goto(f"{site.url}{case}/ruling/sign")
    expect(arbitrator.locator(".sheets img").first).to_be_visible(timeout=MAKES_THE_PDF)
    arbitrator.locator("[name=case_no]").fill(number)
    arbitrator.locator("#sign [name=code]").fill(people.code("arbitrator"))
    send(arbitrator, "/ruling/sign")
    people.work_is_done()
    assert site.office.case(number).state is State.RULED

    claimant.goto(f"{site.url}/party/{site.party('claimant', 'case').link}")
    ruling = downloaded(claimant, "/ruling", tmp_path / "ruling.pdf")
    read = subprocess.run(["pdftotext", str(ruling), "-"], capture_output=True, text=True, check=True)
    assert number in read.stdout
    assert [window.problems for window in people.windows if window.problems] == []


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path
