"""Objections to evidence: on what grounds a side objects to an item, when, and what follows where it is right.

An objection claims; it finds nothing. The verdict on the item stays as computed until the arbitrator decides.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from arbitration.domain.cases import State
from arbitration.domain.vocabulary import Side

MAX_CHARS = 2000
"""Of the words of an objection, of a reply and of a decision."""

OBJECTABLE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
"""A side objects until the time for evidence is over."""
ANSWERABLE = OBJECTABLE | {State.DELIBERATION}
"""The submitter still replies afterwards, until a ruling is prepared: an objection may come in the last minute."""


class Ground(StrEnum):
    """Why an item should not count."""

    AUTHENTICITY = "authenticity"
    ALTERED = "altered"
    OBTAINED_IMPROPERLY = "obtained_improperly"
    IRRELEVANT = "irrelevant"
    LATE = "late"
    FORM = "form"


class Decision(StrEnum):
    """What the arbitrator makes of an objection."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Claim:
    """The fact of the item that an objection claims, and its value (as the standard writes it) by the decision."""

    fact: str
    found: Mapping[Decision, str]


_HOLDS = {Decision.UPHELD: "true", Decision.DISMISSED: "false"}
_HOLDS_NOT = {Decision.UPHELD: "false", Decision.DISMISSED: "true"}

CLAIMS: Mapping[Ground, Claim] = {
    Ground.AUTHENTICITY: Claim("doubtful_copy", _HOLDS),
    Ground.ALTERED: Claim("alteration_shown", _HOLDS),
    Ground.FORM: Claim("form_met", _HOLDS_NOT),
}
"""What the EV clauses ask of an item; on the other grounds an item is excluded where the objection is upheld."""


def claim_of(ground: Ground, findable: Collection[str]) -> Claim | None:
    """What is claimed on a ground, where the version lets that fact be found: every objection can be decided."""
    claim = CLAIMS.get(ground)
    return claim if claim is not None and claim.fact in findable else None


def may_object(side: Side | None, submitted_by: str) -> bool:
    """Whether a side may object to what *submitted_by* filed: to all but its own."""
    return side is not None and side != submitted_by
