"""Docket and case page against a bare page of fifty rows, and what a hundred times as many cases cost."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from arbitration import logs
from tests.benchmarks.floors import bare_page
from tests.benchmarks.many_cases import Crowd, crowd
from tests.benchmarks.rows import Row, percentile

SMALL, LARGE = 1_000, 100_000
RUNS = 3
REQUESTS = 200
WARM_UP = 30
AT_MOST = 3.0
GROWTH = 1.3
READERS = {"docket of a registrar": "registrar", "docket of an arbitrator": "arbitrator", "case page": "registrar"}

Get = Callable[[int], float]
Samples = dict[str, list[float]]


def run() -> list[Row]:
    """Each page at both sizes and the floor in turn, request by request, so that all of them see the same machine."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        logs.configure("info", nowhere)
        crowds = {size: crowd(_folder(folder, size), size) for size in (SMALL, LARGE)}
        floors = {
            f"{kept} {size}": bare_page.create(each.database, keep=kept == "kept").test_client()
            for size, each in crowds.items()
            for kept in ("floor", "kept")
        }
        rows = []
        for name, reader in READERS.items():
            getters = {
                f"ours {size}": _getter(each.readers[reader], _paths(name, each)) for size, each in crowds.items()
            }
            getters |= {floor: _getter(client, lambda _: "/") for floor, client in floors.items()}
            rows += _rows(name, [_round(getters) for _ in range(RUNS)])
        for each in crowds.values():
            each.portal.close()
    return rows


def _folder(parent: str, size: int) -> Path:
    folder = Path(parent) / str(size)
    folder.mkdir()
    return folder


def _paths(name: str, each: Crowd) -> Callable[[int], str]:
    """Another case each time."""
    if name == "case page":
        return lambda n: f"/cases/{each.case_nos[n % len(each.case_nos)]}"
    return lambda _: "/docket"


def _getter(client: FlaskClient, path_of: Callable[[int], str]) -> Get:
    """CPU seconds of one request: a page waits for nothing, and other programs on the machine do not count."""

    def get(n: int) -> float:
        path = path_of(n)
        start = time.process_time()
        answer = client.get(path)
        spent = time.process_time() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return spent

    return get


def _round(getters: dict[str, Get]) -> Samples:
    for n in range(WARM_UP):
        for get in getters.values():
            get(n)
    samples: Samples = {name: [] for name in getters}
    for n in range(REQUESTS):
        for name, get in getters.items():
            samples[name].append(get(n))
    return samples


def _rows(name: str, rounds: list[Samples]) -> list[Row]:
    def median(key: str, share: float) -> float:
        return statistics.median(percentile(samples[key], share) for samples in rounds)

    rows = []
    for size in (SMALL, LARGE):
        ours, floor, kept = (median(f"{key} {size}", 0.5) for key in ("ours", "floor", "kept"))
        slowest = f"p90 {_ms(median(f'ours {size}', 0.9))} : {_ms(median(f'floor {size}', 0.9))}"
        more = f"{slowest}; {ours / kept:.1f}x a floor that keeps its connection"
        rows.append(_row(f"{name}, {size:,} cases", ours, floor, AT_MOST, more))
    large, small = (median(f"ours {size}", 0.5) for size in (LARGE, SMALL))
    return [*rows, _row(f"{name}, growth", large, small, GROWTH, f"{LARGE:,} cases : {SMALL:,}")]


def _row(name: str, ours: float, floor: float, most: float, more: str) -> Row:
    ratio = ours / floor
    more = f"n {RUNS}x{REQUESTS}, p50 of CPU time; {more}"
    return Row(name, _ms(ours), _ms(floor), ratio, f"<= {most}", ratio <= most, more)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"
