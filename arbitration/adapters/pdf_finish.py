"""What a rendered ruling needs beyond WeasyPrint: PDF/UA beside PDF/A-3a, a clean structure tree, signature fields.

Works on pydyf objects just before they are written; WeasyPrint is pinned below its next minor for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pydyf  # type: ignore[import-untyped]

PX_TO_PT = 0.75
SIGNATURES_EXIST, APPEND_ONLY = 1, 2
"""Flags of the form (ISO 32000-1, 12.7.2), set from the start: the seal then has nothing to change there."""
PRINTED = 4
"""Annotation flag: shown on paper, not hidden (ISO 19005-3, 6.3.2)."""

_UA_IDENTIFICATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True)
class SignatureField:
    """A field on the box with the anchor `sig-<name>`; *label* is read aloud; *locks* freezes the whole document."""

    name: str
    label: str
    locks: bool = False


class Finisher:
    """`finisher=` for `Document.write_pdf`. Raises ValueError where a field has no place on a page."""

    def __init__(self, signature_fields: tuple[SignatureField, ...]) -> None:
        self._fields = signature_fields

    def __call__(self, document: Any, pdf: Any) -> None:
        _Pass(document, pdf).run(self._fields)


class _Pass:
    """One document on its way through; holds what the steps share."""

    def __init__(self, document: Any, pdf: Any) -> None:
        self.document = document
        self.pdf = pdf
        self.pages = [self.object(reference) for reference in pdf.page_references]
        self.root = self.object(pdf.catalog["StructTreeRoot"])
        self.top = self.object(self.root["K"][0])
        self.numbers = self.object(self.root["ParentTree"])["Nums"]

    def object(self, reference: bytes | str) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def run(self, signature_fields: tuple[SignatureField, ...]) -> None:
        self.identify_as_ua()
        self.list_attachments_once()
        self.prune(self.top)
        for element in self.elements(self.top):
            self.describe(element)
        self.turn_margins_into_artifacts()
        self.add_fields(signature_fields)

    def identify_as_ua(self) -> None:
        """PDF/UA-1 into the one rdf:RDF there is, with the extension schema that PDF/A asks for; in clear text."""
        metadata = self.object(self.pdf.catalog["Metadata"])
        metadata.stream = [metadata.stream[0].replace(b"</rdf:RDF>", _UA_IDENTIFICATION)]
        metadata.compress = False

    def list_attachments_once(self) -> None:
        """WeasyPrint lists each attachment twice in /AF."""
        associated = self.pdf.catalog["AF"]
        associated[:] = list(dict.fromkeys(associated))

    def elements(self, parent: Any) -> Iterator[Any]:
        """Every structure element under *parent*, and *parent* first."""
        yield parent
        for child in parent.get("K", []):
            if self.is_element(child):
                yield from self.elements(self.object(child))

    def is_element(self, child: Any) -> bool:
        """Whether a kid is a structure element: not a number of marked content, nor a link's reference to its place."""
        return isinstance(child, bytes) and "S" in self.object(child)

    def prune(self, element: Any) -> bool:
        """Drop elements that hold nothing; true where *element* itself is one of them."""
        kept = [child for child in element["K"] if not (self.is_element(child) and self.prune(self.object(child)))]
        element["K"] = pydyf.Array(kept)
        if not kept:
            element.clear()
        return not kept

    def describe(self, element: Any) -> None:
        """The scope of header cells, and the place of a figure in points from the bottom of its page."""
        if element["S"] == "/TH":
            body = self.object(self.object(element["P"])["P"])
            element["A"]["Scope"] = "/Column" if body["S"] == "/THead" else "/Row"
        if element["S"] == "/Figure":
            left, top, right, bottom = element["A"]["BBox"]
            height = self.object(element["Pg"])["MediaBox"][3]
            element["A"]["BBox"] = pydyf.Array(
                _points(left, height / PX_TO_PT - bottom, right, height / PX_TO_PT - top)
            )

    def turn_margins_into_artifacts(self) -> None:
        """Page numbers and footers stand in no structure element, so they are no content but artifacts."""
        linked = {element.number for element in self.elements(self.top)}
        for number, parents in zip(self.numbers[::2], self.numbers[1::2], strict=True):
            if not isinstance(parents, pydyf.Array):
                continue
            loose = {mcid for mcid, parent in enumerate(parents) if self.object(parent).number not in linked}
            self._unmark(self.object(self.pages[number]["Contents"]).stream, loose)
            for mcid in loose:
                self.object(parents[mcid]).clear()
                parents[mcid] = "null"

    def _unmark(self, operators: list[Any], loose: set[int]) -> None:
        for position, item in enumerate(operators):
            if isinstance(item, pydyf.Dictionary) and item.get("MCID") in loose:
                operators[position - 1] = "/Artifact"
                operators[position] = pydyf.Dictionary({"Type": "/Pagination"})

    def add_fields(self, signature_fields: tuple[SignatureField, ...]) -> None:
        """Field and widget in one object, tagged by a Form element whose only kid is a bare object reference.

        Split in two, poppler finds no signature; with the reference in an array, pyHanko sees a forbidden change.
        """
        references = pydyf.Array()
        for field in signature_fields:
            page, rectangle = self._place(f"sig-{field.name}")
            references.append(self._add_field(field, page, rectangle).reference)
        form = pydyf.Dictionary({"Fields": references, "SigFlags": SIGNATURES_EXIST | APPEND_ONLY})
        self.pdf.add_object(form)
        self.pdf.catalog["AcroForm"] = form.reference

    def _place(self, anchor: str) -> tuple[Any, list[float]]:
        for page, rendered in zip(self.pages, self.document.pages, strict=True):
            if anchor in rendered.anchors:
                left, top, right, bottom = rendered.anchors[anchor]
                return page, _points(left, rendered.height - bottom, right, rendered.height - top)
        raise ValueError(f"no page has a place for {anchor}")

    def _add_field(self, field: SignatureField, page: Any, rectangle: list[float]) -> Any:
        size = [0, 0, round(rectangle[2] - rectangle[0], 2), round(rectangle[3] - rectangle[1], 2)]
        empty = pydyf.Stream(
            [b" "], {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array(size), "Resources": pydyf.Dictionary()}
        )
        self.pdf.add_object(empty)
        key = self.numbers[-2] + 1
        widget = pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String(field.name),
                "TU": pydyf.String(field.label),
                "Rect": pydyf.Array(rectangle),
                "F": PRINTED,
                "P": page.reference,
                "AP": pydyf.Dictionary({"N": empty.reference}),
                "StructParent": key,
            }
        )
        if field.locks:
            lock = pydyf.Dictionary({"Type": "/SigFieldLock", "Action": "/All", "P": 1})
            self.pdf.add_object(lock)
            widget["Lock"] = lock.reference
        self.pdf.add_object(widget)
        page.setdefault("Annots", pydyf.Array()).append(widget.reference)
        element = pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": "/Form",
                "P": self.top.reference,
                "Pg": page.reference,
                "Alt": pydyf.String(field.label),
                "K": pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page.reference}),
            }
        )
        self.pdf.add_object(element)
        self.top["K"].append(element.reference)
        self.numbers.extend([key, element.reference])
        return widget


def _points(*pixels: float) -> list[float]:
    return [round(value * PX_TO_PT, 2) for value in pixels]
