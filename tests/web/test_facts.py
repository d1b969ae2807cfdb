"""Clauses and facts over HTTP: findings by the arbitrator, answers and statements of the sides, and what both see."""

import re

import pytest
from flask import Flask

from arbitration.domain.permissions import Role
from tests.domain.escalations import escalation
from tests.factories import STANDARD, Office, longer_window, publish_version
from tests.web.conftest import Browser
from tests.web.test_party import Party, party_of

TAKEN = "complaint_taken"
HOSTILE = "<script>alert(1)</script>"


def brought(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    return case_no


@pytest.fixture
def database_kind() -> str:
    """Nothing here depends on it."""
    return "sqlite"


@pytest.fixture
def arbitrator(browser: Browser) -> Browser:
    browser.sign_in("arbitrator")
    return browser


@pytest.fixture
def respondent(app: Flask, office: Office, case_no: str) -> Party:
    return entered(app, office, case_no, Role.RESPONDENT)


def entered(app: Flask, office: Office, case_no: str, role: Role) -> Party:
    found = party_of(app, office, case_no, role)
    found.enter()
    return found


def result(page: str, clause_id: str) -> str:
    """What the badge of a clause says."""
    card = page[page.index(f'id="{clause_id}"') :]
    found = re.search(r'class="badge badge-(\w+)"', card)
    assert found is not None
    return found[1]


def row(page: str, fact: str) -> str:
    """A fact's part of the page."""
    start = page.index(f'id="fact-{fact}"')
    following = page.find('id="fact-', start + 1)
    return page[start : following if following > 0 else len(page)]


def find(browser: Browser, case_no: str, fact: str, step: str = "", **fields: str):
    data = {f"{fact}-{name}": value for name, value in fields.items()}
    return browser.post(f"/cases/{case_no}/clauses/{fact}{step}", data, form=f"/cases/{case_no}/clauses")


def test_a_finding_turns_a_clause_from_unknown_to_breached_and_back(arbitrator, case_no, office):
    address = f"/cases/{case_no}/clauses"
    before = arbitrator.get(address).text
    assert result(before, "AS-01") == "warn"
    assert "72 hours counts in place of the stated 24 hours." in before
    assert "order.after_sales_window_h" in row(before, "stated_window")
    answer = find(arbitrator, case_no, TAKEN, finding="find", value="false", item="C-1", words=HOSTILE)
    assert answer.location == f"{address}#fact-{TAKEN}"
    after = arbitrator.get(address).text
    assert result(after, "AS-01") == "bad"
    assert f'href="/cases/{case_no}/evidence?at=C-1#C-1"' in row(after, TAKEN)
    assert "<bdi>&lt;script&gt;" in row(after, TAKEN)
    assert HOSTILE not in after
    assert "The arbitrator found: complaint taken up by the merchant" in arbitrator.get(f"/cases/{case_no}").text
    assert "The arbitrator found: complaint taken" in arbitrator.get(f"/cases/{case_no}/record").text
    assert find(arbitrator, case_no, TAKEN, "/reopen").status_code == 303
    assert result(arbitrator.get(address).text, "AS-01") == "warn"


@pytest.mark.parametrize(
    ("fact", "fields", "sentence"),
    [
        (TAKEN, {}, "Choose whether the fact is found or not proven."),
        (TAKEN, {"finding": "find", "item": "C-1"}, "Choose yes or no."),
        (TAKEN, {"finding": "find", "value": "true", "words": ""}, "Say what the finding rests on"),
        (TAKEN, {"finding": "find", "value": "true", "item": "Z-9"}, "Choose an item that may carry a finding."),
        ("delivered_at", {"finding": "find", "value": "soon", "item": "C-1"}, "Enter day and time"),
        ("delivered_at", {"finding": "find", "value": "0001-01-01T00:00", "item": "C-1"}, "between the years 2000"),
        ("stated_window", {"finding": "find", "value": "1.5", "unit": "h", "item": "C-1"}, "Enter a whole number of"),
        ("cause", {"finding": "find", "value": "weather", "item": "C-1"}, "is no value of this fact"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(arbitrator, case_no, fact, fields, sentence):
    sent = {"words": "聊天记录第三页。", **fields}
    answer = find(arbitrator, case_no, fact, **sent)
    assert answer.status_code == 422
    form = row(answer.text, fact)
    assert sentence in re.search(r'class="error"[^>]*>(.*)</p>', form)[1]
    assert sent["words"] in form
    assert '<details class="find" open>' in form


@pytest.mark.parametrize(
    ("fact", "fields", "shown"),
    [
        ("delivered_at", {"value": "2026-11-18T20:05"}, "18 Nov 2026, 20:05"),
        ("delivered_at", {"value": "", "never": "y"}, "never"),
        ("stated_window", {"value": "４８", "unit": "h"}, "48 hours"),
        ("cause", {"value": "buyer_act"}, "own act"),
        ("attempts_failed", {"value": "2"}, "2"),
    ],
)
def test_each_type_of_value_has_its_control(arbitrator, case_no, fact, fields, shown):
    assert find(arbitrator, case_no, fact, finding="find", item="C-1", **fields).status_code == 303
    assert shown in row(arbitrator.get(f"/cases/{case_no}/clauses").text, fact)


def test_a_finding_that_comes_after_the_ruling_is_refused_and_still_on_the_page(arbitrator, case_no, office):
    office.close_record(case_no)
    office.draft(case_no)
    office.portal.ports.clock.tick(seconds=30)  # another code than the one of the sign-in
    office.sign(case_no, office.prepare(case_no))
    answer = find(arbitrator, case_no, TAKEN, finding="find", value="true", words="迟到的认定。")
    assert answer.status_code == 409
    assert "迟到的认定。" in answer.text
    assert "Record the finding" not in answer.text


def test_others_read_and_cannot_find(office, case_no, browser, other_browser):
    office.add_staff("second", Role.ARBITRATOR)
    browser.sign_in("second")
    other_browser.sign_in("officer")
    assert find(browser, case_no, TAKEN, finding="find", value="true", item="C-1").status_code in (400, 404)
    page = other_browser.get(f"/cases/{case_no}/clauses").text
    assert "Record the finding" not in page
    assert "The arbitrator who sits finds the facts" in page


def test_another_clause_is_asked_by_its_id(arbitrator, case_no):
    assert 'id="EV-01"' not in arbitrator.get(f"/cases/{case_no}/clauses").text
    page = arbitrator.get(f"/cases/{case_no}/clauses?clause=EV-01&clause=XX-99").text
    assert result(page, "EV-01") == "warn"
    assert "?clause=EV-01" in row(page, TAKEN)


def test_a_side_disputes_and_the_other_states_until_the_arbitrator_finds(app, office, case_no, respondent, arbitrator):
    claimant = entered(app, office, case_no, Role.CLAIMANT)
    page = respondent.get("facts").text
    assert "You must prove this; if nobody does, it counts as “no”." in row(page, TAKEN)
    assert respondent.send(f"facts/{TAKEN}", **{f"{TAKEN}-value": "true"}).status_code == 303
    assert "Respondent states it" in row(claimant.get("facts").text, TAKEN)
    assert claimant.send(f"facts/{TAKEN}/dispute", seen="false respondent").status_code == 409  # not what is shown
    seen = re.search(r'name="seen" value="([^"]*)"', row(claimant.get("facts").text, TAKEN))[1]
    assert claimant.send(f"facts/{TAKEN}/dispute", seen=seen).status_code == 303
    page = respondent.get("facts").text
    assert "Claimant disputes it" in row(page, TAKEN)
    assert result(page, "AS-01") == "warn"
    find(arbitrator, case_no, TAKEN, finding="find", value="true", item="C-1")
    page = claimant.get("facts").text
    assert result(page, "AS-01") == "ok"
    assert "I dispute it" not in row(page, TAKEN)
    assert claimant.send(f"facts/{TAKEN}/dispute").status_code == 409


def test_what_a_side_cannot_say_is_refused_with_what_it_typed(respondent, case_no):
    answer = respondent.send("facts/delivered_at", **{"delivered_at-value": "yesterday"})
    assert answer.status_code == 422
    assert "Enter day and time" in row(answer.text, "delivered_at")
    assert 'value="yesterday"' in row(answer.text, "delivered_at")
    assert respondent.send("facts/stated_window", **{"stated_window-value": "9"}).status_code == 422
    assert respondent.send("facts/moon_phase/dispute").status_code == 404


def test_after_the_record_closed_a_side_reads_and_is_told_why(office, case_no, respondent):
    office.close_record(case_no)
    page = respondent.get("facts").text
    assert "The record is closed; the arbitrator decides on what is here." in page
    assert "I dispute it" not in page
    answer = respondent.send("facts/delivered_at/dispute")
    assert answer.status_code == 409
    assert "The sides are heard on the facts until the record closes." in answer.text


def test_a_case_keeps_the_version_of_its_order_and_a_later_order_has_the_next(office, case_no, browser):
    text = longer_window(STANDARD.read_text("utf-8"))
    publish_version(office.portal, "1.1.0", "2026-11-19", text)  # the day after the order of the case
    order = escalation()["data"]["order"]
    order |= dict.fromkeys(("created_at", "paid_at", "delivered_at"), "2026-11-19T00:00:00+08:00")
    new = office.escalate(order=order)
    office.admit(new)
    browser.sign_in("registrar")
    for number, version, window in ((case_no, "1.0.0", "72 hours"), (new, "1.1.0", "96 hours")):
        assert f"/standard/{version}" in browser.get(f"/cases/{number}").text
        page = browser.get(f"/cases/{number}/clauses").text
        assert f"/standard/{version}#AS-01" in page
        assert f"After-sales window of at least {window}" in page
