"""The trial run of a draft: which past cases would have ended otherwise, however often its job is killed."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update

from arbitration import worker
from arbitration.actions import platform_rules, standard_drafts, standard_trial
from arbitration.actions.context import SYSTEM, Doors
from arbitration.domain.errors import Invalid, NotAllowed, NotFound
from arbitration.domain.standard import parse
from arbitration.domain.trial import TrialState
from arbitration.portal import Portal
from arbitration.store.cases import Case
from arbitration.store.jobs import Job
from arbitration.store.standard_trial import StandardTrial
from tests.factories import EDITOR, Office
from tests.fakes import FakeClock
from tests.past_cases import BETWEEN, LONGER, NEXT, brought
from tests.rules_files import rules_file

__all__ = ["brought"]

pytestmark = pytest.mark.usefixtures("case_no")


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def draft(portal: Portal, office: Office) -> int:
    with portal.work(EDITOR) as work:
        return standard_drafts.start(work, LONGER).id


def asked(portal: Portal, draft: int) -> int:
    with portal.work(EDITOR) as work:
        return standard_trial.request(work, draft).id


def trial_of(portal: Portal, draft: int) -> StandardTrial:
    with portal.read(EDITOR) as work:
        found = standard_trial.latest(work, draft)
    assert found is not None
    return found


def told(trial: StandardTrial) -> tuple[Any, ...]:
    return (trial.state, trial.total, trial.done, trial.changed, trial.result)


@dataclass
class Interrupted:
    """Doors at which something happens before what was found is kept."""

    doors: Doors
    happens: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.doors, name)

    def work(self, actor: Any) -> Any:
        happens, self.happens = self.happens, lambda: None
        happens()
        return self.doors.work(actor)


class Killed(BaseException):
    """The process ends here."""


def killed() -> None:
    raise Killed


def test_exactly_the_cases_between_the_two_windows_would_have_ended_otherwise(
    portal: Portal, office: Office, draft: int
) -> None:
    asked(portal, draft)
    assert told(trial_of(portal, draft))[:4] == (TrialState.WAITING, 5, 0, 0)
    office.settle()
    trial = trial_of(portal, draft)
    assert told(trial)[:4] == (TrialState.DONE, 5, 5, 3)
    seen: list[tuple[int, int]] = []
    tally = standard_trial.run(portal, parse(LONGER), lambda done, total: seen.append((done, total)))
    assert tally.outcomes["AS-01"].examples == BETWEEN
    assert tally.outcomes["AS-01"].counted == {("not_applicable", "breached"): 3}
    assert seen == [(5, 5)]
    assert standard_trial.run(portal, parse(NEXT), lambda done, total: None).altered == 0


def test_killed_or_run_twice_at_once_each_case_is_counted_once(portal: Portal, office: Office, draft: int) -> None:
    trial = asked(portal, draft)
    with pytest.raises(Killed):
        standard_trial.advance(Interrupted(portal, killed), trial, 2)
    assert trial_of(portal, draft).done == 0

    def overtaken() -> None:
        standard_trial.advance(portal, trial, 2)
        standard_trial.advance(portal, trial, 2)

    standard_trial.advance(Interrupted(portal, overtaken), trial, 2)
    assert (trial_of(portal, draft).state, trial_of(portal, draft).done) == (TrialState.RUNNING, 4)
    standard_trial.advance(portal, trial, 2)
    in_parts = told(trial_of(portal, draft))
    office.settle()
    assert told(trial_of(portal, draft)) == in_parts
    asked(portal, draft)
    office.settle()
    assert told(trial_of(portal, draft)) == in_parts


def test_one_trial_of_a_text_runs_at_a_time_and_another_text_has_its_own(portal: Portal, draft: int) -> None:
    first = asked(portal, draft)
    assert asked(portal, draft) == first
    with portal.work(EDITOR) as work:
        standard_drafts.save(work, draft, NEXT, 1)
    assert asked(portal, draft) != first


def test_faults_and_other_people_are_refused(portal: Portal, office: Office, draft: int) -> None:
    with pytest.raises(NotAllowed), portal.work(office.actors["registrar"]) as work:
        standard_trial.request(work, draft)
    with pytest.raises(NotFound), portal.read(EDITOR) as work:
        standard_trial.latest(work, 99)
    with portal.work(EDITOR) as work:
        standard_drafts.save(work, draft, "standard: none\n", 1)
    with pytest.raises(Invalid, match="faults"):
        asked(portal, draft)


def test_a_trial_that_fails_says_so_and_can_be_asked_for_again(
    portal: Portal, office: Office, draft: int, clock: FakeClock
) -> None:
    trial = asked(portal, draft)
    with portal.work(SYSTEM) as work:
        work.session.execute(update(Case).where(Case.case_no == BETWEEN[0]).values(escalation="{}"))
    assert worker.run_one(portal, worker.TRIALS)
    assert trial_of(portal, draft).state is TrialState.FAILED
    with portal.read(SYSTEM) as work:
        (error,) = work.session.scalars(select(Job.error).where(Job.kind == "try_standard"))
    assert standard_trial.reference(trial) in str(error)
    clock.tick(hours=1)
    office.settle()
    assert trial_of(portal, draft).state is TrialState.FAILED
    assert asked(portal, draft) != trial


def test_what_a_platform_promised_binds_it_under_the_draft_too(
    portal: Portal, office: Office, clock: FakeClock
) -> None:
    before = clock.now
    clock.tick(days=-20)
    with portal.work(SYSTEM) as work:
        platform = platform_rules.platform_named(work, "kami").id
        platform_rules.publish(work, platform, rules_file("AS-01", floors={"window": "7d"}, in_force="2026-11-10"))
    clock.now = before
    assert standard_trial.run(portal, parse(LONGER), lambda done, total: None).altered == 0
