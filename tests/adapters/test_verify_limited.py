"""A stranger's file may take so much time and memory and no more; whatever it does, there is a verdict."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from arbitration.adapters.verify_limited import LimitedVerifier, Limits
from arbitration.domain.errors import TooMany
from arbitration.domain.verification import LIMITS, Verdict
from tests.adapters.conftest import Made, Office

pytestmark = pytest.mark.xdist_group("pdf")

MEBIBYTE = 1024 * 1024


@pytest.fixture
def root(office: Office) -> bytes:
    return office.keys.root_pem()


def blank() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return pdf


def saved(pdf: pikepdf.Pdf) -> bytes:
    file = BytesIO()
    pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return file.getvalue()


def fields_without_end() -> bytes:
    """A tree of form fields in which each names its successor twice: two to the power of sixty ways through it."""
    pdf = blank()
    node = pdf.make_indirect(Dictionary(T="leaf", FT=Name.Tx))
    for number in range(60):
        node = pdf.make_indirect(Dictionary(T=f"f{number}", Kids=Array([node, node])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([node]))
    return saved(pdf)


def bomb() -> bytes:
    """An attachment of half a megabyte that unfolds to half a gigabyte."""
    deflate = zlib.compressobj(9)
    first = deflate.compress(bytes(MEBIBYTE)) + deflate.flush(zlib.Z_FULL_FLUSH)
    further = deflate.compress(bytes(MEBIBYTE)) + deflate.flush(zlib.Z_FULL_FLUSH)
    pdf = blank()
    stream = Stream(pdf, first + further * 511, Filter=Name.FlateDecode)
    attached = pdf.make_indirect(Dictionary(Type=Name.Filespec, F="ruling.json", EF=Dictionary(F=stream)))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("ruling.json"), attached])))
    return saved(pdf)


def test_the_report_is_the_same_as_without_limits(office: Office, made: Made, root: bytes) -> None:
    report = LimitedVerifier(root).verify(made.signed)
    assert report.verdict is Verdict.PROVEN
    judged = office.verifier.verify(made.signed)
    assert report == judged
    assert {type(each.field) for each in judged.signatures} == {str}  # not a library's, with its whole file behind it


@pytest.mark.parametrize("pdf", [b"", b"no PDF", b"%PDF-1.7\n"])
def test_what_is_no_ruling_is_unusable_for_the_same_reason(office: Office, root: bytes, pdf: bytes) -> None:
    assert LimitedVerifier(root).verify(pdf) == office.verifier.verify(pdf)


def test_two_files_are_examined_at_once(made: Made, made_en: Made, root: bytes) -> None:
    verifier = LimitedVerifier(root)
    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(verifier.verify, [made.signed, made_en.signed]))
    assert [report.verdict for report in reports] == [Verdict.PROVEN] * 2
    assert [report.case_no for report in reports] == [made.document.case_no, made_en.document.case_no]


@pytest.mark.parametrize(
    "limits", [Limits(cpu_seconds=4), Limits(seconds=4)], ids=["by the processor's time", "by the wall's"]
)
def test_a_file_that_would_take_for_ever_is_put_aside(root: bytes, limits: Limits) -> None:
    report = LimitedVerifier(root, limits=limits).verify(fields_without_end())
    assert report.verdict is Verdict.UNUSABLE
    assert [check.id for check in report.failed] == [LIMITS]


def test_a_bomb_is_put_aside(root: bytes) -> None:
    report = LimitedVerifier(root, limits=Limits(memory_bytes=300 * MEBIBYTE)).verify(bomb())
    assert report.verdict is Verdict.UNUSABLE
    assert [check.id for check in report.failed] == [LIMITS]


def test_the_limits_leave_room_for_a_file_that_unfolds_within_them(root: bytes) -> None:
    report = LimitedVerifier(root, limits=Limits(memory_bytes=300 * MEBIBYTE)).verify(saved(blank()))
    assert [check.id for check in report.failed] == ["readable"]


def test_who_finds_all_places_taken_is_told_to_come_back(root: bytes) -> None:
    with pytest.raises(TooMany):
        LimitedVerifier(root, limits=Limits(at_once=0, patience_seconds=0)).verify(b"%PDF")
