"""What waits on the evidence stands with the tasks, on the overview, and where the record is closed."""

import pytest

from arbitration.domain.permissions import Role
from tests.actions.test_admissibility import brought as brought
from tests.actions.test_objections import challenge
from tests.actions.test_productions import order, refuse
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_confidentiality import brought as with_a_confidential_item


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_what_is_open_is_listed_with_the_way_to_it_before_the_record_is_closed(
    browser: Browser, case_no: str, office: Office
) -> None:
    challenge(office, case_no)
    refused, number = order(office, case_no), order(office, case_no)
    refuse(office, case_no, refused, Role.RESPONDENT)
    browser.sign_in("arbitrator")
    overview, tasks = (browser.get(f"/cases/{case_no}{tab}").text for tab in ("", "/tasks"))
    ways = (
        f'href="/cases/{case_no}/evidence/C-1/admissibility#objections-title"',
        f'href="/cases/{case_no}/productions#production-{refused}"',
        f'href="/cases/{case_no}/productions#production-{number}"',
    )
    for way in ways:
        assert (overview.count(way), tasks.count(way)) == (2, 1)  # in its own card, and where the record is closed
    assert f"Answer production order {number}" in tasks
    assert tasks.count("Your turn") == 3  # the objection, the finding, and the record
    assert "No ruling can be prepared before every objection is decided" in overview


def test_a_confidential_original_is_no_task_and_told_where_the_record_is_closed(
    browser: Browser, office: Office
) -> None:
    case_no = with_a_confidential_item(office)
    browser.sign_in("arbitrator")
    told = "Disclose the original of R-1 while it can be answered, or leave it so"
    assert browser.get(f"/cases/{case_no}").text.count(told) == 1
    assert told not in browser.get(f"/cases/{case_no}/tasks").text


def test_where_the_record_is_closed_it_says_what_may_still_be_added_and_nothing_more_is_promised(
    browser: Browser, case_no: str
) -> None:
    browser.sign_in("arbitrator")
    page = browser.get(f"/cases/{case_no}").text
    assert "What is filed afterwards counts as late" in page
    assert "What is missing from the form of C-2, R-1 may still be added until" in page
    assert "Nothing can be added afterwards" not in page
