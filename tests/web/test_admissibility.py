"""A party checks its files and adds what was missing; the arbitrator weighs them, and the ruling keeps to that."""

import re

import pytest
from flask import Flask

from arbitration.actions import delivery
from arbitration.actions.context import SYSTEM
from arbitration.domain.permissions import Role
from arbitration.store import cases as case_rows
from arbitration.store import evidence as rows
from tests.domain.escalations import evidence
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_party import Party

HOSTILE = "<script>alert(1)</script> ‮4200"


def brought(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    return case_no


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def claimant(app: Flask, office: Office, case_no: str) -> Party:
    with office.portal.read(SYSTEM) as work:
        row = case_rows.party_of(work.session, case_no, Role.CLAIMANT)
        assert row is not None
        party = Party(Browser(app.test_client(), office), row.link, delivery.access_code(work, row))
    party.enter()
    return party


def prefix(office: Office, case_no: str) -> str:
    with office.portal.read(SYSTEM) as work:
        (draft,) = rows.drafts_of(work.session, case_no, Role.CLAIMANT)
        return f"i{draft.id}-"


def test_a_file_is_checked_submitted_with_a_gap_cured_and_cited(
    claimant: Party, case_no: str, office: Office, browser: Browser
) -> None:
    claimant.upload(("凭证.txt", b"voucher\n"), kind="other")
    assert "Its form is complete." in claimant.get("evidence/check").text
    mine = prefix(office, case_no)
    saved = claimant.send("evidence/check", **{"checked": "1", f"{mine}kind": "payment_voucher"})
    assert saved.location == f"{claimant.path}/evidence/check"
    page = claimant.get("evidence/check").text
    assert "Transaction number" in page
    assert "within 24 hours after you submit" in page

    typed = {"checked": "1", f"{mine}kind": "payment_voucher", f"{mine}proves": HOSTILE}
    answered = {f"{mine}transaction_number": "4200", f"{mine}captured_at": "soon"}
    wrong = claimant.send("evidence/submit", **typed, **answered)
    assert wrong.status_code == 422
    assert f'<a href="#{mine}captured_at">凭证.txt: Enter day and time' in wrong.text
    assert "Not confirmed, or not so:" not in wrong.text  # what was typed just now counts in what is shown
    assert re.search(rf'id="{mine}captured_at-error">Enter day and time', wrong.text)
    assert 'value="soon"' in wrong.text
    assert "&lt;script&gt;" in wrong.text
    assert HOSTILE not in wrong.text
    held = claimant.send("evidence/submit", **typed)
    assert held.status_code == 422
    assert 'href="#with_gaps"' in held.text
    assert claimant.send("evidence/submit", **typed, with_gaps="1").location == f"{claimant.path}/evidence/receipt"

    shown = claimant.page()
    assert "Needs corroboration" in shown
    assert "may be added until" in shown
    browser.sign_in("arbitrator")
    assert "Needs corroboration" in browser.get(f"/cases/{case_no}/evidence").text
    weighing = f"/cases/{case_no}/evidence/C-2/admissibility"
    assert "&lt;script&gt;" in browser.get(weighing).text
    added = claimant.send("evidence/C-2/particulars", **{"add-transaction_number": "4200****7781"})
    assert added.location == f"{claimant.path}/evidence/C-2/particulars"
    cured = claimant.get("evidence/C-2/particulars").text
    assert "Nothing is missing of this file." in cured
    assert "is over" not in cured
    assert "4200****7781" in browser.get(weighing).text
    assert "What was missing of C-2 was added" in browser.get(f"/cases/{case_no}/record").text
    refused = claimant.send("evidence/C-2/particulars", **{"add-claim": ""})
    assert "Fill in at least one" in refused.text


def test_the_arbitrator_excludes_an_item_and_the_editor_does_not_offer_it(
    browser: Browser, case_no: str, office: Office
) -> None:
    office.file(case_no)
    browser.sign_in("arbitrator")
    page = f"/cases/{case_no}/evidence/C-2/admissibility"
    empty = browser.post(page, {"own-verdict": "excluded", "own-reason": "—"}, form=page)
    assert empty.status_code == 422
    assert "Give the reason in words" in empty.text
    assert browser.post(page, {"own-verdict": "nonsense"}, form=page).status_code == 422
    finding = {"found-fact": "doubtful_copy", "found-value": "true", "found-reason": HOSTILE}
    assert browser.post(f"/cases/{case_no}/evidence/C-2/finding", finding, form=page).location == page
    unsaid = browser.post(f"/cases/{case_no}/evidence/C-2/finding", {"found-fact": "doubtful_copy"}, form=page)
    assert "Choose what you find." in unsaid.text
    assert '<optgroup label="Number of independent sources in support">' in unsaid.text
    counted = browser.post(f"/cases/{case_no}/evidence/C-2/finding", finding | {"found-value": "2"}, form=page)
    assert (counted.status_code, "choose yes or no." in counted.text) == (422, True)
    assert "&lt;script&gt;" in browser.get(page).text
    assert browser.post(page, {"own-verdict": "excluded", "own-reason": "与本案无关。"}, form=page).location == page
    assert "By the clauses alone: Needs corroboration." in browser.get(page).text
    clauses = browser.get(f"/cases/{case_no}/clauses").text
    assert 'value="C-1"' in clauses
    assert 'value="C-2"' not in clauses
    office.close_record(case_no)
    editor = browser.get(f"/cases/{case_no}/ruling").text
    assert 'type="checkbox" value="C-1"' in editor
    assert 'type="checkbox" value="C-2"' not in editor
    assert "与本案无关。" in editor


def test_what_a_platform_tells_of_an_item_is_read_in_words_and_in_beijing(browser: Browser, office: Office) -> None:
    told = evidence() | {
        "describes_facts": ["delivered_at"],
        "custody": [{"at": "2026-11-20T02:00:00Z", "holder": "kami", "note": "2026-99-99T99:99:99Z"}],
    }
    case_no = office.escalate(evidence=[told])
    office.admit(case_no)
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{case_no}/evidence/C-1/admissibility").text
    assert "delivered_at" not in page
    assert "20 Nov 2026, 10:00 Beijing kami (2026-99-99T99:99:99Z)" in page
