"""What stands on every page of a case: title, flags, stages, next deadline, sub-navigation, and what one can do now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from arbitration.actions.context import Actor, Work
from arbitration.actions.panel import APPOINTABLE
from arbitration.domain.cases import CASE, ENDED, STAGES, Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import NotFound
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import Permission, Role, may
from arbitration.store import case_file, docket
from arbitration.store.case_file import CaseRow, Glance, Period, Seat
from arbitration.store.cases import Case
from arbitration.web.current import lang, now
from arbitration.web.formats import beijing
from arbitration.web.pending_pages import PendingShown, pending_shown
from arbitration.web.wording import ACTIONS, AWAITED, CATEGORIES, END_REASONS, STATES, STEPS, gettext, spoken
from arbitration.web.wording import STAGES as STAGE_LABELS
from arbitration.web.words import OUTCOMES


class Step(StrEnum):
    """What staff can do in a case."""

    ADMIT = "admit"
    ASK_CURE = "ask_cure"
    REJECT = "reject"
    APPOINT = "appoint"
    ACCEPT = "accept"
    DECLINE = "decline"
    CLOSE_RECORD = "close_record"
    WRITE = "write"
    SIGN = "sign"


STEP_LABELS: dict[Step, LazyString] = {
    Step.ADMIT: ACTIONS[Action.ADMIT],
    Step.ASK_CURE: ACTIONS[Action.ASK_CURE],
    Step.REJECT: ACTIONS[Action.REJECT],
    Step.APPOINT: lazy_gettext("Appoint an arbitrator"),
    Step.ACCEPT: lazy_gettext("Accept the case"),
    Step.DECLINE: lazy_gettext("Decline the case"),
    Step.CLOSE_RECORD: ACTIONS[Action.CLOSE_RECORD],
    Step.WRITE: lazy_gettext("Write the ruling"),
    Step.SIGN: lazy_gettext("Look at the ruling and sign it"),
}
DRASTIC = frozenset({Step.REJECT, Step.DECLINE, Step.CLOSE_RECORD})
"""Steps that end something for others and cannot be taken back: never what a page proposes."""
_MOVES = {
    Step.ADMIT: Action.ADMIT,
    Step.ASK_CURE: Action.ASK_CURE,
    Step.REJECT: Action.REJECT,
}
"""Steps that are moves of the case itself and need nothing but the role."""


@dataclass(frozen=True)
class Tab:
    url: str
    label: str
    count: int | None
    current: bool


@dataclass(frozen=True)
class StageShown:
    label: str
    state: str
    note: str | None


@dataclass(frozen=True)
class DueShown:
    """The next deadline, and who must do what before it."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Head:
    """The frame of a case's pages; `glance`, `periods`, `seats` and `pending` are there for the page itself to use."""

    case: CaseRow
    case_no: str
    title: str
    platform: str
    order_id: str
    category_label: str
    back_url: str
    back_label: str
    flags: list[tuple[str, str]]
    steps: list[StageShown]
    tabs: list[Tab]
    due: DueShown | None
    open_steps: list[Step]
    main_step: Step | None
    main_link: tuple[str, str] | None
    reads_only: str | None
    glance: Glance
    periods: list[Period]
    seats: list[Seat]
    pending: list[PendingShown]


def head_of(work: Work, case: Case, current: str) -> Head:
    """The head for a page that has the case as an object; see `open_head`."""
    return open_head(work, case.case_no, current)


def open_head(work: Work, no: str, current: str) -> Head:
    """The head of a case's page for whoever looks; *current* names the tab: overview, evidence, …, record.

    Raises NotFound, also for a neighbour's case.
    """
    case = case_file.find(work.session, work.actor.viewer, no)
    if case is None:
        raise NotFound("There is no case %(case)s here.", values={"case": no})
    seen = case_file.glance(work.session, no)
    milestones = case_file.milestones(work.session, no)
    periods = case_file.periods(work.session, no)
    running = [period for period in periods if period.runs]
    seats = case_file.seats(work.session, no)
    steps = open_steps(case, next((seat for seat in seats if seat.stands), None), running, work.actor)
    main = _main_step(running, steps)
    waiting = pending_shown(work, no, case.state, seats) if seen.pending else []
    awaited = len(tasks(running, steps)) + sum(each.must for each in waiting)
    return Head(
        case=case,
        case_no=no,
        title=case.title,
        platform=case.platform,
        order_id=case.order_id,
        category_label=str(CATEGORIES.get(case.category, case.category)),
        back_url=url_for("docket.index"),
        back_label=gettext("Docket"),
        flags=_flags(case, seen, milestones, running),
        steps=_stages(case, milestones, running),
        tabs=_tabs(no, seen, awaited, current),
        due=_due(running[0], work.actor.role) if running else None,
        open_steps=steps,
        main_step=main,
        main_link=(step_url(no, main), str(STEP_LABELS[main])) if main else None,
        reads_only=_reads_only(work.actor.role),
        glance=seen,
        periods=periods,
        seats=seats,
        pending=waiting,
    )


def open_steps(case: CaseRow, seat: Seat | None, running: list[Period], actor: Actor) -> list[Step]:
    """What *actor* can do now: the case's own open moves, and what the panel and the ruling add."""
    moves = CASE.open_actions(case.state, actor.role)
    steps = [step for step, action in _MOVES.items() if action in moves]
    if may(actor.role, Permission.APPOINT) and case.state in APPOINTABLE and seat is None:
        steps.append(Step.APPOINT)
    if seat is None or seat.actor_id != actor.id:
        return steps
    if seat.state is AppointmentState.PROPOSED:
        return [*steps, Step.ACCEPT, Step.DECLINE]
    if Action.CLOSE_RECORD in moves:
        steps.append(Step.CLOSE_RECORD)
    if case.state is State.DELIBERATION:
        prepared = any(period.kind is DeadlineKind.SIGNATURE for period in running)
        steps.append(Step.SIGN if prepared else Step.WRITE)
    return steps


_PERIOD_OF_STEP: dict[Step, DeadlineKind] = {
    Step.ADMIT: DeadlineKind.TRIAGE,
    Step.ASK_CURE: DeadlineKind.TRIAGE,
    Step.REJECT: DeadlineKind.TRIAGE,
    Step.APPOINT: DeadlineKind.APPOINTMENT,
    Step.ACCEPT: DeadlineKind.ACCEPTANCE,
    Step.DECLINE: DeadlineKind.ACCEPTANCE,
    Step.WRITE: DeadlineKind.RULING,
    Step.SIGN: DeadlineKind.SIGNATURE,
}
"""The deadline under which a step falls; the others are free of one, or open beside somebody else's."""


def tasks(running: list[Period], steps: list[Step]) -> list[tuple[Period | None, list[Step]]]:
    """All that is awaited: each running deadline with the steps that meet it, then the steps that none asks for."""
    kinds = {period.kind for period in running}
    found: list[tuple[Period | None, list[Step]]] = [
        (period, [step for step in steps if _PERIOD_OF_STEP.get(step) is period.kind]) for period in running
    ]
    return found + [(None, [step]) for step in steps if _PERIOD_OF_STEP.get(step) not in kinds]


def step_url(case_no: str, step: Step) -> str:
    """Where a step is taken."""
    if step in (Step.WRITE, Step.SIGN):
        return f"/cases/{case_no}/ruling"
    return url_for("cases.overview", case_no=case_no, _anchor=step.value)


def _main_step(running: list[Period], steps: list[Step]) -> Step | None:
    """The step that the page proposes: the first whose deadline runs, or any while nobody is on the clock."""
    kinds = {period.kind for period in running}
    proposed = (step for step in steps if step not in DRASTIC and (not kinds or _PERIOD_OF_STEP.get(step) in kinds))
    return next(proposed, None)


def _reads_only(role: Role) -> str | None:
    if role is Role.AUDITOR:
        return gettext("You read everything here; you do not act.")
    if role is Role.CHAIR:
        return gettext("You read this case; its steps are the registrar's and the arbitrator's.")
    if role is Role.PLATFORM_OFFICER:
        return gettext("You read your platform's case. Your platform acts in it through its webhook.")
    return None


def _due(period: Period, role: Role) -> DueShown:
    mine = period.who == docket.ACTS_AS.get(role)
    return DueShown(period.due_at, spoken(STEPS if mine else AWAITED)[period.kind])


def _flags(
    case: CaseRow, seen: Glance, milestones: dict[str, datetime], running: list[Period]
) -> list[tuple[str, str]]:
    flags = []
    if running and running[0].due_at < now():
        flags.append(("bad", gettext("Overdue")))
    if case.defaulted_at is not None:
        flags.append(("warn", gettext("Default noted")))
    if seen.quarantined:
        flags.append(("bad", gettext("File quarantined")))
    if seen.waits_for_event and "sequence_gap_noticed" in milestones:
        flags.append(("warn", gettext("An event of the platform is missing")))
    if "repeated_escalation_differs" in milestones:
        flags.append(("warn", gettext("Escalated again with other content")))
    if case.outcome is not None:
        flags.append(("info", str(OUTCOMES[case.outcome])))
    if case.state in ENDED:
        flags.append(("plain", str(END_REASONS.get(case.end_reason or "", STATES[case.state]))))
    return flags


def _tabs(case_no: str, seen: Glance, awaited: int, current: str) -> list[Tab]:
    base = f"/cases/{case_no}"
    tabs = (
        ("overview", base, gettext("Overview"), None),
        ("evidence", f"{base}/evidence", gettext("Evidence"), seen.evidence),
        ("clauses", f"{base}/clauses", gettext("Clauses"), None),
        ("messages", f"{base}/messages", gettext("Messages"), seen.messages),
        ("tasks", f"{base}/tasks", gettext("Tasks"), awaited),
        ("ruling", f"{base}/ruling", gettext("Ruling"), None),
        ("record", f"{base}/record", gettext("Record"), None),
    )
    return [Tab(url, label, count, name == current) for name, url, label, count in tabs]


def _stages(case: CaseRow, milestones: dict[str, datetime], running: list[Period]) -> list[StageShown]:
    """The stepper: stages gone through with the time when each was done, the one it is in with its end, those ahead."""
    done = _done(case, milestones)
    if case.state in ENDED:
        gone = [StageShown(_stage(name), "done", _day(at)) for name, at in done.items() if at]
        return [*gone, StageShown(str(STATES[case.state]), "current", _day(case.ended_at))]
    place = next(index for index, (_, states) in enumerate(STAGES) if case.state in states)
    shown = [StageShown(_stage(name), "done", _day(done[name])) for name, _ in STAGES[:place]]
    until = gettext("until %(time)s", time=_day(running[0].due_at)) if running else None
    shown.append(StageShown(_stage(STAGES[place][0]), "current", until))
    return shown + [StageShown(_stage(name), "ahead", None) for name, _ in STAGES[place + 1 :]]


def _done(case: CaseRow, milestones: dict[str, datetime]) -> dict[str, datetime | None]:
    """When each stage but the last was done, as a party's page has it; None where a case did not go through it."""
    return {
        "escalated": case.received_at,
        "admitted": case.admitted_at,
        "evidence": milestones.get("record_closed"),
        "deliberation": case.ruled_at,
        "ruling": case.ruled_at,
        "compliance": case.executed_at or (case.ended_at if "review_ended" in milestones else None),
    }


def _stage(name: str) -> str:
    return str(STAGE_LABELS[name])


def _day(at: datetime | None) -> str | None:
    return beijing(at, lang(), short=True) if at else None
