"""What an expression comes to while some facts are unknown: truth in three values, unknown numbers as intervals.

An unknown truth, word or text is None. An unknown number is the pair (least, greatest) it may be: `larger of (unknown,
72h)` is at least 72 hours, so a complaint after 59 hours is in time whatever the listing said. The logic is sound and
not complete: what it decides is so, but `x or not x` stays unknown while x is.
"""

from collections.abc import Callable, Collection, Mapping
from typing import cast

from arbitration.domain.expression_types import NUMBERS
from arbitration.domain.expressions import (
    INFINITE,
    Arithmetic,
    Comparison,
    Happened,
    Literal,
    Logic,
    Membership,
    Name,
    Not,
    Part,
    Selection,
    Share,
)

Interval = tuple[int, int]
Value = int | bool | str | frozenset[str] | Interval | None
"""A known value, an interval, or None."""
Memory = list[Value]
"""One value for each name, in its slot."""
Code = Callable[[Memory], Value]
"""An expression made ready: called with a memory, it gives the value. It reads nothing else and changes nothing."""

_BELOW_ZERO = frozenset({"instant"})


def unknown(kind: str) -> Value:
    """What a fact of this type is while nothing is known of it. Amounts and durations are never below nought."""
    if kind not in NUMBERS:
        return None
    return (-INFINITE if kind in _BELOW_ZERO else 0, INFINITE)


def is_known(value: Value) -> bool:
    """Whether there is one value, and not several that it may be."""
    return value is not None and value.__class__ is not tuple


def bounds(value: Value) -> Interval:
    """The least and the greatest that a number may be."""
    return value if value.__class__ is tuple else (value, value)  # type: ignore[return-value]


def among(numbers: Collection[int]) -> int | Interval:
    """The one number that *numbers* are, or else the least interval that holds them all."""
    least, greatest = min(numbers), max(numbers)
    return least if least == greatest else (least, greatest)


def ready(part: Part, slots: Mapping[str, int]) -> Code:
    """*part*, typed, as code over a memory in which each of its names has the given slot."""
    match part:
        case Literal(value=value):
            return lambda memory: value
        case Name(name=name):
            slot = slots[name]
            return lambda memory: memory[slot]
        case Not(operand=operand):
            return _not(ready(operand, slots))
        case Logic(op=op, operands=operands):
            named = [slots[each.name] for each in operands if isinstance(each, Name)]
            others = [ready(each, slots) for each in operands if not isinstance(each, Name)]
            return _logic(tuple(named), tuple(others), settles=op == "or")
        case Happened(operand=operand):
            return _happened_in(slots[operand.name]) if isinstance(operand, Name) else _happened(ready(operand, slots))
        case Comparison():
            return _comparison(part, slots)
        case Membership(operand=operand, words=words):
            return _membership(ready(operand, slots), frozenset(str(word.value) for word in words), operand.type)
        case Arithmetic():
            return _arithmetic(part, slots)
        case Share(percent=percent, whole=whole):
            return _share(ready(percent, slots), ready(whole, slots))
        case Selection(selector=selector, operands=operands):
            pick = max if selector in ("larger", "latest") else min
            return _selection(tuple(ready(each, slots) for each in operands), pick)
    raise TypeError(part)


def _not(operand: Code) -> Code:
    def code(memory: Memory) -> Value:
        value = operand(memory)
        return None if value is None else not value

    return code


def _logic(named: tuple[int, ...], others: tuple[Code, ...], *, settles: bool) -> Code:
    """`or` is settled by one that is true, `and` by one that is false. Plain names are read first, without a call."""

    def code(memory: Memory) -> Value:
        open_ = False
        for slot in named:
            value = memory[slot]
            if value is settles:
                return settles
            if value is None:
                open_ = True
        for operand in others:
            value = operand(memory)
            if value is settles:
                return settles
            if value is None:
                open_ = True
        return None if open_ else not settles

    return code


def _happened_in(slot: int) -> Code:
    def code(memory: Memory) -> Value:
        value = memory[slot]
        if value.__class__ is int:
            return value < INFINITE  # type: ignore[operator]
        least, greatest = bounds(value)
        return True if greatest < INFINITE else False if least >= INFINITE else None

    return code


def _happened(operand: Code) -> Code:
    def code(memory: Memory) -> Value:
        value = operand(memory)
        if value.__class__ is int:
            return value < INFINITE  # type: ignore[operator]
        least, greatest = bounds(value)
        return True if greatest < INFINITE else False if least >= INFINITE else None

    return code


def _comparison(part: Comparison, slots: Mapping[str, int]) -> Code:
    op, left, right = part.op, part.left, part.right
    if left.type not in NUMBERS:
        return _equality(ready(left, slots), ready(right, slots), wanted=op == "=")
    if op in (">", ">="):
        left, right = right, left
        op = "<" if op == ">" else "<="
    if op in ("<", "<="):
        return _order(left, right, slots, strict=op == "<")
    return _same_number(ready(left, slots), ready(right, slots), wanted=op == "=")


def _equality(left: Code, right: Code, *, wanted: bool) -> Code:
    def code(memory: Memory) -> Value:
        one, other = left(memory), right(memory)
        return None if one is None or other is None else (one == other) is wanted

    return code


def _same_number(left: Code, right: Code, *, wanted: bool) -> Code:
    def code(memory: Memory) -> Value:
        (least, greatest), (other_least, other_greatest) = bounds(left(memory)), bounds(right(memory))
        if greatest < other_least or other_greatest < least:
            return not wanted
        return wanted if least == greatest == other_least == other_greatest else None

    return code


def _order(left: Part, right: Part, slots: Mapping[str, int], *, strict: bool) -> Code:
    """The commonest question of all; a plain name is read from its slot without another call."""
    one, other = ready(left, slots), ready(right, slots)
    if isinstance(left, Name) and isinstance(right, Name):
        return _order_of_slots(slots[left.name], slots[right.name], strict=strict)
    if isinstance(left, Name):
        return _order_from_slot(slots[left.name], other, strict=strict)

    def code(memory: Memory) -> Value:
        low, high = one(memory), other(memory)
        if low.__class__ is int and high.__class__ is int:
            return low < high if strict else low <= high  # type: ignore[operator]
        return _ordered(low, high, strict)

    return code


def _order_of_slots(left: int, right: int, *, strict: bool) -> Code:
    def code(memory: Memory) -> Value:
        low, high = memory[left], memory[right]
        if low.__class__ is int and high.__class__ is int:
            return low < high if strict else low <= high  # type: ignore[operator]
        return _ordered(low, high, strict)

    return code


def _order_from_slot(left: int, right: Code, *, strict: bool) -> Code:
    def code(memory: Memory) -> Value:
        low, high = memory[left], right(memory)
        if low.__class__ is int and high.__class__ is int:
            return low < high if strict else low <= high  # type: ignore[operator]
        return _ordered(low, high, strict)

    return code


def _ordered(low: Value, high: Value, strict: bool) -> bool | None:
    (least, greatest), (other_least, other_greatest) = bounds(low), bounds(high)
    if strict:
        return True if greatest < other_least else False if least >= other_greatest else None
    return True if greatest <= other_least else False if least > other_greatest else None


def _membership(operand: Code, words: frozenset[str], kind: str) -> Code:
    if kind.startswith("list["):

        def any_of(memory: Memory) -> Value:
            value = operand(memory)
            return None if value is None else not words.isdisjoint(cast(frozenset[str], value))

        return any_of

    def one_of(memory: Memory) -> Value:
        value = operand(memory)
        return None if value is None else value in words

    return one_of


def _arithmetic(part: Arithmetic, slots: Mapping[str, int]) -> Code:
    join = _JOINS[part.op]
    if isinstance(part.left, Name) and isinstance(part.right, Name):
        return _join_of_slots(slots[part.left.name], slots[part.right.name], join)
    left, right = ready(part.left, slots), ready(part.right, slots)

    def code(memory: Memory) -> Value:
        one, other = left(memory), right(memory)
        if one.__class__ is int and other.__class__ is int:
            return join(one, other)  # type: ignore[arg-type]
        return among([join(low, high) for low in bounds(one) for high in bounds(other)])

    return code


def _join_of_slots(left: int, right: int, join: Callable[[int, int], int]) -> Code:
    def code(memory: Memory) -> Value:
        one, other = memory[left], memory[right]
        if one.__class__ is int and other.__class__ is int:
            return join(one, other)  # type: ignore[arg-type]
        return among([join(low, high) for low in bounds(one) for high in bounds(other)])

    return code


def _plus(one: int, other: int) -> int:
    if -INFINITE < one < INFINITE:
        return one + other if -INFINITE < other < INFINITE else other
    return one


def _minus(one: int, other: int) -> int:
    if -INFINITE < one < INFINITE:
        return one - other if -INFINITE < other < INFINITE else -other
    return one


def _times(one: int, other: int) -> int:
    return _limited(one * other)


def _limited(value: int) -> int:
    """What lies beyond every bound is `never`, or `long_ago`."""
    half = INFINITE // 2
    return INFINITE if value > half else -INFINITE if value < -half else value


_JOINS: dict[str, Callable[[int, int], int]] = {"+": _plus, "-": _minus, "*": _times}


def _share(percent: Code, whole: Code) -> Code:
    """Half up, to the fen. A share of what has no bound has none either."""

    def share(hundredths: int, amount: int) -> int:
        if -INFINITE < amount < INFINITE:
            return (amount * hundredths + 50) // 100
        return amount if hundredths else 0

    def code(memory: Memory) -> Value:
        rate, amount = percent(memory), whole(memory)
        if rate.__class__ is int and amount.__class__ is int:
            return share(rate, amount)  # type: ignore[arg-type]
        return among([share(each, fen) for each in bounds(rate) for fen in bounds(amount)])

    return code


def _selection(operands: tuple[Code, ...], pick: Callable[[list[int]], int]) -> Code:
    def code(memory: Memory) -> Value:
        values = [operand(memory) for operand in operands]
        if tuple not in map(type, values):
            return pick(cast(list[int], values))
        ranges = [bounds(value) for value in values]
        return among((pick([low for low, _ in ranges]), pick([high for _, high in ranges])))

    return code
