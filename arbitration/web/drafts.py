"""A party checks its files before they count: what each is and says of itself, what is missing; then it submits."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from arbitration.actions import filing, repeats
from arbitration.actions.context import Work
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.evidence import Kind
from arbitration.domain.particulars import Need, gaps, load
from arbitration.store import evidence as rows
from arbitration.store.evidence import EvidenceItem
from arbitration.web import party_pages as pages
from arbitration.web.access import party
from arbitration.web.case_forms import CaseForm
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.item_forms import ParticularsForm, draft_form, gap_shown
from arbitration.web.late_pages import late_notice
from arbitration.web.party import files_page
from arbitration.web.party_forms import UploadForm
from arbitration.web.typed import clean

bp = Blueprint("drafts", __name__, url_prefix="/party/<link>/evidence")

Answer = Response | tuple[str, int]
CHECKED = "checked"
"""The page's own mark: without it a form has no fields, and what is kept is submitted as it is."""

MAX_DIGITS = 18
"""Of the number of a file."""


@dataclass(frozen=True)
class DraftShown:
    """One file of the draft with its form. `missing` of its form as EV-01 asks, `helps` for its weight.

    `gives_away` says what of its own side's it would give away, '' where nothing.
    """

    item: EvidenceItem
    form: ParticularsForm
    missing: list[str]
    helps: list[str]
    gives_away: str


class CauseForm(CaseForm):
    """Why the files of the draft come after the record closed."""

    because = TextAreaField(lazy_gettext("Why these files come late (everyone in the case reads it)"), filters=[clean])


@bp.get("/check")
@party
def check(link: str) -> Answer:
    """Every file of the draft with its fields, as they are kept."""
    return _page(link)


@bp.post("/check")
@party
def save(link: str) -> Answer:
    """Keep what is typed; where a kind was changed, the page then asks for the fields of the new one."""
    forms = _forms()
    if not forms and _has_filed():
        return _filed_already(link)
    cause = CauseForm()
    if not (_all_kept(forms) & _cause_kept(cause)):
        return _page(link, forms, cause, status=422)
    chosen = request.form.get("confidential", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < MAX_DIGITS:
        return redirect(url_for("confidential.show", link=link, item=int(chosen)), 303)
    flash(gettext("Saved. Nothing is submitted yet."), "ok")
    return redirect(url_for("drafts.check", link=link), 303)


@bp.post("/submit")
@party
def submit(link: str) -> Answer:
    """Keep what is typed and put the files on the record; with gaps only if that is said."""
    forms = _forms() if CHECKED in request.form else []
    cause = CauseForm()
    try:
        if not (_all_kept(forms) & _cause_kept(cause)):
            return _page(link, forms, cause, status=422)
        if CHECKED in request.form and "with_gaps" not in request.form and _incomplete():
            return _page(link, held=True, status=422)
        with portal().work(current_actor()) as work:
            filing.submit(work, work.actor.case_no or "")
    except Invalid as refused:
        if refused.code == filing.NO_FILE and _has_filed():
            return _filed_already(link)
        if refused.code == repeats.GIVES_AWAY:
            return _page(link, refused=True, status=422)
        if refused.code == filing.NO_CAUSE:
            cause.because.errors = [explain(refused)]
            return _page(link, forms, cause, status=422)
        form = UploadForm(None)
        form.files.errors = [explain(refused)]
        return files_page(form), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return redirect(url_for("party.show", link=link), 303)
    return redirect(url_for("party.receipt", link=link), 303)


def _has_filed() -> bool:
    with portal().read(current_actor()) as work:
        case, me = pages.party_of_actor(work)
        return rows.has_filed(work.session, case.case_no, me.side)


def _filed_already(link: str) -> Response:
    """Another window sent it first, as a rule; the receipt says what is filed."""
    flash(
        gettext("Nothing is waiting to be submitted: it was submitted already, or removed. What you filed is below."),
        "warn",
    )
    return redirect(url_for("party.receipt", link=link), 303)


def _forms() -> list[tuple[EvidenceItem, ParticularsForm]]:
    with portal().read(current_actor()) as work:
        return [(item, _form(item)) for item in _drafts(work)]


def _drafts(work: Work) -> list[EvidenceItem]:
    case, me = pages.party_of_actor(work)
    return rows.drafts_of(work.session, case.case_no, me.side)


def _form(item: EvidenceItem) -> ParticularsForm:
    return draft_form(f"i{item.id}-", item.kind, load(item.particulars))


def _all_kept(forms: list[tuple[EvidenceItem, ParticularsForm]]) -> bool:
    kept = [_keep(item, form) for item, form in forms]  # each one, so that each shows its errors
    return all(kept)


def _keep(item: EvidenceItem, form: ParticularsForm) -> bool:
    """Whether what is typed of one file could be kept; if not, its form says what is wrong. One not sent stays."""
    if f"i{item.id}-kind" not in request.form:
        return True
    try:
        with portal().work(current_actor()) as work:
            filing.describe(work, item.case_no, item.id, Kind(form.kind.data), form.answers())
    except Invalid as refused:
        form.blame(refused)
        return False
    return True


def _cause_kept(form: CauseForm) -> bool:
    """Whether the stated cause of lateness could be kept, where it was sent at all."""
    if form.because.name not in request.form:
        return True
    try:
        with portal().work(current_actor()) as work:
            filing.state_cause(work, work.actor.case_no or "", form.because.data or "")
    except Invalid as refused:
        form.because.errors = [explain(refused)]
        return False
    return True


def _incomplete() -> bool:
    with portal().read(current_actor()) as work:
        return any(gaps(item.kind, load(item.particulars)) for item in _drafts(work))


def _page(
    link: str,
    sent: list[tuple[EvidenceItem, ParticularsForm]] | None = None,
    cause: CauseForm | None = None,
    *,
    held: bool = False,
    refused: bool = False,
    status: int = 200,
) -> Answer:
    with portal().read(current_actor()) as work:
        case, act = pages.filing_shown(work)
        kept = {item.id: item for item in _drafts(work)}
        until: datetime | None = act.until if act is not None else None
        if act is None or not kept:
            flash(gettext("There is no file to check; add one first."), "warn")
            return redirect(url_for("party.files" if act is not None else "party.show", link=link), 303)
        forms = {item.id: form for item, form in sent or ()}
        _, me = pages.party_of_actor(work)
        given_away = {number: explain(why) for number, why in repeats.in_draft(work, case.case_no, me.side).items()}
        shown = [_shown(item, forms.get(item.id), given_away.get(item.id, "")) for item in kept.values()]
        because = next((item.late_because for item in kept.values() if item.late_because), "")
        form = cause if cause is not None and cause.because.errors else CauseForm(None, because=because)
        late = late_notice(work, case)
        page = render_template(
            "party/check.html",
            case=case,
            until=until,
            drafts=shown,
            held=held,
            with_gaps=any(each.missing for each in shown),
            late=late,
            cause=form,
            failed=[(f"file-{each.item.id}", each.gives_away) for each in shown if refused and each.gives_away]
            + [error for each in shown for error in _errors(each)]
            + [(form.because.id, str(error)) for error in form.because.errors],
        )
    return page, status


def _errors(each: DraftShown) -> list[tuple[str, str]]:
    """Where and what is wrong with one file, named, for the summary on top."""
    name = each.item.file_name
    return [
        (where or f"file-{each.item.id}", gettext("%(name)s: %(why)s", name=name, why=why))
        for where, why in each.form.failed
    ]


def _shown(item: EvidenceItem, form: ParticularsForm | None, gives_away: str) -> DraftShown:
    answers = load(item.particulars)
    form = form or draft_form(f"i{item.id}-", item.kind, answers, kept=True)
    kind = item.kind
    if form.failed:  # nothing of it was kept, and the reader sees what was typed
        kind, answers = Kind(form.kind.data), form.sound_answers()
    return DraftShown(
        item,
        form,
        [gap_shown(gap) for gap in gaps(kind, answers)],
        [gap_shown(gap) for gap in gaps(kind, answers, Need.WEIGHT)],
        gives_away,
    )
