"""ClamAV's daemon for the tests: their own, with a signature of their own, gone when they are gone."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hostile.corpus import EICAR

FOUND = "Tests.EICAR.UNOFFICIAL"
SIGNATURE = f"Tests.EICAR:0:*:{EICAR.hex()}\n"
CONFIG = """
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd
TemporaryDirectory {folder}
Foreground yes
ConcurrentDatabaseReload no
MaxThreads 2
StreamMaxLength 5M
"""
START_SECONDS = 60.0


@contextmanager
def clamd() -> Iterator[str]:
    """Its address. Raises RuntimeError where it does not start."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("ClamAV's clamd is not installed; `make setup` installs it")
    with tempfile.TemporaryDirectory(prefix="arbitration-clamd-", dir="/tmp") as home:
        folder = Path(home)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "tests.ndb").write_text(SIGNATURE)
        (folder / "clamd.conf").write_text(CONFIG.format(folder=folder))
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen([program, "--config-file", str(folder / "clamd.conf")], stdout=log, stderr=log)
        try:
            _wait(running, folder)
            yield f"unix:{folder}/clamd"
        finally:
            running.kill()
            running.wait()


def _wait(running: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not (folder / "clamd").exists():
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"clamd did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.02)
