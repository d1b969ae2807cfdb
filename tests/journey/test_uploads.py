"""Files of parties on a real installation: two gibibytes in little memory, a full disk, a kill on the way."""

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.journey.test_hostile_door import no_file_may_grow_beyond
from tests.office_process import Installation, installation
from tests.party_door import MARK, PartyDoor, content, digest_of, opened_case

pytestmark = pytest.mark.long

MIB = 1 << 20
MOST_GROWTH = 64 * MIB
MOST_TO_VERIFY = 256 * MIB
"""Of the command, the program itself included."""
MEASURED = """
import os, subprocess, sys
command = subprocess.Popen(sys.argv[1:])
_, status, took = os.wait4(command.pid, 0)
print(took.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command and tells its peak of memory in KiB, which begins with that of whoever starts it: small here."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An office whose temporary files lie where the test can see them."""
    for folder in ("home", "temporary"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with installation(tmp_path / "home") as made:
        made.start("web")
        made.start("worker")
        yield made


@pytest.fixture
def claimant(office: Installation) -> PartyDoor:
    return PartyDoor(office, opened_case(office))


def serving_process(office: Installation) -> int:
    """The one child of the server's master process."""
    master = office.running["web"].pid
    return int(Path(f"/proc/{master}/task/{master}/children").read_text().split()[0])


def most_memory(process: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) * 1024


def stored(office: Installation) -> set[str]:
    return {path.name for path in (office.home / "blobs").rglob("*") if path.is_file()}


def in_clear(folder: Path) -> list[str]:
    """The files that hold a known line of what was sent."""
    return [path.name for path in folder.rglob("*") if path.is_file() and holds_mark(path)]


def holds_mark(path: Path) -> bool:
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(MIB):
            if MARK in rest + piece:
                return True
            rest = piece[-len(MARK) :]
    return False


def test_two_gibibytes_come_in_little_memory_while_others_are_served_and_a_byte_more_does_not(
    office: Installation, claimant: PartyDoor, tmp_path: Path
) -> None:
    size = 2 << 30
    sha = digest_of(content(size))
    assert claimant.send("first.txt", 8 * MIB)[0] == 201
    assert claimant.send_form("second.txt", 9 * MIB) == 303
    before = most_memory(serving_process(office))
    assert claimant.send("large.txt", size, sha) == (201, {"added": 1})
    assert claimant.send("large.txt", size, sha) == (201, {"added": 0})
    assert claimant.send_form("by-form.txt", size - MIB) == 303
    assert most_memory(serving_process(office)) - before <= MOST_GROWTH
    assert claimant.send_form("larger.txt", size + 2 * MIB) == 413
    assert in_clear(tmp_path) == []
    assert sha in claimant.get(f"{claimant.path}/evidence")[1]


def test_a_case_of_600_mebibytes_is_exported_and_verified_in_little_memory(
    office: Installation, claimant: PartyDoor, tmp_path: Path
) -> None:
    assert claimant.send("first.txt", 8 * MIB) == (201, {"added": 1})
    for name, size in (("one.txt", 300 * MIB), ("two.txt", 301 * MIB)):
        assert claimant.send(name, size) == (201, {"added": 1})
    assert claimant.get(f"{claimant.path}/evidence")[0] == 200
    assert claimant.post(f"{claimant.path}/evidence/submit") == 303
    before = most_memory(serving_process(office))
    file, root = tmp_path / "case.zip", tmp_path / "root.pem"
    assert claimant.save(f"{claimant.path}/export", file) > 600 * MIB
    assert most_memory(serving_process(office)) - before <= MOST_GROWTH
    office.command("keys", "root", str(root))
    verify = [sys.executable, "-m", "arbitration", "verify", "export", str(file), "--trust", str(root)]
    told = subprocess.run([sys.executable, "-c", MEASURED, *verify], capture_output=True, text=True, check=True)
    assert told.stdout.rstrip().endswith("PROVEN"), told.stdout
    assert int(told.stderr.split()[-1]) * 1024 <= MOST_TO_VERIFY


def test_with_a_full_disk_a_file_is_refused_whole_and_reads_go_on(office: Installation, claimant: PartyDoor) -> None:
    before = stored(office)
    server = office.running["web"].pid
    no_file_may_grow_beyond(12 * MIB, server)
    assert claimant.send("a.txt", 40 * MIB)[0] == 507
    assert claimant.send_form("a.txt", 40 * MIB) == 507
    assert stored(office) == before
    assert claimant.get(f"{claimant.path}/evidence")[0] == 200
    assert claimant.send("small.txt", MIB)[0] == 201
    no_file_may_grow_beyond(resource.RLIM_INFINITY, server)
    assert claimant.send("a.txt", 40 * MIB)[0] == 201


def test_a_kill_on_the_way_leaves_nothing_that_anyone_sees_and_nothing_after_the_sweep(
    office: Installation, claimant: PartyDoor, tmp_path: Path
) -> None:
    before = stored(office)
    for way in ("bytes", "form"):
        half_sent(claimant, way)
        until(lambda: stored(office) - before)
        office.kill("web")
        assert in_clear(tmp_path) == []
        office.start("web")
    assert len([name for name in stored(office) if name.endswith(".part")]) == 2
    assert "a.txt" not in claimant.get(f"{claimant.path}/evidence")[1]
    swept(office, before)


def half_sent(claimant: PartyDoor, way: str) -> None:
    """The head of a request for 400 MiB, and a part of them; the connection is let go, as by a phone in a tunnel."""
    pieces = islice(content(400 * MIB), 64)
    if way == "bytes":
        where = f"{claimant.path}/evidence/file?kind=chat_log"
        head = claimant.file_head("a.txt")
        body = pieces
    else:
        where = f"{claimant.path}/evidence"
        head = {"Content-Type": "multipart/form-data; boundary=x"}
        opening = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        body = (piece for part in ([opening], pieces) for piece in part)
    connection = claimant.begun("POST", where, 400 * MIB, **head)
    sending = connection.__enter__()
    for piece in body:
        sending.send(piece)
    HELD.append(connection)


HELD: list[object] = []
"""Connections that are neither used nor closed."""


def swept(office: Installation, kept: set[str]) -> None:
    """As the worker does at its start and then each hour, with what was left lying for longer than that."""
    for path in (office.home / "blobs").rglob("*"):
        os.utime(path, (0, 0))
    office.kill("worker")
    office.start("worker")
    until(lambda: stored(office) == kept)


def until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + 30
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_kill_between_the_file_and_its_row_leaves_nothing_after_the_sweep(
    office: Installation, claimant: PartyDoor
) -> None:
    before = stored(office)
    office.kill("web")
    office.start("web", ARBITRATION_FAILPOINT="upload.kept")
    with pytest.raises(OSError, match=r".*"):
        claimant.send("a.txt", MIB)
    office.kill("web")
    office.start("web")
    assert len(stored(office) - before) == 1
    assert "a.txt" not in claimant.get(f"{claimant.path}/evidence")[1]
    swept(office, before)
