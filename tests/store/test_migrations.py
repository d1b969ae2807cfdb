"""Migrations go up and down with rows in every table, and end in exactly what the models and the guards say."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from arbitration.adapters.database import alembic_config, migrate
from arbitration.store import guards, tables
from arbitration.store.guards import APPEND_ONLY
from tests.conftest import DATABASES
from tests.store.places import Place, take_guards_off
from tests.store.rows import one_of_everything

Schema = dict[str, object]


@pytest.fixture(params=DATABASES)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A database in which nothing is."""
    if request.param == "sqlite":
        yield Place(f"sqlite:///{tmp_path / 'blank.db'}", f"sqlite:///{tmp_path / 'blank.db'}")
        return
    server = request.getfixturevalue("postgres")
    name = f"t_{os.urandom(6).hex()}"
    server.create(name)
    yield Place(server.app_url(name), server.owner_url(name))
    server.drop(name)


def schema_of(connection: Connection) -> Schema:
    """What a database consists of, by name: also what Alembic's own comparison does not see."""
    inspector = inspect(connection)
    found: Schema = {}
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        found[table] = sorted(
            (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
            for column in inspector.get_columns(table)
        )
        found[f"{table}: primary key"] = inspector.get_pk_constraint(table)
        for kind, rows in (
            ("check", inspector.get_check_constraints(table)),
            ("unique", inspector.get_unique_constraints(table)),
            ("foreign key", inspector.get_foreign_keys(table)),
            ("index", inspector.get_indexes(table)),
        ):
            for row in rows:
                found[f"{table}: {kind} {row['name']}"] = plain(row)
    queries = SQLITE_CATALOGUE if connection.dialect.name == "sqlite" else POSTGRESQL_CATALOGUE
    for query in queries:
        found |= dict(tuple(row) for row in connection.execute(text(query)))
    return found


def plain(value: object) -> object:
    """Reflected definitions with their SQL as text, so that equal ones compare equal."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value if isinstance(value, str | int | list | None) else str(value)


SQLITE_CATALOGUE = (
    "SELECT 'trigger ' || name, sql FROM sqlite_master WHERE type = 'trigger'",
    "SELECT 'strict ' || name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' "
    "AND name <> 'alembic_version'",
)
POSTGRESQL_CATALOGUE = (
    "SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger "
    "WHERE NOT tgisinternal",
    "SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'constraint ' || conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conname NOT LIKE 'alembic%'",
)


def schema_of_models(connection: Connection) -> Schema:
    """The same database made straight from the models and the guards."""
    tables.metadata.create_all(connection)
    for statement in guards.sqlite_ddl() if connection.dialect.name == "sqlite" else guards.postgresql_ddl():
        connection.execute(text(statement.replace(":", r"\:")))
    return schema_of(connection)


def differences(one: Schema, other: Schema) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.fixture
def from_models(blank: Place) -> Schema:
    """What the models and guards make, taken back again."""
    with blank.connected() as connection:
        made = schema_of_models(connection)
        connection.rollback()
    return made


def test_what_migrations_make_is_what_the_models_and_guards_say(from_models, blank):
    migrate(blank.owner_url)
    with blank.owner() as connection:
        assert differences(schema_of(connection), from_models) == []


def test_alembic_finds_nothing_left_to_do(place):
    with place.owner() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_every_guard_is_in_the_database(place):
    with place.owner() as connection:
        there = {name.removeprefix("trigger ") for name in schema_of(connection) if name.startswith("trigger ")}
    kinds = ("no_update", "no_delete", "no_replace" if place.is_sqlite else "no_truncate")
    expected = {f"{table}_{kind}" for table in APPEND_ONLY for kind in kinds} | {"history_chain"}
    assert there == (expected | {"history_no_gap"} if place.is_sqlite else expected)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER {trigger}",
        "DROP INDEX uq_ruling_live",
        "CREATE INDEX ix_more ON cases (title)",
        "ALTER TABLE claim ADD COLUMN note TEXT",
        "ALTER TABLE claim ADD COLUMN note TEXT CONSTRAINT ck_claim_note CHECK (note <> '')",
        "CREATE TABLE more (x INTEGER)",
    ],
)
def test_a_schema_that_differs_in_one_place_is_found_out(place, change):
    trigger = "history_chain" if place.is_sqlite else "history_chain ON history"
    with place.owner() as connection:
        before = schema_of(connection)
        connection.execute(text(change.format(trigger=trigger)))
        assert differences(schema_of(connection), before) != []


@pytest.mark.parametrize(
    "constraint", ["ck_cases_amounts", "ck_cases_state", "uq_party_link", "fk_claim_case_no_cases"]
)
def test_each_constraint_is_compared_by_name(place, constraint):
    with place.owner() as connection:
        assert any(name.endswith(f" {constraint}") for name in schema_of(connection))


def test_down_and_up_again_with_rows_in_every_table(blank):
    migrate(blank.owner_url)
    with blank.owner() as connection:
        before = schema_of(connection)
        one_of_everything(connection)
    with blank.owner() as connection:
        take_guards_off(connection)  # a downgrade is the owner's, who knows what is lost
        command.downgrade(alembic_config(connection), "base")
        assert schema_of(connection) == {}
        left = inspect(connection).get_table_names()
        assert left == ["alembic_version"]
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 0
    migrate(blank.owner_url)
    with blank.owner() as connection:
        assert differences(schema_of(connection), before) == []
        one_of_everything(connection)


def test_migrating_again_changes_nothing_and_keeps_every_row(blank):
    migrate(blank.owner_url)
    with blank.owner() as connection:
        one_of_everything(connection)
        before = schema_of(connection), everything(connection)
    migrate(blank.owner_url)
    with blank.owner() as connection:
        assert (schema_of(connection), everything(connection)) == before


def everything(connection: Connection) -> dict[str, list[tuple]]:
    return {
        name: [tuple(row) for row in connection.execute(table.select())]
        for name, table in tables.metadata.tables.items()
    }


def test_the_models_know_every_table_that_is_in_the_database(place):
    with place.owner() as connection:
        assert set(inspect(connection).get_table_names()) == {*tables.metadata.tables, "alembic_version"}
