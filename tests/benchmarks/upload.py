"""A party's file through HTTP, with digest, type and encryption, against `sha256sum` and a copy of the same file."""

import http.client
import statistics
import tempfile
import time
from itertools import count
from pathlib import Path

from tests.benchmarks.floors import hash_and_copy
from tests.benchmarks.rows import Row, cpu_of_group, percentile
from tests.office_process import Installation, installation
from tests.party_door import PartyDoor, digest_of, opened_case

GOAL = 0.5
RUNS = 3
MIB = 1 << 20
SIZES = {"16 MiB": (16 * MIB, 5), "512 MiB": (512 * MIB, 1)}
"""Bytes of a file, and how many of them in each run."""


def run() -> list[Row]:
    """Ours and the floor in turn."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        with installation(home) as office:
            office.start("web")
            office.start("worker")
            claimant = PartyDoor(office, opened_case(office))
            return [measure(office, claimant, Path(folder), name) for name in SIZES]


def measure(office: Installation, claimant: PartyDoor, folder: Path, name: str) -> Row:
    """Files of one size; each is another one, for one that is there already would not be stored."""
    size, files = SIZES[name]
    ours, bare, ratios = [], [], []
    cpu = 0.0
    for turn in range(RUNS * files + 1):
        source = folder / "source.txt"
        write_text(source, size)
        floor = hash_and_copy.seconds(source, folder / "copy.txt")
        before = cpu_of_group(office.running["web"].pid)
        spent = send(claimant, source)
        if turn:  # the first one warms both up
            cpu += cpu_of_group(office.running["web"].pid) - before
            ours.append(spent)
            bare.append(floor)
            ratios.append(floor / spent)
        take_back(claimant)
    ratio = statistics.median(ratios)
    per_gib = cpu / len(ours) / size * (1 << 30)
    waits = f"p50 {percentile(ours, 0.5):.2f} s, p90 {percentile(ours, 0.9):.2f} s"
    more = f"n {len(ours)}, {waits}, CPU {per_gib:.1f} s a GiB"
    figures = [f"{size / MIB / statistics.median(seconds):.0f} MiB/s" for seconds in (ours, bare)]
    return Row(f"upload of {name}", *figures, ratio, f">= {GOAL}", ratio >= GOAL, more)


_serial = count()


def write_text(path: Path, size: int) -> None:
    """Whole lines and then line ends: a text that is cut within a character is another case, read in four encodings."""
    line = f"{next(_serial):07} 买家的投诉记录\n".encode()
    at_once = MIB // len(line)
    whole, rest = divmod(size, len(line))
    with path.open("wb") as file:
        for _ in range(whole // at_once):
            file.write(line * at_once)
        file.write(line * (whole % at_once) + b"\n" * rest)


def send(claimant: PartyDoor, source: Path) -> float:
    """Seconds until the answer, the digest that the browser has computed before sent along."""
    with source.open("rb") as file:
        sha = digest_of(iter(lambda: file.read(MIB), b""))
    start = time.perf_counter()
    with source.open("rb") as file:
        head = claimant.file_head("a.txt", sha)
        where = f"{claimant.path}/evidence/file?kind=chat_log"
        pieces = iter(lambda: file.read(MIB), b"")
        status, answer = claimant.ask("POST", where, pieces, source.stat().st_size, **head)
    spent = time.perf_counter() - start
    if status != http.client.CREATED:
        raise RuntimeError(f"{status}: {answer}")
    return spent


def take_back(claimant: PartyDoor) -> None:
    """Out of the draft again: it has only so much room."""
    _, page = claimant.get(f"{claimant.path}/evidence")
    for item in claimant.items(page):
        claimant.post(f"{claimant.path}/evidence/{item}/remove")
