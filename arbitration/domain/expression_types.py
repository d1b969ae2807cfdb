"""What kind of value every part of an expression has; whatever joins kinds that do not go together is refused."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from arbitration.domain.clauses import Enumeration
from arbitration.domain.expressions import (
    Arithmetic,
    Comparison,
    ExpressionFault,
    Happened,
    Literal,
    Logic,
    Membership,
    Name,
    Not,
    Part,
    Selection,
    Share,
    children,
    read,
)

NUMBERS = frozenset({"int", "money", "duration", "instant", "percent"})
"""Kinds that have an order; while one is unknown it is an interval."""

_SUMS = {
    ("-", "instant", "instant"): "duration",
    ("+", "instant", "duration"): "instant",
    ("-", "instant", "duration"): "instant",
    ("+", "duration", "duration"): "duration",
    ("-", "duration", "duration"): "duration",
    ("+", "money", "money"): "money",
    ("-", "money", "money"): "money",
    ("+", "int", "int"): "int",
    ("-", "int", "int"): "int",
    ("*", "int", "int"): "int",
    ("*", "int", "money"): "money",
    ("*", "money", "int"): "money",
    ("*", "int", "duration"): "duration",
    ("*", "duration", "int"): "duration",
}
"""Which values can be joined by which sign, and what comes out. There is nothing else."""


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use, each with its type, and the enumerations."""

    types: Mapping[str, str]
    enums: Mapping[str, Enumeration]


def typed(text: str, scope: Scope, wanted: str | None = None) -> Part:
    """The tree of *text* with the type of every part, of the type *wanted* itself. Raises ExpressionFault."""
    found = _typed(read(text), scope)
    if wanted is not None and found.type != wanted:
        raise ExpressionFault(f"{_said(wanted)} is expected, not {_said(found.type)}", found.offset)
    return found


def _typed(part: Part, scope: Scope, hint: str = "") -> Part:
    match part:
        case Literal():
            return part
        case Name():
            return _name(part, scope, hint)
        case Not():
            return replace(part, type="bool", operand=_boolean(part.operand, scope))
        case Logic():
            return replace(part, type="bool", operands=tuple(_boolean(each, scope) for each in part.operands))
        case Happened():
            return replace(part, type="bool", operand=_of_kind(part.operand, scope, "instant"))
        case Comparison():
            return _comparison(part, scope)
        case Membership():
            return _membership(part, scope)
        case Arithmetic():
            return _arithmetic(part, scope)
        case Share():
            percent = _of_kind(part.percent, scope, "percent")
            return replace(part, type="money", percent=percent, whole=_of_kind(part.whole, scope, "money"))
        case Selection():
            return _selection(part, scope)
    raise TypeError(part)


def _name(part: Name, scope: Scope, hint: str) -> Part:
    if part.name in scope.types:
        return replace(part, type=scope.types[part.name])
    if hint in scope.enums and part.name in scope.enums[hint]:
        return Literal(offset=part.offset, type=hint, text=part.name, value=part.name)
    if hint in scope.enums:
        known = [word.word for word in scope.enums[hint].words]
        raise ExpressionFault(f"{part.name[:60]!r} is none of {', '.join(known)}", part.offset)
    near = difflib.get_close_matches(part.name, scope.types, 1)
    raise ExpressionFault(
        f"unknown name {part.name[:60]!r}" + (f" (did you mean {near[0]!r}?)" if near else ""), part.offset
    )


def _boolean(part: Part, scope: Scope) -> Part:
    return _of_kind(part, scope, "bool")


def _of_kind(part: Part, scope: Scope, kind: str) -> Part:
    found = _typed(part, scope)
    if found.type != kind:
        raise ExpressionFault(f"{_said(kind)} is expected, not {_said(found.type)}", part.offset)
    return found


def _comparison(part: Comparison, scope: Scope) -> Part:
    left = _typed(part.left, scope)
    right = _typed(part.right, scope, hint=left.type)
    if left.type != right.type or left.type.startswith("list["):
        raise ExpressionFault(f"{_said(left.type)} cannot be compared with {_said(right.type)}", part.offset)
    if left.type not in NUMBERS and part.op not in ("=", "!="):
        raise ExpressionFault(f"{part.op!r} compares times, durations, money and numbers only", part.offset)
    return replace(part, type="bool", left=left, right=right)


def _membership(part: Membership, scope: Scope) -> Part:
    operand = _typed(part.operand, scope)
    element = operand.type.removeprefix("list[").removesuffix("]")
    if element not in scope.enums and element != "text":
        raise ExpressionFault(f"'in' asks of a word or a text, not of {_said(operand.type)}", part.offset)
    words = []
    for word in part.words:
        is_text = word.type == "text"
        if is_text != (element == "text"):
            raise ExpressionFault(f"{word.text[:60]} is not {_said(element)}", word.offset)
        if not is_text and word.value not in scope.enums[element]:
            known = [each.word for each in scope.enums[element].words]
            raise ExpressionFault(f"{word.text[:60]!r} is none of {', '.join(known)}", word.offset)
        words.append(replace(word, type=element))
    return replace(part, type="bool", operand=operand, words=tuple(words))


def _arithmetic(part: Arithmetic, scope: Scope) -> Part:
    left, right = _typed(part.left, scope), _typed(part.right, scope)
    kind = _SUMS.get((part.op, left.type, right.type))
    if kind is None:
        raise ExpressionFault(f"{_said(left.type)} {part.op} {_said(right.type)} has no meaning", part.offset)
    found = replace(part, type=kind, left=left, right=right)
    if part.op == "*" and any(each.op == "*" for side in (left, right) for each in _sums(side)):
        raise ExpressionFault("a product within a product could grow beyond all bounds", part.offset)
    return found


def _sums(part: Part) -> Iterator[Arithmetic]:
    if isinstance(part, Arithmetic):
        yield part
    for child in children(part):
        yield from _sums(child)


def _selection(part: Selection, scope: Scope) -> Part:
    operands = tuple(_typed(each, scope) for each in part.operands)
    kinds = {each.type for each in operands}
    if len(kinds) > 1 or not kinds <= NUMBERS:
        raise ExpressionFault(f"{part.selector!r} needs values of one kind that has an order", part.offset)
    if (part.selector in ("earliest", "latest")) != (kinds == {"instant"}):
        raise ExpressionFault("times have an earliest and a latest, all else a larger and a smaller", part.offset)
    return replace(part, type=operands[0].type, operands=operands)


_SAID = {
    "bool": "true or false",
    "int": "a number",
    "money": "money",
    "duration": "a duration",
    "instant": "a time",
    "percent": "a percentage",
    "years": "a number of years",
    "text": "a text",
}


def _said(kind: str) -> str:
    return _SAID.get(kind, f"a {kind}")
