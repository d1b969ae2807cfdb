"""Attacks on the append-only tables, each run: by the program's own way in, by another client, and by the owner."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from arbitration.adapters.database import migrate
from arbitration.store import history, tables
from arbitration.store.guards import APP_ROLE, APPEND_ONLY
from tests.postgres import Cluster
from tests.store.places import Place, closing_engine, raw_sqlite
from tests.store.rows import AT, CASE, history_row, insert, row

ANOTHER_HASH = "ef" * 32

# What a program that was talked into it, or has a bug, might send; `history` has rows 0 to 2, and there is one version.
CHANGES = [
    "UPDATE history SET actor = 'somebody else' WHERE idx = 0",
    "UPDATE history SET idx = 9 WHERE idx = 2",
    "UPDATE history SET kind = kind",
    "DELETE FROM history WHERE idx = 2",
    "DELETE FROM history",
    "UPDATE tree_node SET hash = hash",
    "DELETE FROM tree_node WHERE level > 0",
    "DELETE FROM history_payload WHERE idx = 1",
    "UPDATE history_payload SET idx = 9 WHERE idx = 2",
    "UPDATE history_payload SET payload = '{\"forged\":1}'",
    "UPDATE history_payload SET payload = '{}', salt = salt WHERE idx = 0",
    "UPDATE history_payload SET payload = payload WHERE idx = 0",
    "UPDATE platform_rules SET body = 'window: 48h'",
    "UPDATE platform_rules SET in_force_at = 0 WHERE version = '1.0.1'",
    "DELETE FROM platform_rules",
    "UPDATE standard_version SET body = 'another text'",
    "UPDATE standard_version SET in_force_at = in_force_at - 1",
    "DELETE FROM standard_version",
]
UPSERTS = [
    f"INSERT INTO history SELECT * FROM history WHERE idx = 1 ON CONFLICT (idx) DO UPDATE SET leaf_hash = '{'0' * 64}'",
    "INSERT INTO tree_node SELECT * FROM tree_node WHERE level = 1 "
    "ON CONFLICT (level, position) DO UPDATE SET level = 7",
    "INSERT INTO history_payload SELECT * FROM history_payload WHERE idx = 1 "
    "ON CONFLICT (idx) DO UPDATE SET payload = '{}'",
    "INSERT INTO platform_rules SELECT * FROM platform_rules WHERE version = '1.0.1' "
    "ON CONFLICT (platform_id, version) DO UPDATE SET body = ''",
    "INSERT INTO standard_version SELECT * FROM standard_version WHERE version = '1.0.1' "
    "ON CONFLICT (version) DO UPDATE SET body = 'another text'",
]
SQLITE_REPLACEMENTS = [
    "INSERT OR REPLACE INTO history SELECT idx, case_no, seq, prev, 'forged', at, actor, \"commit\", leaf_hash "
    "FROM history WHERE idx = 1",
    'REPLACE INTO history SELECT 3, case_no, seq, prev, kind, at, actor, "commit", leaf_hash '
    "FROM history WHERE idx = 1",
    "INSERT OR REPLACE INTO history_payload SELECT idx, salt, '{}' FROM history_payload WHERE idx = 1",
    "REPLACE INTO tree_node SELECT level, position, zeroblob(32) FROM tree_node",
    "INSERT OR REPLACE INTO platform_rules "
    "SELECT platform_id, version, in_force_at, against, sha256, '', published_at, published_by FROM platform_rules",
    "REPLACE INTO platform_rules "
    "SELECT platform_id, '2.0.0', in_force_at, against, sha256, '', published_at, published_by FROM platform_rules",
    "REPLACE INTO standard_version SELECT version, in_force_at, sha256, 'another text', published_at "
    "FROM standard_version",
    "REPLACE INTO standard_version SELECT '2.0.0', in_force_at, sha256, body, published_at FROM standard_version",
    "UPDATE OR REPLACE history SET idx = 0 WHERE idx = 2",
    "UPDATE OR REPLACE history_payload SET idx = 0 WHERE idx = 2",
]
SCHEMA_CHANGES = [
    "DROP TABLE tree_node",
    "ALTER TABLE history RENAME TO old_history",
    "ALTER TABLE history ADD COLUMN note TEXT",
    "CREATE TABLE elsewhere (x INTEGER)",
    "CREATE VIEW elsewhere AS SELECT 1",
    "CREATE TEMPORARY TABLE history (idx INTEGER)",
    "CREATE TEMPORARY VIEW history AS SELECT 1",
    "CREATE INDEX elsewhere ON history (kind)",
    "DROP INDEX ix_cases_open",
]
SQLITE_SCHEMA_CHANGES = [
    "DROP TRIGGER history_no_update",
    "CREATE TRIGGER silence BEFORE INSERT ON history BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMPORARY TRIGGER silence BEFORE INSERT ON main.history BEGIN SELECT RAISE(IGNORE); END",
    "CREATE VIRTUAL TABLE elsewhere USING fts5(x)",
    "ATTACH DATABASE ':memory:' AS elsewhere",
    "DETACH DATABASE main",
    "VACUUM INTO '/nowhere'",
    "PRAGMA writable_schema = ON",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA query_only = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA user_version = 7",
    "DELETE FROM sqlite_master WHERE type = 'trigger'",
    "SELECT load_extension('anything')",
]
POSTGRESQL_SCHEMA_CHANGES = [
    "DROP TRIGGER history_no_update ON history",
    "ALTER TABLE history DISABLE TRIGGER ALL",
    "ALTER TABLE history DROP CONSTRAINT ck_history_leaf",
    "ALTER TABLE history OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE RULE silence AS ON INSERT TO history DO INSTEAD NOTHING",
    "CREATE TRIGGER silence BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "SET session_replication_role = replica",
    "SET ROLE arbitration_owner",
    "TRUNCATE history CASCADE",
    "TRUNCATE tree_node",
    "TRUNCATE history_payload",
    "UPDATE alembic_version SET version_num = '0000'",
    "DELETE FROM alembic_version",
]


REFUSALS = ("append-only", "gap in the history", "broken chain in the history")
"""What the guards of the tables say, on both."""
CLOSED = ("not authorized", "authorization denied", "permission denied", "must be owner", "prohibited")
"""What is said to whoever has no business with a thing at all."""
on_sqlite = pytest.mark.parametrize("shared_place", ["sqlite"], indirect=True, scope="module")
on_postgresql = pytest.mark.parametrize("shared_place", ["postgresql"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def filled(shared_place: Place) -> Place:
    """Three events of one case, written as the program writes them, a version of the standard, a platform's rules."""
    migrate(shared_place.owner_url)  # a copied database has the grants of its tables, but not its own
    with shared_place.program() as database, database.writing() as session:
        for number in range(3):
            append(session, number)
        for table in ("platform", "standard_version", "platform_rules"):
            insert(session.connection(), table, row(table, 1))
    return shared_place


def append(session, number: int) -> history.Appended:
    at = datetime(2026, 11, 22, 6, number, tzinfo=UTC)
    return history.append(session, CASE, "message_posted", {"text": f"第 {number} 条"}, actor="st-1", at=at)


@pytest.fixture
def unchanged(filled: Place) -> Iterator[Place]:
    """Whatever a test does, the guarded tables, and who guards them, are as before."""
    before = state_of(filled)
    yield filled
    assert state_of(filled) == before


def state_of(place: Place) -> dict[str, list[tuple]]:
    tables_guarded = {name: f"SELECT * FROM {name} ORDER BY 1, 2" for name in APPEND_ONLY}
    catalogue = (
        "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        if place.is_sqlite
        else "SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger ORDER BY 1, 2"
    )
    with place.owner() as connection:
        queries = {**tables_guarded, "guards": catalogue}
        return {name: [tuple(found) for found in connection.execute(text(query))] for name, query in queries.items()}


def attack(connection: Connection, statement: str) -> str:
    """What the database says to it. A statement that passes fails the test."""
    with pytest.raises(DBAPIError) as refusal:
        connection.exec_driver_sql(statement)
    return str(refusal.value.orig)


def says(said: str, words: tuple[str, ...]) -> bool:
    return any(word in said for word in words)


# By the program's own way in


@pytest.mark.parametrize("statement", [*CHANGES, *UPSERTS])
def test_the_program_can_change_nothing_that_is_written(unchanged, statement):
    with unchanged.program() as database, database.write.connect() as connection:
        said = attack(connection, statement)
    assert says(said, CLOSED + REFUSALS)


@on_sqlite
@pytest.mark.parametrize("statement", SQLITE_REPLACEMENTS)
def test_the_program_can_replace_nothing(unchanged, statement):
    with unchanged.program() as database, database.write.connect() as connection:
        assert says(attack(connection, statement), CLOSED + REFUSALS)


@pytest.mark.parametrize("statement", SCHEMA_CHANGES)
def test_the_program_cannot_change_the_schema(unchanged, statement):
    with unchanged.program() as database, database.write.connect() as connection:
        said = attack(connection, statement)
    assert says(said, CLOSED)


@on_sqlite
@pytest.mark.parametrize("statement", SQLITE_SCHEMA_CHANGES)
def test_the_program_cannot_loosen_sqlite(unchanged, statement):
    with unchanged.program() as database, database.write.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # some are refused inside a transaction for that reason alone
        said = attack(connection, statement)
    assert says(said, (*CLOSED, "may not be modified"))


@on_postgresql
@pytest.mark.parametrize("statement", POSTGRESQL_SCHEMA_CHANGES)
def test_the_program_cannot_loosen_postgresql(unchanged, statement):
    with unchanged.program() as database, database.write.connect() as connection:
        said = attack(connection, statement)
    assert says(said, CLOSED)


@on_postgresql
def test_the_program_owns_nothing_and_may_not_become_who_does(unchanged):
    with unchanged.program() as database, database.read.connect() as connection:
        owners = connection.execute(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
        assert APP_ROLE not in owners.scalars().all()
        may = (
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert connection.execute(text(may)).scalar_one() is False
        assert connection.execute(text("SELECT current_user")).scalar_one() == APP_ROLE
        member = "SELECT pg_has_role(current_user, 'arbitration_owner', 'MEMBER')"
        assert connection.execute(text(member)).scalar_one() is False
        creates = (
            "SELECT has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'TEMP')"
        )
        assert connection.execute(text(creates)).scalar_one() is False


@on_postgresql
def test_the_program_may_do_with_each_guarded_table_what_this_says_and_no_more(unchanged):
    query = text(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges "
        "WHERE grantee = :role AND table_name IN "
        "('history', 'history_payload', 'tree_node', 'standard_version', 'platform_rules', 'alembic_version')"
    )
    columns = text(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = :role AND privilege_type = 'UPDATE' AND table_name LIKE 'history%'"
    )
    with unchanged.owner() as connection:
        granted = {tuple(found) for found in connection.execute(query, {"role": APP_ROLE})}
        erasable = {tuple(found) for found in connection.execute(columns, {"role": APP_ROLE})}
    append_only = {(table, verb) for table in APPEND_ONLY for verb in ("SELECT", "INSERT")}
    assert granted == append_only | {("alembic_version", "SELECT")}
    assert erasable == {("history_payload", "salt"), ("history_payload", "payload")}


# By another client of the same file, and by the owner of the tables


@on_sqlite
@pytest.mark.parametrize("statement", [*CHANGES, *UPSERTS, *SQLITE_REPLACEMENTS])
@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_another_client_of_the_file_can_change_nothing_either(unchanged, statement, recursive):
    with raw_sqlite(unchanged) as client:
        client.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError) as refusal:
            client.execute(statement)
    assert says(str(refusal.value), REFUSALS)


@pytest.mark.parametrize("statement", [*CHANGES, *UPSERTS, *SQLITE_REPLACEMENTS])
@on_sqlite
def test_without_the_guards_the_same_attacks_succeed(filled, statement):
    with raw_sqlite(filled) as client:
        client.execute("BEGIN")
        for (name,) in client.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            client.execute(f"DROP TRIGGER {name}")
        assert client.execute(statement).rowcount > 0
        client.execute("ROLLBACK")


@on_postgresql
@pytest.mark.parametrize("statement", [*CHANGES, *UPSERTS, *[f"TRUNCATE {table} CASCADE" for table in APPEND_ONLY]])
def test_the_owner_can_change_nothing_while_the_guards_stand(unchanged, statement):
    with closing_engine(create_engine(unchanged.owner_url)) as engine, engine.connect() as connection:
        assert says(attack(connection, statement), REFUSALS)


@on_postgresql
def test_replication_does_not_pass_by_the_guards(unchanged, request):
    server: Cluster = request.getfixturevalue("postgres")
    superuser = server.admin.set(database=unchanged.app_url.rpartition("/")[2].partition("?")[0])
    with closing_engine(create_engine(superuser)) as engine:
        for statement in ("UPDATE history SET actor = 'x'", "DELETE FROM tree_node", "TRUNCATE history_payload"):
            with engine.connect() as connection:
                connection.exec_driver_sql("SET session_replication_role = replica")
                assert "append-only" in attack(connection, statement)


# A row that does not continue what there is


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"idx": 4}, "gap in the history"),
        ({"idx": -1}, "gap in the history"),
        ({"seq": 5}, "broken chain"),
        ({"seq": 3}, "broken chain"),
        ({"prev": ANOTHER_HASH}, "broken chain"),
        ({"prev": "0" * 64}, "broken chain"),
        ({"case_no": "CA-2026-000002"}, "broken chain"),
        ({"case_no": "CA-2026-000002", "seq": 1}, "broken chain"),
    ],
)
def test_a_leaf_that_does_not_continue_tree_and_chain_is_refused(unchanged, changed, said):
    with unchanged.program() as database, database.write.connect() as connection:
        following = next_leaf(connection, **changed)
        with pytest.raises(DBAPIError) as refusal, connection.begin_nested():
            insert(connection, "history", following)
        assert says(str(refusal.value.orig), (said, "append-only"))
        insert(connection, "history", next_leaf(connection))
        connection.rollback()


def next_leaf(connection: Connection, **changed) -> dict:
    tail = connection.execute(text("SELECT seq, leaf_hash FROM history ORDER BY idx DESC LIMIT 1")).one()
    return history_row(4, **({"idx": 3, "seq": tail.seq + 1, "prev": tail.leaf_hash} | changed))


@on_postgresql
@pytest.mark.parametrize("column", ["case_no", "seq", "prev", "kind", "at", "actor", "commit"])
def test_postgresql_itself_computes_the_leaf_and_refuses_another(unchanged, column):
    with unchanged.program() as database, database.write.connect() as connection:
        first_of_its_case = next_leaf(connection, case_no="CA-2026-000002", seq=1, prev="0" * 64)
        other = {"case_no": "CA-2026-000003", "seq": 1, "prev": "0" * 64, "at": AT + 1}
        forged = first_of_its_case | {column: other.get(column, ANOTHER_HASH)}
        if column in ("seq", "prev"):  # these cannot be wrong alone; the hash of another leaf is
            forged = first_of_its_case | {
                "leaf_hash": history_row(4, **{column: 7 if column == "seq" else "0"})["leaf_hash"]
            }
        with pytest.raises(DBAPIError) as refusal:
            insert(connection, "history", forged)
        assert refusal.value.orig.diag.constraint_name == "ck_history_leaf"


@on_postgresql
def test_a_table_of_the_same_name_cannot_mislead_the_guards(filled, request):
    server: Cluster = request.getfixturevalue("postgres")
    superuser = server.admin.set(database=filled.app_url.rpartition("/")[2].partition("?")[0])
    with closing_engine(create_engine(superuser)) as engine, engine.connect() as connection:
        forged = next_leaf(connection, idx=7)
        connection.exec_driver_sql("CREATE TEMPORARY TABLE history AS SELECT * FROM public.history")
        connection.exec_driver_sql("INSERT INTO pg_temp.history SELECT 6, case_no, seq + 9, prev FROM pg_temp.history")
        with pytest.raises(DBAPIError, match="gap in the history"):
            insert(connection, "public.history", forged)


@on_sqlite
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("history", "idx", "three"),
        ("history", "at", 1.5),
        ("history", "kind", b"\x00\x01"),
        ("history_payload", "salt", "text"),
        ("tree_node", "hash", "x" * 32),
        ("platform_rules", "in_force_at", "today"),
        ("standard_version", "in_force_at", "tomorrow"),
    ],
)
def test_a_value_of_another_type_is_refused_by_the_strict_tables(unchanged, table, column, value):
    with raw_sqlite(unchanged) as client:
        values = row(table, 4) | {column: value}
        names = ", ".join(f'"{name}"' for name in values)
        with pytest.raises(sqlite3.IntegrityError, match=r"cannot store|datatype mismatch"):
            client.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", [*values.values()])


# Erasure


def test_a_payload_can_be_erased_and_the_history_is_whole_all_the_same(place):
    with place.program() as database:
        with database.writing() as session:
            for number in range(3):
                append(session, number)
            root = history.root_hash(session)
        with database.writing() as session:
            session.execute(text("UPDATE history_payload SET salt = NULL, payload = NULL WHERE idx = 1"))
        with database.reading() as session:
            assert history.problems(session) == []
            assert history.root_hash(session) == root
            assert [payload is None for _, payload in history.of_case(session, CASE)] == [False, True, False]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_payload SET payload = '{}', salt = '' WHERE idx = 1",
        "UPDATE history_payload SET payload = '{}' WHERE idx = 1",
        "UPDATE history_payload SET payload = NULL WHERE idx = 0",
        "UPDATE history_payload SET salt = NULL WHERE idx = 0",
    ],
    ids=["written again", "without a salt", "only the payload", "only the salt"],
)
def test_what_is_erased_is_not_written_again_and_nothing_is_erased_by_half(place, statement):
    with place.program() as database:
        with database.writing() as session:
            append(session, 0)
            append(session, 1)
            session.execute(text("UPDATE history_payload SET salt = NULL, payload = NULL WHERE idx = 1"))
        with pytest.raises(DBAPIError), database.writing() as session:
            session.execute(text(statement))


def test_the_guarded_tables_are_these():
    assert (
        set(APPEND_ONLY) == {"history", "history_payload", "tree_node", "platform_rules"} <= set(tables.metadata.tables)
    )
    assert set(APPEND_ONLY) == {"history", "history_payload", "tree_node", "standard_version"}
    assert set(APPEND_ONLY) <= set(tables.metadata.tables)
