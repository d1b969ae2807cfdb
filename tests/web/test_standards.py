"""A version of the standard from its first draft to its sealed file, as its editor and the public see it."""

from datetime import date, timedelta

import pytest
from flask import Flask

from arbitration.actions import standard_drafts
from arbitration.domain import editions
from arbitration.domain.permissions import Role
from tests.factories import EDITOR, STANDARD, Office, longer_window
from tests.fakes import FAKE_PDF, FakeClock
from tests.web.conftest import Browser

TEXT = STANDARD.read_text("utf-8")
LATER = editions.successor(TEXT, "1.1.0", date(2027, 1, 1))
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def editor(office: Office, browser: Browser) -> Browser:
    office.add_staff("editor", Role.STANDARDS_EDITOR)
    assert browser.sign_in("editor").location == "/standards"
    return browser


@pytest.fixture
def consulted(office: Office) -> int:
    """A draft that lies open."""
    with office.portal.work(EDITOR) as work:
        draft = standard_drafts.start(work, longer_window(LATER)).id
        standard_drafts.open_consultation(work, draft, 1, timedelta(days=7))
    return draft


def test_a_version_comes_about_in_the_pages(
    editor: Browser, other_browser: Browser, office: Office, clock: FakeClock
) -> None:
    draft = editor.post("/standards/drafts", form="/standards").location
    text = longer_window(LATER)
    assert editor.post(draft, {"body": text, "revision": "1"}).status_code == 303
    assert editor.post(f"{draft}/open", {"days": "6", "revision": "2"}, form=draft).status_code == 422
    assert editor.post(f"{draft}/open", {"days": "7", "revision": "2"}, form=draft).status_code == 303
    listed = other_browser.get("/standard").text
    public = f"/standard/consultations/{draft.rpartition('/')[2]}"
    assert f'href="{public}"' in listed
    assert "7 d left" in listed
    page = other_browser.get(public).text
    assert "<del>72</del><ins>96</ins> hours" in page
    assert "Stricter" in page
    assert editor.post(f"{draft}/publish", form=draft).status_code == 409
    clock.tick(days=7)
    editor.sign_in("editor")
    assert editor.post(f"{draft}/publish", form=draft).status_code == 303
    assert "being printed and sealed" in other_browser.get("/standard/1.1.0").text
    assert other_browser.get("/standard/1.1.0.pdf").status_code == 404
    office.settle()
    assert other_browser.get("/standard/1.1.0.pdf").data.startswith(FAKE_PDF)
    assert other_browser.get("/standard/1.1.0.json").get_json()["version"] == "1.1.0"
    assert 'href="/standard/1.0.0/compare/1.1.0"' in other_browser.get("/standard/1.1.0").text
    assert "<del>96</del><ins>72</ins> hours" in other_browser.get("/standard/1.1.0/compare/1.0.0").text


def test_each_fault_is_a_link_to_its_line_and_nothing_is_kept(editor: Browser) -> None:
    draft = editor.post("/standards/drafts", form="/standards").location
    faulty = LATER.replace("severity: major", "severity: huge", 1)
    line = faulty[: faulty.index("severity: huge")].count("\n") + 1
    page = editor.post(f"{draft}/check", {"body": faulty, "revision": "1"}, form=draft).text
    assert f'<a href="#body" data-line="{line}" data-column="13">' in page
    assert "severity: huge" in page
    assert "severity: huge" not in editor.get(draft).text
    asked = {"Accept": "application/json"}
    found = editor.post(f"{draft}/check", {"body": faulty}, form=draft, headers=asked).get_json()["faults"]
    assert [(each["at"], each["reason"].split(" (")[0]) for each in found] == [
        (f"{line}:13", "unknown severity 'huge'")
    ]
    assert editor.post(f"{draft}/check", {"body": LATER}, form=draft, headers=asked).get_json() == {"faults": []}


def test_what_is_typed_on_a_stale_page_is_not_lost(editor: Browser, office: Office) -> None:
    draft = editor.post("/standards/drafts", form="/standards").location
    with office.portal.work(EDITOR) as work:
        standard_drafts.save(work, int(draft.rpartition("/")[2]), "saved: by somebody else\n", 1)
    answer = editor.post(draft, {"body": "typed: by me\n", "revision": "1"})
    assert answer.status_code == 409
    assert "typed: by me" in answer.text
    assert "saved: by somebody else" in answer.text
    assert editor.post(draft, {"body": "typed: by me\n", "revision": "2"}).status_code == 303


def test_everyone_may_say_something_and_it_is_shown_as_text(browser: Browser, consulted: int) -> None:
    page = f"/standard/consultations/{consulted}"
    said = browser.post(f"{page}/comments", {"name": HOSTILE, "text": f"{HOSTILE}\n同意。"}, form=page)
    assert said.location == f"{page}#comment-1"
    shown = browser.get(page).text
    assert "<script>alert" not in shown
    assert '<bdi class="party-name">&lt;script&gt;' in shown
    refused = browser.post(f"{page}/comments", {"name": "王", "text": "字" * 5_001}, form=page)
    assert refused.status_code == 422
    assert "字" * 5_001 in refused.text
    for _ in range(standard_drafts.COMMENTS_FROM_ONE - 1):
        browser.post(f"{page}/comments", {"name": "王", "text": "再说一次。"}, form=page)
    too_many = browser.post(f"{page}/comments", {"name": "王", "text": "还有一句。"}, form=page)
    assert too_many.status_code == 429
    assert "还有一句。" in too_many.text


def test_a_draft_that_does_not_lie_open_is_nobodys_to_see(app: Flask, browser: Browser, office: Office) -> None:
    with office.portal.work(EDITOR) as work:
        draft = standard_drafts.start(work).id
    assert browser.get(f"/standard/consultations/{draft}").status_code == 404
    assert browser.get(f"/standards/drafts/{draft}").status_code == 303
