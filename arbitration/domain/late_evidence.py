"""Late evidence (EV-06): what is filed after the record closed, and the time in which the other side comments on it."""

from collections.abc import Mapping
from datetime import datetime

from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side

MAX_CAUSE_CHARS = 1000
"""Of the stated cause of lateness."""
MAX_COMMENT_CHARS = 2000
"""Of a side's comment on a late item."""

COMMENT: Mapping[Side, DeadlineKind] = {
    Side.CLAIMANT: DeadlineKind.COMMENT_CLAIMANT,
    Side.RESPONDENT: DeadlineKind.COMMENT_RESPONDENT,
}
"""The period in which each side comments on one late item."""


def heard_on(submitted_by: Role) -> tuple[Side, ...]:
    """The sides that comment on a late item: all but the one that filed it, so both where no side did."""
    return tuple(side for side in Side if side.value != submitted_by.value)


def is_running(due_at: datetime, now: datetime) -> bool:
    """Whether the time to comment still runs: its last instant is over, as it is for the clock."""
    return now < due_at
