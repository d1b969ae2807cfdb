"""From a document's data to its unsigned file: rendered once, reproducible, checked before it leaves."""

import hashlib
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import weasyprint  # type: ignore[import-untyped]
from weasyprint.pdf.anchors import MIMETYPES  # type: ignore[import-untyped]
from weasyprint.text.ffi import pango  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import (  # type: ignore[import-untyped]
    FatalURLFetchingError,
    URLFetcher,
    URLFetcherResponse,
)

from arbitration.adapters import pdf_bundle, pdf_fonts, pdf_html, pdf_standard
from arbitration.adapters.pdf_checks import problems
from arbitration.adapters.pdf_finish import Finisher, SignatureField
from arbitration.adapters.pdf_fonts import harfbuzz_version
from arbitration.adapters.pdf_proofread import differences
from arbitration.domain import bundle
from arbitration.domain.signing import (
    CLOSE_FIELD,
    SEAL_FIELD,
    Language,
    RulingDocument,
    Versions,
    arbitrator_field,
    load,
    missing_parts,
)
from arbitration.domain.standard import parse
from arbitration.domain.standard_paper import paper_from

ATTACHMENT = "ruling.json"
STANDARD_ATTACHMENT = "standard.yaml"
BUNDLE_ATTACHMENT = "case.json"
VARIANT = "pdf/a-3a"
MAX_CONTENT_BYTES = 2 * 1024**2
MIMETYPES.add_type("application/yaml", ".yaml")
"""From the name of an attachment its type is told, and WeasyPrint does not know this one (RFC 9512)."""
_SOURCES = (
    pdf_html.STYLESHEET,
    pdf_standard.STYLESHEET,
    pdf_bundle.STYLESHEET,
    pdf_html.CATALOGUE,
    *sorted((pdf_html.TEMPLATES / "pdf").glob("*.html")),
    *(Path(__file__).with_name(f"pdf_{part}.py") for part in ("build", "bundle", "finish", "html", "standard", "text")),
)


class NotIssued(Exception):
    """The document could not be rendered as it must be; the message says why."""


@dataclass(frozen=True)
class _Made:
    """A document on its way into a file: its page, its data, its fields, and the texts that must come out exactly."""

    page: str
    attachment: str
    described: str
    content: bytes
    at: datetime
    fields: tuple[SignatureField, ...]
    exact: tuple[str, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    besides: frozenset[str] = frozenset()


class Builder:
    """Renders documents one after another with the same style sheet and fonts. Not for several threads."""

    def __init__(self, folder: Path, stylesheet: Path = pdf_html.STYLESHEET) -> None:
        """Raises NotIssued for a *stylesheet* that WeasyPrint does not wholly understand."""
        self._fonts = pdf_fonts.prepare(folder)
        self.versions = Versions(renderer_version(), self._fonts.digest)
        self._font_configuration = FontConfiguration()
        self._complaints = _Complaints()
        logging.getLogger("weasyprint").addHandler(self._complaints)
        self._style = self._read(stylesheet)

    def build(self, content: bytes) -> tuple[int, bytes]:
        """The number of pages and the file for the canonical JSON *content* of a ruling. Raises NotIssued."""
        document = self._whole(content)
        assert document.decided_at is not None
        made = _Made(
            page=pdf_html.ruling_page(document, self._fonts.coverage),
            attachment=ATTACHMENT,
            described=_ATTACHED[document.language],
            content=content,
            at=document.decided_at.astimezone(UTC),
            fields=signature_fields(document),
            exact=exact_texts(document),
        )
        return self._checked(made, [self._style])

    def build_standard(self, content: bytes) -> tuple[int, bytes]:
        """The same for a version of the standard (`domain.standard_paper`), its file attached. Raises NotIssued."""
        paper = paper_from(content)
        text = paper.text.encode()
        made = _Made(
            page=pdf_standard.standard_page(paper, self._fonts.coverage),
            attachment=STANDARD_ATTACHMENT,
            described=_STANDARD_ATTACHED,
            content=text,
            at=paper.published_at.astimezone(UTC),
            fields=_STANDARD_FIELDS,
            exact=(hashlib.sha256(text).hexdigest(), *pdf_standard.digests(parse(paper.text)).values()),
        )
        return self._checked(made, [self._style, self._read(pdf_standard.STYLESHEET)])

    def build_bundle(self, content: bytes) -> tuple[int, bytes]:
        """The same for the bundle of a case (`domain.bundle`), its record attached. Raises NotIssued."""
        paper = bundle.paper_from(content)
        record = bundle.content_of(paper)
        words = _FIELD_LABELS[pdf_bundle.language_of(paper.record)]
        made = _Made(
            page=pdf_bundle.bundle_page(paper, self._fonts.coverage),
            attachment=BUNDLE_ATTACHMENT,
            described=_BUNDLE_ATTACHED[pdf_bundle.language_of(paper.record)],
            content=record,
            at=pdf_bundle.moment(paper.record["made_at"]),
            fields=(
                SignatureField(SEAL_FIELD, words["seal"]),
                SignatureField(CLOSE_FIELD, words["close"], locks=True),
            ),
            exact=tuple(item["sha256"] for item in paper.record["items"][: bundle.MAX_ITEMS] if item["sha256"]),
            pictures=pdf_bundle.pictures_of(paper),
            besides=_LINKS,
        )
        return self._checked(made, [self._style, self._read(pdf_bundle.STYLESHEET)])

    def _read(self, stylesheet: Path) -> weasyprint.CSS:
        self._complaints.messages.clear()
        style = weasyprint.CSS(filename=str(stylesheet), font_config=self._font_configuration)
        if self._complaints.messages:
            raise NotIssued("; ".join(self._complaints.messages))
        return style

    def _checked(self, made: _Made, styles: list[weasyprint.CSS]) -> tuple[int, bytes]:
        self._complaints.messages.clear()
        try:
            pages, pdf = self._render(made, styles)
        except FatalURLFetchingError as error:
            raise NotIssued(str(error)) from error
        lost = differences(made.page, pdf, made.exact, self._fonts.coverage)
        found = [*self._complaints.messages, *lost, *problems(pdf, made.besides)]
        if found:
            raise NotIssued("; ".join(found[:10]))
        return pages, pdf

    def _whole(self, content: bytes) -> RulingDocument:
        if len(content) > MAX_CONTENT_BYTES:
            raise NotIssued(f"more than {MAX_CONTENT_BYTES} bytes of content")
        document = load(content)
        if missing := missing_parts(document):
            raise NotIssued(f"still missing: {', '.join(missing)}")
        if document.versions != self.versions:
            raise NotIssued("prepared for another version of the renderer or of the fonts")
        return document

    def _render(self, made: _Made, styles: list[weasyprint.CSS]) -> tuple[int, bytes]:
        nothing = _FetchNothing()
        rendered = weasyprint.HTML(string=made.page, url_fetcher=_FetchPictures(made.pictures)).render(
            stylesheets=styles, font_config=self._font_configuration, pdf_variant=VARIANT
        )
        attachment = weasyprint.Attachment(
            file_obj=io.BytesIO(made.content),
            name=made.attachment,
            description=made.described,
            created=made.at,
            modified=made.at,
            relationship="Data",
            url_fetcher=nothing,
        )
        pdf: bytes = rendered.write_pdf(
            attachments=[attachment],
            pdf_variant=VARIANT,
            pdf_identifier=False,
            finisher=Finisher(made.fields),
        )
        return len(rendered.pages), _packed(pdf, hashlib.sha256(made.content).digest()[:16])


def _packed(pdf: bytes, identifier: bytes) -> bytes:
    """The same file with its objects in streams of a hundred, only those that are used, and an *identifier*.

    WeasyPrint packs all of them into one, which pyHanko scans from the start for each object: with 18 pages the
    verdict took 40 seconds. It would also compress each stream twice to make an identifier.
    """
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        file.trailer.ID = pikepdf.Array([pikepdf.String(identifier), pikepdf.String(identifier)])
        file.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()


def exact_texts(document: RulingDocument) -> tuple[str, ...]:
    """What must be found on the pages of a ruling as it stands: its numbers and digests."""
    return (document.case_no, document.verify_code, document.record_hash, *(item.sha256 for item in document.evidence))


def signature_fields(document: RulingDocument) -> tuple[SignatureField, ...]:
    """The fields of the file, each with the name that a screen reader says, in the language of the ruling."""
    words = _FIELD_LABELS[document.language]
    panel = (
        SignatureField(arbitrator_field(index), words["arbitrator"].format(member.name))
        for index, member in enumerate(document.panel)
    )
    return (SignatureField(SEAL_FIELD, words["seal"]), *panel, SignatureField(CLOSE_FIELD, words["close"], locks=True))


def renderer_version() -> str:
    """All that decides the bytes apart from content and fonts: our sources, WeasyPrint, and the C libraries."""
    sources = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in _SOURCES))
    libraries = f"weasyprint/{weasyprint.__version__} pango/{pango.pango_version()} harfbuzz/{harfbuzz_version()}"
    return f"ruling/{sources.hexdigest()[:16]} {libraries}"


_ATTACHED = {Language.ZH: "机器可读的裁决数据（ruling.v1）", Language.EN: "The ruling as data (ruling.v1)"}
_FIELD_LABELS = {
    Language.ZH: {"seal": "本委员会电子印章", "arbitrator": "仲裁员{}的电子签名", "close": "秘书处封卷签名"},
    Language.EN: {
        "seal": "Electronic seal of the committee",
        "arbitrator": "Electronic signature of the arbitrator {}",
        "close": "Signature of the registry, closing the file",
    },
}
_STANDARD_ATTACHED = "本标准的正本文本 / The text of the standard as published (YAML)"
_BUNDLE_ATTACHED = {
    Language.ZH: "机器可读的案件记录（case-export.v1）",
    Language.EN: "The record as data (case-export.v1)",
}
_LINKS = frozenset({"annotation-kinds", "field-labels", "field-elements", "annotation-appearance", "no-actions"})
"""Checks of rulings, which hold no links; the contents of a bundle lead to its pages."""
_STANDARD_FIELDS = (
    SignatureField(SEAL_FIELD, "本委员会电子印章 / Electronic seal of the committee"),
    SignatureField(CLOSE_FIELD, "秘书处封卷签名 / Signature of the registry, closing the file", locks=True),
)


class _Complaints(logging.Handler):
    """Any warning of WeasyPrint means that the page is not what the template says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class _FetchNothing(URLFetcher):  # type: ignore[misc]
    """No address is ever resolved while a document is rendered, not even a local one."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        raise FatalURLFetchingError(f"the document refers to {url[:80]}")


class _FetchPictures(_FetchNothing):
    """Nothing but the pictures that were made for this document."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__()
        self._pictures = pictures

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in self._pictures:
            raise FatalURLFetchingError(f"the document refers to {url[:80]}")
        return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})
