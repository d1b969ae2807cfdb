"""The trial run of a draft: each past case asked again under the draft, and told where its outcome would differ."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from arbitration.actions import standard as versions
from arbitration.actions import standard_drafts as drafts
from arbitration.actions.context import SYSTEM, Doors, Work, record
from arbitration.actions.facts import asked_of, stated_record, told_by
from arbitration.actions.platform_rules import promised
from arbitration.domain.errors import Invalid
from arbitration.domain.log import NO_CASE
from arbitration.domain.rulebook import Rulebook, rulebook
from arbitration.domain.standard import Standard
from arbitration.domain.trial import (
    TRIAL,
    UNDERWAY,
    Side,
    Tally,
    TrialAction,
    compare_case,
    retyped,
    understood,
)
from arbitration.store import facts
from arbitration.store import standard_trial as store
from arbitration.store.platform_rules import RulesVersion, rules_of
from arbitration.store.standard_trial import StandardTrial

BATCH = 200
"""So many cases are read at a time: some tenths of a second."""


def request(work: Work, draft_id: int) -> StandardTrial:
    """Standards editor: try the text of a draft, as it is saved, on every past case. While that runs, the same trial.

    Raises Invalid for a text with faults.
    """
    draft = drafts.find(work, draft_id)
    if drafts.faults(draft.body):
        raise Invalid("The text still has faults; correct them first.")
    underway = store.underway(work.session, draft.id, draft.sha256)
    if underway is not None:
        return underway
    trial = StandardTrial(
        draft_id=draft.id,
        sha256=draft.sha256,
        body=draft.body,
        total=store.count_past_cases(work.session),
        result=json.dumps(Tally().as_json()),
        requested_by=work.actor.id,
        requested_at=work.now,
    )
    work.session.add(trial)
    work.session.flush()
    record(work, NO_CASE, "standard_trial_requested", {"draft": draft.id, "trial": trial.id, "sha256": draft.sha256})
    work.ports.jobs.enqueue(work.session, "try_standard", {"trial": trial.id}, work.now)
    return trial


def latest(work: Work, draft_id: int) -> StandardTrial | None:
    """Standards editor: the trial of a draft that was asked for last, if one was. Raises NotFound for no draft."""
    return store.latest(work.session, drafts.find(work, draft_id).id)


def reference(trial_id: int) -> str:
    """Under which the error of its job tells that a trial failed; the log has the cause, with the job's arguments."""
    return f"trial-{trial_id}"


def advance(doors: Doors, trial_id: int, most: int = BATCH) -> None:
    """Job: try the next cases, keep what came of them, and leave the rest to a job of its own.

    Killed anywhere, it begins again after the last case that is counted; run twice at once, it is counted once.
    """
    try:
        with doors.read(SYSTEM) as work:
            trial = work.session.get_one(StandardTrial, trial_id)
            if trial.state not in UNDERWAY:
                return
            seen, tally = trial.last_case_no, Tally.read(json.loads(trial.result))
            tried = _on_trial(trial.body).advance(work, tally, seen, most)
    except Exception as problem:
        _fail(doors, trial_id)
        raise RuntimeError(f"{reference(trial_id)} of a draft of the standard failed") from problem
    with doors.work(SYSTEM) as work:
        trial = work.session.get_one(StandardTrial, trial_id)
        if trial.state in UNDERWAY and trial.last_case_no == seen:
            _keep(work, trial, tally, tried, is_last=len(tried) < most)


def run(doors: Doors, draft: Standard, tell: Callable[[int, int], None]) -> Tally:
    """Operator: the same at once, of a text that is no draft of the office; nothing is kept.

    *tell* is called after each batch with the number of cases tried so far and of all.
    """
    on_trial, tally, last = DraftOnTrial(draft), Tally(), ""
    with doors.read(SYSTEM) as work:
        total = store.count_past_cases(work.session)
    while True:
        with doors.read(SYSTEM) as work:
            tried = on_trial.advance(work, tally, last, BATCH)
        tell(tally.tried, max(total, tally.tried))
        if len(tried) < BATCH:
            return tally
        last = tried[-1]


def _keep(work: Work, trial: StandardTrial, tally: Tally, tried: list[str], *, is_last: bool) -> None:
    action = TrialAction.FINISH if is_last else TrialAction.ADVANCE
    trial.state = TRIAL.next_state(trial.state, action, work.actor.role)
    trial.done = tally.tried
    trial.total = tally.tried if is_last else max(trial.total, tally.tried)  # cases come while it runs
    trial.changed = tally.altered
    trial.result = json.dumps(tally.as_json())
    trial.last_case_no = tried[-1] if tried else trial.last_case_no
    if is_last:
        trial.finished_at = work.now
    else:
        work.ports.jobs.enqueue(work.session, "try_standard", {"trial": trial.id}, work.now)


def _fail(doors: Doors, trial_id: int) -> None:
    with doors.work(SYSTEM) as work:
        trial = work.session.get_one(StandardTrial, trial_id)
        if trial.state in UNDERWAY:
            trial.state = TRIAL.next_state(trial.state, TrialAction.FAIL, work.actor.role)
            trial.finished_at = work.now


class DraftOnTrial:
    """A draft beside the versions that govern past cases, each made ready once for the same promises."""

    def __init__(self, draft: Standard) -> None:
        self.draft = draft
        self._retyped: dict[str, frozenset[str]] = {}
        self._books: dict[tuple[str, str], Rulebook] = {}

    def advance(self, work: Work, tally: Tally, after: str, most: int) -> list[str]:
        """Add the next cases after the number *after* to *tally*, at *most* so many; their numbers."""
        rows = store.past_cases(work.session, after, most)
        numbers = [row.case_no for row in rows]
        said = facts.statements_of(work.session, numbers)
        sat_in = store.sat_in(work.session, numbers)
        standards = {number: versions.version(work, number) for number in {row.standard_version for row in rows}}
        rules = {platform: rules_of(work.session, platform) for platform in {row.platform_id for row in rows}}
        for row in rows:
            promises = next((each for each in rules[row.platform_id] if each.in_force_at <= row.ordered_at), None)
            told = told_by(row.escalation, row.handling)
            before, proposed = (
                Side(
                    self._book(work, standard, promises),
                    asked_of(standard, row.reason, told),
                    stated_record(standard, told, said.get(row.case_no, ()), sits=row.case_no in sat_in),
                )
                for standard in (standards[row.standard_version], self.draft)
            )
            tally.add(row.case_no, compare_case(before, self._understood(before, proposed)))
        return numbers

    def _understood(self, before: Side, after: Side) -> Side:
        """The draft's side without what it reads otherwise than the version that governed."""
        standard = before.book.standard
        if standard.sha256 not in self._retyped:
            self._retyped[standard.sha256] = retyped(standard, self.draft)
        return replace(after, record=understood(after.record, self.draft, self._retyped[standard.sha256]))

    def _book(self, work: Work, standard: Standard, rules: RulesVersion | None) -> Rulebook:
        """With what the platform had promised in *rules*, which bind it under the draft too."""
        key = (standard.sha256, rules.sha256 if rules else "")
        if key not in self._books:
            self._books[key] = rulebook(standard, promised(work, rules, standard) if rules else {})
        return self._books[key]


@lru_cache(maxsize=4)
def _on_trial(text: str) -> DraftOnTrial:
    """Made once in a process for the jobs of one trial."""
    return DraftOnTrial(versions.parsed(text))
