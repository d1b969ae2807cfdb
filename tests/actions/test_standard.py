"""Publishing a version of the standard: by whom, once, and no two for one day."""

import pytest

from arbitration.actions import standard
from arbitration.actions.context import PUBLIC, SYSTEM
from arbitration.domain.errors import Conflict, NotAllowed
from arbitration.domain.standard import StandardRefused
from arbitration.portal import Portal
from tests.factories import STANDARD

FIRST = STANDARD.read_text("utf-8")


def numbered(version: str, day: str) -> str:
    text = FIRST.replace("version: 1.0.0", f"version: {version}", 1)
    return text.replace("in_force: 2026-01-01", f"in_force: {day}", 1)


@pytest.fixture
def published(portal: Portal) -> Portal:
    with portal.work(SYSTEM) as work:
        standard.publish(work, FIRST)
    return portal


def versions(portal: Portal) -> list[str]:
    with portal.read(PUBLIC) as work:
        return [each.version for each in standard.published(work)]


def test_a_version_is_published_as_the_text_it_is(published: Portal) -> None:
    with published.read(PUBLIC) as work:
        assert standard.version(work, "1.0.0").sha256 == standard.published(work)[0].sha256
    assert versions(published) == ["1.0.0"]


def test_a_published_version_cannot_be_changed(published: Portal) -> None:
    with pytest.raises(Conflict, match="published already"), published.work(SYSTEM) as work:
        standard.publish(work, FIRST.replace("in_force: 2026-01-01", "in_force: 2027-01-01", 1))


def test_no_two_versions_come_into_force_on_one_day(published: Portal) -> None:
    with pytest.raises(Conflict, match="same day"), published.work(SYSTEM) as work:
        standard.publish(work, numbered("1.0.1", "2026-01-01"))
    with published.work(SYSTEM) as work:
        standard.publish(work, numbered("1.0.1", "2026-01-02"))
    assert versions(published) == ["1.0.1", "1.0.0"]


def test_only_those_who_may_publish_do(published: Portal) -> None:
    with pytest.raises(NotAllowed), published.work(PUBLIC) as work:
        standard.publish(work, numbered("2.0.0", "2027-01-01"))
    assert versions(published) == ["1.0.0"]


def test_a_text_that_is_refused_is_not_published(published: Portal) -> None:
    with pytest.raises(StandardRefused), published.work(SYSTEM) as work:
        standard.publish(work, numbered("2.0.0", "2027-02-30"))
    assert versions(published) == ["1.0.0"]
