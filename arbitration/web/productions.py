"""Production orders: on a page of the case for staff, who order and (the platform's officer) answer, and a party's."""

from collections.abc import Callable, Iterable, Iterator

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from arbitration.actions import productions
from arbitration.actions.context import Work, get_case
from arbitration.actions.platform_rules import book_of, standard_of
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.domain.productions import HOURS, Withholding
from arbitration.domain.standard import Standard
from arbitration.store import evidence
from arbitration.store.cases import Case
from arbitration.web.access import needs, party
from arbitration.web.admissibility import Answer
from arbitration.web.case_head import open_head
from arbitration.web.current import current_actor, portal, said
from arbitration.web.errors import explain
from arbitration.web.party_pages import party_of_actor
from arbitration.web.production_forms import AnswerForm, OrderForm, ProductionForm, Sent, WithdrawForm
from arbitration.web.production_pages import WITHHOLDINGS, ProductionShown, productions_shown

bp = Blueprint("productions", __name__)


@bp.get("/cases/<case_no>/productions")
@needs(*CASE_READERS)
def of_case(case_no: str) -> str:
    """What was ordered to be produced, and the form to order."""
    return _case_page(case_no, Sent())


@bp.post("/cases/<case_no>/productions")
@needs(Role.ARBITRATOR)
def order(case_no: str) -> Answer:
    """Order something to be produced."""
    form = OrderForm(prefix="order-")
    asked = form.obliged()
    if asked is None:
        return _case_page(case_no, Sent(order=form)), 422
    return _take(
        lambda work: productions.order(
            work, case_no, asked, form.what.data or "", form.fact.data or "", form.given_hours()
        ),
        gettext("The order is on the record, and whoever is to produce it sees it."),
        form,
        lambda: _case_page(case_no, Sent(order=form)),
        url_for("productions.of_case", case_no=case_no),
    )


@bp.post("/cases/<case_no>/productions/<int:number>/withdraw")
@needs(Role.ARBITRATOR)
def withdraw(case_no: str, number: int) -> Answer:
    """It is not needed any more."""
    form = WithdrawForm(prefix=f"withdraw{number}-")
    return _take(
        lambda work: productions.withdraw(work, case_no, number, form.words.data or ""),
        gettext("Order withdrawn"),
        form,
        lambda: _case_page(case_no, Sent(withdrawals={number: form})),
        url_for("productions.of_case", case_no=case_no),
    )


@bp.post("/cases/<case_no>/productions/<int:number>/withheld")
@needs(Role.ARBITRATOR)
def find(case_no: str, number: int) -> Answer:
    """It was withheld, with or without good reason."""
    found = request.form.get("found", "")
    if found not in set(Withholding):
        abort(400)
    return _take(
        lambda work: productions.find(work, case_no, number, Withholding(found)),
        gettext("The finding is on the record."),
        None,
        lambda: _case_page(case_no, Sent()),
        url_for("productions.of_case", case_no=case_no),
    )


@bp.post("/cases/<case_no>/productions/<int:number>/answer")
@needs(Role.PLATFORM_OFFICER)
def answer_of_platform(case_no: str, number: int) -> Answer:
    """The platform names the file that it filed, or says why not."""
    page = url_for("productions.of_case", case_no=case_no)
    return _answer(case_no, number, lambda sent: _case_page(case_no, sent), page)


@bp.get("/party/<link>/productions")
@party
def of_party(link: str) -> str:
    """What a party is ordered to produce, and what others are."""
    return _party_page(Sent())


@bp.post("/party/<link>/productions/<int:number>")
@party
def answer(link: str, number: int) -> Answer:
    """Name the file that was filed, or say why not."""
    return _answer(current_actor().case_no or "", number, _party_page, url_for("productions.of_party", link=link))


def _answer(case_no: str, number: int, again: Callable[[Sent], str], page: str) -> Answer:
    """A file where one is named, else a reason; whatever is refused comes back as it was typed."""
    form = AnswerForm(prefix=f"answer{number}-")
    sent = Sent(answers={number: form})
    if not form.is_one_answer():
        return again(sent), 422

    def do(work: Work) -> None:
        if form.label.data:
            productions.produce(work, case_no, number, form.label.data)
        else:
            productions.refuse(work, case_no, number, form.words.data or "")

    return _take(do, gettext("Your answer is on the record."), form, lambda: again(sent), page)


def _take(
    do: Callable[[Work], object], done: str, form: ProductionForm | None, again: Callable[[], str], page: str
) -> Answer:
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except Invalid as refused:
        if form is not None:
            form.blame(refused)
        return again(), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return again(), 409
    flash(done, "ok")
    return redirect(page, 303)


def _case_page(case_no: str, sent: Sent) -> str:
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        case = get_case(work, case_no)
        form = _order_form(work, case, sent)
        sits = work.actor.role is Role.ARBITRATOR and head.reads_only is None
        shown = productions_shown(work, case, lambda label: url_for("items.show", case_no=case_no, label=label))
        answers = _answers(work, case_no, shown, sent, Role.PLATFORM)
        withdrawals = {each.number: sent.withdrawal(each.number) for each in shown if sits and each.open}
        return render_template(
            "cases/productions.html",
            head=head,
            productions=shown,
            answers=answers,
            withdrawals=withdrawals,
            form=form if sits and productions.can_order(work, case) else None,
            sits=sits,
            withholdings=WITHHOLDINGS,
            failed=_failed([form, *answers.values(), *withdrawals.values()]),
        )


def _order_form(work: Work, case: Case, sent: Sent) -> OrderForm:
    form = sent.order or OrderForm(None, prefix="order-")
    standard = standard_of(work, case)
    facts = _facts(work, case, standard) if standard is not None else ()
    form.fact.choices = [SelectChoice("", gettext("Choose a fact")), *facts]
    form.hours.choices = [SelectChoice(str(each), gettext("%(hours)s h", hours=each)) for each in HOURS]
    return form


def _facts(work: Work, case: Case, standard: Standard) -> Iterator[SelectChoice]:
    """Every fact, in a group by the chapter of the first clause that asks for it."""
    book = book_of(work, case, standard)
    left = {fact.name: said(fact.label) for fact in standard.facts}
    for chapter in standard.chapters:
        rules = [book.rules[clause.id] for clause in standard.in_chapter(chapter.id) if clause.id in book.rules]
        asked = dict.fromkeys(fact for rule in rules for fact in rule.facts if fact in left)
        yield from (SelectChoice(fact, left.pop(fact), optgroup=said(chapter.title)) for fact in asked)
    yield from (SelectChoice(fact, label, optgroup=gettext("Other")) for fact, label in left.items())


def _party_page(sent: Sent) -> str:
    with portal().read(current_actor()) as work:
        case, me = party_of_actor(work)
        shown = productions_shown(work, case, lambda label: url_for("items.of_party", link=me.link, label=label))
        answers = _answers(work, case.case_no, shown, sent, Role(me.side))
        return render_template(
            "party/productions.html", case=case, productions=shown, answers=answers, failed=_failed(answers.values())
        )


def _answers(
    work: Work, case_no: str, shown: Iterable[ProductionShown], sent: Sent, role: Role
) -> dict[int, AnswerForm]:
    """The forms of the orders that the reader may answer, by number, each with the files that *role* filed."""
    forms = {each.number: sent.answer(each.number) for each in shown if each.may_answer}
    filed = [each for each in evidence.on_record(work.session, case_no) if each.submitted_by is role]
    for form in forms.values():
        form.label.choices = [
            SelectChoice("", gettext("nothing")),
            *(SelectChoice(each.label or "", f"{each.label} {each.file_name}") for each in filed),
        ]
    return forms


def _failed(forms: Iterable[ProductionForm]) -> list[tuple[str, str]]:
    return [(field.id, str(error)) for form in forms for field in form for error in field.errors]
