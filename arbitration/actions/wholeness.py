"""Whether everything is as it was stored: history, evidence and what was said of it, times, files and sealed values."""

from collections.abc import Iterator
from hashlib import sha256

from arbitration.actions.context import SYSTEM, Doors
from arbitration.ports import BadStamp, Damaged
from arbitration.store import blob_refs, held, history, sealed, witness


def problems(doors: Doors) -> list[str]:
    """Every fault found, each in a sentence that names what is concerned; none when all is whole.

    Reads each file to its end: as long as that takes. What was never stored (a draft without label, a picture's
    fingerprint) is not held against anything.
    """
    with doors.read(SYSTEM) as work:
        found = history.problems(work.session) + witness.faults(work.session) + held.faults(work.session)
    return [*found, *_tokens(doors), *_files(doors), *_sealed(doors)]


def _tokens(doors: Doors) -> Iterator[str]:
    with doors.read(SYSTEM) as work:
        tokens, found = witness.tokens(work.session)
    yield from found
    for each in tokens:
        try:
            stamp = doors.ports.stamps.read(each.token, bytes.fromhex(each.sha256))
        except (BadStamp, ValueError) as problem:
            yield f"{each.name}: its trusted time does not hold: {problem}"
            continue
        if (stamp.at, stamp.authority) != (each.at, each.authority):
            yield f"{each.name}: its token says another time or authority"


def _files(doors: Doors) -> Iterator[str]:
    with doors.read(SYSTEM) as work:
        stored = blob_refs.all_of(work.session)
    for ref, owner in stored:
        try:
            with doors.ports.blobs.open(ref) as chunks:
                for _ in chunks:
                    pass
        except Damaged as problem:
            yield f"file {ref} ({owner}): {problem}"
        except (OSError, ValueError):
            yield f"file {ref} ({owner}): it is not there"


def _sealed(doors: Doors) -> Iterator[str]:
    with doors.read(SYSTEM) as work:
        values = list(sealed.rows(work.session))
        gone = sealed.empty_webhooks(work.session) - witness.emptied_webhooks(work.session)
    yield from (f"webhook {name}: its bytes are gone, and no erasure says so" for name in sorted(gone))
    for column, row in values:
        with doors.read(SYSTEM) as work:
            content, expected = column.read(work.session, row), column.expected(work.session, row)
        if content and not _opens(doors, content, expected):
            yield f"{column.name} of row {row}: it does not open, or is not what was stored"


def _opens(doors: Doors, content: bytes, expected: str | None) -> bool:
    try:
        clear = doors.ports.vault.open(content)
    except Damaged:
        return False
    return expected is None or sha256(clear).hexdigest() == expected
