"""Items that their submitter keeps confidential: which of an item's two files a reader is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from arbitration.domain.cases import State
from arbitration.domain.permissions import Role

MAX_REASON_CHARS = 300
"""Of the submitter's reason, and of the arbitrator's for disclosing the original."""
OFFICE = frozenset({Role.REGISTRAR, Role.ARBITRATOR, Role.CHAIR, Role.AUDITOR, Role.SYSTEM})
"""They read what is kept back from the other side; an arbitrator only while seated in the case."""

DISCLOSABLE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE, State.DELIBERATION})
"""The arbitrator discloses an original until a ruling is prepared."""


class Copy(StrEnum):
    """One of the two files of a confidential item; every other item has its original alone."""

    ORIGINAL = "original"
    REDACTED = "redacted"


def copy_for(reader: Role, submitted_by: Role, *, kept_back: bool) -> Copy:
    """Which file of an item is *reader*'s: a party's role is that of its side.

    While it is kept back the original is for the side that filed it and the office; everyone else, of any role that
    there may ever be, is given the redacted copy.
    """
    reads_all = not kept_back or reader in OFFICE or reader is submitted_by
    return Copy.ORIGINAL if reads_all else Copy.REDACTED


class GivenAway(StrEnum):
    """How a file would undo what its own side keeps: filed as it is, as a redacted copy, or marked too late."""

    OPENLY = "openly"
    AS_COPY = "as_copy"
    ALREADY = "already"


@dataclass(frozen=True)
class Digests:
    """Of one item (SHA-256 as hex): the file that the other side is `given`, and the original that is `kept` from it.

    None where there is no such file.
    """

    given: str | None
    kept: str | None


def given_away(filed: Digests, other: Digests) -> GivenAway | None:
    """What is wrong with an item that is *filed* beside an *other* of the same side; None where nothing is."""
    if other.kept is not None and filed.given == other.kept:
        return GivenAway.OPENLY if filed.kept is None else GivenAway.AS_COPY
    if filed.kept is not None and filed.kept == other.given:
        return GivenAway.ALREADY
    return None


MAX_BOXES = 500
"""Drawn on one file."""


@dataclass(frozen=True)
class Box:
    """What is blacked out on a page, counted from 1, in pixels of its picture from the upper left corner."""

    page: int
    left: int
    top: int
    width: int
    height: int

    def lies_within(self, pages: Sequence[tuple[int, int]]) -> bool:
        """Whether it covers something of one of the *pages*, of which width and height are given, and nothing else."""
        if not 1 <= self.page <= len(pages):
            return False
        width, height = pages[self.page - 1]
        fits_across = self.left >= 0 and self.width > 0 and self.left + self.width <= width
        return fits_across and self.top >= 0 and self.height > 0 and self.top + self.height <= height


@dataclass(frozen=True)
class BlackedOut:
    """A file made of pictures alone: its media type and bytes."""

    media_type: str
    content: bytes
