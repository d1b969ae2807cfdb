"""What the file says about itself: XMP, title, language, colour of the output, and nothing it must not say."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pikepdf

from arbitration.adapters.pdf_checks.check import Checks
from arbitration.adapters.pdf_checks.opened import Opened

CHECKS = checks = Checks()

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
FORBIDDEN_IN_CATALOGUE = ("/Requirements", "/AlternatePresentations", "/OCProperties", "/NeedsRendering", "/Collection")
ICC_SIGNATURE = slice(36, 40)


def _xmp(file: Opened) -> ElementTree.Element:
    """The XMP packet; an empty element where there is none that can be read (`metadata-stream` says so)."""
    stream = file.catalogue.get("/Metadata")
    try:
        return ElementTree.fromstring(stream.read_bytes())  # noqa: S314 - rendered by us; no entities are expanded
    except (AttributeError, ElementTree.ParseError):
        return ElementTree.Element("nothing")


def _property(xmp: ElementTree.Element, name: str) -> str:
    """A simple property, whether written as attribute or as element; of an alternative or list the first item."""
    for description in xmp.iter(f"{RDF}Description"):
        if name in description.attrib:
            return description.attrib[name]
        for found in description.findall(name):
            item = found.find(f".//{RDF}li")
            return (found.text if item is None else item.text) or ""
    return ""


@checks("metadata-stream", "ISO 19005-3, 6.6.2.1")
def metadata_stream(file: Opened) -> Iterator[str]:
    stream = file.catalogue.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream) or stream.get("/Subtype") != "/XML":
        yield "the catalogue has no XMP stream"
    elif "/Filter" in stream:
        yield "the XMP stream is compressed: a program that knows no PDF could not read it"
    elif len(list(_xmp(file).iter(f"{RDF}RDF"))) != 1:
        yield "the XMP packet cannot be read or has not exactly one rdf:RDF"


@checks("pdfa-identification", "ISO 19005-3, 6.6.4")
def pdfa_identification(file: Opened) -> Iterator[str]:
    xmp = _xmp(file)
    if (_property(xmp, f"{PDFA}part"), _property(xmp, f"{PDFA}conformance")) != ("3", "A"):
        yield "the XMP does not say PDF/A-3a"


@checks("pdfua-identification", "ISO 14289-1, 5")
def pdfua_identification(file: Opened) -> Iterator[str]:
    if _property(_xmp(file), f"{PDFUA}part") != "1":
        yield "the XMP does not say PDF/UA-1"


@checks("extension-schema", "ISO 19005-3, 6.6.2.3")
def extension_schema(file: Opened) -> Iterator[str]:
    described = {uri.text for uri in _xmp(file).iter(f"{SCHEMA}namespaceURI")}
    if PDFUA.strip("{}") not in described:
        yield "the namespace of PDF/UA is used and not described"


@checks("metadata-agrees", "ISO 19005-3, 6.6.3")
def metadata_agrees(file: Opened) -> Iterator[str]:
    xmp, info = _xmp(file), file.pdf.trailer.get("/Info", pikepdf.Dictionary())
    if str(info.get("/Author", "")) != _property(xmp, f"{DC}creator"):
        yield "the author differs between the information dictionary and XMP"
    for key, name in (("/CreationDate", f"{XMP}CreateDate"), ("/ModDate", f"{XMP}ModifyDate")):
        if _instant(str(info.get(key, ""))) != _instant(_property(xmp, name)):
            yield f"{key} differs between the information dictionary and XMP"


def _instant(text: str) -> datetime | None:
    """A PDF or XMP date in UTC; None for what is neither."""
    digits = re.fullmatch(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)T?(\d\d):?(\d\d):?(\d\d)(?:Z|\+00[':]?00'?)", text)
    return datetime(*(int(part) for part in digits.groups()), tzinfo=UTC) if digits else None  # type: ignore[misc,arg-type]


@checks("document-title", "ISO 14289-1, 7.1")
def document_title(file: Opened) -> Iterator[str]:
    info = file.pdf.trailer.get("/Info", pikepdf.Dictionary())
    title = _property(_xmp(file), f"{DC}title")
    if not title or str(info.get("/Title", "")) != title:
        yield "the document has no title, or two different ones"


@checks("title-shown", "ISO 14289-1, 7.1")
def title_shown(file: Opened) -> Iterator[str]:
    if file.catalogue.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle") is not True:
        yield "a window would show the file name instead of the title"


@checks("language", "ISO 14289-1, 7.2; ISO 19005-3, 6.7.4")
def language(file: Opened) -> Iterator[str]:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", str(file.catalogue.get("/Lang", ""))):
        yield "the document has no language"


@checks("output-intent", "ISO 19005-3, 6.2.3")
def output_intent(file: Opened) -> Iterator[str]:
    intents = [intent for intent in file.catalogue.get("/OutputIntents", []) if intent.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or not _is_rgb_profile(intents[0].get("/DestOutputProfile")):
        yield "there is not exactly one output intent with an RGB profile"


def _is_rgb_profile(profile: Any) -> bool:
    if not isinstance(profile, pikepdf.Stream) or profile.get("/N") != 3:
        return False
    return profile.read_bytes()[ICC_SIGNATURE] == b"acsp"


@checks("catalogue", "ISO 19005-3, 6.1.12, 6.9, 6.10, 6.11")
def catalogue(file: Opened) -> Iterator[str]:
    for key in FORBIDDEN_IN_CATALOGUE:
        if key in file.catalogue:
            yield f"the catalogue has {key}"
    for key in set(file.catalogue.get("/Perms", pikepdf.Dictionary()).keys()) - {"/DocMDP"}:
        yield f"the permissions have {key}"
