"""The structural checks of PDF/A-3a and PDF/UA-1: our rulings pass all, and each has a file that fails it alone."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from arbitration.adapters.pdf_checks import CHECKS, failures, problems
from tests.adapters.conftest import Made

pytestmark = pytest.mark.xdist_group("pdf")

Edit = Callable[[pikepdf.Pdf], Any]


def edited(pdf: bytes, edit: Edit) -> bytes:
    """*pdf* written anew after an *edit*, its streams as they are."""
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        edit(opened)
        opened.save(
            result,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return result.getvalue()


def encrypted(pdf: bytes) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(result, compress_streams=False, encryption=pikepdf.Encryption(owner="owner", user=""))
    return result.getvalue()


def failing(pdf: bytes) -> set[str]:
    return {check.id for check, _ in failures(pdf)}


def elements(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    return [item for item in pdf.objects if isinstance(item, Dictionary) and item.get("/S") == kind and "/P" in item]


def document_element(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root.StructTreeRoot.K[0]


def field(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root.AcroForm.Fields[0]


def fonts(pdf: pikepdf.Pdf) -> list[Any]:
    return list(pdf.pages[0].Resources.Font.values())


def last_page(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[-1].obj


def paint(pdf: pikepdf.Pdf, operators: bytes) -> None:
    pdf.pages[0].contents_add(operators)


def keep(pdf: pikepdf.Pdf, value: Any) -> Any:
    """Hang *value* where nothing looks."""
    pdf.Root.Kept = value
    return value


def in_metadata(before: bytes, after: bytes) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        data = pdf.Root.Metadata.read_bytes()
        assert before in data
        pdf.Root.Metadata.write(data.replace(before, after))

    return edit


def odd_stream(**entries: Any) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        stream = keep(pdf, pikepdf.Stream(pdf, b"data"))
        for key, value in entries.items():
            stream[f"/{key}"] = value

    return edit


def put(owner: Callable[[pikepdf.Pdf], Any], key: str, value: Any) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        owner(pdf)[key] = value

    return edit


def drop(owner: Callable[[pikepdf.Pdf], Any], key: str) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        del owner(pdf)[key]

    return edit


def add_empty_element(pdf: pikepdf.Pdf) -> None:
    top = document_element(pdf)
    empty = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Div, P=top, K=Array()))
    top.K.append(empty)


def forget_content(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.ParentTree.Nums[1][0] = pikepdf.Object.parse(b"null")


def widen(pdf: pikepdf.Pdf) -> None:
    widths = fonts(pdf)[0].DescendantFonts[0].W
    for item in widths:
        if isinstance(item, Array):
            item[:] = [float(width) + 40 for width in item]


def show_notdef(pdf: pikepdf.Pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.keys()))
    paint(pdf, f"/Artifact BMC BT {font} 9 Tf <0000> Tj ET EMC".encode())


def add_postscript(pdf: pikepdf.Pdf) -> None:
    drawing = pikepdf.Stream(pdf, b"showpage")
    drawing.Subtype = Name.PS
    pdf.pages[0].Resources.XObject = Dictionary(PS=drawing)


def wrap_reference(pdf: pikepdf.Pdf) -> None:
    element = elements(pdf, "/Form")[0]
    element.K = Array([element.K])


def double_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF.append(pdf.Root.AF[0])


EDITS: dict[str, Edit] = {
    "filters": odd_stream(Filter=Name.LZWDecode),
    "no-external-streams": odd_stream(F=String("elsewhere.bin")),
    "limits": lambda pdf: keep(pdf, Array([String(b"x" * 40_000)])),
    "page-size": put(last_page, "/Rotate", 90),
    "metadata-stream": in_metadata(
        b"</rdf:RDF>", b"</rdf:RDF><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"
    ),
    "pdfa-identification": in_metadata(b'conformance="A"', b'conformance="B"'),
    "pdfua-identification": in_metadata(b'pdfuaid:part="1"', b'pdfuaid:part="2"'),
    "extension-schema": in_metadata(
        b"<pdfaSchema:namespaceURI>http://www.aiim", b"<pdfaSchema:namespaceURI>http://www"
    ),
    "metadata-agrees": put(lambda pdf: pdf.trailer.Info, "/Author", String("somebody else")),
    "document-title": put(lambda pdf: pdf.trailer.Info, "/Title", String("another title")),
    "title-shown": put(lambda pdf: pdf.Root.ViewerPreferences, "/DisplayDocTitle", False),
    "language": drop(lambda pdf: pdf.Root, "/Lang"),
    "output-intent": drop(lambda pdf: pdf.Root, "/OutputIntents"),
    "catalogue": put(lambda pdf: pdf.Root, "/Requirements", Array()),
    "marked": put(lambda pdf: pdf.Root.MarkInfo, "/Marked", False),
    "structure-tree": lambda pdf: put(lambda pdf: elements(pdf, "/P")[0], "/P", document_element(pdf))(pdf),
    "structure-types": put(lambda pdf: elements(pdf, "/NonStruct")[0], "/S", Name.Something),
    "no-empty-elements": add_empty_element,
    "content-marked": lambda pdf: paint(pdf, b"0 0 m 5 5 l S"),
    "parent-tree": forget_content,
    "headings": put(lambda pdf: elements(pdf, "/H1")[0], "/S", Name.P),
    "figure-alt": drop(lambda pdf: elements(pdf, "/Figure")[0], "/Alt"),
    "figure-place": put(lambda pdf: elements(pdf, "/Figure")[0].A, "/BBox", Array([0, 0, 9999, 10])),
    "table-rows": put(lambda pdf: elements(pdf, "/TR")[0], "/S", Name.Div),
    "table-headers": drop(lambda pdf: elements(pdf, "/TH")[0].A, "/Scope"),
    "lists": put(lambda pdf: elements(pdf, "/LI")[0], "/S", Name.P),
    "fonts-embedded": drop(lambda pdf: fonts(pdf)[0].DescendantFonts[0].FontDescriptor, "/FontFile3"),
    "fonts-identity": put(lambda pdf: fonts(pdf)[0], "/Encoding", Name("/Identity-V")),
    "fonts-unicode": drop(lambda pdf: fonts(pdf)[0], "/ToUnicode"),
    "no-notdef": show_notdef,
    "font-widths": widen,
    "colours": lambda pdf: paint(pdf, b"/Artifact BMC 0 0 0 1 k 0 0 5 5 re f EMC"),
    "graphics-states": lambda pdf: put(
        lambda pdf: pdf.pages[0].Resources.ExtGState, "/T", Dictionary(TR=Name.Identity)
    )(pdf),
    "drawings": add_postscript,
    "tab-order": put(last_page, "/Tabs", Name.R),
    "field-labels": drop(field, "/TU"),
    "field-elements": wrap_reference,
    "annotation-kinds": put(field, "/FT", Name.Tx),
    "annotation-flags": put(field, "/F", 6),
    "annotation-appearance": lambda pdf: put(lambda pdf: field(pdf).AP, "/D", field(pdf).AP.N)(pdf),
    "no-xfa": put(lambda pdf: pdf.Root.AcroForm, "/XFA", Array()),
    "no-actions": lambda pdf: put(lambda pdf: pdf.Root, "/OpenAction", Array([last_page(pdf), Name.Fit]))(pdf),
    "no-javascript": put(lambda pdf: pdf.Root.Names, "/JavaScript", Dictionary(Names=Array())),
    "attachment-listed": double_attachment,
    "attachment-described": put(lambda pdf: pdf.Root.AF[0], "/AFRelationship", Name.Unspecified),
    "attachment-content": put(lambda pdf: pdf.Root.AF[0].EF.F.Params, "/Size", 1),
}

BYTES: dict[str, Callable[[bytes], bytes]] = {
    "header": lambda pdf: pdf.replace(b"%PDF-1.7", b"%PDF-2.0", 1),
    "end-of-file": lambda pdf: pdf + b"% one line more\n",
    "identifier": lambda pdf: pdf.replace(b"/ID [", b"/IX ["),
    "no-encryption": encrypted,
}


@pytest.mark.parametrize("ruling", ["made", "made_en", "made_by_three"])
@pytest.mark.parametrize("state", ["unsigned", "before_closing", "signed"])
def test_a_ruling_passes_every_check_in_every_state(request: pytest.FixtureRequest, ruling: str, state: str) -> None:
    made: Made = request.getfixturevalue(ruling)
    assert problems(getattr(made, state)) == []


def test_writing_a_ruling_anew_alone_breaks_nothing(made: Made) -> None:
    assert problems(edited(made.unsigned, lambda _: None)) == []


@pytest.mark.parametrize("id", list(EDITS))
def test_a_check_is_failed_by_its_own_bad_file_alone(made: Made, id: str) -> None:
    assert failing(edited(made.unsigned, EDITS[id])) == {id}


@pytest.mark.parametrize("id", list(BYTES))
def test_a_check_of_the_file_is_failed_by_its_own_bad_bytes_alone(made: Made, id: str) -> None:
    assert failing(BYTES[id](made.unsigned)) == {id}


def test_every_check_has_its_bad_file_and_there_are_enough() -> None:
    ids = [check.id for check in CHECKS]
    assert sorted(ids) == sorted([*EDITS, *BYTES])
    assert len(set(ids)) == len(ids) >= 25


def test_every_check_names_the_clause_it_comes_from() -> None:
    assert all("ISO " in check.source for check in CHECKS)


@pytest.mark.parametrize("data", [b"", b"not a PDF", b"%PDF-1.7\n"])
def test_what_is_no_pdf_is_unreadable(data: bytes) -> None:
    assert problems(data)[0].startswith("unreadable:")
