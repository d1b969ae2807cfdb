"""A new key for what is encrypted at rest: every file and value is sealed to it, and the old one can go."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from arbitration.actions.context import SYSTEM, Doors, Work, record
from arbitration.domain.errors import WrongState
from arbitration.domain.log import NO_CASE
from arbitration.store import sealed
from arbitration.store.sealed import SealedColumn

AT_ONCE = 50
"""Values sealed anew in one transaction: other writers wait no longer than for so many."""


@dataclass(frozen=True)
class Resealed:
    """How much was sealed to an older key and is sealed to the present one now."""

    files: int
    values: int


def key_added(work: Work) -> None:
    """Operator: from now on everything is sealed to the present recipient; the history says since when."""
    record(work, NO_CASE, "vault_key_added", {"recipient": work.ports.vault.recipient()})


def reseal(doors: Doors) -> Resealed:
    """Operator: seal anew whatever is sealed to an older key. May be killed at any time: the next run does the rest.

    Raises Damaged for what does not open; everything else stays as good as it was.
    """
    done = Resealed(_files(doors), _values(doors))
    if done.files or done.values:
        with doors.work(SYSTEM) as work:
            told = {"recipient": work.ports.vault.recipient(), "files": done.files, "values": done.values}
            record(work, NO_CASE, "vault_resealed", told)
    return done


def _files(doors: Doors) -> int:
    done = 0
    for ref in list(doors.ports.blobs.refs()):
        done += doors.ports.blobs.reseal(ref)
        doors.ports.failpoint("file_resealed")
    return done


def _values(doors: Doors) -> int:
    with doors.read(SYSTEM) as work:
        values = list(sealed.rows(work.session))
    done = 0
    for first in range(0, len(values), AT_ONCE):
        with doors.work(SYSTEM) as work:
            done += _reseal_values(work, values[first : first + AT_ONCE])
        doors.ports.failpoint("values_resealed")
    return done


def _reseal_values(work: Work, values: Sequence[tuple[SealedColumn, int]]) -> int:
    vault, done = work.ports.vault, 0
    for column, row in values:
        content = column.read(work.session, row)
        if content and not vault.is_current(io.BytesIO(content)):
            column.write(work.session, row, vault.seal(vault.open(content)))
            done += 1
    return done


def retire_keys(doors: Doors) -> None:
    """Operator: nothing is sealed to an older key any more. Raises WrongState where something still was."""
    done = reseal(doors)
    if done != Resealed(0, 0):
        raise WrongState(
            "%(files)s files and %(values)s values were still sealed to an older key, and are sealed anew now. "
            "Start every process again that ran when the key was added, then repeat this.",
            values={"files": done.files, "values": done.values},
        )
    with doors.work(SYSTEM) as work:
        record(work, NO_CASE, "vault_key_retired", {"recipient": work.ports.vault.recipient()})
