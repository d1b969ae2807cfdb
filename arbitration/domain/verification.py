"""The verdict on a ruling's file: which checks it passed, what that proves, and what it cannot prove."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LIMITS = "limits"
"""The check that fails where the examination took more time or memory than any paper of ours needs."""


class Paper(StrEnum):
    """What is issued under the seal and can be judged by its file alone."""

    RULING = "ruling"
    BUNDLE = "bundle"
    STANDARD = "standard"
    EXPORT = "export"


class Verdict(StrEnum):
    """`unusable` means that the input was no readable paper of ours, so nothing can be said about one."""

    PROVEN = "proven"
    REFUSED = "refused"
    UNUSABLE = "unusable"

    @property
    def exit_code(self) -> int:
        """0 proven, 1 refused, 2 unusable (trust.md, Verifying)."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Statement:
    """One sentence in both languages."""

    zh: str
    en: str


WITHIN_LIMITS = Statement(
    "文件可在时间与内存限度内审查", "The file can be examined within the limits of time and memory"
)


@dataclass(frozen=True)
class VerificationCheck:
    """One named check. `passed` is None where an earlier failure left nothing to examine."""

    id: str
    passed: bool | None
    zh: str
    en: str
    detail: str = ""


@dataclass(frozen=True)
class SignatureFound:
    """A signature as read from the file; trusted only if the verdict is proven. `at` is its timestamp."""

    field: str
    name: str
    certificate_sha256: str
    at: datetime | None


@dataclass(frozen=True)
class Report:
    """The result of verifying one file offline against one root of trust.

    `unsigned_sha256` is of the bytes that were rendered and shown before the first signature. `paper` is what the file
    says that it is, None where it says nothing; `version` is that of the standard that it is.
    """

    verdict: Verdict
    checks: tuple[VerificationCheck, ...]
    proven: tuple[Statement, ...] = ()
    not_proven: tuple[Statement, ...] = ()
    file_sha256: str = ""
    unsigned_sha256: str = ""
    content_sha256: str = ""
    paper: Paper | None = None
    case_no: str = ""
    version: str = ""
    signatures: tuple[SignatureFound, ...] = ()

    @property
    def failed(self) -> tuple[VerificationCheck, ...]:
        """The checks that did not hold."""
        return tuple(check for check in self.checks if check.passed is False)
