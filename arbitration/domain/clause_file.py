"""Reads the clauses of a standard's file against the floors, facts and enumerations declared in it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import (
    OUTCOMES,
    PARTIES,
    REMEDIES,
    SEVERITIES,
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
    Outcome,
)
from arbitration.domain.expression_types import Scope, typed
from arbitration.domain.expressions import KEYWORDS, Expression, ExpressionFault, names
from arbitration.domain.marked_yaml import Mapping, Node, Reader, Scalar, Sequence
from arbitration.domain.quantities import Quantity
from arbitration.domain.values import read_value

_CLAUSE_REQUIRED = ("id", "title", "text", "severity", "binds", "basis")
_CLAUSE_OPTIONAL = ("floors", "proof", "remedies", "derive", "applies", "test", "unless", "say", "consequence")
_DERIVATIONS = ({"is"}, {"by", "cases"}, {"by", "cases", "otherwise"})
_CLAUSE_ID = re.compile(r"[A-Z]{2}-\d{2}", re.ASCII)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(r"[A-Z]{2,4}-\d{2,3}", re.ASCII)
"""`AS-05`, `SHA-256`: digits that are a name, not a number of the rule."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Declared:
    """What a clause may refer to."""

    version: str
    chapters: dict[str, Chapter]
    laws: dict[str, Bilingual]
    enums: dict[str, Enumeration]
    floors: dict[str, Floor]
    facts: dict[str, Fact]


class ClauseReader:
    """Reads one clause; every fault goes to the file's reader."""

    def __init__(self, reader: Reader, declared: Declared, node: Node) -> None:
        self.reader = reader
        self.declared = declared
        self.entries = reader.mapping(node, "clause", _CLAUSE_REQUIRED, _CLAUSE_OPTIONAL)
        self.id = reader.text(self.entries["id"], "clause.id") if "id" in self.entries else ""
        self.where = self.id or "clause"
        self.derived: tuple[Derived, ...] = ()
        self.floors: dict[str, None] = {}  # ordered sets
        self.used: dict[str, None] = {}
        self.spoilt = False
        """Whether an expression could not be read: then nothing is said of what it may have used."""

    def read(self) -> Clause:
        """The clause; after a fault, only good for finding further ones."""
        self._check_id()
        self.floors.update(dict.fromkeys(self._words("floors", "floor", self.declared.floors)))
        self._derive()
        applies, test = self._optional_expression("applies"), self._optional_expression("test")
        unless = self._unless()
        clause = Clause(
            id=self.id,
            version=self.declared.version,
            title=self._bilingual("title"),
            text=self._bilingual("text"),
            severity=self._one("severity", SEVERITIES),
            binds=self._words("binds", "party", PARTIES),
            basis=self._basis(),
            proof=self._proof(),
            remedies=self._words("remedies", "remedy", REMEDIES),
            derive=self.derived,
            applies=applies,
            test=test,
            unless=unless,
            say=self._say(),
            consequence=self._bilingual("consequence") if "consequence" in self.entries else None,
            floors=tuple(self.floors),  # last: the expressions have added those they name
        )
        floors = self.declared.floors
        check_numbers(
            self.reader, self.entries, self.where, [floors[name].value for name in self.floors if name in floors]
        )
        return clause

    def _check_id(self) -> None:
        if "id" not in self.entries or not self.id:
            return
        if not _CLAUSE_ID.fullmatch(self.id):
            self.reader.fault(self.entries["id"], self.where, "an id is two capitals, a hyphen, two digits: AS-01")
        elif self.id[:2] not in self.declared.chapters:
            self.reader.unknown(self.entries["id"], self.where, "chapter", self.id[:2], self.declared.chapters)

    def _at(self, key: str) -> str:
        return f"{self.where}.{key}"

    def _bilingual(self, key: str) -> Bilingual:
        if key not in self.entries:
            return Bilingual("", "")
        return self.reader.bilingual(self.entries[key], self._at(key))

    def _one(self, key: str, known: Collection[str]) -> str:
        return self.reader.word(self.entries[key], self._at(key), key, known) if key in self.entries else ""

    def _words(self, key: str, what: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of known words without repetition; a single one may stand without brackets."""
        if key not in self.entries:
            return ()
        node = self.entries[key]
        items = node.items if isinstance(node, Sequence) else (node,)
        found: list[str] = []
        for item in items:
            text = self.reader.word(item, self._at(key), what, known)
            if text in found:
                self.reader.fault(item, self._at(key), f"{text!r} stands twice")
            found.append(text)
        if not items and key == "binds":
            self.reader.fault(node, self._at(key), "somebody must be bound")
        return tuple(found)

    def _basis(self) -> tuple[Basis, ...]:
        if "basis" not in self.entries:
            return ()
        found = []
        for item in self.reader.items(self.entries["basis"], self._at("basis")):
            entries = self.reader.mapping(item, self._at("basis"), ("law", "article"))
            if {"law", "article"} <= entries.keys():
                law = self.reader.word(entries["law"], self._at("basis"), "law", self.declared.laws)
                article = self.reader.text(entries["article"], self._at("basis"))
                if not re.fullmatch(r"[1-9]\d{0,3}", article, re.ASCII):
                    self.reader.fault(entries["article"], self._at("basis"), "an article is a number")
                found.append(Basis(law, article, self.declared.laws.get(law, Bilingual("", ""))))
        if not found:
            self.reader.fault(self.entries["basis"], self._at("basis"), "at least one article of law is expected")
        return tuple(found)

    def _derive(self) -> None:
        if "derive" not in self.entries:
            return
        taken = {*KEYWORDS, *self.declared.facts, *self._enum_words()}
        for key, node in self.reader.named(self.entries["derive"], self._at("derive"), reserved=taken).items():
            where = self._at(f"derive.{key}")
            entries = self.reader.mapping(node, where, ("zh", "en"), ("is", "unit", "by", "cases", "otherwise"))
            if entries.keys() & {"is", "by", "cases", "otherwise"} not in _DERIVATIONS:
                self.reader.fault(node, where, "either 'is', or 'by' with 'cases' and perhaps 'otherwise'")
            formula = self._expression(entries["is"], where) if "is" in entries else None
            cases = self._cases(entries, where)
            otherwise = self._expression(entries["otherwise"], where) if "otherwise" in entries else None
            found = Derived(
                name=key,
                label=self.reader.labels(entries, where),
                unit=self.reader.word(entries["unit"], where, "unit", UNITS) if "unit" in entries else None,
                type=self._one_type(node, where, [formula, otherwise, *(each for _, each in cases)]),
                formula=formula,
                by=self.reader.word(entries["by"], where, "fact", self.declared.facts) if "by" in entries else None,
                cases=cases,
                otherwise=otherwise,
            )
            self.derived += (found,)  # only now: an expression sees the earlier values, never its own

    def _one_type(self, node: Node, where: str, rows: Iterable[Expression | None]) -> str:
        kinds = {row.part.type: None for row in rows if row is not None}
        if len(kinds) > 1:
            self.reader.fault(node, where, f"the rows give different kinds: {', '.join(kinds)}")
        return next(iter(kinds), "")

    def _cases(self, entries: dict[str, Node], where: str) -> tuple[tuple[str, Expression], ...]:
        """A table over every value of an enumeration."""
        if not {"by", "cases"} <= entries.keys() or not isinstance(entries["by"], Scalar):
            return ()
        fact = self.declared.facts.get(entries["by"].text)
        if fact is None:
            return ()
        enum = self.declared.enums.get(fact.type)
        if enum is None:
            self.reader.fault(entries["by"], where, f"{fact.name!r} is not an enumerated fact")
            return ()
        known = [each.word for each in enum.words]
        cases = self.reader.mapping(entries["cases"], where, (), known, "case")
        missing = [each for each in known if each not in cases]
        if missing and "otherwise" not in entries:
            self.reader.fault(entries["by"], where, f"no case for {', '.join(missing)}; add them or 'otherwise'")
        self.used[fact.name] = None
        rows = [(key, self._expression(node, where)) for key, node in cases.items()]
        return tuple((key, row) for key, row in rows if row is not None)

    def _proof(self) -> tuple[Burden, ...]:
        found = []
        tested = "test" in self.entries
        for key, node in self._known("proof", "fact", self.declared.facts):
            where = self._at(f"proof.{key}")
            required = ("by", "if_unproven") if tested else ("by",)  # a test must come out even if nothing is filed
            entries = self.reader.mapping(node, where, required, ("if_unproven",))
            by = self.reader.word(entries["by"], where, "party", PARTIES) if "by" in entries else ""
            default = self.reader.text(entries["if_unproven"], where) if "if_unproven" in entries else None
            kind = self.declared.facts[key].type
            if default and not self._fits(default, kind):
                self.reader.fault(entries["if_unproven"], where, f"{default[:60]!r} is no value of type {kind}")
            if tested and key not in self.used and not self.spoilt:
                self.reader.fault(node, where, f"{key!r} has a burden and is used nowhere in the clause")
            found.append(Burden(key, by, default))
        if tested and not self.spoilt:
            self._everything_is_proved({burden.fact for burden in found})
        return tuple(found)

    def _everything_is_proved(self, proved: Collection[str]) -> None:
        node = self.entries.get("proof", self.entries["test"])
        for name in self.used:
            if name not in proved:
                self.reader.fault(node, self._at("proof"), f"who proves {name!r}, and what if nobody does?")

    def _fits(self, value: str, kind: str) -> bool:
        if kind == "instant":
            return value in ("never", "long_ago")
        return read_value(kind, value, self.declared.enums) is not None

    def _unless(self) -> tuple[Exemption, ...]:
        if "unless" not in self.entries:
            return ()
        found = []
        where = self._at("unless")
        for item in self.reader.items(self.entries["unless"], where):
            entries = self.reader.mapping(item, where, ("when", "then", "zh", "en"))
            if {"when", "then"} <= entries.keys():
                then = self.reader.word(entries["then"], where, "outcome", OUTCOMES[:3])
                when = self._expression(entries["when"], where, "bool")
                label = self.reader.labels(entries, where)
                if when is not None and then in OUTCOMES:
                    found.append(Exemption(when, Outcome(then), label))
        return tuple(found)

    def _say(self) -> tuple[tuple[str, Bilingual], ...]:
        found = []
        known = self._sayable()
        for key, node in self._known("say", "outcome", OUTCOMES):
            where = self._at(f"say.{key}")
            words = self.reader.bilingual(node, where)
            for text in (words.zh, words.en):
                for hole in _PLACEHOLDER.findall(text):
                    if hole not in known:
                        self.reader.unknown(node, where, "name", f"{{{hole}}}", [f"{{{each}}}" for each in known])
                if set("{}") & set(_PLACEHOLDER.sub("", text)):
                    self.reader.fault(node, where, "a brace without its partner")
            found.append((key, words))
        return tuple(found)

    def _known(self, key: str, what: str, known: Collection[str]) -> Iterable[tuple[str, Node]]:
        if key not in self.entries:
            return ()
        return self.reader.mapping(self.entries[key], self._at(key), (), known, what).items()

    def _enum_words(self) -> set[str]:
        return {each.word for enum in self.declared.enums.values() for each in enum.words}

    def _sayable(self) -> list[str]:
        floors = [f"floor.{each}" for each in self.declared.floors]
        facts = self.declared.facts if self.spoilt or "test" not in self.entries else self.used
        return [*facts, *floors, *(each.name for each in self.derived)]

    def _optional_expression(self, key: str) -> Expression | None:
        return self._expression(self.entries[key], self._at(key), "bool") if key in self.entries else None

    def _expression(self, node: Node, where: str, wanted: str | None = None) -> Expression | None:
        """An expression over what is declared, and over the values derived above it; None where it is at fault."""
        text = self.reader.text(node, where)
        scope = Scope(self._types(), self.declared.enums)
        try:
            part = typed(text, scope, wanted)
        except ExpressionFault as fault:
            self.spoilt = True
            if text:
                self.reader.fault(node, where, fault.reason, fault.offset)
            return None
        for name in names(part):
            if name.startswith("floor."):
                self.floors[name.removeprefix("floor.")] = None
            elif name in self.declared.facts:
                self.used[name] = None
        return Expression(text, part)

    def _types(self) -> dict[str, str]:
        facts = {fact.name: fact.type for fact in self.declared.facts.values()}
        floors = {f"floor.{floor.name}": floor.value.type for floor in self.declared.floors.values()}
        return {**facts, **floors, **{each.name: each.type for each in self.derived if each.type}}


def check_numbers(reader: Reader, entries: dict[str, Node], where: str, values: Iterable[Quantity]) -> None:
    """A number people read and the number that is applied must be one: texts state their floors, and no other.

    *entries* are those of a clause called *where*, whose floors have these *values*; faults go to the *reader*.
    """
    values = tuple(values)
    for language in ("zh", "en"):
        stated = [getattr(value, language) for value in values]
        numbers = {number for value in stated for number in _NUMBER.findall(value)}
        for key in ("title", "text"):
            node = _in_language(entries.get(key), language)
            place = f"{where}.{key}.{language}"
            said = _REFERENCE.sub(lambda found: " " * len(found[0]), node.text)
            for number in _NUMBER.finditer(said):
                if number[0] not in numbers:
                    reason = f"{number[0][:20]} is the value of no floor of this clause"
                    reader.fault(node, place, reason, number.start())
            for value in stated if key == "text" else ():
                if said and not re.search(rf"(?<![\d.,]){re.escape(value)}(?!\d)", said):
                    reader.fault(node, place, f"the floor of {value} is not stated")


def _in_language(node: Node | None, language: str) -> Scalar:
    """The text in one language; an empty one where there is none (which is a fault already)."""
    for each, value in node.entries if isinstance(node, Mapping) else ():
        if each.text == language and isinstance(value, Scalar):
            return value
    return Scalar("", 1, 1)
