"""The scanner: Debian's clamd with a signature of the tests' own, and daemons that answer badly or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from arbitration.adapters.scanner import Clamd, NoScanner
from arbitration.ports import Unreachable
from tests.clamd import FOUND, clamd
from tests.hostile.corpus import EICAR, INFECTED, Sample


@pytest.fixture(scope="module")
def scanner() -> Iterator[Clamd]:
    with clamd() as address:
        yield Clamd(address)


def scanned(scanner: Clamd, content: bytes) -> str | None:
    return scanner.scan(content[start : start + 1000] for start in range(0, len(content), 1000))


@pytest.mark.parametrize("sample", INFECTED, ids=lambda sample: sample.what)
def test_what_is_infected_is_found_and_named(scanner: Clamd, sample: Sample) -> None:
    assert scanned(scanner, sample.make()) == FOUND


@pytest.mark.parametrize("content", [b"", b"hello\n", bytes(300_000)], ids=len)
def test_what_is_not_infected_is_let_through(scanner: Clamd, content: bytes) -> None:
    assert scanned(scanner, content) is None


def test_what_is_longer_than_the_scanner_takes_was_not_scanned(scanner: Clamd) -> None:
    with pytest.raises(Unreachable, match="size limit"):
        scanned(scanner, bytes(6 * 1024 * 1024))


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A daemon that says the same to everyone, or takes the file and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(100)
                if answer is None:
                    done.wait(10)
                else:
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}"
        done.set()
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"stream: OK",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK FOUND? no\0",
    ],
    ids=["silence", "nothing", "an answer cut short", "an error", "another language", "another sentence"],
)
def test_any_other_answer_is_none(answer: bytes | None) -> None:
    with answering(answer) as address, pytest.raises(Unreachable):
        Clamd(address, wait_seconds=0.3).scan(iter([b"hello"]))


def test_a_scanner_that_is_not_there_does_not_answer() -> None:
    for address in ("unix:/nowhere/clamd", "tcp:127.0.0.1:1"):
        with pytest.raises(Unreachable, match="does not answer"):
            Clamd(address).scan(iter([b"hello"]))


def test_none_at_all_finds_nothing_and_says_that_it_is_none() -> None:
    assert NoScanner().scan(iter([EICAR])) is None
    assert not NoScanner().configured
