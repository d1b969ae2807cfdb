"""A platform's own after-sales rules: the standard's format, reduced to what a platform may say, read against it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clause_file import check_numbers
from arbitration.domain.clauses import Clause
from arbitration.domain.marked_yaml import Fault, FileRefused, Node, Reader, Unreadable
from arbitration.domain.quantities import Quantity
from arbitration.domain.standard import Standard, beginning_of, read_in_force, read_quantity, read_version

MAX_BYTES = 64 * 1024
"""Of one file: a standard's worth of clauses takes less than half of it."""
_REQUIRED = ("rules", "version", "title", "against", "in_force", "clauses")
_BOUND = frozenset({"respondent", "platform"})
"""Whose duties a platform's rules are about: its merchants' and its own."""

Floors = dict[str, tuple[Node, Quantity | None]]
"""Name of a floor -> its place in the file, and the platform's number; None where it cannot be read."""


class RulesRefused(FileRefused):
    """The file is no valid version of a platform's rules."""

    code = "rules_refused"


@dataclass(frozen=True)
class OwnClause:
    """A clause of the standard as a platform writes it for itself; `floors` names the numbers that it states."""

    id: str
    title: Bilingual
    text: Bilingual
    floors: tuple[str, ...]


@dataclass(frozen=True)
class PlatformRules:
    """One version of one platform's rules, written `against` a version of the standard.

    `sha256` is the hex SHA-256 of the file's bytes; `floors` the platform's own numbers by the standard's names.
    """

    name: str
    version: str
    title: Bilingual
    against: str
    in_force: date
    sha256: str
    floors: dict[str, Quantity]
    clauses: tuple[OwnClause, ...]

    @property
    def starts_at(self) -> datetime:
        """The instant from which it governs orders: 00:00 Beijing time of `in_force`, in UTC."""
        return beginning_of(self.in_force)

    def clause(self, clause_id: str) -> OwnClause | None:
        """The platform's wording of the standard's clause; None where it is silent."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


def comparable(standard: Standard) -> tuple[Clause, ...]:
    """The clauses that a platform can write for itself: those that bind a merchant or a platform."""
    return tuple(clause for clause in standard.clauses if _BOUND & set(clause.binds))


def parse(raw: bytes, standards: Sequence[Standard], published_on: date | None = None) -> PlatformRules:
    """Read a version from its file's bytes (YAML, of which JSON is a part; hashed as they are).

    *standards* are the published versions. With *published_on*, the day of publication in Beijing, rules that are not
    for later than that day are refused. Raises RulesRefused with every fault.
    """
    reader = _opened(raw)
    entries = reader.mapping(reader.root, "rules", _REQUIRED, ("floors",))
    if reader.faults:
        raise RulesRefused(reader.faults)
    against = reader.word(entries["against"], "against", "published version", [each.version for each in standards])
    if reader.faults:
        raise RulesRefused(reader.faults)
    standard = next(each for each in standards if each.version == against)
    floors = _floors(reader, entries.get("floors"), standard)
    clauses = _clauses(reader, entries["clauses"], standard, floors)
    _check_that_each_floor_is_stated(reader, clauses, floors)
    rules = PlatformRules(
        name=reader.text(entries["rules"], "rules"),
        version=read_version(reader, entries["version"]),
        title=reader.bilingual(entries["title"], "title"),
        against=against,
        in_force=_in_force(reader, entries["in_force"], published_on),
        sha256=hashlib.sha256(raw).hexdigest(),
        floors={name: value for name, (_, value) in floors.items() if value is not None},
        clauses=clauses,
    )
    if reader.faults:
        raise RulesRefused(reader.faults)
    return rules


def _opened(raw: bytes) -> Reader:
    if len(raw) > MAX_BYTES:
        raise RulesRefused([Fault(1, 1, "file", f"larger than {MAX_BYTES // 1024} KB")])
    try:
        return Reader(raw.decode())
    except Unreadable as unreadable:
        raise RulesRefused([unreadable.fault]) from unreadable
    except UnicodeDecodeError as error:
        line_start = raw.rfind(b"\n", 0, error.start) + 1
        column = len(raw[line_start : error.start].decode()) + 1
        line = raw.count(b"\n", 0, error.start) + 1
        raise RulesRefused([Fault(line, column, "file", "not UTF-8")]) from error


def _in_force(reader: Reader, node: Node, published_on: date | None) -> date:
    day = read_in_force(reader, node)
    if published_on is not None and day <= published_on:
        reason = f"rules work for later orders only: a day after {published_on}, the day of publication, is expected"
        reader.fault(node, "in_force", reason)
    return day


def _floors(reader: Reader, node: Node | None, standard: Standard) -> Floors:
    found: Floors = {}
    known = {name for clause in comparable(standard) for name in clause.floors}
    for name, value in reader.mapping(node, "floors", (), known, "floor").items() if node else ():
        where = f"floors.{name}"
        entries = reader.mapping(value, where, ("value",))
        own = read_quantity(reader, entries["value"], where) if "value" in entries else None
        floor = standard.floor(name).value
        if own is not None and own.type != floor.type:
            reader.fault(entries["value"], where, f"{own.text!r} is of another kind than the standard's {floor.text!r}")
            own = None
        found[name] = (value, own)
    return found


def _clauses(reader: Reader, node: Node, standard: Standard, floors: Floors) -> tuple[OwnClause, ...]:
    found: dict[str, OwnClause] = {}
    for item in reader.items(node, "clauses"):
        entries = reader.mapping(item, "clause", ("id", "title", "text"), ("floors",))
        clause = _known_clause(reader, entries, standard)
        if clause is None:
            continue
        if clause.id in found:
            reader.fault(entries["id"], clause.id, f"{clause.id!r} stands twice")
        found[clause.id] = OwnClause(
            id=clause.id,
            title=_bilingual(reader, entries, clause.id, "title"),
            text=_bilingual(reader, entries, clause.id, "text"),
            floors=_stated(reader, item, entries, clause, floors),
        )
    if not found and not reader.faults:
        reader.fault(node, "clauses", "at least one clause is expected")
    return tuple(found.values())


def _known_clause(reader: Reader, entries: dict[str, Node], standard: Standard) -> Clause | None:
    """The clause of the standard that this one is written for."""
    if "id" not in entries:
        return None
    known = {clause.id: clause for clause in comparable(standard)}
    clause_id = reader.text(entries["id"], "clause.id")
    if clause_id in (clause.id for clause in standard.clauses) and clause_id not in known:
        reason = f"{clause_id} binds neither merchants nor platforms: it is no platform's to write"
        reader.fault(entries["id"], clause_id, reason)
    elif clause_id and clause_id not in known:
        reader.unknown(entries["id"], "clause.id", "clause", clause_id, known)
    return known.get(clause_id)


def _bilingual(reader: Reader, entries: dict[str, Node], clause_id: str, key: str) -> Bilingual:
    return reader.bilingual(entries[key], f"{clause_id}.{key}") if key in entries else Bilingual("", "")


def _stated(reader: Reader, item: Node, entries: dict[str, Node], clause: Clause, floors: Floors) -> tuple[str, ...]:
    """The floors of one clause: all that the standard's clause has, so that no number hides behind the words."""
    where = f"{clause.id}.floors"
    found: list[str] = []
    for node in reader.items(entries["floors"], where) if "floors" in entries else ():
        name = reader.word(node, where, "floor of this clause", clause.floors)
        if name in found:
            reader.fault(node, where, f"{name!r} stands twice")
        elif name in clause.floors and name not in floors:
            reader.fault(node, where, f"{name!r} has no value under 'floors'")
        found.append(name)
    for name in clause.floors:
        if name not in found:
            reason = f"the floor {name!r} of {clause.id} is missing: state it, or leave the clause out"
            reader.fault(entries.get("floors", item), where, reason)
    values = [floors[name][1] for name in found if name in floors]
    readable = [value for value in values if value is not None]
    if len(readable) == len(values):  # else every number in the text would be told as a fault of its own
        check_numbers(reader, entries, clause.id, readable)
    return tuple(found)


def _check_that_each_floor_is_stated(reader: Reader, clauses: tuple[OwnClause, ...], floors: Floors) -> None:
    stated = {name for clause in clauses for name in clause.floors}
    for name, (node, _) in floors.items():
        if name not in stated:
            reader.fault(node, f"floors.{name}", "stands in no clause of these rules")
