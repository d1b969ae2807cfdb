"""The history's arithmetic: leaf bytes, commitments, and the RFC 6962 Merkle tree over leaf hashes."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import rfc8785

GENESIS = "0" * 64
"""`prev` of a chain's first leaf."""
NO_CASE = "-"
"""`case` of platform, roster, standard and key events."""

NodeReader = Callable[[int, int], bytes]
"""(level, index) -> hash of the complete subtree of 2**level leaves that stands at *index* on its level."""


@dataclass(frozen=True)
class Leaf:
    """One event as the tree sees it (contract.md §1): no personal data, only a salted commitment to it."""

    case: str
    seq: int
    prev: str
    kind: str
    at: int
    actor: str
    commit: str

    def to_bytes(self) -> bytes:
        """The canonical leaf bytes; `at` is in microseconds UTC."""
        return rfc8785.dumps(
            {
                "v": 1,
                "case": self.case,
                "seq": self.seq,
                "prev": self.prev,
                "kind": self.kind,
                "at": self.at,
                "actor": self.actor,
                "commit": self.commit,
            }
        )

    def hash(self) -> str:
        """Hex leaf hash, SHA-256(0x00 ‖ bytes)."""
        return sha256(b"\x00" + self.to_bytes()).hexdigest()


def commitment(salt: bytes, payload: bytes) -> str:
    """Hex SHA-256(salt ‖ canonical payload): proves a payload that is shown, hides one that is erased."""
    return sha256(salt + payload).hexdigest()


def opens(commit: str, salt: bytes, payload: bytes) -> bool:
    """Whether *payload* with *salt* is what was committed to."""
    return hmac.compare_digest(commit, commitment(salt, payload))


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 inner node."""
    return sha256(b"\x01" + left + right).digest()


def completed_nodes(index: int, leaf_hash: bytes, node: NodeReader) -> list[tuple[int, int, bytes]]:
    """The rows (level, index, hash) that appending leaf number *index* completes: itself first, then upwards."""
    rows = [(0, index, leaf_hash)]
    level = 0
    current = leaf_hash
    while index & 1:
        current = node_hash(node(level, index - 1), current)
        level += 1
        index >>= 1
        rows.append((level, index, current))
    return rows


def root(size: int, node: NodeReader) -> bytes:
    """Root of the tree of the first *size* leaves."""
    return _range(0, size, node) if size else sha256(b"").digest()


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Audit path of leaf *index* in the tree of *size* leaves (RFC 6962 §2.1.1), leaf side first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, node))
            high = middle
        else:
            path.append(_range(low, middle, node))
            low = middle
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf_hash: bytes, path: list[bytes], expected_root: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            current = node_hash(current, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and hmac.compare_digest(current, expected_root)


def _range(low: int, high: int, node: NodeReader) -> bytes:
    width = high - low
    level = width.bit_length() - 1
    if width == 1 << level and low % width == 0:
        return node(level, low >> level)
    middle = low + _split(width)
    return node_hash(_range(low, middle, node), _range(middle, high, node))


def _split(width: int) -> int:
    """The largest power of two smaller than *width*."""
    return 1 << ((width - 1).bit_length() - 1)
