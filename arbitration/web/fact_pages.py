"""What pages show of a case's clauses and facts: results with their reasons, and each fact with source and burden."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import url_for

from arbitration.actions.facts import CaseFacts
from arbitration.domain.assessment import Assessment
from arbitration.domain.clauses import Burden, Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.explanation import PARTY_WORDS, Step, explain
from arbitration.domain.facts import Stance, Stated, Status
from arbitration.domain.values import show
from arbitration.web.current import said
from arbitration.web.fact_forms import FindingForm, ValueForm
from arbitration.web.fact_words import (
    NOT_ON_RECORD,
    RESULTS,
    STATUSES,
    WORDS,
    SourceShown,
    language,
    side_name,
    source_shown,
    value_shown,
)
from arbitration.web.wording import gettext, spoken

Badge = tuple[str, str, str]
"""Tone, label, icon."""


@dataclass(frozen=True)
class MissingShown:
    """A fact without which a clause is open."""

    fact: str
    label: str
    who: str
    counts_as: str


@dataclass(frozen=True)
class ClauseResult:
    """What one clause comes to in a case, and why.

    `by_default` is its result if nothing more is filed, and `otherwise` the sentence then.
    """

    id: str
    title: str
    url: str
    badge: Badge
    sentence: str
    missing: list[MissingShown]
    otherwise: str
    by_default: str | None
    notes: list[str]
    steps: tuple[Step, ...]
    text: str


@dataclass(frozen=True)
class BurdenShown:
    """Who must prove a fact under these clauses, and what it counts as for them if nobody does."""

    clauses: str
    who: str
    counts_as: str


@dataclass(frozen=True)
class FactShown:
    """One fact. `value` is None where none is on record; `words` is what each side holds of it.

    `missing`: a clause is open for want of it, and the arbitrator has not said that it is not proven.
    """

    name: str
    label: str
    value: str | None
    badge: Badge
    source: SourceShown | None
    words: list[str]
    burdens: list[BurdenShown]
    missing: bool
    needs_finding: bool


@dataclass(frozen=True)
class FindShown:
    """How the arbitrator finds a fact: the forms, and whether they may still be sent."""

    finding: FindingForm
    value: ValueForm
    is_open: bool
    decided: bool


def clause_results(known: CaseFacts, assessments: Iterable[Assessment]) -> list[ClauseResult]:
    """The clauses as a case page, a party's page or the ruling editor shows them."""
    return [clause_result(known, each) for each in assessments]


def clause_result(known: CaseFacts, found: Assessment) -> ClauseResult:
    """One of them."""
    told = explain(known.book, found, language())
    tone, _, icon = RESULTS[found.result]
    is_open = found.result is Outcome.UNKNOWN
    clause = found.clause
    return ClauseResult(
        id=clause.id,
        title=said(clause.title),
        url=url_for("public.standard_version", version=known.standard.version, _anchor=clause.id),
        badge=(tone, spoken(_RESULTS)[found.result], icon),
        sentence=told.sentence,
        otherwise=told.otherwise,
        missing=[_missing(known, found, burden) for burden in found.missing],
        by_default=spoken(_RESULTS)[found.if_nothing_more] if is_open else None,
        notes=[*_replaced(known, found), *_promised(known, found), *_exception(found)],
        steps=told.steps,
        text=said(clause.text),
    )


_RESULTS = {outcome: label for outcome, (_, label, _) in RESULTS.items()}


def _missing(known: CaseFacts, found: Assessment, burden: Burden) -> MissingShown:
    label = said(known.fact(burden.fact).label)
    return MissingShown(burden.fact, label, said(PARTY_WORDS[burden.by]), _default(known, found, burden.fact))


def _default(known: CaseFacts, found: Assessment, fact: str) -> str:
    """What a fact counts as under a clause for want of proof."""
    return value_shown(known, fact, found.rule.defaults[found.rule.slots[fact]])


def _replaced(known: CaseFacts, found: Assessment) -> Iterator[str]:
    for each in found.replaced:
        yield gettext(
            "%(counts)s counts in place of the stated %(stated)s.",
            counts=_of_floor(known, found, each.floor, each.counts),
            stated=value_shown(known, each.fact, each.stated),
        )


def _promised(known: CaseFacts, found: Assessment) -> Iterator[str]:
    for name in found.clause.floors:
        promise = known.book.promises.get(name)
        if promise is not None:
            yield gettext(
                "%(floor)s: the platform itself promises %(promised)s, which binds it in place of %(standard)s.",
                floor=said(known.standard.floor(name).label),
                promised=_of_floor(known, found, name, promise.amount),
                standard=_of_floor(known, found, name, known.standard.floor(name).value.amount),
            )


def _of_floor(known: CaseFacts, found: Assessment, name: str, amount: Value) -> str:
    key = f"floor.{name}"
    return show(amount, found.rule.types[key], language(), unit=found.rule.units[key])


def _exception(found: Assessment) -> Iterator[str]:
    if found.exception is not None:
        yield gettext("An exception decided: %(exception)s.", exception=said(found.exception))


def facts_shown(known: CaseFacts, assessments: list[Assessment]) -> list[FactShown]:
    """Every fact of these clauses, once: first those that are missing."""
    names = dict.fromkeys(fact for each in assessments for fact in each.rule.facts)
    missing = {burden.fact for each in assessments for burden in each.missing}
    shown = [_fact(known, name, assessments, missing=name in missing) for name in names]
    return sorted(shown, key=lambda fact: not fact.missing)


def _fact(known: CaseFacts, name: str, assessments: list[Assessment], *, missing: bool) -> FactShown:
    declared = known.fact(name)
    stated = known.record.get(name)
    return FactShown(
        name=name,
        label=said(declared.label),
        value=value_shown(known, name, stated.value) if stated is not None and stated.value is not None else None,
        badge=_badge(stated),
        source=source_shown(stated) if stated is not None else None,
        words=list(_words(known, name, stated)),
        burdens=_burdens(known, name, assessments),
        missing=missing and (stated is None or stated.status is not Status.NOT_FOUND),
        needs_finding=declared.needs_finding,
    )


def _badge(stated: Stated | None) -> Badge:
    tone, label, icon = STATUSES[stated.status] if stated is not None else NOT_ON_RECORD
    return tone, str(label), icon


def _words(known: CaseFacts, name: str, stated: Stated | None) -> Iterator[str]:
    """What the sides hold, without the statement that is on record itself."""
    for side, word in known.words.get(name, {}).items():
        own = stated is not None and stated.source == side and stated.status is not Status.FOUND
        if word.stance is not Stance.ASSERT or not own:
            value = value_shown(known, name, word.value) if word.stance is Stance.ASSERT else ""
            yield spoken(WORDS)[word.stance] % {"role": side_name(side), "value": value}


def _burdens(known: CaseFacts, name: str, assessments: list[Assessment]) -> list[BurdenShown]:
    """Clauses that lay the same burden are told together."""
    same: dict[tuple[str, str], list[str]] = {}
    for each in assessments:
        for burden in each.clause.proof:
            if burden.fact == name:
                same.setdefault((burden.by, _default(known, each, name)), []).append(each.clause.id)
    return [
        BurdenShown(gettext(", ").join(clauses), said(PARTY_WORDS[by]), counts_as)
        for (by, counts_as), clauses in same.items()
    ]
