"""Which language a page speaks, and where its sentences come from."""

from pathlib import Path

import pytest
from flask import Flask, Request
from flask_babel import gettext
from werkzeug.test import EnvironBuilder

from arbitration.web import i18n
from arbitration.web.shell import page_path
from arbitration.web.wording import STAGES
from tests.factories import Office
from tests.web.conftest import Browser

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Sign in"
msgstr "登录"

msgid "The e-mail address or the password is wrong."
msgstr "邮箱或者密码有误。"

msgid "%(num)s clause"
msgid_plural "%(num)s clauses"
msgstr[0] "%(num)s 条"

msgid "Version %(version)s"
msgstr "第 %(version)s 版"
"""


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of four sentences."""
    folder = tmp_path / "zh_Hans_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO)
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


CHOICES = [
    ("", None, "", "en"),
    ("", None, "fr, de;q=0.8", "en"),
    ("", None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
    ("", None, "fr;q=0.9, zh-TW;q=0.4, en;q=0.3", "zh-Hans"),
    ("", None, "en-GB, zh;q=0.9", "en"),
    ("", "zh-Hans", "en", "zh-Hans"),
    ("", "nonsense", "zh", "zh-Hans"),
    ("lang=en", "zh-Hans", "zh", "en"),
    ("lang=zh_CN", "en", "en", "zh-Hans"),
    ("lang=xx", "zh-Hans", "en", "zh-Hans"),
    ("lang=", None, "zh", "zh-Hans"),
]


@pytest.mark.parametrize(("query", "cookie", "header", "chosen"), CHOICES)
def test_the_address_decides_then_the_cookie_then_the_browser(
    query: str, cookie: str | None, header: str, chosen: str
) -> None:
    headers = {"Accept-Language": header} | ({"Cookie": f"lang={cookie}"} if cookie else {})
    request = Request(EnvironBuilder(query_string=query, headers=headers).get_environ())
    assert i18n.choose(request) == chosen


def test_a_language_that_was_asked_for_is_remembered(browser: Browser) -> None:
    answer = browser.get("/?lang=zh")
    assert answer.headers["Set-Cookie"].startswith("lang=zh-Hans;")
    assert '<html lang="zh-Hans"' in browser.get("/").text
    assert "Set-Cookie" not in browser.get("/?lang=nonsense").headers


def test_pages_forms_and_plurals_are_translated(browser: Browser, chinese: None, app: Flask) -> None:
    browser.get("/?lang=zh")
    assert ">登录</a>" in browser.get("/").text
    assert "邮箱或者密码有误。" in browser.post("/sign-in", {"email": "a@b.example", "password": "x"}).text
    standards = browser.get("/standard").text
    assert "条" in standards
    assert "第 1.0.0 版" in standards


def test_one_process_serves_both_languages(browser: Browser, other_browser: Browser, chinese: None) -> None:
    browser.get("/?lang=zh")
    assert ">登录</a>" in browser.get("/").text
    assert ">Sign in</a>" in other_browser.get("/").text


def test_without_a_catalogue_english_stays(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    i18n.catalogue.cache_clear()
    assert ">Sign in</a>" in browser.get("/?lang=zh").text
    i18n.catalogue.cache_clear()


def test_one_english_word_can_be_two_chinese_ones(app: Flask) -> None:
    with app.test_request_context("/?lang=zh"):
        assert str(STAGES["evidence"]) == "举证"
        assert gettext("Evidence") == "证据"
    with app.test_request_context("/?lang=en"):
        assert str(STAGES["evidence"]) == gettext("Evidence") == "Evidence"


PARTS = {
    "draft_id": 1,
    "case_no": "CA-2026-000001",
    "link": "abc",
    "item": 1,
    "label": "C-1",
    "delivery_id": 1,
    "act": "cure",
    "fact": "cause",
    "stance": "admit",
    "inspector_id": 1,
    "number": 1,
}


def test_the_language_of_a_forms_answer_is_switched_on_the_page_where_the_form_stands(
    browser: Browser, office: Office
) -> None:
    case_no = office.escalate()
    office.admit(case_no)
    browser.sign_in("registrar")
    answer = browser.post(f"/cases/{case_no}/appoint", form=f"/cases/{case_no}")
    assert answer.status_code == 422
    assert f'href="/cases/{case_no}?lang=zh-Hans"' in answer.text
    assert '<html lang="zh-Hans"' in browser.get(f"/cases/{case_no}?lang=zh-Hans").text


def test_whatever_takes_a_form_knows_a_page_that_can_be_opened_again(app: Flask) -> None:
    urls = app.url_map.bind("localhost")
    posted = [rule for rule in app.url_map.iter_rules() if {"POST"} <= (rule.methods or set())]
    seen = set()
    for rule in posted:
        if rule.endpoint.startswith("api."):
            continue
        address = rule.build({name: PARTS[name] for name in rule.arguments})
        assert address is not None
        with app.test_request_context(address[1], method="POST"):
            path = page_path()
        assert urls.match(path, method="GET"), rule
        seen.add((rule.rule, path))
    assert ("/cases/<case_no>/ruling/prepare", "/cases/CA-2026-000001/ruling") in seen
    assert ("/party/<link>/evidence/submit", "/party/abc/evidence") in seen
    assert ("/deliveries/<int:delivery_id>/replay", "/deliveries") in seen
    assert ("/sign-in", "/sign-in") in seen


def test_a_page_that_was_asked_for_keeps_its_question_when_the_language_is_switched(
    browser: Browser,
) -> None:
    assert 'href="/verify?code=9F2C&amp;lang=zh-Hans"' in browser.get("/verify?code=9F2C").text
