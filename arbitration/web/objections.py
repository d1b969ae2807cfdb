"""Objections to evidence: a party objects and replies on one page, the arbitrator decides beside the verdict."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from arbitration.actions import objections
from arbitration.actions.context import Work
from arbitration.actions.items import given_to
from arbitration.actions.objections import can_object, can_reply, grounds_left, side_of
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.errors import Conflict, Invalid, NotFound
from arbitration.domain.evidence import ItemState
from arbitration.domain.objections import Decision, Ground
from arbitration.domain.permissions import Role
from arbitration.store import evidence
from arbitration.web.access import needs, party
from arbitration.web.admissibility import Answer, item_page
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.evidence_words import GROUNDS, KINDS
from arbitration.web.objection_forms import DecisionForm, ObjectionForm, ReplyForm
from arbitration.web.objection_pages import shown
from arbitration.web.party_pages import party_of_actor

bp = Blueprint("objections", __name__)


@bp.get("/party/<link>/files/<label>/objections")
@party
def of_party(link: str, label: str) -> Answer:
    """What is held against an item, and the forms to object to it or to reply."""
    return _page(label)


@bp.post("/party/<link>/files/<label>/objections")
@party
def challenge(link: str, label: str) -> Answer:
    """Object to an item of another."""
    form = ObjectionForm(prefix="objection-")
    if form.ground.data not in set(Ground):
        form.ground.data, form.ground.errors = None, [gettext("Choose what is wrong with it.")]
        return _page(label, objection=form), 422
    ground = Ground(form.ground.data)
    return _take(
        link,
        label,
        lambda work: objections.challenge(work, work.actor.case_no or "", label, ground, form.words.data or ""),
        gettext("Your objection is on the record."),
        objection=form,
    )


@bp.post("/party/<link>/files/<label>/objections/<int:number>/reply")
@party
def reply(link: str, label: str, number: int) -> Answer:
    """Reply to an objection to an item of one's own."""
    form = ReplyForm(prefix=f"reply{number}-")
    return _take(
        link,
        label,
        lambda work: objections.reply(work, work.actor.case_no or "", label, number, form.words.data or ""),
        gettext("Your reply is on the record."),
        replies={number: form},
    )


def _take(
    link: str,
    label: str,
    do: Callable[[Work], object],
    done: str,
    *,
    objection: ObjectionForm | None = None,
    replies: dict[int, ReplyForm] | None = None,
) -> Answer:
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except Invalid as refused:
        for form in (objection, *(replies or {}).values()):
            if form is not None:
                form.words.errors = [explain(refused)]
        return _page(label, objection, replies), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _page(label, objection, replies), 409
    flash(done, "ok")
    return redirect(url_for("objections.of_party", link=link, label=label), 303)


def _page(label: str, objection: ObjectionForm | None = None, replies: dict[int, ReplyForm] | None = None) -> str:
    with portal().read(current_actor()) as work:
        case, _ = party_of_actor(work)
        item = evidence.by_label(work.session, case.case_no, label)
        if item is None or item.state is not ItemState.SUBMITTED:
            raise NotFound("There is no such file on the record.")
        rows, side = objections.objections_of(work, case.case_no, label), side_of(work)
        form = objection or ObjectionForm(None, prefix="objection-")
        form.ground.choices = [SelectChoice(each, GROUNDS[each]) for each in grounds_left(rows, side)]
        forms = {row.id: ReplyForm(None, prefix=f"reply{row.id}-") for row in rows if can_reply(work, case, row, side)}
        forms |= {number: sent for number, sent in (replies or {}).items() if number in forms}
        asked = [form, *forms.values()]
        return render_template(
            "party/objections.html",
            case=case,
            item=item,
            given=given_to(Role(side) if side is not None else Role.PUBLIC, item),
            kind=KINDS[item.kind],
            objections=shown(rows, standard_of(work, case)),
            form=form if can_object(case, item, rows, side) else None,
            replies=forms,
            failed=[(field.id, str(error)) for each in asked for field in each for error in field.errors],
        )


@bp.post("/cases/<case_no>/evidence/<label>/objections/<int:number>")
@needs(Role.ARBITRATOR)
def decide(case_no: str, label: str, number: int) -> Answer:
    """Uphold or dismiss it; back to the page where the item is weighed."""
    form = DecisionForm(prefix=f"decision{number}-")
    if form.decision.data not in set(Decision):
        form.decision.data = None
        form.decision.errors = [gettext("Choose whether the objection is upheld or dismissed.")]
        return item_page(case_no, label, decision=(number, form)), 422
    decision = Decision(form.decision.data)
    try:
        with portal().work(current_actor()) as work:
            objections.decide(work, case_no, label, number, decision, form.reason.data or "")
    except Invalid as refused:
        form.reason.errors = [explain(refused)]
        return item_page(case_no, label, decision=(number, form)), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return item_page(case_no, label, decision=(number, form)), 409
    flash(gettext("Your decision on the objection is on the record."), "ok")
    return redirect(url_for("admissibility.show", case_no=case_no, label=label), 303)
