"""What the platform told when it escalated: order, goods, escrow, merchant, and how it had handled the matter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import LazyString, lazy_gettext

from arbitration.domain.escalation import EscalatedData, Goods, HistoryEntry, Merchant
from arbitration.domain.money import format_cny
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import HistoryAction
from arbitration.web.current import lang
from arbitration.web.wording import ESCROW, HANDLING, WHO, gettext, spoken

FEW = 6
"""Of a long list of keys so many are named."""
_TIERS: tuple[tuple[HistoryAction, str, LazyString], ...] = (
    (HistoryAction.FIRST_REPLY, "ack", lazy_gettext("First reply")),
    (HistoryAction.INTERVENTION, "intervene", lazy_gettext("Stepped in")),
    (HistoryAction.PLAN_ISSUED, "plan", lazy_gettext("Proposed a solution")),
)
"""The three response tiers of clause DH-01: what ends each, the standard's floor that limits it, its name here."""

Fact = tuple[str, str]


@dataclass(frozen=True)
class Tier:
    """How long the platform took to one step of its own handling, against the limit of the standard."""

    label: str
    took: str
    limit: str
    kept: bool


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


def tiers(history: list[HistoryEntry], standard: Standard | None) -> list[Tier]:
    """The tiers of DH-01, recomputed from the first complaint on; none where no standard limits them."""
    first: dict[HistoryAction, datetime] = {}
    for entry in sorted(history, key=lambda entry: entry.at):
        first.setdefault(entry.action, entry.at)
    start = first.get(HistoryAction.ENQUIRY_RECEIVED)
    if standard is None or start is None:
        return []
    limits = {floor.name: floor.value for floor in standard.floors}
    shown = []
    for action, floor, label in _TIERS:
        at, limit = first.get(action), limits.get(floor)
        if limit is None:
            continue
        kept = at is not None and (at - start).total_seconds() <= limit.amount
        took = elapsed(at - start) if at else gettext("Never")
        shown.append(Tier(str(label), took, limit.zh if lang() == "zh-Hans" else limit.en, kept))
    return shown


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
