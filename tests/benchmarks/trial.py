"""Past cases tried a second, among 1,000 and 10,000, against parsing the same stored JSON and doing nothing with it."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from arbitration.actions import standard_trial
from arbitration.domain.standard import parse
from tests.benchmarks.floors.bare_parse import parse_all
from tests.benchmarks.many_cases import Crowd, crowd
from tests.benchmarks.rows import Row
from tests.factories import STANDARD, longer_window

SIZES = (1_000, 10_000)
RUNS = 3
GOAL_SECONDS = 60.0
GOAL_GROWTH = 1.5
"""A case among ten times as many may cost at most so many times as much."""
HOURS = 120
"""Complaints lie so many hours and less after delivery, so a longer window lets some in."""

ResultT = TypeVar("ResultT")


def run() -> list[Row]:
    """One line for each size, and one for how the cost of a case grows from the first to the last."""
    rows, each = [], []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            made = crowd(Path(folder), size)
            _spread(made.database)
            try:
                ours, floor = _measure(made, size)
            finally:
                made.portal.close()
        each.append(ours / size)
        rows.append(
            Row(
                f"a draft tried on {size:,} cases",
                f"{size / ours:.0f}/s",
                f"{size / floor:.0f}/s",
                ours / floor,
                f"<= {GOAL_SECONDS:.0f} s",
                ours <= GOAL_SECONDS,
                f"n {RUNS}, {ours:.2f} s against {floor:.2f} s",
            )
        )
    growth = each[-1] / each[0]
    more = f"{each[0] * 1e3:.3f} ms and {each[-1] * 1e3:.3f} ms a case"
    rows.append(Row("a case among ten times as many", "", "", growth, f"<= {GOAL_GROWTH}", growth <= GOAL_GROWTH, more))
    return rows


def _measure(made: Crowd, size: int) -> tuple[float, float]:
    """Median seconds of ours and of the floor, in turn."""
    draft = parse(longer_window(STANDARD.read_text("utf-8")))
    rounds = []
    for _ in range(RUNS):
        ours, tally = _timed(lambda: standard_trial.run(made.portal, draft, lambda done, total: None))
        floor, parsed = _timed(lambda: parse_all(made.database))
        if (tally.tried, parsed) != (size, size) or not 0 < tally.altered < size:
            raise RuntimeError(f"{tally.tried} tried, {parsed} parsed of {size}; {tally.altered} would have changed")
        rounds.append((ours, floor))
    return statistics.median(ours for ours, _ in rounds), statistics.median(floor for _, floor in rounds)


def _timed(do: Callable[[], ResultT]) -> tuple[float, ResultT]:
    start = time.perf_counter()
    found = do()
    return time.perf_counter() - start, found


def _spread(path: Path) -> None:
    """Deliveries at other hours before the complaint in every case: the copies are not alike."""
    with sqlite3.connect(path) as db:
        db.execute(
            "UPDATE cases SET escalation = json_set(escalation, '$.order.delivered_at', strftime('%Y-%m-%dT%H:%M:%SZ',"
            " json_extract(escalation, '$.dispute.opened_at'), '-' || (rowid * 7 % ?) || ' hours'))",
            (HOURS,),
        )
