"""Evidence: its kinds and media types, its own machine, and how items are labelled."""

from enum import StrEnum

from arbitration.domain.escalation import MAX_EVIDENCE_BYTES
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.vocabulary import EvidenceKind

Kind = EvidenceKind


class ItemState(StrEnum):
    DRAFT = "draft"
    EXPECTED = "expected"
    SUBMITTED = "submitted"
    QUARANTINED = "quarantined"
    UNAVAILABLE = "unavailable"


class ItemAction(StrEnum):
    SUBMIT = "submit"
    VERIFY = "verify"
    QUARANTINE = "quarantine"
    GIVE_UP = "give_up"


ITEM = Machine(
    "evidence item",
    {
        ItemAction.SUBMIT: move({ItemState.DRAFT}, ItemState.SUBMITTED, set(PARTIES)),
        ItemAction.VERIFY: move({ItemState.EXPECTED}, ItemState.SUBMITTED, {Role.SYSTEM}),
        ItemAction.QUARANTINE: move({ItemState.EXPECTED}, ItemState.QUARANTINED, {Role.SYSTEM}),
        ItemAction.GIVE_UP: move({ItemState.EXPECTED}, ItemState.UNAVAILABLE, {Role.SYSTEM}),
    },
)

ON_RECORD = frozenset({ItemState.SUBMITTED, ItemState.QUARANTINED, ItemState.UNAVAILABLE})
"""Shown to everyone in the case; only SUBMITTED ones may carry a finding."""

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
    "text/plain": (".txt", ".log", ".csv", ".md", ".html", ".htm"),
    "text/csv": (".csv",),
    "text/html": (".html", ".htm"),
    "application/json": (".json",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "application/zip": (".zip",),
}
"""What may be filed: the type found by content, and the extensions that go with it."""

MAX_FILE_BYTES = MAX_EVIDENCE_BYTES
MAX_FILES_AT_ONCE = 20


def label(role: Role, number: int) -> str:
    """`C-1`, `R-2`, `P-1`, `I-1`: who filed it and which one of theirs it is."""
    return f"{LABEL_LETTER[role]}-{number}"
