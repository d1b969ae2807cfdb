"""What an escalation itself says of the facts that clauses ask about, until someone disputes it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from arbitration.domain.escalation import Account, EscalatedData
from arbitration.domain.evaluation import Value
from arbitration.domain.facts import Stated, Status
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import EscrowState, HistoryAction, PartyRole


def escalated(standard: Standard, data: EscalatedData) -> dict[str, Stated]:
    """The facts that the escalation states, each with its field as the source. What is not said is absent."""
    found = {}
    for fact in standard.facts:
        value = READERS[fact.source](data) if fact.source else None
        if value is not None:
            found[fact.name] = Stated(fact.name, value, Status.ASSERTED, fact.source or "")
    return found


def _instant(at: datetime | None) -> Value:
    return int(at.timestamp()) if at is not None else None


def _account(data: EscalatedData) -> Account | None:
    return next((goods.account for goods in data.goods if goods.account), None)


def _deposit(data: EscalatedData) -> Value:
    account = _account(data)
    return account.deposit_minor if account else None


def _deductions(data: EscalatedData) -> Value:
    account = _account(data)
    if account is None or account.deposit_minor is None:
        return None
    return sum(deduction.amount_minor for deduction in account.deductions)


def _period(data: EscalatedData) -> Value:
    account = _account(data)
    if account is None or account.period is None:
        return None
    return int((account.period.ends_at - account.period.starts_at).total_seconds())


def _promises(data: EscalatedData) -> Value:
    """A listing without recorded promises proves nothing: there may have been others."""
    return True if any(goods.listing_snapshot.seller_commitments for goods in data.goods) else None


def _confirmed(data: EscalatedData) -> Value:
    return _instant(next((goods.no_return_confirmed_at for goods in data.goods if goods.no_return_confirmed_at), None))


def _in_escrow(data: EscalatedData) -> Value:
    """Partly released is neither: how much is held must be shown."""
    state = data.order.payment.escrow_state
    return None if state is EscrowState.PARTLY_RELEASED else state is EscrowState.HELD


def _merchant_deposit(data: EscalatedData) -> Value:
    merchants = [party.merchant for party in data.parties if party.role is PartyRole.RESPONDENT]
    return merchants[0].deposit_minor if merchants and merchants[0] else None


def _enquired_at(data: EscalatedData) -> datetime:
    """Where the platform has no enquiry on record, the complaint that opened the dispute is one."""
    enquiries = [entry.at for entry in data.handling_history if entry.action is HistoryAction.ENQUIRY_RECEIVED]
    return min(enquiries, default=data.dispute.opened_at)


def _handled(action: HistoryAction) -> Callable[[EscalatedData], Value]:
    """The first step of a kind since the enquiry: what is stamped before it answers nothing."""

    def first(data: EscalatedData) -> Value:
        start = _enquired_at(data)
        taken = [entry.at for entry in data.handling_history if entry.action is action and entry.at >= start]
        return _instant(min(taken, default=None))

    return first


READERS: Mapping[str, Callable[[EscalatedData], Value]] = {
    "goods.category": lambda data: str(data.goods[0].category),
    "goods.account.deposit_minor": _deposit,
    "goods.account.deductions": _deductions,
    "goods.account.period": _period,
    "goods.listing_snapshot.seller_commitments": _promises,
    "goods.no_return_confirmed_at": _confirmed,
    "order.created_at": lambda data: _instant(data.order.created_at),
    "order.paid_at": lambda data: _instant(data.order.paid_at),
    "order.delivered_at": lambda data: _instant(data.order.delivered_at),
    "order.amount_minor": lambda data: data.order.amount_minor,
    "order.after_sales_window_h": lambda data: data.order.after_sales_window_h * 3600,
    "order.minor_flag": lambda data: True if data.order.minor_flag else None,
    "order.payment.escrow_state": _in_escrow,
    "parties.merchant.deposit_minor": _merchant_deposit,
    "dispute.opened_at": lambda data: _instant(data.dispute.opened_at),
    "dispute.escalated_at": lambda data: _instant(data.dispute.escalated_at),
    "handling_history.enquiry_received": lambda data: _instant(_enquired_at(data)),
    "handling_history.first_reply": _handled(HistoryAction.FIRST_REPLY),
    "handling_history.intervention": _handled(HistoryAction.INTERVENTION),
    "handling_history.plan_issued": _handled(HistoryAction.PLAN_ISSUED),
}
"""Field -> what it states: amounts in fen, durations in seconds, instants in Unix seconds; None for nothing."""
