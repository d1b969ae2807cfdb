"""What pages show of production orders: what, who, which fact, until when, what silence means, and how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, lazy_gettext

from arbitration.actions.context import Work
from arbitration.actions.platform_rules import standard_of
from arbitration.actions.productions import ORDERABLE, can_answer, findings, is_obliged
from arbitration.domain.permissions import Role
from arbitration.domain.productions import NOT_PRODUCED, ProductionState, Withholding
from arbitration.store import productions as store
from arbitration.store.cases import Case
from arbitration.web.current import said
from arbitration.web.wording import spoken
from arbitration.web.words import ROLES

STANDINGS: Mapping[ProductionState, tuple[str, LazyString, str]] = {
    ProductionState.OPEN: ("info", lazy_gettext("To be produced"), "hourglass"),
    ProductionState.PRODUCED: ("ok", lazy_gettext("Produced"), "circle-check"),
    ProductionState.REFUSED: ("warn", lazy_gettext("Not produced, with a reason"), "file-x"),
    ProductionState.EXPIRED: ("bad", lazy_gettext("Not produced in time"), "alarm"),
    ProductionState.WITHDRAWN: ("plain", lazy_gettext("Order withdrawn"), "circle-off"),
}
"""Tone, label and icon."""
WITHHOLDINGS: Mapping[Withholding, LazyString] = {
    Withholding.WITHHELD: lazy_gettext("Find: withheld without good reason"),
    Withholding.EXCUSED: lazy_gettext("Find: not produced, with good reason"),
}
FOUND: Mapping[Withholding, LazyString] = {
    Withholding.WITHHELD: lazy_gettext("Found: withheld without good reason"),
    Withholding.EXCUSED: lazy_gettext("Found: not produced, with good reason"),
}


@dataclass(frozen=True)
class ProductionShown:
    """One order. `label` is the item that was produced, '' where none was; `item_url` its page where it can be read.

    `finding` is what the arbitrator found of it, '' where nothing; `may_answer` whether the reader may answer now.
    `reply_until` is given while the other side may still answer what was produced.
    """

    number: int
    who: str
    what: str
    fact: str
    due_at: datetime
    state: ProductionState
    standing: tuple[str, str, str]
    answer: str
    label: str
    item_url: str
    finding: str
    may_answer: bool
    reply_until: datetime | None

    @property
    def open(self) -> bool:
        """Whether it is still to be answered."""
        return self.state is ProductionState.OPEN

    @property
    def not_produced(self) -> bool:
        """Whether the arbitrator may find that it was withheld."""
        return self.state in NOT_PRODUCED


def productions_shown(work: Work, case: Case, item_url: Callable[[str], str]) -> list[ProductionShown]:
    """All production orders of a case, as the actor sees them; *item_url* gives the page of the item of a label."""
    rows = store.orders_in(work.session, case.case_no)
    standard = standard_of(work, case) if rows else None
    labels = {fact.name: said(fact.label) for fact in standard.facts} if standard is not None else {}
    found = findings(work, case.case_no) if rows else {}
    shown = []
    for row in rows:
        tone, label, icon = STANDINGS[row.state]
        shown.append(
            ProductionShown(
                number=row.number,
                who=spoken(ROLES)[Role(row.obligor)],
                what=row.what,
                fact=labels.get(row.fact, row.fact),
                due_at=row.due_at,
                state=row.state,
                standing=(tone, str(label), icon),
                answer=row.answer,
                label=(row.item.label or "") if row.item is not None else "",
                item_url=item_url(row.item.label or "") if row.item is not None and row.item.usable else "",
                finding=spoken(FOUND)[found[row.number]] if row.number in found else "",
                may_answer=is_obliged(work, row) and can_answer(work, row, case),
                reply_until=row.reply_until if _may_be_answered(work, row, case) else None,
            )
        )
    return shown


def _may_be_answered(work: Work, row: store.ProductionOrder, case: Case) -> bool:
    return row.reply_until is not None and work.now < row.reply_until and case.state in ORDERABLE
