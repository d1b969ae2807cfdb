"""Accounts and platforms: what could never work is refused, and what is disabled is out at once."""

import pytest

from arbitration.actions import people
from arbitration.actions.context import SYSTEM
from arbitration.domain.errors import Invalid, NotFound, Refused
from arbitration.domain.intake import BadSignature
from arbitration.domain.permissions import Role
from tests.domain.escalations import escalation
from tests.factories import PASSWORD, Office


def add(office: Office, **changed: object) -> None:
    given = {"slug": "yx", "name": "游戏", "dialect": "canonical", "webhook_url": None, "evidence_hosts": (), **changed}
    with office.portal.work(SYSTEM) as work:
        people.add_platform(work, **given)


@pytest.mark.parametrize(
    "changed",
    [
        {"slug": "A B"},
        {"slug": ""},
        {"slug": "x" * 64},
        {"slug": "../x"},
        {"webhook_url": "http://shop.example/hooks"},
        {"webhook_url": "https://"},
        {"webhook_url": "ftp://shop.example"},
        {"evidence_hosts": ("https://files.example",)},
        {"evidence_hosts": ("files.example/path",)},
        {"evidence_hosts": ("two hosts",)},
    ],
)
def test_a_platform_that_could_never_be_reached_is_refused(office: Office, changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        add(office, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_url": "https://shop.example/hooks?x=1"},
        {"webhook_url": "http://127.0.0.1:9000/hooks"},
        {"evidence_hosts": ("files.example", "cdn-1.example:8443", "localhost:9000")},
    ],
)
def test_a_platform_that_can_be_reached_is_taken(office: Office, changed: dict[str, object]) -> None:
    add(office, **changed)


def test_a_disabled_account_is_signed_out_and_stays_out(office: Office) -> None:
    staff = office.add_staff("leaver", Role.REGISTRAR)
    email = "leaver@office.example"
    given = {"email": email, "password": PASSWORD, "address": "127.0.0.1"}
    assert people.check_password(office.portal, **given) == staff.id
    with office.portal.work(SYSTEM) as work:
        people.disable_staff(work, email=email)
    assert people.check_password(office.portal, **given) is None
    with office.portal.work(SYSTEM) as work:
        assert people.check_second_factor(work, actor_id=staff.id, code=office.code("leaver")) is None
        with pytest.raises(NotFound):
            people.disable_staff(work, email=email)


def test_nothing_of_a_disabled_platform_is_accepted(office: Office) -> None:
    assert office.post(escalation()).status == 202
    with office.portal.work(SYSTEM) as work:
        people.disable_platform(work, slug="kami")
    with pytest.raises((BadSignature, Refused)):
        office.post(escalation(), webhook_id="later")
