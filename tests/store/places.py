"""A migrated database and the two ways into it: the program's, under its guards, and the owner's."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

from arbitration.adapters.database import Database
from arbitration.store.guards import APPEND_ONLY
from tests.postgres import Cluster


@dataclass(frozen=True)
class Place:
    """`app_url` is how the program reaches it, `owner_url` how migrations do: on SQLite the file is the same."""

    app_url: str
    owner_url: str

    @property
    def is_sqlite(self) -> bool:
        return self.app_url.startswith("sqlite")

    @property
    def path(self) -> Path:
        """The file, on SQLite."""
        return Path(self.app_url.removeprefix("sqlite:///"))

    @contextmanager
    def program(self) -> Iterator[Database]:
        with closing_engine(Database(self.app_url)) as database:
            yield database

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection of the owner, for transactions of the caller's own."""
        with closing_engine(owner_engine(self.owner_url)) as engine, engine.connect() as connection:
            yield connection

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """One transaction of the owner, committed at the end."""
        with closing_engine(owner_engine(self.owner_url)) as engine, engine.begin() as connection:
            yield connection


@contextmanager
def closing_engine(engine: Any) -> Iterator[Any]:
    try:
        yield engine
    finally:
        engine.dispose()


def owner_engine(url: str) -> Engine:
    """As any other client would connect: none of the program's own settings, but foreign keys looked after."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

    return engine


@contextmanager
def new_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """A copy of the session's migrated template, of the kind that the fixture's parameter names."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        path = folder / "arbitration.db"
        path.write_bytes(template.read_bytes())
        yield Place(f"sqlite:///{path}", f"sqlite:///{path}")
        return
    server: Cluster = request.getfixturevalue("postgres")
    name = f"t_{os.urandom(6).hex()}"
    server.create(name, template="template_arbitration")
    yield Place(server.app_url(name), server.owner_url(name))
    server.drop(name)


def take_guards_off(connection: Connection) -> None:
    """What an owner who means harm does first."""
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in APPEND_ONLY:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def raw_sqlite(place: Place) -> closing[sqlite3.Connection]:
    """A client of its own, as another program would open the file: nothing set, nothing authorised or refused."""
    return closing(sqlite3.connect(place.path, isolation_level=None))
