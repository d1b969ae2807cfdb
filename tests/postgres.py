"""A PostgreSQL server for the tests: their own, gone when they are gone, or the one that DATABASE_URL names."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

OWNER = "arbitration_owner"  # owns the databases, as migrations do
APP = "arbitration_app"  # owns nothing, as the program does

# Stands beside the tests, in a session of its own, so that Ctrl-C does not reach it. Nobody writes to its standard
# input: that pipe closes when the tests are over, however they ended (kill -9 too), and then all is removed.
SUPERVISOR = """
folder=$1 bin=$2
exec 2>"$folder/log"
"$bin/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 -D "$folder/data" >&2
"$bin/postgres" -D "$folder/data" -k "$folder" -p 5432 -c listen_addresses= \\
    -c fsync=off -c full_page_writes=off -c max_wal_size=128MB >&2 &
until "$bin/pg_isready" --quiet --host="$folder" --port=5432; do
    kill -0 $! || break
    sleep 0.05
done
kill -0 $! && echo ready
exec >&2
cat
kill -QUIT $!
wait
rm -rf "$folder"
"""


@dataclass(frozen=True)
class Cluster:
    """A server on which tests make and drop databases; names are the test's own, also where a server is shared."""

    admin: URL
    prefix: str = ""
    shared: bool = False

    def owner_url(self, dbname: str) -> str:
        """SQLAlchemy URL of a database for the role that owns it and may migrate it."""
        return self._url(OWNER, dbname)

    def app_url(self, dbname: str) -> str:
        """SQLAlchemy URL of a database for the role that the program runs as: it has what migrations grant, no more."""
        return self._url(APP, dbname)

    def create(self, dbname: str, template: str | None = None) -> None:
        """Makes an empty database, or a copy of another to which nobody is connected."""
        source = "template0" if template is None else self.prefix + template
        command = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(self.prefix + dbname), sql.Identifier(OWNER), sql.Identifier(source)
        )
        if template is None:
            command += sql.SQL(" ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        self._command(command)

    def drop(self, dbname: str) -> None:
        """Removes a database if it is there, connected clients or not."""
        name = sql.Identifier(self.prefix + dbname)
        self._command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _url(self, role: str, dbname: str) -> str:
        url = self.admin.set(database=self.prefix + dbname)
        # On somebody's server the roles may have passwords that we neither know nor change: the session puts one on.
        url = url.update_query_dict({"options": f"-c role={role}"}) if self.shared else url.set(username=role)
        return url.render_as_string(hide_password=False)

    def _command(self, command: sql.Composed) -> list[tuple[Any, ...]]:
        url = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(command)
            return cursor.fetchall() if cursor.description else []

    def _make_roles(self) -> None:
        for role in (OWNER, APP):
            create = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
            # Other test processes may be making the same role on the same server.
            guarded = "DO $$ BEGIN {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            self._command(sql.SQL(guarded).format(create))

    def _drop_all(self) -> None:
        names = sql.SQL("SELECT datname FROM pg_database WHERE starts_with(datname, {})")
        for (name,) in self._command(names.format(sql.Literal(self.prefix))):
            self.drop(name.removeprefix(self.prefix))


@contextmanager
def cluster() -> Iterator[Cluster]:
    """The server that DATABASE_URL names (as a superuser), each time under new database names; else a private one."""
    address = os.environ.get("DATABASE_URL")
    with borrowed(address) if address else private() as server:
        server._make_roles()
        yield server


@contextmanager
def borrowed(address: str) -> Iterator[Cluster]:
    """Somebody's server: all databases made on it are dropped at the end, the two roles stay."""
    server = Cluster(
        admin=make_url(address).set(drivername="postgresql+psycopg"),
        prefix=f"test_{secrets.token_hex(4)}_",
        shared=True,
    )
    try:
        yield server
    finally:
        server._drop_all()


@contextmanager
def private(programs: Path | None = None) -> Iterator[Cluster]:
    """A server that only this user can reach: a Unix socket in a folder closed to others, no network port."""
    programs = programs or newest_installed()
    folder = Path(tempfile.mkdtemp(prefix="arbitration-pg-", dir=short_lived()))
    user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
    if user:
        shutil.chown(folder, user, user)
    supervisor = subprocess.Popen(
        ["/bin/sh", "-c", SUPERVISOR, "supervisor", str(folder), str(programs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user else None,
        start_new_session=True,
    )
    assert supervisor.stdin
    assert supervisor.stdout
    try:
        if supervisor.stdout.read() != b"ready\n":
            raise RuntimeError(f"PostgreSQL did not start in {folder}:\n{(folder / 'log').read_text()}")
        query = {"host": str(folder), "port": "5432"}
        yield Cluster(admin=URL.create("postgresql+psycopg", username="postgres", database="postgres", query=query))
    finally:
        supervisor.stdout.close()
        supervisor.stdin.close()
        supervisor.wait()


def short_lived() -> str:
    """Where to put the server: in memory if there is room, where a new database takes a fifteenth of the time.

    Never the caller's TMPDIR: a socket's path has 107 bytes, and the server's user must be able to enter.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 << 30
    return str(memory) if roomy else "/tmp"


def newest_installed() -> Path:
    """The folder of the newest installed server's programs (Debian keeps them out of PATH)."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL's initdb is not installed; `make setup` installs it")
    return Path(found).parent
