"""All that lies outside this process, as protocols: adapters implement them, tests fake them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from arbitration.domain.bundle import BundlePaper
from arbitration.domain.confidentiality import BlackedOut, Box
from arbitration.domain.evidence import Kind, Problem
from arbitration.domain.previews import Preview
from arbitration.domain.signing import RulingDocument, Versions
from arbitration.domain.standard_paper import StandardPaper
from arbitration.domain.translation import Translation
from arbitration.domain.verification import Report


class Clock(Protocol):
    """The time: aware UTC. Shared, with its offset, by server, worker, seed and timestamp authority."""

    def __call__(self) -> datetime:
        """The time now."""
        ...


@dataclass(frozen=True)
class StoredBlob:
    """What a blob store kept: `ref` finds it again, `sha256` (hex) and `size` (bytes) are of the clear bytes."""

    ref: str
    sha256: str
    size: int


HEAD_BYTES = 4096
"""How much of a file's beginning shows what it is."""


@runtime_checkable
class Draft(Protocol):
    """A file on its way into the store, encrypted from its first byte. Nobody finds it before it is kept."""

    @property
    def head(self) -> bytes:
        """The first clear bytes, up to `HEAD_BYTES`."""
        ...

    @property
    def size(self) -> int:
        """How many clear bytes have come."""
        ...

    @property
    def sha256(self) -> str:
        """The hex digest of the clear bytes that have come."""
        ...

    def write(self, chunk: bytes) -> int:
        """Add clear bytes. Raises `TooLarge` beyond the draft's limit, OSError where there is no room."""
        ...

    def finish(self) -> None:
        """All has come: see it safely on the disk. Raises OSError."""
        ...

    def open(self) -> AbstractContextManager[Iterator[bytes]]:
        """The clear bytes of a finished draft, as `Blobs.open` gives them."""
        ...

    def keep(self) -> StoredBlob:
        """Give it its place, finished first if it was not. Quick after `finish`."""
        ...

    def drop(self) -> None:
        """Leave nothing of it; of one that was kept, the file stays."""
        ...


class Blobs(Protocol):
    """Immutable files by content, encrypted at rest by the Vault it is given."""

    def draft(self, limit: int) -> Draft:
        """Begin a file of at most *limit* bytes, to be kept or dropped."""
        ...

    def put(self, source: BinaryIO, limit: int) -> StoredBlob:
        """Stream *source* to its final place. Raises `TooLarge` beyond *limit* bytes, leaving nothing behind."""
        ...

    def open(self, ref: str) -> AbstractContextManager[Iterator[bytes]]:
        """The clear bytes in chunks. Raises OSError where it is gone; reading it to the end, Damaged."""
        ...

    def read(self, ref: str) -> bytes:
        """The clear bytes at once: only for what is small by rule (rulings, previews)."""
        ...

    def holds(self, ref: str) -> bool:
        """Whether the file is there."""
        ...

    def remove(self, ref: str) -> None:
        """Forget a file, if it is there; the caller knows that nothing refers to it."""
        ...

    def remove_left_over_drafts(self) -> int:
        """Remove the drafts of processes that are gone; how many."""
        ...

    def kept_before(self, age: timedelta) -> Iterator[str]:
        """The refs of all files that were kept longer ago than *age*."""
        ...

    def usable(self) -> bool:
        """Whether a file could be put now."""
        ...

    def refs(self) -> Iterator[str]:
        """Every file that is there."""
        ...

    def reseal(self, ref: str) -> bool:
        """Encrypt a file anew to the present recipient; False where it is so, or gone. Whole or not at all.

        Raises Damaged where it does not open, or is another file than *ref*: then it stays as it is.
        """
        ...


class MediaTypes(Protocol):
    """What a file is by its content, whatever it is called."""

    def of(self, head: bytes) -> str:
        """The media type that the first bytes of a file show."""
        ...


@dataclass(frozen=True)
class Examined:
    """What a file shows itself to be, whatever it is called: its media type, and what is wrong with it, or None."""

    media_type: str
    problem: Problem | None


class Examiner(Protocol):
    """Opens strangers' files, each in a process of its own under limits on its time and memory."""

    def examine(self, chunks: Iterator[bytes], size: int) -> Examined:
        """What the file of *size* bytes is that comes in *chunks*; as many are taken as are looked at.

        Raises OSError where no process can be started.
        """
        ...

    def close(self) -> None:
        """End the helper process."""
        ...


class Scanner(Protocol):
    """A scanner for malicious software, or none."""

    def scan(self, chunks: Iterator[bytes]) -> str | None:
        """The name of what it found in a file, None where it found nothing. Raises `Unreachable`: not looked at."""
        ...

    @property
    def configured(self) -> bool:
        """Whether files are scanned here at all."""
        ...


class Fingerprints(Protocol):
    """What a picture looks like, in a few bytes that survive scaling and compressing (`domain.pictures`)."""

    def of(self, chunks: Iterable[bytes]) -> bytes | None:
        """The fingerprint; None for what is no picture, or has nothing to be known by. Never raises for a file."""
        ...


class Damaged(ValueError):
    """What was stored does not open with any identity at hand, or is not what was stored."""


class Vault(Protocol):
    """Encryption at rest (age format): anyone may seal, only a holder of an identity opens."""

    def seal(self, clear: bytes) -> bytes:
        """*clear*, encrypted to the installation's recipient."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises Damaged where it was sealed to another identity, or altered."""
        ...

    def recipient(self) -> str:
        """To whom it seals now: the public half of the first identity, `age1…`."""
        ...

    def is_current(self, sealed: BinaryIO) -> bool:
        """Whether *sealed* opens with that identity; where it does not, an older one may."""
        ...


@dataclass(frozen=True)
class LeasedJob:
    """A job that this worker holds until its lease ends. `attempt` counts from 1."""

    id: int
    kind: str
    args: dict[str, Any]
    attempt: int
    lease: str


class Jobs(Protocol):
    """Work to be done later, at least once. Handlers must be idempotent."""

    def enqueue(self, session: Session, kind: str, args: dict[str, Any], run_at: datetime) -> None:
        """Write a job in the caller's transaction: it exists exactly if the business write does."""
        ...

    def any_due(self, session: Session, now: datetime, kinds: Collection[str] | None = None) -> bool:
        """Whether `lease` would find something; reads only."""
        ...

    def lease(
        self, session: Session, now: datetime, hold: timedelta, kinds: Collection[str] | None = None
    ) -> LeasedJob | None:
        """Take the next due job that nobody holds, or one whose holder's lease ran out; of these *kinds* if given."""
        ...

    def finish(self, session: Session, job: LeasedJob, now: datetime) -> bool:
        """Mark it done. False when the lease was lost meanwhile."""
        ...

    def retry(self, session: Session, job: LeasedJob, error: str, run_at: datetime | None) -> None:
        """Give it back, to run again at *run_at*; None gives it up and leaves it for a person to see."""
        ...

    def revive(self, session: Session, number: int, now: datetime) -> None:
        """Give a job that was given up another series of attempts. Raises `NotFound` when there is none."""
        ...

    def prune(self, session: Session, before: datetime, most: int) -> int:
        """Forget up to *most* jobs that were done *before*; how many. Those given up stay for a person to see."""
        ...


class Limits(Protocol):
    """How often something may be tried, held across processes."""

    def allow(self, session: Session, key: str, *, most: int, within: timedelta, now: datetime) -> bool:
        """Count one try under *key*; False when more than *most* fell in the current window."""
        ...

    def prune(self, session: Session, before: datetime, most: int) -> int:
        """Forget up to *most* keys whose window began *before*; how many. No window may be open for so long."""
        ...


class Credentials(Protocol):
    """Passwords, access codes and one-time codes."""

    def hash(self, secret: str) -> str:
        """Slow, salted hash of a password or access code."""
        ...

    def matches(self, hashed: str, secret: str) -> bool:
        """Whether *hashed* was made of *secret*; compared in constant time."""
        ...

    def access_code(self, link: str, serial: int) -> str:
        """The access code that belongs to a party's link: derived from the installation's secret, stored nowhere."""
        ...

    def new_totp_secret(self) -> str:
        """A fresh secret in base32, for an authenticator."""
        ...

    def totp_step(self, secret: str, code: str, now: datetime) -> int | None:
        """The 30-second step that *code* belongs to, one step of clock drift allowed; None when it is wrong."""
        ...


class Signatures(Protocol):
    """Standard Webhooks signatures: theirs checked, ours made."""

    def verify(
        self,
        keys: Sequence[tuple[str, str]],
        *,
        webhook_id: str | None,
        timestamp: str | None,
        signature: str | None,
        body: bytes,
        now: datetime,
    ) -> str:
        """The id of the key that signed; *keys* are (key id, stored half). Raises `BadSignature`."""
        ...

    def headers(self, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """The three headers of one of our own deliveries, signed by the institution."""
        ...

    def public_key(self) -> str:
        """The institution's own verifying key, `whpk_…`, for platforms."""
        ...


@dataclass(frozen=True)
class Sent:
    """How an outgoing call ended: the HTTP status, or None and what went wrong."""

    status: int | None
    error: str = ""


class PlatformGateway(Protocol):
    """Calls to platforms: only to named hosts, address resolved once and pinned, no private range, no redirect."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        """Send *body*; whatever goes wrong is told in the answer, nothing is raised."""
        ...

    def fetch(self, url: str, allowed_hosts: frozenset[str], limit: int) -> AbstractContextManager[BinaryIO]:
        """Open a file of a platform for streaming. Raises `Unreachable` with the cause."""
        ...


class Unreachable(Exception):
    """An outside address could not be used; the message says why."""


class TooLarge(Exception):
    """A stream was longer than its limit; nothing of it was kept."""


class Dialects(Protocol):
    """The shapes in which platforms send; which one a platform uses stands on its record."""

    def names(self) -> tuple[str, ...]:
        """The dialects there are, sorted; `canonical` is `escalation.v1` itself."""
        ...

    def translate(self, name: str, payload: object) -> Translation:
        """*payload* (from `read_json`) in the shape of `escalation.v1`, for `domain.intake.validate` to judge.

        Raises `NotFound` for a dialect that is not installed; a payload that makes no sense is left to `validate`.
        """
        ...


@dataclass(frozen=True)
class Rendered:
    """A document as unsigned PDF bytes, the same for the same document, and its number of pages."""

    pdf: bytes
    pages: int


class Renderer(Protocol):
    """Turns a document into its file, in a process of its own under limits, fetching nothing."""

    def versions(self) -> Versions:
        """What makes the bytes: recorded in the document."""
        ...

    def render(self, document: RulingDocument) -> Rendered:
        """Render once for signature. Raises `Refused` when the result does not pass its checks."""
        ...

    def render_standard(self, paper: StandardPaper) -> Rendered:
        """Render a published version of the standard to be sealed. Raises `Refused` as `render` does."""
        ...

    def pictures(self, pdf: bytes) -> list[bytes]:
        """The pages as PNG, for people to see before they sign."""
        ...

    def html(self, document: RulingDocument, draft: bool) -> str:
        """The same ruling as a fragment of HTML, by the file's own template; a *draft* marks what is missing."""
        ...

    def close(self) -> None:
        """End the helper process."""
        ...


class BundleRenderer(Protocol):
    """Prints the bundle of a case, in a process of its own: a large one must not keep a ruling waiting."""

    def render_bundle(self, paper: BundlePaper) -> Rendered:
        """Render a bundle to be sealed. Raises `Refused` where it cannot be printed, or takes more than its limits."""
        ...

    def close(self) -> None:
        """End the helper process."""
        ...


class Timestamper(Protocol):
    """A time stamping authority (RFC 3161)."""

    def token(self, digest: bytes) -> bytes:
        """A DER TimeStampToken over a SHA-256 *digest*. Raises OSError when the authority cannot be had."""
        ...


@dataclass(frozen=True)
class Stamp:
    """What a verified token says: the time, and the authority by the name in its certificate."""

    at: datetime
    authority: str


class BadStamp(Exception):
    """A token that does not hold; the message says why."""


class Stamps(Protocol):
    """Judges time stamp tokens by their bytes and the authority's root certificates alone."""

    def read(self, token: bytes, digest: bytes) -> Stamp:
        """What a DER TimeStampToken over a SHA-256 *digest* says. Raises BadStamp where it does not hold."""
        ...


class Seal(Protocol):
    """The institution's keys, and those it keeps for its arbitrators. Each step adds one revision to the file."""

    def issue(self, actor_id: str, common_name: str) -> str:
        """Make a key and certificate for an arbitrator; the certificate's SHA-256 (hex)."""
        ...

    def certify(self, pdf: bytes) -> bytes:
        """The institution's certifying seal, the first signature."""
        ...

    def sign(self, pdf: bytes, field: str, actor_id: str) -> bytes:
        """One arbitrator's signature in the field made for it."""
        ...

    def close(self, pdf: bytes) -> bytes:
        """The closing signature that locks everything, and the document timestamp."""
        ...

    def attest(self, content: bytes) -> bytes:
        """The institution's seal on bytes that are no PDF: a DER signature (ECDSA, SHA-256), in its one spelling."""
        ...

    def certificates(self) -> tuple[bytes, bytes]:
        """The certificates (PEM) of the seal and of its issuer, by which `attest` is checked."""
        ...

    def usable(self) -> bool:
        """Whether the institution's key can be opened now."""
        ...


class InspectionKeys(Protocol):
    """Ed25519 signatures under manifests of inspection reports (RFC 8032), and the office's own key for them."""

    def is_sound(self, public: bytes) -> bool:
        """Whether 32 bytes are a key under which not everyone can forge."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether *signature* over *message* was made by the private half of *public*."""
        ...

    def office_key(self) -> bytes:
        """The public half of the key with which the office signs inspections of its own."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The office's signature over *message*."""
        ...


class PdfVerifier(Protocol):
    """Judges a signed file as an outsider would: from its bytes and the root certificate alone."""

    def verify(self, pdf: bytes) -> Report:
        """The verdict. Raises `TooMany` where no more files can be examined at this moment."""
        ...


class FileJudge(PdfVerifier, Protocol):
    """The same for whatever a stranger shows us, PDF or export, each within limits of time and memory."""

    def verify_export(self, content: bytes) -> Report:
        """The verdict on an export; `unusable` beyond the limits. Raises `TooMany` as `verify` does."""
        ...


class ExportJudge(Protocol):
    """Judges an export of a case as an outsider would: from its bytes and the root certificate alone."""

    def verify(self, file: BinaryIO) -> Report:
        """The verdict on a seekable file, in time that its length bounds; the first difference is named."""
        ...


class Previewer(Protocol):
    """Looks into the files of strangers, in a process of its own under limits, and writes none of them to a disk."""

    def preview(self, chunks: Iterable[bytes], file_name: str, media_type: str, kind: Kind) -> Preview:
        """What can be shown of a file, given as clear bytes; what cannot be shown says why, and nothing is raised.

        What reading the *chunks* raises is the caller's own.
        """
        ...

    def black_out(self, pages: Sequence[bytes], boxes: Sequence[Box]) -> BlackedOut | None:
        """*pages*, which a preview drew as PNG, with black *boxes* burnt into them: one as PNG, several as PDF.

        The boxes lie within the pages. None where it takes more than its limits.
        """
        ...
