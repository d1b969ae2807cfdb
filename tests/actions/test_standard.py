"""Publishing a version of the standard: by whom, once, after its consultation, and never for a day that has begun."""

from datetime import timedelta

import pytest

from arbitration.actions import standard, standard_drafts
from arbitration.actions.context import PUBLIC, SYSTEM
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany, WrongState
from arbitration.domain.log import NO_CASE
from arbitration.domain.standard import StandardRefused
from arbitration.portal import Portal
from arbitration.store import history
from arbitration.store import standard as store
from arbitration.store.standard import StandardDraft
from tests.factories import EDITOR, STANDARD, publish_version
from tests.fakes import FakeClock

FIRST = STANDARD.read_text("utf-8")
WEEK = timedelta(days=7)
LATER = "2027-01-01"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def numbered(version: str, day: str) -> str:
    text = FIRST.replace("version: 1.0.0", f"version: {version}", 1)
    return text.replace("in_force: 2026-01-01", f"in_force: {day}", 1)


@pytest.fixture
def published(portal: Portal) -> Portal:
    with portal.work(SYSTEM) as work:
        standard.publish(work, FIRST)
    return portal


@pytest.fixture
def draft(published: Portal) -> int:
    return begun(published, numbered("1.1.0", LATER))


def begun(portal: Portal, text: str | None = None) -> int:
    with portal.work(EDITOR) as work:
        return standard_drafts.start(work, text).id


def opened(portal: Portal, draft: int, lasts: timedelta = WEEK) -> None:
    with portal.work(EDITOR) as work:
        standard_drafts.open_consultation(work, draft, standard_drafts.find(work, draft).revision, lasts)


def said(portal: Portal, draft: int, text: str = "同意。", source: str = "1.2.3.4") -> None:
    with portal.work(PUBLIC) as work:
        standard_drafts.comment(work, draft, name="王先生", text=text, language="zh", source=source)


def row(portal: Portal, draft: int) -> StandardDraft:
    with portal.read(EDITOR) as work:
        return standard_drafts.find(work, draft)


def versions(portal: Portal) -> list[str]:
    with portal.read(PUBLIC) as work:
        return [each.version for each in standard.published(work)]


def told(portal: Portal) -> list[str]:
    with portal.read(SYSTEM) as work:
        return [event.kind for event, _ in history.of_case(work.session, NO_CASE)]


def test_the_first_version_of_an_empty_office_is_the_operators_and_may_be_in_force_already(published: Portal) -> None:
    with published.read(PUBLIC) as work:
        assert standard.version(work, "1.0.0").sha256 == standard.published(work)[0].sha256
    assert versions(published) == ["1.0.0"]


def test_the_editor_consults_on_the_first_version_too(portal: Portal) -> None:
    with pytest.raises(WrongState, match="not in consultation"), portal.work(EDITOR) as work:
        standard.publish(work, numbered("1.0.0", LATER))


def test_a_published_version_cannot_be_changed(published: Portal) -> None:
    with pytest.raises(Conflict, match="published already"), published.work(SYSTEM) as work:
        standard.publish(work, FIRST.replace("in_force: 2026-01-01", "in_force: 2027-01-01", 1))


def test_not_even_the_operator_publishes_a_second_version_without_a_consultation(published: Portal) -> None:
    with pytest.raises(WrongState, match="not in consultation"), published.work(SYSTEM) as work:
        standard.publish(work, numbered("1.1.0", LATER))
    assert versions(published) == ["1.0.0"]


def test_only_those_who_may_publish_do(published: Portal, draft: int) -> None:
    with pytest.raises(NotAllowed), published.work(PUBLIC) as work:
        standard.publish(work, numbered("2.0.0", LATER))
    with pytest.raises(NotAllowed), published.work(SYSTEM) as work:
        standard_drafts.withdraw(work, draft)
    assert versions(published) == ["1.0.0"]


def test_a_text_that_is_refused_is_neither_laid_open_nor_published(published: Portal) -> None:
    with pytest.raises(StandardRefused), published.work(SYSTEM) as work:
        standard.publish(work, numbered("2.0.0", "2027-02-30"))
    with pytest.raises(StandardRefused):
        opened(published, begun(published, numbered("2.0.0", "2027-02-30")))


def test_a_draft_lies_open_for_its_time_and_is_then_published_byte_for_byte(
    published: Portal, draft: int, clock: FakeClock
) -> None:
    opened(published, draft)
    clock.tick(days=7, microseconds=-1)
    with pytest.raises(WrongState, match="open until"), published.work(EDITOR) as work:
        standard_drafts.publish(work, draft)
    with pytest.raises(WrongState, match="not in consultation"), published.work(SYSTEM) as work:
        standard.publish(work, numbered("1.1.0", LATER) + "# one byte more\n")
    clock.tick(microseconds=1)
    with published.work(EDITOR) as work:
        standard_drafts.publish(work, draft)
    with published.read(PUBLIC) as work:
        assert work.session.get_one(store.StandardVersion, "1.1.0").body == row(published, draft).body
    assert versions(published) == ["1.1.0", "1.0.0"]
    assert told(published)[-3:] == ["standard_draft_started", "consultation_opened", "standard_published"]


def test_the_operator_publishes_the_same_file_once_its_consultation_has_ended(
    published: Portal, draft: int, clock: FakeClock
) -> None:
    opened(published, draft)
    clock.tick(days=7)
    with published.work(SYSTEM) as work:
        standard.publish(work, numbered("1.1.0", LATER))
    assert row(published, draft).state.value == "published"


def test_a_version_is_never_retroactive(published: Portal, clock: FakeClock) -> None:
    with pytest.raises(Invalid, match="works backwards"):
        opened(published, begun(published, numbered("1.1.0", "2026-11-29")))  # the last day of the consultation
    late = begun(published, numbered("1.2.0", "2026-11-30"))
    opened(published, late)
    clock.tick(days=8)  # the 30th has come
    with pytest.raises(Invalid, match="works backwards"), published.work(EDITOR) as work:
        standard_drafts.publish(work, late)


def test_while_it_lies_open_the_text_does_not_change_and_going_back_keeps_what_was_said(
    published: Portal, draft: int
) -> None:
    opened(published, draft)
    said(published, draft)
    with pytest.raises(WrongState, match="return it to draft"), published.work(EDITOR) as work:
        standard_drafts.save(work, draft, numbered("1.1.0", "2027-02-01"), 1)
    with published.work(EDITOR) as work:
        standard_drafts.return_to_draft(work, draft)
        standard_drafts.save(work, draft, numbered("1.1.0", "2027-02-01"), 1)
    with published.read(PUBLIC) as work:
        assert [each.text for each in store.comments(work.session, draft)] == ["同意。"]
        with pytest.raises(NotFound):
            standard_drafts.consultation(work, draft)


def test_of_two_editors_the_second_is_told_and_the_first_text_stays(published: Portal, draft: int) -> None:
    mine, theirs = numbered("1.1.0", "2027-03-01"), numbered("1.1.0", "2027-04-01")
    with published.work(EDITOR) as work:
        assert standard_drafts.save(work, draft, theirs, 1).revision == 2
    with pytest.raises(Conflict, match="saved elsewhere") as stale, published.work(EDITOR) as work:
        standard_drafts.save(work, draft, mine, 1)
    assert stale.value.code == "stale"
    with pytest.raises(Conflict), published.work(EDITOR) as work:
        standard_drafts.open_consultation(work, draft, 1, WEEK)
    with published.work(EDITOR) as work:
        assert standard_drafts.save(work, draft, theirs, 1).revision == 2  # the same text again: nothing is lost
    assert row(published, draft).body == theirs


def test_a_new_draft_is_the_version_in_force_with_another_number_and_day(published: Portal) -> None:
    publish_version(published, "1.4.0", "2027-05-01")  # announced, not in force
    made = row(published, begun(published))
    assert made.number == "1.5.0"
    assert made.body == numbered("1.5.0", "2026-12-22")
    assert standard_drafts.faults(made.body) == ()


def test_comments_are_counted_by_address_bounded_and_end_with_the_consultation(
    published: Portal, draft: int, clock: FakeClock
) -> None:
    with pytest.raises(NotFound):
        said(published, draft)
    opened(published, draft)
    for _ in range(standard_drafts.COMMENTS_FROM_ONE):
        said(published, draft)
    with pytest.raises(TooMany):
        said(published, draft)
    said(published, draft, "字" * 5_000, source="5.6.7.8")
    for text in ("字" * 5_001, " \n"):
        with pytest.raises(Invalid):
            said(published, draft, text, source="5.6.7.8")
    clock.tick(days=7)
    with pytest.raises(WrongState, match="is over"):
        said(published, draft)
