"""The trial run of a draft on past cases, as its editor asks for it, watches it and reads what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import LazyString, gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response

from arbitration.actions import standard_drafts as drafts
from arbitration.actions import standard_trial
from arbitration.actions.context import Work
from arbitration.domain.errors import Invalid
from arbitration.domain.permissions import Role
from arbitration.domain.trial import UNDERWAY, Shifts, Tally, Told, TrialState, Unasked
from arbitration.store.standard import StandardDraft
from arbitration.store.standard_trial import StandardTrial
from arbitration.web.access import needs
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.fact_words import result_badge
from arbitration.web.standard_pages import draft_shown

bp = Blueprint("standard_trials", __name__, url_prefix="/standards/drafts/<int:draft_id>/trial")

LOOK_AGAIN_SECONDS = 3
UNASKED: dict[Unasked, tuple[str, LazyString, str]] = {
    Unasked.NO_CLAUSE: ("plain", lazy_gettext("No such clause"), "circle-off"),
    Unasked.NOT_ASKED: ("plain", lazy_gettext("Not asked"), "circle-off"),
}
"""The same as `RESULTS`, where a version has no result of a clause."""
Result = tuple[str, str, str]
"""Tone, label and icon of what a clause comes to under one version."""


@dataclass(frozen=True)
class ShiftShown:
    """How often one result became another, in words."""

    before: Result
    after: Result
    cases: str


@dataclass(frozen=True)
class ClauseShown:
    """One clause whose result the draft alters."""

    id: str
    shifts: list[ShiftShown]
    examples: list[str]


@dataclass(frozen=True)
class TrialShown:
    """One trial. `says` is where it stands, or what came of it, in words; `is_earlier`: the text is another now."""

    says: str
    underway: bool
    failed: bool
    is_earlier: bool
    done: int
    total: int
    requested_at: datetime
    finished_at: datetime | None
    reference: str
    reproven: str
    outcomes: list[ClauseShown]
    on_record: list[ClauseShown]


@bp.get("")
@needs(Role.STANDARDS_EDITOR)
def show(draft_id: int) -> Response:
    """The last trial; while it runs, the page looks again by itself."""
    return _page(draft_id)


@bp.post("")
@needs(Role.STANDARDS_EDITOR)
def request(draft_id: int) -> Response | tuple[Response, int]:
    """Try the text as it is saved."""
    try:
        with portal().work(current_actor()) as work:
            standard_trial.request(work, draft_id)
    except Invalid as refused:
        flash(explain(refused), "bad")
        return _page(draft_id), 422
    return redirect(url_for("standard_trials.show", draft_id=draft_id), 303)


def shown(work: Work, draft: StandardDraft) -> TrialShown | None:
    """The last trial of a draft, for its own page and for the draft's."""
    trial = standard_trial.latest(work, draft.id)
    return _shown(trial, draft) if trial else None


def _page(draft_id: int) -> Response:
    with portal().read(current_actor()) as work:
        draft = drafts.find(work, draft_id)
        trial = shown(work, draft)
        page = render_template(
            "standards/trial.html",
            draft=draft_shown(draft, work.now),
            trial=trial,
            has_faults=bool(drafts.faults(draft.body)),
        )
    response = make_response(page)
    if trial and trial.underway:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _shown(trial: StandardTrial, draft: StandardDraft) -> TrialShown:
    tally = Tally.read(json.loads(trial.result))
    return TrialShown(
        says=_sentence(trial),
        underway=trial.state in UNDERWAY,
        failed=trial.state is TrialState.FAILED,
        is_earlier=trial.sha256 != draft.sha256,
        done=trial.done,
        total=trial.total,
        requested_at=trial.requested_at,
        finished_at=trial.finished_at,
        reference=standard_trial.reference(trial.id),
        reproven=_cases(tally.reproven) if tally.reproven else "",
        outcomes=_clauses(tally.outcomes),
        on_record=_clauses(tally.on_record),
    )


def _sentence(trial: StandardTrial) -> str:
    total = f"{trial.total:,}"
    if trial.state is TrialState.FAILED:
        return gettext("The trial run failed.")
    if trial.state is TrialState.WAITING:
        return gettext("The trial run is about to begin.")
    if trial.state is TrialState.RUNNING:
        done = f"{trial.done:,}"
        return ngettext(
            "%(done)s of %(total)s case", "%(done)s of %(total)s cases", trial.total, done=done, total=total
        )
    if not trial.total:
        return gettext("There is no past case yet to try the draft on.")
    if not trial.changed:
        return ngettext(
            "This change would have altered the outcome of none of %(total)s case.",
            "This change would have altered the outcome of none of %(total)s cases.",
            trial.total,
            total=total,
        )
    return ngettext(
        "This change would have altered the outcome of %(changed)s of %(total)s case.",
        "This change would have altered the outcome of %(changed)s of %(total)s cases.",
        trial.total,
        changed=f"{trial.changed:,}",
        total=total,
    )


def _cases(number: int) -> str:
    return ngettext("%(count)s case", "%(count)s cases", number, count=f"{number:,}")


def _clauses(found: Mapping[str, Shifts]) -> list[ClauseShown]:
    return [
        ClauseShown(
            clause_id,
            [
                ShiftShown(_result(before), _result(after), _cases(cases))
                for (before, after), cases in shifts.counted.most_common()
            ],
            shifts.examples,
        )
        for clause_id, shifts in sorted(found.items())
    ]


def _result(told: Told) -> Result:
    if not isinstance(told, Unasked):
        return result_badge(told)
    tone, label, icon = UNASKED[told]
    return tone, str(label), icon
