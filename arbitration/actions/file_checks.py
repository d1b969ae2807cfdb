"""What is found out about a file as soon as it is stored, whoever sent it: what it is, and whether it does harm."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from arbitration.actions.context import Doors
from arbitration.domain.evidence import Problem
from arbitration.ports import Unreachable

Opener = Callable[[], AbstractContextManager[Iterator[bytes]]]
"""Gives a stored file's clear bytes, from the first, as often as it is called."""


@dataclass(frozen=True)
class Checked:
    """A stored file: its media type, and what is wrong with it, or None.

    `malware` is the name of what a scanner found; `unscanned` says that one is configured and has not answered.
    """

    media_type: str
    problem: Problem | None
    malware: str | None = None
    unscanned: bool = False


def check(doors: Doors, size: int, opener: Opener) -> Checked:
    """A file of *size* bytes: open it, and have it scanned if nothing else is wrong with it.

    Slow: not for within a transaction.
    """
    with opener() as chunks:
        examined = doors.ports.examiner.examine(chunks, size)
    if examined.problem is not None:
        return Checked(examined.media_type, examined.problem)
    try:
        malware = scan(doors, opener)
    except Unreachable:
        return Checked(examined.media_type, None, unscanned=True)
    return Checked(examined.media_type, Problem.INFECTED if malware else None, malware)


def scan(doors: Doors, opener: Opener) -> str | None:
    """The name of the malware in a stored file, None where none was found or none is looked for. Raises Unreachable."""
    if not doors.ports.scanner.configured:
        return None
    with opener() as chunks:
        return doors.ports.scanner.scan(chunks)


def cure(problem: Problem) -> str:
    """What a party is told of a file that is refused: the cause, and what to send instead."""
    return CURES.get(problem, "Its content is of a kind that is not taken under this name.")


def _cure(said: str) -> str:
    """Marks a sentence for the catalogue of translations (scripts/messages.py); pages translate it."""
    return said


CURES = {
    Problem.BOMB: _cure(
        "It is too large once it is opened, or unpacks to too much; send what matters as separate, smaller files."
    ),
    Problem.ENCRYPTED: _cure("It is locked with a password; remove the password and send it again."),
    Problem.CORRUPT: _cure("It is damaged or not complete; open it yourself, save it anew and send that."),
    Problem.ACTIVE: _cure(
        "It holds a script, a program or a second file; print or save it as a plain copy and send that."
    ),
    Problem.BEYOND_LIMITS: _cure("It takes too long to open; save it smaller or in parts and send those."),
    Problem.UNSEEN: _cure("Only films and text may be as long as this; send it in parts of at most 100 MB each."),
    Problem.INFECTED: _cure("The virus scanner found something in it; have your device checked and send a clean copy."),
}
