"""A PDF opened once for all checks: its objects, structure elements, fonts, and what its pages paint."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf

PAINTING = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "EI"))
CMYK = frozenset(("k", "K"))
_READ = " ".join((*PAINTING, *CMYK, "q", "Q", "BMC", "BDC", "EMC", "Tf", "cs", "CS"))
SHOWING = frozenset(("Tj", "TJ", "'", '"'))


class Unreadable(Exception):
    """Not a PDF that can be opened."""


@dataclass
class Content:
    """What one content stream does."""

    operators: set[str] = field(default_factory=set)
    """Those that matter to a check."""
    colour_spaces: set[str] = field(default_factory=set)
    marked_ids: list[int] = field(default_factory=list)
    glyphs: dict[str, set[int]] = field(default_factory=dict)
    unmarked: str = ""
    depth: int = 0


class Opened:
    """*raw* and what is in it, each part worked out when a check first asks."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        try:
            self.pdf = pikepdf.open(BytesIO(raw), attempt_recovery=False)
            self.pages: list[Any] = [page.obj for page in self.pdf.pages]
        except (pikepdf.PdfError, pikepdf.PasswordError) as error:
            raise Unreadable(str(error)) from error

    @property
    def catalogue(self) -> Any:
        return self.pdf.Root

    @cached_property
    def objects(self) -> list[Any]:
        return list(self.pdf.objects)

    @cached_property
    def streams(self) -> list[Any]:
        return [item for item in self.objects if isinstance(item, pikepdf.Stream)]

    @cached_property
    def dictionaries(self) -> list[Any]:
        """All dictionaries, those inside others and of streams too."""
        return [item for item in self.values if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream))]

    @cached_property
    def values(self) -> list[Any]:
        """Every value in the file, each indirect one once."""
        found: list[Any] = []
        waiting = list(self.objects)
        while waiting:
            value = waiting.pop()
            found.append(value)
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
                waiting += [item for _, item in value.items() if _is_direct(item)]
            elif isinstance(value, pikepdf.Array):
                waiting += [item for item in value if _is_direct(item)]
        return found

    @cached_property
    def elements(self) -> list[Any]:
        """The structure elements that hang in the tree, parents before children."""
        root = self.catalogue.get("/StructTreeRoot")
        return [] if root is None else list(_elements(root))

    @cached_property
    def annotations(self) -> list[tuple[Any, Any]]:
        """Each annotation with its page."""
        return [(page, annotation) for page in self.pages for annotation in page.get("/Annots", [])]

    @cached_property
    def fonts(self) -> list[Any]:
        return [item for item in self.dictionaries if item.get("/Type") == "/Font" and "/DescendantFonts" in item]

    @cached_property
    def contents(self) -> list[Content]:
        """One for each page, in their order."""
        return [_read_content(page) for page in self.pages]


def is_visible(annotation: Any) -> bool:
    """Whether an annotation takes any room; a document timestamp has none."""
    left, bottom, right, top = (float(value) for value in annotation.Rect)
    return left != right and bottom != top


def kids(element: Any) -> list[Any]:
    """What a structure element holds, always as a list."""
    held = element.get("/K")
    if held is None:
        return []
    return list(held) if isinstance(held, pikepdf.Array) else [held]


def is_element(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and "/S" in kid


def _elements(parent: Any) -> Iterator[Any]:
    for kid in kids(parent):
        if is_element(kid):
            yield kid
            yield from _elements(kid)


def _is_direct(item: Any) -> bool:
    return not (isinstance(item, pikepdf.Object) and item.is_indirect)


def _read_content(page: Any) -> Content:
    content = Content()
    marks: list[bool] = []
    depth, font, shown = 0, "", set[int]()
    for instruction in pikepdf.parse_content_stream(page, _READ):
        operator, operands = str(instruction.operator), instruction.operands
        content.operators.add(operator)
        if operator == "q":
            depth += 1
            content.depth = max(content.depth, depth)
        elif operator == "Q":
            depth -= 1
        elif operator in ("BMC", "BDC"):
            marks.append(_open_mark(content, operator, operands))
        elif operator == "EMC" and marks:
            marks.pop()
        elif operator == "Tf":
            font = str(operands[0])
            shown = content.glyphs.setdefault(font, set())
        elif operator in ("cs", "CS"):
            content.colour_spaces.add(str(operands[0]))
        if operator in PAINTING and not any(marks):
            content.unmarked = content.unmarked or operator
        if operator in SHOWING:
            shown.update(_glyphs(operands[-1]))
    return content


def _open_mark(content: Content, operator: str, operands: Any) -> bool:
    """Note a marked-content identifier; whether what follows is content of an element or an artifact."""
    if str(operands[0]) == "/Artifact":
        return True
    if operator == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
        content.marked_ids.append(int(operands[1].MCID))
        return True
    return False


def _glyphs(shown: Any) -> Iterator[int]:
    """The two-byte codes of a shown string, or of the strings in an array of them and adjustments."""
    parts = shown if isinstance(shown, pikepdf.Array) else [shown]
    for part in parts:
        if isinstance(part, pikepdf.String):
            codes = bytes(part)
            yield from struct.unpack(f">{len(codes) // 2}H", codes[: len(codes) // 2 * 2])
