"""Finds where silence would pay: a fact that its bearer does better to leave unproven than to tell the truth about.

Tried on sample values: the ends of each scale, and every number of the clause with one more and one less. What is found
is a fault with an example; what is not found is not proven to be absent.
"""

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from arbitration.domain.clauses import Clause, Enumeration, Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.explanation import OUTCOME_WORDS
from arbitration.domain.expressions import NEVER, Literal, Part, children
from arbitration.domain.marked_yaml import Fault, Node, Reader
from arbitration.domain.marked_yaml import Mapping as Entries
from arbitration.domain.marked_yaml import Sequence as Items
from arbitration.domain.rulebook import Rule, rulebook
from arbitration.domain.standard import Standard, StandardRefused, parse
from arbitration.domain.values import show

DRAWS = 400
"""Worlds tried for each fact."""

MAX_WORK = 30_000
"""Facts times facts and parts of expressions, over all clauses: to try that many takes seconds."""

_ADVERSARIES = {"claimant": ("respondent", "platform"), "respondent": ("claimant",), "opponent": ("submitter",)}
"""Who is not bound gains when these are found in breach."""


def check(text: str) -> Standard:
    """Read a version, and refuse it also where silence would pay. Raises StandardRefused with every place."""
    standard = parse(text)
    faults = list(_faults(text, standard))
    if faults:
        raise StandardRefused(faults)
    return standard


def _faults(text: str, standard: Standard) -> Iterator[Fault]:
    reader = Reader(text)
    places = _places(reader.root)
    work = 0
    for rule in rulebook(standard).rules.values():
        work += len(rule.facts) * (len(rule.facts) + len(list(_parts(rule.clause))))
        if work > MAX_WORK:
            line, column = places[rule.clause.id, rule.facts[0]]
            yield Fault(line, column, f"{rule.clause.id}.proof", "more facts and expressions so far than can be tried")
            return
        for fact, reason in pays(rule, {enum.name: enum for enum in standard.enums}):
            line, column = places.get((rule.clause.id, fact), (1, 1))
            yield Fault(line, column, f"{rule.clause.id}.proof.{fact}", reason)


def pays(rule: Rule, enums: dict[str, Enumeration]) -> Iterator[tuple[str, str]]:
    """Facts whose bearer gains by silence, each with an example in words."""
    samples = {name: _samples(rule, name, enums) for name in rule.facts}
    for slot, burden in enumerate(rule.clause.proof):
        good = _good_for(burden.by, rule.clause)
        if not good:
            continue
        for draw in range(DRAWS):
            world = _world(f"{rule.clause.id} {burden.fact} {draw}", samples)
            silent = {**world, burden.fact: rule.defaults[slot]}
            told, untold = rule.both(world)[0], rule.both(silent)[0]
            if told not in good and untold in good:
                kind = rule.types[burden.fact]
                truth = show(world[burden.fact], kind, "en", enum=enums.get(kind))
                yield (
                    burden.fact,
                    f"silence would pay: with the truth ({truth}) the clause can be {OUTCOME_WORDS[told].en}, left "
                    f"unproven it is {OUTCOME_WORDS[untold].en} to the good of the {burden.by} who must prove it",
                )
                break


def _world(seed: str, samples: Mapping[str, Sequence[Value]]) -> dict[str, Value]:
    """One of the possible worlds, the same for the same *seed*."""
    digits = hashlib.sha256(seed.encode()).digest()
    return {
        name: values[digit % len(values)]
        for digit, (name, values) in zip(itertools.cycle(digits), samples.items(), strict=False)
    }


def _good_for(party: str, clause: Clause) -> frozenset[Outcome]:
    """The outcomes that *party* would rather have; none where it has no stake."""
    unharmed = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})
    if party in clause.binds:
        return unharmed
    if set(_ADVERSARIES.get(party, ())) & set(clause.binds):
        return frozenset({Outcome.BREACHED})
    return frozenset()


def _samples(rule: Rule, name: str, enums: dict[str, Enumeration]) -> Sequence[Value]:
    kind = rule.types[name]
    if kind == "bool":
        return (True, False)
    if kind in enums:
        return tuple(word.word for word in enums[kind].words)
    if kind == "text":
        return ("", "x")
    if kind.startswith("list["):
        return (frozenset(), frozenset(word.word for word in enums[kind[5:-1]].words))
    numbers = sorted({0, 1, *(edge for number in _numbers(rule, kind) for edge in (number - 1, number, number + 1))})
    if kind == "instant":
        return (*numbers, NEVER)  # never is a truth too: the thing did not happen
    return tuple(number for number in numbers if number >= 0)


def _numbers(rule: Rule, kind: str) -> set[int]:
    """The numbers of a clause that could matter to a value of this kind: a time is moved by durations."""
    wanted = "duration" if kind == "instant" else kind
    written = {
        cast(int, part.value) for part in _parts(rule.clause) if isinstance(part, Literal) and part.type == wanted
    }
    names = list(rule.slots)
    floors = {
        cast(int, value)
        for name, value in zip(names[len(rule.facts) :], rule.floors, strict=False)
        if rule.types[name] == wanted
    }
    single = {number for number in written | floors if abs(number) < NEVER}
    return single | {2 * number for number in single}


def _parts(clause: Clause) -> Iterator[Part]:
    roots = [each.part for each in (clause.applies, clause.test) if each is not None]
    roots += [each.when.part for each in clause.unless]
    for derived in clause.derive:
        rows = [derived.formula, derived.otherwise, *(row for _, row in derived.cases)]
        roots += [row.part for row in rows if row is not None]
    while roots:
        part = roots.pop()
        yield part
        roots += children(part)


def _places(root: Node) -> dict[tuple[str, str], tuple[int, int]]:
    """Where each burden of each clause stands in the text."""
    found = {}
    for clause in _items(_entry(root, "clauses")):
        id_ = _entry(clause, "id")
        proof = _entry(clause, "proof")
        for key, _ in proof.entries if isinstance(proof, Entries) else ():
            found[getattr(id_, "text", ""), key.text] = (key.line, key.column)
    return found


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _entry(node: Node | None, name: str) -> Node | None:
    return {key.text: value for key, value in node.entries}.get(name) if isinstance(node, Entries) else None
