"""Late evidence over HTTP: filed with a cause, commented on by the other side, found admissible, and printed."""

import pytest
from flask import Flask

from arbitration.domain.permissions import Role
from tests.domain.escalations import event, evidence
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_party import party_of

MARK = "Came after the record closed"
HOSTILE = "<script>alert(1)</script> 此前住院 \u202e4200"


def brought(office: Office) -> str:
    case_no = office.escalate("D-late")
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    return case_no


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_what_a_platform_sends_late_is_marked_for_all_and_offered_for_no_finding(
    app: Flask, browser: Browser, case_no: str, office: Office
) -> None:
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    browser.sign_in("arbitrator")
    assert MARK not in claimant.page() + browser.get(f"/cases/{case_no}/evidence").text
    late = event("evidence.added", evidence=[evidence("e-2", b"too late\n")])
    late["data"]["platform_dispute_id"] = "D-late"
    office.post(late)
    office.settle()
    for page in (claimant.page(), browser.get(f"/cases/{case_no}/evidence").text):
        assert page.count(MARK) == 1
    editor = browser.get(f"/cases/{case_no}/ruling").text
    assert 'value="C-1"' in editor
    assert 'value="C-2"' not in editor


def test_a_late_file_goes_from_its_cause_to_the_printed_ruling(
    app: Flask, browser: Browser, case_no: str, office: Office
) -> None:
    claimant, respondent = (party_of(app, office, case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT))
    claimant.enter()
    respondent.enter()
    assert "File evidence late" in claimant.page()
    said = claimant.get("evidence").text
    assert "The record is closed, so what you file now is late." in said
    assert "The other side then has 24 h to comment" in said
    assert "Evidence filed after the time for evidence has ended is admitted only if" in said
    claimant.upload(("回执.txt", b"receipt\n"), kind="other")
    unsaid = claimant.send("evidence/submit", checked="1", because="…")
    assert (unsaid.status_code, 'href="#because"' in unsaid.text) == (422, True)
    assert claimant.send("evidence/check", checked="1", because=HOSTILE).status_code == 303
    assert "&lt;script&gt;" in claimant.get("evidence/check").text
    assert claimant.send("evidence/submit").location == f"{claimant.path}/evidence/receipt"
    assert "Filed late" in claimant.get("evidence/receipt").text

    page = respondent.page()
    assert "Comment on C-2, which came late" in page
    assert '<bdi class="said">&lt;script&gt;' in page
    assert "Comment on C-2, which came late" not in claimant.page()
    asked, idle = "Your comment on C-2, which came late, is asked for until", "You need not do anything."
    assert (asked in page, idle in page) == (True, False)
    assert (asked in claimant.page(), idle in claimant.page()) == (False, True)
    comment = "files/C-2/comment"
    assert "Write your comment." in respondent.send(comment, words="…").text
    weighing = f"/cases/{case_no}/evidence/C-2/admissibility"
    browser.sign_in("arbitrator")
    assert "Respondent may comment until" in browser.get(weighing).text
    assert "Respondent’s comment on late evidence due, on C-2" in browser.get(f"/cases/{case_no}").text
    finding = {"found-fact": "good_cause", "found-value": "true", "found-reason": "住院记录可证。"}
    assert browser.post(f"/cases/{case_no}/evidence/C-2/finding", finding, form=weighing).status_code == 303
    office.draft(case_no)
    assert "(there is time until" in browser.get(f"/cases/{case_no}/ruling").text
    assert respondent.send(comment, words="与本案无关。").location == f"{respondent.path}/{comment}"
    again = respondent.send(comment, words="再说一次。")
    assert (again.status_code, "再说一次。" in again.text) == (409, True)

    for address in (weighing, f"/cases/{case_no}/evidence", f"/cases/{case_no}/evidence/C-2"):
        shown = browser.get(address).text
        assert ("与本案无关。" in shown, "&lt;script&gt;" in shown, HOSTILE in shown) == (True, True, False)
    editor = browser.get(f"/cases/{case_no}/ruling").text
    assert 'value="C-2"' in editor
    assert "(there is time until" not in editor
    for printed in (
        "逾期提交",
        "所述逾期原因：",
        "仲裁庭仍予采纳",
        "住院记录可证。",
        "被申请人的意见：",
        "与本案无关。",
    ):
        assert printed in editor, printed
    record = browser.get(f"/cases/{case_no}/record").text
    assert "C-2 came after the record closed: Other" in record
    assert "Respondent commented on C-2, which came late" in record
