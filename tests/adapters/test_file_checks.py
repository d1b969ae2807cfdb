"""Strangers' files are opened in a process of their own each: what they are is told, and its limits bite."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from arbitration.adapters.file_checks import examiner as asked
from arbitration.adapters.file_checks.examiner import Limits, ProcessExaminer
from arbitration.domain.evidence import Problem, problem_of
from arbitration.ports import Examined, Examiner
from tests.fakes import FakeExaminer
from tests.hostile import documents, pictures
from tests.hostile.corpus import SOUND, Sample

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def examiner() -> Iterator[ProcessExaminer]:
    made = ProcessExaminer()
    yield made
    made.close()


def examined(examiner: Examiner, content: bytes) -> Examined:
    return examiner.examine(iter([content]), len(content))


@pytest.mark.parametrize("sample", [each for each in SOUND if each.quick], ids=lambda sample: sample.what)
def test_a_sound_file_is_told_alike_by_all_that_stand_for_the_port(examiner: ProcessExaminer, sample: Sample) -> None:
    for port in (examiner, FakeExaminer()):
        shown = examined(port, sample.make())
        assert (shown.problem, problem_of(shown.media_type, sample.declared, sample.name)) == (None, None)


def limited(content: bytes, limits: Limits) -> Examined:
    made = ProcessExaminer(limits)
    try:
        return examined(made, content)
    finally:
        made.close()


@pytest.mark.parametrize(
    "limits",
    [Limits(cpu_seconds=1, seconds=300), Limits(cpu_seconds=60, seconds=1)],
    ids=["the processor's time", "the wall's"],
)
def test_a_file_that_would_take_for_ever_is_ended_by(limits: Limits) -> None:
    assert limited(pictures.jpeg_of_endless_passes(), limits) == Examined("image/jpeg", Problem.BEYOND_LIMITS)


def test_a_file_that_takes_more_memory_than_it_may_is_put_aside(examiner: ProcessExaminer) -> None:
    content = pictures.huge_png(6000, 6000)
    assert examined(examiner, content) == Examined("image/png", None)
    assert limited(content, Limits(memory_bytes=112 * MEBIBYTE)) == Examined("image/png", Problem.BEYOND_LIMITS)


def test_a_file_that_ends_its_process_is_put_aside_and_the_next_one_is_opened(examiner: ProcessExaminer) -> None:
    assert examined(ProcessExaminer(Limits(memory_bytes=MEBIBYTE)), documents.plain()).problem is Problem.BEYOND_LIMITS
    assert examined(examiner, documents.plain()) == Examined("application/pdf", None)


def test_a_helper_that_died_is_started_again() -> None:
    made = ProcessExaminer()
    assert examined(made, b"hello\n").problem is None
    helper = made._helper
    assert helper is not None
    helper._process.kill()
    helper._process.wait()
    assert examined(made, b"hello\n") == Examined("text/plain", None)
    made.close()


def test_a_process_with_a_file_writes_no_other_and_leaves_no_picture_of_its_memory(tmp_path) -> None:
    tries = f"""
import resource
from arbitration.adapters.file_checks.worker import Share, limit
limit(Share(2, 2**28, 20))
print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)
open({str(tmp_path / "copy")!r}, "wb", buffering=0).write(b"clear")
"""
    done = subprocess.run([sys.executable, "-c", tries], capture_output=True, text=True, check=False)
    assert done.stdout == "(0, 0)\n"
    assert done.returncode != 0
    assert (tmp_path / "copy").read_bytes() == b""


def endless(block: bytes) -> Iterator[bytes]:
    while True:
        yield block


def test_of_a_long_film_or_text_the_beginning_is_looked_at_and_nothing_else_may_be_as_long(
    examiner: ProcessExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "WHOLE_BYTES", MEBIBYTE)
    long = 2**31
    assert examiner.examine(endless(b"a line of text\n" * 9), long) == Examined("text/plain", None)
    film = pictures.FTYP + pictures.MOOV + (long - 200).to_bytes(4, "big") + b"mdat"
    assert examiner.examine(iter([film, bytes(2 * MEBIBYTE)]), long).problem is None
    assert examiner.examine(iter([film, bytes(2 * MEBIBYTE)]), long - 300).problem is Problem.CORRUPT
    assert examiner.examine(endless(documents.plain()), long) == Examined("application/pdf", Problem.UNSEEN)
