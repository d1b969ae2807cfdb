"""One person's window: opens pages as them, and says what is wrong with what it sees."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.site import Site

HEIGHT = 900

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OUTERMOST = """() => [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 3).map(each => each.outerHTML.slice(0, 120))"""


@dataclass
class Visit:
    """A window on the served office; `problems` are what Chromium itself complained of since it was opened."""

    chromium: Browser
    site: Site
    problems: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    context: BrowserContext | None = None

    def open(
        self, visitor: str, path: str, *, language: str = "zh-Hans", width: int = PHONE, script: bool = True
    ) -> Page:
        """The page at *path* as *visitor* sees it: a name of the staff, `claimant:CASE`, or '' for nobody."""
        if self.context is None:
            self.context = self._window(language, width, script)
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if visitor:
            self.context.add_cookies([self.site.session_of(visitor) | {"url": self.site.url}])
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"script failed: {error}"))
        page.on("response", self._answered)
        answer = page.goto(self.site.url + self.site.address(visitor, path), wait_until="load")
        self.statuses.append(answer.status if answer else 0)
        return page

    def close(self) -> None:
        if self.context is not None:
            self.context.close()

    def _window(self, language: str, width: int, script: bool) -> BrowserContext:
        phone = width < DESKTOP
        return self.chromium.new_context(
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            viewport={"width": width, "height": HEIGHT},
            has_touch=phone,
            java_script_enabled=script,
            timezone_id="Asia/Shanghai",
        )

    def _said(self, message: ConsoleMessage) -> None:
        """Errors and breaches of the content policy; that a page itself is an error page is not one."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status} for {response.url}")


def violations(page: Page) -> list[str]:
    """What axe finds against its rules, one line each."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']} {node['html'][:160]}" for each in found for node in each["nodes"]]


def sideways(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    return list(page.evaluate(_OUTERMOST)) or ["the page"] if page.evaluate(_WIDER) > 0 else []
