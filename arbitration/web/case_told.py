"""What the platform told when it escalated: order, goods, escrow, merchant, and how it had handled the matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask_babel import LazyString, lazy_gettext

from arbitration.domain.escalation import EscalatedData, Goods, HistoryEntry, Merchant
from arbitration.domain.handling import Audit, Standing, Tier
from arbitration.domain.handling import audit as handling_audit
from arbitration.domain.money import format_cny
from arbitration.domain.quantities import Quantity
from arbitration.domain.standard import Standard
from arbitration.web.current import lang
from arbitration.web.formats import beijing
from arbitration.web.wording import ESCROW, HANDLING, WHO, gettext, spoken

FEW = 6
"""Of a long list of keys so many are named."""
_STEPS: dict[str, LazyString] = {
    "ack": lazy_gettext("First reply"),
    "intervene": lazy_gettext("Stepped in"),
    "plan": lazy_gettext("Proposed a solution"),
}
"""What ends each of the response times, by its floor."""
_STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.KEPT: ("ok", "circle-check"),
    Standing.LATE: ("bad", "circle-x"),
    Standing.NOT_SHOWN: ("bad", "circle-x"),
    Standing.NOT_DUE: ("plain", "hourglass"),
}
"""Tone and icon."""

Fact = tuple[str, str]


@dataclass(frozen=True)
class TierShown:
    """How long the platform took to one step of its own handling, against the limit of the standard."""

    badge: tuple[str, str, str]
    label: str
    limit: str


@dataclass(frozen=True)
class AuditShown:
    """The platform's response times; `finding` says that some were missed, None where none was."""

    tiers: list[TierShown]
    remarks: list[str]
    finding: str | None


@dataclass(frozen=True)
class HandlingShown:
    """One entry of the platform's handling history."""

    at: datetime
    who: str
    what: str
    note: str | None


@dataclass(frozen=True)
class GoodsShown:
    """One thing that was bought, and what its listing said then."""

    title: str
    facts: list[Fact]
    log: list[tuple[datetime, str]]
    listing: str
    listing_at: datetime
    listing_sha256: str
    commitments: list[str]


def audit(
    told: EscalatedData, entries: list[HistoryEntry], standard: Standard | None, promises: Mapping[str, Quantity]
) -> AuditShown | None:
    """The response times by all that the platform has told so far; None where no standard limits them."""
    if standard is None:
        return None
    found = handling_audit(
        entries,
        opened_at=told.dispute.opened_at,
        escalated_at=told.dispute.escalated_at,
        floors=standard.floors,
        promises=promises,
    )
    missed = gettext("%(missed)s of %(times)s response times missed.", missed=found.missed, times=len(found.tiers))
    return AuditShown([_tier(tier) for tier in found.tiers], _remarks(found), missed if found.breached else None)


def _tier(tier: Tier) -> TierShown:
    tone, icon = _STANDINGS[tier.standing]
    if tier.standing is Standing.NOT_DUE:
        said = gettext("Not due yet")
    elif tier.took is None:
        said = gettext("Not shown")
    else:  # begun minutes count: what is late reads longer than its limit
        said = elapsed(timedelta(minutes=ceil(tier.took / 60)))
    limit = tier.limit.zh if lang() == "zh-Hans" else tier.limit.en
    return TierShown((tone, said, icon), spoken(_STEPS)[tier.floor], limit)


def _remarks(found: Audit) -> list[str]:
    remarks = []
    if not found.enquired:
        at = beijing(found.counted_from, lang(), short=True)
        remarks.append(
            gettext("No complaint is named; the times count from %(time)s, when the dispute was opened.", time=at)
        )
    if found.ignored:
        remarks.append(gettext("What is stamped before the complaint answers nothing and is not counted."))
    if not found.in_order:
        remarks.append(gettext("Some steps were told after later ones."))
    return remarks


def elapsed(span: timedelta) -> str:
    """`31 min`, `2 h 5 min`, `3 d 4 h`: a length of time in whole minutes, from two days on in whole hours."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    days, rest = divmod(hours, 24)
    if days >= 2:
        return gettext("%(days)s d %(hours)s h", days=days, hours=rest) if rest else gettext("%(days)s d", days=days)
    if not hours:
        return gettext("%(minutes)s min", minutes=minutes)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes) if minutes else _hours(hours)


def _hours(hours: int) -> str:
    return gettext("%(hours)s h", hours=hours)


def handling(history: list[HistoryEntry]) -> list[HandlingShown]:
    """What was done on the platform before, in its order."""
    return [
        HandlingShown(entry.at, spoken(WHO)[entry.actor], spoken(HANDLING)[entry.action], entry.note)
        for entry in history
    ]


def order(told: EscalatedData) -> list[Fact]:
    """The order in words; its times stand by themselves."""
    facts = [
        (gettext("After-sales window promised"), _hours(told.order.after_sales_window_h)),
        (gettext("Proof of delivery"), told.order.delivery_proof_ref),
        (gettext("Buyer"), gettext("Marked as a minor by the platform") if told.order.minor_flag else None),
    ]
    return [(label, value) for label, value in facts if value]


def times(told: EscalatedData) -> list[tuple[str, datetime]]:
    """The times on which the clauses turn."""
    known = (
        (gettext("Ordered"), told.order.created_at),
        (gettext("Paid"), told.order.paid_at),
        (gettext("Delivered"), told.order.delivered_at),
        (gettext("Complaint on the platform"), told.dispute.opened_at),
        (gettext("Escalated"), told.dispute.escalated_at),
    )
    return [(label, at) for label, at in known if at is not None]


def goods(sold: Goods) -> GoodsShown:
    """One of the goods, with the particulars of its category."""
    facts: list[tuple[str, str | None]] = [(gettext("Quantity"), str(sold.quantity))]
    log: list[tuple[datetime, str]] = []
    if sold.service is not None:
        facts += [
            (gettext("Game"), sold.service.game),
            (gettext("Server"), sold.service.server),
            (gettext("Target account"), sold.service.target_account_masked),
        ]
        log = [(line.at, line.entry) for line in sold.service.redeem_log]
    if sold.keys is not None:
        facts += [
            (gettext("Product"), sold.keys.product),
            (gettext("Region"), sold.keys.region),
            (gettext("Keys"), _few([key.key_masked for key in sold.keys.keys])),
            (gettext("Answer of the issuer"), _few(sorted({key.issuer_reply or "" for key in sold.keys.keys} - {""}))),
        ]
    if sold.account is not None:
        deposit = sold.account.deposit_minor
        deducted = [f"{each.item} {format_cny(each.amount_minor)}" for each in sold.account.deductions]
        facts += [
            (gettext("Account"), sold.account.account_masked),
            (gettext("Deposit"), None if deposit is None else format_cny(deposit)),
            (
                gettext("Deductions"),
                _few(deducted),
            ),
            (gettext("Ban notice"), sold.account.ban_notice),
        ]
        if sold.account.period is not None:
            log = [
                (sold.account.period.starts_at, gettext("Period begins")),
                (sold.account.period.ends_at, gettext("Period ends")),
            ]
    snapshot = sold.listing_snapshot
    return GoodsShown(
        title=sold.title,
        facts=[(label, value) for label, value in facts if value],
        log=log,
        listing=snapshot.text,
        listing_at=snapshot.captured_at,
        listing_sha256=snapshot.sha256,
        commitments=snapshot.seller_commitments,
    )


def _few(values: list[str]) -> str:
    shown = gettext(", ").join(values[:FEW])
    if len(values) <= FEW:
        return shown
    return gettext("%(shown)s and %(more)s more", shown=shown, more=len(values) - FEW)


def escrow(told: EscalatedData) -> list[Fact]:
    """Where the money is, as the platform told it."""
    payment = told.order.payment
    facts = (
        (gettext("State"), spoken(ESCROW)[payment.escrow_state]),
        (gettext("Paid through"), payment.channel),
        (gettext("Transaction"), payment.transaction_id_masked),
    )
    return [(label, value) for label, value in facts if value]


def merchant(known: Merchant | None) -> str | None:
    """A merchant's standing on its platform, in one line."""
    if known is None:
        return None
    told = []
    if known.licence_no:
        told.append(gettext("Licence %(number)s", number=known.licence_no))
    if known.orders_180d is not None:
        told.append(gettext("%(number)s orders in 180 days", number=f"{known.orders_180d:,}"))
    if known.negative_rate is not None:
        told.append(gettext("%(share)s negative", share=f"{known.negative_rate:.1%}"))
    return " · ".join(told) or None
