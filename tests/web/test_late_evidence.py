"""Evidence that came after the record closed is shown as such to the office and to the parties."""

from arbitration.domain.permissions import Role
from tests.domain.escalations import event, evidence
from tests.web.conftest import Browser
from tests.web.test_party import party_of

MARK = "Came after the record closed"


def test_what_came_after_the_record_closed_is_marked_for_all(app, office):
    case_no = office.escalate("D-late")
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    staff = Browser(app.test_client(), office)
    staff.sign_in("arbitrator")
    assert MARK not in claimant.page() + staff.get(f"/cases/{case_no}/evidence").text
    late = event("evidence.added", evidence=[evidence("e-2", b"too late\n")])
    late["data"]["platform_dispute_id"] = "D-late"
    office.post(late)
    office.settle()
    for page in (claimant.page(), staff.get(f"/cases/{case_no}/evidence").text):
        assert page.count(MARK) == 1
    editor = staff.get(f"/cases/{case_no}/ruling").text
    assert 'value="C-1"' in editor
    assert 'value="C-2"' not in editor
