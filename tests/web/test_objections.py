"""A party objects to a file, its submitter replies, and the arbitrator decides, each on the page where it is read."""

import re

import pytest
from flask import Flask

from arbitration.domain.permissions import Role
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_admissibility import HOSTILE
from tests.web.test_admissibility import brought as brought
from tests.web.test_party import party_of
from tests.web.test_rulings import send


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_an_objection_its_reply_and_the_decision_are_read_by_all(
    app: Flask, browser: Browser, case_no: str, office: Office
) -> None:
    claimant, respondent = (party_of(app, office, case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT))
    claimant.enter()
    respondent.enter()
    page = "files/C-1/objections"
    assert "Object to C-1" in respondent.page()
    assert "Object to C-1" not in claimant.page()
    assert f'/{page}">Object to C-1</a>' in respondent.get("files/C-1").text
    assert f'/{page}"' not in claimant.get("files/C-1").text
    unchosen = respondent.send(page, **{"objection-words": "x"})
    assert (unchosen.status_code, "Choose what is wrong with it." in unchosen.text) == (422, True)
    unsaid = respondent.send(page, **{"objection-ground": "authenticity", "objection-words": "…"})
    assert "Say in words what is wrong with it." in unsaid.text
    sent = respondent.send(page, **{"objection-ground": "authenticity", "objection-words": HOSTILE})
    assert sent.location == f"{respondent.path}/{page}"

    asked = f'<a href="{claimant.path}/{page}">The other side objects to your C-1: you may reply</a>'
    assert "Reply to the objection to C-1" in claimant.page()
    assert asked in claimant.page()
    assert asked not in respondent.page()
    assert f'/{page}">Reply to the objection to C-1</a>' in claimant.get("files/C-1").text
    assert "&lt;script&gt;" in claimant.get(page).text
    number = re.search(r"objections/(\d+)/reply", claimant.get(page).text)
    assert number is not None
    replied = claimant.send(f"{page}/{number[1]}/reply", **{f"reply{number[1]}-words": "原件在此。"})
    assert replied.location == f"{claimant.path}/{page}"
    assert asked not in claimant.page()
    again = claimant.send(f"{page}/{number[1]}/reply", **{f"reply{number[1]}-words": "再说一次。"})
    assert again.status_code == 409

    browser.sign_in("arbitrator")
    weighing = f"/cases/{case_no}/evidence/C-1/admissibility"
    for address in (weighing, f"/cases/{case_no}/evidence", f"/cases/{case_no}/evidence/C-1"):
        shown = browser.get(address).text
        assert "Objected, not decided" in shown
        assert "原件在此。" in shown
        assert HOSTILE not in shown
    office.close_record(case_no)
    ruling = f"/cases/{case_no}/ruling"
    assert f'href="{weighing}#objection-{number[1]}"' in browser.get(ruling).text
    kept = send(browser, case_no, "/prepare")
    assert kept.status_code == 422
    assert '<a href="#undecided">Decide on the objection to C-1 first' in kept.text
    assert "Every objection to evidence is decided (evidence C-1)" in kept.text
    decision = f"/cases/{case_no}/evidence/C-1/objections/{number[1]}"
    fields = {f"decision{number[1]}-decision": "dismissed", f"decision{number[1]}-reason": "与原件一致。"}
    assert "Objected, not decided" in browser.get(weighing).text
    assert browser.post(decision, fields, form=weighing).location == weighing
    decided = browser.get(weighing).text
    assert "Your decision on the objection is on the record." in decided
    assert "Objection dismissed" in decided
    assert browser.post(decision, fields, form=weighing).status_code == 409
    assert "Objections to decide first" not in browser.get(ruling).text
    assert "Objection dismissed" in respondent.get("files/C-1").text
    record = browser.get(f"/cases/{case_no}/record").text
    assert "Respondent objected to C-1: Not authentic" in record
    assert "The arbitrator decided on the objection to C-1: Objection dismissed" in record
    assert "Found by the arbitrator; it counts since" in browser.get(weighing).text
    contrary = {"found-fact": "doubtful_copy", "found-value": "true", "found-reason": "缺页。"}
    assert browser.post(f"/cases/{case_no}/evidence/C-1/finding", contrary, form=weighing).status_code == 303
    assert "was otherwise and counts no more: 与原件一致。" in browser.get(weighing).text


def test_a_decision_that_is_refused_is_shown_again_with_all_that_was_typed(
    app: Flask, browser: Browser, case_no: str, office: Office
) -> None:
    respondent = party_of(app, office, case_no, Role.RESPONDENT)
    respondent.enter()
    sent = {"objection-ground": "authenticity", "objection-words": "不是原件。"}
    assert respondent.send("files/C-1/objections", **sent).status_code == 303
    browser.sign_in("arbitrator")
    weighing = f"/cases/{case_no}/evidence/C-1/admissibility"
    number = re.search(r"/objections/(\d+)\"", browser.get(weighing).text)
    assert number is not None
    mine = f"decision{number[1]}-"

    def post(**fields: str) -> str:
        answer = browser.post(
            f"/cases/{case_no}/evidence/C-1/objections/{number[1]}",
            {f"{mine}{name}": value for name, value in fields.items()},
            form=weighing,
        )
        assert answer.status_code == 422
        return answer.text

    unchosen = post(reason=HOSTILE)
    assert f'<a href="#{mine}decision">Choose whether the objection is upheld or dismissed.' in unchosen
    assert f'id="{mine}decision-error">Choose whether' in unchosen
    assert re.search(rf'<textarea[^>]* id="{mine}reason"[^>]*>\s*&lt;script&gt;', unchosen)
    unsaid = post(decision="upheld", reason="…")
    assert f'<a href="#{mine}reason">Give the reason in words' in unsaid
    assert re.search(rf'<input checked[^>]* name="{mine}decision"[^>]* value="upheld"', unsaid)
    assert "Objected, not decided" in unsaid
