"""Rate limits: so many in a window and no more, for each key by itself, across processes."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from arbitration.adapters.database import Database
from arbitration.adapters.limits_sql import SqlLimits

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.dispose()


def allow(database: Database, key: str = "password:li", now: datetime = NOW) -> bool:
    with database.writing() as session:
        return SqlLimits().allow(session, key, most=3, within=WINDOW, now=now)


def test_exactly_as_many_as_are_allowed_pass(database):
    assert [allow(database) for _ in range(5)] == [True, True, True, False, False]


def test_every_key_counts_for_itself(database):
    assert [allow(database) for _ in range(4)][-1] is False
    assert allow(database, "password:wang")


def test_a_new_window_begins_when_the_old_one_is_over_and_not_before(database):
    for _ in range(4):
        allow(database)
    assert not allow(database, now=NOW + WINDOW - timedelta(microseconds=1))
    assert [allow(database, now=NOW + WINDOW) for _ in range(4)] == [True, True, True, False]


def test_another_process_counts_in_the_same_window(database):
    other = Database(database.url.render_as_string(hide_password=False))
    assert [allow(each) for each in (database, other, database, other)] == [True, True, True, False]
    other.dispose()


def test_two_tries_in_one_transaction_are_two(database):
    with database.writing() as session:
        tries = [SqlLimits().allow(session, "link:x", most=1, within=WINDOW, now=NOW) for _ in range(2)]
    assert tries == [True, False]


def test_a_try_whose_transaction_is_taken_back_did_not_count(database):
    with suppress(RuntimeError), database.writing() as session:
        SqlLimits().allow(session, "password:li", most=3, within=WINDOW, now=NOW)
        raise RuntimeError
    assert [allow(database) for _ in range(4)] == [True, True, True, False]


def test_windows_that_are_long_over_are_forgotten_some_at_a_time_and_no_others(database):
    for number in range(3):
        allow(database, f"password:{number}", NOW - timedelta(seconds=3 - number))
    for _ in range(4):
        allow(database, "password:li")
    for left in (2, 1, 0):
        with database.writing() as session:
            assert SqlLimits().prune(session, NOW, 2) == left
    assert not allow(database, "password:li")
