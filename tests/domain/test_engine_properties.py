"""Whatever the facts of a case are, the clauses are sound: what they decide is so, and they say why."""

import math
import operator
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.domain.assessment import assess
from arbitration.domain.clauses import Enumeration, Outcome, Word
from arbitration.domain.evaluation import Value, ready, unknown
from arbitration.domain.explanation import LANGUAGES, explain
from arbitration.domain.expression_types import Scope, typed
from arbitration.domain.expressions import (
    LONG_AGO,
    NEVER,
    Arithmetic,
    Comparison,
    ExpressionFault,
    Happened,
    Literal,
    Logic,
    Membership,
    Name,
    Not,
    Part,
    Selection,
    Share,
    children,
    read,
)
from arbitration.domain.fact_sources import escalated
from arbitration.domain.facts import Stance, Stated, Statement, Status, known_values, standing
from arbitration.domain.intake import validate
from arbitration.domain.quantities import Quantity
from arbitration.domain.rulebook import Rule, rulebook
from arbitration.domain.standard import Bilingual, parse
from arbitration.domain.values import read_value, write_value
from arbitration.domain.vocabulary import FACT_SOURCES
from tests.domain.escalations import escalation

CONTENT = Path(__file__).parents[2] / "arbitration" / "content" / "standard"
SMALL_STANDARD = (Path(__file__).parent / "small_standard.yaml").read_bytes().decode()
STANDARD = parse((CONTENT / "1.0.0.yaml").read_bytes().decode())
BOOK = rulebook(STANDARD)
FACTS = {fact.name: fact for fact in STANDARD.facts}
NOON = int(datetime(2026, 3, 1, 4, tzinfo=UTC).timestamp())
DAY = 86_400
World = dict[str, Value]


# ---- worlds: a value for every fact of a clause, near the numbers that matter to it


def near(rule: Rule, kind: str) -> list[int]:
    floors = dict(zip([*rule.slots][len(rule.facts) :], rule.floors, strict=False))
    numbers = {value for name, value in floors.items() if rule.types[name] == kind}
    return sorted({0, 1, *(edge for number in numbers for edge in (number - 1, number, number + 1, 2 * number))})


def values(rule: Rule, kind: str) -> list[Value]:
    if kind == "bool":
        return [True, False]
    if kind in BOOK.enums:
        return [word.word for word in BOOK.enums[kind].words]
    if kind == "instant":
        return [LONG_AGO, NEVER, *(NOON + sign * span for span in near(rule, "duration") for sign in (1, -1))]
    return [*near(rule, kind), 3650 * DAY]


VALUES = {id_: {name: values(rule, rule.types[name]) for name in rule.facts} for id_, rule in BOOK.rules.items()}
clauses = st.sampled_from(sorted(VALUES))


@st.composite
def worlds(draw: st.DrawFn, ids: st.SearchStrategy[str] = clauses) -> tuple[str, World, set[str]]:
    """A clause, a world, and which of its facts are known."""
    id_ = draw(ids)
    world = {name: draw(st.sampled_from(known)) for name, known in VALUES[id_].items()}
    return id_, world, draw(st.sets(st.sampled_from(sorted(world))))


def part_of(world: World, names: set[str]) -> World:
    return {name: value for name, value in world.items() if name in names}


def record(world: World, status: Status = Status.FOUND) -> dict[str, Stated]:
    return {name: Stated(name, value, status, "case") for name, value in world.items()}


# ---- what is decided, and what is not


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_asking_changes_nothing_and_asking_twice_gives_the_same(drawn):
    id_, world, known = drawn
    facts = record(part_of(world, known))
    before = deepcopy(facts)
    first = assess(BOOK, id_, facts)
    memory = list(first.memory)
    assert first.rule.outcome(first.memory) is first.result
    assert [explain(BOOK, first, language) for language in LANGUAGES]
    assert assess(BOOK, id_, facts) == first
    assert (facts, first.memory) == (before, memory)


@settings(max_examples=100, deadline=None)
@given(worlds(), st.sampled_from(sorted(FACTS)))
def test_a_fact_of_no_concern_changes_nothing(drawn, other):
    id_, world, known = drawn
    facts = record(part_of(world, known))
    if other not in world:
        assert assess(BOOK, id_, facts | record({other: True})) == assess(BOOK, id_, facts)


def some_world(id_: str, chance: random.Random) -> World:
    return {name: chance.choice(known) for name, known in VALUES[id_].items()}


def some_of(world: World, chance: random.Random) -> World:
    share = chance.random()
    return {name: value for name, value in world.items() if chance.random() < share}


@pytest.mark.parametrize("id_", BOOK.rules)
def test_what_is_decided_stays_decided_and_a_world_that_is_known_is_decided(id_):
    chance = random.Random(id_)
    rule = BOOK.rules[id_]
    for _ in range(120):
        world = some_world(id_, chance)
        more = some_of(world, chance)
        known = some_of(more, chance)
        some, later, all_ = (rule.both(each) for each in (known, more, world))
        assert all_[0] is all_[1] is not Outcome.UNKNOWN
        if some[0] is not Outcome.UNKNOWN:
            assert {*some, *later, *all_} == {some[0]}, (known, more, world)


@pytest.mark.parametrize("id_", BOOK.rules)
def test_whatever_comes_to_light_was_possible_and_only_what_is_missing_decides(id_):
    chance = random.Random(id_)
    for _ in range(40):
        world = some_world(id_, chance)
        known = some_of(world, chance)
        some = assess(BOOK, id_, record(known))
        missing = {burden.fact for burden in some.missing}
        assert BOOK.rules[id_].both(world)[0] in some.could_be
        assert some.if_nothing_more in some.could_be
        assert (some.result is Outcome.UNKNOWN) == (len(some.could_be) > 1) == bool(missing)
        assert not missing & set(known)
        others = {name: value for name, value in world.items() if name not in missing}
        later = assess(BOOK, id_, record(others))
        assert set(later.could_be) <= set(some.could_be)
        if missing:
            assert (later.result, {burden.fact for burden in later.missing}) == (Outcome.UNKNOWN, missing), others


def test_a_fact_that_does_no_more_than_choose_a_row_of_a_table_can_be_missing():
    text = SMALL_STANDARD.replace("kind = key\n      or", "term > 1h and").replace(
        "kind = sale, then", "term = 5h, then"
    )
    found = assess(rulebook(parse(text)), "AS-01", record({"asked_at": NOON}))
    assert (found.result, [burden.fact for burden in found.missing]) == (Outcome.UNKNOWN, ["kind"])


def promised(data: st.DataObject) -> dict[str, Quantity]:
    """Some floors, each moved in its stricter direction."""
    found = {}
    for floor in STANDARD.floors:
        if floor.stricter != "nobody" and data.draw(st.booleans()):
            amount = floor.value.amount
            moved = data.draw(
                st.integers(amount, 20 * amount) if floor.stricter == "larger" else st.integers(0, amount)
            )
            found[floor.name] = Quantity("promised", floor.value.type, moved)
    return found


BOUND_BY_FLOORS = [id_ for id_, rule in BOOK.rules.items() if {"respondent", "platform"} & set(rule.clause.binds)]


@settings(max_examples=60, deadline=None)
@given(worlds(st.sampled_from(BOUND_BY_FLOORS)), st.data())
def test_a_stricter_promise_never_heals_a_breach_nor_harms_the_claimant(drawn, data):
    id_, world, known = drawn
    book = rulebook(STANDARD, promised(data))
    facts = record(part_of(world, known))
    before, after = assess(BOOK, id_, facts), assess(book, id_, facts)
    assert Outcome.BREACHED not in before.could_be or Outcome.BREACHED in after.could_be
    for one, other in ((before.result, after.result), (before.if_nothing_more, after.if_nothing_more)):
        assert one is not Outcome.BREACHED or other is Outcome.BREACHED


@settings(max_examples=100, deadline=None)
@given(worlds(st.just("AS-01")), st.integers(0, 400 * DAY))
def test_a_later_complaint_is_never_in_time_where_an_earlier_one_was_not(drawn, delay):
    _, world, known = drawn
    if world["complained_at"] in (NEVER, LONG_AGO):
        return
    known = known | {"complained_at"}
    later = world | {"complained_at": world["complained_at"] + delay}
    if assess(BOOK, "AS-01", record(part_of(world, known))).result is Outcome.NOT_APPLICABLE:
        assert assess(BOOK, "AS-01", record(part_of(later, known))).result is Outcome.NOT_APPLICABLE


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_an_explanation_names_every_fact_in_words_that_people_read(drawn):
    id_, world, known = drawn
    found = assess(BOOK, id_, record(part_of(world, known)))
    for language in LANGUAGES:
        told = explain(BOOK, found, language)
        text = "\n".join([told.sentence, *(step.text for step in told.steps)])
        labels = {name: getattr(FACTS[name].label, language).lower() for name in world}
        assert [name for name, label in labels.items() if label not in text.lower()] == []
        assert not re.search(r"[{}]|\w_\w|\bfloor\.|None|False|\d{13}", text), text
        idle = [step.text.lower() for step in told.steps if not step.counts]
        open_ = [labels[burden.fact] for burden in found.missing]
        assert not [label for label in open_ for line in idle if f"{label}〔" in line or f" {label} [" in line]


# ---- facts as they stand

statements = st.lists(
    st.builds(
        Statement,
        fact=st.sampled_from(["cause", "lost_at", "category"]),
        stance=st.sampled_from(Stance),
        value=st.sampled_from([1, 2, None]),
        side=st.sampled_from(["claimant", "respondent"]),
        source=st.just("said"),
    ),
    max_size=8,
)
START = record({"cause": 1, "lost_at": 2}, Status.ASSERTED)


@settings(max_examples=100, deadline=None)
@given(statements, st.integers())
def test_only_the_order_of_what_is_said_of_one_fact_matters(said, seed):
    by_fact = {fact: [each for each in said if each.fact == fact] for fact in ("cause", "lost_at", "category")}
    shuffled = [fact for fact, told in by_fact.items() for _ in told]
    random.Random(seed).shuffle(shuffled)
    queues = {fact: iter(told) for fact, told in by_fact.items()}
    assert standing(START, [next(queues[fact]) for fact in shuffled]) == standing(START, said)


@settings(max_examples=100, deadline=None)
@given(statements, st.sampled_from([1, 2]), st.sampled_from([Stance.FIND, Stance.NOT_FIND]))
def test_a_finding_overrides_what_the_sides_say_and_reopening_restores_it(said, value, stance):
    sides = [each for each in said if each.stance not in (Stance.FIND, Stance.NOT_FIND, Stance.REOPEN)]
    finding = Statement("cause", stance, value, "", "finding")
    reopening = Statement("cause", Stance.REOPEN, None, "", "finding")
    found = standing(START, [finding, *sides])["cause"]
    assert found == Stated("cause", value, Status.FOUND if stance is Stance.FIND else Status.NOT_FOUND, "finding")
    assert known_values({"cause": found}) == ({"cause": value} if stance is Stance.FIND else {})
    assert standing(START, [finding, *sides, reopening]) == standing(START, sides)


def test_what_an_escalation_states_are_values_of_their_types():
    data = validate(escalation()).data
    found = escalated(STANDARD, data)
    assert len(found) >= 8
    for name, stated in found.items():
        kind = FACTS[name].type
        assert read_value(kind, write_value(kind, stated.value), BOOK.enums) == stated.value
        assert FACT_SOURCES[FACTS[name].source] == kind


# ---- values as they are written

LISTS = BOOK.enums | {"goods": Enumeration("goods", tuple(Word(word, Bilingual(word, word)) for word in "abc"))}
WRITTEN = {
    "bool": st.booleans(),
    "category": st.sampled_from([word.word for word in BOOK.enums["category"].words]),
    "list[goods]": st.frozensets(st.sampled_from("abc")),
    "text": st.text(min_size=1, max_size=9),
    "int": st.integers(0, 10**12 - 1),
    "money": st.integers(0, 10**14 - 1),
    "duration": st.integers(0, 10**9 - 1),
    "instant": st.sampled_from([NEVER, LONG_AGO])
    | st.datetimes(timezones=st.just(UTC)).map(lambda at: int(at.timestamp())),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WRITTEN)).flatmap(lambda kind: st.tuples(st.just(kind), WRITTEN[kind])))
def test_a_value_that_is_written_is_read_as_it_was(drawn):
    kind, value = drawn
    if kind == "instant" and value not in (NEVER, LONG_AGO):
        value = (
            max(value, -62135596800) if value < 0 else min(value, 253402271999)
        )  # the calendar ends in Beijing first
    assert read_value(kind, write_value(kind, value), LISTS) == value


@pytest.mark.parametrize(
    "text",
    ["", "noon", "2026-02-30 10:00", "2026-03-01", "0000-01-01 00:00", "2026-03-01T10:00", "9999-12-31T23:59+00:00",
     "２026-03-01 10:00", "2026-03-01 24:01"],
)  # fmt: skip
def test_what_is_no_time_is_not_read_as_one(text):
    assert read_value("instant", text, {}) == (NOON - 2 * 3600 if text == "2026-03-01T10:00" else None)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["int", "money", "duration"]).flatmap(lambda kind: st.tuples(st.just(kind), WRITTEN[kind])))
def test_a_literal_says_what_it_was_made_from(drawn):
    kind, value = drawn
    literal = read(write_value(kind, value))
    assert isinstance(literal, Literal)
    assert (literal.type, literal.value) == (kind, value)
    assert read(literal.text) == literal


def test_every_literal_of_the_standard_reads_as_itself():
    for rule in BOOK.rules.values():
        for part in parts(rule):
            if isinstance(part, Literal) and part.type not in BOOK.enums:
                again = read(part.text)
                assert (again.type, again.value) == (part.type, part.value)


# ---- a second evaluator, which knows everything and thinks slowly


def parts(rule: Rule) -> Iterator[Part]:
    clause = rule.clause
    roots = [each.part for each in (clause.applies, clause.test) if each] + [each.when.part for each in clause.unless]
    for derived in clause.derive:
        roots += [row.part for row in (derived.formula, derived.otherwise, *dict(derived.cases).values()) if row]
    while roots:
        yield (part := roots.pop())
        roots += children(part)


def endless(value: Value) -> Value | float:
    return math.inf if value is NEVER or value == NEVER else -math.inf if value == LONG_AGO else value


ORDER = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def naive(part: Part, env: Mapping[str, object]):
    """The value of *part* where all is known; `never` is infinite."""
    match part:
        case Literal(value=value):
            return endless(value)
        case Name(name=name):
            return env[name]
        case Not(operand=operand):
            return not naive(operand, env)
        case Logic(op=op, operands=operands):
            return (all if op == "and" else any)([naive(each, env) for each in operands])
        case Happened(operand=operand):
            return naive(operand, env) != math.inf
        case Membership(operand=operand, words=words):
            return naive(operand, env) in [word.value for word in words]
        case Comparison(op=op, left=left, right=right):
            one, other = naive(left, env), naive(right, env)
            return ORDER[op](one, other)
        case Share(percent=percent, whole=whole):
            return (naive(percent, env) * naive(whole, env) + 50) // 100
        case Selection(selector=selector, operands=operands):
            return (max if selector in ("larger", "latest") else min)([naive(each, env) for each in operands])
        case Arithmetic(op="*", left=left, right=right):
            return naive(left, env) * naive(right, env)
        case Arithmetic(op=op, left=left, right=right):
            one, other = naive(left, env), naive(right, env)
            other = other if op == "+" else -other
            return one if abs(one) == math.inf else one + other
    raise TypeError(part)


def may_be(value: Value, truth: object) -> bool:
    """Whether *value* leaves room for the *truth*."""
    if isinstance(value, tuple):
        return endless(value[0]) <= truth <= endless(value[1])
    return value is None or endless(value) == truth


def environment(rule: Rule, world: World) -> dict[str, object]:
    env: dict[str, object] = {name: endless(value) for name, value in world.items()}
    env |= dict(zip([*rule.slots][len(rule.facts) :], rule.floors, strict=False))
    for derived in rule.clause.derive:
        formula = derived.formula or derived.row(world[derived.by])
        env[derived.name] = naive(formula.part, env)
    return env


def outcome(rule: Rule, env: Mapping[str, object]) -> Outcome:
    clause = rule.clause
    if clause.applies and not naive(clause.applies.part, env):
        return Outcome.NOT_APPLICABLE
    for exception in clause.unless:
        if naive(exception.when.part, env):
            return exception.then
    return Outcome.MET if naive(clause.test.part, env) else Outcome.BREACHED


@settings(max_examples=100, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_every_part_of_every_clause_agrees_with_a_second_evaluator(drawn, chance):
    id_, world, known = drawn
    rule = BOOK.rules[id_]
    full, some = rule.memory(world), rule.memory(part_of(world, known))
    could_be = assess(BOOK, id_, record(part_of(world, known))).could_be
    for completion in range(8):
        guess = {name: chance.choice(VALUES[id_][name]) for name in world} | part_of(world, known)
        env = environment(rule, guess if completion else world)
        for part in parts(rule):
            code = ready(part, rule.slots)
            assert may_be(code(some), naive(part, env)), part
            if not completion:
                assert endless(code(full)) == naive(part, env), part
        assert outcome(rule, env) in could_be
    assert rule.outcome(full) is outcome(rule, environment(rule, world))


# ---- expressions that no clause has yet

SMALL: dict[str, list[Value]] = {
    "bool": [True, False],
    "word": ["x", "y", "z"],
    "instant": [LONG_AGO, NEVER, -5, 0, 5, 3600],
    "duration": [0, 1, 5, 3600],
    "money": [0, 1, 49, 50, 150],
    "int": [0, 1, 2, 7],
}
NAMES = {f"{kind}_{letter}": kind for kind in SMALL for letter in "ab"}
SCOPE = Scope(NAMES, {"word": Enumeration("word", tuple(Word(word, Bilingual(word, word)) for word in "xyz"))})
SLOTS = {name: slot for slot, name in enumerate(NAMES)}
LITERALS = {
    "bool": ["true", "false"],
    "instant": ["never", "long_ago"],
    "duration": ["0s", "5s", "1h"],
    "money": ["CNY 0", "CNY 0.50", "CNY 1.51"],
    "int": ["0", "3"],
}
ORDERED = ("instant", "duration", "money", "int")
SIGNS = ["=", "!=", "<", "<=", ">", ">="]


def written(chance: random.Random, kind: str = "bool", depth: int = 4) -> str:
    """The text of some expression of this kind."""

    def some(of: str) -> str:
        return f"({written(chance, of, depth - 1)})"

    leaves = [name for name, type_ in NAMES.items() if type_ == kind] + LITERALS.get(kind, [])
    if depth == 0 or kind == "word" or chance.random() < 0.2:
        return chance.choice(leaves)
    if kind == "bool":
        of = chance.choice([*ORDERED, "bool", "word"])
        shapes = [
            f"not {some('bool')}",
            chance.choice([" and ", " or "]).join(some("bool") for _ in range(chance.randint(2, 3))),
            f"{some('word')} in [x, z]",
            f"{some('instant')} happened",
            f"{some(of)} {chance.choice(SIGNS if of in ORDERED else SIGNS[:2])} {some(of)}",
        ]
        return chance.choice([*shapes, shapes[-1]])
    pick = chance.choice(["earliest", "latest"] if kind == "instant" else ["larger", "smaller"])
    shapes = [
        f"{pick} of ({some(kind)}, {some(kind)})",
        f"{some(kind)} {chance.choice('+-')} {some('duration' if kind == 'instant' else kind)}",
    ]
    if kind == "duration":
        shapes.append(f"{some('instant')} - {some('instant')}")
    if kind == "money":
        shapes.append(f"{chance.choice([0, 5, 150])}% of {some('money')}")
    if kind != "instant":
        shapes.append(f"{chance.choice([0, 1, 3])} * {chance.choice(leaves)}")
    return chance.choice(shapes)


def test_an_expression_of_any_shape_is_sound_and_exact_where_all_is_known():
    chance = random.Random(7)
    read_ = 0
    for _ in range(900):
        text = written(chance)
        with suppress(ExpressionFault):  # longer than an expression may be
            code = ready(part := typed(text, SCOPE, "bool"), SLOTS)
            read_ += 1
            for _ in range(6):
                world = {name: chance.choice(SMALL[kind]) for name, kind in NAMES.items()}
                truth = naive(part, {name: endless(value) for name, value in world.items()})
                assert code(list(world.values())) is truth, text
                some = [value if chance.random() < 0.5 else unknown(NAMES[name]) for name, value in world.items()]
                assert code(some) in (truth, None), text
    assert read_ > 600
