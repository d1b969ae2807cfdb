"""The append-only history: one chain per case, all events leaves of one Merkle tree (contract.md §1)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain import log
from arbitration.store.base import Base, BigInt, from_micros, to_micros

SALT_BYTES = 32


class History(Base):
    """One event. Its columns are exactly the leaf's; what it says is in `HistoryPayload`."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("case_no", "seq"),
        CheckConstraint('length(prev) = 64 AND length(leaf_hash) = 64 AND length("commit") = 64', name="digests"),
        {"sqlite_strict": True},
    )

    idx: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    case_no: Mapped[str]
    seq: Mapped[int]
    prev: Mapped[str]
    kind: Mapped[str]
    at_micros: Mapped[int] = mapped_column("at", BigInt)
    actor: Mapped[str]
    commit: Mapped[str] = mapped_column("commit", Text, quote=True)
    leaf_hash: Mapped[str]

    @property
    def at(self) -> datetime:
        return from_micros(self.at_micros)


class HistoryPayload(Base):
    """What an event says, with the salt of its commitment. Erasure may empty it; the leaf stays."""

    __tablename__ = "history_payload"
    __table_args__ = (
        CheckConstraint("(salt IS NULL) = (payload IS NULL)", name="emptied_together"),
        {"sqlite_strict": True},
    )

    idx: Mapped[int] = mapped_column(ForeignKey("history.idx"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes | None]
    payload: Mapped[str | None]


class TreeNode(Base):
    """Hash of the complete subtree of 2**level leaves at `position` on its level."""

    __tablename__ = "tree_node"
    __table_args__ = (
        CheckConstraint("length(hash) = 32", name="sha256"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


_HISTORY = Base.metadata.tables["history"]
_PAYLOADS = Base.metadata.tables["history_payload"]
_NODES = Base.metadata.tables["tree_node"]
_NEXT_IDX = select(func.coalesce(func.max(_HISTORY.c.idx), -1) + 1)
_TAIL = (
    select(_HISTORY.c.seq, _HISTORY.c.leaf_hash)
    .where(_HISTORY.c.case_no == bindparam("case"))
    .order_by(_HISTORY.c.seq.desc())
    .limit(1)
)
_NODE = select(_NODES.c.hash).where(_NODES.c.level == bindparam("level"), _NODES.c.position == bindparam("position"))
_INSERT_HISTORY = insert(_HISTORY)
_INSERT_PAYLOAD = insert(_PAYLOADS)
_INSERT_NODE = insert(_NODES)


@dataclass(frozen=True)
class Appended:
    """Where an event went: its index in the tree and its leaf hash (hex)."""

    idx: int
    seq: int
    leaf_hash: str
    at: datetime


def append(session: Session, case_no: str, kind: str, payload: dict[str, Any], *, actor: str, at: datetime) -> Appended:
    """Write one event, its payload and the tree nodes it completes, in the caller's transaction.

    There is one writer at a time (`Portal.work`), so the next index and the chain's tail can simply be read.
    """
    connection = session.connection()
    idx = connection.execute(_NEXT_IDX).scalar_one()
    tail = connection.execute(_TAIL, {"case": case_no}).first()
    body = rfc8785.dumps(payload)
    salt = secrets.token_bytes(SALT_BYTES)
    leaf = log.Leaf(
        case=case_no,
        seq=tail.seq + 1 if tail else 1,
        prev=tail.leaf_hash if tail else log.GENESIS,
        kind=kind,
        at=to_micros(at),
        actor=actor,
        commit=log.commitment(salt, body),
    )
    leaf_hash = leaf.hash()
    connection.execute(
        _INSERT_HISTORY,
        {
            "idx": idx,
            "case_no": case_no,
            "seq": leaf.seq,
            "prev": leaf.prev,
            "kind": kind,
            "at": leaf.at,
            "actor": actor,
            "commit": leaf.commit,
            "leaf_hash": leaf_hash,
        },
    )
    connection.execute(_INSERT_PAYLOAD, {"idx": idx, "salt": salt, "payload": body.decode()})
    nodes = log.completed_nodes(idx, bytes.fromhex(leaf_hash), lambda level, position: node(session, level, position))
    connection.execute(
        _INSERT_NODE, [{"level": level, "position": position, "hash": digest} for level, position, digest in nodes]
    )
    return Appended(idx=idx, seq=leaf.seq, leaf_hash=leaf_hash, at=at)


def node(session: Session, level: int, position: int) -> bytes:
    """Read one stored node."""
    return bytes(session.connection().execute(_NODE, {"level": level, "position": position}).scalar_one())


def size(session: Session) -> int:
    """Number of leaves in the tree."""
    return int(session.connection().execute(_NEXT_IDX).scalar_one())


def root_hash(session: Session) -> str:
    """Root of the tree as it stands, hex."""
    return log.root(size(session), lambda level, position: node(session, level, position)).hex()


def of_case(session: Session, case_no: str, kinds: Collection[str] | None = None) -> list[tuple[History, str | None]]:
    """A case's events in order, all or those of some *kinds*, each with its payload (canonical JSON text), None where
    it was erased."""
    found = (
        select(History, HistoryPayload.payload)
        .join(HistoryPayload, HistoryPayload.idx == History.idx)
        .where(History.case_no == case_no)
        .order_by(History.seq)
    )
    rows = session.execute(found if kinds is None else found.where(History.kind.in_(sorted(kinds))))
    return [(row.History, row.payload) for row in rows]


def problems(session: Session) -> list[str]:
    """Recompute every leaf, chain, commitment and node from the rows; the faults found, none when all is whole."""
    found: list[str] = []
    tails: dict[str, tuple[int, str]] = {}
    nodes = {(row.level, row.position): row.hash for row in session.scalars(select(TreeNode))}
    expected: dict[tuple[int, int], bytes] = {}
    rows = session.execute(
        select(History, HistoryPayload)
        .outerjoin(HistoryPayload, HistoryPayload.idx == History.idx)
        .order_by(History.idx)
    )
    for position, (event, payload) in enumerate(rows):
        if event.idx != position:
            found.append(f"index {position} is missing")
            break
        seq, prev = tails.get(event.case_no, (0, log.GENESIS))
        if (event.seq, event.prev) != (seq + 1, prev):
            found.append(f"event {event.idx}: chain of {event.case_no} is broken")
        leaf_hash = _recomputed(event)
        if leaf_hash.hex() != event.leaf_hash:
            found.append(f"event {event.idx}: leaf hash does not fit its row")
        if payload is None:
            found.append(f"event {event.idx}: payload row is missing")
        elif not _fits(event.commit, payload):
            found.append(f"event {event.idx}: payload does not fit its commitment")
        tails[event.case_no] = (event.seq, event.leaf_hash)
        for level, place, digest in log.completed_nodes(
            event.idx, leaf_hash, lambda level, place: expected[level, place]
        ):
            expected[level, place] = digest
    found.extend(
        f"node {key} does not fit"
        for key in sorted(expected.keys() | nodes.keys())
        if expected.get(key) != nodes.get(key)
    )
    return found


def _recomputed(event: History) -> bytes:
    """The leaf hash that a row's columns make; all zeros where they cannot be a leaf's (a number beyond 2**53)."""
    leaf = log.Leaf(event.case_no, event.seq, event.prev, event.kind, event.at_micros, event.actor, event.commit)
    try:
        return bytes.fromhex(leaf.hash())
    except rfc8785.CanonicalizationError:
        return bytes(32)


def _fits(commit: str, payload: HistoryPayload) -> bool:
    """An erased payload fits: only what is shown can be wrong."""
    if payload.payload is None or payload.salt is None:
        return True
    return log.opens(commit, payload.salt, payload.payload.encode())
