"""Production orders: the arbitrator orders a side or the platform to produce, and what silence means (EV-04)."""

from collections.abc import Mapping
from enum import StrEnum

from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import PARTIES, Role

CLAUSE = "EV-04"
HOURS = (24, 48, 72)
"""The times that may be given."""


class Obligor(StrEnum):
    """Who is ordered to produce."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    PLATFORM = "platform"


class ProductionState(StrEnum):
    """Where an order stands. REFUSED gave a reason, EXPIRED said nothing; whether a reason is good is for the panel."""

    OPEN = "open"
    PRODUCED = "produced"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ProductionAction(StrEnum):
    """What can happen to an order."""

    PRODUCE = "produce"
    REFUSE = "refuse"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


_OBLIGED = {*PARTIES, Role.PLATFORM_OFFICER}
_OPEN = {ProductionState.OPEN}

PRODUCTION = Machine(
    "production order",
    {
        ProductionAction.PRODUCE: move(_OPEN, ProductionState.PRODUCED, _OBLIGED),
        ProductionAction.REFUSE: move(_OPEN, ProductionState.REFUSED, _OBLIGED),
        ProductionAction.EXPIRE: move(_OPEN, ProductionState.EXPIRED, {Role.SYSTEM}),
        ProductionAction.WITHDRAW: move(_OPEN, ProductionState.WITHDRAWN, {Role.ARBITRATOR}),
        ProductionAction.REOPEN: move({ProductionState.PRODUCED}, ProductionState.OPEN, {Role.SYSTEM}),
    },
)

NOT_PRODUCED = frozenset({ProductionState.REFUSED, ProductionState.EXPIRED})
"""Here the arbitrator may find that evidence was withheld."""


class Withholding(StrEnum):
    """What the arbitrator finds of an order that was not followed."""

    WITHHELD = "withheld"
    EXCUSED = "excused"


FINDS: Mapping[Withholding, Mapping[str, str]] = {
    Withholding.WITHHELD: {"evidence_withheld": "true", "withholding_excused": "false"},
    Withholding.EXCUSED: {"evidence_withheld": "true", "withholding_excused": "true"},
}
"""The facts of EV-04 with their values, as the standard writes them."""


def source_of(number: int) -> str:
    """What such a finding rests on: the order of that number, named alike for readers of both languages."""
    return f"提供命令 {number} / Production order {number}"
