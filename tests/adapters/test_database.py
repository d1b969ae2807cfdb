"""The two doors of the database: who reads cannot write, writers take turns, and a refusal leaves nothing."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arbitration.actions.context import PUBLIC, SYSTEM
from arbitration.adapters.database import Database, migrate
from arbitration.store.intake import Counter, take_number


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.dispose()


def value(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT value FROM counter WHERE name = 'n'")) or 0


# Reading


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO counter (name, value) VALUES ('n', 1)",
        "UPDATE counter SET value = 2",
        "DELETE FROM counter",
        "CREATE TABLE elsewhere (x INTEGER)",
        "DROP TABLE counter",
    ],
)
def test_who_reads_cannot_write(database, statement):
    with database.writing() as session:
        take_number(session, "n")
    with database.reading() as session, pytest.raises(DBAPIError, match=r"readonly|read-only|not authorized"):
        session.execute(text(statement))
    assert value(database) == 1


def test_objects_changed_while_reading_are_not_written_either(database):
    with database.writing() as session:
        take_number(session, "n")
    with database.reading() as session:
        session.get_one(Counter, "n").value = 9
    assert value(database) == 1
    with database.reading() as session:
        session.get_one(Counter, "n").value = 9
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()


def test_who_reads_sees_one_state_from_beginning_to_end(database):
    with database.writing() as session:
        take_number(session, "n")
    with database.reading() as early:
        assert early.scalar(text("SELECT value FROM counter")) == 1
        with database.writing() as session:
            take_number(session, "n")
        assert early.scalar(text("SELECT value FROM counter")) == 1
        assert value(database) == 2


def test_reading_does_not_wait_for_a_writer_nor_a_writer_for_readers(database):
    with database.reading() as reading:
        assert reading.scalar(text("SELECT count(*) FROM counter")) == 0
        with database.writing() as session:
            take_number(session, "n")
            assert value(database) == 0
        assert value(database) == 1


# Writing


def test_what_is_written_is_kept_on_return_and_gone_on_any_exception(database):
    class Odd(BaseException):
        pass

    for error in (RuntimeError, KeyboardInterrupt, Odd):
        with suppress(error), database.writing() as session:
            take_number(session, "n")
            session.flush()
            raise error
        assert value(database) == 0
    with database.writing() as session:
        take_number(session, "n")
    assert value(database) == 1


def test_a_writer_can_go_on_after_another_was_refused(database):
    for _ in range(30):  # more than the pool holds
        with suppress(DBAPIError), database.writing() as session:
            session.execute(text("INSERT INTO nowhere VALUES (1)"))
    with database.writing() as session:
        assert take_number(session, "n") == 1


def test_many_threads_count_without_losing_one(database):
    def count(_: int) -> int:
        with database.writing() as session:
            seen = session.scalar(text("SELECT value FROM counter WHERE name = 'n'")) or 0
            assert take_number(session, "n") == seen + 1
            return seen

    with ThreadPoolExecutor(8) as workers:
        assert sorted(workers.map(count, range(80))) == list(range(80))


CHILD = """
import sys
from sqlalchemy import text
from arbitration.adapters.database import Database
from arbitration.store.intake import take_number

database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    with database.writing() as session:
        seen = session.scalar(text("SELECT value FROM counter WHERE name = 'n'")) or 0
        if take_number(session, "n") != seen + 1:
            sys.exit("somebody wrote in between")
"""


def test_two_processes_that_write_wait_for_each_other_and_neither_fails(database):
    url = database.url.render_as_string(hide_password=False)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate()[1] for child in children]
    assert ([child.returncode for child in children], said) == ([0, 0], ["", ""])
    assert value(database) == 200


def test_a_writer_waits_for_a_program_that_knows_of_no_turns(tmp_path, migrated_sqlite):
    path = tmp_path / "arbitration.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        take_number(session, "n")
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    foreign.execute("UPDATE counter SET value = 7 WHERE name = 'n'")

    def count() -> tuple[int, int]:
        with database.writing() as session:
            return session.scalar(text("SELECT value FROM counter WHERE name = 'n'")), take_number(session, "n")

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(count)
        with suppress(TimeoutError):
            counted.result(timeout=0.3)  # it waits
        foreign.execute("COMMIT")
        assert counted.result() == (7, 8)
    foreign.close()
    database.dispose()


def test_a_reader_in_the_middle_of_its_transaction_cannot_become_a_writer(database):
    """On SQLite a reader that turns to writing would fail as locked: there is no such turn here."""
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(DBAPIError, match=r"not authorized|read-write mode|must be set before"):
            session.execute(text("PRAGMA query_only = OFF" if database.is_sqlite else "SET TRANSACTION READ WRITE"))


# SQLite's settings


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", ["write", "read"])
def test_every_connection_to_sqlite_is_set_as_decided(database, door):
    with getattr(database, door).connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "recursive_triggers",
                "busy_timeout",
                "query_only",
            )
        }
    full, on = 2, 1
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": on,
        "recursive_triggers": on,
        "busy_timeout": 10_000,
        "query_only": int(door == "read"),
    }


def test_readers_and_the_writer_do_not_wait_for_each_other_by_construction(database):
    assert database.uses_wal()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_readers_of_postgresql_are_read_only_and_see_a_snapshot(database):
    with database.reading() as session:
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
        assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
    with database.writing() as session:
        assert session.scalar(text("SHOW transaction_read_only")) == "off"


def test_migrating_makes_the_folder_that_is_missing(tmp_path):
    migrate(f"sqlite:///{tmp_path / 'new' / 'deeper' / 'arbitration.db'}")
    database = Database(f"sqlite:///{tmp_path / 'new' / 'deeper' / 'arbitration.db'}")
    assert value(database) == 0
    database.dispose()


# The portal, which every door opens


def test_the_portals_work_is_kept_on_return_and_taken_back_on_any_exception(portal):
    for error in (RuntimeError, KeyboardInterrupt):
        with suppress(error), portal.work(SYSTEM) as work:
            take_number(work.session, "n")
            work.ports.jobs.enqueue(work.session, "announce", {}, work.now)
            raise error
    with portal.read(PUBLIC) as work:
        assert not work.ports.jobs.any_due(work.session, work.now)
    assert value(portal.database) == 0
    with portal.work(SYSTEM) as work:
        take_number(work.session, "n")
    assert value(portal.database) == 1


def test_the_portals_reading_door_cannot_write(portal):
    with portal.read(SYSTEM) as work, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        take_number(work.session, "n")


def test_the_time_stands_still_in_one_piece_of_work_and_is_the_clocks(portal, clock):
    with portal.work(SYSTEM) as work:
        begun = work.now
        clock.tick(hours=1)
        assert work.now == begun
    with portal.work(SYSTEM) as work:
        assert work.now == clock()


def test_one_piece_of_work_at_a_time(portal):
    inside, most = [], []
    start = threading.Barrier(4)

    def work_once(_: int) -> None:
        start.wait()
        with portal.work(SYSTEM) as work:
            inside.append(1)
            most.append(len(inside))
            take_number(work.session, "n")
            inside.pop()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work_once, range(4)))
    assert most == [1, 1, 1, 1]


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(database):
    with pytest.raises(DBAPIError) as refused, database.writing() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "张三"})
    assert "张三" not in str(refused.value)
