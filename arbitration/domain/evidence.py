"""Evidence: its kinds and media types, its own machine, and how items are labelled."""

import unicodedata
from enum import StrEnum

from arbitration.domain.escalation import MAX_EVIDENCE_BYTES
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.vocabulary import EvidenceKind

Kind = EvidenceKind


class ItemState(StrEnum):
    """Where an item of evidence stands: a party's begins as DRAFT, a platform's as EXPECTED.

    HELD is here, but a check has not answered yet: nobody opens it.
    """

    DRAFT = "draft"
    EXPECTED = "expected"
    HELD = "held"
    SUBMITTED = "submitted"
    QUARANTINED = "quarantined"
    UNAVAILABLE = "unavailable"


class Problem(StrEnum):
    """Why a file is refused to a party, and why an item on the record cannot carry a finding: everyone is told.

    BOMB unpacks or unfolds to more than may be opened; ACTIVE does something when it is opened, or is two files at
    once; BEYOND_LIMITS took more time or memory to open than a file may; UNSEEN is too long to be looked at whole.
    """

    DIGEST_MISMATCH = "digest_mismatch"
    TYPE_NOT_TAKEN = "type_not_taken"
    TYPE_MISMATCH = "type_mismatch"
    UNAVAILABLE = "unavailable"
    BOMB = "bomb"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    ACTIVE = "active"
    BEYOND_LIMITS = "beyond_limits"
    UNSEEN = "unseen"
    INFECTED = "infected"


class ItemAction(StrEnum):
    """What can happen to an item of evidence."""

    SUBMIT = "submit"
    SUBMIT_UNSCANNED = "submit_unscanned"
    VERIFY = "verify"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    GIVE_UP = "give_up"


ITEM = Machine(
    "evidence item",
    {
        ItemAction.SUBMIT_UNSCANNED: move({ItemState.DRAFT}, ItemState.HELD, {*PARTIES, Role.INSPECTOR}),
        ItemAction.VERIFY: move({ItemState.EXPECTED, ItemState.HELD}, ItemState.SUBMITTED, {Role.SYSTEM}),
        ItemAction.HOLD: move({ItemState.EXPECTED}, ItemState.HELD, {Role.SYSTEM}),
        ItemAction.QUARANTINE: move({ItemState.EXPECTED, ItemState.HELD}, ItemState.QUARANTINED, {Role.SYSTEM}),
        ItemAction.SUBMIT: move({ItemState.DRAFT}, ItemState.SUBMITTED, {*PARTIES, Role.INSPECTOR}),
        ItemAction.GIVE_UP: move({ItemState.EXPECTED}, ItemState.UNAVAILABLE, {Role.SYSTEM}),
    },
)

ON_RECORD = frozenset({ItemState.SUBMITTED, ItemState.QUARANTINED, ItemState.UNAVAILABLE})
"""Shown to everyone in the case; only SUBMITTED ones may carry a finding."""

COUNTED = frozenset({ItemState.EXPECTED, ItemState.HELD, ItemState.SUBMITTED})
"""Brought, as far as is known: an announced file counts as a proof until it turns out not to be what was announced."""

LABEL_LETTER = {
    Role.CLAIMANT: "C",
    Role.RESPONDENT: "R",
    Role.PLATFORM: "P",
    Role.INSPECTOR: "I",
}

MEDIA_TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "text/plain": (".txt", ".log", ".csv", ".md", ".json", ".html", ".htm"),
    "text/csv": (".csv",),
    "text/html": (".html", ".htm"),
    "application/json": (".json",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "application/zip": (".zip",),
}
"""What may be filed: the media type, and the extensions that go with it."""

MAX_FILE_BYTES = 2 * 1024**3
"""Of one file that a party uploads."""
MAX_FETCHED_BYTES = MAX_EVIDENCE_BYTES
"""Of one file that is fetched from its platform, where nobody sees how far it has come."""
MAX_FILES_AT_ONCE = 20
MAX_SIDE_BYTES = 8 * 1024**3
"""Of all that one side uploads in one case."""


def may_read(state: ItemState, role: Role) -> bool:
    """Whether someone of *role* in the case may look into an item that is here, and take it out."""
    return state is not ItemState.HELD and (state is not ItemState.QUARANTINED or role not in PARTIES)


def label(role: Role, number: int) -> str:
    """`C-1`, `R-2`, `P-1`, `I-1`: who filed it and which one of theirs it is."""
    return f"{LABEL_LETTER[role]}-{number}"


def is_taken(found: str, name: str) -> bool:
    """Whether content of the type *found* in it may be filed under this name."""
    return _goes_with(_as_text(found), name)


def problem_of(found: str, declared: str, name: str) -> Problem | None:
    """What is wrong with a file that was declared as a media type under a name, or None."""
    if _as_text(found) not in MEDIA_TYPES:
        return Problem.TYPE_NOT_TAKEN
    if is_taken(found, name) and _goes_with(declared.partition(";")[0], name):
        return None
    return Problem.TYPE_MISMATCH


def is_text(found: str) -> bool:
    """Whether content of the type *found* in it is read as text, a page or data."""
    return _as_text(found) in {"text/plain", "text/html"}


def _goes_with(media_type: str, name: str) -> bool:
    return name.lower().endswith(MEDIA_TYPES.get(media_type, ()))


def _as_text(found: str) -> str:
    """Tables, data and programs are told from other text only by guessing: under a name of text, all are text."""
    guessed = found in {"text/csv", "application/json", "application/x-ndjson"} or found.startswith("text/x-")
    return "text/plain" if guessed else found


def visible(name: str) -> str:
    """The last part of a file's name, without characters that are not seen and may make it look like another."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if unicodedata.category(each) not in _UNSEEN).strip()


_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode's general categories of control and format characters and of the two separators of lines."""


def name_of(evidence_id: str, media_type: str) -> str:
    """What a file is called that came without a name: its id, and the extension of its declared type."""
    return evidence_id + MEDIA_TYPES.get(media_type.partition(";")[0], ("",))[0]
