"""Items that their submitter keeps confidential: which of an item's two files a reader is given."""

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
