"""Clauses and facts of a case: what follows from them as they stand, what the arbitrator finds, what a side holds."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from arbitration.actions import admissibility, facts
from arbitration.actions.context import Work, get_case
from arbitration.actions.facts import FINDABLE, SITTING, CaseFacts
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.facts import Stance, Status
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.store import evidence
from arbitration.store.cases import Case
from arbitration.web.access import needs, party
from arbitration.web.case_head import Head, open_head
from arbitration.web.cases import Answer
from arbitration.web.current import current_actor, portal, said
from arbitration.web.errors import explain
from arbitration.web.fact_forms import FindingForm, ValueForm, finding_form, value_form
from arbitration.web.fact_pages import FactShown, FindShown, clause_results, facts_shown
from arbitration.web.fact_party import heard, party_facts
from arbitration.web.fact_words import parted, rests_on
from arbitration.web.party_pages import party_of_actor

bp = Blueprint("facts", __name__)


@dataclass(frozen=True)
class Sent:
    """What an arbitrator sent of one fact, to be shown again with what is wrong with it."""

    fact: str
    finding: FindingForm
    value: ValueForm

    @property
    def failed(self) -> list[tuple[str, str]]:
        """Where and what, for the summary on top."""
        return [(each.id, str(error)) for form in (self.finding, self.value) for each in form for error in each.errors]


@bp.get("/cases/<case_no>/clauses")
@needs(*CASE_READERS)
def index(case_no: str) -> str:
    """The clauses in play with what they come to, and the facts that they ask for."""
    return _page(case_no)


@bp.post("/cases/<case_no>/clauses/<fact>")
@needs(Role.ARBITRATOR)
def find(case_no: str, fact: str) -> Answer:
    """The fact is so, or it was not proven."""
    with portal().read(current_actor()) as work:
        sent = _sent(work, get_case(work, case_no), fact)
    if sent.finding.finding.data not in (Stance.FIND, Stance.NOT_FIND):
        sent.finding.finding.data = None
    proven = sent.finding.finding.data == Stance.FIND
    written = sent.value.written() if proven else None
    if not sent.finding.validate() or (proven and written is None):
        return _page(case_no, sent), 422
    source = rests_on(sent.finding.item.data or "", (sent.finding.words.data or "").strip())

    def do(work: Work) -> None:
        if written is not None:
            facts.find(work, case_no, fact, written, source)
        else:
            facts.not_find(work, case_no, fact, source)

    return _take(case_no, fact, do, gettext("The finding is on the record."), sent)


@bp.post("/cases/<case_no>/clauses/<fact>/reopen")
@needs(Role.ARBITRATOR)
def reopen(case_no: str, fact: str) -> Answer:
    """The finding is taken back."""
    done = gettext("The finding is taken back; what the sides said stands again.")
    return _take(case_no, fact, lambda work: facts.reopen(work, case_no, fact), done, None)


def _take(case_no: str, fact: str, do: Callable[[Work], None], done: str, sent: Sent | None) -> Answer:
    """One use case, then back to the fact; what is wrong is said where it was typed."""
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except Invalid as refused:
        if sent is None:
            flash(explain(refused), "bad")
        else:
            _blame(sent, explain(refused))
        return _page(case_no, sent), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _page(case_no, sent), 409
    flash(done, "ok")
    return redirect(url_for("facts.index", case_no=case_no, clause=_asked_too(), _anchor=f"fact-{fact}"), 303)


def _blame(sent: Sent, sentence: str) -> None:
    """The value, where one was found; what is missing or too long otherwise is what it rests on."""
    rests = sent.finding.words
    if rests_on(sent.finding.item.data or "", (rests.data or "").strip()):
        sent.value.blame(sentence)
    else:
        rests.errors = [sentence]


def _asked_too() -> list[str]:
    """Clauses that the reader asked for beside those in play."""
    return list(dict.fromkeys(request.args.getlist("clause")))


def _page(case_no: str, sent: Sent | None = None) -> str:
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "clauses")
        case = get_case(work, case_no)
        known = facts.facts_of(work, case)
        if known is None:
            return render_template("cases/clauses.html", head=head, known=None, failed=[])
        asked = [each for each in _asked_too() if each in known.book.rules]
        wanted = [each for each in facts.in_play(known.standard, case) if each in known.book.rules]
        assessed = [known.assess(each) for each in dict.fromkeys([*wanted, *asked])]
        shown = facts_shown(known, assessed)
        items = evidence.on_record(work.session, case_no)
        return render_template(
            "cases/clauses.html",
            head=head,
            known=known,
            clauses=clause_results(known, assessed),
            facts=shown,
            finds=_finds(work, head, known, shown, sent),
            labels={item.label for item in items},
            others=_others(known, {each.clause.id for each in assessed}),
            asked=asked,
            may_find=_may_find(head),
            failed=sent.failed if sent else [],
        )


def _may_find(head: Head) -> bool:
    """Whether the reader is the arbitrator who sits, and it is the time for it."""
    me = current_actor().id
    sits = any(seat.actor_id == me and seat.state is AppointmentState.ACCEPTED for seat in head.seats)
    return sits and head.case.state in FINDABLE


def _others(known: CaseFacts, shown: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The clauses that may be asked, too, by chapter."""
    groups = [
        (
            said(chapter.title),
            [
                (clause.id, said(clause.title))
                for clause in known.standard.in_chapter(chapter.id)
                if clause.id in known.book.rules and clause.id not in shown
            ],
        )
        for chapter in known.standard.chapters
    ]
    return [(title, clauses) for title, clauses in groups if clauses]


def _usable(work: Work, case_no: str) -> list[tuple[str, str]]:
    """The items that may carry a finding."""
    items = admissibility.usable(work, get_case(work, case_no))
    return [(item.label, item.file_name) for item in items if item.label]


def _sent(work: Work, case: Case, name: str) -> Sent:
    known = facts.facts_of(work, case)
    if known is None:
        raise Conflict("No version of the standard governs this case.")
    fact = known.fact(name)
    labels = _usable(work, case.case_no)
    return Sent(
        name,
        finding_form(fact, labels, None),
        value_form(fact, known.book.enums.get(fact.type), sent=True),
    )


def _finds(work: Work, head: Head, known: CaseFacts, shown: list[FactShown], sent: Sent | None) -> dict[str, FindShown]:
    """The form of each fact for who may find it; what was sent comes back even if it can no longer be."""
    found = {}
    if _may_find(head):
        labels = _usable(work, head.case_no)
        found = {each.name: _find(known, each.name, labels) for each in shown if each.name != SITTING}
    if sent is not None:
        decided = sent.fact in found and found[sent.fact].decided
        found[sent.fact] = FindShown(sent.finding, sent.value, True, decided)
    return found


def _find(known: CaseFacts, name: str, labels: list[tuple[str, str]]) -> FindShown:
    """The forms of a fact, filled with what is found or on the record."""
    fact, stated = known.fact(name), known.record.get(name)
    value = value_form(fact, known.book.enums.get(fact.type), stated.value if stated is not None else None)
    if stated is None or stated.status not in (Status.FOUND, Status.NOT_FOUND):
        return FindShown(finding_form(fact, labels, {}), value, False, False)
    item, words = parted(stated.source)
    stance = Stance.FIND if stated.status is Status.FOUND else Stance.NOT_FIND
    filled = {"finding": stance.value, "item": item, "words": words}
    return FindShown(finding_form(fact, labels, filled), value, False, True)


@bp.get("/party/<link>/facts")
@party
def of_party(link: str) -> str:
    """The facts of the case as a side reads them, and what it can say of each."""
    return _party_page()


@bp.post(f"/party/<link>/facts/<fact>/<any({Stance.ADMIT}, {Stance.DISPUTE}):stance>")
@party
def answer(link: str, fact: str, stance: str) -> Answer:
    """Agree to what is on the record of a fact, or dispute it."""
    done = gettext("You agree to it.") if stance == Stance.ADMIT else gettext("You dispute it.")
    return _say(link, fact, Stance(stance), None, done)


@bp.post("/party/<link>/facts/<fact>")
@party
def state(link: str, fact: str) -> Answer:
    """State the value of a fact that one must prove."""
    with portal().read(current_actor()) as work:
        case, _ = party_of_actor(work)
        sent = _sent(work, case, fact)
    if sent.value.written() is None:
        return _party_page(sent), 422
    return _say(link, fact, Stance.ASSERT, sent, gettext("Your statement is on the record; the other side can answer."))


def _say(link: str, fact: str, stance: Stance, sent: Sent | None, done: str) -> Answer:
    try:
        with portal().work(current_actor()) as work:
            written = sent.value.written() if sent else None
            seen = request.form.get("seen", "")
            facts.say(work, current_actor().case_no or "", fact, stance, written or "", seen)
    except Invalid as refused:
        if sent is None:
            flash(explain(refused), "bad")
        else:
            sent.value.blame(explain(refused))
        return _party_page(sent), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _party_page(sent), 409
    flash(done, "ok")
    return redirect(url_for("facts.of_party", link=link, _anchor=f"fact-{fact}"), 303)


def _party_page(sent: Sent | None = None) -> str:
    with portal().read(current_actor()) as work:
        case, me = party_of_actor(work)
        known = facts.facts_of(work, case)
        wanted = facts.in_play(known.standard, case) if known else ()
        assessed = [known.assess(each) for each in wanted if each in known.book.rules] if known else []
        return render_template(
            "party/facts.html",
            case=case,
            heard=heard(case),
            clauses=clause_results(known, assessed) if known else [],
            groups=party_facts(known, assessed, case, me, {sent.fact: sent.value} if sent else {}) if known else [],
            failed=sent.failed if sent else [],
        )
