"""The trial run of a draft in the pages of its editor: where it stands, and what came of it."""

import json
import re

import pytest

from arbitration.actions import standard_drafts, standard_trial
from arbitration.actions.context import SYSTEM
from arbitration.domain.clauses import Outcome
from arbitration.domain.permissions import Role
from arbitration.domain.trial import Change, Results, Tally, TrialState, Unasked
from arbitration.portal import Portal
from arbitration.store.standard_trial import StandardTrial
from tests.factories import EDITOR, Office
from tests.past_cases import BETWEEN, LONGER, NEXT, brought
from tests.web.conftest import Browser

__all__ = ["brought"]


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def editor(office: Office, browser: Browser) -> Browser:
    office.add_staff("editor", Role.STANDARDS_EDITOR)
    browser.sign_in("editor")
    return browser


@pytest.fixture
def draft(office: Office) -> str:
    with office.portal.work(EDITOR) as work:
        return f"/standards/drafts/{standard_drafts.start(work, LONGER).id}"


def change_trial(portal: Portal, **changed: object) -> None:
    with portal.work(SYSTEM) as work:
        row = work.session.get_one(StandardTrial, 1)
        for name, value in changed.items():
            setattr(row, name, value)


def test_a_trial_is_begun_watched_and_read_and_names_cases_without_leading_to_them(
    case_no: str, editor: Browser, office: Office, draft: str
) -> None:
    page = f"{draft}/trial"
    assert "Try it on past cases" in editor.get(draft).text
    assert "Not tried yet" in editor.get(page).text
    assert editor.post(page).location == page
    waiting = editor.get(page)
    assert "about to begin" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    assert "Begin the trial run" not in waiting.text
    standard_trial.advance(office.portal, 1, 2)
    running = editor.get(page)
    assert '<span id="progress-words">2 of 5 cases</span><progress max="5" value="2"' in running.text
    assert running.headers["Refresh"] == "3"
    office.settle()
    done = editor.get(page)
    assert "Refresh" not in done.headers
    told = "This change would have altered the outcome of 3 of 5 cases."
    assert told in done.text
    assert all(number in done.text for number in BETWEEN)
    assert "/cases/" not in done.text
    words = re.sub(r"<svg.*?</svg>|<[^>]+>", "", done.text)
    assert "Not applicable → Not met 3 cases" in words
    assert "在 5 件案件中，此项修改会改变 3 件的结果。" in editor.get(f"{page}?lang=zh").text
    editor.get(f"{page}?lang=en")
    assert told in editor.get(draft).text
    with office.portal.work(EDITOR) as work:
        standard_drafts.save(work, 1, NEXT, 1)
    assert "This is of an earlier text" in editor.get(page).text
    editor.post(page)
    office.settle()
    assert "altered the outcome of none of 5 cases" in editor.get(page).text


def test_whatever_a_trial_came_to_is_told_in_words(editor: Browser, office: Office, draft: str) -> None:
    page = f"{draft}/trial"
    editor.post(page)
    office.settle()
    assert "There is no past case yet" in editor.get(page).text
    tally = Tally()
    proven = Change("AS-02", Results(Outcome.MET, Outcome.MET), Results(Outcome.MET, Outcome.UNKNOWN))
    added = Change("AS-09", *(Results(each, each) for each in (Unasked.NO_CLAUSE, Outcome.BREACHED)))
    tally.add("CA-2026-000001", [added])
    tally.add("CA-2026-000002", [proven])
    change_trial(office.portal, total=10_000, done=4_200, changed=1, result=json.dumps(tally.as_json()))
    told = editor.get(page).text
    assert "1 of 10,000 cases" in told
    assert "No such clause" in told
    assert "another result on the record alone: 1 case." in told
    change_trial(office.portal, state=TrialState.RUNNING, finished_at=None)
    assert "4,200 of 10,000 cases" in editor.get(page).text
    change_trial(office.portal, state=TrialState.FAILED, finished_at=office.portal.ports.clock())
    failed = editor.get(page).text
    assert "reference trial-1." in failed
    assert "Begin the trial run" in failed
    with office.portal.work(EDITOR) as work:
        standard_drafts.save(work, 1, "standard: none\n", 1)
    assert editor.post(page, form=draft).status_code == 422
    assert "Begin the trial run" not in editor.get(page).text
