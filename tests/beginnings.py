"""Where tests begin: an office is brought to a point once for each kind of database, and every test gets a copy."""

import copy
import itertools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from arbitration.config import load
from arbitration.portal import Portal
from tests.factories import Office, open_office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment
from tests.postgres import Cluster

Brought = Callable[[Office], str | None]
"""Brings an open office to a point; returns the number of the case that the tests are about."""
FIRST_SERIAL = 100
"""Of what a test makes itself: above all that a beginning made."""


def only_opened(office: Office) -> None:
    """An office without a case."""


@dataclass(frozen=True)
class Database:
    """`original` is what may be copied while nobody is connected: a file of SQLite, or a name on the tests' server."""

    original: str
    url: str


@dataclass(frozen=True)
class Databases:
    """Of both kinds, made by copying: migrating takes a hundred times as long."""

    request: pytest.FixtureRequest

    def empty(self, kind: str) -> str:
        """The original of one that is migrated and holds nothing."""
        if kind == "sqlite":
            return str(self.request.getfixturevalue("migrated_sqlite"))
        self._server()
        return "template_arbitration"

    def copy(self, kind: str, original: str, folder: Path) -> Database:
        """A copy of its own, as the program's own role reaches it, not the tables' owner."""
        if kind == "sqlite":
            path = shutil.copyfile(original, folder / "arbitration.db")
            return Database(str(path), f"sqlite:///{path}")
        name = f"t_{os.urandom(6).hex()}"
        self._server().create(name, template=original)
        return Database(name, self._server().app_url(name))

    def drop(self, kind: str, database: Database) -> None:
        """On a server; a file goes with its folder."""
        if kind != "sqlite":
            self._server().drop(database.original)

    def _server(self) -> Cluster:
        found: Cluster = self.request.getfixturevalue("postgres")
        return found


@dataclass(frozen=True)
class Beginning:
    """An installation at rest. Its secrets are those of every test, so that a copy opens what it sealed."""

    database: str
    now: datetime
    gateway: FakeGateway
    office: Office
    case_no: str | None

    def taken_up(self, portal: Portal, clock: FakeClock, gateway: FakeGateway) -> Office:
        """The office over *portal*, whose database is a copy of this one."""
        kept = self.office.portal.settings.blobs_dir
        if kept.exists():
            shutil.copytree(kept, portal.settings.blobs_dir, dirs_exist_ok=True)
        clock.now = self.now
        vars(gateway).update(copy.deepcopy(vars(self.gateway)))
        return replace(
            self.office,
            portal=portal,
            secrets=dict(self.office.secrets),
            actors=dict(self.office.actors),
            totp=dict(self.office.totp),
            serial=itertools.count(FIRST_SERIAL),
        )


class Beginnings:
    """Each is made when it is first asked for, and kept as long as the process runs."""

    def __init__(self, databases: Databases, folders: pytest.TempPathFactory) -> None:
        self._databases = databases
        self._folders = folders
        self._made: dict[tuple[Brought, str], Beginning] = {}

    def find(self, brought: Brought, kind: str) -> Beginning:
        if (brought, kind) not in self._made:
            self._made[brought, kind] = self._make(brought, kind)
        return self._made[brought, kind]

    def _make(self, brought: Brought, kind: str) -> Beginning:
        home = self._folders.mktemp("beginning")
        database = self._databases.copy(kind, self._databases.empty(kind), home)
        clock, gateway = FakeClock(), FakeGateway()
        portal = assemble(load(environment(home, database.url)), clock, gateway)
        office = open_office(portal)
        case_no = brought(office)
        portal.close()
        return Beginning(database.original, clock.now, gateway, office, case_no)
