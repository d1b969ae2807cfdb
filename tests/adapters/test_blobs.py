"""Stored files: found again by content, encrypted at every moment, all or nothing, in constant memory."""

import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from arbitration.adapters.blobs_disk import CHUNK, DiskBlobs
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.ports import TooLarge, Unreachable

MARK = b"the buyer's bank card number is 6222 "
IDENTITY = new_identity()
LIMIT = 1 << 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path) -> DiskBlobs:
    return DiskBlobs(folder, AgeVault(IDENTITY))


def put(blobs: DiskBlobs, content: bytes, limit: int = LIMIT):
    return blobs.put(io.BytesIO(content), limit)


def read_in_chunks(blobs: DiskBlobs, ref: str) -> bytes:
    with blobs.open(ref) as chunks:
        return b"".join(chunks)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_what_is_put_comes_back_under_its_digest(blobs, size):
    content = os.urandom(size)
    stored = put(blobs, content)
    assert (stored.ref, stored.sha256, stored.size) == (*[hashlib.sha256(content).hexdigest()] * 2, size)
    assert blobs.read(stored.ref) == content
    assert read_in_chunks(blobs, stored.ref) == content


def test_exactly_the_limit_is_taken_and_one_byte_more_is_not(blobs, folder):
    assert put(blobs, bytes(1000), limit=1000).size == 1000
    kept = files(folder)
    with pytest.raises(TooLarge):
        put(blobs, bytes(1001), limit=1000)
    assert files(folder) == kept


@pytest.mark.parametrize("size", [1, CHUNK, 5 * CHUNK])
def test_what_is_too_long_leaves_nothing_behind(blobs, folder, size):
    with pytest.raises(TooLarge):
        put(blobs, bytes(size), limit=size - 1)
    assert files(folder) == []


class Breaks(io.RawIOBase):
    """A stream that fails with *error* after some bytes."""

    def __init__(self, error: BaseException, after: int = 2 * CHUNK) -> None:
        self._error = error
        self._left = after

    def read(self, size: int = -1) -> bytes:
        if self._left <= 0:
            raise self._error
        self._left -= size
        return bytes(size)


@pytest.mark.parametrize("error", [Unreachable("gone"), OSError(5, "broken"), ValueError("odd"), KeyboardInterrupt()])
def test_a_stream_that_breaks_leaves_nothing_behind_and_says_itself_what_went_wrong(blobs, folder, error):
    with pytest.raises(type(error)) as raised:
        blobs.put(Breaks(error), LIMIT)
    assert raised.value is error
    assert files(folder) == []


def test_the_clear_bytes_are_at_no_moment_on_the_disk(blobs, folder):
    class Watching(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            seen.append([path.name for path in files(folder) if MARK in path.read_bytes()])
            return super().read(size)

    seen: list[list[str]] = []
    content = MARK * (4 * CHUNK // len(MARK))
    ref = blobs.put(Watching(content), LIMIT).ref
    assert len(seen) > 4
    assert not any(seen)
    assert [MARK in path.read_bytes() for path in files(folder)] == [False]
    assert blobs.read(ref) == content


def test_only_the_identity_opens_what_is_stored(blobs, folder):
    ref = put(blobs, MARK).ref
    stranger = DiskBlobs(folder, AgeVault(new_identity()))
    with pytest.raises(Exception, match="No matching keys"):
        stranger.read(ref)
    with pytest.raises(Exception, match="No matching keys"):
        read_in_chunks(stranger, ref)


def test_the_same_content_put_by_many_at_once_is_stored_once_and_whole(blobs, folder):
    content = os.urandom(2 * CHUNK)
    with ThreadPoolExecutor(8) as workers:
        refs = {stored.ref for stored in workers.map(lambda _: put(blobs, content), range(24))}
    assert len(refs) == 1
    assert [path.suffix for path in files(folder)] == [".age"]
    assert blobs.read(refs.pop()) == content


@pytest.mark.parametrize("place", ["head", "middle", "end"])
def test_a_byte_changed_on_the_disk_is_an_error_and_never_a_shorter_file(blobs, folder, place):
    ref = put(blobs, os.urandom(4 * CHUNK)).ref
    (path,) = files(folder)
    sealed = bytearray(path.read_bytes())
    sealed[{"head": 120, "middle": len(sealed) // 2, "end": -1}[place]] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(Exception, match=r".+"):
        blobs.read(ref)
    with pytest.raises(Exception, match=r".+"):
        read_in_chunks(blobs, ref)


def test_a_file_put_in_the_place_of_another_is_an_error(blobs, folder):
    wanted, other = (put(blobs, os.urandom(2 * CHUNK)).ref for _ in range(2))
    (folder / wanted[:2] / f"{wanted}.age").write_bytes((folder / other[:2] / f"{other}.age").read_bytes())
    with pytest.raises(ValueError, match="other content"):
        blobs.read(wanted)
    with pytest.raises(ValueError, match="other content"):
        read_in_chunks(blobs, wanted)


def test_a_file_cut_off_on_the_disk_is_an_error_and_never_a_shorter_file(blobs, folder):
    ref = put(blobs, os.urandom(4 * CHUNK)).ref
    (path,) = files(folder)
    path.write_bytes(path.read_bytes()[: 2 * CHUNK])
    with pytest.raises(Exception, match=r".+"):
        read_in_chunks(blobs, ref)


def test_a_reader_may_go_away_early(blobs):
    content = os.urandom(20 * CHUNK)
    ref = put(blobs, content).ref
    with blobs.open(ref) as chunks:
        assert next(chunks) == content[:CHUNK]
    assert read_in_chunks(blobs, ref) == content


@pytest.mark.parametrize("ref", ["", "ab", "../" * 22 + "etc/passwd", "AB" * 32, "g" * 64, "ab" * 32 + "/"])
def test_what_is_no_reference_is_refused_before_any_file_is_looked_for(blobs, ref):
    with pytest.raises(ValueError, match="not a blob reference"):
        blobs.read(ref)


def test_a_reference_to_nothing_is_not_found(blobs):
    with pytest.raises(FileNotFoundError):
        blobs.read("ab" * 32)
    with pytest.raises(FileNotFoundError):
        read_in_chunks(blobs, "ab" * 32)


# Memory: a child process that may take 40 MiB more than it has after its first small file, and a file larger than that.
CHILD = """
import io, resource, sys
from pathlib import Path
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.vault import AgeVault

MIB = 1 << 20

class Zeros:
    def __init__(self, left):
        self.left = left

    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

def drain(ref):
    with blobs.open(ref) as chunks:
        return sum(len(chunk) for chunk in chunks)

blobs = DiskBlobs(Path(sys.argv[1]), AgeVault(sys.argv[2]))
drain(blobs.put(Zeros(3 * MIB), MIB * 4).ref)
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 40 * MIB,) * 2)
large = int(sys.argv[3]) * MIB
stored = blobs.put(Zeros(large), large)
print(stored.size, drain(stored.ref), flush=True)
if sys.argv[4:] == ["at once"]:
    print(len(blobs.read(stored.ref)))
"""


def in_little_memory(folder: Path, *how: str, mebibytes: int = 64) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), IDENTITY, str(mebibytes), *how],
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
    )


def test_a_large_file_goes_in_and_out_in_constant_memory(folder):
    done = in_little_memory(folder)
    assert (done.stdout, done.returncode) == (f"{64 << 20} {64 << 20}\n", 0), done.stderr


@pytest.mark.long
def test_two_gibibytes_go_in_and_out_in_the_same_memory(folder):
    done = in_little_memory(folder, mebibytes=2048)
    assert (done.stdout, done.returncode) == (f"{2 << 30} {2 << 30}\n", 0), done.stderr


def test_the_limit_of_that_memory_bites(folder):
    done = in_little_memory(folder, "at once")
    assert done.stdout == f"{64 << 20} {64 << 20}\n"
    assert done.returncode != 0
