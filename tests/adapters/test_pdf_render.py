"""The rendered ruling: the same bytes again, all of its text, and nothing that hostile text asks for."""

import hashlib
import os
import re
import signal
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from arbitration.adapters.pdf_render import Limits, NotRendered, WorkerRenderer
from arbitration.domain.signing import RulingDocument, canonical_json, content_digest
from tests.adapters.conftest import FONTS, Made, Office
from tests.adapters.ruling_samples import short_zh

pytestmark = pytest.mark.xdist_group("pdf")


def tool(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def text_of(pdf: bytes, folder: Path) -> str:
    """What poppler reads, without blanks."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return "".join(tool("pdftotext", path, "-").split())


def test_the_same_document_renders_to_the_same_bytes(office: Office, made: Made) -> None:
    assert office.renderer.render(made.document).pdf == made.unsigned


def test_another_worker_renders_the_same_bytes(made: Made) -> None:
    other = WorkerRenderer(FONTS)
    try:
        assert other.render(made.document).pdf == made.unsigned
    finally:
        other.close()


def test_another_document_gets_another_identifier(office: Office, made: Made) -> None:
    other = office.renderer.render(replace(made.document, subject="另一标题")).pdf
    ids = [pikepdf.open(BytesIO(pdf)).trailer.ID[0] for pdf in (made.unsigned, other)]
    assert bytes(ids[0]) == hashlib.sha256(canonical_json(made.document)).digest()[:16]
    assert ids[0] != ids[1]


def test_all_chinese_text_comes_back_from_the_file(made: Made, tmp_path: Path) -> None:
    text = text_of(made.unsigned, tmp_path)
    document = made.document
    written = [document.subject, document.platform, document.facts_found]
    written += [finding.reasons for finding in document.findings]
    written += [clause.text for clause in document.clauses]
    pages = re.sub(r"CA-2026-000042·内容摘要值[0-9a-f]{16}第\d+页共\d+页", "", text)
    for passage in written:
        assert "".join(passage.split()) in pages


def test_english_text_comes_back_from_the_file(made_en: Made, tmp_path: Path) -> None:
    text = text_of(made_en.unsigned, tmp_path)
    assert "".join(made_en.document.findings[1].reasons.split()) in text
    assert "Page1of" in text


def test_every_page_names_the_case_and_the_content(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "ruling.pdf"
    path.write_bytes(made.unsigned)
    pages = tool("pdftotext", path, "-").split("\f")[:-1]
    assert len(pages) > 1
    for page in pages:
        assert "CA-2026-000042" in page
        assert content_digest(made.document)[:16] in page


def test_the_number_of_pages_is_told(office: Office, made: Made) -> None:
    rendered = office.renderer.render(made.document)
    assert rendered.pages == len(pikepdf.open(BytesIO(rendered.pdf)).pages)


def test_the_data_are_attached_and_come_out_equal(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "ruling.pdf"
    path.write_bytes(made.unsigned)
    assert tool("pdfdetach", "-list", path).split("\n")[:2] == ["1 embedded files", "1: ruling.json"]
    tool("pdfdetach", "-save", "1", "-o", tmp_path / "ruling.json", path)
    assert (tmp_path / "ruling.json").read_bytes() == canonical_json(made.document)


def test_qpdf_finds_no_fault(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "ruling.pdf"
    path.write_bytes(made.unsigned)
    assert "No syntax or stream encoding errors" in tool("qpdf", "--check", path)


def test_the_pages_are_shown_as_pictures(office: Office, made: Made) -> None:
    pictures = office.renderer.pictures(made.unsigned)
    assert len(pictures) == len(pikepdf.open(BytesIO(made.unsigned)).pages)
    assert all(Image.open(BytesIO(picture)).size == (893, 1263) for picture in pictures)


def test_pictures_of_something_else_are_refused(office: Office) -> None:
    with pytest.raises(NotRendered):
        office.renderer.pictures(b"not a PDF")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda document: replace(document, served_at=None), "still missing: served_at"),
        (lambda document: replace(document, versions=replace(document.versions, renderer="older")), "another version"),
        (lambda document: replace(document, facts_found="事" * 700_000), "bytes of content"),
    ],
    ids=["incomplete", "other version", "huge"],
)
def test_what_must_not_be_signed_is_not_rendered(office: Office, made: Made, change, problem: str) -> None:
    with pytest.raises(NotRendered, match=problem):
        office.renderer.render(change(made.document))


# Hostile text


def with_reply(document: RulingDocument, reply: str) -> RulingDocument:
    return replace(document, claims=(replace(document.claims[0], reply=reply), *document.claims[1:]))


def with_title(document: RulingDocument, title: str) -> RulingDocument:
    return replace(document, evidence=(replace(document.evidence[0], title=title), *document.evidence[1:]))


@pytest.mark.parametrize("character", ["A", pytest.param("仲", marks=pytest.mark.long)])
def test_eight_thousand_unbroken_characters_in_a_cell_stay_within_the_limits(
    office: Office, made: Made, tmp_path: Path, character: str
) -> None:
    rendered = office.renderer.render(with_title(made.document, character * 8000))
    assert text_of(rendered.pdf, tmp_path).count(character) >= 8000


def test_a_subject_of_thousands_of_characters_is_printed(office: Office, made: Made, tmp_path: Path) -> None:
    rendered = office.renderer.render(replace(made.document, subject="标" * 3000))
    assert text_of(rendered.pdf, tmp_path).count("标") >= 3000


def test_markup_and_addresses_of_a_party_are_printed_as_text(office: Office, made: Made, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret content of a local file")
    text = f"<script>alert(1)</script><img src=file://{secret}>@import url(file://{secret}) {{{{7*7}}}} &lt;b&gt;"
    pdf = office.renderer.render(with_reply(made.document, text)).pdf
    read = text_of(pdf, tmp_path)
    assert "".join(text.split()) in read
    assert "thesecretcontent" not in read
    assert "alert(1)</script><imgsrc=file:" in read


def test_a_line_cannot_be_turned_around(office: Office, made: Made, tmp_path: Path) -> None:
    """With the override character kept, the amount would be shown reversed."""
    pdf = office.renderer.render(with_reply(made.document, "同意支付 \u202e00.999¥\u202c 给申请人")).pdf
    assert "同意支付00.999¥给申请人" in text_of(pdf, tmp_path)


def test_characters_without_a_glyph_are_printed_as_their_code(office: Office, made: Made, tmp_path: Path) -> None:
    pdf = office.renderer.render(with_reply(made.document, "好评👍 𠮷野家 שלום")).pdf
    assert "好评〔U+1F44D〕𠮷野家〔U+05E9〕" in text_of(pdf, tmp_path)


def test_text_that_imitates_an_order_stays_in_its_quotation(office: Office, made: Made) -> None:
    html = office.renderer.html(with_reply(made.document, "八、裁决主文\n1. 驳回申请人的全部请求。"), draft=False)
    quoted = re.findall(r"<blockquote>(.*?)</blockquote>", html, re.S)
    assert any("<p>八、裁决主文</p>" in passage and "驳回申请人的全部请求" in passage for passage in quoted)


# Limits


def renderer(limits: Limits) -> WorkerRenderer:
    return WorkerRenderer(FONTS, limits)


@pytest.mark.parametrize(
    "limits",
    [Limits(cpu_seconds=0), Limits(memory_bytes=200 * 1024**2), Limits(seconds=0.01)],
    ids=["time of the processor", "memory", "time"],
)
def test_a_limit_ends_the_rendering_and_the_next_ruling_is_rendered(limits: Limits) -> None:
    limited = renderer(limits)
    try:
        document = replace(short_zh(), versions=limited.versions(), facts_found="事实。" * 30_000)
        with pytest.raises(NotRendered):
            limited.render(document)
        assert limited.versions() == document.versions
    finally:
        limited.close()


def test_a_worker_that_died_is_replaced(made: Made) -> None:
    restarted = renderer(Limits())
    try:
        restarted.versions()
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        workers = [child for child in children if str(FONTS).encode() in Path(f"/proc/{child}/cmdline").read_bytes()]
        os.kill(int(workers[-1]), signal.SIGKILL)
        with pytest.raises(NotRendered):
            restarted.render(made.document)
        assert restarted.render(made.document).pdf == made.unsigned
    finally:
        restarted.close()
