"""How often signing in may be tried: few times for one account or link, more for an address that many share."""

import pytest

from arbitration.actions import people
from arbitration.actions.context import PUBLIC, SYSTEM
from arbitration.domain.errors import TooMany
from arbitration.domain.permissions import Role
from arbitration.store import cases
from tests.factories import PASSWORD

ADDRESS = "192.0.2.7"


def tries_until_refused(attempt) -> int:
    """How many attempts go through before one is too many."""
    for count in range(1000):
        try:
            attempt(count)
        except TooMany:
            return count
    raise AssertionError("never refused")


def test_one_account_can_be_tried_ten_times_from_wherever(office):
    def attempt(count: int) -> None:
        people.check_password(
            office.portal, email="registrar@office.example", password="wrong", address=f"192.0.2.{count}"
        )

    assert tries_until_refused(attempt) == 10


def test_a_whole_office_behind_one_address_can_sign_in_and_a_guesser_there_is_stopped(office):
    def attempt(count: int) -> None:
        people.check_password(office.portal, email=f"nobody-{count}@office.example", password="wrong", address=ADDRESS)

    assert tries_until_refused(attempt) == 100
    with pytest.raises(TooMany):
        people.check_password(office.portal, email="registrar@office.example", password=PASSWORD, address=ADDRESS)


def test_one_link_can_be_tried_ten_times_from_wherever(office):
    case_no = office.escalate()
    with office.portal.read(SYSTEM) as work:
        link = cases.party_of(work.session, case_no, Role.CLAIMANT).link

    def attempt(count: int) -> None:
        with office.portal.work(PUBLIC) as work:
            assert people.enter_by_link(work, link=link, code="wrong", address=f"192.0.2.{count}") is None

    assert tries_until_refused(attempt) == 10
