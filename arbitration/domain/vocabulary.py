"""The words of `escalation.v1` that are one of a list (domain.md §5)."""

from enum import StrEnum


class Reason(StrEnum):
    """What the dispute is about, as its platform files it."""

    NOT_DELIVERED = "NOT_DELIVERED"
    KEY_INVALID_OR_USED = "KEY_INVALID_OR_USED"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    WRONG_TARGET_OR_AMOUNT = "WRONG_TARGET_OR_AMOUNT"
    ACCOUNT_RECLAIMED = "ACCOUNT_RECLAIMED"
    ACCOUNT_BANNED = "ACCOUNT_BANNED"
    DEPOSIT_WITHHELD = "DEPOSIT_WITHHELD"
    UNAUTHORISED_OR_MINOR = "UNAUTHORISED_OR_MINOR"
    DUPLICATE = "DUPLICATE"
    REFUND_NOT_PROCESSED = "REFUND_NOT_PROCESSED"
    COUNTERFEIT_SOURCE = "COUNTERFEIT_SOURCE"
    FRAUD = "FRAUD"
    BUYER_ABUSE = "BUYER_ABUSE"
    OTHER = "OTHER"


class Remedy(StrEnum):
    """What may be asked for and what may be ordered."""

    REFUND_FULL = "refund_full"
    REFUND_PARTIAL = "refund_partial"
    REPLACE_KEY = "replace_key"
    REDO_TOPUP = "redo_topup"
    RESTORE_ACCOUNT = "restore_account"
    COMPENSATION = "compensation"
    PUNITIVE_3X = "punitive_3x"
    DEPOSIT_RETURN = "deposit_return"
    APOLOGY_CORRECTION = "apology_correction"
    DISMISS = "dismiss"


class Category(StrEnum):
    """What kind of digital goods were sold; clauses may hold for some kinds only."""

    TOPUP = "topup"
    LICENSE_KEY = "license_key"
    ACCOUNT_RENTAL = "account_rental"
    ACCOUNT_SALE = "account_sale"
    GIFT_CARD = "gift_card"
    BOOSTING_SERVICE = "boosting_service"


class EvidenceKind(StrEnum):
    """What an item of evidence is."""

    CHAT_LOG = "chat_log"
    ORDER_SCREENSHOT = "order_screenshot"
    PAYMENT_VOUCHER = "payment_voucher"
    INSPECTION_REPORT = "inspection_report"
    DELIVERY_LOG = "delivery_log"
    LOGIN_LOG = "login_log"
    REDEEM_LOG = "redeem_log"
    LISTING_SNAPSHOT = "listing_snapshot"
    VIDEO = "video"
    ISSUER_STATEMENT = "issuer_statement"
    OTHER = "other"


class HistoryAction(StrEnum):
    """What a platform may report of its own handling before the escalation."""

    ENQUIRY_RECEIVED = "enquiry_received"
    FIRST_REPLY = "first_reply"
    INTERVENTION = "intervention"
    PLAN_ISSUED = "plan_issued"
    OFFER = "offer"
    COUNTER = "counter"
    ACCEPT = "accept"
    REJECT = "reject"
    DECISION = "decision"
    ESCALATED = "escalated"


class PartyRole(StrEnum):
    """What a party is to the dispute; a representative stands on the side they name."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    REPRESENTATIVE = "representative"


class Side(StrEnum):
    """Whose side of the dispute someone is on."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"


class Actor(StrEnum):
    """Who acted on the platform before the escalation, or asked for it."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    PLATFORM = "platform"
    SYSTEM = "system"


class Submitter(StrEnum):
    """Who brings an item of evidence; its label begins with their letter (C-1, R-1, P-1, I-1)."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    PLATFORM = "platform"
    INSPECTOR = "inspector"


class EscrowState(StrEnum):
    """Where the money of the order is."""

    HELD = "held"
    PARTLY_RELEASED = "partly_released"
    RELEASED = "released"
    REFUNDED = "refunded"
    NONE = "none"


class ConfirmedBy(StrEnum):
    """Who confirmed receipt: the buyer, or the platform's timer."""

    CLAIMANT = "claimant"
    AUTOMATIC = "automatic"


FACT_SOURCES = {
    "goods.category": "category",
    "goods.account.deposit_minor": "money",
    "goods.account.deductions": "money",
    "goods.account.period": "duration",
    "goods.listing_snapshot.seller_commitments": "bool",
    "goods.no_return_confirmed_at": "instant",
    "order.created_at": "instant",
    "order.paid_at": "instant",
    "order.delivered_at": "instant",
    "order.amount_minor": "money",
    "order.after_sales_window_h": "duration",
    "order.minor_flag": "bool",
    "order.payment.escrow_state": "bool",
    "parties.merchant.deposit_minor": "money",
    "dispute.opened_at": "instant",
    "dispute.escalated_at": "instant",
    "handling_history.enquiry_received": "instant",
    "handling_history.first_reply": "instant",
    "handling_history.intervention": "instant",
    "handling_history.plan_issued": "instant",
}
"""The fields of an escalation that state a fact, and the type of the fact; `fact_sources` reads them."""
