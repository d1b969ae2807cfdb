"""What waits on the evidence stands with the tasks, on the overview, and where the record is closed."""

import pytest

from arbitration.domain.permissions import Role
from tests.actions.test_admissibility import brought
from tests.actions.test_objections import challenge
from tests.actions.test_productions import order, refuse
from tests.factories import Office
from tests.web.conftest import Browser


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def case_no(office: Office) -> str:
    return brought(office)


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
