"""A module of ours in a process of its own: nothing of this process's environment, and no more than it is allowed.

The parent asks for `command` and `environment`, or for the whole of it with `run`; the child calls `limit` first of
all, and `allow_cpu` for each further part of its work.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: object) -> list[str]:
    """What starts *module* with these arguments."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """All that a child finds in its environment: no secret of the parent's is there."""
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(HOME), "LANG": "C.UTF-8", **more}


def run(module: str, *arguments: object, content: bytes, seconds: float) -> bytes:
    """What *module* answers to *content*. Raises SubprocessError where it fails or takes longer than *seconds*."""
    done = subprocess.run(  # noqa: S603 - our own module, no shell
        command(module, *arguments),
        env=environment(),
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=True,
    )
    return done.stdout


def limit(memory_bytes: int) -> None:
    """In the child: so much memory, and no picture of it left behind when the kernel ends the process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def write_no_file() -> None:
    """In the child: whatever it is made to do, it stores nothing."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def allow_cpu(seconds: int) -> None:
    """In the child: from now on so much CPU time, to the nearest second; beyond it the kernel ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    most = round(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
