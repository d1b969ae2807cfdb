"""Engines for SQLite and PostgreSQL with the house rules built in: who reads cannot write, one writer at a time."""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from arbitration.adapters.shared_commit import SharedCommit
from arbitration.store.guards import APP_ROLE, APPEND_ONLY, postgresql_grants

BUSY_TIMEOUT_MS = 10_000
WRITER_LOCK = 0x6172_6269
"""Advisory lock of PostgreSQL that a writing transaction holds: the history has one tail."""

ResultT = TypeVar("ResultT")


class Database:
    """Two engines on one database: `read` cannot write, `write` begins by becoming the only writer.

    What is written never stands in an error: it would end in logs and in the list of failed jobs.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._threads = threading.Lock()
        self._shared = SharedCommit(self.writing)
        if self.is_sqlite:
            self.write = _sqlite(url, read_only=False)
            self.read = _sqlite(url, read_only=True)
        else:
            self.write = create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)
            self.read = create_engine(url, pool_pre_ping=True, pool_size=20, hide_parameters=True).execution_options(
                postgresql_readonly=True, isolation_level="REPEATABLE READ"
            )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one writing transaction: committed on return, rolled back on any exception."""
        with self._turn(), Session(self.write, expire_on_commit=False) as session, session.begin():
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITER_LOCK})
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """First come, first served, among the threads and, on SQLite, among processes too.

        SQLite itself lets those who wait ask again and again: one busy process could keep another out for ever.
        """
        with self._threads:
            if not self.is_sqlite or not self.url.database:
                yield
                return
            with Path(f"{self.url.database}-turn").open("ab") as file:  # closing it gives the turn back
                fcntl.flock(file, fcntl.LOCK_EX)
                yield

    def together(self, step: Callable[[Session], ResultT]) -> ResultT:
        """What *step* returns, committed together with other short writes that wait at the same time."""
        return self._shared.run(step)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and can change nothing."""
        with Session(self.read, expire_on_commit=False, autoflush=False) as session:
            yield session

    def dispose(self) -> None:
        self.write.dispose()
        self.read.dispose()

    def uses_wal(self) -> bool:
        """Whether readers and the writer do not wait for each other; always so on PostgreSQL."""
        if not self.is_sqlite:
            return True
        with self.read.connect() as connection:
            return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal")


def _sqlite(url: str, *, read_only: bool) -> Engine:
    waits = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(url, connect_args=waits, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        connection.set_authorizer(_authorize)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


_ORDINARY = {
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_SAVEPOINT,
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_TRANSACTION,
}


def _authorize(action: int, first: str | None, second: str | None, *_: Any) -> int:
    """The running application may neither change the schema nor touch a guarded row, whatever statement it is fed.

    All that is not named here is refused: a temporary trigger could silence the history, a temporary table stand in
    for it.
    """
    if action == sqlite3.SQLITE_UPDATE:
        erasing = first == "history_payload" and second in {"salt", "payload"}
        allowed = first not in APPEND_ONLY or erasing
    elif action == sqlite3.SQLITE_DELETE:
        allowed = first not in APPEND_ONLY
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = second is None  # asking, not setting
    else:
        allowed = action in _ORDINARY
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def migrate(owner_url: str) -> None:
    """Bring the database to the newest schema, as the owner of its tables, and grant the application what it needs."""
    url = make_url(owner_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            if connection.dialect.name == "postgresql":
                _grant(connection)
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic on this connection, with the migrations that came with the program."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = connection
    return config


def _grant(connection: Connection) -> None:
    known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}).first()
    if known:
        for statement in postgresql_grants():
            connection.exec_driver_sql(statement)
