"""Pictures of the demonstration for the README: `python -m tests.browser.screenshots` writes docs/images."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from arbitration.demo.people import STEP_SECONDS, one_time_code
from arbitration.wiring import installation_clock
from tests.browser.chromium import ARGUMENTS, CHROMIUM, DESKTOP, PHONE
from tests.office_process import free_port

IMAGES = Path(__file__).parents[2] / "docs/images"
HEIGHTS = {DESKTOP: 900, PHONE: 844}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
COLOURS = 128
SIGNING = "/ruling/sign"
MAKES_THE_PDF = 60_000
"""Milliseconds."""
PAPER_DPI = 80

HEARD = "ZBXQ-5538401"
"""08-counterfeit-key: evidence of both sides and of the platform."""
INSPECTED = "KM2026-0902277"
UNDECIDED = "KM2026-0921150"
"""04-bought-account-banned: its ruling is being written."""
UNSIGNED = "ZBXQ-5501846"
"""15-refund-not-processed: its ruling is written; for the picture it is prepared for signature."""
UPHELD = "KM2026-0918832"
"""02-key-window-over: ruled, in Chinese."""
DISMISSED = "ZBXQ-5480903"
"""16-buyer-abuse: ruled, in English."""


class Picture(NamedTuple):
    """`who`: a role of the staff or a side of the case; `path` leads on from the case of the order, if one is named."""

    name: str
    language: str
    width: int
    who: str
    order: str
    path: str


PICTURES = (
    Picture("home-desktop-zh", "zh", DESKTOP, "", "", "/"),
    Picture("standard-desktop-zh", "zh", DESKTOP, "", "", "/standard/1.0.0"),
    Picture("docket-desktop-en", "en", DESKTOP, "registrar", "", "/docket"),
    Picture("docket-desktop-zh", "zh", DESKTOP, "registrar", "", "/docket"),
    Picture("docket-phone-zh", "zh", PHONE, "registrar", "", "/docket"),
    Picture("case-desktop-zh", "zh", DESKTOP, "arbitrator", HEARD, ""),
    Picture("case-phone-zh", "zh", PHONE, "arbitrator", HEARD, ""),
    Picture("clauses-desktop-zh", "zh", DESKTOP, "arbitrator", UNDECIDED, "/clauses"),
    Picture("clauses-phone-zh", "zh", PHONE, "arbitrator", UNDECIDED, "/clauses"),
    Picture("evidence-desktop-zh", "zh", DESKTOP, "arbitrator", INSPECTED, "/evidence"),
    Picture("conformance-desktop-en", "en", DESKTOP, "", "", "/conformance"),
    Picture("ruling-editor-desktop-zh", "zh", DESKTOP, "arbitrator", UNDECIDED, "/ruling"),
    Picture("ruling-sign-desktop-zh", "zh", DESKTOP, "arbitrator", UNSIGNED, SIGNING),
    Picture("party-phone-zh", "zh", PHONE, "claimant", UPHELD, ""),
    Picture("party-desktop-en", "en", DESKTOP, "claimant", DISMISSED, ""),
)


@dataclass
class Demo:
    """A demonstration that is served: its address, its data folder and what its demo.json says."""

    url: str
    home: Path
    record: dict[str, list[dict[str, str]]]


@contextmanager
def demonstration(home: Path) -> Iterator[Demo]:
    """A fresh one of our own, ended with the block."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "ARBITRATION_HOME": str(home)}
    command = [sys.executable, "-m", "arbitration", "demo"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith("ready "):
                    break
            else:
                raise SystemExit("the demo did not start")
            yield Demo(f"http://127.0.0.1:{port}", home, json.loads((home / "demo.json").read_text()))
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.close() if process.stdout else None


@dataclass
class Photographer:
    """Goes through the pages with everybody's access."""

    chromium: Browser
    demo: Demo
    numbers: dict[str, str] = field(default_factory=dict)
    windows: dict[tuple[str, str, int], BrowserContext] = field(default_factory=dict)
    users: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, picture: Picture) -> None:
        """Open the page and keep what a window of its width shows."""
        page = self.open(picture)
        keep(page.screenshot(), picture.name)

    def open(self, picture: Picture) -> Page:
        if picture.who in ("claimant", "respondent"):
            page = self._party(picture)
        else:
            page = self._window(picture, self._account(picture)).new_page()
            start = f"/cases/{self._number(picture.order)}" if picture.order else ""
            page.goto(self.demo.url + start + picture.path)
        if picture.path == SIGNING and page.url.endswith("/ruling"):
            page.locator("button[formaction$='/ruling/prepare']").click()
            page.locator(".sheets img").first.wait_for(timeout=MAKES_THE_PDF)
        page.wait_for_load_state("networkidle")
        return page

    def verified(self, ruling: Path) -> None:
        """The verify page after *ruling* was given to it."""
        page = self.open(Picture("", "en", DESKTOP, "", "", "/verify"))
        page.locator("input[type=file]").set_input_files(ruling)
        with page.expect_navigation():
            page.locator("form[enctype] button").first.click()
        keep(page.screenshot(), "verify-desktop-en")

    def paper(self, order: str, to: Path) -> Path:
        """The signed ruling of a case as its claimant downloads it."""
        page = self.open(Picture("", "en", DESKTOP, "claimant", order, ""))
        with page.expect_download() as waiting:
            page.locator("form[action$='/ruling'] button").click()
        waiting.value.save_as(to)
        return to

    def _account(self, picture: Picture) -> str:
        """The e-mail address of somebody with the picture's role, who sees its case; '' for everyone."""
        if not picture.who:
            return ""
        emails = [user["email"] for user in self.demo.record["users"] if user["role"] == picture.who]
        if not picture.order:
            return emails[0]
        number = self._number(picture.order)
        for email in emails:
            answer = self._window(picture, email).request.get(f"{self.demo.url}/cases/{number}")
            if answer.ok:
                return email
        raise SystemExit(f"no {picture.who} sees {number}")

    def _number(self, order: str) -> str:
        """The case about an order, found as the registrar finds it."""
        if order not in self.numbers:
            desk = Picture("", "en", DESKTOP, "registrar", "", "")
            page = self._window(desk, self._account(desk)).new_page()
            page.goto(f"{self.demo.url}/search?q={order}")
            self.numbers[order] = (page.locator("[data-row]").first.get_attribute("href") or "").rpartition("/")[2]
            page.close()
        return self.numbers[order]

    def _party(self, picture: Picture) -> Page:
        number = self._number(picture.order)
        doors = self.demo.record["parties"]
        door = next(door for door in doors if door["case"] == number and door["role"] == picture.who)
        page = self._window(picture, door["url"]).new_page()
        page.goto(door["url"])
        if page.locator("[name=code]").count():
            page.locator("[name=code]").fill(door["code"])
            with page.expect_navigation():
                page.locator("main form button").click()
        return page

    def _window(self, picture: Picture, person: str) -> BrowserContext:
        """A window for one person, language and width; staff are signed in once and keep their cookie."""
        key = (person, picture.language, picture.width)
        if key not in self.windows:
            self.windows[key] = self.chromium.new_context(
                locale=LANGUAGES[picture.language],
                viewport={"width": picture.width, "height": HEIGHTS[picture.width]},
                timezone_id="Asia/Shanghai",
                device_scale_factor=2 if picture.width == PHONE else 1,
            )
            if "@" in person:
                self.windows[key].add_cookies(self._signed_in(person))
        return self.windows[key]

    def _signed_in(self, email: str) -> list[dict[str, str]]:
        """The session cookie of an account."""
        if email not in self.users:
            user = next(user for user in self.demo.record["users"] if user["email"] == email)
            window = self.chromium.new_context()
            page = window.new_page()
            page.goto(f"{self.demo.url}/sign-in")
            page.locator("[name=email]").fill(email)
            page.locator("[name=password]").fill(user["password"])
            page.locator("main form button").first.click()
            while page.url.endswith("/sign-in/code"):
                code = one_time_code(user["totp_secret"], installation_clock(self.demo.home)())
                page.locator("[name=code]").fill(code)
                with page.expect_navigation():
                    page.locator("main form button").first.click()
                if page.locator(".error").count():  # the story used this code; the next one comes in half a minute
                    page.wait_for_timeout(STEP_SECONDS * 1000)
            cookie = next(each for each in window.cookies() if each["name"] == "arbitration")
            self.users[email] = {"name": cookie["name"], "value": cookie["value"], "url": self.demo.url}
            window.close()
        return [self.users[email]]


def keep(png: bytes, name: str) -> None:
    """As a small file of few colours."""
    picture = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(IMAGES / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png  {(IMAGES / f'{name}.png').stat().st_size // 1024} KB", flush=True)


def keep_first_page(pdf: Path, name: str) -> None:
    command = ["pdftoppm", "-png", "-r", str(PAPER_DPI), "-f", "1", "-l", "1", str(pdf)]
    keep(subprocess.run(command, capture_output=True, check=True).stdout, name)


def photograph(demo: Demo, folder: Path) -> None:
    """All pictures of *demo*; files on the way lie in *folder*."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        photographer = Photographer(chromium, demo)
        for picture in PICTURES:
            photographer.take(picture)
        chinese = photographer.paper(UPHELD, folder / "zh.pdf")
        english = photographer.paper(DISMISSED, folder / "en.pdf")
        photographer.verified(english)
        chromium.close()
    keep_first_page(chinese, "ruling-page-zh")
    keep_first_page(english, "ruling-page-en")


def main() -> None:
    """Of a demo that runs, when its address and data folder are given; else of one of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="address of a demo that is running")
    parser.add_argument("--home", type=Path, help="its data folder, which holds demo.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arbitration-pictures-") as folder:
        if given.url and given.home:
            record = json.loads((given.home / "demo.json").read_text())
            photograph(Demo(given.url, given.home, record), Path(folder))
            return
        with demonstration(Path(folder) / "home") as demo:
            photograph(demo, Path(folder))


if __name__ == "__main__":
    main()
