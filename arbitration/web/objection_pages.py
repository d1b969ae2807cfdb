"""What pages show of objections to an item: ground and words, the reply, and what the arbitrator made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from arbitration.actions.context import Work
from arbitration.actions.objections import can_object, can_reply
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.objections import CLAIMS, Decision
from arbitration.domain.permissions import Role
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import Side
from arbitration.store import objections as store
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.objections import Objection
from arbitration.web.current import said
from arbitration.web.evidence_words import DECISIONS, GROUNDS
from arbitration.web.wording import gettext, spoken
from arbitration.web.words import ROLES


@dataclass(frozen=True)
class ObjectionShown:
    """One objection. `claims` is the fact that it claims of the item, '' where it claims none."""

    id: int
    by: str
    at: datetime
    ground: str
    words: str
    claims: str
    reply: str
    replied_at: datetime | None
    standing: tuple[str, str, str]
    reason: str

    @property
    def open(self) -> bool:
        """Whether the arbitrator has not decided on it."""
        return not self.reason


def objections_shown(work: Work, case: Case) -> dict[str, list[ObjectionShown]]:
    """All objections in a case, by the label of the item."""
    found = store.objections_in(work.session, case.case_no)
    standard = standard_of(work, case) if found else None
    return {label: shown(rows, standard) for label, rows in found.items()}


def shown(rows: Iterable[Objection], standard: Standard | None) -> list[ObjectionShown]:
    """The objections to one item."""
    labels = {fact.name: said(fact.label) for fact in standard.facts} if standard is not None else {}
    return [_shown(row, labels) for row in rows]


def what_to_say(
    work: Work, case: Case, item: EvidenceItem, against: Iterable[Objection], side: Side | None
) -> str | None:
    """What *side* can do now about an item and the objections to it, as a link says it; None for nothing."""
    against = list(against)
    if any(can_reply(work, case, each, side) for each in against):
        return gettext("Reply to the objection to %(label)s", label=item.label)
    if can_object(case, item, against, side):
        return gettext("Object to %(label)s", label=item.label)
    return None


def _shown(row: Objection, labels: Mapping[str, str]) -> ObjectionShown:
    claim = CLAIMS.get(row.ground)
    return ObjectionShown(
        id=row.id,
        by=spoken(ROLES)[Role(row.side)],
        at=row.at,
        ground=spoken(GROUNDS)[row.ground],
        words=row.words,
        claims=labels.get(claim.fact, "") if claim is not None else "",
        reply=row.reply,
        replied_at=row.replied_at,
        standing=_standing(row.decision),
        reason=row.reason,
    )


def _standing(decision: Decision | None) -> tuple[str, str, str]:
    if decision is None:
        return "warn", gettext("Objected, not decided"), "flag"
    return "plain", spoken(DECISIONS)[decision], "gavel"
