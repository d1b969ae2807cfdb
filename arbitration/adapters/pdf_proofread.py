"""Reading a rendered document back: every character of its text must be found again in the file."""

from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser

import pypdfium2  # type: ignore[import-untyped]

from arbitration.adapters.pdf_fonts import Coverage

_NOT_PRINTED = frozenset({"head", "svg"})
_HYPHENS_OF_PDFIUM = str.maketrans({"\x02": "-", "\ufffe": "-"})
"""PDFium marks a hyphen at the end of a line with one of these."""


def differences(page: str, pdf: bytes, exact: Iterable[str], coverage: Coverage) -> list[str]:
    """What the HTML *page* says and the *pdf* does not; empty when all of it came through.

    Characters are counted rather than lined up, since a table may be read in another order than it was written;
    what matters most, the *exact* texts, must also be found as it stands.
    """
    written = _letters(_printed_text(page), coverage)
    found = _letters(extract_text(pdf), coverage)
    lost = Counter(written) - Counter(found)
    report = [f"text lost on the page: {''.join(lost)[:40]!r} ({lost.total()} characters)"] if lost else []
    report += [f"not found on a page: {text}" for text in exact if _letters(text, coverage) not in found]
    return report


def extract_text(pdf: bytes) -> str:
    """The text of all pages, as a reader would copy it."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
        return "\n".join(pages)


def _letters(text: str, coverage: Coverage) -> str:
    return coverage.fold("".join(text.translate(_HYPHENS_OF_PDFIUM).split()))


def _printed_text(page: str) -> str:
    reader = _TextOf()
    reader.feed(page)
    return "".join(reader.parts)


class _TextOf(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _NOT_PRINTED

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _NOT_PRINTED

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
