"""Why a clause comes to what it does, in sentences: Chinese and English, from the same values that were computed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from arbitration.domain.assessment import Assessment
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Burden, Outcome
from arbitration.domain.expressions import LONG_AGO, NEVER
from arbitration.domain.reasoning import Reasoning, Step
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.telling import LANGUAGES, Language, Teller

__all__ = ["LANGUAGES", "OUTCOME_WORDS", "PARTY_WORDS", "Explanation", "Language", "Step", "conclude", "explain"]

OUTCOME_WORDS: Mapping[Outcome, Bilingual] = {
    Outcome.MET: Bilingual("符合", "met"),
    Outcome.BREACHED: Bilingual("不符合", "not met"),
    Outcome.NOT_APPLICABLE: Bilingual("不适用", "not applicable"),
    Outcome.UNKNOWN: Bilingual("尚不能确定", "cannot yet be decided"),
}
PARTY_WORDS: Mapping[str, Bilingual] = {
    "claimant": Bilingual("消费者", "the consumer"),
    "respondent": Bilingual("商家", "the merchant"),
    "platform": Bilingual("平台", "the platform"),
    "submitter": Bilingual("提交方", "whoever files it"),
    "opponent": Bilingual("对方", "the other side"),
    "inspector": Bilingual("检验人", "the inspector"),
    "panel": Bilingual("仲裁庭", "the arbitrators"),
}

_HOLE = re.compile(r"\{([^{}]*)\}")
_HAN = "\u4e00-\u9fff"
_MARKS = "\u3001-\u301f\uff01-\uff5e“”"
_NEEDLESS = re.compile(f"(?<=[{_MARKS}]) +| +(?=[{_MARKS}])|(?<=[{_HAN}]) +(?=[{_HAN}])")
_THEREFORE = {
    Outcome.MET: Bilingual("符合本条", "the clause is met"),
    Outcome.BREACHED: Bilingual("不符合本条", "the clause is not met"),
    Outcome.NOT_APPLICABLE: Bilingual("本条不适用", "the clause does not apply"),
}


@dataclass(frozen=True)
class Explanation:
    """A sentence, and the steps by which anyone can follow it. `otherwise`: the sentence if nothing more is filed."""

    sentence: str
    otherwise: str
    steps: tuple[Step, ...]


def explain(book: Rulebook, assessment: Assessment, language: Language) -> Explanation:
    """The sentence and the steps in one language. Every fact that the clause uses is named in them."""
    rule = assessment.rule
    teller = Teller(book, rule, assessment.memory, language)
    settled = assessment.result is not Outcome.UNKNOWN
    if settled:
        told = teller
        sentence = otherwise = _sentence(teller, assessment.result)
    else:
        unproven = {used.fact for used in assessment.used if not used.stands}
        told = Teller(book, rule, assessment.burdened, language, unproven)
        otherwise = _sentence(told, assessment.if_nothing_more)
        sentence = _open_sentence(assessment, teller, otherwise)
    said = set(_HOLE.findall(_own_words(told, assessment.if_nothing_more)))
    steps = tuple(Reasoning(teller, settled=settled).steps(said))
    if language == "en":
        return Explanation(sentence, otherwise, steps)
    spaced = tuple(replace(step, text=_spaced(step.text)) for step in steps)
    return Explanation(_spaced(sentence), _spaced(otherwise), spaced)


def conclude(book: Rulebook, assessment: Assessment, language: Language) -> str:
    """The sentence for a ruling: nothing more can be filed, so the burden of proof has decided what was open."""
    teller = Teller(book, assessment.rule, assessment.memory, language)
    if assessment.result is not Outcome.UNKNOWN:
        sentence = _sentence(teller, assessment.result)
    else:
        unproven = {used.fact for used in assessment.used if not used.stands}
        told = Teller(book, assessment.rule, assessment.burdened, language, unproven)
        words = Bilingual("没有证明：{}。依举证责任：{}", "Not proven: {}. By the burden of proof: {}")
        missing = [_missing(assessment, teller, burden) for burden in assessment.missing]
        listed = teller.listed(missing, Bilingual("；", "; "))
        sentence = teller.say(words).format(listed, _sentence(told, assessment.if_nothing_more))
    sentence = teller.listed([*_promised(book, teller), sentence], Bilingual("", " "))
    return sentence if language == "en" else _spaced(sentence)


def _promised(book: Rulebook, teller: Teller) -> list[str]:
    """What the platform promised beyond the floors of the clause, which counts in their place."""
    words = Bilingual(
        "平台自行承诺{label}为 {promise}，代替标准规定的 {floor}。",
        "The platform promised a {label} of {promise}, which counts in place of the standard's {floor}.",
    )
    floors = [book.standard.floor(name) for name in teller.rule.clause.floors if name in book.promises]
    return [
        teller.say(words).format(
            label=teller.say(floor.label),
            promise=teller.say(Bilingual(book.promises[floor.name].zh, book.promises[floor.name].en)),
            floor=teller.say(Bilingual(floor.value.zh, floor.value.en)),
        )
        for floor in floors
    ]


def _spaced(text: str) -> str:
    """Chinese beside Latin letters and figures keeps its space; beside Chinese, or a Chinese mark, there is none."""
    return _NEEDLESS.sub("", text)


def _own_words(teller: Teller, outcome: Outcome) -> str:
    """The clause's own sentence for the outcome, still to be filled; none where an exception decides."""
    words = dict(teller.rule.clause.say).get(outcome)
    return teller.say(words) if words is not None and teller.exception() is None else ""


def _sentence(teller: Teller, outcome: Outcome) -> str:
    """The clause's own words, filled; else the exception that decides; else its title and the outcome."""
    own = _own_words(teller, outcome)
    if own:
        return _HOLE.sub(lambda hole: teller.named(hole[1]), own)
    title = teller.say(teller.rule.clause.title)
    exception = teller.exception()
    if exception is not None:
        words = Bilingual("《{}》的例外成立：{}。因此{}。", "An exception to “{}” applies: {}. Therefore {}.")
        return teller.say(words).format(title, teller.say(exception.label), teller.say(_THEREFORE[outcome]))
    return teller.say(Bilingual("《{}》：{}。", "“{}”: {}.")).format(title, teller.say(OUTCOME_WORDS[outcome]))


def _open_sentence(assessment: Assessment, teller: Teller, otherwise: str) -> str:
    """What is missing, whose it is to bring, what each counts as for want of proof, and what then follows."""
    words = Bilingual(
        "《{title}》{unknown}。尚缺：{missing}。若不再举证，结果为“{default}”——{sentence}",
        "“{title}” {unknown}. Missing: {missing}. If nothing more is filed, the result is “{default}” — {sentence}",
    )
    missing = [_missing(assessment, teller, burden) for burden in assessment.missing]
    return teller.say(words).format(
        title=teller.say(assessment.clause.title),
        unknown=teller.say(OUTCOME_WORDS[Outcome.UNKNOWN]),
        missing=teller.listed(missing, Bilingual("；", "; ")),
        default=teller.say(OUTCOME_WORDS[assessment.if_nothing_more]),
        sentence=otherwise[:1].lower() + otherwise[1:],
    )


def _missing(assessment: Assessment, teller: Teller, burden: Burden) -> str:
    words = Bilingual("{fact}（{task}；不能证明的，{taken}）", "{fact} ({task}; failing that, {taken})")
    task = teller.say(_task(assessment, burden)).format(teller.say(PARTY_WORDS[burden.by]))
    return teller.say(words).format(
        fact=teller.label(burden.fact), task=task, taken=_taken(assessment, teller, burden.fact)
    )


def _task(assessment: Assessment, burden: Burden) -> Bilingual:
    """What the bearer has to do: a truth that counts as yes for want of proof is to be disproved."""
    if burden.by == "panel":
        return Bilingual("由{}查明", "for {} to establish")
    if burden.fact in assessment.rule.needs_finding:
        return Bilingual("由{}证明，并须经仲裁庭明确认定", "for {} to prove and for the arbitrators to find expressly")
    if assessment.value(burden.fact, by_burden=True) is True:
        return Bilingual("由{}证明并非如此", "for {} to disprove")
    return Bilingual("由{}证明", "for {} to prove")


def _taken(assessment: Assessment, teller: Teller, fact: str) -> str:
    """What a fact counts as for want of proof, in plain words."""
    value, kind = assessment.value(fact, by_burden=True), assessment.rule.types[fact]
    shown = teller.shown(value, kind)
    if kind == "bool":
        return teller.say(Bilingual("视为“{}”", "the answer is taken to be {}")).format(shown)
    if value == NEVER:
        return teller.say(Bilingual("视为从未发生", "it is taken never to have happened"))
    if value == LONG_AGO:
        return teller.say(Bilingual("视为早已发生", "it is taken to have happened long ago"))
    if kind in teller.book.enums:
        return teller.say(Bilingual("视为“{}”", "it counts as “{}”")).format(shown)
    return teller.say(Bilingual("按 {} 计", "it counts as {}")).format(shown)
