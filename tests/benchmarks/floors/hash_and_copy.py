"""Floor of uploads: `sha256sum` of a file, then a copy of it, safely on the disk."""

import os
import subprocess
import time
from pathlib import Path


def seconds(source: Path, copy: Path) -> float:
    """How long both take, one after the other."""
    start = time.perf_counter()
    subprocess.run(["sha256sum", str(source)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cp", str(source), str(copy)], check=True)
    with copy.open("rb+") as kept:
        os.fsync(kept.fileno())
    spent = time.perf_counter() - start
    copy.unlink()
    return spent
