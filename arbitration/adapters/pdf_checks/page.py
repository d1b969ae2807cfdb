"""What pages paint with: fonts, colours, graphics states, drawings."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from arbitration.adapters.pdf_checks.check import Checks
from arbitration.adapters.pdf_checks.opened import CMYK, Opened

CHECKS = checks = Checks()

CMYK_SPACES = {"/DeviceCMYK", "/DeviceN"}
OUTLINES = ("/FontFile", "/FontFile2", "/FontFile3")
TOLERANCE = 1
"""Thousandths of an em by which a width in the file may differ from the font's (ISO 19005-3, 6.2.11.5)."""
NO_CHARACTERS = {"0000", "feff", "fffe"}


def _descendant(font: Any) -> Any:
    return font.DescendantFonts[0]


@checks("fonts-embedded", "ISO 19005-3, 6.2.11.4.1; ISO 14289-1, 7.21.4")
def fonts_embedded(file: Opened) -> Iterator[str]:
    for item in file.dictionaries:
        simple = item.get("/Type") == "/Font" and "/DescendantFonts" not in item
        descriptor = item.get("/FontDescriptor", pikepdf.Dictionary())
        if simple and not any(key in descriptor for key in OUTLINES):
            yield f"the font {item.get('/BaseFont')} is not embedded"


@checks("fonts-identity", "ISO 19005-3, 6.2.11.3")
def fonts_identity(file: Opened) -> Iterator[str]:
    for font in file.fonts:
        if font.get("/Encoding") != "/Identity-H":
            yield f"the font {font.BaseFont} is addressed by something else than its glyph numbers"


@checks("fonts-unicode", "ISO 19005-3, 6.2.11.7.2; ISO 14289-1, 7.21.7")
def fonts_unicode(file: Opened) -> Iterator[str]:
    for font, shown in _shown(file):
        mapping = font.get("/ToUnicode")
        text = mapping.read_bytes().decode("ascii", "replace") if isinstance(mapping, pikepdf.Stream) else ""
        characters = dict(re.findall(r"<([0-9a-f]{4})> <([0-9a-f]*)>", text.lower()))
        for glyph in shown - {0}:
            if characters.get(f"{glyph:04x}", "0000") in NO_CHARACTERS:
                yield f"glyph {glyph} of {font.BaseFont} stands for no character"


@checks("no-notdef", "ISO 19005-3, 6.2.11.8; ISO 14289-1, 7.21.8")
def no_notdef(file: Opened) -> Iterator[str]:
    for font, shown in _shown(file):
        if 0 in shown:
            yield f"the font {font.BaseFont} lacks a character that is shown"


@checks("font-widths", "ISO 19005-3, 6.2.11.5; ISO 14289-1, 7.21.5")
def font_widths(file: Opened) -> Iterator[str]:
    for font, shown in _shown(file):
        declared = _declared_widths(_descendant(font))
        program = _descendant(font).get("/FontDescriptor", pikepdf.Dictionary()).get("/FontFile3")
        if program is None:
            continue
        outlines = TTFont(BytesIO(program.read_bytes()), lazy=True)
        scale, metrics = 1000 / outlines["head"].unitsPerEm, outlines["hmtx"].metrics
        order = outlines.getGlyphOrder()
        for glyph in shown - {0}:
            if abs(declared.get(glyph, 1000) - metrics[order[glyph]][0] * scale) > TOLERANCE:
                yield f"glyph {glyph} of {font.BaseFont} has another width in its font"


def _shown(file: Opened) -> Iterator[tuple[Any, set[int]]]:
    """Each font with the glyphs that pages show in it."""
    used: dict[tuple[int, int], tuple[Any, set[int]]] = {}
    for page, content in zip(file.pages, file.contents, strict=True):
        fonts = page.Resources.get("/Font", pikepdf.Dictionary())
        for name, glyphs in content.glyphs.items():
            if name in fonts:
                used.setdefault(fonts[name].objgen, (fonts[name], set()))[1].update(glyphs)
    yield from used.values()


def _declared_widths(descendant: Any) -> dict[int, float]:
    """The /W array, whose runs begin with their first glyph."""
    widths: dict[int, float] = {}
    first = 0
    for item in descendant.get("/W", []):
        if isinstance(item, pikepdf.Array):
            widths.update({first + place: float(width) for place, width in enumerate(item)})
        else:
            first = int(item)
    return widths


@checks("colours", "ISO 19005-3, 6.2.4.3")
def colours(file: Opened) -> Iterator[str]:
    for number, content in enumerate(file.contents, start=1):
        if content.operators & CMYK or content.colour_spaces & CMYK_SPACES:
            yield f"page {number} paints in CMYK and the output intent is RGB"


@checks("graphics-states", "ISO 19005-3, 6.2.5, 6.2.10")
def graphics_states(file: Opened) -> Iterator[str]:
    for states in (item.ExtGState for item in file.dictionaries if "/ExtGState" in item):
        for name, state in states.items():
            if any(key in state for key in ("/TR", "/HTP", "/HTO")) or state.get("/TR2", "/Default") != "/Default":
                yield f"the graphics state {name} has a transfer function or a halftone"
            if state.get("/BM", "/Normal") not in ("/Normal", "/Compatible"):
                yield f"the graphics state {name} blends with {state.BM}"


@checks("drawings", "ISO 19005-3, 6.2.8, 6.2.9")
def drawings(file: Opened) -> Iterator[str]:
    for stream in file.streams:
        subtype = stream.get("/Subtype")
        if subtype == "/PS" or stream.get("/Subtype2") == "/PS" or "/PS" in stream:
            yield "a drawing is written in PostScript"
        if subtype == "/Form" and ("/Ref" in stream or "/OPI" in stream):
            yield "a drawing stands for one outside the file"
        if subtype == "/Image" and ("/Alternates" in stream or stream.get("/Interpolate") is True):
            yield "an image has alternates or is interpolated"
