"""The process from which each file gets one of its own: `python -m …worker DESCRIPTOR CPU_SECONDS MEMORY SECONDS`.

A request is the file's size, with two descriptors: the file in memory, and the pipe for the answer. The answer is three
lines: that the process has begun, the file's type, and what is wrong with it. If it ends early, its limits ended it.
"""

import os
import signal
import socket
import sys
from dataclasses import dataclass

from arbitration.adapters import child
from arbitration.adapters.file_checks import picture
from arbitration.adapters.file_checks.content import problem_of, type_of
from arbitration.adapters.file_checks.found import Content
from arbitration.domain.evidence import Problem

BEGUN = b"begun\n"
FINE = "fine"
REQUEST_BYTES = 32


@dataclass(frozen=True)
class Share:
    """What one file may take. `seconds` is wall time, after which it is ended."""

    cpu_seconds: int
    memory_bytes: int
    seconds: int


def serve(control: socket.socket, share: Share) -> None:
    """A process for each file, until the other end closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: their answer is their end
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, REQUEST_BYTES, 2)
        if not request:
            return
        content, answer = descriptors
        if os.fork() == 0:
            control.close()
            _examine(content, answer, int(request), share)
        os.close(content)
        os.close(answer)


def _examine(content: int, answer: int, size: int, share: Share) -> None:
    """In the file's own process, which ends here."""
    try:
        limit(share)
        os.write(answer, BEGUN)
        with open(content, "rb") as file:
            _tell(answer, Content(file, os.fstat(content).st_size, size))
    finally:
        os._exit(0)


def _tell(answer: int, content: Content) -> None:
    media_type = type_of(content)
    os.write(answer, f"{media_type}\n".encode())
    try:
        problem = problem_of(content, media_type)
    except (MemoryError, RecursionError):
        problem = Problem.BEYOND_LIMITS
    except Exception:  # a library that stumbles over a file has not read it
        problem = Problem.CORRUPT
    os.write(answer, f"{problem or FINE}\n".encode())


def limit(share: Share) -> None:
    """Beyond these the kernel ends the process. It writes no file, and leaves no picture of its memory behind."""
    child.limit(share.memory_bytes)
    child.write_no_file()
    child.allow_cpu(share.cpu_seconds)
    signal.alarm(share.seconds)


def main() -> None:
    descriptor, *share = map(int, sys.argv[1:])
    picture.prepare()
    with socket.socket(fileno=descriptor) as control:
        serve(control, Share(*share))


if __name__ == "__main__":
    main()
