"""Objections to evidence: a side objects, the submitter replies once, the arbitrator decides."""

from collections.abc import Iterable

from arbitration.actions import admissibility
from arbitration.actions.admissibility import Weighed
from arbitration.actions.context import Work, get_case, record
from arbitration.actions.panel import must_sit
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.admissibility import Verdict
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import ItemState
from arbitration.domain.objections import (
    ANSWERABLE,
    MAX_CHARS,
    OBJECTABLE,
    Claim,
    Decision,
    Ground,
    claim_of,
    may_object,
)
from arbitration.domain.permissions import PARTIES
from arbitration.domain.texts import says_nothing
from arbitration.domain.vocabulary import Side
from arbitration.store import cases, evidence, rulings
from arbitration.store import objections as store
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.objections import Objection


def objections_of(work: Work, case_no: str, label: str) -> list[Objection]:
    """Anyone in the case: what is held against one item. Raises NotFound."""
    get_case(work, case_no)
    return store.objections_in(work.session, case_no).get(label, [])


def side_of(work: Work) -> Side | None:
    """For whom the actor speaks; None for whoever is no party."""
    party = cases.party_by_actor(work.session, work.actor.id) if work.actor.role in PARTIES else None
    return party.side if party is not None else None


def grounds_left(against: Iterable[Objection], side: Side | None) -> list[Ground]:
    """The grounds that *side* has not yet named among the objections to an item."""
    named = {each.ground for each in against if each.side == side}
    return [ground for ground in Ground if ground not in named]


def can_object(case: Case, item: EvidenceItem, against: Iterable[Objection], side: Side | None) -> bool:
    """Whether *side* may object to an item now, beside the objections that are there."""
    open_now = item.state is ItemState.SUBMITTED and case.state in OBJECTABLE
    return open_now and may_object(side, item.submitted_by) and bool(grounds_left(against, side))


def can_reply(work: Work, case: Case, objection: Objection, side: Side | None) -> bool:
    """Whether *side* may reply to an objection now."""
    mine = not objection.reply and objection.item.submitted_by == side
    return mine and case.state in ANSWERABLE and rulings.live(work.session, case.case_no) is None


def to_reply(work: Work, case: Case, side: Side) -> list[str]:
    """The labels of *side*'s items that an undecided objection is held against, to which it may reply now."""
    against = store.undecided_in(work.session, case.case_no)
    return list(dict.fromkeys(row.item.label or "" for row in against if can_reply(work, case, row, side)))


def challenge(work: Work, case_no: str, label: str, ground: Ground, words: str) -> Objection:
    """A side: objects to an item that another filed. Raises Invalid, Conflict, NotAllowed, NotFound, WrongState."""
    case = get_case(work, case_no)
    item = evidence.by_label(work.session, case_no, label)
    if item is None or item.state is not ItemState.SUBMITTED:
        raise NotFound("There is no such file on the record.")
    side = side_of(work)
    if side is None or not may_object(side, item.submitted_by):
        raise NotAllowed("Only the other side objects to a file.")
    if case.state not in OBJECTABLE:
        raise WrongState("Files are objected to until the time for evidence is over.")
    if ground not in grounds_left(objections_of(work, case_no, label), side):
        raise Conflict("Your side has objected to this file on this ground already.")
    words = _needs_text(words, "Say in words what is wrong with it.")
    row = Objection(item_id=item.id, item=item, side=side, ground=ground, words=words, actor=work.actor.id, at=work.now)
    work.session.add(row)
    work.session.flush()
    _tell(work, row, "evidence_challenged", {"side": side, "words": words})
    return row


def reply(work: Work, case_no: str, label: str, objection_id: int, words: str) -> None:
    """The submitter: answers an objection, once. Raises Invalid, NotAllowed, NotFound, WrongState."""
    case = get_case(work, case_no)
    row = _found(work, case_no, label, objection_id)
    if row.item.submitted_by != side_of(work):
        raise NotAllowed("Only whoever filed an item replies to an objection.")
    if not can_reply(work, case, row, side_of(work)):
        raise WrongState("This objection is answered, or the time to answer it is over.")
    row.reply = _needs_text(words, "Write the reply.")
    row.replied_at = work.now
    _tell(work, row, "objection_answered", {"words": row.reply})


def decide(work: Work, case_no: str, label: str, objection_id: int, decision: Decision, reason: str) -> None:
    """Arbitrator: upholds or dismisses an objection, once; what it claims is found, or the item excluded, with that.

    Dismissed, it finds nothing where that fact is found already or an objection on the same ground was upheld.
    Raises Invalid without a reason in words, and as `admissibility.find` and `admissibility.decide` do.
    """
    must_sit(work, case_no)
    row = _found(work, case_no, label, objection_id)
    if row.decision is not None:
        raise Conflict("This objection is decided; weigh the item itself to find otherwise.")
    reason = _needs_text(reason, "Give the reason in words; everyone in the case reads it.")
    standard = standard_of(work, get_case(work, case_no))
    claim = claim_of(row.ground, {fact.name for fact in admissibility.findable(standard, row.item)} if standard else ())
    weighed = admissibility.weighable(work, case_no, label)[1]
    if claim is not None:
        if decision is Decision.UPHELD or not _is_settled(work, row, claim, weighed):
            admissibility.find(work, case_no, label, claim.fact, claim.found[decision], reason)
    elif decision is Decision.UPHELD and weighed.verdict is not Verdict.EXCLUDED:
        admissibility.decide(work, case_no, label, Verdict.EXCLUDED, reason)
    row.decision = decision
    row.reason = reason
    row.decided_at = work.now
    _tell(work, row, "objection_decided", {"decision": decision, "reason": reason})


def _is_settled(work: Work, row: Objection, claim: Claim, weighed: Weighed) -> bool:
    """Whether a dismissal finds nothing: one side's objection that fails takes nothing from what was found before."""
    others = objections_of(work, row.item.case_no, weighed.item.label or "")
    upheld = any(each.ground is row.ground and each.decision is Decision.UPHELD for each in others)
    return upheld or claim.fact in weighed.findings


def _found(work: Work, case_no: str, label: str, objection_id: int) -> Objection:
    found = {each.id: each for each in objections_of(work, case_no, label)}
    if objection_id not in found:
        raise NotFound("There is no such objection to this file.")
    return found[objection_id]


def _needs_text(words: str, missing: str) -> str:
    if says_nothing(words):
        raise Invalid(missing)
    if len(words.strip()) > MAX_CHARS:
        raise Invalid("That is longer than %(most)s characters.", values={"most": MAX_CHARS})
    return words.strip()


def _tell(work: Work, row: Objection, kind: str, said: dict[str, object]) -> None:
    about = {"label": row.item.label, "objection": row.id, "ground": row.ground}
    event = record(work, row.item.case_no, kind, about | said)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)
