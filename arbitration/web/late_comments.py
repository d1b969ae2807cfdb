"""Late evidence: a party comments on what another filed after the record closed."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField

from arbitration.actions import late_evidence
from arbitration.domain.errors import Conflict, Invalid, NotFound
from arbitration.store import evidence
from arbitration.web.access import party
from arbitration.web.admissibility import Answer
from arbitration.web.case_forms import CaseForm
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.evidence_words import KINDS
from arbitration.web.late_pages import late_shown
from arbitration.web.party_pages import party_of_actor
from arbitration.web.typed import clean

bp = Blueprint("late_comments", __name__)


class CommentForm(CaseForm):
    """The one comment of a side."""

    words = TextAreaField(lazy_gettext("Your comment (everyone in the case reads it)"), filters=[clean])


@bp.get("/party/<link>/files/<label>/comment")
@party
def show(link: str, label: str) -> Answer:
    """Why the file came late, what was said to it, and the form to comment on it while there is time."""
    return _page(label, CommentForm(None))


@bp.post("/party/<link>/files/<label>/comment")
@party
def comment(link: str, label: str) -> Answer:
    """Comment on it, once."""
    form = CommentForm()
    try:
        with portal().work(current_actor()) as work:
            late_evidence.comment(work, work.actor.case_no or "", label, form.words.data or "")
    except Invalid as refused:
        form.words.errors = [explain(refused)]
        return _page(label, form), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _page(label, form), 409
    flash(gettext("Your comment is on the record."), "ok")
    return redirect(url_for("late_comments.show", link=link, label=label), 303)


def _page(label: str, form: CommentForm) -> str:
    with portal().read(current_actor()) as work:
        case, me = party_of_actor(work)
        item = evidence.by_label(work.session, case.case_no, label)
        shown = late_shown(work, case, me.side).get(label)
        if item is None or shown is None:
            raise NotFound("There is no such late file on the record.")
        return render_template(
            "party/comment.html",
            case=case,
            item=item,
            kind=KINDS[item.kind],
            late=shown,
            form=form,
            typed=form.words.data if form.words.errors or shown.until is None else None,
            failed=[(form.words.id, str(error)) for error in form.words.errors],
        )
