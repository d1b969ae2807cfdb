"""The PdfVerifier port for the files of strangers: each is examined in a process of its own, within limits.

There a file may go as far as it can, and PDFium, which knows no threads, has no other. The process is
`python -m …pdf_verify_limited ROOT CPU_SECONDS MEMORY_BYTES`, with the file on standard input and the report, as JSON,
on standard output.
"""

import json
import logging
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from arbitration.adapters import child
from arbitration.adapters.pdf_verify import RulingVerifier, stopped
from arbitration.domain.errors import TooMany
from arbitration.domain.verification import Report, SignatureFound, Statement, Verdict, VerificationCheck

DETAIL_CHARS = 500
"""So much of what a library says about a file is passed on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one file may take (`seconds` is wall time), how many are examined at once, and how long another waits."""

    cpu_seconds: int = 20
    memory_bytes: int = 1024**3
    seconds: float = 60
    at_once: int = 2
    patience_seconds: float = 10


class LimitedVerifier:
    """Like RulingVerifier, but no file takes more than its limits. Safe for threads."""

    def __init__(self, root_pem: bytes, limits: Limits = Limits()) -> None:
        """Raises ValueError where there is no certificate in *root_pem*."""
        RulingVerifier(root_pem)
        self._arguments = (root_pem.decode("ascii"), limits.cpu_seconds, limits.memory_bytes)
        self._limits = limits
        self._places = threading.BoundedSemaphore(limits.at_once)

    def verify(self, pdf: bytes) -> Report:
        """The verdict; `unusable` where a limit ended the examination. Raises TooMany while others are examined."""
        if not self._places.acquire(timeout=self._limits.patience_seconds):
            raise TooMany("Other files are being examined. Try again in a minute.")
        try:
            return _report(self._examine(pdf))
        except (subprocess.SubprocessError, ValueError) as end:
            log.warning("an examination was ended: %s", type(end).__name__)
            return stopped(pdf)
        finally:
            self._places.release()

    def _examine(self, pdf: bytes) -> bytes:
        return child.run(__name__, *self._arguments, content=pdf, seconds=self._limits.seconds)


def _report(told: bytes) -> Report:
    """The report as `_told` wrote it. Raises ValueError for anything else, such as nothing."""
    report = json.loads(told)
    return Report(
        **report
        | {
            "verdict": Verdict(report["verdict"]),
            "checks": tuple(VerificationCheck(**each) for each in report["checks"]),
            "proven": tuple(Statement(**each) for each in report["proven"]),
            "not_proven": tuple(Statement(**each) for each in report["not_proven"]),
            "signatures": tuple(
                SignatureFound(**each | {"at": datetime.fromisoformat(each["at"])}) for each in report["signatures"]
            ),
        }
    )


def _told(report: Report) -> bytes:
    checks = tuple(replace(check, detail=check.detail[:DETAIL_CHARS]) for check in report.checks)
    told = json.dumps(asdict(replace(report, checks=checks)), default=datetime.isoformat, ensure_ascii=False)
    return told.encode(errors="replace")


def main() -> None:
    root_pem, cpu_seconds, memory_bytes = sys.argv[1:]
    child.limit(int(memory_bytes))
    child.allow_cpu(int(cpu_seconds))
    report = RulingVerifier(root_pem.encode()).verify(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_told(report))


if __name__ == "__main__":
    main()
