"""Who may sit: the appointment's own machine, and exclusions computed by rule with the reason shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role


class AppointmentState(StrEnum):
    """Where an appointment stands: at most one of a case is in `SEATED`."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class AppointmentAction(StrEnum):
    """What can happen to an appointment."""

    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"


APPOINTMENT = Machine(
    "appointment",
    {
        AppointmentAction.ACCEPT: move({AppointmentState.PROPOSED}, AppointmentState.ACCEPTED, {Role.ARBITRATOR}),
        AppointmentAction.DECLINE: move({AppointmentState.PROPOSED}, AppointmentState.DECLINED, {Role.ARBITRATOR}),
        AppointmentAction.LAPSE: move({AppointmentState.PROPOSED}, AppointmentState.LAPSED, {Role.SYSTEM}),
    },
)

SEATED = frozenset({AppointmentState.PROPOSED, AppointmentState.ACCEPTED})
"""At most one appointment of a case stands in one of these."""


class RelationKind(StrEnum):
    """What ties an arbitrator to a side."""

    PLATFORM_STAFF = "platform_staff"
    MERCHANT_STAKE = "merchant_stake"


@dataclass(frozen=True)
class Relation:
    """A tie on file: with a platform (its name) or a merchant (its user id on any platform), until a time or still."""

    kind: RelationKind
    subject: str
    until: datetime | None = None


class Exclusion(StrEnum):
    """Why an arbitrator may not sit in this case."""

    PLATFORM_STAFF = "platform_staff"
    MERCHANT_STAKE = "merchant_stake"
    EARLIER_INVOLVEMENT = "earlier_involvement"
    LANGUAGE = "language"


RELATION_MEMORY_DAYS = 3 * 365
"""A tie counts for three years after its end (domain.md §4, Recusal)."""


def exclusions(
    relations: Iterable[Relation],
    *,
    platform: str,
    merchant: str,
    involved_before: bool,
    languages: frozenset[str],
    language: str,
    now: datetime,
) -> tuple[Exclusion, ...]:
    """Every rule that keeps an arbitrator out of a case; empty means eligible.

    *platform* and *merchant* are the names under which relations are filed; *involved_before* is true when this
    arbitrator declined or let lapse an appointment in this case or decided a linked one. Source: domain.md §4.
    """
    found: list[Exclusion] = []
    for relation in relations:
        if relation.until is not None and (now - relation.until).days >= RELATION_MEMORY_DAYS:
            continue
        if relation.kind is RelationKind.PLATFORM_STAFF and relation.subject == platform:
            found.append(Exclusion.PLATFORM_STAFF)
        if relation.kind is RelationKind.MERCHANT_STAKE and relation.subject == merchant:
            found.append(Exclusion.MERCHANT_STAKE)
    if involved_before:
        found.append(Exclusion.EARLIER_INVOLVEMENT)
    if language not in languages:
        found.append(Exclusion.LANGUAGE)
    return tuple(dict.fromkeys(found))
