"""The steps by which a clause comes to its result: each condition that matters, as it is read in one language.

What stands under `not` is told as what must not be so; alternatives begin with "either" and "or". Where the result is
settled, conditions that are open, and alternatives that were not needed, are left out: their facts follow at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Derived, Exemption
from arbitration.domain.evaluation import is_known
from arbitration.domain.expressions import Comparison, Expression, Happened, Logic, Membership, Name, Not, Part, names
from arbitration.domain.telling import Teller

_NOTHING = Bilingual("", "")
_EITHER = Bilingual("其一，", "either: ")
_OR = Bilingual("或者，", "or: ")
_AND = Bilingual("并且，", "and: ")
_COMMA = Bilingual("、", ", ")
_HOLDS = {True: Bilingual("是", "yes"), False: Bilingual("否", "no"), None: Bilingual("待证", "open")}
_APPLIES = {
    True: Bilingual("成立", "applies"),
    False: Bilingual("不成立", "does not apply"),
    None: Bilingual("待证", "is open"),
}


@dataclass(frozen=True)
class Step:
    """One line of the reasoning. `holds`: it is as it has to be, None while open. `counts`: it has an effect here."""

    text: str
    holds: bool | None
    counts: bool = True


@dataclass(frozen=True)
class _Line:
    """A condition that is not made of others: `negated` under `not`, `joint` the word that joins it to the last."""

    part: Part
    negated: bool
    joint: Bilingual


class Reasoning:
    """The steps of one clause, as *teller* tells them. *settled*: the result is known."""

    def __init__(self, teller: Teller, *, settled: bool) -> None:
        self.teller = teller
        self.rule = teller.rule
        self.settled = settled

    def steps(self, said: set[str]) -> Iterator[Step]:
        """Derived values that matter or are *said* in the sentence, then the conditions, then what has no effect."""
        conditions = [
            (prefix, line) for prefix, asked in self._asked() for line in self._lines(asked.part, briefly=bool(prefix))
        ]
        used = {name for _, line in conditions for name in names(line.part)}
        derived = [each for each in self.rule.clause.derive if each.name in used | said]
        for each in derived:
            yield self._derived(each)
            used |= self._behind(each)
        yield from dict.fromkeys(self._step(prefix, line) for prefix, line in conditions)
        silent = [self.teller.with_value(name) for name in self.rule.facts if name not in used]
        if silent:
            words = Bilingual("对结果没有影响：{}", "Without effect here: {}")
            yield Step(self.teller.say(words).format(self.teller.listed(silent, _COMMA)), holds=None, counts=False)

    def _asked(self) -> Iterator[tuple[str, Expression]]:
        """What is asked in order until one settles it, without what is open although the result is known."""
        clause = self.rule.clause
        exception = self.teller.exception()
        asked = [("", clause.applies)] if clause.applies is not None else []
        asked += [(self._exceptional(each), each.when) for each in clause.unless]
        asked += [("", clause.test)] if clause.test is not None else []
        for prefix, expression in asked:
            value = self.teller.value(expression.part)
            if value is not None or not self.settled:
                yield prefix, expression
            if exception is not None and expression is exception.when:
                return
            if expression is clause.applies and value is False:
                return

    def _exceptional(self, exception: Exemption) -> str:
        words = Bilingual("例外“{}”{}——", "Exception “{}” {} — ")
        value = self.teller.value(exception.when.part)
        applies = self.teller.say(_APPLIES[None if value is None else bool(value)])
        return self.teller.say(words).format(self.teller.say(exception.label), applies)

    def _lines(
        self, part: Part, *, briefly: bool, negated: bool = False, joint: Bilingual = _NOTHING
    ) -> Iterator[_Line]:
        """The conditions in *part*; *briefly*: where it fails, without those in it that hold and so help nobody."""
        if isinstance(part, Not):
            yield from self._lines(part.operand, briefly=briefly, negated=not negated, joint=joint)
        elif isinstance(part, Logic):
            alternatives = (part.op == "or") is not negated
            told = self._telling(part, briefly=briefly or alternatives)
            following = _OR if alternatives else _AND if joint is not _NOTHING else _NOTHING
            if alternatives and len(told) > 1 and joint is _NOTHING:
                joint = _EITHER
            for operand in told:
                yield from self._lines(operand, briefly=briefly or alternatives, negated=negated, joint=joint)
                joint = following
        else:
            yield _Line(part, negated, joint)

    def _telling(self, part: Logic, *, briefly: bool) -> list[Part]:
        """All, unless some settle it: then *briefly* these alone, else whatever is known."""
        settles = part.op == "or"
        if self.teller.value(part) is not settles:
            return list(part.operands)
        values = [(operand, self.teller.value(operand)) for operand in part.operands]
        return [each for each, value in values if (value is settles if briefly else value is not None)]

    def _step(self, prefix: str, line: _Line) -> Step:
        value = self.teller.value(line.part)
        held = None if value is None else bool(value) is not line.negated
        words = prefix + self.teller.say(line.joint) + self._condition(line, held)
        return Step(words[:1].upper() + words[1:], held)

    def _condition(self, line: _Line, held: bool | None) -> str:
        """A condition and its answer: `label: value` where one value is asked for, else a statement and yes or no."""
        part = line.part
        match part:
            case Name():
                return self._answered(part, held, self._must("true" if not line.negated else "false"))
            case Happened(operand=operand):
                return self._answered(operand, held, self._must("never" if line.negated else "happened"))
            case Comparison(op="=" | "!=" as op, left=left, right=right):
                excluded = (op == "!=") is not line.negated
                return self._answered(left, held, self._must_be(self.teller.phrase(right), excluded=excluded))
            case Membership(operand=operand, words=listed):
                return self._answered(
                    operand, held, self._must_be(self.teller.alternatives(listed), excluded=line.negated)
                )
        statement = self.teller.statement(part, negated=line.negated)
        return self.teller.say(Bilingual("{}：{}", "{}: {}")).format(statement, self.teller.say(_HOLDS[held]))

    def _answered(self, asked: Part, held: bool | None, must: str) -> str:
        """`label: value`, and what it had to be where it is not; whatever is known of it where it is open."""
        name = asked.name if isinstance(asked, Name) else None
        label = self.teller.label(name) if name else self.teller.phrase(asked)
        value = self.teller.named(name) if name else self.teller.shown(self.teller.value(asked), asked.type)
        told = self.teller.say(_HOLDS[None]) if held is None else value
        lacking = must if held is False else ""
        return self.teller.say(Bilingual("{}：{}{}", "{}: {}{}")).format(label, told, lacking)

    def _must(self, what: str) -> str:
        return self.teller.say(
            {
                "true": Bilingual("（须为“是”）", " (needed: yes)"),
                "false": Bilingual("（须为“否”）", " (needed: no)"),
                "happened": Bilingual("（须已发生）", " (needed: that it happened)"),
                "never": Bilingual("（须未发生）", " (needed: that it did not happen)"),
            }[what]
        )

    def _must_be(self, wanted: str, *, excluded: bool) -> str:
        words = (
            Bilingual("（不得为“{}”）", " (needed: not {})") if excluded else Bilingual("（须为“{}”）", " (needed: {})")
        )
        return self.teller.say(words).format(wanted)

    def _derived(self, derived: Derived) -> Step:
        words = Bilingual("{name}：{value}（{source}）", "{name}: {value} ({source})")
        text = self.teller.say(words).format(
            name=self.teller.label(derived.name), value=self.teller.named(derived.name), source=self._source(derived)
        )
        known = is_known(self.teller.memory[self.rule.slots[derived.name]])
        return Step(text[:1].upper() + text[1:], True if known or self.settled else None)

    def _source(self, derived: Derived) -> str:
        """How a derived value comes about."""
        if derived.formula is not None:
            return self.teller.phrase(derived.formula.part)
        by = derived.by or ""
        word = self.teller.memory[self.rule.slots[by]]
        if word is None:
            return self.teller.say(Bilingual("取决于{}", "depends on {}")).format(self.teller.with_value(by))
        row = self.teller.phrase(derived.row(word).part)
        return self.teller.say(Bilingual("{}：{}", "{}: {}")).format(self.teller.with_value(by), row)

    def _behind(self, derived: Derived) -> set[str]:
        """The names that are told in telling how a derived value comes about."""
        if derived.formula is not None:
            return set(names(derived.formula.part))
        by = derived.by or ""
        word = self.teller.memory[self.rule.slots[by]]
        return {by} if word is None else {by, *names(derived.row(word).part)}
