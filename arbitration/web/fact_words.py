"""Facts and clauses in the reader's words: results, standings, where a fact comes from, and its values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from arbitration.actions.facts import CaseFacts
from arbitration.domain.clauses import Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.explanation import Language
from arbitration.domain.facts import Stance, Stated, Status
from arbitration.domain.permissions import Role
from arbitration.domain.values import show
from arbitration.web.current import lang
from arbitration.web.wording import gettext, spoken
from arbitration.web.words import ROLES

RESULTS: Mapping[Outcome, tuple[str, LazyString, str]] = {
    Outcome.MET: ("ok", lazy_gettext("Met"), "circle-check"),
    Outcome.BREACHED: ("bad", lazy_gettext("Not met"), "circle-x"),
    Outcome.UNKNOWN: ("warn", lazy_gettext("Undecided"), "help-circle"),
    Outcome.NOT_APPLICABLE: ("plain", lazy_gettext("Not applicable"), "circle-off"),
}
"""Tone, label and icon of what a clause comes to."""

STATUSES: Mapping[Status, tuple[str, LazyString, str]] = {
    Status.ASSERTED: ("info", lazy_gettext("Stated, not disputed"), "message-2"),
    Status.DISPUTED: ("warn", lazy_gettext("Disputed"), "arrows-diff"),
    Status.ADMITTED: ("ok", lazy_gettext("Agreed by both sides"), "checks"),
    Status.FOUND: ("ok", lazy_gettext("Found"), "gavel"),
    Status.NOT_FOUND: ("bad", lazy_gettext("Not proven"), "circle-x"),
}
"""Tone, label and icon of how far a fact stands."""
NOT_ON_RECORD = ("plain", lazy_gettext("Not on the record"), "circle-dashed")

FIELDS: Mapping[str, LazyString] = {
    "goods.category": lazy_gettext("The platform’s escalation: kind of goods"),
    "goods.account.deposit_minor": lazy_gettext("The platform’s escalation: deposit for the account"),
    "goods.account.deductions": lazy_gettext("The platform’s escalation: deductions from the deposit"),
    "goods.account.period": lazy_gettext("The platform’s escalation: period of the rental"),
    "goods.listing_snapshot.seller_commitments": lazy_gettext("The platform’s escalation: promises in the listing"),
    "goods.no_return_confirmed_at": lazy_gettext("The platform’s escalation: when no return was confirmed"),
    "order.created_at": lazy_gettext("The platform’s escalation: when the order was placed"),
    "order.paid_at": lazy_gettext("The platform’s escalation: when it was paid"),
    "order.delivered_at": lazy_gettext("The platform’s escalation: when it was delivered"),
    "order.amount_minor": lazy_gettext("The platform’s escalation: amount of the order"),
    "order.after_sales_window_h": lazy_gettext("The platform’s escalation: after-sales window of the listing"),
    "order.minor_flag": lazy_gettext("The platform’s escalation: buyer marked as a minor"),
    "order.payment.escrow_state": lazy_gettext("The platform’s escalation: state of the escrow"),
    "parties.merchant.deposit_minor": lazy_gettext("The platform’s escalation: deposit of the merchant"),
    "dispute.opened_at": lazy_gettext("The platform’s escalation: when the dispute was opened"),
    "dispute.escalated_at": lazy_gettext("The platform’s escalation: when it was escalated"),
    "handling_history.enquiry_received": lazy_gettext("The platform’s handling record: first enquiry"),
    "handling_history.first_reply": lazy_gettext("The platform’s handling record: first reply"),
    "handling_history.intervention": lazy_gettext("The platform’s handling record: when it stepped in"),
    "handling_history.plan_issued": lazy_gettext("The platform’s handling record: when it proposed a solution"),
}
"""The fields of an escalation that state facts, told to whoever never saw one."""
_LABELLED = re.compile(r"([A-Z]-\d{1,4})(?:: (.*))?", re.DOTALL)
OWN_KNOWLEDGE = "panel"
"""The source of what the office knows itself."""

WORDS: Mapping[Stance, LazyString] = {
    Stance.ASSERT: lazy_gettext("%(role)s states: %(value)s"),
    Stance.ADMIT: lazy_gettext("%(role)s agrees"),
    Stance.DISPUTE: lazy_gettext("%(role)s disputes it"),
}
"""What a side holds of a fact."""


@dataclass(frozen=True)
class SourceShown:
    """Where a fact comes from: words, and the escalation's field or the item's label that it names."""

    text: str = ""
    field: str = ""
    item: str = ""


def result_badge(outcome: Outcome) -> tuple[str, str, str]:
    """Tone, label and icon of what a clause comes to, in the reader's words."""
    tone, label, icon = RESULTS[outcome]
    return tone, str(label), icon


def language() -> Language:
    """The reader's, as the standard's own words have it."""
    return "zh" if lang() == "zh-Hans" else "en"


def side_name(side: str) -> str:
    """The claimant, the respondent."""
    return spoken(ROLES).get(Role(side), side)


def value_shown(known: CaseFacts, name: str, value: Value) -> str:
    """A value of the fact *name*, as a sentence says it."""
    fact = known.fact(name)
    enum = known.book.enums.get(fact.type.removeprefix("list[").removesuffix("]"))
    return show(value, fact.type, language(), unit=fact.unit, enum=enum)


def source_shown(stated: Stated) -> SourceShown:
    """Where a fact comes from."""
    if stated.source == OWN_KNOWLEDGE:
        return SourceShown(gettext("Known to the office"))
    if stated.status in (Status.FOUND, Status.NOT_FOUND):
        item, words = parted(stated.source)
        return SourceShown(words, item=item)
    if stated.source in FIELDS:
        return SourceShown(spoken(FIELDS)[stated.source], field=stated.source)
    return SourceShown(gettext("%(role)s states it", role=side_name(stated.source)))


def rests_on(item: str, words: str) -> str:
    """`C-1: the log shows it`: an item's label and some words in one line; either may be empty."""
    return f"{item}: {words}" if item and words else item or words


def parted(source: str) -> tuple[str, str]:
    """Label and words again."""
    found = _LABELLED.fullmatch(source)
    return (found[1], found[2] or "") if found else ("", source)
