"""Late evidence: the other side has its time to comment on each item, and the ruling waits for it."""

from datetime import datetime

from arbitration.actions.context import Work, get_case, record
from arbitration.actions.deadlines import open_deadlines, set_deadline, settle
from arbitration.domain.cases import State
from arbitration.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.late_evidence import COMMENT, MAX_COMMENT_CHARS, heard_on, is_running
from arbitration.domain.permissions import PARTIES
from arbitration.domain.texts import says_nothing
from arbitration.domain.vocabulary import Side
from arbitration.store import cases, evidence
from arbitration.store import late_evidence as store
from arbitration.store.cases import Case, Deadline, DeadlineState
from arbitration.store.evidence import EvidenceItem
from arbitration.store.late_evidence import LateComment

SIDES = {kind: side for side, kind in COMMENT.items()}
"""Whose comment a period is for."""


def hear_others(work: Work, item: EvidenceItem) -> None:
    """A late item is here: every side but the one that filed it has its time to comment. After a ruling none runs."""
    case = work.session.get_one(Case, item.case_no)
    if not item.late or item.label is None or case.state is not State.DELIBERATION:
        return
    for side in heard_on(item.submitted_by):
        set_deadline(work, case, COMMENT[side], about=item.label)


def awaited(work: Work, case: Case) -> list[Deadline]:
    """The times to comment that run now: `about` is the item's label."""
    open_now = [each for each in open_deadlines(work, case) if each.kind in SIDES]
    return [each for each in open_now if is_running(each.due_at, work.now)]


def unheard(work: Work, case: Case) -> dict[str, datetime]:
    """The late items on which a side may still comment, by label, and until when; no ruling uses them before."""
    until: dict[str, datetime] = {}
    for each in awaited(work, case):
        until[each.about] = max(each.due_at, until.get(each.about, each.due_at))
    return until


def can_comment(work: Work, case: Case, label: str, side: Side | None) -> Deadline | None:
    """The time that *side* has to comment on an item, if it runs."""
    own = (each for each in awaited(work, case) if each.about == label and SIDES[each.kind] is side)
    return next(own, None)


def comment(work: Work, case_no: str, label: str, words: str) -> None:
    """A side: says once what it has to say to a late item; its time ends with that. Raises Invalid, NotAllowed,
    NotFound, WrongState.
    """
    case = get_case(work, case_no)
    item = evidence.by_label(work.session, case_no, label)
    if item is None or not item.late:
        raise NotFound("There is no such late file on the record.")
    party = cases.party_by_actor(work.session, work.actor.id) if work.actor.role in PARTIES else None
    if party is None or party.side not in heard_on(item.submitted_by):
        raise NotAllowed("Only the other side comments on a late file.")
    if can_comment(work, case, label, party.side) is None:
        raise WrongState("The time to comment on this file is over, or your side has used it.")
    if says_nothing(words):
        raise Invalid("Write your comment.")
    if len(words.strip()) > MAX_COMMENT_CHARS:
        raise Invalid("That is longer than %(most)s characters.", values={"most": MAX_COMMENT_CHARS})
    row = LateComment(item_id=item.id, side=party.side, words=words.strip(), actor=work.actor.id, at=work.now)
    work.session.add(row)
    settle(work, case, COMMENT[party.side], about=label)
    event = record(work, case_no, "evidence_commented", {"label": label, "side": party.side, "words": row.words})
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def expire(work: Work, case: Case, deadline: Deadline) -> None:
    """Clock: the time is over and nothing was said; the ruling waits no longer."""
    settle(work, case, deadline.kind, DeadlineState.EXPIRED, about=deadline.about)
    record(work, case.case_no, "comment_lapsed", {"label": deadline.about, "side": SIDES[deadline.kind]})


def cancel(work: Work, case: Case) -> None:
    """The ruling is issued: nobody waits for a comment any more."""
    for each in open_deadlines(work, case):
        if each.kind in SIDES:
            settle(work, case, each.kind, DeadlineState.CANCELLED, about=each.about)


def silent(work: Work, case: Case) -> dict[str, list[Side]]:
    """The sides that let their time pass, by the label of the item."""
    found: dict[str, list[Side]] = {}
    for each in cases.deadlines_of(work.session, case.case_no):
        over = each.state is DeadlineState.EXPIRED or not is_running(each.due_at, work.now)
        if each.kind in SIDES and each.state in (DeadlineState.OPEN, DeadlineState.EXPIRED) and over:
            found.setdefault(each.about, []).append(SIDES[each.kind])
    return found


def comments_of(work: Work, case_no: str) -> dict[str, list[LateComment]]:
    """Anyone in the case: what was said to its late items, by label."""
    get_case(work, case_no)
    return store.comments_in(work.session, case_no)
