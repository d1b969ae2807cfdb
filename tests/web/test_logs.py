"""The log: one JSON object a line, with the request's number, and nothing that belongs to somebody."""

import io
import json
import logging

import pytest
import structlog
from flask import Flask

from arbitration import logs
from tests.factories import PASSWORD, Office
from tests.web.conftest import Browser, Log


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_a_request_is_one_line_with_its_number_and_its_route(browser: Browser, office: Office, log: Log) -> None:
    browser.sign_in("registrar")
    answer = browser.get("/account")
    (line,) = [line for line in log.lines if line["request"] == answer.headers["X-Request-Id"]]
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/account", 200)
    assert line["actor"] == office.actors["registrar"].id


def test_neither_secrets_nor_names_nor_addresses_are_logged(browser: Browser, office: Office, log: Log) -> None:
    browser.get("/verify/SECRET-CODE?next=SECRET")
    browser.get("/SECRET?SECRET=SECRET", headers={"User-Agent": "SECRET", "Referer": "https://SECRET"})
    browser.client.post("/SECRET-POST", data={"SECRET": "SECRET"})
    browser.sign_in("registrar")
    browser.give_password("SECRET", "SECRET-password")
    for hidden in ("SECRET", PASSWORD, "registrar@", browser.cookie() or "", office.totp["registrar"]):
        assert hidden not in log.text


def test_a_line_is_written_for_what_is_refused(browser: Browser, app: Flask, log: Log) -> None:
    browser.get("/account")
    browser.get("/nowhere")
    assert [(line["route"], line["status"]) for line in log.lines[-2:]] == [("/account", 303), ("-", 404)]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def told(stream: io.StringIO) -> dict[str, object]:
    return dict(json.loads(stream.getvalue().splitlines()[-1]))


def fail() -> None:
    try:
        raise KeyError("SECRET")
    except KeyError as error:
        raise ValueError("SECRET, too") from error


def test_an_exception_is_told_by_type_and_place(stream: io.StringIO) -> None:
    logs.configure("info", stream)
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("it failed")
    errors = told(stream)["errors"]
    assert [error["type"] for error in errors] == ["builtins.ValueError", "builtins.KeyError"]
    assert errors[0]["at"][-1].endswith(" fail")
    assert "SECRET" not in stream.getvalue()


def test_its_message_is_told_at_level_debug_only(stream: io.StringIO) -> None:
    logs.configure("debug", stream)
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("it failed")
    assert told(stream)["errors"][0]["message"] == "SECRET, too"


def test_the_level_decides_what_is_written(stream: io.StringIO) -> None:
    logs.configure("warning", stream)
    structlog.get_logger().info("nothing")
    assert stream.getvalue() == ""
    structlog.get_logger().warning("something", number=1)
    assert told(stream)["event"] == "something"
    assert told(stream)["level"] == "warning"


def test_other_peoples_loggers_write_the_same_lines_from_warning_on(stream: io.StringIO) -> None:
    logs.configure("info", stream)
    logging.getLogger("somebody.else").info("nothing")
    assert stream.getvalue() == ""
    try:
        fail()
    except ValueError:
        logging.getLogger("somebody.else").exception("it failed")
    assert told(stream)["event"] == "it failed"
    assert "SECRET" not in stream.getvalue()
