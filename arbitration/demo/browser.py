"""A browser without eyes: pages, cookies, redirects, and forms sent back with all that the page put into them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from arbitration.demo.forms import Form, FormReader

TIMEOUT_SECONDS = 120
REDIRECTS = range(300, 400)


@dataclass(frozen=True)
class File:
    """A file as it is chosen in a form."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Page:
    """An answer, after redirects: where it came from and what it holds."""

    url: str
    status: int
    content: bytes = field(repr=False)
    headers: Message = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def text(self) -> str:
        return self.content.decode("utf-8")

    @cached_property
    def _read(self) -> FormReader:
        reader = FormReader(self.url)
        reader.feed(self.text)
        reader.close()
        return reader

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def links(self) -> list[str]:
        """Where its links lead, as full addresses."""
        return self._read.links

    def asks(self, leads_to: str, name: str) -> bool:
        """Whether a form of the page that leads to *leads_to* asks for *name*."""
        return any(form.leads_to(leads_to) and name in form.controls for form in self.forms)

    def form(self, leads_to: str) -> Form:
        """The form that leads to an address ending with *leads_to*. Raises Unexpected, naming those there are."""
        for form in self.forms:
            if form.leads_to(leads_to):
                return form
        raise Unexpected(self, f"no form leads to {leads_to}; there are {[form.action for form in self.forms]}")


class Unexpected(Exception):
    """A page that says no, or is not what was asked for."""

    def __init__(self, page: Page, problem: str) -> None:
        super().__init__(f"{page.url}: {problem}")
        self.page = page


class _Whatever(HTTPErrorProcessor):
    """Leaves redirects to their handler and hands every other answer over, good or bad."""

    def http_response(self, request: Request, response):  # type: ignore[no-untyped-def]
        return super().http_response(request, response) if response.status in REDIRECTS else response


class Browser:
    """One person's browser, with cookies of its own. `base` is the office's address."""

    def __init__(self, base: str, language: str = "zh") -> None:
        self.base = base.rstrip("/")
        self._headers = {"Accept": "text/html", "Accept-Language": language, "User-Agent": "Mozilla/5.0 (demo) seed"}
        self._opener: OpenerDirector = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()), _Whatever())

    def open(self, path: str) -> Page:
        """Get a page. Raises Unexpected unless it is one."""
        return self._send(Request(urljoin(self.base + "/", path), headers=self._headers))  # noqa: S310

    def submit(self, form: Form, *files: tuple[str, Sequence[File]], by: str | None = None) -> Page:
        """Send *form* as it is filled in, with files by control; *by*: as the button whose address ends so would.

        Raises Unexpected unless the answer is a page that is no refusal.
        """
        pressed = next((button for button in form.buttons if by and (button.action or form.action).endswith(by)), None)
        pairs = form.pairs()
        if pressed is not None and pressed.name:
            pairs.append((pressed.name, pressed.value))
        action = (pressed and pressed.action) or form.action
        for name, _ in files:
            if not form.controls[name].takes_files:
                raise ValueError(f"{action} takes no files in {name}")
        if form.method == "GET":
            return self.open(f"{urlsplit(action).path}?{urlencode(pairs)}")
        if form.enctype == "multipart/form-data":
            media_type, body = _multipart(pairs, files)
        else:
            media_type, body = form.enctype, urlencode(pairs).encode()
        headers = {**self._headers, "Content-Type": media_type, "Origin": self.base}
        return self._send(Request(action, data=body, headers=headers))  # noqa: S310

    def _send(self, request: Request) -> Page:
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            page = Page(response.url, response.status, response.read(), response.headers)
        if page.status >= REDIRECTS.stop:
            raise Unexpected(page, f"{request.get_method()} was answered with {page.status}: {_complaint(page)}")
        return page


def _multipart(pairs: Sequence[tuple[str, str]], files: Sequence[tuple[str, Sequence[File]]]) -> tuple[str, bytes]:
    """The media type and body of a form with files (RFC 7578)."""
    boundary = f"form-{secrets.token_hex(16)}"
    parts = [(f'name="{_quoted(name)}"', value.encode()) for name, value in pairs]
    for name, chosen in files:
        for file in chosen:
            about = f'name="{_quoted(name)}"; filename="{_quoted(file.name)}"\r\nContent-Type: {file.media_type}'
            parts.append((about, file.content))
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"
        for about, content in parts
    )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def _quoted(name: str) -> str:
    """As the HTML standard writes names into multipart headers."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _complaint(page: Page) -> str:
    """What an error page says, in one line: its text without the markup."""
    if "html" not in page.headers.get("Content-Type", ""):
        return page.content[:500].decode("utf-8", "replace")
    start = page.text.find('class="error-summary"')
    text = page.text[start if start >= 0 else page.text.find("<main") :][:4000]
    words = " ".join("".join(piece.partition(">")[2] for piece in text.split("<")).split())
    return words[:500]
