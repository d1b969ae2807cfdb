"""The language in which a clause asks its question: read from text into a tree, within fixed limits.

`complained_at happened and complained_at <= delivered_at + larger of (stated_window, floor.window)`

Names, literals with units, comparisons, `+ - *`, `and or not`, `in`, `of`, `happened`: no calls, no loops, no text that
runs. Which names there are and what they mean is asked in `expression_types`; what comes out in `evaluation`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arbitration.domain.quantities import quantity

CONNECTIVES = ("and", "or", "not", "in", "of", "happened")
SELECTORS = ("larger", "smaller", "earliest", "latest")
LITERALS = ("true", "false", "never", "long_ago", "CNY")
KEYWORDS = frozenset(CONNECTIVES + SELECTORS + LITERALS)
"""Words of the language: no fact, floor or value may be called so."""

MAX_CHARACTERS = 2000
MAX_WORDS = 400
MAX_DEPTH = 32
MAX_TEXT = 200

INFINITE = 10**40
"""Beyond every sum that can be written: what is typed is bounded, and a product has at most two factors."""
NEVER = INFINITE
"""The instant that does not come."""
LONG_AGO = -INFINITE
"""The instant before all others."""


class ExpressionFault(Exception):
    """The text means nothing; `offset` is the character from which on it does not."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an expression: where it stands in the text, and what kind of value it has, once that is known."""

    offset: int
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class Literal(Part):
    """A value as written. `value` is what it counts as: seconds, fen, hundredths, an instant, a word."""

    text: str
    value: int | bool | str


@dataclass(frozen=True, kw_only=True)
class Name(Part):
    """A fact, a floor (`floor.window`) or a derived value."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Not(Part):
    """What holds when the operand does not."""

    operand: Part


@dataclass(frozen=True, kw_only=True)
class Logic(Part):
    """`and` or `or` over two operands or more."""

    op: str
    operands: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison(Part):
    """`= != < <= > >=` between two values of one kind."""

    op: str
    left: Part
    right: Part


@dataclass(frozen=True, kw_only=True)
class Membership(Part):
    """Whether a value is one of the words, or a list has one of them."""

    operand: Part
    words: tuple[Literal, ...]


@dataclass(frozen=True, kw_only=True)
class Happened(Part):
    """Whether an instant is not `never`."""

    operand: Part


@dataclass(frozen=True, kw_only=True)
class Arithmetic(Part):
    """`+ - *` between two values."""

    op: str
    left: Part
    right: Part


@dataclass(frozen=True, kw_only=True)
class Share(Part):
    """`5% of x`: a percentage of a sum of money, rounded half up to the fen."""

    percent: Part
    whole: Part


@dataclass(frozen=True, kw_only=True)
class Selection(Part):
    """`larger of (x, y)`, or another of the SELECTORS."""

    selector: str
    operands: tuple[Part, ...]


@dataclass(frozen=True)
class Expression:
    """An expression as its author wrote it, and what was read, with types."""

    text: str
    part: Part


def children(part: Part) -> tuple[Part, ...]:
    """The parts that *part* is made of, in the order of the text."""
    match part:
        case Logic(operands=operands) | Selection(operands=operands):
            return operands
        case Not(operand=operand) | Happened(operand=operand) | Membership(operand=operand):
            return (operand,)
        case Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case Share(percent=percent, whole=whole):
            return (percent, whole)
    return ()


def names(part: Part) -> Iterator[str]:
    """Every name in *part*, as often as it stands there."""
    if isinstance(part, Name):
        yield part.name
    for child in children(part):
        yield from names(child)


_WORD = re.compile(
    r"(?P<blank>[ \n]+)"
    r"|(?P<quantity>CNY \d+(?:\.\d\d)?\b|\d+(?:%|[a-z]+\b|\b))"
    r"|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?\b)"
    r"|(?P<text>'[^'\n]*')"
    r"|(?P<sign><=|>=|!=|[=<>+\-*(),\[\]])",
    re.ASCII,
)
_BINDING = {"or": 1, "and": 2, "in": 4, "happened": 4, "+": 5, "-": 5, "*": 6, "of": 7}
_BINDING |= dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), 4)
_NOT = 3
_COMPARING = 4


@dataclass(frozen=True)
class _Word:
    kind: str
    text: str
    offset: int

    @property
    def said(self) -> str:
        return repr(self.text[:40]) if self.text else "the end"


def read(text: str) -> Part:
    """The tree of *text*, its types unknown yet. Raises ExpressionFault."""
    return _Parser(_words(text)).whole()


def _words(text: str) -> list[_Word]:
    if len(text) > MAX_CHARACTERS:
        raise ExpressionFault(f"longer than {MAX_CHARACTERS} characters", 0)
    found: list[_Word] = []
    offset = 0
    while offset < len(text):
        match = _WORD.match(text, offset)
        if match is None:
            raise ExpressionFault(_strange(text[offset:]), offset)
        if match.lastgroup != "blank":
            found.append(_Word(match.lastgroup or "", match[0], offset))
        if len(found) > MAX_WORDS:
            raise ExpressionFault(f"more than {MAX_WORDS} words", offset)
        offset = match.end()
    return [*found, _Word("end", "", len(text))]


def _strange(rest: str) -> str:
    if not rest[0].isascii():
        return f"{rest[0]!r} is not a plain letter"
    return f"{rest[0]!r} has no meaning here"


class _Parser:
    """Operators by binding strength (Pratt): what binds closer is read first."""

    def __init__(self, words: list[_Word]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    def whole(self) -> Part:
        found = self.expression(0)
        if self.next.kind != "end":
            raise ExpressionFault(f"{self.next.said} is not expected here", self.next.offset)
        return found

    @property
    def next(self) -> _Word:
        return self.words[self.at]

    def take(self, wanted: str | None = None) -> _Word:
        word = self.next
        if wanted is not None and word.text != wanted:
            raise ExpressionFault(f"{wanted!r} is expected, not {word.said}", word.offset)
        self.at += 1
        return word

    def expression(self, least: int) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionFault(f"nested deeper than {MAX_DEPTH} levels", self.next.offset)
        left = self.operand()
        compared = False
        while (binding := self.binding()) > least:
            if binding == _COMPARING and compared:
                raise ExpressionFault("comparisons cannot be chained: join them with 'and'", self.next.offset)
            compared = binding == _COMPARING
            left = self.joined(left, self.take(), binding)
        self.depth -= 1
        return left

    def binding(self) -> int:
        return _BINDING.get(self.next.text, 0) if self.next.kind in ("name", "sign") else 0

    def joined(self, left: Part, word: _Word, binding: int) -> Part:
        op, offset = word.text, word.offset
        if op == "happened":
            return Happened(offset=left.offset, operand=left)
        if op == "in":
            return Membership(offset=offset, operand=left, words=self.listed())
        right = self.expression(binding)
        if op in ("and", "or"):
            same = isinstance(left, Logic) and left.op == op
            operands = left.operands if isinstance(left, Logic) and same else (left,)
            return Logic(offset=offset, op=op, operands=(*operands, right))
        if op == "of":
            return Share(offset=left.offset, percent=left, whole=right)
        made = Comparison if binding == _COMPARING else Arithmetic
        return made(offset=offset, op=op, left=left, right=right)

    def operand(self) -> Part:
        word = self.take()
        if word.text == "not":
            return Not(offset=word.offset, operand=self.expression(_NOT - 1))
        if word.text == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if word.text in SELECTORS:
            return self.selection(word)
        if word.kind == "quantity":
            return _quantity(word)
        if word.kind == "text":
            return _text(word)
        if word.text in _CONSTANTS:
            kind, value = _CONSTANTS[word.text]
            return Literal(offset=word.offset, type=kind, text=word.text, value=value)
        if word.kind == "name" and word.text not in KEYWORDS:
            return Name(offset=word.offset, name=word.text)
        raise ExpressionFault(f"a value is expected, not {word.said}", word.offset)

    def selection(self, word: _Word) -> Part:
        self.take("of")
        self.take("(")
        operands = [self.expression(0)]
        while self.next.text == ",":
            self.take()
            operands.append(self.expression(0))
        self.take(")")
        return Selection(offset=word.offset, selector=word.text, operands=tuple(operands))

    def listed(self) -> tuple[Literal, ...]:
        self.take("[")
        found = [self.listed_word()]
        while self.next.text == ",":
            self.take()
            found.append(self.listed_word())
        self.take("]")
        return tuple(found)

    def listed_word(self) -> Literal:
        word = self.take()
        if word.kind == "text":
            return _text(word)
        if word.kind == "name" and word.text not in KEYWORDS:
            return Literal(offset=word.offset, text=word.text, value=word.text)
        raise ExpressionFault(f"a word of a list is expected, not {word.said}", word.offset)


_CONSTANTS: dict[str, tuple[str, int | bool]] = {
    "true": ("bool", True),
    "false": ("bool", False),
    "never": ("instant", NEVER),
    "long_ago": ("instant", LONG_AGO),
}


def _quantity(word: _Word) -> Literal:
    read = quantity(word.text)
    if read is None:
        raise ExpressionFault(f"{word.text[:20]!r} is no number or duration", word.offset)
    return Literal(offset=word.offset, type=read.type, text=word.text, value=read.amount)


def _text(word: _Word) -> Literal:
    if len(word.text) > MAX_TEXT:
        raise ExpressionFault(f"a text longer than {MAX_TEXT} characters", word.offset)
    return Literal(offset=word.offset, type="text", text=word.text, value=word.text[1:-1])
