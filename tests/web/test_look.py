"""What the look promises, checked without a browser: contrast of the tokens, and nothing inline in a template."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WHOLE_PAPERS = {ROOT / "templates" / "pdf" / name for name in ("bundle.html", "page.html", "standard.html")}
SERVED = [path for path in TEMPLATES if path not in WHOLE_PAPERS]
"""All but the frames of PDFs, which no browser is given."""
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (ROOT / "static" / "css" / "tokens.css").read_text()))

TEXT_ON = [
    *[(ink, ground) for ink in ("text", "muted", "link") for ground in ("page", "surface", "sunken", "tint", "hover")],
    *[(tone, ground) for tone in ("ok", "warn", "bad", "info") for ground in (f"{tone}-tint", "surface")],
    *[("text", f"{tone}-tint") for tone in ("ok", "warn", "bad", "info")],
    ("muted", "warn-tint"),
    ("muted", "bad-tint"),
    ("link", "warn-tint"),
    ("link", "bad-tint"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "tint"),
    ("on-ink", "ink"),
    ("on-ink", "ink-hover"),
    ("on-ink", "ink-field"),
    ("on-ink-muted", "ink"),
    ("on-ink-muted", "ink-field"),
    ("on-brass", "brass"),
]
MARK_ON = [
    ("field", "surface"),
    ("field", "page"),
    ("focus", "surface"),
    ("focus", "page"),
    ("focus", "tint"),
    ("focus-on-ink", "ink"),
    ("warn-bar", "surface"),
    *[(f"stage-{stage}", "surface") for stage in ("intake", "evidence", "deliberation", "ruling", "compliance")],
]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb` or `#rgb` (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def inline_code(source: str) -> list[str]:
    """What the content security policy would refuse in this template's source."""
    return re.findall(r"\sstyle=|\son[a-z]+=|javascript:|<style\b|<script(?![^>]*\ssrc=)", source)


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_has_a_contrast_of_four_and_a_half(ink: str, ground: str) -> None:
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARK_ON)
def test_marks_and_borders_have_a_contrast_of_three(mark: str, ground: str) -> None:
    assert contrast(TOKENS[mark], TOKENS[ground]) >= 3


def test_a_border_that_is_too_pale_would_be_found() -> None:
    assert contrast("#8a96a3", TOKENS["page"]) < 3


@pytest.mark.parametrize("path", SERVED, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    assert inline_code(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        "<a onclick='go()'>",
        '<a href="javascript:go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
    ],
)
def test_inline_code_would_be_found(source: str) -> None:
    assert inline_code(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_parse(path: Path) -> None:
    Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_load_only_files_of_this_site(path: Path) -> None:
    for target in re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target.strip("\"'")).is_file()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_only_tokens_that_exist(path: Path) -> None:
    defined = {name for sheet in STYLES for name in re.findall(r"--([\w-]+):", sheet.read_text(encoding="utf-8"))}
    assert set(re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8"))) <= defined
