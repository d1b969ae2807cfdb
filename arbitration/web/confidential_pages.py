"""What pages say of an item that its submitter keeps confidential: to whom which file is given, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import gettext

from arbitration.domain.confidentiality import Copy, copy_for
from arbitration.domain.permissions import Role


class Marked(Protocol):
    """A row of an item, or the item."""

    @property
    def submitted_by(self) -> Role: ...
    @property
    def kept_back(self) -> bool: ...
    @property
    def confidential_because(self) -> str | None: ...
    @property
    def disclosed_at(self) -> datetime | None: ...
    @property
    def disclosed_because(self) -> str | None: ...


@dataclass(frozen=True)
class ConfidentialShown:
    """`reason` is the submitter's; `disclosed` the arbitrator's where the original is disclosed, at `at`."""

    badge: tuple[str, str, str]
    sentence: str
    reason: str
    disclosed: str
    at: datetime | None


def confidential_shown(item: Marked, reader: Role) -> ConfidentialShown | None:
    """What *reader* is told of it; None of an item that was never confidential."""
    if item.confidential_because is None:
        return None
    if not item.kept_back:
        badge = ("plain", gettext("Was confidential, disclosed"), "lock-open")
        said = gettext("This file was confidential. The arbitrator disclosed the original to everyone in the case.")
    elif copy_for(reader, item.submitted_by, kept_back=True) is Copy.REDACTED:
        badge = ("warn", gettext("Confidential, redacted copy"), "eye-off")
        said = gettext("Confidential: you are given a redacted copy. The arbitrator reads the original.")
    else:
        badge = ("warn", gettext("Confidential"), "eye-off")
        said = gettext(
            "Confidential: you read the original. The other side, the platform and everyone else are given a redacted "
            "copy."
        )
    return ConfidentialShown(badge, said, item.confidential_because, item.disclosed_because or "", item.disclosed_at)
