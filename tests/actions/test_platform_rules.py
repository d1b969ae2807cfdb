"""A platform's rules: published by whom, once, for later orders only, and what of them binds."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from arbitration.actions import platform_rules
from arbitration.actions.context import PUBLIC, SYSTEM, Work
from arbitration.domain.errors import Conflict, NotAllowed, NotFound
from arbitration.domain.permissions import Role
from arbitration.domain.platform_rules import RulesRefused
from arbitration.store import history
from arbitration.store.platform_rules import RulesVersion
from tests.factories import Office
from tests.rules_files import FIRST, rules_file

SEVEN_DAYS = rules_file("AS-01", floors={"window": "7d"})
DECEMBER = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""When 1 December begins in Beijing."""


def kami(work: Work) -> int:
    return platform_rules.platform_named(work, "kami").id


def publish(office: Office, raw: bytes) -> platform_rules.Published:
    with office.portal.work(office.actors["officer"]) as work:
        return platform_rules.publish(work, kami(work), raw)


def test_rules_are_published_once_and_bind_orders_from_their_day_on(office: Office) -> None:
    first = publish(office, SEVEN_DAYS)
    assert (first.is_new, first.rules.version) == (True, "1.0.0")
    assert publish(office, SEVEN_DAYS).is_new is False
    publish(office, rules_file("AS-01", floors={"window": "48h"}, version="1.1.0", in_force="2026-12-02"))
    with office.portal.read(PUBLIC) as work:
        found = [
            platform_rules.binding_promises(work, kami(work), at, FIRST)
            for at in (DECEMBER.replace(minute=0, hour=15), DECEMBER, DECEMBER.replace(day=2))
        ]
        assert [{name: value.text for name, value in each.items()} for each in found] == [{}, {"window": "7d"}, {}]
        assert [each.rules.version for each in platform_rules.versions(work, kami(work))] == ["1.1.0", "1.0.0"]
        with pytest.raises(NotFound):
            platform_rules.version(work, kami(work), "9.0.0")
        assert history.problems(work.session) == []


def test_other_bytes_under_a_published_version_and_a_second_version_for_a_day_are_refused(office: Office) -> None:
    publish(office, SEVEN_DAYS)
    with pytest.raises(Conflict, match="published already"):
        publish(office, SEVEN_DAYS + b"\n")
    with pytest.raises(Conflict, match="same day"):
        publish(office, rules_file("AS-01", version="1.0.1"))


def test_rules_are_never_for_the_day_of_their_publication(office: Office) -> None:
    """It is the 22nd in London when it is the 23rd in Beijing already, and Beijing's day counts."""
    office.portal.ports.clock.now = datetime(2026, 11, 22, 17, tzinfo=UTC)
    with pytest.raises(RulesRefused, match="later orders only"):
        publish(office, rules_file("AS-01", in_force="2026-11-23"))
    assert publish(office, rules_file("AS-01", in_force="2026-11-24")).is_new


def test_only_the_platforms_own_officer_the_platform_or_the_office_publishes(office: Office) -> None:
    office.add_platform("wanka")
    rival = office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
    for actor in (rival, office.actors["registrar"], PUBLIC):
        with pytest.raises(NotAllowed), office.portal.work(actor) as work:
            platform_rules.publish(work, kami(work), SEVEN_DAYS)
    with office.portal.work(SYSTEM) as work:
        assert platform_rules.publish(work, kami(work), SEVEN_DAYS).is_new


def test_what_is_checked_is_not_kept(office: Office) -> None:
    with office.portal.read(PUBLIC) as work:
        assert platform_rules.check(work, SEVEN_DAYS).counts["stricter"] == 1
        with pytest.raises(RulesRefused, match="not UTF-8"):
            platform_rules.check(work, b"\xff")
        assert platform_rules.versions(work, kami(work)) == []


@pytest.mark.parametrize("changed", [{"version": "2.0.0"}, {"in_force_at": DECEMBER.replace(day=2)}])
def test_the_database_itself_keeps_one_text_for_a_version_and_a_day(office: Office, changed: dict[str, Any]) -> None:
    publish(office, SEVEN_DAYS)
    with office.portal.read(PUBLIC) as work:
        row = work.session.get_one(RulesVersion, (kami(work), "1.0.0"))
        kept = {column.name: getattr(row, column.name) for column in RulesVersion.__table__.columns}
    with pytest.raises(IntegrityError), office.portal.work(SYSTEM) as work:
        work.session.add(RulesVersion(**kept | changed))
