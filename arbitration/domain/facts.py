"""The facts of a case: what is said of each, by whom, and whether it stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from arbitration.domain.evaluation import Value


class Status(StrEnum):
    """How far a fact stands. What is asserted and not contested stands provisionally."""

    ASSERTED = "asserted"
    DISPUTED = "disputed"
    ADMITTED = "admitted"
    FOUND = "found"
    NOT_FOUND = "not_found"


STANDING = frozenset({Status.ASSERTED, Status.ADMITTED, Status.FOUND})
"""With these a fact counts with its value; otherwise it is unknown, and the burden of proof decides."""


@dataclass(frozen=True)
class Stated:
    """One fact as a case has it. `source` says where it comes from: a field of the escalation, an item, a person."""

    fact: str
    value: Value
    status: Status
    source: str = ""

    @property
    def stands(self) -> bool:
        """Whether it counts with its value."""
        return self.status in STANDING and self.value is not None


Record = Mapping[str, Stated]
"""What a case knows of each fact; one that is not there is unknown, never nought."""


class Stance(StrEnum):
    """What is said of a fact: a side asserts, admits or disputes it; the arbitrator finds it, or takes it back."""

    ASSERT = "assert"
    ADMIT = "admit"
    DISPUTE = "dispute"
    FIND = "find"
    NOT_FIND = "not_find"
    REOPEN = "reopen"


FINDINGS = frozenset({Stance.FIND, Stance.NOT_FIND, Stance.REOPEN})
"""The arbitrator's; the others are the sides'."""


@dataclass(frozen=True)
class Statement:
    """One thing said of a fact. `value` goes with assert and find; `side` is whose it is, empty for the arbitrator."""

    fact: str
    stance: Stance
    value: Value
    side: str
    source: str


def standing(escalated: Record, statements: Iterable[Statement]) -> dict[str, Stated]:
    """The facts as they stand: what was escalated, then what was said, in order; a finding overrides what sides say.

    A side that asserts another value than the one on record disputes it: then neither counts until one is found.
    """
    found = dict(escalated)
    findings: dict[str, Stated] = {}
    for said in statements:
        if said.stance is Stance.REOPEN:
            findings.pop(said.fact, None)
        elif said.stance in FINDINGS:
            status = Status.FOUND if said.stance is Stance.FIND else Status.NOT_FOUND
            findings[said.fact] = Stated(said.fact, said.value, status, said.source)
        else:
            found[said.fact] = _after(found.get(said.fact), said)
    return found | findings


def _after(before: Stated | None, said: Statement) -> Stated:
    """What a side's word makes of a fact."""
    if before is None or before.value is None:
        return Stated(said.fact, said.value, Status.ASSERTED, said.source)
    if said.stance is Stance.ADMIT:
        return replace(before, status=Status.ADMITTED)
    if said.stance is Stance.DISPUTE or said.value != before.value:
        return replace(before, status=Status.DISPUTED)
    return before


def known_values(record: Record, needs_finding: Collection[str] = ()) -> dict[str, Value]:
    """The values that count; of facts that need a finding, only what was found."""
    return {name: stated.value for name, stated in record.items() if counts(stated, needs_finding)}


def counts(stated: Stated, needs_finding: Collection[str]) -> bool:
    """Whether a fact counts with its value."""
    return stated.stands and (stated.fact not in needs_finding or stated.status is Status.FOUND)
