"""The ruling as HTML: one template for both languages, for the PDF and for the preview of a draft."""

import gettext
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from arbitration.adapters.pdf_fonts import Coverage
from arbitration.adapters.pdf_text import printable_document
from arbitration.domain.money import format_cny, uppercase_cny
from arbitration.domain.signing import Language, RulingDocument, content_digest
from arbitration.domain.standard import BEIJING

PACKAGE = Path(__file__).resolve().parent.parent
TEMPLATES = PACKAGE / "templates"
STYLESHEET = PACKAGE / "static" / "css" / "ruling.css"
CATALOGUE = PACKAGE / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "ruling.po"

_UNBROKEN = re.compile(r"[^\s\u2e80-\uffff]{101}")
"""More than a hundred characters with neither a space nor Chinese among them."""
_RUN = 20
_LABEL = re.compile(r"\b([CRPI]-\d{1,3}|[A-Z]{2}-\d{2})\b", re.ASCII)
"""A label of evidence or the id of a clause within running text."""
_NOWRAP = Markup('<span class="id">{}</span>')
_DIGITS = "〇一二三四五六七八九"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def ruling_html(document: RulingDocument, draft: bool = False) -> str:
    """The body of the ruling: `<article class="ruling">`, styled by static/css/ruling.css, to embed in a page.

    A *draft* says that it is unsigned and marks what is still missing. Holds no script, style or remote address.
    """
    return _fill("pdf/ruling.html", printable_document(document), draft, digest="")


def ruling_page(document: RulingDocument, coverage: Coverage) -> str:
    """The whole page for the PDF. *document* must lack nothing (`signing.missing_parts`)."""
    return _fill("pdf/page.html", printable_document(document, coverage), False, content_digest(document))


def _fill(template: str, document: RulingDocument, draft: bool, digest: str) -> str:
    formats = Formats(document.language)
    return (
        environment(document.language)
        .get_template(template)
        .render(
            d=document,
            draft=draft,
            digest=digest,
            decided=utc_text(document.decided_at) if document.decided_at else "",
            claim_of={claim.letter: claim for claim in document.claims},
            first_reply={claim.reply: claim.letter for claim in reversed(document.claims)},
            relied_on={label for finding in document.findings for label in finding.evidence},
            money=formats.money,
            at=formats.instant,
            day=formats.day,
            formal_day=formats.formal_day,
            paragraphs=paragraphs,
            listed=formats.listed,
            heading=formats.section_numbers(),
            subheading=formats.item_number,
            qr=qr,
        )
    )


@cache
def environment(language: Language) -> Environment:
    """Where documents are filled in one language: escaped, translated, and long runs made breakable."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(_translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _translations(language: Language) -> gettext.NullTranslations:
    """English is what the template says; Chinese is read from the catalogue's source, so none is compiled ahead."""
    if language is Language.EN:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh_Hans_CN", domain="ruling"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Formats:
    """Amounts, times and numbering as the language of the ruling writes them."""

    def __init__(self, language: Language) -> None:
        self.chinese = language is Language.ZH

    def money(self, minor: int) -> Markup:
        """Figures; in Chinese followed by the amount in words."""
        figures = Markup('<b class="figures">{}</b>').format(format_cny(minor))
        return figures + (f"（{uppercase_cny(minor)}）" if self.chinese else "")

    def instant(self, moment: datetime, short: bool = False) -> Markup:
        """Beijing time to the minute; that it is Beijing time is said in the text. Neither day nor hour breaks."""
        local = moment.astimezone(BEIJING)
        day, hour = self.day(moment), f"{local:%H:%M}"
        if short and not self.chinese:
            day = f"{local.day} {_MONTHS[local.month - 1][:3]} {local.year}"
        if self.chinese or short:
            text = _NOWRAP.format(day) + " " + _NOWRAP.format(hour)
        else:
            text = _NOWRAP.format(hour) + " on " + _NOWRAP.format(day)
        return Markup('<time datetime="{}">{}</time>').format(utc_text(moment), text)

    def day(self, moment: datetime) -> str:
        local = moment.astimezone(BEIJING) if isinstance(moment, datetime) else moment
        if self.chinese:
            return f"{local.year}年{local.month}月{local.day}日"
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"

    def formal_day(self, moment: datetime) -> str:
        """The date of the decision; Chinese judgments write it out: 二〇二六年十一月二十日."""
        if not self.chinese:
            return self.day(moment)
        local = moment.astimezone(BEIJING)
        year = "".join(_DIGITS[int(digit)] for digit in str(local.year))
        return f"{year}年{chinese_number(local.month)}月{chinese_number(local.day)}日"

    def listed(self, items: Iterable[object]) -> Markup:
        """`C-1、I-1` or `C-1, I-1`; an item never breaks."""
        separator = Markup("、") if self.chinese else Markup(", ")
        return separator.join(_NOWRAP.format(item) for item in items)

    def section_numbers(self) -> Callable[[], str]:
        """Gives the number of the next section at each call: 一、 二、 or 1. 2."""
        last = 0

        def following() -> str:
            nonlocal last
            last += 1
            return f"{chinese_number(last)}、" if self.chinese else f"{last}. "

        return following

    def item_number(self, number: int) -> str:
        """（一） or (1): the level below sections."""
        return f"（{chinese_number(number)}）" if self.chinese else f"({number}) "


def utc_text(moment: datetime) -> str:
    """`2026-11-20T07:05:00Z`, for machine-readable places."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def chinese_number(number: int) -> str:
    """1 to 999 as Chinese headings count: 一, 十, 十二, 二十, 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and units:
        words += "零"
    return words + (_DIGITS[units] if units else "")


def _finalize(value: object) -> object:
    """What is put out by the template, text made breakable."""
    return _breakable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _breakable(text: str) -> str:
    """Text with places to break in very long runs without any; searching them for one takes quadratic time."""
    if not _UNBROKEN.search(text):
        return text
    return Markup("<wbr>").join(text[start : start + _RUN] for start in range(0, len(text), _RUN))


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs: one for each line that is not blank. Labels such as I-1 and AS-05 never break."""
    lines = (line.strip() for line in text.split("\n"))
    return Markup("\n").join(Markup("<p>{}</p>").format(_with_labels(line)) for line in lines if line)


def _with_labels(line: str) -> Markup:
    parts = _LABEL.split(line)
    return Markup("").join(_NOWRAP.format(part) if place % 2 else _breakable(part) for place, part in enumerate(parts))


def qr(address: str, title: str) -> Markup:
    """*address* as a QR code, drawn; *title* is what a screen reader says instead."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        border=0, title=title, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawing)  # noqa: S704 - made by segno, which escapes the title
