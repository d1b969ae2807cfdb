"""A small, strict reading of YAML: every scalar stays text with its line and column, and anything clever is refused."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import FieldError, Invalid

MAX_BYTES = 512 * 1024
MAX_DEPTH = 10
MAX_EVENTS = 20_000
MAX_FAULTS = 100

# Control, zero-width, bidirectional and unpaired characters: what people read must be what is executed and hashed.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a file: where in the text (both from 1), in which entry, and why."""

    line: int
    column: int
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.where}: {self.reason}"


class FileRefused(Invalid):
    """The file is not what it should be; `faults` says where and why, in the order of the text."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        fields = tuple(FieldError(fault.where, f"{fault.line}:{fault.column}: {fault.reason}") for fault in self.faults)
        super().__init__("\n".join(map(str, self.faults)), fields)


class Unreadable(Exception):
    """The file is not the plain YAML that is read here; nothing of it is used."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, column, "file", reason)


@dataclass(frozen=True)
class Scalar:
    """A word, number or sentence as written. `style` is YAML's: '' plain, ' or " quoted, | or > block."""

    text: str
    line: int
    column: int
    style: str = ""
    last_line: int = 0


@dataclass(frozen=True)
class Sequence:
    """A list as written, with the place of its beginning."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True)
class Mapping:
    """Named entries in the order written, with the place of their beginning."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True)
class NameForm:
    """What names of one kind look like, as a pattern and in words."""

    pattern: re.Pattern[str]
    words: str


WORD = NameForm(re.compile("[a-z][a-z0-9_]*"), "lower-case letters, digits and _")
ANY = NameForm(re.compile(".+"), "at least one character")


def compose(source: str) -> Node:
    """The one document in *source*. Raises Unreadable."""
    if len(source) > MAX_BYTES:  # no character takes less than a byte; and no time is spent on encoding a monster
        raise Unreadable(1, 1, f"larger than {MAX_BYTES // 1024} KB")
    if found := _INVISIBLE.search(source):
        line = source.count("\n", 0, found.start()) + 1
        raise Unreadable(line, found.start() - source.rfind("\n", 0, found.start()), _invisible(found[0]))
    if len(source.encode()) > MAX_BYTES:
        raise Unreadable(1, 1, f"larger than {MAX_BYTES // 1024} KB")
    events = _checked_events(source)
    first = next(event for event in events if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent))
    root = _node(first, events)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise Unreadable(*_position(event.start_mark), "a second document is not allowed")
    return root


def plain(node: Node) -> Any:
    """The same content as dicts, lists and strings."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


class Reader:
    """Takes the entries of a composed file apart and notes every fault on the way instead of stopping at the first."""

    def __init__(self, source: str) -> None:
        self.root = compose(source)
        self.faults: list[Fault] = []
        self._lines = source.split("\n")

    def fault(self, node: Node, where: str, reason: str, offset: int = 0) -> None:
        """Note *reason* at *node*, or at the character *offset* of its text where that place is certain."""
        if len(self.faults) < MAX_FAULTS:
            line, column = self._place(node, offset)
            self.faults.append(Fault(line, column, where, reason))

    def unknown(self, node: Node, where: str, what: str, word: str, known: Collection[str], offset: int = 0) -> None:
        """Note that *word* is no known *what*, with the nearest word that is."""
        if len(self.faults) < MAX_FAULTS:
            near = difflib.get_close_matches(word, known, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            self.fault(node, where, f"unknown {what} {word[:60]!r}{hint}", offset)

    def mapping(
        self, node: Node, where: str, required: Collection[str], optional: Collection[str] = (), what: str = "entry"
    ) -> dict[str, Node]:
        """The entries of a mapping whose names are all known; each of them is a *what*."""
        found: dict[str, Node] = {}
        for key, value in self._entries(node, where):
            if key.text in required or key.text in optional:
                found[key.text] = value
            else:
                self.unknown(key, where, what, key.text, [*required, *optional])
        for name in required if isinstance(node, Mapping) else ():
            if name not in found:
                self.fault(node, where, f"{name!r} is missing")
        return found

    def named(self, node: Node, where: str, form: NameForm = WORD, reserved: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping whose names the author of the file gives, in this *form* and none *reserved*."""
        found: dict[str, Node] = {}
        for key, value in self._entries(node, where):
            if not form.pattern.fullmatch(key.text):
                self.fault(key, where, f"{key.text[:60]!r} cannot be a name: {form.words}")
            elif key.text in reserved:
                self.fault(key, where, f"{key.text!r} cannot be a name: it already means something")
            else:
                found[key.text] = value
        return found

    def items(self, node: Node, where: str) -> tuple[Node, ...]:
        """The items of a list."""
        if isinstance(node, Sequence):
            return node.items
        self.fault(node, where, "a list is expected")
        return ()

    def text(self, node: Node, where: str) -> str:
        """The text of a scalar; an empty one is a fault."""
        if isinstance(node, Scalar) and node.text.strip():
            return node.text
        self.fault(node, where, "a text is expected")
        return ""

    def word(self, node: Node, where: str, what: str, known: Collection[str]) -> str:
        """A text that is one of the words *known*, each of which is a *what*."""
        text = self.text(node, where)
        if text and text not in known:
            self.unknown(node, where, what, text, known)
        return text

    def bilingual(self, node: Node, where: str) -> Bilingual:
        """A mapping of zh and en."""
        return self.labels(self.mapping(node, where, ("zh", "en")), where)

    def labels(self, entries: dict[str, Node], where: str) -> Bilingual:
        """The entries zh and en among others; neither may begin or end in white space, which nobody could see."""
        words = {}
        for language in ("zh", "en"):
            words[language] = self.text(entries[language], f"{where}.{language}") if language in entries else ""
            if words[language] != words[language].strip():
                self.fault(entries[language], f"{where}.{language}", "begins or ends with white space")
        return Bilingual(**words)

    def _entries(self, node: Node, where: str) -> tuple[tuple[Scalar, Node], ...]:
        if isinstance(node, Mapping):
            return node.entries
        self.fault(node, where, "a mapping is expected")
        return ()

    def _place(self, node: Node, offset: int) -> tuple[int, int]:
        line, column = node.line, node.column
        if not isinstance(node, Scalar) or not node.text.strip() or (node.style != "|" and not offset):
            return line, column
        if node.style == "|":
            before = node.text[:offset]
            line += 1 + before.count("\n")
            content = node.text.split("\n")[before.count("\n")]
            indent = len(self._lines[line - 1]) - len(content)
            return line, indent + len(before) - (before.rfind("\n") + 1) + 1
        if node.style == ">" or node.last_line != line:
            return line, column  # folded: the offset no longer tells the place
        return line, column + offset + len(node.style)


def _checked_events(source: str) -> Iterator[yaml.Event]:
    depth = 0
    line, column = 1, 1
    try:
        for count, event in enumerate(yaml.parse(source, Loader=yaml.SafeLoader)):
            line, column = _position(event.start_mark)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if reason := _objection(event, depth, count):
                raise Unreadable(line, column, reason)
            yield event
    except yaml.MarkedYAMLError as error:
        line, column = _position(error.problem_mark or error.context_mark)
        raise Unreadable(line, column, (error.problem or "not YAML")[:120]) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # PyYAML lets int() and chr() fail on odd escapes
        raise Unreadable(line, column, "not YAML") from error


def _objection(event: yaml.Event, depth: int, count: int) -> str | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors and aliases (& *) are not allowed"
    if getattr(event, "tag", None) is not None:
        return "tags (!) are not allowed"
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "directives (%) are not allowed"
    if isinstance(event, yaml.ScalarEvent) and (found := _INVISIBLE.search(event.value)):
        return _invisible(found[0])
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH} levels"
    if count > MAX_EVENTS:
        return "too many entries"
    return None


def _node(event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
    line, column = _position(event.start_mark)
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value, line, column, event.style or "", _position(event.end_mark)[0])
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events))
        return Sequence(tuple(items), line, column)
    if isinstance(event, yaml.MappingStartEvent):
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = _node(event, events)
            if not isinstance(key, Scalar):
                raise Unreadable(key.line, key.column, "a name is expected before the colon")
            if key.text in entries:
                raise Unreadable(key.line, key.column, f"{key.text[:60]!r} stands twice")
            entries[key.text] = (key, _node(next(events), events))
        return Mapping(tuple(entries.values()), line, column)
    raise Unreadable(line, column, "the file is empty")


def _position(mark: Any) -> tuple[int, int]:
    """Line and column from 1. PyYAML's marks have two unrelated classes."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _invisible(character: str) -> str:
    return f"the invisible character U+{ord(character):04X} is not allowed"
