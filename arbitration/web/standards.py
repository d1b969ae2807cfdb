"""The desk of the standards editor: drafts with a live check, their consultations, and their publication."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from arbitration.actions import standard as versions
from arbitration.actions import standard_drafts as drafts
from arbitration.actions.context import Work
from arbitration.domain.clauses import Clause
from arbitration.domain.editions import EDITION, EditionAction, EditionState
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.permissions import Role
from arbitration.domain.standard import Standard, StandardRefused, in_force_at
from arbitration.domain.standard_diff import compare
from arbitration.store import rulings
from arbitration.store import standard as store
from arbitration.store.rulings import Citing
from arbitration.store.standard import StandardDraft
from arbitration.web import standard_trials
from arbitration.web.access import needs
from arbitration.web.bodies import takes
from arbitration.web.current import current_actor, portal, wants_json
from arbitration.web.errors import explain
from arbitration.web.standard_forms import BeginForm, OpenForm, TextForm
from arbitration.web.standard_pages import DiffShown, DraftShown, diff_shown, draft_shown
from arbitration.web.standard_trials import TrialShown

bp = Blueprint("standards", __name__, url_prefix="/standards")

TEXT_BYTES = 2 * 1024 * 1024
"""The largest text, each of its characters as a form may write it."""
DAYS = 7

Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class ClauseRow:
    """One clause of a draft in both languages, and the issued rulings that applied it, in whatever version."""

    clause: Clause
    cited: list[Citing]


@dataclass(frozen=True)
class Desk:
    """A draft's page. `proposed` is None while the text has faults; `stale` is what somebody else saved meanwhile."""

    draft: DraftShown
    standard: Standard | None
    actions: frozenset[EditionAction]
    editable: bool
    diff: DiffShown | None
    clauses: list[ClauseRow]
    trial: TrialShown | None
    stale: str | None = None


@bp.get("")
@needs(Role.STANDARDS_EDITOR)
def index() -> str:
    """Every draft and every version."""
    return _index_page()


@bp.post("/drafts")
@needs(Role.STANDARDS_EDITOR)
@takes(TEXT_BYTES)
def begin() -> Answer:
    """A new draft of the version in force, or of a file."""
    file = request.files.get("file")
    try:
        text = file.stream.read().decode("utf-8") if file and file.filename else None
        with portal().work(current_actor()) as work:
            made = drafts.start(work, text).id
    except UnicodeDecodeError:
        flash(gettext("The file is not text in UTF-8; save it as such and choose it again."), "bad")
        return _index_page(), 422
    except Invalid as refused:
        flash(explain(refused), "bad")
        return _index_page(), 422
    return redirect(url_for("standards.draft", draft_id=made), 303)


@bp.get("/drafts/<int:draft_id>")
@needs(Role.STANDARDS_EDITOR)
def draft(draft_id: int) -> str:
    """One draft: its text, what it changes, what was said to it, and what can be done."""
    return _draft_page(draft_id)


@bp.post("/drafts/<int:draft_id>")
@needs(Role.STANDARDS_EDITOR)
@takes(TEXT_BYTES)
def save(draft_id: int) -> Answer:
    """Keep the text, faulty or not."""
    form = TextForm()
    try:
        with portal().work(current_actor()) as work:
            drafts.save(work, draft_id, form.body.data, form.seen)
    except Invalid as refused:
        flash(explain(refused), "bad")
        return _draft_page(draft_id, form), 422
    except Conflict as refused:
        if refused.code != "stale":
            flash(explain(refused), "bad")
        return _draft_page(draft_id, form, stale=refused.code == "stale"), 409
    faults = drafts.faults(form.body.data)
    if faults:
        sentence = ngettext(
            "The draft is saved, with %(num)s fault: it cannot lie open until that is corrected.",
            "The draft is saved, with %(num)s faults: it cannot lie open until they are corrected.",
            len(faults),
        )
        flash(sentence, "warn")
    else:
        flash(gettext("The draft is saved."), "ok")
    return redirect(url_for("standards.draft", draft_id=draft_id), 303)


@bp.post("/drafts/<int:draft_id>/check")
@needs(Role.STANDARDS_EDITOR)
@takes(TEXT_BYTES)
def check(draft_id: int) -> Response | str:
    """The faults of what is typed, each with its line; nothing is kept."""
    form = TextForm()
    if not wants_json():
        return _draft_page(draft_id, form)
    with portal().read(current_actor()) as work:
        drafts.find(work, draft_id)
    found = drafts.faults(form.body.data)
    return jsonify(
        faults=[{"at": f"{each.line}:{each.column}", "where": each.where, "reason": each.reason} for each in found]
    )


@bp.post("/drafts/<int:draft_id>/open")
@needs(Role.STANDARDS_EDITOR)
def open_consultation(draft_id: int) -> Answer:
    """Lay it open to everyone."""
    form = OpenForm()
    lasts = timedelta(days=max(0, min(form.days.data or 0, 10_000)))
    seen = form.seen
    with portal().read(current_actor()) as work:  # searched here, so that the writing transaction need not wait for it
        drafts.faults(drafts.find(work, draft_id).body)
    return _act(
        draft_id,
        lambda work: drafts.open_consultation(work, draft_id, seen, lasts),
        gettext("The draft lies open for comments."),
    )


@bp.post("/drafts/<int:draft_id>/return")
@needs(Role.STANDARDS_EDITOR)
def return_to_draft(draft_id: int) -> Answer:
    """End the consultation to change the text."""
    done = gettext("The consultation has ended; the text can be changed.")
    return _act(draft_id, lambda work: drafts.return_to_draft(work, draft_id), done)


@bp.post("/drafts/<int:draft_id>/withdraw")
@needs(Role.STANDARDS_EDITOR)
def withdraw(draft_id: int) -> Answer:
    """Give it up."""
    return _act(draft_id, lambda work: drafts.withdraw(work, draft_id), gettext("The draft is withdrawn."))


@bp.post("/drafts/<int:draft_id>/publish")
@needs(Role.STANDARDS_EDITOR)
def publish(draft_id: int) -> Answer:
    """Make it a version, for good."""
    return _act(draft_id, lambda work: drafts.publish(work, draft_id), gettext("The version is published."))


def _act(draft_id: int, do: Callable[[Work], object], done: str) -> Answer:
    """One step, then back to the draft; what is wrong is said on its page."""
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except StandardRefused:
        flash(gettext("The text still has faults; correct them first."), "bad")
        return _draft_page(draft_id), 422
    except Invalid as refused:
        flash(explain(refused), "bad")
        return _draft_page(draft_id), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _draft_page(draft_id), 409
    flash(done, "ok")
    return redirect(url_for("standards.draft", draft_id=draft_id), 303)


def _index_page() -> str:
    with portal().read(current_actor()) as work:
        return render_template(
            "standards/index.html",
            drafts=[draft_shown(each, work.now) for each in store.drafts(work.session)],
            versions=versions.published(work),
            current=in_force_at(versions.published(work), work.now),
            form=BeginForm(None),
        )


def _draft_page(draft_id: int, form: TextForm | None = None, *, stale: bool = False) -> str:
    """The page of a draft; with *form*, of what is typed in it, which is not kept."""
    with portal().read(current_actor()) as work:
        row = drafts.find(work, draft_id)
        if form is None:
            form = TextForm(None, body=row.body, revision=str(row.revision))
        elif stale:
            form.revision.data = str(row.revision)
        found = drafts.faults(form.body.data)
        return render_template(
            "standards/draft.html",
            page=_desk(work, row, None if found else versions.parsed(form.body.data), stale),
            form=form,
            open_form=OpenForm(None, days=DAYS, revision=str(row.revision)),
            faults=found,
            comments=store.comments(work.session, draft_id),
        )


def _desk(work: Work, row: StandardDraft, proposed: Standard | None, stale: bool) -> Desk:
    current = in_force_at(versions.published(work), work.now)
    diff = diff_shown(current, proposed, compare(current, proposed)) if current and proposed else None
    return Desk(
        draft=draft_shown(row, work.now),
        standard=proposed,
        actions=frozenset(EDITION.open_actions(row.state, work.actor.role)),
        editable=row.state is EditionState.DRAFT,
        diff=diff,
        clauses=[
            ClauseRow(clause, rulings.citing(work.session, clause.id))
            for clause in (proposed.clauses if proposed else ())
        ],
        trial=standard_trials.shown(work, row),
        stale=row.body if stale else None,
    )
