"""What a clause comes to in a case: the result, what is missing and whose to bring, and which facts decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Burden, Clause, Derived, Outcome
from arbitration.domain.evaluation import Memory, Value, is_known, ready
from arbitration.domain.expressions import Logic, Name, Part, Selection, children
from arbitration.domain.facts import Record, Stated, Status, counts, known_values
from arbitration.domain.rulebook import Rule, Rulebook


@dataclass(frozen=True)
class Used:
    """One fact of the clause as the case has it. `decides`: without it the result would not stand as it does."""

    fact: str
    value: Value
    status: Status | None
    source: str
    stands: bool
    decides: bool


@dataclass(frozen=True)
class Replaced:
    """A term of the listing below the floor: the floor counts in its place. Both in the floor's own amount."""

    floor: str
    fact: str
    stated: int
    counts: int


@dataclass(frozen=True)
class Assessment:
    """One clause in one case. `if_nothing_more` is the result once the burden of proof has decided what is open.

    `memory` and `burdened` hold the values by which both were computed, for the explanation.
    """

    rule: Rule
    result: Outcome
    if_nothing_more: Outcome
    could_be: tuple[Outcome, ...]
    missing: tuple[Burden, ...]
    used: tuple[Used, ...]
    replaced: tuple[Replaced, ...]
    exception: Bilingual | None
    memory: Memory
    burdened: Memory

    @property
    def clause(self) -> Clause:
        """The clause that was asked."""
        return self.rule.clause

    def value(self, name: str, *, by_burden: bool = False) -> Value:
        """What a fact, floor or derived value of the clause counts as."""
        return (self.burdened if by_burden else self.memory)[self.rule.slots[name]]


def assess(book: Rulebook, clause_id: str, record: Record) -> Assessment:
    """Ask one clause of the facts of a case. Pure; raises NotFound for a clause that this version does not have."""
    rule = book.rule(clause_id)
    known = known_values(record, rule.needs_finding)
    memory, burdened = rule.memory(known), rule.by_burden(known)
    result = rule.outcome(memory)
    tree = _Tree(rule, memory)
    deciding = set(tree.deciding())
    missing = set(tree.undecided()) if result is Outcome.UNKNOWN else set()
    return Assessment(
        rule=rule,
        result=result,
        if_nothing_more=result if result is not Outcome.UNKNOWN else rule.outcome(burdened),
        could_be=tree.possible(),
        missing=tuple(burden for burden in rule.clause.proof if burden.fact in missing),
        used=tuple(_used(name, record.get(name), rule, deciding) for name in rule.facts),
        replaced=tuple(tree.replaced()),
        exception=tree.exception(),
        memory=memory,
        burdened=burdened,
    )


def _used(name: str, stated: Stated | None, rule: Rule, deciding: set[str]) -> Used:
    if stated is None:
        return Used(name, None, None, "", stands=False, decides=False)
    stands = counts(stated, rule.needs_finding)
    return Used(name, stated.value, stated.status, stated.source, stands, decides=stands and name in deciding)


class _Tree:
    """One clause over one memory, asked which of its parts matter."""

    def __init__(self, rule: Rule, memory: Memory) -> None:
        self.rule = rule
        self.memory = memory
        self.derived = {each.name: each for each in rule.clause.derive}

    def value(self, part: Part) -> Value:
        return ready(part, self.rule.slots)(self.memory)

    def asked(self) -> Iterator[tuple[Part, Outcome | None, Outcome | None]]:
        """What is asked in order, each with the outcome of a yes and of a no (None: go on), until one settles it."""
        clause = self.rule.clause
        if clause.applies is not None:
            yield clause.applies.part, None, Outcome.NOT_APPLICABLE
            if self.value(clause.applies.part) is False:
                return
        for exception in clause.unless:
            yield exception.when.part, exception.then, None
            if self.value(exception.when.part) is True:
                return
        if clause.test is not None:
            yield clause.test.part, Outcome.MET, Outcome.BREACHED

    def possible(self) -> tuple[Outcome, ...]:
        """The outcomes that are still possible."""
        found: set[Outcome | None] = set()
        for part, if_so, if_not in self.asked():
            value = self.value(part)
            found |= {if_so} if value is not False else set()
            found |= {if_not} if value is not True else set()
        return tuple(outcome for outcome in Outcome if outcome in found)

    def exception(self) -> Bilingual | None:
        """The exception that decided."""
        asked = [part for part, _, _ in self.asked()]
        for exception in self.rule.clause.unless:
            if exception.when.part in asked and self.value(exception.when.part) is True:
                return exception.label
        return None

    def deciding(self) -> Iterator[str]:
        """Facts that the result rests on."""
        for part, _, _ in self.asked():
            if self.value(part) is not None:
                yield from self._resting_on(part)

    def _resting_on(self, part: Part) -> Iterator[str]:
        if isinstance(part, Logic):
            value = self.value(part)
            settled = value is (part.op == "or")
            for operand in part.operands:
                if not settled or self.value(operand) is value:
                    yield from self._resting_on(operand)
        elif isinstance(part, Name):
            yield from self._facts_of(part.name, self._resting_on)
        else:
            for child in children(part):
                yield from self._resting_on(child)

    def undecided(self) -> Iterator[str]:
        """Unknown facts in the parts that are still open: nothing else can decide."""
        for part, _, _ in self.asked():
            yield from self._open_in(part)

    def _open_in(self, part: Part) -> Iterator[str]:
        if is_known(self.value(part)):
            return
        if isinstance(part, Name):
            yield from self._facts_of(part.name, self._open_in)
        for child in children(part):
            yield from self._open_in(child)

    def _facts_of(self, name: str, walk: Callable[[Part], Iterator[str]]) -> Iterator[str]:
        """The facts behind a name: a fact itself, or those in the formula or table that a derived value comes from."""
        derived = self.derived.get(name)
        if derived is None:
            if name in self.rule.facts:
                yield name
            return
        if derived.by is not None:
            yield from walk(Name(offset=0, type=self.rule.types[derived.by], name=derived.by))
        for part in self._rows(derived):
            yield from walk(part)

    def _rows(self, derived: Derived) -> Iterator[Part]:
        """The formula, or the rows of the table that are still possible."""
        if derived.formula is not None:
            yield derived.formula.part
            return
        word = self.memory[self.rule.slots[derived.by or ""]]
        if word is not None:
            yield derived.row(word).part
            return
        rows = [row for _, row in derived.cases] + ([derived.otherwise] if derived.otherwise else [])
        yield from (row.part for row in rows)

    def replaced(self) -> Iterator[Replaced]:
        """Where the clause lets the larger, or smaller, of a stated term and a floor count, and the floor prevails."""
        for derived in self.rule.clause.derive:
            for part in self._rows(derived):
                if isinstance(part, Selection):
                    yield from self._replaced_in(part)

    def _replaced_in(self, part: Selection) -> Iterator[Replaced]:
        counts = self.value(part)
        stated = {each.name: self.value(each) for each in part.operands if isinstance(each, Name)}
        floor = next((name for name in stated if name.startswith("floor.") and stated[name] == counts), None)
        for fact, value in stated.items():
            is_term = floor is not None and fact in self.rule.facts and value != counts
            if floor and is_term and isinstance(value, int) and isinstance(counts, int):
                yield Replaced(floor.removeprefix("floor."), fact, value, counts)
