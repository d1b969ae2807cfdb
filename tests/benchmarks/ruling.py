"""The full signed ruling, checked and time-stamped, against a naive unsigned PDF of the same HTML; CPU of both."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from arbitration.adapters import pdf_fonts, pdf_html
from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.pdf_render import WorkerRenderer
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.domain.signing import RulingDocument, arbitrator_field
from tests.adapters.conftest import FONTS, NOT_BEFORE
from tests.adapters.ruling_samples import DECIDED, long_zh, short_zh
from tests.benchmarks.rows import Row

GOAL = 1.0
RUNS = 3
ROUNDS = 5
"""Rulings in each run."""


def run() -> list[Row]:
    """Floor and ours in turn, so that both see the same machine."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        try:
            return [measure(office, Path(folder), name, document) for name, document in documents().items()]
        finally:
            office.renderer.close()


def documents() -> dict[str, RulingDocument]:
    """One claim decided by one arbitrator, and nine linked ones by three."""
    short = short_zh()
    one = replace(short, claims=short.claims[:1], findings=short.findings[:1], evidence=short.evidence[:4])
    return {
        "signed ruling of 4 pages": replace(one, clauses=short.clauses[:2]),
        "signed ruling of 15 pages": long_zh(claims=11, items=44, paragraphs=4),
    }


def measure(office: "Office", folder: Path, name: str, document: RulingDocument) -> Row:
    """The median of each run's ratio; the times shown are medians of all rulings."""
    document = office.prepared(document)
    pages = office.renderer.render(document).pages
    assert f" {pages} " in name
    with naive(folder, document) as floor:
        office.make(document)
        runs = [[(office.make(document), floor()) for _ in range(ROUNDS)] for _ in range(RUNS)]
    ratio = statistics.median(sum(ours for ours, _ in each) / sum(bare for _, bare in each) for each in runs)
    samples = [pair for each in runs for pair in each]
    ours, bare = (statistics.median(pair[side] for pair in samples) * 1e3 for side in (0, 1))
    more = f"CPU, n {RUNS}x{ROUNDS}, {len(document.panel) + 2} signatures and a time stamp over the whole"
    return Row(name, f"{ours:.0f} ms", f"{bare:.0f} ms", ratio, f"<= {GOAL}", ratio <= GOAL, more)


class Office:
    """Makes signed rulings, and knows what they cost this process and its worker."""

    def __init__(self, folder: Path) -> None:
        keys = KeyFolder.open_or_make(folder / "keys", "a passphrase", not_before=NOT_BEFORE)
        self.now = DECIDED
        self.renderer = WorkerRenderer(FONTS)
        self.seal = FileSeal(keys, LocalAuthority(self.clock, keys), self.clock, FONTS)

    def clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def prepared(self, document: RulingDocument) -> RulingDocument:
        panel = tuple(
            replace(member, certificate_sha256=self.seal.issue(member.actor_id, member.name))
            for member in document.panel
        )
        return replace(document, versions=self.renderer.versions(), panel=panel)

    def make(self, document: RulingDocument) -> float:
        """Render, check, certify, sign by each, close and stamp; CPU seconds."""
        self.now = DECIDED + timedelta(minutes=1)
        start = time.process_time() + self._worker_seconds()
        pdf = self.seal.certify(self.renderer.render(document).pdf)
        for index, member in enumerate(document.panel):
            pdf = self.seal.sign(pdf, arbitrator_field(index), member.actor_id)
        self.seal.close(pdf)
        return time.process_time() + self._worker_seconds() - start

    def _worker_seconds(self) -> float:
        return sum(cpu_of(child) for child in children() if "pdf_worker" in child.command)


@dataclass(frozen=True)
class Child:
    pid: int
    command: str


def children() -> Iterator[Child]:
    """The processes that this one started; a thread or a process may end while they are counted."""
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):
            for pid in (task / "children").read_text().split():
                yield Child(int(pid), Path(f"/proc/{pid}/cmdline").read_text())


def cpu_of(child: Child) -> float:
    fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def naive(folder: Path, document: RulingDocument) -> Iterator[Callable[[], float]]:
    """A call that renders the same page naively in a warm process; CPU seconds."""
    path = folder / "naive.html"
    path.write_text(naive_page(document))
    command = [sys.executable, "-m", "tests.benchmarks.floors.ruling_naive", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def render() -> float:
            process.stdin.write("\n")
            return float(process.stdout.readline())

        yield render
        process.stdin.close()


def naive_page(document: RulingDocument) -> str:
    """The same HTML with its style inside, the host's fonts by their names, and tables that lay themselves out."""
    page = pdf_html.ruling_page(document, pdf_fonts.prepare(FONTS).coverage)
    style = pdf_html.STYLESHEET.read_text().replace("table-layout: fixed;", "")
    page = page.replace("</head>", f"<style>{style}</style></head>")
    return re.sub(r'"Ruling (Serif|Latin|Mono)", ', "", page)
