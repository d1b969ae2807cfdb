"""Versions compared, and drafts that lie open: everyone reads what would change, and may say something to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from arbitration.actions import standard as versions
from arbitration.actions import standard_drafts as drafts
from arbitration.actions.context import PUBLIC
from arbitration.domain.errors import Conflict, Invalid, TooMany
from arbitration.domain.standard import in_force_at
from arbitration.domain.standard_diff import compare as compared
from arbitration.store import standard as store
from arbitration.web.access import public
from arbitration.web.current import lang, portal, said
from arbitration.web.errors import explain
from arbitration.web.standard_forms import CommentForm
from arbitration.web.standard_pages import chapters, diff_shown, draft_shown

bp = Blueprint("consultations", __name__)


@bp.get("/standard/<before>/compare/<after>")
@public
def compare(before: str, after: str) -> str:
    """What one published version changes in another."""
    with portal().read(PUBLIC) as work:
        one, other = versions.version(work, before), versions.version(work, after)
    return render_template(
        "public/compare.html", title=said(other.title), diff=diff_shown(one, other, compared(one, other))
    )


@bp.get("/standard/consultations/<int:draft_id>")
@public
def show(draft_id: int) -> str:
    """A draft in consultation: its clauses, what it changes, what was said, and how to say something."""
    return _page(draft_id, CommentForm(None))


@bp.post("/standard/consultations/<int:draft_id>/comments")
@public
def comment(draft_id: int) -> Response | tuple[str, int]:
    """Say something in public."""
    form = CommentForm()
    if not form.validate():
        return _page(draft_id, form), 422
    try:
        with portal().work(PUBLIC) as work:
            said_now = drafts.comment(
                work,
                draft_id,
                name=form.name.data,
                text=form.text.data,
                language="zh" if lang() == "zh-Hans" else "en",
                source=request.remote_addr or "",
            ).id
    except TooMany:
        flash(gettext("Too many comments in a short time. Wait a quarter of an hour and send it again."), "bad")
        return _page(draft_id, form), 429
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return _page(draft_id, form), 409 if isinstance(refused, Conflict) else 422
    flash(gettext("Your comment stands below, for everyone to read."), "ok")
    return redirect(url_for("consultations.show", draft_id=draft_id, _anchor=f"comment-{said_now}"), 303)


def _page(draft_id: int, form: CommentForm) -> str:
    with portal().read(PUBLIC) as work:
        draft = drafts.consultation(work, draft_id)
        proposed = versions.parsed(draft.body)
        current = in_force_at(versions.published(work), work.now)
        return render_template(
            "public/consultation.html",
            title=said(proposed.title),
            draft=draft_shown(draft, work.now),
            in_force=proposed.starts_at,
            version=proposed.version,
            is_published=draft.state is drafts.EditionState.PUBLISHED,
            chapters=chapters(proposed),
            diff=diff_shown(current, proposed, compared(current, proposed)) if current else None,
            comments=store.comments(work.session, draft.id),
            form=form,
        )
