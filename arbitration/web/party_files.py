"""The evidence of a case on a party's page: what this side may see of each file, and do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext

from arbitration.actions import admissibility
from arbitration.actions.context import Work
from arbitration.actions.custody import custody_of, trusted_times
from arbitration.actions.items import given_to
from arbitration.domain.confidentiality import Copy
from arbitration.domain.custody import CustodyEvent
from arbitration.domain.evidence import ItemState, Problem
from arbitration.domain.permissions import Role
from arbitration.store import evidence
from arbitration.store import objections as objection_rows
from arbitration.store.cases import Case, Party
from arbitration.store.evidence import EvidenceItem
from arbitration.web.admission_pages import VerdictShown, verdicts_shown
from arbitration.web.confidential_pages import ConfidentialShown, confidential_shown
from arbitration.web.custody_pages import CustodyLine, custody_lines, erased_sentence, stamped_badge
from arbitration.web.evidence_words import KIND_ICONS, KINDS, PROBLEMS, item_standing
from arbitration.web.item_list import AT_ONCE, Part
from arbitration.web.late_pages import LateShown
from arbitration.web.objection_pages import ObjectionShown, objections_shown, what_to_say
from arbitration.web.words import ROLES


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
        say = what_to_say(work, case, item, rows.get(label, []), party.side)
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
