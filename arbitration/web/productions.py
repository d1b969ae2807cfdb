"""Production orders: on a page of the case for staff, who order and (the platform's officer) answer, and a party's."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from arbitration.actions import productions
from arbitration.actions.context import Work, get_case
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.domain.productions import HOURS, Obligor, Withholding
from arbitration.store import evidence
from arbitration.web.access import needs, party
from arbitration.web.admissibility import Answer
from arbitration.web.case_forms import CaseForm
from arbitration.web.case_head import open_head
from arbitration.web.current import current_actor, portal, said
from arbitration.web.errors import explain
from arbitration.web.party_pages import party_of_actor
from arbitration.web.production_pages import WITHHOLDINGS, productions_shown
from arbitration.web.typed import clean
from arbitration.web.words import ROLES

bp = Blueprint("productions", __name__)


class OrderForm(CaseForm):
    """Who is to produce what, on which fact it bears, and until when."""

    obligor = SelectField(
        lazy_gettext("Who is to produce it"),
        choices=[SelectChoice(each, ROLES[Role(each)]) for each in Obligor],
        validate_choice=False,
    )
    what = TextAreaField(lazy_gettext("What is to be produced"), filters=[clean])
    fact = SelectField(lazy_gettext("The fact on which it bears"), validate_choice=False)
    hours = SelectField(lazy_gettext("Time to produce it"), validate_choice=False)


@bp.get("/cases/<case_no>/productions")
@needs(*CASE_READERS)
def of_case(case_no: str) -> str:
    """What was ordered to be produced, and the form to order."""
    return _case_page(case_no)


@bp.post("/cases/<case_no>/productions")
@needs(Role.ARBITRATOR)
def order(case_no: str) -> Answer:
    """Order something to be produced."""
    form = OrderForm(prefix="order-")
    asked = form.obligor.data if form.obligor.data in set(Obligor) else Obligor.RESPONDENT
    hours = int(form.hours.data) if form.hours.data in map(str, HOURS) else 0

    def do(work: Work) -> None:
        productions.order(work, case_no, Obligor(asked), form.what.data or "", form.fact.data or "", hours)

    return _take(case_no, do, gettext("The order is on the record, and whoever is to produce it sees it."), form)


@bp.post("/cases/<case_no>/productions/<int:number>/withdraw")
@needs(Role.ARBITRATOR)
def withdraw(case_no: str, number: int) -> Answer:
    """It is not needed any more."""
    why = clean(request.form.get("words", ""))
    return _take(case_no, lambda work: productions.withdraw(work, case_no, number, why), gettext("Order withdrawn"))


@bp.post("/cases/<case_no>/productions/<int:number>/withheld")
@needs(Role.ARBITRATOR)
def find(case_no: str, number: int) -> Answer:
    """It was withheld, with or without good reason."""
    found = request.form.get("found", "")
    if found not in set(Withholding):
        abort(400)
    return _take(
        case_no,
        lambda work: productions.find(work, case_no, number, Withholding(found)),
        gettext("The finding is on the record."),
    )


@bp.post("/cases/<case_no>/productions/<int:number>/answer")
@needs(Role.PLATFORM_OFFICER)
def answer_of_platform(case_no: str, number: int) -> Answer:
    """The platform names the file that it filed, or says why not."""
    return _take(case_no, _answer(case_no, number), gettext("Your answer is on the record."))


@bp.get("/party/<link>/productions")
@party
def of_party(link: str) -> str:
    """What a party is ordered to produce, and what others are."""
    return _party_page()


@bp.post("/party/<link>/productions/<int:number>")
@party
def answer(link: str, number: int) -> Answer:
    """Name the file that was filed, or say why not."""
    try:
        with portal().work(current_actor()) as work:
            _answer(work.actor.case_no or "", number)(work)
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return _party_page(), 422 if isinstance(refused, Invalid) else 409
    flash(gettext("Your answer is on the record."), "ok")
    return redirect(url_for("productions.of_party", link=link), 303)


def _answer(case_no: str, number: int) -> Callable[[Work], None]:
    """A file where one is named, else a reason."""
    label, words = request.form.get("label", ""), clean(request.form.get("words", ""))
    if label:
        return lambda work: productions.produce(work, case_no, number, label)
    return lambda work: productions.refuse(work, case_no, number, words)


def _take(case_no: str, do: Callable[[Work], None], done: str, form: OrderForm | None = None) -> Answer:
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return _case_page(case_no, form), 422 if isinstance(refused, Invalid) else 409
    flash(done, "ok")
    return redirect(url_for("productions.of_case", case_no=case_no), 303)


def _case_page(case_no: str, sent: OrderForm | None = None) -> str:
    form = sent or OrderForm(None, prefix="order-")
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        case = get_case(work, case_no)
        standard = standard_of(work, case)
        form.fact.choices = [SelectChoice(each.name, said(each.label)) for each in standard.facts] if standard else []
        form.hours.choices = [SelectChoice(str(each), gettext("%(hours)s h", hours=each)) for each in HOURS]
        sits = work.actor.role is Role.ARBITRATOR and head.reads_only is None
        return render_template(
            "cases/productions.html",
            head=head,
            productions=productions_shown(work, case),
            own=_own_items(work, case_no, Role.PLATFORM),
            form=form if sits and case.state in productions.ORDERABLE else None,
            sits=sits,
            withholdings=WITHHOLDINGS,
        )


def _party_page() -> str:
    with portal().read(current_actor()) as work:
        case, me = party_of_actor(work)
        return render_template(
            "party/productions.html",
            case=case,
            productions=productions_shown(work, case),
            own=_own_items(work, case.case_no, Role(me.side)),
        )


def _own_items(work: Work, case_no: str, role: Role) -> list[tuple[str, str]]:
    return [
        (each.label or "", f"{each.label} {each.file_name}")
        for each in evidence.on_record(work.session, case_no)
        if each.submitted_by is role
    ]
