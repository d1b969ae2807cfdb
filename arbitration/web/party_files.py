"""The evidence of a case on a party's page: what this side may see of each file, and do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString, gettext, lazy_gettext

from arbitration.actions import admissibility
from arbitration.actions.context import Work
from arbitration.actions.custody import custody_of, trusted_times
from arbitration.actions.items import given_to
from arbitration.actions.objections import can_object, can_reply
from arbitration.domain.cases import State
from arbitration.domain.confidentiality import Copy
from arbitration.domain.custody import CustodyEvent
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.evidence import ItemState, Problem
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Remedy
from arbitration.store import evidence
from arbitration.store import objections as objection_rows
from arbitration.store.cases import (
    Case,
    Party,
)
from arbitration.store.evidence import EvidenceItem
from arbitration.web.admission_pages import VerdictShown, verdicts_shown
from arbitration.web.confidential_pages import ConfidentialShown, confidential_shown
from arbitration.web.custody_pages import CustodyLine, custody_lines, erased_sentence, stamped_badge
from arbitration.web.evidence_words import KIND_ICONS, KINDS, PROBLEMS, item_standing
from arbitration.web.item_list import AT_ONCE, Part
from arbitration.web.late_pages import LateShown
from arbitration.web.objection_pages import ObjectionShown, objections_shown
from arbitration.web.words import ROLES

IN_ORDER = (DeadlineKind.COMPLIANCE_ESCROW, DeadlineKind.COMPLIANCE_OTHER)

AWAITED: dict[State, DeadlineKind] = {
    State.RECEIVED: DeadlineKind.TRIAGE,
    State.DEFICIENT: DeadlineKind.CURE,
    State.RESPONSE_DUE: DeadlineKind.RESPONSE,
    State.EVIDENCE: DeadlineKind.EVIDENCE,
    State.DELIBERATION: DeadlineKind.RULING,
    State.RULED: DeadlineKind.REVIEW,
}
"""The period that runs in each state."""

NEXT: dict[State, LazyString] = {
    State.RECEIVED: lazy_gettext("The office checks whether it can take the case. You will hear by:"),
    State.DEFICIENT: lazy_gettext("The claimant is asked for what is missing, by:"),
    State.ADMITTED: lazy_gettext("The case is taken. Both sides are being told."),
    State.RESPONSE_DUE: lazy_gettext("The respondent can reply until:"),
    State.EVIDENCE: lazy_gettext("Both sides can file evidence until:"),
    State.DELIBERATION: lazy_gettext("The arbitrator is deciding. The ruling is due by:"),
    State.RULED: lazy_gettext("Either side can ask for review until:"),
    State.COMPLIANCE: lazy_gettext("What was ordered is due by:"),
}
YOUR_TURN: dict[tuple[State, Role], LazyString] = {
    (State.DEFICIENT, Role.CLAIMANT): lazy_gettext("Something is missing. Supply it by:"),
    (State.RESPONSE_DUE, Role.RESPONDENT): lazy_gettext("Reply to the claims by:"),
}
"""What is awaited in a state, as everyone reads it and as the one whose turn it is does."""

SILENCE: dict[State, LazyString] = {
    State.RECEIVED: lazy_gettext("You need not do anything now."),
    State.DEFICIENT: lazy_gettext("If nothing comes in time, the case counts as withdrawn. It can be brought again."),
    State.ADMITTED: lazy_gettext("You need not do anything now."),
    State.RESPONSE_DUE: lazy_gettext("If no reply comes in time, the case goes on without it, and the ruling says so."),
    State.EVIDENCE: lazy_gettext(
        "What comes later counts only with good cause or if it decides the case. The arbitrator decides on what is"
        " there."
    ),
    State.DELIBERATION: lazy_gettext(
        "You need not do anything. What is filed now is late: it counts only with good cause or if it decides the case."
    ),
    State.RULED: lazy_gettext(
        "To ask for review or a correction, write to everyone in the case and name the ground or the error."
        " If you do nothing, the ruling stands when the time for review is over."
    ),
    State.COMPLIANCE: lazy_gettext(
        "If nobody writes, the case closes by itself: as carried out if that was reported, else as not carried out."
    ),
}
"""What it means to do nothing."""

DONE: dict[Remedy, LazyString] = {
    Remedy.REFUND_FULL: lazy_gettext("Refunded"),
    Remedy.REFUND_PARTIAL: lazy_gettext("Refunded"),
    Remedy.REPLACE_KEY: lazy_gettext("Replaced"),
    Remedy.REDO_TOPUP: lazy_gettext("Topped up again"),
    Remedy.RESTORE_ACCOUNT: lazy_gettext("Account restored"),
    Remedy.COMPENSATION: lazy_gettext("Compensation paid"),
    Remedy.PUNITIVE_3X: lazy_gettext("Damages paid"),
    Remedy.DEPOSIT_RETURN: lazy_gettext("Deposit returned"),
    Remedy.APOLOGY_CORRECTION: lazy_gettext("Apology and correction made"),
}
FROM_ESCROW = lazy_gettext("Escrow released to the claimant")


@dataclass(frozen=True)
class HeldAgainst:
    """The objections to an item; `say` names what the party can do, None where it can do nothing."""

    objections: list[ObjectionShown]
    say: str | None


@dataclass(frozen=True)
class Kept:
    """What the history has of an item: its lines, and the trusted time over its digest, if there is one yet."""

    custody: Sequence[CustodyEvent]
    stamped_at: datetime | None


@dataclass(frozen=True)
class FileShown:
    label: str
    name: str
    icon: str
    kind: str
    submitted_by: str
    at: datetime
    size: int
    sha256: str | None
    standing: tuple[str, str, str]
    why: str | None
    stamped: tuple[str, str, str] | None
    erased: str | None
    custody: Sequence[CustodyLine]
    url: str | None
    verdict: VerdictShown | None
    particulars_url: str | None
    held: HeldAgainst
    late: LateShown | None
    confidential: ConfidentialShown | None


def files_shown(work: Work, case: Case, party: Party, part: Part, late: Mapping[str, LateShown]) -> list[FileShown]:
    """The files of that part of the list; *late*: what is said of those that came late."""
    items = evidence.on_record(work.session, case.case_no, part.first, AT_ONCE)
    verdicts = verdicts_shown(admissibility.weigh(work, case, items))
    held = _held_against(work, case, party, items)
    stamped = trusted_times(work, case.case_no)
    return [
        _file(
            item,
            party,
            verdicts.get(item.label or ""),
            held[item.label or ""],
            late.get(item.label or ""),
            Kept(_custody(work, item), stamped.get(item.label or "")),
        )
        for item in items
        if _is_seen(item, party)
    ]


def _is_seen(item: EvidenceItem, party: Party) -> bool:
    """What is held is seen by staff and who filed it; of one that was announced, others see that it is awaited."""
    return item.state is not ItemState.HELD or item.source_url is not None or bool(own_uploads([item], party))


def _file(
    item: EvidenceItem,
    party: Party,
    verdict: VerdictShown | None,
    held: HeldAgainst,
    late: LateShown | None,
    kept: Kept,
) -> FileShown:
    given, confidential = given_to(Role(party.side), item), confidential_shown(item, Role(party.side))
    is_original = given.copy is Copy.ORIGINAL
    awaited = item.state is ItemState.HELD and item.source_url is not None
    mine = verdict is not None and item.submitted_by == party.side
    tone, standing, icon = item_standing(ItemState.EXPECTED if awaited else item.state, item.late)
    return FileShown(
        label=item.label or "",
        name=given.name or gettext("Erased file"),
        icon=KIND_ICONS[item.kind],
        kind=str(KINDS[item.kind]),
        submitted_by=str(ROLES[item.submitted_by]),
        at=item.received_at,
        size=given.size,
        sha256=None if awaited else given.sha256,
        standing=(tone, str(standing), icon),
        why=_why(item),
        stamped=stamped_badge(kept.stamped_at) if item.state is ItemState.SUBMITTED and is_original else None,
        erased=erased_sentence(item.erased_at, item.erased_because or "") if item.erased_at else None,
        custody=custody_lines(each for each in kept.custody if not awaited or each.kind == "evidence_expected"),
        url=url_for("party.take_out", link=party.link, label=item.label) if _can_open(item) else None,
        verdict=verdict,
        particulars_url=url_for("admissibility.particulars", link=party.link, label=item.label) if mine else None,
        held=held,
        late=late,
        confidential=confidential,
    )


def _custody(work: Work, item: EvidenceItem) -> tuple[CustodyEvent, ...]:
    """Of an item that a party can open, its own page tells it."""
    return () if _can_open(item) else custody_of(work, item.case_no, item.label or "")


def _can_open(item: EvidenceItem) -> bool:
    return item.state is ItemState.SUBMITTED and item.blob is not None


def _held_against(work: Work, case: Case, party: Party, items: Sequence[EvidenceItem]) -> dict[str, HeldAgainst]:
    """What is held against each item, by its label."""
    rows, told = objection_rows.objections_in(work.session, case.case_no), objections_shown(work, case)
    found = {}
    for item in items:
        label = item.label or ""
        against = rows.get(label, [])
        say = None
        if any(can_reply(work, case, each, party.side) for each in against):
            say = gettext("Reply to the objection to %(label)s", label=label)
        elif can_object(case, item, against, party.side):
            say = gettext("Object to %(label)s", label=label)
        found[label] = HeldAgainst(told.get(label, []), say)
    return found


def _why(item: EvidenceItem) -> str | None:
    """What is wrong with one that is quarantined."""
    if item.state is not ItemState.QUARANTINED or item.problem is None:
        return None
    return str(PROBLEMS[Problem(item.problem)][2])


def own_uploads(items: Sequence[EvidenceItem], party: Party) -> list[EvidenceItem]:
    """What *party*'s side has filed here."""
    return [item for item in items if item.source == "upload" and item.submitted_by == party.side]
