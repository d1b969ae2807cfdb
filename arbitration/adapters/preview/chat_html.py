"""Conversations, tables and plain lines out of HTML: only its text is taken, by what its classes are called."""

import re
from collections.abc import Iterator

import lxml.html  # type: ignore[import-untyped]
from lxml import etree
from lxml.html import HtmlElement

from arbitration.adapters.preview.chats import LEAST_MESSAGES, Message

UNSEEN = ("script", "style", "noscript", "template", "head", "iframe", "object", "svg")
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre"}
    | {"section", "table", "tr", "br", "ul", "ol", "dl"}
)
_MESSAGE = re.compile(r"(?:^|[ _-])(?:message|msg|chat-?item)(?:$|[ _-])", re.IGNORECASE)
_WHO = re.compile(r"(?:^|[ _-])(?:from_name|author(?:-name)?|sender|nick(?:name)?|user(?:name)?|name)$", re.IGNORECASE)
_WHEN = re.compile(r"(?:^|[ _-])(?:date|time|timestamp|short-timestamp)$", re.IGNORECASE)
_TEXT = re.compile(r"(?:^|[ _-])(?:text|content|bubble|words)$", re.IGNORECASE)


def opened(text: str) -> HtmlElement | None:
    """The document without what is not its text; None where there is nothing in it."""
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        document = lxml.html.document_fromstring(text.encode(errors="replace"), parser=parser)
    except etree.ParserError:
        return None
    for element in list(document.iter(*UNSEEN)):
        element.drop_tree()
    return document


def conversation(document: HtmlElement) -> list[Message] | None:
    """What is marked up as messages. One without a name of its own was said by whoever spoke before."""
    messages: list[Message] = []
    for element in document.iter():
        if _MESSAGE.search(_class(element)) and (text := _part(element, _TEXT)):
            who = _part(element, _WHO) or (messages[-1].who if messages else "")
            if messages and _inside(element, _MESSAGE) and messages[-1].text == text:
                continue  # the same words, found by the element around this one
            messages.append(Message(_time(element), who, text))
    return messages if len(messages) >= LEAST_MESSAGES else None


def _inside(element: HtmlElement, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(_class(above)) for above in element.iterancestors())


def _class(element: HtmlElement) -> str:
    return element.get("class") or "" if isinstance(element.tag, str) else ""


def _part(element: HtmlElement, wanted: re.Pattern[str]) -> str:
    found = next((part for part in element.iterdescendants() if _has_class(part, wanted)), None)
    return "" if found is None else "\n".join(lines(found))


def _has_class(element: HtmlElement, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(name) for name in _class(element).split())


def _time(element: HtmlElement) -> str:
    for part in element.iterdescendants():
        if part.tag == "time" or _has_class(part, _WHEN):
            return part.get("title") or part.get("datetime") or " ".join(lines(part))
    return ""


def table(document: HtmlElement) -> list[list[str]] | None:
    """The cells of the longest table of at least two rows and columns; None where there is none."""
    tables = [
        [[" ".join(lines(cell)) for cell in row.iterchildren("td", "th")] for row in found.iter("tr")]
        for found in document.iter("table")
        if next(found.iterdescendants("table"), None) is None
    ]
    fitting = [rows for rows in tables if len(rows) > 1 and max(map(len, rows)) > 1]
    return max(fitting, key=len, default=None)


def lines(element: HtmlElement) -> list[str]:
    """The text of an element, a block to a line, without empty ones."""
    text = "".join(_text(element))
    return [line for raw in text.split("\n") if (line := " ".join(raw.split()))]


def _text(element: HtmlElement) -> Iterator[str]:
    """Without recursion: a page may be nested as deep as its reader lets it."""
    for event, part in etree.iterwalk(element, events=("start", "end")):
        block = part.tag in _BLOCKS
        if event == "start":
            yield "\n" if block else ""
            yield (part.text or "").replace("\n", " ")
        else:
            yield "\n" if block else ""
            yield (part.tail or "").replace("\n", " ") if part is not element else ""
