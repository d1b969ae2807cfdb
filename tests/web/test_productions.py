"""The arbitrator orders something to be produced; a side names its file or says why not, and silence counts."""

import re

import pytest
from flask import Flask

from arbitration.actions import productions
from arbitration.domain.permissions import Role
from arbitration.domain.productions import Obligor
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_admissibility import HOSTILE
from tests.web.test_admissibility import brought as brought
from tests.web.test_party import Party, party_of

PAGE = "productions"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def arbitrator(browser: Browser) -> Browser:
    browser.sign_in("arbitrator")
    return browser


@pytest.fixture
def respondent(app: Flask, office: Office, case_no: str) -> Party:
    party = party_of(app, office, case_no, Role.RESPONDENT)
    party.enter()
    return party


def ordered(office: Office, case_no: str) -> int:
    with office.portal.work(office.actors["arbitrator"]) as work:
        return productions.order(work, case_no, Obligor.RESPONDENT, HOSTILE, "delivered_at", 24).number


def test_an_order_that_lacks_something_comes_back_as_typed_with_what_is_wrong_beside_the_field(
    arbitrator: Browser, respondent: Party, case_no: str
) -> None:
    page = f"/cases/{case_no}/{PAGE}"
    fields = {"order-obligor": "respondent", "order-what": "…", "order-fact": "delivered_at", "order-hours": "48"}
    asked = arbitrator.get(page).text
    assert '<option value="">Choose a fact</option><optgroup label="' in asked
    assert asked.count('value="delivered_at"') == 1
    unchosen = arbitrator.post(page, fields | {"order-what": "x", "order-fact": ""}, form=page)
    assert 'id="order-fact-error">Choose the fact on which it bears.' in unchosen.text
    refused = arbitrator.post(page, fields, form=page)
    assert refused.status_code == 422
    assert re.search(r'id="order-what-error">Write what is to be produced.*?>\s*…</textarea>', refused.text, re.DOTALL)
    assert '<option selected value="48">' in refused.text
    assert arbitrator.post(page, fields | {"order-obligor": "inspector"}, form=page).status_code == 422
    assert arbitrator.post(page, fields | {"order-what": HOSTILE}, form=page).status_code == 303
    assert "You are ordered to produce something" in respondent.page()
    shown = respondent.get(PAGE).text
    assert "&lt;script&gt;" in shown
    assert HOSTILE not in shown


def test_a_refused_answer_keeps_what_was_typed_and_a_file_or_a_reason_is_read_by_all(
    arbitrator: Browser, respondent: Party, case_no: str, office: Office
) -> None:
    first, second = ordered(office, case_no), ordered(office, case_no)
    (own,) = office.file(case_no, Role.RESPONDENT)

    def answer(number: int, label: str = "", words: str = "") -> str:
        sent = respondent.send(f"{PAGE}/{number}", **{f"answer{number}-label": label, f"answer{number}-words": words})
        return sent.text if sent.status_code == 422 else str(sent.status_code)

    assert f'id="answer{first}-label-error">Choose the file, or say why it cannot be produced.' in answer(first)
    assert f'id="answer{first}-words-error">Say why it cannot be produced.' in answer(first, words="…")
    assert f'id="answer{first}-label-error">Choose a file of your own' in answer(first, label="C-1")
    both = answer(first, label=own, words="没有日志。")
    assert "not both." in both
    assert f'<option selected value="{own}">' in both
    assert "没有日志。</textarea>" in both
    long = "长" * (productions.MAX_CHARS + 1)
    too_long = answer(first, words=long)
    assert f'id="answer{first}-words-error">That is longer than 2000 characters.' in too_long
    assert long in too_long

    assert answer(first, label=own) == "303"
    assert answer(second, words=HOSTILE) == "303"
    shown = arbitrator.get(f"/cases/{case_no}/{PAGE}").text
    assert f'<a href="/cases/{case_no}/evidence/{own}"><code>{own}</code></a>' in shown
    assert f"{respondent.path}/files/{own}" in respondent.get(PAGE).text
    assert "The other side can object to it and answer until" in shown
    assert "Not produced, with a reason" in shown
    assert HOSTILE not in shown
    assert respondent.send(f"{PAGE}/{second}", **{f"answer{second}-words": "再说。"}).status_code == 409


def test_what_was_not_produced_in_time_can_be_found_withheld_and_draws_the_inference(
    arbitrator: Browser, respondent: Party, case_no: str, office: Office
) -> None:
    number = ordered(office, case_no)
    page = f"/cases/{case_no}/{PAGE}"
    assert "the record stays open" in arbitrator.get(page).text
    assert "Something is still to be produced." in arbitrator.get(f"/cases/{case_no}").text
    assert "that waits for what is to be produced" in arbitrator.get(f"/cases/{case_no}/ruling").text
    office.portal.ports.clock.tick(hours=24)
    office.settle()
    arbitrator.sign_in("arbitrator")
    respondent.enter()
    assert "Not produced in time" in arbitrator.get(page).text
    assert "Send the answer" not in respondent.get(PAGE).text
    inference = f"/cases/{case_no}/clauses?clause=EV-04"
    assert inference in arbitrator.get(page).text
    assert arbitrator.post(f"{page}/{number}/withheld", {"found": "withheld"}, form=page).status_code == 303
    assert f"Production order {number}" in arbitrator.get(inference).text  # on which the finding rests
    for shown in (arbitrator.get(page).text, respondent.get(PAGE).text):
        assert f"Production order {number}" in shown
        assert "Found: withheld without good reason" in shown
