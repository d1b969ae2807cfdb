"""One changed byte in a file, a token, a sealed value or an item's row is found, and named."""

import random
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import LargeBinary, text

from arbitration.actions import wholeness
from arbitration.actions.context import SYSTEM
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import Role
from arbitration.store import tables
from arbitration.store.evidence import EvidenceItem, on_record
from arbitration.store.sealed import NOT_SEALED, SEALED
from arbitration.store.witness import NOT_WITNESSED, WITNESSED
from tests.domain.escalations import event, evidence
from tests.factories import Office

SAMPLE = random.Random(4)
DISPUTE = "D-whole"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    office.add_platform("hmac", KeyKind.HMAC)
    case_no = office.escalate(DISPUTE)
    office.file(case_no, Role.RESPONDENT)
    office.settle()
    return case_no


def change(office: Office, statement: str, **values: object) -> None:
    """What somebody with the database in hands does: no guard and no constraint stops it."""
    path = office.portal.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        assert database.execute(statement, values).rowcount == 1


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << SAMPLE.randrange(8)]) + content[at + 1 :]


def test_a_whole_office_has_no_faults_before_and_after_its_record_closed(office, case_no):
    assert wholeness.problems(office.portal) == []
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    announced = evidence("e-far", b"far away")
    del announced["inline"]
    bring(office, announced | {"url": "https://files.kami.example/e-far"}, 2)
    office.close_record(case_no)
    bring(office, evidence("e-late", b"too late\n"), 3)
    with office.portal.read(SYSTEM) as work:
        assert [item.late for item in on_record(work.session, case_no)] == [0, 0, 1, 1]
    assert wholeness.problems(office.portal) == []


def bring(office: Office, item: dict[str, object], sequence: int) -> None:
    """One more file from the platform."""
    brings = event("evidence.added", evidence=[item]) | {"sequence": sequence}
    brings["data"]["platform_dispute_id"] = DISPUTE
    office.post(brings)
    office.settle()


def test_every_column_of_an_item_is_held_against_the_history_or_says_why_not():
    assert set(EvidenceItem.__table__.columns.keys()) == {*WITNESSED, *NOT_WITNESSED}


@pytest.mark.parametrize("column", WITNESSED)
def test_one_changed_value_in_an_items_row_is_named(office, case_no, column):
    number = column in {"size", "captured_at", "received_at", "erased_at"}
    changed = f"coalesce({column}, 0) + 1" if number else f"coalesce({column}, '') || 'x'"
    if column in {"case_no", "blob"}:
        changed = "'x'"
    change(office, f"UPDATE evidence_item SET {column} = {changed} WHERE label = 'R-1'")
    found = wholeness.problems(office.portal)
    assert any(f"evidence R-1 of {case_no}" in fault for fault in found), found


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE evidence_item SET late = 1 WHERE label = 'C-1'", "evidence C-1 of {case}: it is marked late"),
        ("DELETE FROM evidence_timestamp WHERE item_id = 1", "evidence C-1 of {case}: its trusted time is not"),
        ("UPDATE evidence_timestamp SET at = at + 1 WHERE item_id = 1", "evidence C-1 of {case}: its trusted time"),
        ("UPDATE evidence_timestamp SET authority = 'x' WHERE item_id = 1", "evidence C-1 of {case}: its trusted time"),
        ("UPDATE webhook_event SET raw = x'' WHERE id = 1", "its bytes are gone"),
    ],
)
def test_other_changes_around_an_item_are_named(office, case_no, statement, says):
    change(office, statement)
    found = wholeness.problems(office.portal)
    assert any(says.format(case=case_no) in fault for fault in found), found


NONSENSE = ['"x"', "{", '{"label": [1], "row": 7, "at": {}, "number": []}']
"""What nobody writes: numbers, lists and texts where others belong."""


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_changed_event_is_named_and_never_ends_the_check(office, case_no, nonsense):
    lists = '{"events": 5, "webhooks": {"a": [1]}, "label": "C-1"}'
    path = office.portal.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE history_payload SET payload = ?", [nonsense])
        database.execute("UPDATE history_payload SET payload = ? WHERE idx % 2", [lists])
        database.execute("UPDATE history SET kind = 'evidence_erased' WHERE idx % 2")
    assert wholeness.problems(office.portal)


def test_one_flipped_byte_in_a_stored_file_is_named(office, case_no, settings):
    for path in sorted(settings.blobs_dir.rglob("*.age")):
        whole = path.read_bytes()
        for at in {0, len(whole) - 1, *SAMPLE.sample(range(len(whole)), 12)}:
            path.write_bytes(flipped(whole, at))
            assert [path.stem in fault for fault in wholeness.problems(office.portal)] == [True], at
        path.write_bytes(whole)
    path.unlink()
    assert "not there" in wholeness.problems(office.portal)[0]


def test_one_flipped_byte_in_a_token_or_a_sealed_value_is_named(office, case_no):
    places = [("evidence_timestamp", "token", "item_id", f"evidence C-1 of {case_no}")]
    places += [(each.table.__tablename__, each.column, "id", each.name) for each in SEALED]
    for table, column, key, named in places:
        row = 2 if table == "platform_key" else 1
        with office.portal.read(SYSTEM) as work:
            whole = work.session.scalar(text(f"SELECT {column} FROM {table} WHERE {key} = {row}"))
        for at in SAMPLE.sample(range(len(whole)), 10):
            change(office, f"UPDATE {table} SET {column} = :to WHERE {key} = {row}", to=flipped(whole, at))
            assert [named in fault for fault in wholeness.problems(office.portal)] == [True], (named, at)
        change(office, f"UPDATE {table} SET {column} = :to WHERE {key} = {row}", to=whole)


def test_every_binary_column_is_sealed_or_known_to_be_no_secret():
    binary = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == {each.name for each in SEALED} | NOT_SEALED
