"""The facts of a case: what is said of each, by whom, and whether it stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from arbitration.domain.evaluation import Value
from arbitration.domain.vocabulary import Side


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
    """One fact as a case has it. `source` says where it comes from.

    That is a field of the escalation or the side that stated it; of a finding, what the arbitrator rests it on.
    """

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

    Of each side its last word counts. A side that asserts another value than the one on record disputes it: then
    neither counts until one is found.
    """
    heard: dict[str, list[Statement]] = {}
    findings: dict[str, Stated] = {}
    for said in statements:
        if said.stance is Stance.REOPEN:
            findings.pop(said.fact, None)
        elif said.stance in FINDINGS:
            status = Status.FOUND if said.stance is Stance.FIND else Status.NOT_FOUND
            findings[said.fact] = Stated(said.fact, said.value, status, said.source)
        else:
            heard.setdefault(said.fact, []).append(said)
    stated = {fact: _between_sides(escalated.get(fact), said) for fact, said in heard.items()}
    return {**escalated, **{fact: each for fact, each in stated.items() if each is not None}, **findings}


def last_words(statements: Iterable[Statement]) -> dict[str, dict[str, Statement]]:
    """What each side said last, by fact and side."""
    found: dict[str, dict[str, Statement]] = {}
    for said in statements:
        if said.stance not in FINDINGS:
            found.setdefault(said.fact, {})[said.side] = said
    return found


def _between_sides(before: Stated | None, said: Iterable[Statement]) -> Stated | None:
    """What the sides' words make of a fact. Who changes its own statement must be agreed with anew."""
    if before is not None and before.status is Status.FOUND:
        return before
    known, last = before, dict[str, Statement]()
    for each in said:
        if each.stance is Stance.ASSERT and (known is None or known.source == each.side):
            known = Stated(each.fact, each.value, Status.ASSERTED, each.side)
            last = {side: word for side, word in last.items() if word.stance is not Stance.ADMIT}
        last[each.side] = each
    return replace(known, status=_status(known, last)) if known is not None else None


def _status(known: Stated, last: Mapping[str, Statement]) -> Status:
    """Admitted is what both sides hold, one of whom may have stated it; disputed what one denies or puts otherwise."""
    agreeing = {known.source}
    for side, word in last.items():
        if word.stance is Stance.DISPUTE or (word.stance is Stance.ASSERT and word.value != known.value):
            return Status.DISPUTED
        agreeing.add(side)
    return Status.ADMITTED if agreeing >= set(Side) else Status.ASSERTED


def known_values(record: Record, needs_finding: Collection[str] = ()) -> dict[str, Value]:
    """The values that count; of facts that need a finding, only what was found."""
    return {name: stated.value for name, stated in record.items() if counts(stated, needs_finding)}


def counts(stated: Stated, needs_finding: Collection[str]) -> bool:
    """Whether a fact counts with its value."""
    return stated.stands and (stated.fact not in needs_finding or stated.status is Status.FOUND)
