"""Text from parties on its way to the page: nothing invisible, nothing that turns a line, nothing without a glyph."""

import pytest

from arbitration.adapters.pdf_fonts import Coverage
from arbitration.adapters.pdf_text import Printable, printable, printable_document
from tests.adapters.ruling_samples import short_zh

COVERAGE = Coverage(frozenset(range(0x20, 0x7F)) | {ord("款"), ord("退"), 0x3000}, {})


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\u202e款退\u202c", "款退"),
        ("\u2066a\u2069\u200e\u200f\u061c", "a"),
        ("a\u200bb\u200c\u200d\u2060\ufeffc", "abc"),
        ("a\u00adb", "ab"),
        ("\ue000\uf8ff\U000f0000\U00100000", ""),
        ("\x00\x07\x1b[31m", "[31m"),
        ("\U000e0041\U000e0042", ""),
        ("款\ufe0f\U000e0100", "款"),
        ("a\u3164\u115f\u2800b", "ab"),
        ("a\tb\u00a0c\u2003d", "a b c d"),
        ("a\r\nb\rc\u2028d\u2029e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("全\u3000角", "全\u3000角"),
        ("e\u0301", "é"),
        ("\ufdd0\U0001ffff", ""),
    ],
)
def test_what_cannot_be_seen_is_not_printed(text: str, printed: str) -> None:
    assert printable(text, Printable()) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [("退款\U0001f600", "退款〔U+1F600〕"), ("\u05e9", "〔U+05E9〕"), ("a\u0336", "a〔U+0336〕")],
)
def test_what_has_no_glyph_is_printed_as_its_code(text: str, printed: str) -> None:
    assert printable(text, Printable(COVERAGE)) == printed


def test_every_text_of_a_document_is_cleaned_and_nothing_else_changes() -> None:
    document = short_zh(subject="\u202e题", platform="平\u200b台")
    cleaned = printable_document(document)
    assert (cleaned.subject, cleaned.platform) == ("题", "平台")
    assert cleaned.evidence == document.evidence
    assert cleaned.outcome is document.outcome
