"""One fake for each port that is slow or outside: fast, honest about what it stands for, and countable."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from arbitration.adapters import pdf_html
from arbitration.adapters.media_types import LibMagic
from arbitration.adapters.picture_print import fingerprint
from arbitration.domain import bundle, previews
from arbitration.domain.confidentiality import BlackedOut
from arbitration.domain.previews import NoPreview, Picture, Preview, PreviewKind, Shape
from arbitration.domain.signing import Versions, canonical_json
from arbitration.domain.standard_paper import paper_to
from arbitration.domain.verification import Paper, Report, Verdict
from arbitration.ports import BadStamp, Examined, Rendered, Sent, Stamp, Unreachable

FAKE_PDF = b"%PDF-fake\n"
FAKE_PICTURE = b"\x89PNG\r\n\x1a\nfake"


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class FakeExaminer:
    """Looks at the head and opens nothing: every file is fine."""

    def examine(self, chunks: Iterator[bytes], size: int) -> Examined:
        return Examined(LibMagic().of(next(chunks, b"")[:4096]), None)

    def close(self) -> None:
        """Nothing runs."""


class FakeScanner:
    """Finds the mark in a file, or does not answer."""

    configured = True
    MARK = b"malware"

    def __init__(self) -> None:
        self.answers = True

    def scan(self, chunks: Iterator[bytes]) -> str | None:
        if not self.answers:
            raise Unreachable("the scanner does not answer")
        return "Test.Malware" if self.MARK in b"".join(chunks) else None


class FakeRenderer:
    """The document's JSON behind a line that says it is no PDF."""

    def versions(self) -> Versions:
        return Versions("fake", "none")

    def render(self, document) -> Rendered:
        return Rendered(FAKE_PDF + canonical_json(document), 1)

    def render_standard(self, paper) -> Rendered:
        return Rendered(FAKE_PDF + paper_to(paper), 1)

    def pictures(self, pdf: bytes) -> list[bytes]:
        return [FAKE_PICTURE]

    def html(self, document, draft: bool) -> str:
        return pdf_html.ruling_html(document, draft)

    def close(self) -> None:
        """Nothing runs."""


class FakeBundler:
    """The bundle's own parcel behind the same line."""

    def render_bundle(self, paper) -> Rendered:
        return Rendered(FAKE_PDF + bundle.paper_to(paper), 7)

    def close(self) -> None:
        """Nothing runs."""


class FakeSeal:
    """Adds a line per signature."""

    def issue(self, actor_id: str, common_name: str) -> str:
        return hashlib.sha256(actor_id.encode()).hexdigest()

    def certify(self, pdf: bytes) -> bytes:
        return pdf + b"\nseal"

    def sign(self, pdf: bytes, field: str, actor_id: str) -> bytes:
        return pdf + f"\n{field} {actor_id}".encode()

    def close(self, pdf: bytes) -> bytes:
        return pdf + b"\nclose"

    def attest(self, content: bytes) -> bytes:
        return hashlib.sha256(content).digest()

    def certificates(self) -> tuple[bytes, bytes]:
        return b"seal\n", b"issuing\n"

    def usable(self) -> bool:
        return True


class FakeTimestamper:
    """Stamps with the clock that it is given, or is out of reach, or stamps something else."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.reachable = True
        self.lies = False

    def token(self, digest: bytes) -> bytes:
        if not self.reachable:
            raise OSError("nobody answers")
        digest = bytes(32) if self.lies else digest
        return b"token " + digest.hex().encode() + b" " + self._clock().isoformat().encode()

    def read(self, token: bytes, digest: bytes) -> Stamp:
        word, _, rest = token.partition(b" ")
        of, _, at = rest.partition(b" ")
        if (word, of) != (b"token", digest.hex().encode()):
            raise BadStamp("it is over another digest")
        return Stamp(datetime.fromisoformat(at.decode()), "Fake Authority")


class QuickFingerprints:
    """The real ones, without a process of their own."""

    def of(self, chunks) -> bytes | None:
        try:
            return fingerprint(b"".join(chunks)) or None
        except Exception:  # whatever Pillow raises, the process would have ended with it
            return None


class FakeVerifier:
    """Believes what the fake seal closed."""

    def verify(self, pdf: bytes) -> Report:
        whole = pdf.startswith(FAKE_PDF) and pdf.endswith(b"\nclose")
        return Report(Verdict.PROVEN if whole else Verdict.REFUSED, (), paper=Paper.RULING)

    def verify_export(self, content: bytes) -> Report:
        return Report(Verdict.REFUSED, (), paper=Paper.EXPORT)


class FakePreviewer:
    """Text as its lines, a picture or a PDF as one page that says so, and nothing of anything else."""

    def preview(self, chunks, file_name: str, media_type: str, kind) -> Preview:
        content = b"".join(chunks)
        shape = previews.shape_of(media_type)
        if shape is Shape.TEXT:
            lines = tuple((line,) for line in content.decode(errors="replace").splitlines())
            return Preview(PreviewKind.TEXT, total=len(lines), rows=lines)
        if shape in (Shape.PDF, Shape.PICTURE):
            return Preview(PreviewKind.PAGES, total=1, pictures=(Picture(FAKE_PICTURE, 600, 800),))
        return previews.none(NoPreview.NOT_SHOWN)

    def black_out(self, pages, boxes) -> BlackedOut:
        return BlackedOut("image/png", FAKE_PICTURE)


@dataclass
class FakeGateway:
    """Remembers what was posted; answers and offers what it is told."""

    status: int | None = 200
    posted: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        self.posted.append((url, json.loads(body)))
        return Sent(self.status, "" if self.status else "refused")

    @contextmanager
    def fetch(self, url: str, allowed_hosts: frozenset[str], limit: int):
        if url not in self.files:
            raise Unreachable("not there")
        yield BytesIO(self.files[url])
