"""One clause over one set of values in one language: what its names are called, and what they come to."""

from collections.abc import Collection
from typing import Literal as OneOf

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Exemption
from arbitration.domain.evaluation import Memory, Value, ready
from arbitration.domain.expressions import Part
from arbitration.domain.rulebook import Rule, Rulebook
from arbitration.domain.values import NOT_SHOWN, show

Language = OneOf["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")


class Teller:
    """Names and values of a clause as they are read. What is *unproven* is told as not shown, whatever it counts as."""

    def __init__(
        self, book: Rulebook, rule: Rule, memory: Memory, language: Language, unproven: Collection[str] = ()
    ) -> None:
        self.book = book
        self.rule = rule
        self.memory = memory
        self.language = language
        self.unproven = unproven
        standard = book.standard
        self.labels = {fact.name: fact.label for fact in standard.facts}
        self.labels |= {f"floor.{floor.name}": floor.label for floor in standard.floors}
        self.labels |= {each.name: each.label for each in rule.clause.derive}

    def say(self, words: Bilingual) -> str:
        """The words in the language that is told in."""
        return words.zh if self.language == "zh" else words.en

    def listed(self, items: Collection[str], words: Bilingual) -> str:
        """Several in a row, with the mark between them that *words* gives for the language."""
        return self.say(words).join(items)

    def label(self, name: str) -> str:
        """What a fact, floor or derived value is called."""
        return self.say(self.labels[name])

    def value(self, part: Part) -> Value:
        """What a part of an expression of the clause comes to."""
        return ready(part, self.rule.slots)(self.memory)

    def named(self, name: str) -> str:
        """The value behind a name, in words."""
        if name in self.unproven:
            return self.say(NOT_SHOWN)
        return self.shown(self.memory[self.rule.slots[name]], self.rule.types[name], self.rule.units.get(name))

    def shown(self, value: Value, kind: str, unit: str | None = None) -> str:
        """A value in words."""
        enum = self.book.enums.get(kind.removeprefix("list[").removesuffix("]"))
        return show(value, kind, self.language, unit=unit, enum=enum)

    def exception(self) -> Exemption | None:
        """The exception that decides: the first that holds, of a clause that applies."""
        clause = self.rule.clause
        if clause.applies is not None and self.value(clause.applies.part) is False:
            return None
        return next((each for each in clause.unless if self.value(each.when.part) is True), None)
