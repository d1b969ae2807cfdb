"""What waits on the evidence of a case beside its deadlines, and for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from arbitration.actions.context import Work
from arbitration.actions.late_evidence import SIDES
from arbitration.actions.productions import findings
from arbitration.domain.admissibility import OF_LATENESS
from arbitration.domain.cases import State
from arbitration.domain.evidence import ItemState
from arbitration.domain.inspection import UNDERWAY
from arbitration.domain.late_evidence import is_running
from arbitration.domain.permissions import Role
from arbitration.domain.productions import NOT_PRODUCED, ProductionState
from arbitration.store import admissibility, cases, evidence, inspections, objections, productions, rulings
from arbitration.store.admissibility import Admission, ItemFinding
from arbitration.store.cases import DeadlineState

BEFORE_CLOSE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
DECIDED_IN = frozenset({State.EVIDENCE, State.DELIBERATION})
"""While the arbitrator finds and decides on evidence."""


class Matter(StrEnum):
    """What is awaited. KEPT_BACK is no duty: until the record closes an original can be disclosed and answered."""

    OBJECTION = "objection"
    LATE_ITEM = "late_item"
    WITHHOLDING = "withholding"
    PRODUCTION = "production"
    INSPECTION = "inspection"
    KEPT_BACK = "kept_back"


@dataclass(frozen=True)
class Pending:
    """One matter, and who is to act. `label` is its item's, '' without one; `number` its order's, 0 without one.

    `due_at` is until when it is asked, where a time was given; the deadlines of the procedure are not told again here.
    """

    matter: Matter
    who: Role
    label: str = ""
    number: int = 0
    due_at: datetime | None = None

    @property
    def must(self) -> bool:
        """Whether it waits for someone, and is not only something that may be done."""
        return self.matter is not Matter.KEPT_BACK


def pending(work: Work, case_no: str, state: State) -> list[Pending]:
    """All of it in a case that is in *state*, what is the arbitrator's first. A ruling that is prepared ends it."""
    if state not in BEFORE_CLOSE | DECIDED_IN:
        return []
    if state is State.DELIBERATION and rulings.live(work.session, case_no) is not None:
        return []
    found = list(_productions(work, case_no)) + list(_inspections(work, case_no))
    if state in DECIDED_IN:
        found += [*_objections(work, case_no), *_late_items(work, case_no, state), *_kept_back(work, case_no, state)]
    else:
        found = [each for each in found if each.who is not Role.ARBITRATOR]
    return sorted(found, key=lambda each: list(Matter).index(each.matter))


def _objections(work: Work, case_no: str) -> Iterator[Pending]:
    undecided = objections.undecided_in(work.session, case_no)
    for label in dict.fromkeys(row.item.label or "" for row in undecided):
        yield Pending(Matter.OBJECTION, Role.ARBITRATOR, label)


def _late_items(work: Work, case_no: str, state: State) -> Iterator[Pending]:
    """What came late and was commented on, where the arbitrator has not said whether it counts (EV-06)."""
    late = evidence.late_in(work.session, case_no) if state is State.DELIBERATION else []
    here = [item for item in late if item.state is ItemState.SUBMITTED]
    if not here:
        return
    unheard = {
        each.about
        for each in cases.deadlines_of(work.session, case_no)
        if each.kind in SIDES and each.state is DeadlineState.OPEN and is_running(each.due_at, work.now)
    }
    found = admissibility.of_case(work.session, ItemFinding, case_no)
    verdicts = admissibility.of_case(work.session, Admission, case_no)
    for item in here:
        last = {row.fact: row.value for row in found.get(item.id, ())}
        is_found = any(last.get(fact) is not None for fact in OF_LATENESS)
        is_decided = any(row.verdict is not None for row in verdicts.get(item.id, ())[-1:])
        if item.label not in unheard and not is_found and not is_decided:
            yield Pending(Matter.LATE_ITEM, Role.ARBITRATOR, item.label or "")


def _productions(work: Work, case_no: str) -> Iterator[Pending]:
    orders = productions.orders_in(work.session, case_no)
    found = findings(work, case_no) if any(row.state in NOT_PRODUCED for row in orders) else {}
    for row in orders:
        if row.state is ProductionState.OPEN:
            yield Pending(Matter.PRODUCTION, Role(row.obligor), number=row.number, due_at=row.due_at)
        elif row.state in NOT_PRODUCED and row.number not in found:
            yield Pending(Matter.WITHHOLDING, Role.ARBITRATOR, number=row.number)


def _inspections(work: Work, case_no: str) -> Iterator[Pending]:
    for row in inspections.requests_in(work.session, case_no):
        if row.state in UNDERWAY:
            yield Pending(Matter.INSPECTION, Role.INSPECTOR, row.item.label or "", row.id, row.due_at)


def _kept_back(work: Work, case_no: str, state: State) -> Iterator[Pending]:
    if state is State.EVIDENCE:
        for item in evidence.kept_back_in(work.session, case_no):
            if item.state is ItemState.SUBMITTED:
                yield Pending(Matter.KEPT_BACK, Role.ARBITRATOR, item.label or "")
