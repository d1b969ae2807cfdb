"""A draft of the standard tried on past cases: what each clause came to, and what it would have come to."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self

from arbitration.domain.clauses import Enumeration, Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.expression_types import NUMBERS
from arbitration.domain.facts import Record, Stated, counts
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.standard import Standard

MAX_EXAMPLES = 20
"""So many cases are named for one clause, in each of its two lists."""


class TrialState(StrEnum):
    """Where a trial stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TrialAction(StrEnum):
    """What happens to a trial."""

    ADVANCE = "advance"
    FINISH = "finish"
    FAIL = "fail"


UNDERWAY = frozenset({TrialState.WAITING, TrialState.RUNNING})
"""Not at its end yet."""

TRIAL = Machine(
    "trial of a draft",
    {
        TrialAction.ADVANCE: move(set(UNDERWAY), TrialState.RUNNING, {Role.SYSTEM}),
        TrialAction.FINISH: move(set(UNDERWAY), TrialState.DONE, {Role.SYSTEM}),
        TrialAction.FAIL: move(set(UNDERWAY), TrialState.FAILED, {Role.SYSTEM}),
    },
)


class Unasked(StrEnum):
    """Why a version has no result of a clause for a case: it has no such clause, or does not ask it in such a case."""

    NO_CLAUSE = "no_clause"
    NOT_ASKED = "not_asked"


Told = Outcome | Unasked
_IDLE = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE, *Unasked})
"""Beside a version that does not ask the clause, these alter nothing: nobody broke anything."""


class Results(NamedTuple):
    """What a clause comes to in a case if nothing more is filed, which is its outcome, and on the record alone."""

    outcome: Told
    on_record: Told


class Change(NamedTuple):
    """A clause that comes to something else under the draft."""

    clause_id: str
    before: Results
    after: Results

    @property
    def alters_outcome(self) -> bool:
        """Whether the case would have ended otherwise, and not only been proven otherwise."""
        return _alters(self.before.outcome, self.after.outcome)


@dataclass(frozen=True)
class Side:
    """One version's side of a case: its clauses made ready, those it asks in this case, and what it knows."""

    book: Rulebook
    clause_ids: Collection[str]
    record: Record

    def results(self, clause_id: str) -> Results:
        """What the clause comes to here."""
        rule = self.book.rules.get(clause_id)
        if rule is None or clause_id not in self.clause_ids:
            has_it = any(clause.id == clause_id for clause in self.book.standard.clauses)
            unasked = Unasked.NOT_ASKED if has_it else Unasked.NO_CLAUSE
            return Results(unasked, unasked)
        known: dict[str, Value] = {}
        for name in rule.facts:
            stated = self.record.get(name)
            if stated is not None and counts(stated, rule.needs_finding):
                known[name] = stated.value
        on_record, outcome = rule.both(known)
        return Results(outcome, on_record)


def compare_case(before: Side, after: Side) -> list[Change]:
    """The clauses of one case whose result the draft alters, in the order in which they are asked.

    A clause that only one of the versions asks is altered where it is breached or undecided there.
    """
    changes = []
    for clause_id in dict.fromkeys((*before.clause_ids, *after.clause_ids)):
        change = Change(clause_id, before.results(clause_id), after.results(clause_id))
        if change.alters_outcome or _alters(change.before.on_record, change.after.on_record):
            changes.append(change)
    return changes


def _alters(before: Told, after: Told) -> bool:
    if isinstance(before, Unasked) or isinstance(after, Unasked):
        return before not in _IDLE or after not in _IDLE
    return before is not after


def retyped(before: Standard, after: Standard) -> frozenset[str]:
    """The facts that have another type in *after*."""
    types = {fact.name: fact.type for fact in before.facts}
    return frozenset(fact.name for fact in after.facts if types.get(fact.name, fact.type) != fact.type)


def understood(record: Record, standard: Standard, apart: Collection[str] = ()) -> dict[str, Stated]:
    """What of *record* is a value of the type that *standard* gives it; the rest, and what is set *apart*, is unknown.

    A draft may have taken away the word that a case knows, or read a field of the escalation as something else.
    """
    types = {fact.name: fact.type for fact in standard.facts}
    enums = {enum.name: enum for enum in standard.enums}
    return {
        name: stated
        for name, stated in record.items()
        if name in types and name not in apart and _is_value(types[name], stated.value, enums)
    }


def _is_value(kind: str, value: Value, enums: Mapping[str, Enumeration]) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, frozenset):
        return kind.startswith("list[") and all(word in enums[kind[5:-1]] for word in value)
    return isinstance(value, str) and (kind == "text" or (kind in enums and value in enums[kind]))


@dataclass
class Shifts:
    """How often one result became another, and the first of the cases, by number."""

    counted: Counter[tuple[Told, Told]] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, case_no: str, before: Told, after: Told) -> None:
        """Count one more case."""
        self.counted[before, after] += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(case_no)

    def as_json(self) -> dict[str, Any]:
        """What `read` takes back."""
        rows = [[before, after, cases] for (before, after), cases in self.counted.most_common()]
        return {"counted": rows, "examples": self.examples}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        rows = stored["counted"]
        return cls(Counter({(_told(before), _told(after)): cases for before, after, cases in rows}), stored["examples"])


def _told(word: str) -> Told:
    return Unasked(word) if word in tuple(Unasked) else Outcome(word)


@dataclass
class Tally:
    """What came of all cases tried so far; by clause, those with another outcome and those only proven otherwise.

    `altered` counts cases with another outcome of any clause, `reproven` those altered on the record alone.
    """

    tried: int = 0
    altered: int = 0
    reproven: int = 0
    outcomes: dict[str, Shifts] = field(default_factory=dict)
    on_record: dict[str, Shifts] = field(default_factory=dict)

    def add(self, case_no: str, changes: Iterable[Change]) -> None:
        """Count one more case."""
        ended_otherwise = proven_otherwise = False
        for change in changes:
            if change.alters_outcome:
                ended_otherwise = True
                shifts = self.outcomes.setdefault(change.clause_id, Shifts())
                shifts.add(case_no, change.before.outcome, change.after.outcome)
            else:
                proven_otherwise = True
                shifts = self.on_record.setdefault(change.clause_id, Shifts())
                shifts.add(case_no, change.before.on_record, change.after.on_record)
        self.tried += 1
        self.altered += ended_otherwise
        self.reproven += proven_otherwise and not ended_otherwise

    def as_json(self) -> dict[str, Any]:
        """What `read` takes back."""
        return {
            "tried": self.tried,
            "altered": self.altered,
            "reproven": self.reproven,
            "outcomes": {clause_id: shifts.as_json() for clause_id, shifts in self.outcomes.items()},
            "on_record": {clause_id: shifts.as_json() for clause_id, shifts in self.on_record.items()},
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(
            stored["tried"],
            stored["altered"],
            stored["reproven"],
            {clause_id: Shifts.read(each) for clause_id, each in stored["outcomes"].items()},
            {clause_id: Shifts.read(each) for clause_id, each in stored["on_record"].items()},
        )
