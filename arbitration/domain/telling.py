"""One clause over one set of values in one language: what its names are called, and what they come to."""

from collections.abc import Collection
from typing import Literal as OneOf

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Exemption
from arbitration.domain.evaluation import Memory, Value, is_known, ready
from arbitration.domain.expressions import (
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
from arbitration.domain.rulebook import Rule, Rulebook
from arbitration.domain.values import NOT_SHOWN, show

Language = OneOf["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")


_OR = Bilingual(" 或者 ", " or ")
_OR_QUOTED = Bilingual("”或者“", " or ")
_AND = Bilingual(" 并且 ", " and ")
_IS, _IS_NOT = Bilingual("为", "is"), Bilingual("不为", "is not")
_HAPPENED, _DID_NOT_HAPPEN = Bilingual("已发生", "happened"), Bilingual("未发生", "did not happen")
_ORDER_OF_TIMES = {
    "<": Bilingual("早于", "is before"),
    "<=": Bilingual("不晚于", "is no later than"),
    ">": Bilingual("晚于", "is after"),
    ">=": Bilingual("不早于", "is no earlier than"),
}
_ORDER = {
    "<": Bilingual("少于", "is less than"),
    "<=": Bilingual("不超过", "is at most"),
    ">": Bilingual("多于", "is more than"),
    ">=": Bilingual("不少于", "is at least"),
    "=": Bilingual("为", "is"),
    "!=": Bilingual("不为", "is not"),
}
_REVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_SIGNS = {"+": Bilingual("加", "plus"), "-": Bilingual("减", "minus"), "*": Bilingual("乘以", "times")}
_BETWEEN = Bilingual("自{right}至{left}", "from {right} to {left}")
_SELECTED = {
    "larger": Bilingual("{}中的较大者", "the larger of {}"),
    "smaller": Bilingual("{}中的较小者", "the smaller of {}"),
    "earliest": Bilingual("{}中的最早者", "the earliest of {}"),
    "latest": Bilingual("{}中的最晚者", "the latest of {}"),
}


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

    def with_value(self, name: str) -> str:
        """A name with its value beside it."""
        words = Bilingual("{}〔{}〕", "{} [{}]")
        return self.say(words).format(self.label(name), self.named(name))

    def phrase(self, part: Part, unit: str | None = None) -> str:
        """A value as it is named in a sentence, and what it comes to: in the *unit* of what it is held against."""
        match part:
            case Name(name=name):
                return self.with_value(name)
            case Literal(value=value, type=kind):
                return self.shown(value, kind)
            case Arithmetic(op=op, left=left, right=right):
                between = op == "-" and left.type == right.type == "instant"
                words = _BETWEEN if between else Bilingual("{left} {sign} {right}", "{left} {sign} {right}")
                sign = self.say(_SIGNS[op])
                text = self.say(words).format(left=self.phrase(left), sign=sign, right=self.phrase(right))
                return self._with_result(text, part, unit)
            case Selection(selector=selector, operands=operands):
                each = [self.phrase(operand) for operand in operands]
                return self.say(_SELECTED[selector]).format(self.listed(each, Bilingual("与", " and ")))
            case Share(percent=percent, whole=whole):
                words = Bilingual("{whole} 的 {percent}", "{percent} of {whole}")
                text = self.say(words).format(percent=self.phrase(percent), whole=self.phrase(whole))
                return self._with_result(text, part)
        return self.statement(part)

    def statement(self, part: Part, *, negated: bool = False) -> str:
        """A condition as it is said, without its answer."""
        match part:
            case Not(operand=operand):
                return self.statement(operand, negated=not negated)
            case Logic(op=op, operands=operands):
                each = [self.statement(operand, negated=negated) for operand in operands]
                return self.listed(each, _OR if (op == "or") is not negated else _AND)
            case Comparison(op=op, left=left, right=right):
                op = _REVERSE[op] if negated else op
                words = self.say((_ORDER_OF_TIMES if left.type == "instant" else _ORDER).get(op, _ORDER[op]))
                unit = self.rule.units.get(right.name) if isinstance(right, Name) else None
                return f"{self.phrase(left, unit)} {words} {self.phrase(right)}"
            case Membership(operand=operand, words=listed):
                words = self.say(_IS_NOT if negated else _IS)
                return f"{self.phrase(operand)} {words} {self.alternatives(listed)}"
            case Happened(operand=operand):
                words = self.say(_DID_NOT_HAPPEN if negated else _HAPPENED)
                return f"{self.phrase(operand)} {words}"
        stated = self.phrase(part)
        return self.say(Bilingual("并非 {}", "not {}")).format(stated) if negated else stated

    def alternatives(self, listed: Collection[Literal]) -> str:
        """Words of an enumeration, any one of which will do."""
        return self.listed([self.shown(word.value, word.type) for word in listed], _OR_QUOTED)

    def _with_result(self, text: str, part: Part, unit: str | None = None) -> str:
        """A computation and what it comes to, unless nothing is known of that."""
        value = self.value(part)
        result = self.shown(value, part.type, unit)
        if result == self.say(NOT_SHOWN):
            return text
        words = Bilingual("{}（{}{}）", "{} ({}{})")
        return self.say(words).format(text, "= " if is_known(value) else "", result)
