"""The history's arithmetic against vectors frozen by hand, RFC 6962's own definition, and every kind of tampering."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from arbitration.domain import log
from arbitration.store import history
from tests.store.places import take_guards_off

# One leaf as RFC 8785 writes it (keys sorted, no blanks), and its SHA-256 behind a zero byte, both written out once.
LEAF = log.Leaf(
    case="CA-2026-000001",
    seq=2,
    prev="11" * 32,
    kind="admitted",
    at=1_795_327_200_123_456,
    actor="st-7f3a",
    commit="22" * 32,
)
LEAF_BYTES = (
    b'{"actor":"st-7f3a","at":1795327200123456,"case":"CA-2026-000001",'
    b'"commit":"2222222222222222222222222222222222222222222222222222222222222222","kind":"admitted",'
    b'"prev":"1111111111111111111111111111111111111111111111111111111111111111","seq":2,"v":1}'
)
LEAF_HASH = "e47ea8c06349a13574dc8977906c87726ea97147c4ae67952520201170a667f5"

# The reference data of Certificate Transparency: eight inputs and the roots of the trees of the first n of them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


class Tree:
    """Stored nodes, as the database keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        for index, data in enumerate(leaves):
            for level, position, digest in log.completed_nodes(index, leaf_hash(data), self.node):
                assert (level, position) not in self.nodes
                self.nodes[level, position] = digest

    def node(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]


@cache
def defined_root(leaves: tuple[bytes, ...]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def defined_path(m: int, leaves: tuple[bytes, ...]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_root(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


LEAVES = tuple(f"leaf {number}".encode() for number in range(70))
SIZES = range(len(LEAVES) + 1)


def test_a_leaf_has_exactly_these_bytes_and_this_hash():
    assert LEAF.to_bytes() == LEAF_BYTES
    assert LEAF.hash() == hashlib.sha256(b"\x00" + LEAF_BYTES).hexdigest() == LEAF_HASH


def test_a_commitment_is_the_digest_of_salt_and_payload():
    assert log.commitment(b"salt", b"{}") == hashlib.sha256(b"salt{}").hexdigest()
    assert log.opens(log.commitment(b"salt", b"{}"), b"salt", b"{}")
    assert not log.opens(log.commitment(b"salt", b"{}"), b"salt", b"[]")
    assert not log.opens(log.commitment(b"salt", b"{}"), b"tlas", b"{}")


def test_the_roots_are_those_of_the_reference_data():
    tree = Tree([bytes.fromhex(data) for data in INPUTS])
    assert [log.root(size, tree.node).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_inclusion_proofs_are_those_of_the_reference_data(index, size):
    tree = Tree([bytes.fromhex(data) for data in INPUTS])
    path = log.inclusion_proof(index, size, tree.node)
    assert [digest.hex() for digest in path] == PATHS[index, size]


@pytest.mark.parametrize("size", SIZES)
def test_root_and_proofs_are_what_the_rfc_defines_at_every_size(size):
    tree, leaves = Tree(list(LEAVES)), LEAVES[:size]
    root = log.root(size, tree.node)
    assert root == defined_root(leaves)
    for index in range(size):
        path = log.inclusion_proof(index, size, tree.node)
        assert path == defined_path(index, leaves)
        assert log.verify_inclusion(index, size, leaf_hash(leaves[index]), path, root)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 70])
def test_a_proof_proves_nothing_else(size):
    tree = Tree(list(LEAVES))
    root = log.root(size, tree.node)
    for index in range(size):
        leaf, path = leaf_hash(LEAVES[index]), log.inclusion_proof(index, size, tree.node)
        assert not log.verify_inclusion(index, size, leaf_hash(b"another"), path, root)
        assert not log.verify_inclusion(index, size, leaf, path, bytes(32))
        assert not log.verify_inclusion(index, size, leaf, [*path, bytes(32)], root)
        assert not log.verify_inclusion(size, size, leaf, path, root)
        assert not log.verify_inclusion(-1, size, leaf, path, root)
        for other in set(range(size)) - {index}:
            assert not log.verify_inclusion(other, size, leaf, path, root)
        for place in range(len(path)):
            assert not log.verify_inclusion(index, size, leaf, path[:place] + path[place + 1 :], root)
            bent = [*path[:place], bytes(32), *path[place + 1 :]]
            assert not log.verify_inclusion(index, size, leaf, bent, root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (3, 3)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="is not in a tree"):
        log.inclusion_proof(index, size, Tree(list(LEAVES)).node)


# In the database

CASES = ["CA-2026-000001", "CA-2026-000002", "-", "CA-2026-000001", "CA-2026-000002", "CA-2026-000001", "-"]


def fill(session: Session) -> None:
    for number, case in enumerate(CASES):
        at = datetime(2026, 11, 22, 6, 0, number, 123456, tzinfo=UTC)
        history.append(session, case, f"kind_{number}", {"n": number, "文": "字"}, actor=f"st-{number}", at=at)


def test_what_is_appended_is_whole_linked_by_case_and_gives_the_defined_root(place):
    with place.program() as database:
        with database.writing() as session:
            fill(session)
        with database.reading() as session:
            assert history.problems(session) == []
            assert history.size(session) == len(CASES)
            rows = session.execute(text("SELECT idx, case_no, seq, prev, leaf_hash FROM history ORDER BY idx")).all()
            assert [row.seq for row in rows] == [1, 1, 1, 2, 2, 3, 2]
            assert [row.prev for row in rows if row.case_no == "-"] == ["0" * 64, rows[2].leaf_hash]
            root = log.root(len(CASES), lambda level, position: history.node(session, level, position))
            hashes = tuple(bytes.fromhex(row.leaf_hash) for row in rows)
            assert root == root_of_hashes(hashes)
            events = history.of_case(session, "CA-2026-000002")
            assert [(event.kind, payload) for event, payload in events] == [
                ("kind_1", '{"n":1,"文":"字"}'),
                ("kind_4", '{"n":4,"文":"字"}'),
            ]


def root_of_hashes(hashes: tuple[bytes, ...]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return hashlib.sha256(b"\x01" + root_of_hashes(hashes[:k]) + root_of_hashes(hashes[k:])).digest()


def test_the_same_payload_twice_is_committed_to_differently(place):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    with place.program() as database, database.writing() as session:
        for _ in range(2):
            history.append(session, "-", "noted", {}, actor="system", at=at)
        commits = session.execute(text('SELECT "commit" FROM history')).scalars().all()
        assert len(set(commits)) == 2


def test_an_event_taken_back_leaves_nothing_and_no_gap(place):
    with place.program() as database:
        with suppress(RuntimeError), database.writing() as session:
            fill(session)
            raise RuntimeError
        with database.writing() as session:
            fill(session)
            assert history.problems(session) == []
            assert history.size(session) == len(CASES)


TAMPERED = [
    "UPDATE history SET case_no = 'CA-2026-000009' WHERE idx = {idx}",
    "UPDATE history SET seq = seq + 7 WHERE idx = {idx}",
    "UPDATE history SET prev = '" + "ab" * 32 + "' WHERE idx = {idx}",
    "UPDATE history SET kind = 'forged' WHERE idx = {idx}",
    "UPDATE history SET at = at + 1 WHERE idx = {idx}",
    "UPDATE history SET at = 9000000000000000000 WHERE idx = {idx}",
    "UPDATE history SET actor = 'st-x' WHERE idx = {idx}",
    'UPDATE history SET "commit" = \'' + "cd" * 32 + "' WHERE idx = {idx}",
    "UPDATE history SET leaf_hash = '" + "ef" * 32 + "' WHERE idx = {idx}",
    "UPDATE history SET leaf_hash = '" + "xy" * 32 + "' WHERE idx = {idx}",
    "UPDATE history SET leaf_hash = upper(leaf_hash) WHERE idx = {idx}",
    "UPDATE history_payload SET payload = '{{}}' WHERE idx = {idx}",
    "UPDATE history_payload SET payload = payload || ' ' WHERE idx = {idx}",
    "UPDATE history_payload SET salt = (SELECT salt FROM history_payload WHERE idx = 6) WHERE idx = {idx}",
    "DELETE FROM history_payload WHERE idx = {idx}",
    "UPDATE tree_node SET hash = (SELECT hash FROM tree_node WHERE level = 2) WHERE level = 0 AND position = {idx}",
    "UPDATE tree_node SET hash = (SELECT hash FROM tree_node WHERE level = 2) WHERE level = 1 AND position = {idx} / 2",
    "UPDATE tree_node SET position = position + 50 WHERE level = 0 AND position = {idx}",
    "UPDATE tree_node SET level = 9 WHERE level = 0 AND position = {idx}",
    "DELETE FROM tree_node WHERE level = 0 AND position = {idx}",
]
"""Each changes one field or row; `{idx}` is first, in the middle and last."""


@pytest.mark.parametrize("idx", [0, 3, 5])
@pytest.mark.parametrize("statement", TAMPERED, ids=[statement[:40] for statement in TAMPERED])
def test_every_change_of_one_field_by_an_owner_without_guards_is_found(tampered_place, statement, idx):
    assert tampered_place(statement.format(idx=idx)) != []


@pytest.mark.parametrize("idx", [0, 3])
def test_a_missing_event_is_found(tampered_place, idx):
    found = tampered_place(f"DELETE FROM history_payload WHERE idx = {idx}", f"DELETE FROM history WHERE idx = {idx}")
    assert f"index {idx} is missing" in found


def test_a_number_changed_in_the_tree_is_found(tampered_place):
    found = tampered_place("DELETE FROM history_payload WHERE idx = 6", "UPDATE history SET idx = 8 WHERE idx = 6")
    assert "index 6 is missing" in found


@pytest.mark.parametrize(("column", "value"), [("prev", "ab" * 32), ("seq", 9)])
def test_a_forger_who_computes_leaf_and_nodes_anew_is_found_by_the_link(tampered_place, column, value):
    """Event 5 ends its chain; above it stands one node, of events 4 and 5."""
    row = tampered_place.row(5) | {column: value}
    leaf = log.Leaf(row["case_no"], row["seq"], row["prev"], row["kind"], row["at"], row["actor"], row["commit"])
    left = bytes.fromhex(tampered_place.row(4)["leaf_hash"])
    node = log.node_hash(left, bytes.fromhex(leaf.hash()))
    as_bytes = "x'{}'" if tampered_place.is_sqlite else "decode('{}', 'hex')"
    found = tampered_place(
        f"UPDATE history SET {column} = '{value}', leaf_hash = '{leaf.hash()}' WHERE idx = 5",
        f"UPDATE tree_node SET hash = {as_bytes.format(leaf.hash())} WHERE level = 0 AND position = 5",
        f"UPDATE tree_node SET hash = {as_bytes.format(node.hex())} WHERE level = 1 AND position = 2",
    )
    assert found == ["event 5: chain of CA-2026-000001 is broken"]


def test_an_untouched_history_has_no_problems(tampered_place):
    assert tampered_place("UPDATE history SET actor = actor") == []


def test_cutting_off_the_newest_events_whole_is_found_only_by_a_root_kept_elsewhere(tampered_place):
    """What the documents say is not proven by the rows alone."""
    kept = tampered_place.root
    assert (
        tampered_place(
            "DELETE FROM history_payload WHERE idx = 6",
            "DELETE FROM history WHERE idx = 6",
            "DELETE FROM tree_node WHERE level = 0 AND position = 6",
        )
        == []
    )
    assert tampered_place.root != kept


@pytest.fixture
def tampered_place(furnished_history):
    """Runs statements as the owner, says what `problems` finds, and takes all back at the end of the test."""
    transaction = furnished_history.begin()
    yield Tampering(Session(bind=furnished_history, join_transaction_mode="create_savepoint"))
    transaction.rollback()


class Tampering:
    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, *statements: str) -> list[str]:
        for statement in statements:
            assert self._session.execute(text(statement)).rowcount
        return history.problems(self._session)

    def row(self, idx: int) -> dict:
        return dict(
            self._session.execute(text("SELECT * FROM history WHERE idx = :idx"), {"idx": idx}).mappings().one()
        )

    @property
    def is_sqlite(self) -> bool:
        return self._session.get_bind().dialect.name == "sqlite"

    @property
    def root(self) -> str:
        return history.root_hash(self._session)


@pytest.fixture(scope="module")
def furnished_history(shared_place):
    with shared_place.program() as database, database.writing() as session:
        fill(session)
    with shared_place.owner() as connection:
        take_guards_off(connection)
        if not shared_place.is_sqlite:
            connection.execute(text("ALTER TABLE history DROP CONSTRAINT ck_history_leaf"))
    with shared_place.connected() as connection:
        yield connection
