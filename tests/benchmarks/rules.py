"""All clauses of the standard over a case, against the same comparisons written by hand; CPU of both."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arbitration.domain.evaluation import Value
from arbitration.domain.expressions import NEVER
from arbitration.domain.rulebook import Rulebook, rulebook
from arbitration.domain.standard import parse
from tests.benchmarks.floors import bare_rules
from tests.benchmarks.rows import Row

STANDARD = Path(__file__).parents[2] / "arbitration" / "content" / "standard" / "1.0.0.yaml"
SIZES = (1, 1_000)
EVALUATIONS = 2_000
"""Cases asked in each sample."""
RUNS = 9
UNKNOWN_SHARE = 0.3
GOALS = {"known": 10.0, "unknown": 20.0}
NOON = int(datetime(2026, 3, 1, 4, tzinfo=UTC).timestamp())
MINUTE, HOUR, DAY = 60, 3_600, 86_400
SPANS = (0, 5 * MINUTE, 20 * MINUTE, 23 * HOUR, 25 * HOUR, 71 * HOUR, 73 * HOUR, 20 * DAY, 100 * DAY, 400 * DAY)

Case = dict[str, Value]


def run() -> list[Row]:
    """Both kinds at both sizes; results are compared before anything is measured."""
    book = rulebook(parse(STANDARD.read_bytes().decode()))
    chance = random.Random(20)
    full = [_case(book, chance) for _ in range(max(SIZES))]
    gaps = [{name: None if chance.random() < UNKNOWN_SHARE else value for name, value in case.items()} for case in full]
    rules = list(book.rules.values())
    defaults = {rule.clause.id: dict(zip(rule.facts, rule.defaults, strict=True)) for rule in rules}

    def ours(case: Case) -> list[Any]:
        return [rule.outcome(rule.memory(case)) for rule in rules]

    def ours_both(case: Case) -> list[Any]:
        return [rule.both(case) for rule in rules]

    def bare_both(case: Case) -> list[Any]:
        return bare_rules.ask_guarded(case, defaults)

    if list(book.rules) != list(bare_rules.CLAUSES):
        raise RuntimeError("the hand-written clauses are not those of the standard")
    rows = []
    for size in SIZES:
        rows.append(_row("known", size, full[:size], ours, bare_rules.ask))
        rows.append(_row("unknown", size, gaps[:size], ours_both, bare_both))
    return rows


def _case(book: Rulebook, chance: random.Random) -> Case:
    return {fact.name: _value(book, fact.type, chance) for fact in book.standard.facts}


def _value(book: Rulebook, kind: str, chance: random.Random) -> Value:
    if kind == "bool":
        return chance.random() < 0.6
    if kind in book.enums:
        return chance.choice([word.word for word in book.enums[kind].words])
    if kind == "instant":
        return NEVER if chance.random() < 0.15 else NOON + chance.choice(SPANS)
    return chance.choice(SPANS) if kind == "duration" else chance.choice((0, 1, 2, 3, 10, 17, 18, 400_000, 90_000_000))


def _row(kind: str, size: int, cases: list[Case], ours: Callable[..., Any], bare: Callable[..., Any]) -> Row:
    for case in cases:
        if ours(case) != bare(case):
            raise RuntimeError(f"the hand-written clauses come to something else: {case}")
    pairs = [(_seconds(ours, cases), _seconds(bare, cases)) for _ in range(RUNS)]
    ratio = statistics.median(one / other for one, other in pairs)
    spread = sorted(one / other for one, other in pairs)
    figures = [f"{statistics.median(each) * 1e6:.1f} us/case" for each in zip(*pairs, strict=True)]
    name = f"30 clauses, {'all known' if kind == 'known' else 'unknowns, both views'}, {size} case{'s'[: size > 1]}"
    goal = GOALS[kind]
    more = f"n {RUNS}x{EVALUATIONS}, {spread[0]:.1f} to {spread[-1]:.1f}"
    return Row(name, figures[0], figures[1], ratio, f"<= {goal:.0f}", ratio <= goal, more)


def _seconds(ask: Callable[..., Any], cases: list[Case]) -> float:
    """CPU seconds for one case."""
    rounds = EVALUATIONS // len(cases)
    start = time.process_time()
    for _ in range(rounds):
        for case in cases:
            ask(case)
    return (time.process_time() - start) / (rounds * len(cases))
