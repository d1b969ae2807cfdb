"""The industry standard: versions of its clauses, read from YAML, each in force from a date and never changed."""

import hashlib
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clause_file import ClauseReader, Declared
from arbitration.domain.clauses import (
    NEEDS,
    PROVERS,
    STRICTER,
    UNITS,
    Basis,
    Burden,
    Chapter,
    Clause,
    Derived,
    Enumeration,
    Exemption,
    Fact,
    Floor,
    Matter,
    Proof,
    Word,
)
from arbitration.domain.errors import NotFound
from arbitration.domain.expressions import KEYWORDS
from arbitration.domain.marked_yaml import ANY, Fault, FileRefused, NameForm, Node, Reader, Unreadable, plain
from arbitration.domain.quantities import Quantity, quantity
from arbitration.domain.values import BEIJING
from arbitration.domain.vocabulary import FACT_SOURCES, EvidenceKind, Reason

__all__ = [
    "BEIJING",
    "Basis",
    "Bilingual",
    "Burden",
    "Chapter",
    "Clause",
    "Derived",
    "Enumeration",
    "Exemption",
    "Fact",
    "Fault",
    "Floor",
    "Matter",
    "Proof",
    "Quantity",
    "Standard",
    "StandardRefused",
    "Word",
    "beginning_of",
    "in_force_at",
    "parse",
    "read_in_force",
    "read_quantity",
    "read_version",
]

_REQUIRED = ("standard", "version", "title", "in_force", "chapters", "laws", "floors", "facts", "clauses")
_SEMVER = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)
_SIMPLE_TYPES = ("bool", "int", "money", "duration", "instant", "text")
_CHAPTER = NameForm(re.compile("[A-Z]{2}"), "two capital letters")


class StandardRefused(FileRefused):
    """The file is no valid version of a standard."""

    code = "standard_refused"


@dataclass(frozen=True)
class Standard:
    """One version, as published. `sha256` is the hex SHA-256 of the file's bytes; `document` its content as text."""

    name: str
    version: str
    title: Bilingual
    in_force: date
    sha256: str
    chapters: tuple[Chapter, ...]
    enums: tuple[Enumeration, ...]
    floors: tuple[Floor, ...]
    facts: tuple[Fact, ...]
    clauses: tuple[Clause, ...]
    matters: tuple[Matter, ...]
    document: dict[str, Any] = field(repr=False, compare=False)

    @property
    def starts_at(self) -> datetime:
        """The instant from which it governs orders: 00:00 Beijing time of `in_force`, in UTC."""
        return beginning_of(self.in_force)

    def clause(self, clause_id: str) -> Clause:
        """The clause `AS-01`. Raises NotFound."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise NotFound(f"version {self.version} of the standard has no clause {clause_id}")

    def floor(self, floor_name: str) -> Floor:
        """The floor `window`. Raises NotFound."""
        for floor in self.floors:
            if floor.name == floor_name:
                return floor
        raise NotFound(f"version {self.version} of the standard has no floor {floor_name}")

    def matter(self, reason: str) -> Matter | None:
        """What a dispute of *reason* turns on; None where this version does not say."""
        return next((matter for matter in self.matters if matter.reason == reason), None)

    def in_chapter(self, chapter_id: str) -> tuple[Clause, ...]:
        """The clauses of one chapter, in the order of the file."""
        return tuple(clause for clause in self.clauses if clause.chapter == chapter_id)

    def as_json(self) -> dict[str, Any]:
        """The file itself, every scalar as text, with its hash and the `ref` and `text_sha256` of each clause added."""
        rendered = deepcopy(self.document)
        rendered["sha256"] = self.sha256
        for entry, clause in zip(rendered["clauses"], self.clauses, strict=True):
            entry["ref"] = clause.ref
            entry["text_sha256"] = clause.text_sha256
        return rendered


def beginning_of(day: date) -> datetime:
    """00:00 Beijing time of *day*, in UTC."""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)


def in_force_at(standards: Iterable[Standard], instant: datetime) -> Standard | None:
    """The version that governs an order placed at *instant* (aware): of those begun, the one that began last.

    None before the first. No two versions begin on one day.
    """
    begun = [standard for standard in standards if standard.starts_at <= instant]
    return max(begun, key=lambda standard: standard.in_force, default=None)


def parse(text: str) -> Standard:
    """Read a version from its file's *text* (not one byte changed: it is hashed). Raises StandardRefused."""
    try:
        reader = Reader(text)
    except Unreadable as unreadable:
        raise StandardRefused([unreadable.fault]) from unreadable
    entries = reader.mapping(reader.root, "standard", _REQUIRED, ("enums", "reasons"))
    if reader.faults:
        raise StandardRefused(reader.faults)
    version = read_version(reader, entries["version"])
    enums = _enums(reader, entries.get("enums"))
    declared = Declared(
        version=version,
        chapters=_chapters(reader, entries["chapters"]),
        laws=_laws(reader, entries["laws"]),
        enums=enums,
        floors=_floors(reader, entries["floors"]),
        facts=_facts(reader, entries["facts"], enums),
    )
    clauses = _clauses(reader, entries["clauses"], declared)
    standard = Standard(
        name=reader.text(entries["standard"], "standard"),
        version=version,
        title=reader.bilingual(entries["title"], "title"),
        in_force=read_in_force(reader, entries["in_force"]),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        chapters=tuple(declared.chapters.values()),
        enums=tuple(enums.values()),
        floors=tuple(declared.floors.values()),
        facts=tuple(declared.facts.values()),
        clauses=clauses,
        matters=_matters(reader, entries.get("reasons"), [clause.id for clause in clauses]),
        document=plain(reader.root),
    )
    if reader.faults:
        raise StandardRefused(reader.faults)
    return standard


def read_version(reader: Reader, node: Node) -> str:
    """The number of a version: three numbers without leading noughts."""
    version = reader.text(node, "version")
    if version and not _SEMVER.fullmatch(version):
        reader.fault(node, "version", f"{version[:60]!r} is not a version like 1.0.0")
    return version


def read_in_force(reader: Reader, node: Node) -> date:
    """The day from which a version holds; after a fault the last there is."""
    text = reader.text(node, "in_force")
    try:
        if re.fullmatch(r"2\d{3}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
        reader.fault(node, "in_force", f"{text[:60]!r} is not a date like 2026-01-01")
    except ValueError:
        reader.fault(node, "in_force", f"{text!r} is not a day of the calendar")
    return date.max


def _chapters(reader: Reader, node: Node) -> dict[str, Chapter]:
    found = {}
    for key, value in reader.named(node, "chapters", _CHAPTER).items():
        found[key] = Chapter(key, reader.bilingual(value, f"chapters.{key}"))
    return found


def _laws(reader: Reader, node: Node) -> dict[str, Bilingual]:
    return {key: reader.bilingual(value, f"laws.{key}") for key, value in reader.named(node, "laws", ANY).items()}


def _enums(reader: Reader, node: Node | None) -> dict[str, Enumeration]:
    found = {}
    for key, value in reader.named(node, "enums", reserved=_SIMPLE_TYPES).items() if node else ():
        where = f"enums.{key}"
        words = reader.named(value, where, reserved=KEYWORDS).items()
        found[key] = Enumeration(
            name=key,
            words=tuple(Word(each, reader.bilingual(label, f"{where}.{each}")) for each, label in words),
        )
    return found


def _floors(reader: Reader, node: Node) -> dict[str, Floor]:
    found = {}
    for key, value in reader.named(node, "floors").items():
        where = f"floors.{key}"
        entries = reader.mapping(value, where, ("value", "stricter", "zh", "en"), ("unit",))
        if {"value", "stricter"} <= entries.keys():
            found[key] = Floor(
                name=key,
                value=read_quantity(reader, entries["value"], where) or Quantity("0", "int", 0),
                stricter=reader.word(entries["stricter"], where, "direction", STRICTER),
                label=reader.labels(entries, where),
                unit=_unit(reader, entries, where),
            )
    return found


def read_quantity(reader: Reader, node: Node, where: str) -> Quantity | None:
    """The value of a floor; None after a fault."""
    written = reader.text(node, where)
    read = quantity(written)
    if written and read is None:
        reader.fault(node, where, f"{written[:60]!r} is no quantity: write 72h, 30d, 3y, CNY 5000, 5% or 3")
    return read


def _facts(reader: Reader, node: Node, enums: dict[str, Enumeration]) -> dict[str, Fact]:
    found = {}
    taken = {*KEYWORDS, *(each.word for enum in enums.values() for each in enum.words)}
    for key, value in reader.named(node, "facts", reserved=taken).items():
        where = f"facts.{key}"
        entries = reader.mapping(value, where, ("type", "zh", "en"), ("from", "unit", "needs"))
        kind = reader.text(entries["type"], where) if "type" in entries else ""
        element = kind[5:-1] if kind.startswith("list[") and kind.endswith("]") else kind
        if kind and element not in enums and kind not in _SIMPLE_TYPES:
            reader.unknown(entries["type"], where, "type", kind, [*_SIMPLE_TYPES, *enums])
        found[key] = Fact(
            name=key,
            type=kind,
            label=reader.labels(entries, where),
            unit=_unit(reader, entries, where),
            source=reader.word(entries["from"], where, "field", FACT_SOURCES) if "from" in entries else None,
            needs_finding="needs" in entries and bool(reader.word(entries["needs"], where, "need", ("finding",))),
        )
    return found


def _unit(reader: Reader, entries: dict[str, Node], where: str) -> str | None:
    return reader.word(entries["unit"], where, "unit", UNITS) if "unit" in entries else None


def _clauses(reader: Reader, node: Node, declared: Declared) -> tuple[Clause, ...]:
    found: dict[str, Clause] = {}
    for item in reader.items(node, "clauses"):
        one = ClauseReader(reader, declared, item)
        clause = one.read()
        if clause.id and clause.id in found:
            reader.fault(one.entries["id"], clause.id, f"{clause.id!r} stands twice")
        found[clause.id] = clause
    if not found:
        reader.fault(node, "clauses", "at least one clause is expected")
    return tuple(found.values())


def _matters(reader: Reader, node: Node | None, clause_ids: list[str]) -> tuple[Matter, ...]:
    """One for every reason: whoever escalates must learn what is asked for, whatever the dispute is about."""
    if node is None:
        return ()
    found = []
    for key, value in reader.mapping(node, "reasons", tuple(Reason), (), "reason").items():
        where = f"reasons.{key}"
        entries = reader.mapping(value, where, ("clauses", "proofs"))
        if {"clauses", "proofs"} <= entries.keys():
            clauses = reader.items(entries["clauses"], where)
            proofs = reader.items(entries["proofs"], where)
            found.append(
                Matter(
                    reason=Reason(key),
                    clauses=tuple(reader.word(each, where, "clause", clause_ids) for each in clauses),
                    proofs=tuple(_proof(reader, each, where) for each in proofs),
                )
            )
    return tuple(found)


def _proof(reader: Reader, node: Node, where: str) -> Proof:
    entries = reader.mapping(node, where, ("by", "any_of", "need"))
    kinds = reader.items(entries["any_of"], where) if "any_of" in entries else ()
    words = [reader.word(kind, where, "kind of evidence", tuple(EvidenceKind)) for kind in kinds]
    return Proof(
        by=reader.word(entries["by"], where, "side", PROVERS) if "by" in entries else "",
        any_of=tuple(EvidenceKind(word) for word in words if word in tuple(EvidenceKind)),
        need=reader.word(entries["need"], where, "need", NEEDS) if "need" in entries else "",
    )
