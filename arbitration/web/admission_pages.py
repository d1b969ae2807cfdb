"""What pages show of how an item was admitted: the verdict and why, what is missing and until when it may be added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, lazy_gettext

from arbitration.actions.admissibility import Weighed, Weighing
from arbitration.actions.facts import CaseFacts
from arbitration.domain.admissibility import LATE, OFFICE, Verdict
from arbitration.domain.clauses import Outcome
from arbitration.domain.particulars import ABOUT_FACTS, CUSTODY, Answer, Field, FieldType, fields_of, is_instant, load
from arbitration.domain.standard import Standard
from arbitration.web.current import lang, now, said
from arbitration.web.fact_pages import ClauseResult, clause_result
from arbitration.web.fact_words import NOT_ON_RECORD, value_shown
from arbitration.web.formats import beijing_word
from arbitration.web.item_forms import gap_shown
from arbitration.web.wording import gettext, spoken

VERDICTS: Mapping[Verdict, tuple[str, LazyString, str]] = {
    Verdict.ADMITTED: ("ok", lazy_gettext("Admissible"), "circle-check"),
    Verdict.WITH_CORROBORATION: ("warn", lazy_gettext("Needs corroboration"), "circles-relation"),
    Verdict.EXCLUDED: ("bad", lazy_gettext("Excluded"), "ban"),
}
"""Tone, label and icon."""
_LABELS = {verdict: label for verdict, (_, label, _) in VERDICTS.items()}

MEANS: Mapping[Verdict, LazyString] = {
    Verdict.ADMITTED: lazy_gettext("A finding may rest on it."),
    Verdict.WITH_CORROBORATION: lazy_gettext("A finding may rest on it only together with an independent source."),
    Verdict.EXCLUDED: lazy_gettext("No finding may rest on it."),
}


@dataclass(frozen=True)
class VerdictShown:
    """The verdict in one line. `why` may end with the clause; `own` is the arbitrator's reason for another verdict.

    `late_clause` admits it although it came late; '' where that is not so.
    """

    badge: tuple[str, str, str]
    means: str
    why: str
    clause: str
    own: str
    missing: list[str]
    until: datetime | None
    in_time: bool
    admitted: bool
    late_clause: str


@dataclass(frozen=True)
class AnswerShown:
    """One of an item's particulars; `added_at` where it was added after the item was filed."""

    label: str
    value: str
    added_at: datetime | None


@dataclass(frozen=True)
class KnownFact:
    """What is known of one fact of the EV clauses for this item, and who says so.

    `counts` says since when a finding does, and of what it took the place; '' where none is found.
    """

    name: str
    label: str
    value: str
    source: str
    counts: str = ""


@dataclass(frozen=True)
class AdmissionShown:
    """All of it, for the item's own page."""

    verdict: VerdictShown
    computed: str
    answers: list[AnswerShown]
    clauses: list[ClauseResult]
    facts: list[KnownFact]


def verdict_shown(weighed: Weighed) -> VerdictShown:
    """The verdict on an item, as its line shows it."""
    tone, _, icon = VERDICTS[weighed.verdict]
    row, until = weighed.computed.row, weighed.computed.cure_until
    return VerdictShown(
        badge=(tone, spoken(_LABELS)[weighed.verdict], icon),
        means=spoken(MEANS)[weighed.verdict],
        why=said(row.why) if row is not None else "",
        clause=row.clause if row is not None else "",
        own=weighed.own.reason if weighed.own is not None else "",
        missing=[gap_shown(gap) for gap in weighed.gaps],
        until=until,
        in_time=until is not None and now() <= until,
        admitted=weighed.verdict is Verdict.ADMITTED,
        late_clause=LATE if weighed.computed.outcomes.get(LATE) is Outcome.MET and weighed.usable else "",
    )


def verdicts_shown(weighing: Weighing | None) -> dict[str, VerdictShown]:
    """The same of every item that was weighed, by label."""
    return {label: verdict_shown(each) for label, each in weighing.items.items()} if weighing is not None else {}


def admission_shown(standard: Standard, weighing: Weighing, weighed: Weighed) -> AdmissionShown:
    """Everything from which the verdict follows."""
    known = CaseFacts(standard, weighing.book, weighed.computed.record, {})
    asked = dict.fromkeys(fact for clause in weighed.computed.outcomes for fact in weighing.book.rules[clause].facts)
    return AdmissionShown(
        verdict=verdict_shown(weighed),
        computed=spoken(_LABELS)[weighed.computed.verdict],
        answers=answers_shown(standard, weighed),
        clauses=[clause_result(known, known.assess(clause)) for clause in weighed.computed.outcomes],
        facts=[_known(known, weighed, name) for name in asked],
    )


def answers_shown(standard: Standard, weighed: Weighed) -> list[AnswerShown]:
    """An item's particulars in the order of their fields, with the time of those that were added."""
    added = {name: cure.at for cure in reversed(weighed.cures) for name in load(cure.answers)}
    later = {name: at for name, at in added.items() if name not in weighed.given}
    return [
        AnswerShown(
            said(field.label), _answer_shown(standard, field, weighed.answers[field.name]), later.get(field.name)
        )
        for field in fields_of(weighed.item.kind)
        if field.name in weighed.answers
    ]


def _answer_shown(standard: Standard, field: Field, answer: Answer) -> str:
    """An answer in the reader's words: facts by their labels, times as everywhere."""
    if isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    if field.name == ABOUT_FACTS:
        labels = {fact.name: said(fact.label) for fact in standard.facts}
        return gettext("; ").join(labels.get(name, name) for name in answer.split(", "))
    if field.name == CUSTODY:
        return "\n".join(_holding(line) for line in answer.split("\n"))
    return beijing_word(datetime.fromisoformat(answer), lang()) if field.type is FieldType.INSTANT else answer


def _holding(line: str) -> str:
    """A line of who held it: a time, then text of a platform's, which may hold anything."""
    at, _, rest = line.partition(" ")
    return f"{beijing_word(datetime.fromisoformat(at), lang())} {rest}" if is_instant(at) else line


def _known(known: CaseFacts, weighed: Weighed, name: str) -> KnownFact:
    label, stated = said(known.fact(name).label), known.record.get(name)
    if stated is None:
        return KnownFact(name, label, str(NOT_ON_RECORD[1]), "")
    if name in weighed.findings:
        source = weighed.findings[name].reason
    elif stated.source == OFFICE:
        source = gettext("Known to the office")
    else:
        source = gettext("Follows from %(clause)s", clause=stated.source)
    return KnownFact(name, label, value_shown(known, name, stated.value), source, _counts(known, weighed, name))


def _counts(known: CaseFacts, weighed: Weighed, name: str) -> str:
    """Since when the arbitrator's finding of a fact counts, and instead of which earlier one."""
    found, before = weighed.findings.get(name), weighed.overtaken.get(name)
    if found is None:
        return ""
    since = beijing_word(found.at, lang())
    if before is None:
        return gettext("Found by the arbitrator; it counts since %(time)s.", time=since)
    return gettext(
        "Found by the arbitrator; it counts since %(time)s. The finding of %(before)s was otherwise and counts no "
        "more: %(reason)s",
        time=since,
        before=beijing_word(before.at, lang()),
        reason=before.reason,
    )
