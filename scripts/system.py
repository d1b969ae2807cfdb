"""Makes sure that the system has what the program needs from outside Python: by apt on Debian, else by saying so.

    python3 scripts/system.py           what `make demo` needs
    python3 scripts/system.py --tests   what `make test` needs as well

Runs before there is any environment, so it uses the standard library alone.
"""

from __future__ import annotations  # an older Python must get as far as the message that it is too old

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)
APT = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
# Debian's own switches: invoke-rc.d(8) asks the first, pg_createcluster(1) and the postgresql packages the second.
NO_DAEMON = Path("/usr/sbin/policy-rc.d")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")
LENT = "# Here only while scripts/system.py of the project 'arbitration' runs apt-get; safe to delete.\n"


class Need(NamedTuple):
    """Something of the system, the Debian package that brings it, and how to see whether it is there."""

    name: str
    package: str
    present: Callable[[], bool]


def library(soname: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return loads


def program(name: str, elsewhere: str = "/usr/bin") -> Callable[[], bool]:
    """A program on PATH, or in a folder (which may hold wildcards) that Debian keeps out of it."""
    return lambda: shutil.which(name) is not None or any(Path("/").glob(f"{elsewhere[1:]}/{name}"))


def font(file: str) -> Callable[[], bool]:
    return lambda: any(Path("/usr/share/fonts").rglob(file))


DEMO = (
    Need("Python's venv", "python3-venv", lambda: importlib.util.find_spec("ensurepip") is not None),
    Need("Pango", "libpango-1.0-0", library("libpango-1.0.so.0")),
    Need("Pango for FreeType", "libpangoft2-1.0-0", library("libpangoft2-1.0.so.0")),
    Need("HarfBuzz's subsetter", "libharfbuzz-subset0", library("libharfbuzz-subset.so.0")),
    Need("libmagic", "libmagic1", library("libmagic.so.1")),
    Need("Noto Serif CJK", "fonts-noto-cjk", font("NotoSerifCJK-Regular.ttc")),
    Need("Noto Serif CJK Bold", "fonts-noto-cjk", font("NotoSerifCJK-Bold.ttc")),
)
TESTS = (
    Need("Chromium", "chromium", program("chromium")),
    Need("ffmpeg", "ffmpeg", program("ffmpeg")),
    Need("libatomic, for Playwright", "libatomic1", library("libatomic.so.1")),
    Need("PostgreSQL", "postgresql", program("initdb", "/usr/lib/postgresql/*/bin")),
    Need("pdftotext, pdfsig and pdfdetach", "poppler-utils", program("pdfsig")),
    Need("qpdf", "qpdf", program("qpdf")),
    Need("unzip", "unzip", program("unzip")),
    Need("ClamAV's clamd", "clamav-daemon", program("clamd", "/usr/sbin")),
    Need("certutil", "libnss3-tools", program("certutil")),
)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        sys.exit(f"Python {wanted} or later is needed; {sys.executable} is {sys.version.split()[0]}.")
    # Ctrl-C reaches apt-get by itself; here it is only waited for, so that what was lent is taken back.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: None)
    if sys.argv[1:2] == ["--install"]:
        sys.exit(install(sys.argv[2:]))
    if needs := missing(DEMO + TESTS if "--tests" in sys.argv else DEMO):
        supply(needs)


def missing(needs: tuple[Need, ...]) -> list[Need]:
    return [need for need in needs if not need.present()]


def supply(needs: list[Need]) -> None:
    """Installs what is missing, or ends the program with one message that names it."""
    packages = sorted({need.package for need in needs})
    lacking = f"Missing on this system: {', '.join(need.name for need in needs)}."
    if shutil.which("apt-get") is None:
        sys.exit(f"{lacking}\nInstall it (Debian's packages: {' '.join(packages)}), then try again.")
    root = as_root()
    if root is None:
        sys.exit(f"{lacking}\nAs root: apt-get install {' '.join(packages)}, then try again.")
    print(f"Installing from Debian: {' '.join(packages)}", flush=True)
    status = subprocess.run([*root, sys.executable, __file__, "--install", *packages], check=False).returncode
    if left := [need.name for need in needs if not need.present()]:
        sys.exit(f"apt-get did not bring: {', '.join(left)}. What it said is above.")
    if status:
        sys.exit(f"apt-get ended with status {status}. What it said is above.")


def as_root() -> list[str] | None:
    """What to put before a command so that it runs as root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if sys.stdin.isatty():
        return ["sudo"]  # may ask for a password
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None


def install(packages: list[str]) -> int:
    """As root: installs packages, starts no daemon, makes no PostgreSQL cluster. Returns apt-get's status."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*APT, "update"], env=environment, check=False)  # one broken source need not stop the rest
    no_cluster = lent(NO_CLUSTER, f"{LENT}create_main_cluster = false\n", 0o644)
    with (
        lent(NO_DAEMON, f"#!/bin/sh\n{LENT}exit 101\n", 0o755),
        no_cluster if "postgresql" in packages else nullcontext(),
    ):
        command = [*APT, "install", "-y", "--no-install-recommends", *packages]
        return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode


@contextmanager
def lent(path: Path, content: str, mode: int) -> Iterator[None]:
    """The file holds `content` for a while; then what was there is back. A killed run is mended by the next one."""
    kept = path.with_name(f"{path.name}.kept")
    if path.exists() and LENT not in path.read_text():
        path.rename(kept)
    folder_is_ours = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        if kept.exists():
            kept.rename(path)
        if folder_is_ours and not any(path.parent.iterdir()):
            path.parent.rmdir()


if __name__ == "__main__":
    main()
