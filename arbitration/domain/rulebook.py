"""The clauses of one version made ready to be asked what follows from the facts of a case."""

from collections.abc import Mapping
from dataclasses import dataclass

from arbitration.domain.clauses import Clause, Derived, Enumeration, Outcome
from arbitration.domain.evaluation import Code, Memory, Value, among, bounds, ready, unknown
from arbitration.domain.expression_types import NUMBERS
from arbitration.domain.quantities import Quantity
from arbitration.domain.standard import Standard
from arbitration.domain.values import read_value


@dataclass(frozen=True)
class Exemptive:
    """An `unless` made ready."""

    holds: Code
    then: Outcome


@dataclass(frozen=True)
class Rule:
    """One clause made ready. A memory holds its facts, then its floors, then what is derived from them."""

    clause: Clause
    facts: tuple[str, ...]
    needs_finding: frozenset[str]
    types: Mapping[str, str]
    units: Mapping[str, str | None]
    slots: Mapping[str, int]
    unknowns: tuple[Value, ...]
    defaults: tuple[Value, ...]
    floors: tuple[Value, ...]
    derived: tuple[Code, ...]
    applies: Code | None
    exceptions: tuple[Exemptive, ...]
    test: Code

    def memory(self, known: Mapping[str, Value]) -> Memory:
        """What is *known*, the rest unknown, with all that follows from it."""
        return self._filled(known, self.unknowns)

    def by_burden(self, known: Mapping[str, Value]) -> Memory:
        """The same where what is not known counts as its clause says for want of proof."""
        return self._filled(known, self.defaults)

    def _filled(self, known: Mapping[str, Value], otherwise: tuple[Value, ...]) -> Memory:
        memory = [*map(known.get, self.facts)]
        if None in memory:
            memory = [other if value is None else value for value, other in zip(memory, otherwise, strict=True)]
        memory += self.floors
        for code in self.derived:
            memory.append(code(memory))
        return memory

    def outcome(self, memory: Memory) -> Outcome:
        """What the clause comes to: the one outcome that is possible, or unknown where there are several."""
        possible: Outcome | None = None
        if self.applies is not None:
            applies = self.applies(memory)
            if applies is False:
                return Outcome.NOT_APPLICABLE
            if applies is None:
                possible = Outcome.NOT_APPLICABLE
        for exception in self.exceptions:
            holds = exception.holds(memory)
            if holds is False:
                continue
            if possible is not None and possible is not exception.then:
                return Outcome.UNKNOWN
            possible = exception.then
            if holds:
                return possible
        tested = self.test(memory)
        if tested is None:
            return Outcome.UNKNOWN
        found = Outcome.MET if tested else Outcome.BREACHED
        return found if possible is None or possible is found else Outcome.UNKNOWN

    def both(self, known: Mapping[str, Value]) -> tuple[Outcome, Outcome]:
        """What follows from the record, and what follows if nothing more is filed."""
        now = self.outcome(self.memory(known))
        if now is not Outcome.UNKNOWN:
            return now, now
        return now, self.outcome(self.by_burden(known))


@dataclass(frozen=True)
class Rulebook:
    """A version of the standard, ready. `promises` are a platform's own stricter numbers, which bind it."""

    standard: Standard
    enums: Mapping[str, Enumeration]
    promises: Mapping[str, Quantity]
    rules: Mapping[str, Rule]

    def rule(self, clause_id: str) -> Rule:
        """The clause made ready. Raises NotFound."""
        return self.rules[self.standard.clause(clause_id).id]


def rulebook(standard: Standard, promises: Mapping[str, Quantity] | None = None) -> Rulebook:
    """Make a version ready; a floor that is promised better counts as promised. Clauses without a test have no rule."""
    enums = {enum.name: enum for enum in standard.enums}
    kept = dict(promises or {})
    rules = {clause.id: _rule(standard, clause, enums, kept) for clause in standard.clauses if clause.test is not None}
    return Rulebook(standard, enums, kept, rules)


def _rule(
    standard: Standard, clause: Clause, enums: Mapping[str, Enumeration], promises: Mapping[str, Quantity]
) -> Rule:
    declared = {fact.name: fact for fact in standard.facts}
    facts = tuple(burden.fact for burden in clause.proof)
    floors = [standard.floor(name) for name in clause.floors]
    names = [*facts, *(f"floor.{floor.name}" for floor in floors), *(each.name for each in clause.derive)]
    slots = {name: slot for slot, name in enumerate(names)}
    types = {name: declared[name].type for name in facts}
    types |= {f"floor.{floor.name}": floor.value.type for floor in floors}
    types |= {each.name: each.type for each in clause.derive}
    units = {name: declared[name].unit for name in facts}
    units |= {f"floor.{floor.name}": floor.unit for floor in floors}
    units |= {each.name: each.unit for each in clause.derive}
    if clause.test is None:
        raise ValueError(f"{clause.id} has no test")
    return Rule(
        clause=clause,
        facts=facts,
        needs_finding=frozenset(name for name in facts if declared[name].needs_finding),
        types=types,
        units=units,
        slots=slots,
        unknowns=tuple(unknown(types[name]) for name in facts),
        defaults=tuple(read_value(types[each.fact], each.if_unproven or "", enums) for each in clause.proof),
        floors=tuple(promises.get(floor.name, floor.value).amount for floor in floors),
        derived=tuple(_derived(each, slots, enums, types) for each in clause.derive),
        applies=ready(clause.applies.part, slots) if clause.applies else None,
        exceptions=tuple(Exemptive(ready(each.when.part, slots), each.then) for each in clause.unless),
        test=ready(clause.test.part, slots),
    )


def _derived(
    each: Derived, slots: Mapping[str, int], enums: Mapping[str, Enumeration], types: Mapping[str, str]
) -> Code:
    if each.formula is not None:
        return ready(each.formula.part, slots)
    by = each.by or ""
    slot = slots[by]
    rows = {word.word: ready(each.row(word.word).part, slots) for word in enums[types[by]].words}
    ordered = each.type in NUMBERS

    def code(memory: Memory) -> Value:
        word = memory[slot]
        if word is not None:
            return rows[str(word)](memory)
        values = [row(memory) for row in rows.values()]
        if ordered:
            return among([bound for value in values for bound in bounds(value)])
        return values[0] if len(set(values)) == 1 else None

    return code
