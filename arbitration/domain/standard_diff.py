"""What one version of the standard changes in another: clauses and floors, and their texts word by word."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Clause, Floor
from arbitration.domain.standard import Standard

_WORDS = re.compile(r"[A-Za-z0-9]+(?:[.,'’-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
"""A word or number of letters and digits, a stretch of blanks, or one character: Chinese is compared by character."""


class Part(StrEnum):
    """What of a clause may differ."""

    TITLE = "title"
    TEXT = "text"
    SEVERITY = "severity"
    BINDS = "binds"
    FLOORS = "floors"
    BURDEN = "burden"
    TEST = "test"
    REMEDIES = "remedies"
    BASIS = "basis"
    WORDS = "words"


class Direction(StrEnum):
    """What a change of a floor means for those who must keep it."""

    STRICTER = "stricter"
    LAXER = "laxer"
    NEUTRAL = "neutral"


_PARTS: dict[Part, Callable[[Clause], object]] = {
    Part.TITLE: lambda clause: clause.title,
    Part.TEXT: lambda clause: clause.text,
    Part.SEVERITY: lambda clause: clause.severity,
    Part.BINDS: lambda clause: clause.binds,
    Part.FLOORS: lambda clause: clause.floors,
    Part.BURDEN: lambda clause: clause.proof,
    Part.TEST: lambda clause: (clause.derive, clause.applies, clause.test, clause.unless),
    Part.REMEDIES: lambda clause: clause.remedies,
    Part.BASIS: lambda clause: clause.basis,
    Part.WORDS: lambda clause: (clause.say, clause.consequence),
}
"""Part -> what is compared. `floors` here is which floors the clause names; their values are compared by themselves."""


@dataclass(frozen=True)
class ClauseChange:
    """A clause of the same id in both versions, and the parts in which it differs, in the order of `Part`."""

    before: Clause
    after: Clause
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class FloorChange:
    """A floor that differs; None where one of the versions has none of the name.

    A floor that comes or goes, that changes its kind or its direction, or that nobody may change, is neutral.
    """

    name: str
    before: Floor | None
    after: Floor | None
    direction: Direction

    @property
    def label(self) -> Bilingual:
        """What the floor is called; after the change, if it is still there."""
        floor = self.after or self.before
        return floor.label if floor else Bilingual("", "")


@dataclass(frozen=True)
class StandardDiff:
    """All that differs between two versions: added and changed in the order of the later one, removed of the earlier.

    Reading it the other way round swaps added with removed, before with after, and stricter with laxer.
    """

    added: tuple[Clause, ...]
    removed: tuple[Clause, ...]
    changed: tuple[ClauseChange, ...]
    floors: tuple[FloorChange, ...]

    @property
    def nothing(self) -> bool:
        """Whether clauses and floors are the same in both."""
        return not (self.added or self.removed or self.changed or self.floors)


@dataclass(frozen=True)
class Run:
    """A stretch of text that stands in both versions (`same`), only in the earlier (`gone`) or the later (`new`)."""

    kind: str
    text: str


def compare(before: Standard, after: Standard) -> StandardDiff:
    """What *after* has different from *before*."""
    old = {clause.id: clause for clause in before.clauses}
    new = {clause.id: clause for clause in after.clauses}
    shared = [(old[each], new[each]) for each in new if each in old]
    return StandardDiff(
        added=tuple(clause for each, clause in new.items() if each not in old),
        removed=tuple(clause for each, clause in old.items() if each not in new),
        changed=tuple(ClauseChange(one, other, parts) for one, other in shared if (parts := _parts(one, other))),
        floors=_floors(before, after),
    )


def _parts(before: Clause, after: Clause) -> tuple[Part, ...]:
    return tuple(part for part, of in _PARTS.items() if of(before) != of(after))


def _floors(before: Standard, after: Standard) -> tuple[FloorChange, ...]:
    old = {floor.name: floor for floor in before.floors}
    new = {floor.name: floor for floor in after.floors}
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FloorChange(name, old.get(name), new.get(name), _direction(old.get(name), new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    )


def _direction(before: Floor | None, after: Floor | None) -> Direction:
    if before is None or after is None or before.stricter != after.stricter or after.stricter == "nobody":
        return Direction.NEUTRAL
    if before.value.type != after.value.type or before.value.amount == after.value.amount:
        return Direction.NEUTRAL
    grows = after.value.amount > before.value.amount
    return Direction.STRICTER if grows == (after.stricter == "larger") else Direction.LAXER


def words(before: str, after: str) -> tuple[Run, ...]:
    """Both texts woven together: Latin words whole, Chinese character by character."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    runs: list[Run] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(old[start:end])))
            continue
        if end > start:
            runs.append(Run("gone", "".join(old[start:end])))
        if new_end > new_start:
            runs.append(Run("new", "".join(new[new_start:new_end])))
    return tuple(runs)
