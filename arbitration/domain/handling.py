"""The audit of a platform's own handling: its three response times, recomputed from the history that it sent."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from arbitration.domain.clauses import Floor
from arbitration.domain.escalation import HistoryEntry
from arbitration.domain.quantities import Quantity
from arbitration.domain.vocabulary import HistoryAction

CLAUSE = "DH-01"
"""The clause of the standard that sets the three times, and says what follows when one is missed."""
STEPS: Mapping[str, HistoryAction] = {
    "ack": HistoryAction.FIRST_REPLY,
    "intervene": HistoryAction.INTERVENTION,
    "plan": HistoryAction.PLAN_ISSUED,
}
"""Floor of the standard -> the step of the history that must come within it, counted from the enquiry."""


class Standing(StrEnum):
    """What became of one response time."""

    KEPT = "kept"
    LATE = "late"
    NOT_SHOWN = "not_shown"
    NOT_DUE = "not_due"


BREACHED = frozenset({Standing.LATE, Standing.NOT_SHOWN})


@dataclass(frozen=True)
class Tier:
    """One response time. `floor` names its limit in the standard.

    `took` is in seconds, begun ones counted whole; None where the history has no such step: it is not shown to have
    happened. NOT_DUE: it was not there yet, and its time not over, when the dispute was handed over.
    """

    floor: str
    limit: Quantity
    took: int | None
    standing: Standing

    @property
    def breached(self) -> bool:
        """Whether the time was missed."""
        return self.standing in BREACHED


@dataclass(frozen=True)
class Audit:
    """All response times of one dispute.

    `enquired` is False where the history names no enquiry: then they count from the opening of the dispute.
    `ignored` are steps stamped before that (an answer to nothing yet); `in_order` is False where an entry was told
    after a later one.
    """

    counted_from: datetime
    enquired: bool
    tiers: tuple[Tier, ...]
    ignored: tuple[HistoryAction, ...]
    in_order: bool

    @property
    def missed(self) -> int:
        """How many of the times were missed."""
        return sum(tier.breached for tier in self.tiers)

    @property
    def breached(self) -> bool:
        """Whether any was."""
        return self.missed > 0


def audit(
    entries: Iterable[HistoryEntry],
    *,
    opened_at: datetime,
    escalated_at: datetime,
    floors: Iterable[Floor],
    promises: Mapping[str, Quantity] | None = None,
) -> Audit:
    """Judge the first of each step after the first enquiry, in the order of their times, whoever took it.

    Each limit is the standard's floor, or what the platform *promises* itself (floor name -> duration) where that is
    shorter; a floor that the version does not have is not judged. A step from after the escalation shows at most by how
    much a time was missed: one that was not over by then is not missed any more.
    """
    told = list(entries)
    enquiries = [entry.at for entry in told if entry.action is HistoryAction.ENQUIRY_RECEIVED]
    start = min(enquiries, default=opened_at)
    limits = {floor.name: floor.value for floor in floors}
    promised = promises or {}
    return Audit(
        counted_from=start,
        enquired=bool(enquiries),
        tiers=tuple(
            _tier(floor, _shorter(limits[floor], promised.get(floor)), _first(told, action, start), start, escalated_at)
            for floor, action in STEPS.items()
            if floor in limits
        ),
        ignored=tuple(entry.action for entry in told if entry.action in STEPS.values() and entry.at < start),
        in_order=all(earlier.at <= later.at for earlier, later in pairwise(told)),
    )


def _first(told: list[HistoryEntry], action: HistoryAction, start: datetime) -> datetime | None:
    return min((entry.at for entry in told if entry.action is action and entry.at >= start), default=None)


def _shorter(floor: Quantity, promise: Quantity | None) -> Quantity:
    return promise if promise is not None and promise.amount < floor.amount else floor


def _tier(floor: str, limit: Quantity, at: datetime | None, start: datetime, escalated_at: datetime) -> Tier:
    due = start + timedelta(seconds=limit.amount)
    took = None if at is None else math.ceil((at - start).total_seconds())
    if at is not None and at <= due:
        standing = Standing.KEPT
    elif escalated_at <= due:
        standing = Standing.NOT_DUE
    else:
        standing = Standing.NOT_SHOWN if at is None else Standing.LATE
    return Tier(floor, limit, took, standing)


def as_json(audit: Audit) -> list[dict[str, Any]]:
    """The finding in brief, one object a tier, times in seconds: what the history of a case keeps of it."""
    return [
        {"tier": tier.floor, "standing": tier.standing.value, "limit": tier.limit.amount, "took": tier.took}
        for tier in audit.tiers
    ]
