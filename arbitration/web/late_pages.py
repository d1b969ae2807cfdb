"""What pages show of evidence that came late: the stated cause, what was said to it, and who may still comment."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from arbitration.actions.context import Work
from arbitration.actions.filing import is_late
from arbitration.actions.late_evidence import SIDES, comments_of
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.admissibility import LATE
from arbitration.domain.late_evidence import is_running
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence
from arbitration.store.cases import Case, Deadline, DeadlineState, deadlines_of
from arbitration.store.evidence import EvidenceItem
from arbitration.store.late_evidence import LateComment
from arbitration.web.case_told import elapsed
from arbitration.web.current import said
from arbitration.web.wording import spoken
from arbitration.web.words import ROLES


@dataclass(frozen=True)
class CommentShown:
    """What one side said; `mine` where the reader's side did."""

    by: str
    at: datetime
    words: str
    mine: bool


@dataclass(frozen=True)
class LateShown:
    """One item. `because` is '' where no party filed it; `waits` has who may still comment, until when."""

    label: str
    because: str
    comments: list[CommentShown]
    waits: list[tuple[str, datetime]]
    silent: list[str]
    until: datetime | None
    """Until when the reader's own side may comment; None where it may not."""


@dataclass(frozen=True)
class LateNotice:
    """What a party that files now is told: `time` that the other side has, and the clause, '' where there is none."""

    time: str
    clause: str
    title: str
    text: str
    url: str


def late_shown(work: Work, case: Case, side: Side | None = None) -> dict[str, LateShown]:
    """Every item that came after the record closed, by label; *side* is the reader's own."""
    if not is_late(case):
        return {}
    comments = comments_of(work, case.case_no)
    periods = [each for each in deadlines_of(work.session, case.case_no) if each.kind in SIDES]
    return {
        item.label or "": _shown(
            item,
            [_comment(each, side) for each in comments.get(item.label or "", ())],
            [each for each in periods if each.about == item.label],
            [each for each in periods if each.about == item.label and _runs(work, each)],
            side,
        )
        for item in evidence.late_in(work.session, case.case_no)
    }


def _runs(work: Work, period: Deadline) -> bool:
    return period.state is DeadlineState.OPEN and is_running(period.due_at, work.now)


def _comment(row: LateComment, side: Side | None) -> CommentShown:
    return CommentShown(spoken(ROLES)[Role(row.side)], row.at, row.words, row.side is side)


def _shown(
    item: EvidenceItem,
    comments: list[CommentShown],
    periods: list[Deadline],
    running: list[Deadline],
    side: Side | None,
) -> LateShown:
    names = {kind: spoken(ROLES)[Role(whose)] for kind, whose in SIDES.items()}
    return LateShown(
        label=item.label or "",
        because=item.late_because,
        comments=comments,
        waits=[(names[each.kind], each.due_at) for each in running],
        silent=[names[each.kind] for each in periods if each.state is DeadlineState.EXPIRED],
        until=next((each.due_at for each in running if SIDES[each.kind] is side), None),
    )


def late_notice(work: Work, case: Case) -> LateNotice | None:
    """What filing late means; None while a party is in time."""
    if not is_late(case):
        return None
    standard = standard_of(work, case)
    procedure = work.procedures[case.procedure_version]
    time = elapsed(max(procedure.rules[kind].lasts[case.track] for kind in SIDES))
    clause = next((each for each in standard.clauses if each.id == LATE), None) if standard is not None else None
    if standard is None or clause is None:
        return LateNotice(time, "", "", "", "")
    url = url_for("public.standard_version", version=standard.version, _anchor=LATE)
    return LateNotice(time, LATE, said(clause.title), said(clause.text), url)
