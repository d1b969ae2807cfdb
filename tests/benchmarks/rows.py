"""One line of a benchmark's result, and how it is printed."""

import os
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """Figures of one thing measured: seconds of each sample in three runs, for us and for the floor.

    `ratio` is what the issue sets a goal for; `goal` says which way is good.
    """

    name: str
    ours: str
    floor: str
    ratio: float
    goal: str
    met: bool
    more: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.met else "MISS"
        figures = f"ours {self.ours:>14}  floor {self.floor:>14}  ratio {self.ratio:6.3f}"
        return f"{mark} {self.name:<44} {figures}  ({self.goal})  {self.more}"


def percentile(samples: Sequence[float], share: float) -> float:
    """The *share* quantile (0 to 1) of *samples*."""
    return statistics.quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1]


def cpu_of_group(leader: int) -> float:
    """CPU seconds used so far by the living processes of the session that *leader* leads."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
