"""One line of a benchmark's result, and how it is printed."""

import resource
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


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
        return f"{mark} {self.name:<44} ours {self.ours:>14}  floor {self.floor:>14}  ratio {self.ratio:6.3f}  ({self.goal})  {self.more}"


def percentile(samples: Sequence[float], share: float) -> float:
    """The *share* quantile (0 to 1) of *samples*."""
    return statistics.quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1]


def cpu_of_children() -> float:
    """CPU seconds of all ended child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
