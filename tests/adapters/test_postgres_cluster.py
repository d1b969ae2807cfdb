"""The tests' own PostgreSQL server: private while it runs, gone afterwards, whatever became of the tests."""

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tests import postgres

private_only = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="DATABASE_URL names somebody's server")


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Cluster]:
    with postgres.cluster() as cluster:
        yield cluster


@pytest.fixture
def dbname(server: postgres.Cluster) -> Iterator[str]:
    server.create("fresh")
    yield "fresh"
    server.drop("fresh")


def answer(url: str, *statements: str) -> object:
    """The first value that the last statement returns, if it returns rows; all are committed."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def folder_of(server: postgres.Cluster) -> Path:
    return Path(str(server.admin.query["host"]))


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_new_database_is_empty_and_sorts_by_code_point(server, dbname):
    url = server.owner_url(dbname)
    assert answer(url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    assert answer(url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert answer(url, "SHOW server_encoding") == "UTF8"


def test_the_owner_makes_tables_and_the_program_has_only_what_it_is_granted(server, dbname):
    assert answer(server.owner_url(dbname), "SELECT current_user") == postgres.OWNER
    assert answer(server.app_url(dbname), "SELECT current_user") == postgres.APP
    answer(server.owner_url(dbname), "CREATE TABLE t (n int)", f"GRANT SELECT ON t TO {postgres.APP}")
    assert answer(server.app_url(dbname), "SELECT count(*) FROM t") == 0
    with pytest.raises(DBAPIError, match="permission denied"):
        answer(server.app_url(dbname), "INSERT INTO t VALUES (1)")
    with pytest.raises(DBAPIError, match="permission denied"):
        answer(server.app_url(dbname), "CREATE TABLE mine (n int)")


def test_a_copy_has_its_template_s_rows_and_its_own_life(server, dbname):
    answer(server.owner_url(dbname), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)")
    server.create("copy", template=dbname)
    answer(server.owner_url("copy"), "INSERT INTO t VALUES (2)")
    assert answer(server.owner_url("copy"), "SELECT count(*) FROM t") == 2
    assert answer(server.owner_url(dbname), "SELECT count(*) FROM t") == 1
    server.drop("copy")


def test_a_dropped_database_is_gone_even_with_a_client_connected(server):
    server.create("short_lived")
    engine = create_engine(server.app_url("short_lived"))
    with engine.connect() as connection:
        server.drop("short_lived")
        connection.invalidate()
    engine.dispose()
    with pytest.raises(OperationalError, match="does not exist"):
        answer(server.app_url("short_lived"), "SELECT 1")


@private_only
def test_it_has_no_network_port_and_a_folder_closed_to_other_users(server):
    admin = server.admin.render_as_string(hide_password=False)
    assert answer(admin, "SHOW listen_addresses") == ""
    assert answer(admin, "SHOW unix_socket_directories") == str(folder_of(server))
    assert stat.S_IMODE(folder_of(server).stat().st_mode) == 0o700


@private_only
def test_two_servers_side_by_side_know_nothing_of_each_other(server, dbname):
    with postgres.cluster() as other, pytest.raises(OperationalError, match="does not exist"):
        answer(other.owner_url(dbname), "SELECT 1")


@private_only
@pytest.mark.parametrize("ending", [None, KeyboardInterrupt], ids=["after success", "after Ctrl-C"])
def test_nothing_of_it_is_left(ending):
    try:
        with postgres.cluster() as cluster:
            folder = folder_of(cluster)
            server_pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            assert runs(server_pid)
            if ending:
                raise ending
    except KeyboardInterrupt:
        pass
    assert not folder.exists()
    assert not runs(server_pid)


@private_only
def test_nothing_of_it_is_left_after_the_tests_are_killed():
    program = """
import sys
from tests import postgres
with postgres.cluster() as cluster:
    print(cluster.admin.query["host"], flush=True)
    sys.stdin.read()
"""
    tests = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with tests:
        folder = Path(tests.stdout.readline().strip())
        server_pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        assert runs(server_pid)
        tests.send_signal(signal.SIGKILL)
    for _ in range(600):  # the supervisor is no child of ours: there is nothing to wait() for
        if not folder.exists():
            break
        time.sleep(0.1)
    assert not folder.exists()
    assert not runs(server_pid)


@private_only
def test_a_named_server_is_used_under_new_names_and_left_as_it_was(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", server.admin.set(drivername="postgresql").render_as_string(hide_password=False))
    with postgres.cluster() as borrowed:
        borrowed.create("fresh")
        borrowed.create("copy", template="fresh")
        actual = make_url(borrowed.owner_url("fresh")).database
        assert actual != "fresh"
        assert answer(borrowed.owner_url("fresh"), "CREATE TABLE t (n int)", "SELECT current_user") == postgres.OWNER
        assert answer(borrowed.app_url("fresh"), "SELECT current_user") == postgres.APP
        with pytest.raises(DBAPIError, match="permission denied"):
            answer(borrowed.app_url("fresh"), "SELECT * FROM t")
    admin = server.admin.render_as_string(hide_password=False)
    assert answer(admin, "SELECT count(*) FROM pg_database WHERE datname LIKE 'test\\_%'") == 0


def test_a_server_that_cannot_start_says_why_and_leaves_nothing():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # the server's user is to reach it
        broken = Path(folder, "initdb")
        broken.write_text("#!/bin/sh\necho 'no room on this disk' >&2\nexit 1\n")
        broken.chmod(0o755)
        with pytest.raises(RuntimeError, match="no room on this disk") as refusal, postgres.private(Path(folder)):
            pass
    where = re.search(r"did not start in (\S+):", str(refusal.value))
    assert where
    assert not Path(where.group(1)).exists()
