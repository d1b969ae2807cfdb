"""The facts of a case as a side reads them: what it must prove, what is on the record, what others must prove."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from arbitration.actions.facts import SAYABLE, CaseFacts, mark, to_prove
from arbitration.domain.assessment import Assessment
from arbitration.domain.cases import State
from arbitration.domain.facts import Stance, Status
from arbitration.store.cases import Case, Party
from arbitration.web.fact_forms import ValueForm, value_form
from arbitration.web.fact_pages import FactShown, facts_shown

NOT_HEARD: Mapping[State, LazyString] = {
    State.RECEIVED: lazy_gettext("The sides are heard on the facts once the case is taken."),
    State.DEFICIENT: lazy_gettext("The sides are heard on the facts once the case is taken."),
    State.ADMITTED: lazy_gettext("The sides are heard on the facts once the notices are served."),
    State.DELIBERATION: lazy_gettext("The record is closed; the arbitrator decides on what is here."),
    State.RULED: lazy_gettext("The ruling is made; what it finds is what counts."),
    State.COMPLIANCE: lazy_gettext("The ruling is made; what it finds is what counts."),
}
"""Why a side can say nothing of the facts now."""
_ENDED = lazy_gettext("The case has ended; nothing can be added.")

YOURS = lazy_gettext("What you must prove")
STATED = lazy_gettext("On the record")
OF_OTHERS = lazy_gettext("What others must prove")


@dataclass(frozen=True)
class PartyFact:
    """One fact with what this side can do: answer it, or state its value. `counts_as` is what its silence means."""

    fact: FactShown
    mine: bool
    counts_as: list[str]
    answered: Stance | None
    can_answer: bool
    mark: str
    form: ValueForm | None
    form_open: bool


@dataclass(frozen=True)
class Group:
    title: str
    facts: list[PartyFact]


def heard(case: Case) -> str | None:
    """None while the sides are heard on the facts; else why they are not."""
    if case.state in SAYABLE:
        return None
    return str(NOT_HEARD.get(case.state, _ENDED))


def party_facts(
    known: CaseFacts, assessed: list[Assessment], case: Case, me: Party, sent: Mapping[str, ValueForm]
) -> list[Group]:
    """What is on the record or missing, this side's own burdens first. A form in *sent* comes back as it was typed."""
    burdens = to_prove(known.standard, case, me.side)
    shown = [
        _party_fact(known, fact, case, me, mine=fact.name in burdens, sent=sent.get(fact.name))
        for fact in facts_shown(known, assessed)
        if fact.missing or fact.source is not None or fact.name in sent
    ]
    groups = (
        Group(str(YOURS), [each for each in shown if each.mine and each.fact.missing]),
        Group(str(STATED), [each for each in shown if not each.fact.missing]),
        Group(str(OF_OTHERS), [each for each in shown if each.fact.missing and not each.mine]),
    )
    return [group for group in groups if group.facts]


def _party_fact(
    known: CaseFacts, fact: FactShown, case: Case, me: Party, *, mine: bool, sent: ValueForm | None
) -> PartyFact:
    stated = known.record.get(fact.name)
    decided = stated is not None and stated.status in (Status.FOUND, Status.NOT_FOUND)
    is_open = case.state in SAYABLE and not decided
    word = known.words.get(fact.name, {}).get(me.side)
    form = sent
    if form is None and is_open and mine:
        declared = known.fact(fact.name)
        value = word.value if word is not None else stated.value if stated is not None else None
        form = value_form(declared, known.book.enums.get(declared.type), value)
    return PartyFact(
        fact=fact,
        mine=mine,
        counts_as=list(dict.fromkeys(burden.counts_as for burden in fact.burdens)),
        answered=word.stance if word is not None else None,
        can_answer=is_open and stated is not None and stated.source != me.side,
        mark=mark(known.fact(fact.name), stated) if stated is not None else "",
        form=form,
        form_open=sent is not None,
    )
