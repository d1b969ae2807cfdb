"""Proof-reading: whatever the template says must come back from the file."""

from pathlib import Path

import pytest

from arbitration.adapters import pdf_html
from arbitration.adapters.pdf_build import Builder, NotIssued, exact_texts
from arbitration.adapters.pdf_fonts import FontSet, prepare
from arbitration.adapters.pdf_proofread import differences
from tests.adapters.conftest import FONTS, Made

pytestmark = pytest.mark.xdist_group("pdf")


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return prepare(FONTS)


@pytest.fixture(scope="module")
def page(made: Made, fonts: FontSet) -> str:
    return pdf_html.ruling_page(made.document, fonts.coverage)


def test_a_rendered_page_has_all_of_its_text(made: Made, page: str, fonts: FontSet) -> None:
    assert differences(page, made.unsigned, exact_texts(made.document), fonts.coverage) == []


@pytest.mark.parametrize("added", ["<p>另行支付</p>", "<td>9</td>", "<p>&#x8d5a;</p>"])
def test_text_that_did_not_reach_the_page_is_found_out(made: Made, page: str, fonts: FontSet, added: str) -> None:
    longer = page.replace("</article>", f"{added * 40}</article>")
    assert differences(longer, made.unsigned, exact_texts(made.document), fonts.coverage)[0].startswith(
        "text lost on the page"
    )


def test_what_is_not_printed_is_not_missed(made: Made, page: str, fonts: FontSet) -> None:
    silent = page.replace("</head>", "<style>/* 不印 */</style></head>").replace(
        "<svg", "<svg><desc>不印</desc></svg><svg"
    )
    assert differences(silent, made.unsigned, exact_texts(made.document), fonts.coverage) == []


def test_the_pages_of_another_case_are_found_out(made: Made, made_en: Made, page: str, fonts: FontSet) -> None:
    assert differences(page, made_en.unsigned, exact_texts(made.document), fonts.coverage)


def test_a_style_sheet_that_is_not_understood_stops_the_renderer(tmp_path: Path) -> None:
    sheet = tmp_path / "ruling.css"
    sheet.write_text(".ruling { no-such-property: 1 }")
    with pytest.raises(NotIssued, match="no-such-property"):
        Builder(FONTS, sheet)
