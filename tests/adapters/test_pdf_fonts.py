"""The fonts of a ruling: cut to everyday Chinese, whole for rare names, and nothing of the host's."""

import os
import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from arbitration.adapters.pdf_fonts import FontSet, FontsMissing, prepare
from tests.adapters.conftest import FONTS

pytestmark = pytest.mark.xdist_group("pdf")


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return prepare(FONTS)


def gb2312() -> set[str]:
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {character for cell in cells for character in cell.decode("gb2312", "ignore")}


def test_the_cut_font_has_every_everyday_character(fonts: FontSet) -> None:
    ideographs = gb2312()
    assert len(ideographs) == 6763
    with TTFont(fonts.regular) as font:
        assert ideographs <= {chr(code) for code in font.getBestCmap()}


@pytest.mark.parametrize("name", ["regular", "bold", "latin", "latin-bold", "mono"])
def test_each_glyph_of_a_cut_font_is_addressed_by_its_number(fonts: FontSet, name: str) -> None:
    with TTFont(fonts.folder / "cut" / f"{name}.otf") as font:
        charset = font["CFF "].cff.topDictIndex[0].charset
    assert charset == [".notdef", *(f"cid{number:05}" for number in range(1, len(charset)))]


def test_fontconfig_shows_these_fonts_and_no_others(fonts: FontSet) -> None:
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts.config)}
    listed = subprocess.run(["fc-list", ":", "file"], env=environment, capture_output=True, text=True, check=True)
    files = {Path(line.rstrip(": ")).resolve() for line in listed.stdout.splitlines()}
    own = {path.resolve() for part in ("cut", "full") for path in (fonts.folder / part).iterdir()}
    assert files == own


def test_a_second_preparation_cuts_nothing(fonts: FontSet) -> None:
    before = fonts.regular.stat().st_mtime_ns
    assert prepare(FONTS) == fonts
    assert fonts.regular.stat().st_mtime_ns == before


def test_two_folders_get_the_same_fonts(fonts: FontSet, tmp_path: Path) -> None:
    assert prepare(tmp_path / "fonts").digest == fonts.digest


def test_missing_fonts_are_named_with_their_package(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="fonts-noto-cjk"):
        prepare(tmp_path / "fonts", source=tmp_path)


def test_rare_ideographs_are_covered_and_emoji_are_not(fonts: FontSet) -> None:
    assert {ord("林"), ord("龘"), ord("𠮷")} <= fonts.coverage.codes
    assert ord("😀") not in fonts.coverage.codes


def test_characters_with_one_glyph_fold_to_one(fonts: FontSet) -> None:
    assert fonts.coverage.fold("\u2f45") == fonts.coverage.fold("方")
