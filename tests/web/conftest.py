"""The application over a portal with people in it, and a browser that reads forms as people's browsers do."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from arbitration import logs
from arbitration.config import Settings
from arbitration.portal import Portal
from arbitration.web.app import create_app
from tests.factories import PASSWORD, Office
from tests.web.rooms import add_rooms

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture(scope="session")
def applications() -> dict[bool, Flask]:
    """Those of this process, without and with the rooms of tests/web/rooms.py."""
    return {}


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings, portal: Portal, applications: dict[bool, Flask]) -> Flask:
    """Over the test's own portal. It is made once, and so are its templates: that takes longer than most tests."""
    with_rooms = "rooms" in request.fixturenames
    if with_rooms not in applications:
        applications[with_rooms] = create_app(settings, portal)
        if with_rooms:
            add_rooms(applications[with_rooms])
    made = applications[with_rooms]
    made.extensions["portal"] = portal
    made.extensions["shell"].standard = None  # it was looked up in another test's database
    return made


@pytest.fixture(autouse=True)
def log() -> Iterator["Log"]:
    """What the program writes to its log during the test."""
    stream = io.StringIO()
    logs.configure("info", stream)
    yield Log(stream)
    print(stream.getvalue())  # pytest shows it beside a failure


@dataclass
class Log:
    stream: io.StringIO

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@dataclass
class Browser:
    """A client with cookies that sends a form's token back, as a browser does."""

    client: FlaskClient
    office: Office

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **given)

    def post(
        self, path: str, data: dict[str, Any] | None = None, form: str | None = None, **given: Any
    ) -> TestResponse:
        """Send the form that stands at *form* (or at *path* itself) to *path*."""
        token = token_in(self.client.get(form or path))
        return self.client.post(path, data={**(data or {}), "csrf_token": token}, **given)

    def give_password(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/sign-in", {"email": f"{name}@office.example", "password": password, **fields})

    def give_code(self, code: str) -> TestResponse:
        return self.post("/sign-in/code", {"code": code})

    def sign_in(self, name: str, **fields: str) -> TestResponse:
        assert self.give_password(name, **fields).location == "/sign-in/code"
        self.office.portal.ports.clock.tick(seconds=30)  # the step before may be spent by an earlier sign-in
        answer = self.give_code(self.office.code(name))
        assert answer.status_code == 303, answer.text
        return answer

    def cookie(self, name: str = "arbitration") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None


def token_in(page: TestResponse) -> str:
    found = _TOKEN.search(page.text)
    return unescape(found[1]) if found else ""


@pytest.fixture
def browser(app: Flask, office: Office) -> Browser:
    return Browser(app.test_client(), office)


@pytest.fixture
def other_browser(app: Flask, office: Office) -> Browser:
    return Browser(app.test_client(), office)


@pytest.fixture
def rooms(app: Flask) -> Flask:
    """The application with the rooms of tests/web/rooms.py, as `app` is wherever this is asked for."""
    return app
