"""The list of evidence a part at a time: for staff and for a party, by number or by the item that is wanted."""

import io
import re

import pytest

from arbitration.actions import filing
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from tests.factories import Office
from tests.web.test_party import party_of


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """With 23 items: C-1 from the platform, C-2 to C-21 and R-1, R-2 from the parties."""
    number = office.escalate()
    office.admit(number)
    office.seat(number)
    office.respond(number)
    filed(office, number, Role.CLAIMANT, 20)
    filed(office, number, Role.RESPONDENT, 2)
    return number


def filed(office: Office, case_no: str, role: Role, number: int) -> None:
    actor = office.party(case_no, role)
    files = [filing.Upload(f"{n}.txt", io.BytesIO(f"{role} {n}\n".encode())) for n in range(number)]
    filing.upload(office.portal, actor, case_no, Kind.CHAT_LOG, files)
    with office.portal.work(actor) as work:
        filing.submit(work, case_no)


def labels(page: str) -> list[str]:
    return re.findall(r"<h3><code>([CRPI]-\d+)</code>", page)


def test_staff_turn_the_pages_and_a_link_leads_to_the_page_of_its_item(browser, case_no):
    browser.sign_in("arbitrator")
    path = f"/cases/{case_no}/evidence"
    first = browser.get(path).text
    assert labels(first) == [f"C-{n}" for n in range(1, 21)]
    assert "1 to 20 of 23" in first
    assert f'href="{path}?page=2" rel="next"' in first
    last = browser.get(f"{path}?page=2").text
    assert labels(last) == ["C-21", "R-1", "R-2"]
    assert 'rel="next"' not in last
    for asked in ("at=R-1", "page=9", "page=99999999999999999999"):
        assert labels(browser.get(f"{path}?{asked}").text) == labels(last), asked
    for asked in ("at=C-20", "at=X-1", "at=%00", "page=0", "page=-1", "page=two", "page="):
        assert labels(browser.get(f"{path}?{asked}").text) == labels(first), asked
    assert f'href="{path}?at=R-2#R-2"' in browser.get(f"{path}/R-2/admissibility").text


def test_a_party_turns_the_pages_of_its_own(app, office, case_no):
    party = party_of(app, office, case_no, Role.RESPONDENT)
    party.enter()
    first = party.browser.get(party.path).text
    assert len(labels(first)) == 20
    assert f'href="{party.path}?page=2" rel="next"' in first
    assert labels(party.browser.get(f"{party.path}?page=2").text) == ["C-21", "R-1", "R-2"]
