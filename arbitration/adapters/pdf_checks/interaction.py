"""What can be filled in, followed or taken out: fields, annotations, actions, the attachment."""

from collections.abc import Iterator
from hashlib import md5

import pikepdf

from arbitration.adapters.pdf_checks.check import Checks
from arbitration.adapters.pdf_checks.opened import Opened, is_visible

CHECKS = checks = Checks()

INVISIBLE, HIDDEN, PRINT, NO_VIEW, TOGGLE_NO_VIEW = 1, 2, 4, 32, 256


@checks("tab-order", "ISO 14289-1, 7.18.3")
def tab_order(file: Opened) -> Iterator[str]:
    for number, page in enumerate(file.pages, start=1):
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"page {number} is not followed in the order of its structure"


@checks("field-labels", "ISO 14289-1, 7.18.1")
def field_labels(file: Opened) -> Iterator[str]:
    for _, annotation in file.annotations:
        if is_visible(annotation) and not str(annotation.get("/TU", "")).strip():
            yield f"the field {annotation.get('/T', '')} has no label"


@checks("field-elements", "ISO 14289-1, 7.18.4")
def field_elements(file: Opened) -> Iterator[str]:
    in_forms = {
        element.K.Obj.objgen
        for element in file.elements
        if element.S == "/Form" and isinstance(element.get("/K"), pikepdf.Dictionary) and "/Obj" in element.K
    }
    for _, annotation in file.annotations:
        if is_visible(annotation) and annotation.objgen not in in_forms:
            yield f"the field {annotation.get('/T', '')} is no Form element with a bare reference"


@checks("annotation-kinds", "ISO 19005-3, 6.3.1; our rulings have signature fields only")
def annotation_kinds(file: Opened) -> Iterator[str]:
    for _, annotation in file.annotations:
        if annotation.get("/Subtype") != "/Widget" or annotation.get("/FT") != "/Sig":
            yield f"there is an annotation of kind {annotation.get('/Subtype')}"


@checks("annotation-flags", "ISO 19005-3, 6.3.2")
def annotation_flags(file: Opened) -> Iterator[str]:
    for _, annotation in file.annotations:
        flags = int(annotation.get("/F", 0))
        if not flags & PRINT or flags & (INVISIBLE | HIDDEN | NO_VIEW | TOGGLE_NO_VIEW):
            yield f"the field {annotation.get('/T', '')} could be hidden, or is not printed"


@checks("annotation-appearance", "ISO 19005-3, 6.3.3")
def annotation_appearance(file: Opened) -> Iterator[str]:
    for _, annotation in file.annotations:
        appearance = annotation.get("/AP", pikepdf.Dictionary())
        whole = list(appearance.keys()) == ["/N"] and isinstance(appearance.N, pikepdf.Stream)
        if is_visible(annotation) and not whole:
            yield f"the field {annotation.get('/T', '')} has not exactly one appearance"


@checks("no-xfa", "ISO 19005-3, 6.4.2")
def no_xfa(file: Opened) -> Iterator[str]:
    form = file.catalogue.get("/AcroForm", pikepdf.Dictionary())
    if "/XFA" in form or form.get("/NeedAppearances") is True:
        yield "the form is drawn by the program that shows it"


@checks("no-actions", "ISO 19005-3, 6.5.1, 6.5.2")
def no_actions(file: Opened) -> Iterator[str]:
    for item in file.dictionaries:
        keys = {"/OpenAction", "/AA", "/A"} if item.get("/Type") != "/StructElem" else {"/AA"}  # there /A is attributes
        for key in keys.intersection(item.keys()):
            yield f"something happens by itself or on a click ({key})"


@checks("no-javascript", "ISO 19005-3, 6.5.1")
def no_javascript(file: Opened) -> Iterator[str]:
    if any("/JavaScript" in item or "/JS" in item for item in file.dictionaries):
        yield "the file carries a script"


@checks("attachment-listed", "ISO 19005-3, 6.8")
def attachment_listed(file: Opened) -> Iterator[str]:
    names = file.catalogue.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles", pikepdf.Dictionary())
    embedded = [entry.objgen for entry in list(names.get("/Names", []))[1::2]]
    associated = [entry.objgen for entry in file.catalogue.get("/AF", [])]
    if len(embedded) != 1 or embedded != associated:
        yield "the data are not attached exactly once and associated exactly once"


@checks("attachment-described", "ISO 19005-3, 6.8")
def attachment_described(file: Opened) -> Iterator[str]:
    for entry in file.catalogue.get("/AF", []):
        if entry.get("/AFRelationship") != "/Data" or not str(entry.get("/F", "")) == str(entry.get("/UF", "")) != "":
            yield "an attachment has no name or no relation to the document"


@checks("attachment-content", "ISO 19005-3, 6.8; ISO 32000-1, 7.11.4")
def attachment_content(file: Opened) -> Iterator[str]:
    for entry in file.catalogue.get("/AF", []):
        content = entry.EF.F
        data, parameters = content.read_bytes(), content.get("/Params", pikepdf.Dictionary())
        checksum = md5(data, usedforsecurity=False).digest()
        if content.get("/Subtype") not in ("/application/json", "/application/yaml"):
            yield "an attachment has no media type"
        if parameters.get("/Size") != len(data) or bytes(parameters.get("/CheckSum", b"")) != checksum:
            yield "an attachment's size or checksum is wrong"
        if not {"/CreationDate", "/ModDate"} <= set(parameters.keys()):
            yield "an attachment has no dates"
