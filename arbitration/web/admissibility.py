"""How an item was admitted: its reasons, the arbitrator's findings and own verdict, and what its submitter adds."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from arbitration.actions import admissibility
from arbitration.actions.admissibility import WEIGHED, Weighed, Weighing, findable
from arbitration.actions.context import Work, get_case
from arbitration.actions.items import given_to, reader_of
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.admissibility import Verdict
from arbitration.domain.confidentiality import DISCLOSABLE
from arbitration.domain.errors import Conflict, Invalid, NotFound
from arbitration.domain.evidence import Kind
from arbitration.domain.panel import AppointmentState
from arbitration.domain.particulars import Particulars
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.domain.standard import Standard
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.web.access import needs, party
from arbitration.web.admission_pages import MEANS, VERDICTS, admission_shown, answers_shown, verdict_shown
from arbitration.web.case_forms import CaseForm
from arbitration.web.case_head import Head, open_head
from arbitration.web.confidential_forms import DisclosureForm
from arbitration.web.confidential_pages import confidential_shown
from arbitration.web.current import current_actor, portal, said
from arbitration.web.errors import explain
from arbitration.web.evidence_words import KINDS
from arbitration.web.item_forms import ParticularsForm, cure_form
from arbitration.web.late_pages import late_shown
from arbitration.web.objection_forms import DecisionForm
from arbitration.web.objection_pages import objections_shown
from arbitration.web.party_pages import party_of_actor
from arbitration.web.typed import clean

bp = Blueprint("admissibility", __name__)

Answer = Response | tuple[str, int] | str
COMPUTED = "computed"
"""Chosen to let the computed verdict stand again."""
TAKE_BACK = "take_back"
_SOURCES = lazy_gettext("Number of independent sources in support")
FOUND = (
    SelectChoice("true", lazy_gettext("Yes")),
    SelectChoice("false", lazy_gettext("No")),
    SelectChoice("1", lazy_gettext("1 source"), optgroup=_SOURCES),
    SelectChoice("2", lazy_gettext("2 sources"), optgroup=_SOURCES),
    SelectChoice("3", lazy_gettext("3 sources"), optgroup=_SOURCES),
    SelectChoice(TAKE_BACK, lazy_gettext("Take the finding back")),
)
"""What can be found of an item, as the standard writes it."""


class VerdictForm(CaseForm):
    """The arbitrator's own verdict, with the reason that is printed."""

    verdict = RadioField(
        lazy_gettext("Your result"),
        choices=[
            SelectChoice(COMPUTED, lazy_gettext("As computed")),
            *(SelectChoice(verdict, label) for verdict, (_, label, _) in VERDICTS.items()),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(lazy_gettext("Reason (printed in the ruling)"), filters=[clean])


class ItemFindingForm(CaseForm):
    """What the arbitrator finds of one fact of the item; no value takes a finding back."""

    fact = SelectField(lazy_gettext("Fact of this item"), validate_choice=False)
    value = SelectField(
        lazy_gettext("What you find"),
        choices=[SelectChoice("", lazy_gettext("Choose…")), *FOUND],
        validate_choice=False,
    )
    reason = TextAreaField(lazy_gettext("What that rests on"), filters=[clean])

    def written(self) -> str | None:
        """The value as the standard writes it, '' to take the finding back; None where nothing is chosen."""
        if not self.value.data:
            self.value.errors = [gettext("Choose what you find.")]
            return None
        return "" if self.value.data == TAKE_BACK else str(self.value.data)


@bp.get("/cases/<case_no>/evidence/<label>/admissibility")
@needs(*CASE_READERS)
def show(case_no: str, label: str) -> Answer:
    """The verdict on an item with everything from which it follows."""
    return item_page(case_no, label)


@bp.post("/cases/<case_no>/evidence/<label>/admissibility")
@needs(Role.ARBITRATOR)
def decide(case_no: str, label: str) -> Answer:
    """Another verdict, or the computed one again."""
    form = VerdictForm(prefix="own-")
    chosen = form.verdict.data
    if chosen not in {COMPUTED, *Verdict}:
        form.verdict.data, form.verdict.errors = None, [gettext("Choose a result.")]
        return item_page(case_no, label, own=form), 422
    verdict = None if chosen == COMPUTED else Verdict(chosen)

    def do(work: Work) -> None:
        admissibility.decide(work, case_no, label, verdict, form.reason.data or "")

    return _take(case_no, label, do, gettext("Your result is on the record."), own=form)


@bp.post("/cases/<case_no>/evidence/<label>/finding")
@needs(Role.ARBITRATOR)
def find(case_no: str, label: str) -> Answer:
    """A fact of this item is so, or its finding is taken back."""
    form = ItemFindingForm(prefix="found-")
    written = form.written()
    if written is None:
        return item_page(case_no, label, finding=form), 422

    def do(work: Work) -> None:
        admissibility.find(work, case_no, label, form.fact.data or "", written, form.reason.data or "")

    return _take(case_no, label, do, gettext("The finding is on the record."), finding=form)


def _take(
    case_no: str,
    label: str,
    do: Callable[[Work], None],
    done: str,
    *,
    own: VerdictForm | None = None,
    finding: ItemFindingForm | None = None,
) -> Answer:
    """One use case, then back to the item; what is wrong is said where it was typed."""
    try:
        with portal().work(current_actor()) as work:
            get_case(work, case_no)
            do(work)
    except Invalid as refused:
        form = own or finding
        if form is not None:
            form.reason.errors = [explain(refused)]
        return item_page(case_no, label, own=own, finding=finding), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return item_page(case_no, label, own=own, finding=finding), 409
    flash(done, "ok")
    return redirect(url_for("admissibility.show", case_no=case_no, label=label), 303)


def item_page(
    case_no: str,
    label: str,
    *,
    own: VerdictForm | None = None,
    finding: ItemFindingForm | None = None,
    decision: tuple[int, DecisionForm] | None = None,
) -> str:
    """The page where an item is weighed, with the forms that were sent; *decision*: on the objection of that number."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        case = get_case(work, case_no)
        standard, weighing, weighed = _weighed(work, case, label)
        chosen = weighed.own.verdict if weighed.own is not None else COMPUTED
        reason = weighed.own.reason if weighed.own is not None else ""
        own = own or VerdictForm(None, prefix="own-", verdict=chosen, reason=reason)
        finding = finding or ItemFindingForm(None, prefix="found-")
        finding.fact.choices = [SelectChoice(fact.name, said(fact.label)) for fact in findable(standard, weighed.item)]
        against = objections_shown(work, case).get(label, [])
        decisions = {each.id: DecisionForm(None, prefix=f"decision{each.id}-") for each in against if each.open}
        if decision is not None and decision[0] in decisions:
            decisions[decision[0]] = decision[1]
        reader = reader_of(work, case_no)
        asked = [*decisions.values(), finding, own]
        failed = [(field.id, str(error)) for form in asked for field in form for error in field.errors]
        return render_template(
            "cases/admissibility.html",
            head=head,
            item=weighed.item,
            given=given_to(reader, weighed.item),
            kept=confidential_shown(weighed.item, reader),
            disclosure=_disclosure(head, weighed.item),
            kind=KINDS[weighed.item.kind],
            shown=admission_shown(standard, weighing, weighed),
            may_weigh=_may_weigh(head),
            late=late_shown(work, case).get(label),
            objections=against,
            decisions=decisions,
            own=own,
            finding=finding,
            failed=failed,
            means=MEANS,
        )


def _weighed(work: Work, case: Case, label: str) -> tuple[Standard, Weighing, Weighed]:
    standard = standard_of(work, case)
    weighing = admissibility.weigh(work, case)
    if standard is None or weighing is None or label not in weighing.items:
        raise NotFound("There is no such file in this case that could be weighed.")
    return standard, weighing, weighing.items[label]


def _disclosure(head: Head, item: EvidenceItem) -> DisclosureForm | None:
    """The form for the arbitrator who sits, of an item whose original is kept back."""
    may_disclose = item.kept_back and _sits(head) and head.case.state in DISCLOSABLE
    return DisclosureForm(None, prefix="disclosure-") if may_disclose else None


def _may_weigh(head: Head) -> bool:
    """Whether the reader is the arbitrator who sits, and it is the time for it."""
    return _sits(head) and head.case.state in WEIGHED


def _sits(head: Head) -> bool:
    me = current_actor().id
    return any(seat.actor_id == me and seat.state is AppointmentState.ACCEPTED for seat in head.seats)


@bp.get("/party/<link>/evidence/<label>/particulars")
@party
def particulars(link: str, label: str) -> Answer:
    """What an item of one's own says of itself, what is missing, and the form to add it while there is time."""
    return _party_page(label)


@bp.post("/party/<link>/evidence/<label>/particulars")
@party
def cure(link: str, label: str) -> Answer:
    """Add what is missing."""
    with portal().read(current_actor()) as work:
        form = cure_form(*_own(work, label))
    try:
        with portal().work(current_actor()) as work:
            admissibility.cure(work, work.actor.case_no or "", label, form.answers())
    except Invalid as refused:
        form.blame(refused)
        return _party_page(label, form), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _party_page(label, form), 409
    flash(gettext("Added and on the record."), "ok")
    return redirect(url_for("admissibility.particulars", link=link, label=label), 303)


def _own(work: Work, label: str) -> tuple[Kind, Particulars]:
    """The kind of an item of the actor's side and what is answered of it. Raises NotFound."""
    case, me = party_of_actor(work)
    _, _, weighed = _weighed(work, case, label)
    if weighed.item.submitted_by != me.side:
        raise NotFound("There is no such file of yours in this case.")
    return weighed.item.kind, weighed.answers


def _party_page(label: str, form: ParticularsForm | None = None) -> str:
    with portal().read(current_actor()) as work:
        case, _ = party_of_actor(work)
        kind, answers = _own(work, label)
        standard, _, weighed = _weighed(work, case, label)
        form = form or cure_form(kind, answers)
        return render_template(
            "party/particulars.html",
            case=case,
            item=weighed.item,
            kind=KINDS[kind],
            verdict=verdict_shown(weighed),
            answers=answers_shown(standard, weighed),
            form=form,
            may_add=admissibility.may_add(work, case, weighed),
            failed=form.failed,
        )
