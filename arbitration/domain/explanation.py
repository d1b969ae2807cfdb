"""Why a clause comes to what it does, in sentences: Chinese and English, from the same values that were computed."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from arbitration.domain.assessment import Assessment
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Outcome
from arbitration.domain.evaluation import Memory, Value, is_known, ready
from arbitration.domain.expressions import (
    Arithmetic,
    Comparison,
    Expression,
    Happened,
    Literal,
    Logic,
    Membership,
    Name,
    Not,
    Part,
    Selection,
    Share,
    names,
)
from arbitration.domain.rulebook import Rule, Rulebook
from arbitration.domain.values import NOT_SHOWN, show

Language = OneOf["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")

OUTCOME_WORDS: Mapping[Outcome, Bilingual] = {
    Outcome.MET: Bilingual("符合", "met"),
    Outcome.BREACHED: Bilingual("违反", "breached"),
    Outcome.NOT_APPLICABLE: Bilingual("不适用", "not applicable"),
    Outcome.UNKNOWN: Bilingual("尚不能确定", "cannot yet be decided"),
}
PARTY_WORDS: Mapping[str, Bilingual] = {
    "claimant": Bilingual("消费者", "the consumer"),
    "respondent": Bilingual("商家", "the merchant"),
    "platform": Bilingual("平台", "the platform"),
    "submitter": Bilingual("提交方", "whoever files it"),
    "opponent": Bilingual("对方", "the other side"),
    "inspector": Bilingual("检验方", "the inspector"),
    "panel": Bilingual("仲裁庭", "the arbitrators"),
}

_HOLE = re.compile(r"\{([^{}]*)\}")
_HOLDS = {True: Bilingual("成立", "yes"), False: Bilingual("不成立", "no"), None: Bilingual("待证", "open")}
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
_SIGNS = {"+": Bilingual("加", " plus "), "-": Bilingual("减", " minus "), "*": Bilingual("乘以", " times ")}
_JOINED = {"and": Bilingual("且", " and "), "or": Bilingual("或", " or ")}
_SELECTED = {
    "larger": Bilingual("中的较大者", "the larger of "),
    "smaller": Bilingual("中的较小者", "the smaller of "),
    "earliest": Bilingual("中的最早者", "the earliest of "),
    "latest": Bilingual("中的最晚者", "the latest of "),
}


@dataclass(frozen=True)
class Step:
    """One line of the reasoning. `holds` is None while it is open; `counts` is false for what has no effect here."""

    text: str
    holds: bool | None
    counts: bool = True


@dataclass(frozen=True)
class Explanation:
    """A sentence, and the steps by which anyone can follow it."""

    sentence: str
    steps: tuple[Step, ...]


def explain(book: Rulebook, assessment: Assessment, language: Language) -> Explanation:
    """The sentence and the steps in one language. Every fact that the clause uses is named in them."""
    teller = _Teller(book, assessment.rule, assessment.memory, language)
    steps = tuple(teller.steps(assessment))
    if assessment.result is not Outcome.UNKNOWN:
        return Explanation(teller.sentence(assessment.result), steps)
    unproven = {used.fact for used in assessment.used if not used.stands}
    burdened = _Teller(book, assessment.rule, assessment.burdened, language, unproven)
    return Explanation(_open_sentence(assessment, teller, burdened), steps)


def _open_sentence(assessment: Assessment, teller: "_Teller", burdened: "_Teller") -> str:
    """What is missing, whose it is to bring, and what follows if nobody does."""
    missing = [
        teller.say(Bilingual("{fact}（由{party}证明）", "{fact} (for {party} to prove)")).format(
            fact=teller.label(burden.fact), party=teller.say(PARTY_WORDS[burden.by])
        )
        for burden in assessment.missing
    ]
    words = Bilingual(
        "《{title}》{unknown}。尚缺：{missing}。若不再举证，则为“{default}”：{sentence}",
        "“{title}” {unknown}. Missing: {missing}. If nothing more is filed, it is {default}: {sentence}",
    )
    return teller.say(words).format(
        title=teller.say(assessment.clause.title),
        unknown=teller.say(OUTCOME_WORDS[Outcome.UNKNOWN]),
        missing=teller.say(Bilingual("、", "; ")).join(missing),
        default=teller.say(OUTCOME_WORDS[assessment.if_nothing_more]),
        sentence=burdened.sentence(assessment.if_nothing_more),
    )


class _Teller:
    """Tells of one clause over one memory in one language."""

    def __init__(
        self,
        book: Rulebook,
        rule: Rule,
        memory: Memory,
        language: Language,
        unproven: Collection[str] = (),
    ) -> None:
        self.unproven = unproven
        self.book = book
        self.rule = rule
        self.memory = memory
        self.language = language
        standard = book.standard
        self.labels = {fact.name: fact.label for fact in standard.facts}
        self.labels |= {f"floor.{floor.name}": floor.label for floor in standard.floors}
        self.labels |= {each.name: each.label for each in rule.clause.derive}

    def say(self, words: Bilingual) -> str:
        return words.zh if self.language == "zh" else words.en

    def label(self, name: str) -> str:
        return self.say(self.labels[name])

    def sentence(self, outcome: Outcome) -> str:
        """The clause's own words for the outcome, filled; without any, its title and the outcome."""
        words = dict(self.rule.clause.say).get(outcome)
        if words is None:
            plain = Bilingual("《{title}》：{outcome}。", "“{title}”: {outcome}.")
            return self.say(plain).format(
                title=self.say(self.rule.clause.title), outcome=self.say(OUTCOME_WORDS[outcome])
            )
        return _HOLE.sub(lambda hole: self.named(hole[1]), self.say(words))

    def named(self, name: str) -> str:
        """The value behind a name. What counts only for want of proof is said not to be shown; a word stays a word."""
        if name in self.unproven and self.rule.types[name] not in self.book.enums:
            return self.say(NOT_SHOWN)
        return self.shown(self.memory[self.rule.slots[name]], self.rule.types[name], self.rule.units.get(name))

    def shown(self, value: Value, kind: str, unit: str | None = None) -> str:
        enum = self.book.enums.get(kind.removeprefix("list[").removesuffix("]"))
        return show(value, kind, self.language, unit=unit, enum=enum)

    def steps(self, assessment: Assessment) -> Iterator[Step]:
        """Derived values, then every condition, those first that the result rests on; at last what has no effect."""
        told: set[str] = set()
        for step, used in self._told():
            told |= used
            yield step
        silent = [name for name in self.rule.facts if name not in told]
        if silent:
            listed = self.say(Bilingual("、", ", ")).join(self._with_value(name) for name in silent)
            yield Step(self.say(Bilingual("不影响结论：", "Without effect here: ")) + listed, None, counts=False)

    def _told(self) -> Iterator[tuple[Step, set[str]]]:
        for derived in self.rule.clause.derive:
            source, used = self._source(derived.name)
            text = self.say(Bilingual("{name} = {value}（{source}）", "{name} = {value} ({source})"))
            value = self.memory[self.rule.slots[derived.name]]
            line = text.format(name=self.label(derived.name), value=self.named(derived.name), source=source)
            yield Step(line, True if is_known(value) else None), used
        for prefix, expression in self._conditions():
            yield from self._lines(expression.part, prefix)
            if expression is self.rule.clause.applies and self._value(expression.part) is False:
                return
            if prefix and self._value(expression.part) is True:
                return

    def _conditions(self) -> Iterator[tuple[str, Expression]]:
        clause = self.rule.clause
        if clause.applies is not None:
            yield "", clause.applies
        for exception in clause.unless:
            yield (
                self.say(Bilingual("例外（{}）：", "Exception ({}): ")).format(self.say(exception.label)),
                exception.when,
            )
        if clause.test is not None:
            yield "", clause.test

    def _source(self, name: str) -> tuple[str, set[str]]:
        """How a derived value comes about, and the facts named in telling it."""
        derived = next(each for each in self.rule.clause.derive if each.name == name)
        if derived.formula is not None:
            return self.phrase(derived.formula.part), self._facts_in(derived.formula.part)
        by = derived.by or ""
        word = self.memory[self.rule.slots[by]]
        head = self._with_value(by) + self.say(Bilingual("：", ": "))
        if word is not None:
            row = derived.row(word).part
            return head + self.phrase(row), {by} | self._facts_in(row)
        rows = [(self.shown(each, self.rule.types[by]), row.part) for each, row in derived.cases]
        if derived.otherwise is not None:
            rows.append((self.say(Bilingual("其他", "otherwise")), derived.otherwise.part))
        table = [self.say(Bilingual("{}为{}", "{}: {}")).format(each, self.phrase(row)) for each, row in rows]
        told = set().union(*(self._facts_in(row) for _, row in rows))
        return head + self.say(Bilingual("；", "; ")).join(table), {by} | told

    def _lines(self, part: Part, prefix: str) -> Iterator[tuple[Step, set[str]]]:
        if isinstance(part, Logic):
            for operand in part.operands:
                yield from self._lines(operand, prefix)
            return
        if isinstance(part, Not):
            yield from self._lines(part.operand, prefix)
            return
        value = self._value(part)
        held = None if value is None else bool(value)
        yield Step(prefix + self.condition(part) + self._mark(held), held), self._facts_in(part)

    def _mark(self, held: bool | None) -> str:
        return self.say(Bilingual("：", ": ")) + self.say(_HOLDS[held])

    def _value(self, part: Part) -> Value:
        return ready(part, self.rule.slots)(self.memory)

    def _facts_in(self, part: Part) -> set[str]:
        return {name for name in names(part) if name in self.rule.facts}

    def _with_value(self, name: str) -> str:
        return self.say(Bilingual("{}〔{}〕", "{} [{}]")).format(self.label(name), self.named(name))

    def condition(self, part: Part) -> str:
        """A condition as a clause of a sentence."""
        match part:
            case Comparison(op=op, left=left, right=right):
                words = _ORDER_OF_TIMES.get(op, _ORDER[op]) if left.type == "instant" else _ORDER[op]
                return self._joined(self.phrase(left), self.say(words), self.phrase(right))
            case Membership(operand=operand, words=listed):
                each = [self.shown(str(word.value), word.type) for word in listed]
                words = Bilingual("属于", "is one of")
                return self._joined(self.phrase(operand), self.say(words), self.say(Bilingual("、", ", ")).join(each))
            case Happened(operand=operand):
                return self.say(Bilingual("有{}", "there is a {}")).format(self.phrase(operand))
        return self.phrase(part)

    def _joined(self, left: str, middle: str, right: str) -> str:
        return f"{left}{middle}{right}" if self.language == "zh" else f"{left} {middle} {right}".rstrip()

    def phrase(self, part: Part) -> str:
        """A value as it is named in a sentence, what it comes to beside it."""
        match part:
            case Name(name=name):
                return self._with_value(name)
            case Literal(value=value, type=kind):
                return self.shown(value, kind)
            case Arithmetic(op=op, left=left, right=right):
                sum_ = f"{self.phrase(left)}{self.say(_SIGNS[op])}{self.phrase(right)}"
                return self._equals(sum_, part)
            case Selection(selector=selector, operands=operands):
                each = self.say(Bilingual("与", " and ")).join(self.phrase(operand) for operand in operands)
                chosen = self.say(_SELECTED[selector])
                return f"{each}{chosen}" if self.language == "zh" else f"{chosen}{each}"
            case Share(percent=percent, whole=whole):
                words = Bilingual("{whole}的{percent}", "{percent} of {whole}")
                shared = self.say(words).format(percent=self.phrase(percent), whole=self.phrase(whole))
                return self._equals(shared, part)
            case Logic(op=op, operands=operands):
                joined = self.say(_JOINED[op]).join(self.phrase(operand) for operand in operands)
                return self.say(Bilingual("（{}）", "({})")).format(joined)
            case Not(operand=operand):
                return self.say(Bilingual("并非{}", "not {}")).format(self.phrase(operand))
        return self.condition(part)

    def _equals(self, text: str, part: Part) -> str:
        value = self.shown(self._value(part), part.type)
        if value == self.say(NOT_SHOWN):
            return text
        return self.say(Bilingual("{}〔= {}〕", "{} [= {}]")).format(text, value)
