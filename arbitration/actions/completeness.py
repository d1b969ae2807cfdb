"""What a platform is told at the door about the proofs of its dispute, as far as they are here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from arbitration.actions.context import Work
from arbitration.domain.completeness import Filed, as_json
from arbitration.domain.escalation import EscalatedData, Evidence
from arbitration.domain.standard import Standard, in_force_at
from arbitration.store import evidence
from arbitration.store.cases import Case

Told = dict[str, Any] | None
"""None where no version of the standard was in force when the order was placed, or it does not say what to prove."""


def of_escalation(standards: Sequence[Standard], data: EscalatedData, added: Iterable[Evidence] = ()) -> Told:
    """What an escalation itself brings, and what was *added* to it before its case was opened."""
    items = {item.evidence_id: item for item in (*data.evidence, *added)}.values()
    filed = [(str(item.submitted_by), item.kind) for item in items]
    return _told(standards, data.dispute.reason, data.order.created_at, filed)


def of_case(work: Work, standards: Sequence[Standard], case: Case, added: Iterable[Evidence]) -> Told:
    """What is filed in an open case, whoever filed it, and what is *added* now. An id that is known is not filed twice.

    Items of the platform's events that are accepted and still wait for their turn are not counted.
    """
    here = evidence.filed(work.session, case.case_no)
    known = {row.platform_evidence_id for row in here}
    filed = [(str(row.submitted_by), row.kind) for row in here]
    filed += [(str(item.submitted_by), item.kind) for item in added if item.evidence_id not in known]
    return _told(standards, case.reason, case.ordered_at, filed)


def _told(standards: Sequence[Standard], reason: str, ordered_at: datetime, filed: list[Filed]) -> Told:
    standard = in_force_at(standards, ordered_at)
    matter = standard.matter(reason) if standard else None
    return as_json(standard.version, matter, filed) if standard and matter else None
