"""The fonts of a ruling: Noto Serif CJK cut once to everyday Chinese and Latin, the full collection behind it.

Small fonts make rendering twice as fast, and a private fontconfig makes it independent of what a host has installed.
"""

import ctypes
import fcntl
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

DEBIAN_NOTO = Path("/usr/share/fonts/opentype/noto")
RECIPE = 1
"""Grows when the cut itself changes, so that older caches are not used."""

_SERIF, _SERIF_BOLD, _SANS = "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"
_SERIF_FAMILY = "Noto Serif CJK SC"
_BLANKS = (0x0020, 0x00A0, 0x3000)
_LICENCE_NAMES = (0, 13, 14)
"""Copyright, licence and its address stay with a cut font, as the Open Font License asks."""
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{folder}/cut</dir>
  <dir>{folder}/full</dir>
  <cachedir>{folder}/fontconfig</cachedir>
  <config><rescan><int>0</int></rescan></config>
</fontconfig>
"""


class FontsMissing(Exception):
    """The fonts or the library that cuts them are not installed; the message names the Debian package."""


@dataclass(frozen=True)
class FontSet:
    """A prepared folder of fonts. `digest` (hex SHA-256) names exactly these fonts."""

    folder: Path
    digest: str

    @property
    def config(self) -> Path:
        """The fontconfig file that shows these fonts and no others."""
        return self.folder / "fonts.conf"

    @property
    def regular(self) -> Path:
        return self.folder / "cut" / "regular.otf"

    @property
    def full_regular(self) -> tuple[Path, int]:
        """The uncut collection and the number of the face in it, for characters that were cut away."""
        path = self.folder / "full" / _SERIF
        return path, _face_number(path.read_bytes(), _SERIF_FAMILY)

    @cached_property
    def coverage(self) -> "Coverage":
        """Which characters can be printed at all."""
        stored = json.loads((self.folder / "coverage.json").read_text())
        covered = {code for first, last in stored["ranges"] for code in range(first, last + 1)}
        return Coverage(frozenset(covered), {int(code): twin for code, twin in stored["twins"].items()})


@dataclass(frozen=True)
class Coverage:
    """The printable code points, and for those that share a glyph the one that stands for all of them."""

    codes: frozenset[int]
    twins: dict[int, int]

    def fold(self, text: str) -> str:
        """*text* as it can come back from a page: of characters with one glyph, always the same one."""
        return text.translate(self.twins)


def prepare(folder: Path, source: Path = DEBIAN_NOTO) -> FontSet:
    """The fonts in *folder*, cut from the collections in *source* when that has not been done yet (seconds).

    Safe to call from several processes. Raises FontsMissing.
    """
    collections = [source / name for name in (_SERIF, _SERIF_BOLD, _SANS)]
    for path in collections:
        if not path.is_file():
            raise FontsMissing(f"{path} is missing: install fonts-noto-cjk")
    state = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in collections]
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.json"
    with _locked(folder / "lock"):
        if manifest.is_file():
            stored = json.loads(manifest.read_text())
            if stored["recipe"] == RECIPE and stored["sources"] == state:
                return FontSet(folder, stored["digest"])
        digest = _cut_all(folder, source)
        _write(manifest, json.dumps({"recipe": RECIPE, "sources": state, "digest": digest}).encode())
    return FontSet(folder, digest)


@dataclass(frozen=True)
class _Cut:
    """One face to be cut: from which collection and family, and to which family, style and characters."""

    collection: str
    source_family: str
    family: str
    style: str
    characters: frozenset[int]


def _between(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


def _gb2312() -> frozenset[int]:
    """The 6,763 ideographs and the symbols of GB 2312."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return frozenset(ord(character) for cell in cells for character in cell.decode("gb2312", "ignore"))


_ASCII = _between((0x0020, 0x007E))
_LATIN = _ASCII | _between((0x00A0, 0x017F), (0x2010, 0x203F), (0x20AC, 0x20AC), (0x2116, 0x2116))
_CHINESE = _LATIN | _gb2312() | _between((0x2460, 0x247F), (0x3000, 0x301F), (0xFF00, 0xFF6F))
_CUTS = {
    "regular": _Cut(_SERIF, _SERIF_FAMILY, "Ruling Serif", "Regular", _CHINESE),
    "bold": _Cut(_SERIF_BOLD, _SERIF_FAMILY, "Ruling Serif", "Bold", _CHINESE),
    # The Korean face draws quotation marks and dashes as narrow as English wants them.
    "latin": _Cut(_SERIF, "Noto Serif CJK KR", "Ruling Latin", "Regular", _LATIN),
    "latin-bold": _Cut(_SERIF_BOLD, "Noto Serif CJK KR", "Ruling Latin", "Bold", _LATIN),
    "mono": _Cut(_SANS, "Noto Sans Mono CJK SC", "Ruling Mono", "Regular", _ASCII),
}


def harfbuzz_version() -> str:
    """The version of the library that shapes and cuts the fonts."""
    library = ctypes.CDLL(_Harfbuzz.CORE)
    library.hb_version_string.restype = ctypes.c_char_p
    return str(library.hb_version_string().decode())


def _cut_all(folder: Path, source: Path) -> str:
    for part in ("cut", "full", "fontconfig"):
        (folder / part).mkdir(exist_ok=True)
    content = sha256()
    for name, cut in _CUTS.items():
        collection = (source / cut.collection).read_bytes()
        font = _cut(collection, cut)
        _write(folder / "cut" / f"{name}.otf", font)
        content.update(sha256(font).digest() + sha256(collection).digest())
    for collection_name in (_SERIF, _SERIF_BOLD):
        link = folder / "full" / collection_name
        link.unlink(missing_ok=True)
        link.symlink_to(source / collection_name)
    _write(folder / "coverage.json", json.dumps(_coverage(source / _SERIF)).encode())
    _write(folder / "fonts.conf", _FONTCONFIG.format(folder=folder.resolve()).encode())
    return content.hexdigest()


def _face_number(collection: bytes, family: str) -> int:
    for number, font in enumerate(TTCollection(BytesIO(collection), lazy=True).fonts):
        if font["name"].getDebugName(1) == family:
            return number
    raise FontsMissing(f"no face {family} in the collection: install fonts-noto-cjk")


def _cut(collection: bytes, cut: _Cut) -> bytes:
    number = _face_number(collection, cut.source_family)
    return _renamed(_numbered_in_order(_Harfbuzz().subset(collection, number, cut.characters)), cut)


def _numbered_in_order(font_file: bytes) -> bytes:
    """Give each glyph the CID that equals its index, by writing an identity charset over the one in place.

    WeasyPrint writes glyph indices where a CID-keyed font wants CIDs; with any other charset a page shows wrong
    characters. Source: Adobe Technical Note 5176, section 13: one range, its length in one byte or in two.
    """
    font = TTFont(BytesIO(font_file), lazy=True)
    start = font.reader.tables["CFF "].offset + font["CFF "].cff.topDictIndex[0].rawDict["charset"]
    left = font["maxp"].numGlyphs - 2
    identity = bytes((1, 0, 1, left)) if left < 256 else bytes((2, 0, 1)) + left.to_bytes(2, "big")
    return font_file[:start] + identity + font_file[start + len(identity) :]


def _renamed(font_file: bytes, cut: _Cut) -> bytes:
    """A family of its own: under the collection's name fontconfig could hand out either of them."""
    font = TTFont(BytesIO(font_file), lazy=True, recalcTimestamp=False)
    postscript = f"{cut.family.replace(' ', '')}-{cut.style}"
    names = {1: cut.family, 2: cut.style, 3: postscript, 4: f"{cut.family} {cut.style}", 6: postscript}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in _LICENCE_NAMES]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    result = BytesIO()
    font.save(result)
    return result.getvalue()


def _coverage(collection: Path) -> dict[str, Any]:
    """Which characters stand on their own and have a glyph, and which of them share one."""
    number = _face_number(collection.read_bytes(), _SERIF_FAMILY)
    with TTFont(collection, fontNumber=number, lazy=True) as font:
        cmap: dict[int, str] = font.getBestCmap()
    codes = [code for code in sorted(cmap) if code in _BLANKS or unicodedata.category(chr(code))[0] in "LNPS"]
    ranges = []
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        members = [code for _, code in run]
        ranges.append([members[0], members[-1]])
    first_with: dict[str, int] = {}
    twins = {code: first_with[cmap[code]] for code in codes if first_with.setdefault(cmap[code], code) != code}
    return {"ranges": ranges, "twins": twins}


class _Harfbuzz:
    """The few calls of libharfbuzz-subset that cut a font (its C interface is stable since 2.9)."""

    CORE, CUTTER = "libharfbuzz.so.0", "libharfbuzz-subset.so.0"
    _NO_HINTING, _NOTDEF_OUTLINE = 0x01, 0x40
    _DROP_TABLE = 3
    _DROPPED = ("BASE", "DSIG", "GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG")

    def __init__(self) -> None:
        try:
            self.core = ctypes.CDLL(self.CORE)
            self.cutter = ctypes.CDLL(self.CUTTER)
        except OSError as error:
            raise FontsMissing(f"{error}: install libharfbuzz-subset0") from error
        pointer = ctypes.c_void_p
        for library, name, result, arguments in (
            (self.core, "hb_blob_create", pointer, (ctypes.c_char_p, ctypes.c_uint, ctypes.c_int, pointer, pointer)),
            (self.core, "hb_face_create", pointer, (pointer, ctypes.c_uint)),
            (self.core, "hb_face_reference_blob", pointer, (pointer,)),
            (self.core, "hb_blob_get_data", pointer, (pointer, ctypes.POINTER(ctypes.c_uint))),
            (self.core, "hb_set_add", None, (pointer, ctypes.c_uint)),
            (self.core, "hb_face_destroy", None, (pointer,)),
            (self.core, "hb_blob_destroy", None, (pointer,)),
            (self.cutter, "hb_subset_input_create_or_fail", pointer, ()),
            (self.cutter, "hb_subset_input_unicode_set", pointer, (pointer,)),
            (self.cutter, "hb_subset_input_set", pointer, (pointer, ctypes.c_int)),
            (self.cutter, "hb_subset_input_set_flags", None, (pointer, ctypes.c_uint)),
            (self.cutter, "hb_subset_or_fail", pointer, (pointer, pointer)),
            (self.cutter, "hb_subset_input_destroy", None, (pointer,)),
        ):
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments

    def subset(self, data: bytes, face_number: int, codes: Iterable[int]) -> bytes:
        source = self.core.hb_blob_create(data, len(data), 1, None, None)
        face = self.core.hb_face_create(source, face_number)
        wanted = self.cutter.hb_subset_input_create_or_fail()
        characters = self.cutter.hb_subset_input_unicode_set(wanted)
        for code in codes:
            self.core.hb_set_add(characters, code)
        dropped = self.cutter.hb_subset_input_set(wanted, self._DROP_TABLE)
        for tag in self._DROPPED:
            self.core.hb_set_add(dropped, int.from_bytes(tag.encode(), "big"))
        self.cutter.hb_subset_input_set_flags(wanted, self._NO_HINTING | self._NOTDEF_OUTLINE)
        result = self.cutter.hb_subset_or_fail(face, wanted)
        if not result:
            raise FontsMissing("the font could not be cut: libharfbuzz-subset0 is too old or the font is damaged")
        blob = self.core.hb_face_reference_blob(result)
        length = ctypes.c_uint()
        address = self.core.hb_blob_get_data(blob, ctypes.byref(length))
        content = ctypes.string_at(address, length.value)
        for destroy, handle in (
            (self.core.hb_blob_destroy, blob),
            (self.core.hb_face_destroy, result),
            (self.cutter.hb_subset_input_destroy, wanted),
            (self.core.hb_face_destroy, face),
            (self.core.hb_blob_destroy, source),
        ):
            destroy(handle)
        return content


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: another process may be reading."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    os.replace(partial, path)
