"""People at their browsers: staff who sign in with a second factor, parties who come in by link and code."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from arbitration.demo.browser import Browser, File, Page
from arbitration.demo.people import STEP_SECONDS, Account, one_time_code, step

SIGN_IN = "/sign-in"
ENTER = "/enter"


class MovableClock(Protocol):
    """The installation's clock, which this demonstration may move."""

    def __call__(self) -> datetime: ...

    def set(self, now: datetime) -> None: ...


class Visitor:
    """A browser whose owner proves who they are whenever they are asked."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def open(self, path: str) -> Page:
        """Get a page, past the door if need be."""
        page = self.browser.open(path)
        return self.enter(page, path) if self.is_door(page) else page

    def send(self, path: str, leads_to: str, *files: tuple[str, Sequence[File]], **values: str | list[str]) -> Page:
        """Fill in and send the form of the page at *path* that leads to *leads_to*."""
        form = self.open(path).form(leads_to).fill(**values)
        return self.browser.submit(form, *files, by=leads_to)

    def is_door(self, page: Page) -> bool:
        raise NotImplementedError

    def enter(self, door: Page, path: str) -> Page:
        """Through *door*, to the page at *path*."""
        raise NotImplementedError


class Staff(Visitor):
    """Somebody with an account. A code counts once, so the clock is moved on where the next one is needed at once."""

    def __init__(self, base: str, account: Account, clock: MovableClock, language: str = "zh") -> None:
        super().__init__(Browser(base, language))
        self.account = account
        self._clock = clock
        self._spent = 0

    def code(self) -> str:
        """A second factor that was not used before."""
        if step(self._clock()) <= self._spent:
            self._clock.set(datetime.fromtimestamp((self._spent + 1) * STEP_SECONDS, self._clock().tzinfo))
        now = self._clock()
        self._spent = step(now)
        return one_time_code(self.account.totp_secret, now)

    def is_door(self, page: Page) -> bool:
        return page.path == SIGN_IN

    def enter(self, door: Page, path: str) -> Page:
        form = door.form(SIGN_IN).fill(email=self.account.email, password=self.account.password)
        asked = self.browser.submit(form)
        return self.browser.submit(asked.form(f"{SIGN_IN}/code").fill(code=self.code()))


class PartyMember(Visitor):
    """A party of one case. `url` and `code` as its notice says."""

    def __init__(self, url: str, code: str, language: str = "zh") -> None:
        base, _, link = url.rpartition("/party/")
        super().__init__(Browser(base, language))
        self.path = f"/party/{link}"
        self._code = code

    def is_door(self, page: Page) -> bool:
        return page.path.endswith(ENTER)

    def enter(self, door: Page, path: str) -> Page:
        self.browser.submit(door.form(ENTER).fill(code=self._code))
        return self.browser.open(path)
