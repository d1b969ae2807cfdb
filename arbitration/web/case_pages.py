"""What the overview, tasks and record of a case show: made from its rows and its escalation, in the reader's words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from arbitration.actions import standard as standards
from arbitration.actions.context import Work
from arbitration.actions.custody import custody_of
from arbitration.actions.duplicates import duplicates_of
from arbitration.actions.items import reader_of
from arbitration.actions.platform_rules import binding_promises
from arbitration.domain.cases import ENDED, State
from arbitration.domain.deadlines import Procedure
from arbitration.domain.escalation import EscalatedData, entries_from
from arbitration.domain.evidence import ItemState, Problem
from arbitration.domain.handling import CLAUSE
from arbitration.domain.permissions import Role
from arbitration.domain.quantities import Quantity
from arbitration.domain.standard import Standard
from arbitration.store import case_file
from arbitration.store.case_file import CaseRow, Event, FileRow, PartyRow, Period, Seat
from arbitration.store.cases import DeadlineState, Message
from arbitration.web import case_told, meters
from arbitration.web.case_head import STEP_LABELS, Head, step_url, tasks
from arbitration.web.confidential_pages import ConfidentialShown, confidential_shown
from arbitration.web.current import lang
from arbitration.web.custody_pages import (
    CustodyLine,
    DuplicateShown,
    custody_lines,
    duplicates_shown,
    erased_sentence,
    stamped_badge,
)
from arbitration.web.event_words import event_mark, event_sentence
from arbitration.web.evidence_words import KIND_ICONS, KINDS, PROBLEMS, item_standing
from arbitration.web.item_list import AT_ONCE, Part
from arbitration.web.meters import MeterShown
from arbitration.web.wording import (
    APPOINTMENTS,
    EXPIRIES,
    MESSAGE_KINDS,
    PERIODS,
    REASONS,
    STEPS,
    TRACKS,
    WHO,
    gettext,
    spoken,
)
from arbitration.web.words import REMEDIES, ROLES, party_role

FEW_EVENTS = 8
FEW_FILES = 6


@dataclass(frozen=True)
class ClauseShown:
    id: str
    url: str
    title: str


@dataclass(frozen=True)
class ClaimShown:
    letter: str
    remedy: str
    text: str
    amount_minor: int
    clauses: list[ClauseShown]


@dataclass(frozen=True)
class Reply:
    """What the respondent says to the claims, or why there is nothing: `text` is None then."""

    text: str | None
    at: datetime | None
    sentence: str


@dataclass(frozen=True)
class FileShown:
    """One item of evidence, as the macro `evidence_list` wants it."""

    label: str
    title: str
    icon: str
    submitted_by: str
    at: datetime
    kind_label: str
    size: int | None
    sha256: str | None
    declared_sha256: str | None
    badges: list[tuple[str, str, str]]
    status: tuple[str, str, str]
    url: str | None
    wants: bool
    refused: bool
    held: bool
    problem: str | None
    why: str | None
    erased: str | None
    can_take: bool
    confidential: ConfidentialShown | None
    custody: Sequence[CustodyLine] = ()
    duplicates: Sequence[DuplicateShown] = ()


@dataclass(frozen=True)
class Happened:
    """One event in a timeline."""

    seq: int
    at: datetime
    text: str
    who: str
    icon: str
    tone: str


@dataclass(frozen=True)
class PeriodShown:
    """One deadline with the rule that made it, as the macro `deadline` wants it."""

    at: datetime
    what: str
    name: str
    who: str
    rule: str
    calendar: str
    extensions: list[str]
    state: str


@dataclass(frozen=True)
class PersonShown:
    role: str
    name: str
    note: str | None


@dataclass(frozen=True)
class TaskShown:
    what: str
    who: str
    mine: bool
    due_at: datetime | None
    period: PeriodShown | None
    links: list[tuple[str, str, bool]]
    """Address, label, and whether it is what should be done next."""


@dataclass(frozen=True)
class MessageShown:
    author: str
    role: str
    at: datetime
    text: str
    to_label: str


@dataclass(frozen=True)
class Overview:
    """Everything on the first page of a case."""

    reason: str
    reason_text: str | None
    claims: list[ClaimShown]
    claimed_minor: int
    reply: Reply
    files: list[FileShown]
    more_files: int
    meters: list[MeterShown]
    audit: case_told.AuditShown | None
    audit_clause: tuple[ClauseShown, str | None] | None
    handling: list[case_told.HandlingShown]
    decision: str | None
    order: list[tuple[str, str]]
    times: list[tuple[str, datetime]]
    goods: list[case_told.GoodsShown]
    timeline: list[Happened]
    periods: list[PeriodShown]
    past_periods: list[PeriodShown]
    track: str
    people: list[PersonShown]
    seats: list[tuple[str, str, str]]
    clauses: list[ClauseShown]
    standard: tuple[str, str] | None
    escrow: list[tuple[str, str]]


def overview(work: Work, head: Head) -> Overview:
    """The case as it stands."""
    case = head.case
    told = EscalatedData.model_validate_json(case.escalation)
    entries = entries_from(case.handling)
    standard = standard_of(work, case)
    reader = reader_of(work, case.case_no)
    files = case_file.files(work.session, case.case_no, reader)
    sides = case_file.parties(work.session, case.case_no)
    claims = [
        ClaimShown(
            letter=row.letter,
            remedy=spoken(REMEDIES)[row.remedy],
            text=row.text,
            amount_minor=row.amount_minor,
            clauses=[_clause(standard, id_) for id_ in claim.basis_clauses],
        )
        for row, claim in zip(case_file.claims(work.session, case.case_no), told.dispute.claims, strict=True)
    ]
    return Overview(
        reason=str(REASONS.get(told.dispute.reason, told.dispute.reason)),
        reason_text=told.dispute.reason_text,
        claims=claims,
        claimed_minor=case.claimed_minor,
        reply=_reply(case, case_file.reply(work.session, case.case_no)),
        files=[file_shown(case.case_no, row, reader) for row in files[:FEW_FILES]],
        more_files=max(0, len(files) - FEW_FILES),
        meters=_meters(standard, told, files),
        audit=case_told.audit(told, entries, standard, _promises(work, case, standard)),
        audit_clause=_audit_clause(standard),
        handling=case_told.handling(entries),
        decision=told.platform_decision.text if told.platform_decision else None,
        order=case_told.order(told),
        times=case_told.times(told),
        goods=[case_told.goods(each) for each in told.goods],
        timeline=_happened(case, sides, case_file.newest_events(work.session, case.case_no, FEW_EVENTS), standard),
        periods=periods(work, head, running=True),
        past_periods=periods(work, head, running=False),
        track=spoken(TRACKS)[case.track],
        people=_people(case, sides, told),
        seats=_seats(head.seats),
        clauses=_in_play(claims),
        standard=_standard_link(case, standard),
        escrow=case_told.escrow(told),
    )


def files_shown(work: Work, case_no: str, part: Part) -> list[FileShown]:
    """The items of that part; the custody only of those that nobody opens, which have no page to show it on."""
    reader = reader_of(work, case_no)
    rows = case_file.files(work.session, case_no, reader, part.first, AT_ONCE)
    shown = [file_shown(case_no, row, reader, on_its_page=True) for row in rows]
    alike = duplicates_of(work, case_no)
    return [
        replace(
            each,
            custody=() if each.can_take else custody_lines(custody_of(work, case_no, each.label)),
            duplicates=duplicates_shown(alike.get(each.label, ()), case_no),
        )
        for each in shown
    ]


def file_in_full(work: Work, case_no: str, row: FileRow, reader: Role) -> FileShown:
    """One item on its own page, with its custody and, for the office, its like in other cases."""
    return replace(
        file_shown(case_no, row, reader, on_its_page=True),
        custody=custody_lines(custody_of(work, case_no, row.label)),
        duplicates=duplicates_shown(duplicates_of(work, case_no).get(row.label, ()), case_no),
    )


def file_shown(case_no: str, row: FileRow, reader: Role, *, on_its_page: bool = False) -> FileShown:
    """One item; on the evidence's own page it links nowhere and can be taken out."""
    confidential = confidential_shown(row, reader)
    return FileShown(
        label=row.label,
        title=row.file_name or gettext("Erased file"),
        icon=KIND_ICONS[row.kind],
        submitted_by=spoken(ROLES)[row.submitted_by],
        at=row.received_at,
        kind_label=spoken(KINDS)[row.kind],
        size=row.size,
        sha256=row.sha256 or row.declared_sha256,
        declared_sha256=row.declared_sha256,
        badges=_badges(row) + ([confidential.badge] if confidential else []),
        status=_standing(row),
        url=None if on_its_page else url_for("evidence.index", case_no=case_no, at=row.label, _anchor=row.label),
        wants=row.state is ItemState.EXPECTED,
        refused=row.state is ItemState.QUARANTINED,
        held=row.state is ItemState.HELD,
        problem=row.problem if row.state is ItemState.UNAVAILABLE else None,
        erased=erased_sentence(row.erased_at, row.erased_because or "") if row.erased_at else None,
        why=str(PROBLEMS[Problem(row.problem)][2]) if row.state is ItemState.QUARANTINED and row.problem else None,
        can_take=row.arrived and row.state is not ItemState.HELD,
        confidential=confidential,
    )


def _standing(item: FileRow) -> tuple[str, str, str]:
    tone, label, icon = item_standing(item.state, item.late)
    return tone, str(label), icon


def _badges(item: FileRow) -> list[tuple[str, str, str]]:
    badges = []
    if item.state is ItemState.QUARANTINED and item.problem:
        label, mark, _ = PROBLEMS[Problem(item.problem)]
        badges.append(("bad", str(label), mark))
    elif item.state is ItemState.SUBMITTED and item.declared_sha256:
        badges.append(("ok", gettext("Hash verified"), "fingerprint"))
    elif item.state is ItemState.SUBMITTED:
        badges.append(("plain", gettext("Hash taken on arrival"), "fingerprint"))
    if item.state is ItemState.SUBMITTED and not item.is_redacted:
        badges.append(stamped_badge(item.stamped_at))
    if item.source == "platform":
        badges.append(("info", gettext("From platform"), "building-store"))
    return badges


def standard_of(work: Work, case: CaseRow) -> Standard | None:
    """The version pinned at admission; before, the one that would be."""
    return standards.governing(work, case.standard_version, case.ordered_at)


def _standard_link(case: CaseRow, standard: Standard | None) -> tuple[str, str] | None:
    if standard is None:
        return None
    url = url_for("public.standard_version", version=standard.version)
    if case.standard_version is None and case.state in ENDED:
        return url, gettext(
            "Version %(version)s was in force when the order was placed. The case ended before it was pinned.",
            version=standard.version,
        )
    if case.standard_version is None:
        return url, gettext("Version %(version)s would be pinned at admission.", version=standard.version)
    return url, gettext("Version %(version)s, in force when the order was placed.", version=standard.version)


def _clause(standard: Standard | None, clause_id: str) -> ClauseShown:
    found = next((clause for clause in standard.clauses if clause.id == clause_id), None) if standard else None
    if standard is None or found is None:
        return ClauseShown(clause_id, url_for("public.standards"), gettext("Not in this version of the standard"))
    url = f"{url_for('public.standard_version', version=standard.version)}#{clause_id}"
    return ClauseShown(clause_id, url, found.title.zh if lang() == "zh-Hans" else found.title.en)


def _meters(standard: Standard | None, told: EscalatedData, files: list[FileRow]) -> list[MeterShown]:
    """The proofs of each side that is asked for any, by what is filed in time."""
    filed = [(str(row.submitted_by), row.kind) for row in files if row.counts]
    return list(meters.shown(standard, told.dispute.reason, filed).values())


def _promises(work: Work, case: CaseRow, standard: Standard | None) -> Mapping[str, Quantity]:
    """What the platform promised beyond the standard when the order was placed."""
    return binding_promises(work, case.platform_id, case.ordered_at, standard) if standard else {}


def _audit_clause(standard: Standard | None) -> tuple[ClauseShown, str | None] | None:
    """The clause on response times, and what it says follows when one is missed."""
    found = next((clause for clause in standard.clauses if clause.id == CLAUSE), None) if standard else None
    if found is None:
        return None
    follows = found.consequence
    said = None if follows is None else follows.zh if lang() == "zh-Hans" else follows.en
    return _clause(standard, CLAUSE), said


def _in_play(claims: list[ClaimShown]) -> list[ClauseShown]:
    return list({clause.id: clause for claim in claims for clause in claim.clauses}.values())


_ASKED_LATER = lazy_gettext("The respondent is asked to reply once the case is admitted.")
_NONE = lazy_gettext("The respondent has not replied.")
_NO_REPLY: Mapping[State, LazyString] = {
    State.RECEIVED: _ASKED_LATER,
    State.DEFICIENT: _ASKED_LATER,
    State.INADMISSIBLE: lazy_gettext("The case was not admitted; the respondent was not asked to reply."),
    State.ADMITTED: lazy_gettext("The notices are being served; then the respondent's time to reply begins."),
    State.RESPONSE_DUE: lazy_gettext("The respondent's time to reply is running."),
    State.EVIDENCE: _NONE,
    State.DELIBERATION: _NONE,
    State.RULED: _NONE,
    State.COMPLIANCE: _NONE,
    State.CLOSED: _NONE,
    State.WITHDRAWN: lazy_gettext("The case was withdrawn before the respondent replied."),
}
"""Why there is no reply, where no default was noted."""


def _reply(case: CaseRow, answer: case_file.Reply | None) -> Reply:
    if answer is not None:
        return Reply(answer.body, answer.at, gettext("The respondent's reply"))
    if case.defaulted_at is not None:
        return Reply(None, case.defaulted_at, gettext("The respondent did not reply in time. Default was noted."))
    return Reply(None, None, spoken(_NO_REPLY)[case.state])


def _people(case: CaseRow, sides: list[PartyRow], told: EscalatedData) -> list[PersonShown]:
    notes = {party.platform_user_id: case_told.merchant(party.merchant) for party in told.parties}
    people = [
        PersonShown(party_role(side.role, side.side), side.display_name, notes.get(side.platform_user_id))
        for side in sides
    ]
    return [*people, PersonShown(gettext("Escalated by"), case.platform, None)]


def _seats(seats: list[Seat]) -> list[tuple[str, str, str]]:
    """Everyone who was asked to sit: name, tone and label of the answer."""
    return [(seat.name, APPOINTMENTS[seat.state][0], str(APPOINTMENTS[seat.state][1])) for seat in seats]


def fact_labels(standard: Standard | None) -> Mapping[str, str]:
    """What the facts of a case are called, by name."""
    facts = standard.facts if standard is not None else ()
    return {fact.name: fact.label.zh if lang() == "zh-Hans" else fact.label.en for fact in facts}


def names_of(case: CaseRow, sides: list[PartyRow]) -> Mapping[str, str]:
    """Those who act in a case and are no staff, by the number under which the history has them."""
    known = {side.actor_id: side.display_name for side in sides}
    return known | {case.platform_actor_id: case.platform, "system": spoken(ROLES)[Role.SYSTEM]}


def _happened(case: CaseRow, sides: list[PartyRow], events: list[Event], standard: Standard | None) -> list[Happened]:
    """Events as lines of a timeline, each with the name of whoever acted."""
    known = names_of(case, sides)
    facts = fact_labels(standard) if any(event.kind == "fact_stated" for event in events) else None
    shown = []
    for event in events:
        icon, mark = event_mark(event.kind)
        text = event_sentence(event.kind, json.loads(event.payload) if event.payload else None, facts)
        who = event.name or known.get(event.actor, event.actor)
        shown.append(Happened(event.seq, event.at, text, who, icon, mark.value))
    return shown


def periods(work: Work, head: Head, *, running: bool) -> list[PeriodShown]:
    """The deadlines that run, or those that are settled, each with its rule."""
    procedure = work.procedures[head.case.procedure_version]
    return [_period(head.case, procedure, period) for period in head.periods if period.runs is running]


_SETTLED: dict[DeadlineState, LazyString] = {
    DeadlineState.OPEN: lazy_gettext("Running"),
    DeadlineState.MET: lazy_gettext("Kept"),
    DeadlineState.EXPIRED: lazy_gettext("Expired"),
    DeadlineState.CANCELLED: lazy_gettext("No longer needed"),
}


def _period(case: CaseRow, procedure: Procedure, period: Period) -> PeriodShown:
    rule, _, version = period.rule.partition("@")
    return PeriodShown(
        at=period.due_at,
        what=_of(spoken(STEPS)[period.kind], period.about),
        name=_of(spoken(PERIODS)[period.kind], period.about),
        who=spoken(WHO)[period.who],
        rule=gettext(
            "Rule %(rule)s of procedure %(version)s gives %(time)s here (%(track)s).",
            rule=rule,
            version=version,
            time=case_told.elapsed(period.due_at - period.starts_at),
            track=spoken(TRACKS)[case.track],
        ),
        calendar=gettext("Every period runs in hours of the clock, weekends and holidays included."),
        extensions=[spoken(EXPIRIES)[procedure.rules[period.kind].expiry]],
        state=spoken(_SETTLED)[period.state],
    )


def _of(what: str, label: str) -> str:
    """A period's name, with the item that it is about."""
    return gettext("%(what)s, on %(label)s", what=what, label=label) if label else what


def messages(said: list[Message]) -> list[MessageShown]:
    """What was said, in order; everything goes to all sides."""
    return [
        MessageShown(
            author=message.author_name or spoken(ROLES)[message.author_role],
            role=spoken(ROLES)[message.author_role],
            at=message.at,
            text=message.body,
            to_label=gettext("%(kind)s, to all sides", kind=spoken(MESSAGE_KINDS)[message.kind]),
        )
        for message in said
    ]


def awaited(work: Work, head: Head) -> list[TaskShown]:
    """What is awaited, from whom, until when, by the deadlines and on the evidence; each step with the way to it."""
    procedure = work.procedures[head.case.procedure_version]
    shown = []
    for period, steps in tasks([period for period in head.periods if period.runs], head.open_steps):
        links = [(step_url(head.case_no, step), str(STEP_LABELS[step]), step is head.main_step) for step in steps]
        due = _period(head.case, procedure, period) if period else None
        what = due.what if due else links[0][1]
        who = due.who if due else gettext("You")
        shown.append(TaskShown(what, who, bool(links), due.at if due else None, due, links))
    return shown + [
        TaskShown(each.what, each.who, each.mine, each.due_at, None, [(each.url, each.action, False)])
        for each in head.pending
        if each.must
    ]
