"""The structure tree: what a screen reader follows."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf

from arbitration.adapters.pdf_checks.check import Checks
from arbitration.adapters.pdf_checks.opened import Opened, is_element, is_visible, kids

CHECKS = checks = Checks()

GROUPING = {"/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/NonStruct"}
HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
LISTS = {"/L", "/LI", "/Lbl", "/LBody"}
TABLES = {"/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/TFoot"}
STANDARD = GROUPING | set(HEADINGS) | LISTS | TABLES | {"/P", "/Span", "/Link", "/Figure", "/Form"}


@checks("marked", "ISO 19005-3, 6.7.2.2; ISO 14289-1, 7.1")
def marked(file: Opened) -> Iterator[str]:
    info = file.catalogue.get("/MarkInfo", pikepdf.Dictionary())
    if info.get("/Marked") is not True or info.get("/Suspects") is True:
        yield "the catalogue does not say that the file is tagged"


@checks("structure-tree", "ISO 14289-1, 7.1")
def structure_tree(file: Opened) -> Iterator[str]:
    root = file.catalogue.get("/StructTreeRoot")
    if root is None or not file.elements:
        yield "there is no structure tree"
        return
    for parent in (root, *file.elements):
        for kid in kids(parent):
            if is_element(kid) and kid.get("/P", pikepdf.Dictionary()).objgen != parent.objgen:
                yield f"an element {kid.S} names another parent"


@checks("structure-types", "ISO 14289-1, 7.1")
def structure_types(file: Opened) -> Iterator[str]:
    for element in file.elements:
        if str(element.S) not in STANDARD:
            yield f"{element.S} is no standard structure type"


@checks("no-empty-elements", "ISO 14289-1, 7.1")
def no_empty_elements(file: Opened) -> Iterator[str]:
    for element in file.elements:
        if not kids(element):
            yield f"an element {element.S} holds nothing"


@checks("content-marked", "ISO 14289-1, 7.1")
def content_marked(file: Opened) -> Iterator[str]:
    for number, content in enumerate(file.contents, start=1):
        if content.unmarked:
            yield f"page {number} paints with {content.unmarked} outside of any element or artifact"


@checks("parent-tree", "ISO 32000-1, 14.7.4.4")
def parent_tree(file: Opened) -> Iterator[str]:
    root = file.catalogue.get("/StructTreeRoot", pikepdf.Dictionary())
    numbers = root.get("/ParentTree", pikepdf.Dictionary()).get("/Nums", [])
    parents = {int(key): value for key, value in zip(list(numbers)[::2], list(numbers)[1::2], strict=True)}
    owners = {element.objgen: element for element in file.elements}
    for number, (page, content) in enumerate(zip(file.pages, file.contents, strict=True), start=1):
        listed = parents.get(page.get("/StructParents", -1), [])
        for marked_id in content.marked_ids:
            entry = listed[marked_id] if marked_id < len(listed) else None
            element = owners.get(entry.objgen) if isinstance(entry, pikepdf.Dictionary) else None
            if element is None or marked_id not in [kid for kid in kids(element) if isinstance(kid, int)]:
                yield f"content {marked_id} of page {number} is not found from the parent tree"
    for _, annotation in file.annotations:
        if not is_visible(annotation):
            continue
        element = parents.get(annotation.get("/StructParent", -1))
        if element is None or annotation.objgen not in _referenced(element):
            yield f"the annotation {annotation.get('/T', '')} is not found from the parent tree"


def _referenced(element: Any) -> set[tuple[int, int]]:
    """The objects that an element holds by reference."""
    return {kid.Obj.objgen for kid in kids(element) if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid}


@checks("headings", "ISO 14289-1, 7.4")
def headings(file: Opened) -> Iterator[str]:
    levels = [HEADINGS.index(str(element.S)) + 1 for element in file.elements if str(element.S) in HEADINGS]
    if levels[:1] != [1]:
        yield "the first heading is not H1"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"H{after} follows H{before}"


@checks("figure-alt", "ISO 14289-1, 7.3")
def figure_alt(file: Opened) -> Iterator[str]:
    for number, figure in enumerate((element for element in file.elements if element.S == "/Figure"), start=1):
        if not str(figure.get("/Alt", "")).strip():
            yield f"figure {number} has no alternative text"


@checks("figure-place", "ISO 32000-1, 14.8.5.4.3")
def figure_place(file: Opened) -> Iterator[str]:
    for number, figure in enumerate((element for element in file.elements if element.S == "/Figure"), start=1):
        box = [float(side) for side in figure.get("/A", pikepdf.Dictionary()).get("/BBox", [])]
        width, height = (float(side) for side in list(figure.Pg.MediaBox)[2:])
        if len(box) != 4 or not (0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height):
            yield f"figure {number} does not lie on its page"


@checks("table-rows", "ISO 14289-1, 7.5")
def table_rows(file: Opened) -> Iterator[str]:
    allowed = {
        "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
        "/THead": {"/TR"},
        "/TBody": {"/TR"},
        "/TFoot": {"/TR"},
        "/TR": {"/TH", "/TD"},
    }
    yield from _misplaced(file, allowed)


@checks("table-headers", "ISO 14289-1, 7.5")
def table_headers(file: Opened) -> Iterator[str]:
    for element in file.elements:
        if element.S == "/TH" and element.get("/A", pikepdf.Dictionary()).get("/Scope") not in ("/Column", "/Row"):
            yield "a header cell has no scope"


@checks("lists", "ISO 14289-1, 7.6")
def lists(file: Opened) -> Iterator[str]:
    yield from _misplaced(file, {"/L": {"/LI", "/Caption"}, "/LI": {"/Lbl", "/LBody"}})


def _misplaced(file: Opened, allowed: dict[str, set[str]]) -> Iterator[str]:
    for element in file.elements:
        inside = allowed.get(str(element.S))
        for kid in kids(element) if inside is not None else ():
            if is_element(kid) and inside is not None and str(kid.S) not in inside:
                yield f"{kid.S} stands in {element.S}"
