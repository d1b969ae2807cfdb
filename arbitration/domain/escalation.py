"""The wire format `escalation.v1`: what a platform may tell us about a dispute, field by field (domain.md §5).

Strict: no value is converted, no unknown field is accepted at any level. Rules that join fields are in `intake`.
"""

import base64
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from arbitration.domain.vocabulary import (
    Actor,
    Category,
    ConfirmedBy,
    EscrowState,
    EvidenceKind,
    HistoryAction,
    PartyRole,
    Reason,
    Remedy,
    Side,
    Submitter,
)
from arbitration.domain.wire import (
    FROM_TEXT,
    Base64,
    CaseNumber,
    ClauseId,
    Count,
    Currency,
    Email,
    FactId,
    FileName,
    HttpsUrl,
    Id,
    Instant,
    Language,
    Line,
    Manifest,
    Masked,
    MediaType,
    Money,
    Sha256,
    Text,
    Wire,
)

MAX_EVIDENCE = 100
MAX_EVIDENCE_BYTES = 100 * 1024**2
"""Of one file, whoever brings it and however it comes."""
MAX_CLAIMS = 26
"""Claims are lettered A to Z."""


class Claim(Wire):
    """One thing that is asked for. `amount_minor` in fen; `basis_clauses` are what the party relies on."""

    remedy: Annotated[Remedy, FROM_TEXT]
    amount_minor: Money
    currency: Currency
    text: Text | None = None
    basis_clauses: list[ClauseId] = Field(default_factory=list, max_length=20)


class PriorDecision(Wire):
    """What another body decided about the same dispute."""

    decided_by: Line
    decided_at: Instant
    reference: Line
    outcome: Text


class Dispute(Wire):
    """What is in dispute, who took it here and what is claimed."""

    platform_dispute_id: Id
    reason: Annotated[Reason, FROM_TEXT]
    reason_text: Text | None = None
    language: Language = "zh"
    opened_at: Instant
    escalated_at: Instant
    escalated_by: Annotated[Actor, FROM_TEXT]
    claims: Annotated[list[Claim], Field(min_length=1, max_length=MAX_CLAIMS)]
    linked_disputes: list[Id] = Field(default_factory=list, max_length=100)
    prior_decisions: list[PriorDecision] = Field(default_factory=list, max_length=20)


class Payment(Wire):
    """How the order was paid, and where the money is now."""

    channel: Line | None = None
    transaction_id_masked: Masked | None = None
    escrow_state: Annotated[EscrowState, FROM_TEXT]
    escrow_release_at: Instant | None = None


class Order(Wire):
    """The order in dispute. `amount_minor` in fen, `after_sales_window_h` in hours as the listing promised."""

    order_id: Id
    created_at: Instant
    paid_at: Instant
    amount_minor: Money
    currency: Currency
    payment: Payment
    delivered_at: Instant | None = None
    delivery_proof_ref: Line | None = None
    confirmed_by: Annotated[ConfirmedBy, FROM_TEXT] | None = None
    after_sales_window_h: Annotated[int, Field(ge=0, le=87_600)]
    minor_flag: bool = False


class ListingSnapshot(Wire):
    """What the listing said when the order was made. `sha256` is of its text as UTF-8."""

    captured_at: Instant
    text: Text
    sha256: Sha256
    seller_commitments: list[Line] = Field(default_factory=list, max_length=50)


class LogLine(Wire):
    """One line of a delivery or redeem log."""

    at: Instant
    entry: Line


class Service(Wire):
    """Top-ups and boosting: what is done to the buyer's own account."""

    game: Line
    server: Line | None = None
    target_account_masked: Masked
    redeem_log: list[LogLine] = Field(default_factory=list, max_length=200)


class Key(Wire):
    """One key or card. `activation_count` None where the issuer did not say."""

    key_masked: Masked
    activation_count: Count | None = None
    issuer_reply: Line | None = None


class Keys(Wire):
    """Licence keys and gift cards."""

    product: Line
    region: Line | None = None
    keys: Annotated[list[Key], Field(min_length=1, max_length=500)]


class Period(Wire):
    """From when to when an account was let."""

    starts_at: Instant
    ends_at: Instant


class Deduction(Wire):
    """What was kept of a deposit, and for what. `amount_minor` in fen."""

    item: Line
    amount_minor: Money


class Account(Wire):
    """Accounts rented or sold."""

    account_masked: Masked
    period: Period | None = None
    deposit_minor: Money | None = None
    deductions: list[Deduction] = Field(default_factory=list, max_length=50)
    ban_notice: Text | None = None


class Goods(Wire):
    """One line of the order. The part that goes with its category is given: service, keys or account."""

    sku: Line
    category: Annotated[Category, FROM_TEXT]
    title: Line
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    unit_price_minor: Money
    listing_snapshot: ListingSnapshot
    no_return_confirmed_at: Instant | None = None
    service: Service | None = None
    keys: Keys | None = None
    account: Account | None = None


class Contact(Wire):
    """One of the two: an address, or a token that the platform relays."""

    email: Email | None = None
    relay_token: Id | None = None


class Merchant(Wire):
    """What the platform knows of the seller. `negative_rate` is a share from 0 to 1."""

    licence_no: Id | None = None
    onboarded_at: Instant | None = None
    deposit_minor: Money | None = None
    orders_180d: Count | None = None
    negative_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    authorisation_refs: list[Line] = Field(default_factory=list, max_length=50)
    check_endpoint: HttpsUrl | None = None


class Party(Wire):
    """Someone who takes part. A representative says in `represents` for which side."""

    role: Annotated[PartyRole, FROM_TEXT]
    represents: Annotated[Side, FROM_TEXT] | None = None
    platform_user_id: Id
    display_name: Line | None = None
    contact: Contact | None = None
    merchant: Merchant | None = None


class HistoryEntry(Wire):
    """One step of the platform's own handling."""

    at: Instant
    actor: Annotated[Actor, FROM_TEXT]
    action: Annotated[HistoryAction, FROM_TEXT]
    note: Text | None = None


class PlatformDecision(Wire):
    """How the platform itself decided, where it did."""

    decided_at: Instant
    in_favour_of: Literal["claimant", "respondent", "both", "none"]
    text: Text


class Custody(Wire):
    """Who held an item of evidence from when."""

    at: Instant
    holder: Line
    note: Line | None = None


class Anchor(Wire):
    """A timestamp or deposit elsewhere: shows "unaltered since", never "true before"."""

    kind: Line
    at: Instant
    reference: Line


class Particulars(Wire):
    """What an item shows of itself, as the form of its kind asks; what another kind asks for is not looked at."""

    ids_shown: bool | None = None
    times_shown: bool | None = None
    uncropped: bool | None = None
    account_visible: bool | None = None
    time_visible: bool | None = None
    transaction_number: Masked | None = None
    signed: bool | None = None
    target: Masked | None = None
    logged_at: Instant | None = None
    result: Line | None = None
    source_address: Line | None = None
    issuer: Line | None = None
    issued_at: Instant | None = None
    proves: Line | None = None


class Evidence(Wire):
    """One item, its digest declared. Its bytes come `inline` or wait at `url`. `size` in bytes."""

    evidence_id: Id
    kind: Annotated[EvidenceKind, FROM_TEXT]
    submitted_by: Annotated[Submitter, FROM_TEXT]
    captured_at: Instant
    capture_tool: Line | None = None
    file_name: FileName | None = None
    media_type: MediaType
    size: Annotated[int, Field(ge=1, le=MAX_EVIDENCE_BYTES)]
    sha256: Sha256
    url: HttpsUrl | None = None
    inline: Base64 | None = None
    original_available: bool | None = None
    source_system: Line | None = None
    custody: list[Custody] = Field(default_factory=list, max_length=50)
    anchors: list[Anchor] = Field(default_factory=list, max_length=20)
    describes_facts: list[FactId] = Field(default_factory=list, max_length=50)
    particulars: Particulars | None = None
    confidential: bool = False
    manifest: Manifest | None = None

    def content(self) -> bytes | None:
        """The bytes that came inline, or None where they are at `url`."""
        return None if self.inline is None else base64.b64decode(self.inline)


class Consents(Wire):
    """What the parties agreed to when they ordered."""

    rules_version_accepted: Line
    accepted_at: Instant | None = None
    arbitration_agreement: Text | None = None


History = Annotated[list[HistoryEntry], Field(max_length=500)]
EvidenceList = Annotated[list[Evidence], Field(max_length=MAX_EVIDENCE)]
SomeEvidence = Annotated[list[Evidence], Field(min_length=1, max_length=MAX_EVIDENCE)]


_ENTRIES = TypeAdapter(list[HistoryEntry])


def entries_text(entries: list[HistoryEntry]) -> str:
    """A handling history as JSON text, to be kept."""
    return _ENTRIES.dump_json(entries, exclude_none=True).decode()


def entries_from(text: str) -> list[HistoryEntry]:
    """The handling history that `entries_text` wrote."""
    return _ENTRIES.validate_json(text)


class EscalatedData(Wire):
    """A whole dispute, as it comes to the office."""

    dispute: Dispute
    order: Order
    goods: Annotated[list[Goods], Field(min_length=1, max_length=100)]
    parties: Annotated[list[Party], Field(min_length=2, max_length=10)]
    handling_history: Annotated[History, Field(min_length=1)]
    platform_decision: PlatformDecision | None = None
    evidence: EvidenceList = Field(default_factory=list)
    consents: Consents

    @property
    def platform_dispute_id(self) -> str:
        """The dispute's name on its platform: every event's data has it under this name."""
        return self.dispute.platform_dispute_id


class UpdatedData(Wire):
    """News of a known dispute. It adds to what was said and takes nothing back; `note` says what is new."""

    platform_dispute_id: Id
    note: Text
    handling_history: History = Field(default_factory=list)
    platform_decision: PlatformDecision | None = None
    payment: Payment | None = None
    delivered_at: Instant | None = None
    delivery_proof_ref: Line | None = None


class EvidenceAddedData(Wire):
    """Further items for a known dispute."""

    platform_dispute_id: Id
    note: Text | None = None
    evidence: SomeEvidence


class Term(Wire):
    """One thing that a settlement promises. `amount_minor` in fen."""

    remedy: Annotated[Remedy, FROM_TEXT]
    amount_minor: Money
    currency: Currency
    due_at: Instant | None = None


class SettlementData(Wire):
    """What both sides agreed on, as the platform recorded it."""

    platform_dispute_id: Id
    agreed_at: Instant
    agreed_by: Annotated[list[Annotated[Side, FROM_TEXT]], Field(min_length=2, max_length=2)]
    text: Text
    terms: Annotated[list[Term], Field(min_length=1, max_length=MAX_CLAIMS)]


class ExecutedData(Wire):
    """An order of a ruling, or a term of a settlement, that has been carried out, with the proof."""

    platform_dispute_id: Id
    case_number: CaseNumber | None = None
    order_number: Annotated[int, Field(ge=1, le=100)] | None = None
    remedy: Annotated[Remedy, FROM_TEXT]
    amount_minor: Money
    currency: Currency
    executed_at: Instant
    transaction_id_masked: Masked | None = None
    note: Text | None = None
    evidence: SomeEvidence


class WithdrawnData(Wire):
    """The dispute is given up."""

    platform_dispute_id: Id
    withdrawn_at: Instant
    withdrawn_by: Literal["claimant", "platform"]
    reason: Text


class Event(Wire):
    """The envelope. `sequence` counts the events of one dispute, in the order in which they happened."""

    timestamp: Instant
    sequence: Annotated[int, Field(ge=1, le=1_000_000)]


class DisputeEscalated(Event):
    """The envelope of `EscalatedData`."""

    type: Literal["dispute.escalated"]
    data: EscalatedData


class DisputeUpdated(Event):
    """The envelope of `UpdatedData`."""

    type: Literal["dispute.updated"]
    data: UpdatedData


class EvidenceAdded(Event):
    """The envelope of `EvidenceAddedData`."""

    type: Literal["evidence.added"]
    data: EvidenceAddedData


class SettlementReported(Event):
    """The envelope of `SettlementData`."""

    type: Literal["settlement.reported"]
    data: SettlementData


class RemedyExecuted(Event):
    """The envelope of `ExecutedData`."""

    type: Literal["remedy.executed"]
    data: ExecutedData


class DisputeWithdrawn(Event):
    """The envelope of `WithdrawnData`."""

    type: Literal["dispute.withdrawn"]
    data: WithdrawnData


Envelope = DisputeEscalated | DisputeUpdated | EvidenceAdded | SettlementReported | RemedyExecuted | DisputeWithdrawn
"""Any event, told apart by its `type`."""
EVENT_TYPES = (
    "dispute.escalated",
    "dispute.updated",
    "evidence.added",
    "settlement.reported",
    "remedy.executed",
    "dispute.withdrawn",
)
