"""What a signature shows in its box: the round seal, or a name with the time, drawn as outlines.

Outlines need no font in the file, so an increment with any name in it remains PDF/A.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from arbitration.adapters.pdf_fonts import FontSet
from arbitration.domain.standard import BEIJING

RED = "0.78 0.06 0.06"
INK = "0.09 0.20 0.31"
RING_WIDTH = 2.6
STAR_RADIUS = 15.0
MARGIN = 3
ARC_DEGREES = 250
"""How much of the ring the institution's name may take, open at the bottom."""
WORDS = {
    "zh": {"seal": "电子印章", "signed": "电子签名 {:%Y-%m-%d %H:%M} 北京时间"},
    "en": {"seal": "电子印章", "signed": "Signed electronically {:%Y-%m-%d %H:%M} Beijing time"},
}


class Stamps:
    """Draws with the glyphs of a font set; sizes are in points, the origin is the lower left corner of the box."""

    def __init__(self, fonts: FontSet) -> None:
        self._fonts = fonts

    def seal(self, width: float, height: float, organisation: str, language: str) -> bytes:
        """A red ring with the institution's name along it and a star in the middle."""
        radius = min(width, height) / 2 - RING_WIDTH
        parts = [
            f"1 0 0 1 {width / 2:.2f} {height / 2:.2f} cm {RED} rg {RED} RG {RING_WIDTH} w {_circle(radius)} S",
            f"{_star(STAR_RADIUS)} f",
            *self._along_ring(organisation, radius - RING_WIDTH * 1.6),
            self._line(WORDS[language]["seal"], 9.5, -radius * 0.56, centred=True),
        ]
        return _content(parts)

    def signature(self, width: float, height: float, name: str, at: datetime, language: str) -> bytes:
        """The name, and under it that and when it was signed."""
        note = WORDS[language]["signed"].format(at.astimezone(BEIJING))
        room = width - 2 * MARGIN
        lines = [
            f"q 1 0 0 1 {MARGIN} {height * place:.2f} cm {self._line(text, self._fitting(text, size, room), 0)} Q"
            for text, size, place in ((name, 19.0, 0.42), (note, 7.5, 0.14))
        ]
        return _content([f"{INK} rg", *lines])

    def _fitting(self, text: str, size: float, room: float) -> float:
        """*size*, or as much less as *text* needs to fit into *room*."""
        return min(size, room / max(1.0, self._width(text)))

    def _along_ring(self, text: str, radius: float) -> Iterator[str]:
        """Each glyph upright towards the ring, from left over the top to right."""
        step = min(360 / 13, ARC_DEGREES / max(1, len(text)))
        size = min(15.5, radius * math.radians(step) * 0.94)
        for place, character in enumerate(text):
            angle = math.radians(90 - (place - (len(text) - 1) / 2) * step)
            x, y = math.cos(angle) * (radius - size), math.sin(angle) * (radius - size)
            turn = angle - math.pi / 2
            cos, sin = math.cos(turn), math.sin(turn)
            turned = f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} cm"
            yield f"q {turned} {self._line(character, size, 0, centred=True)} Q"

    def _line(self, text: str, size: float, y: float, centred: bool = False) -> str:
        """One line of text as filled outlines."""
        x = -self._width(text) * size / 2 if centred else 0.0
        drawn = []
        for character in text:
            outline, advance = self._glyph(character)
            if outline:
                drawn.append(f"q {size:.3f} 0 0 {size:.3f} {x:.2f} {y:.2f} cm {outline} f Q")
            x += advance * size
        return " ".join(drawn)

    def _width(self, text: str) -> float:
        """In em."""
        return sum(self._glyph(character)[1] for character in text)

    def _glyph(self, character: str) -> tuple[str, float]:
        """The outline of *character* and its width, in em; nothing and no width where no face has it."""
        for face in self._faces():
            name = face.getBestCmap().get(ord(character))
            if name is not None:
                glyphs = face.getGlyphSet()
                pen = _Outline(glyphs, 1 / face["head"].unitsPerEm)
                glyphs[name].draw(pen)
                return " ".join(pen.operators), glyphs[name].width / face["head"].unitsPerEm
        return "", 0.0

    def _faces(self) -> Iterator[Any]:
        yield self._cut
        yield self._full

    @cached_property
    def _cut(self) -> Any:
        return TTFont(BytesIO(self._fonts.regular.read_bytes()), lazy=True)

    @cached_property
    def _full(self) -> Any:
        path, number = self._fonts.full_regular
        return TTFont(BytesIO(path.read_bytes()), fontNumber=number, lazy=True)


class _Outline(BasePen):  # type: ignore[misc]
    """Path operators of a glyph, scaled to one em."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []
        self._scale = scale

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = " ".join(f"{value * self._scale:.3f}" for point in points for value in point)
        self.operators.append(f"{numbers} {operator}")

    def _moveTo(self, point: tuple[float, float]) -> None:
        self._add("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:
        self._add("l", point)

    def _curveToOne(self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]) -> None:
        self._add("c", one, two, end)

    def _closePath(self) -> None:
        self.operators.append("h")


def _content(parts: list[str]) -> bytes:
    return f"q {' '.join(parts)} Q".encode("ascii")


def _circle(radius: float) -> str:
    """Four Bézier curves around the origin."""
    handle = radius * 0.5522847
    r, h = f"{radius:.3f}", f"{handle:.3f}"
    return (
        f"{r} 0 m {r} {h} {h} {r} 0 {r} c -{h} {r} -{r} {h} -{r} 0 c -{r} -{h} -{h} -{r} 0 -{r} c "
        f"{h} -{r} {r} -{h} {r} 0 c h"
    )


def _star(radius: float) -> str:
    """Five points, the first upwards."""
    corners = []
    for corner in range(10):
        distance = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi / 2 + corner * math.pi / 5
        corners.append(f"{math.cos(angle) * distance:.3f} {math.sin(angle) * distance:.3f}")
    return f"{corners[0]} m {' l '.join(corners[1:])} l h"
