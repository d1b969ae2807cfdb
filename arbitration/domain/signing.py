"""The ruling as a document: everything that is printed, signed and attached as `ruling.json` (schema ruling.v1)."""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256

import rfc8785

from arbitration.domain.clauses import Outcome
from arbitration.domain.evidence import Kind, Problem
from arbitration.domain.objections import Decision, Ground
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome, ClaimOutcome
from arbitration.domain.vocabulary import Remedy, Side

SCHEMA = "ruling.v1"

SEAL_FIELD = "seal"
CLOSE_FIELD = "close"
"""Names of the institution's two signature fields; the arbitrators' stand between them."""


def arbitrator_field(index: int) -> str:
    """`arb1`, `arb2`, …: the signature field of the arbitrator at *index* (from 0) of the panel."""
    return f"arb{index + 1}"


class Language(StrEnum):
    """The language of a case, and so of its ruling."""

    ZH = "zh"
    EN = "en"


class Instrument(StrEnum):
    """What kind of document it is in law (contract.md §2)."""

    INDUSTRY_DETERMINATION = "industry_determination"
    SETTLEMENT_CONFIRMATION = "settlement_confirmation"
    ARBITRAL_AWARD = "arbitral_award"


class StepKind(StrEnum):
    """The procedural history that a ruling recites."""

    ESCALATED = "escalated"
    ADMITTED = "admitted"
    NOTICE_SERVED = "notice_served"
    RESPONDED = "responded"
    DEFAULT_NOTED = "default_noted"
    APPOINTED = "appointed"
    RECORD_CLOSED = "record_closed"


class Standing(StrEnum):
    """Whether an item of evidence may carry a finding."""

    ADMITTED = "admitted"
    WITH_CORROBORATION = "with_corroboration"
    EXCLUDED = "excluded"
    QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Institution:
    """Who issues it. `registration` is empty where the institution is not a registered commission."""

    name_zh: str
    name_en: str
    registration: str
    is_demo: bool


@dataclass(frozen=True)
class PartyEntry:
    """A party as printed. `platform_account` is the name under which its platform knows it."""

    role: Role
    display_name: str
    platform_account: str


@dataclass(frozen=True)
class StandardEntry:
    """The version of the standard that was pinned for the order time; `title` in the language of the ruling."""

    title: str
    version: str
    in_force: date


@dataclass(frozen=True)
class Step:
    """One step of the procedure that the ruling recites. `at` is UTC."""

    kind: StepKind
    at: datetime


@dataclass(frozen=True)
class ClaimEntry:
    """What was asked for. `amount_minor` in fen; `reply` is the respondent's answer, None where there was none."""

    letter: str
    remedy: Remedy
    basis: str
    amount_minor: int
    currency: str
    reply: str | None


@dataclass(frozen=True)
class CommentEntry:
    """What a side said to a late item in its time; `words` is empty where it said nothing."""

    side: Side
    words: str


@dataclass(frozen=True)
class LateEntry:
    """Of an item that came after the record closed, so that the record's digest does not cover it.

    `because` is the cause that its submitter stated, empty where no party filed it. Where EV-06 admits it, `why` is the
    sentence that says so and `reasons` are the arbitrator's.
    """

    because: str
    comments: tuple[CommentEntry, ...]
    why: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectionEntry:
    """What a side held against an item and what became of it. Only in a draft `decision` is None, `reason` empty."""

    by: Role
    ground: Ground
    decision: Decision | None
    reason: str


@dataclass(frozen=True)
class EvidenceEntry:
    """One item of the record. `size` in bytes, `sha256` hex of the original bytes, `problem` why it cannot be used.

    `clause` decided how it was admitted and `why` is its sentence; `computed` is what that comes to, and `departure`
    the arbitrator's reason where `standing` is another. `objections` in the order in which they were made. What it is
    called, its size and its digest are those of the redacted copy where it is *confidential*; *disclosed* is why the
    arbitrator disclosed one that was.
    """

    label: str
    kind: Kind
    title: str
    submitted_by: Role
    received_at: datetime
    size: int
    sha256: str
    standing: Standing
    problem: Problem | None = None
    clause: str = ""
    why: str = ""
    computed: Standing | None = None
    departure: str = ""
    objections: tuple[ObjectionEntry, ...] = ()
    late: LateEntry | None = None
    confidential: bool = False
    disclosed: str = ""


@dataclass(frozen=True)
class FindingEntry:
    """The decision on one claim. `outcome` is None only in a draft."""

    letter: str
    outcome: ClaimOutcome | None
    reasons: str
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]
    remedy: Remedy | None
    amount_minor: int


@dataclass(frozen=True)
class ClauseEntry:
    """A clause as it stood, in the language of the ruling; `text_sha256` as the standard publishes it.

    `computed` is what it comes to by the facts and the burdens of proof, `why` the sentence that says so; `result` is
    what the arbitrator holds, and `departure` the reason where that is another. `consequence` goes with a breach.
    """

    id: str
    version: str
    title: str
    text: str
    text_sha256: str
    computed: Outcome | None = None
    why: str = ""
    result: Outcome | None = None
    departure: str = ""
    consequence: str = ""


@dataclass(frozen=True)
class OrderEntry:
    """One line of the operative part. `amount_minor` in fen, 0 when not money; `due_at` is None only in a draft."""

    number: int
    remedy: Remedy
    amount_minor: int
    obligor: Role
    beneficiary: Role
    due_at: datetime | None
    clause: str


@dataclass(frozen=True)
class Notices:
    """The deadlines printed at the end. `comply_by` is None where nothing is ordered."""

    comply_by: datetime | None
    correction_until: datetime
    review_until: datetime


@dataclass(frozen=True)
class Panelist:
    """Who signs. `certificate_sha256` is the hex fingerprint of the certificate, empty only in a draft."""

    actor_id: str
    name: str
    presiding: bool
    certificate_sha256: str = ""


@dataclass(frozen=True)
class Versions:
    """What made the bytes: with the same two, the same document renders to the same file."""

    renderer: str
    fonts: str


@dataclass(frozen=True)
class RulingDocument:
    """A whole ruling. Parts that may be None are known only when it is prepared for signature."""

    language: Language
    instrument: Instrument
    institution: Institution
    case_no: str
    subject: str
    platform: str
    parties: tuple[PartyEntry, ...]
    standard: StandardEntry
    procedure: tuple[Step, ...]
    claims: tuple[ClaimEntry, ...]
    evidence: tuple[EvidenceEntry, ...]
    facts_found: str
    findings: tuple[FindingEntry, ...]
    clauses: tuple[ClauseEntry, ...]
    orders: tuple[OrderEntry, ...]
    outcome: CaseOutcome | None
    total_minor: int
    currency: str
    panel: tuple[Panelist, ...]
    record_hash: str
    notices: Notices | None = None
    decided_at: datetime | None = None
    served_at: datetime | None = None
    verify_code: str = ""
    verify_url: str = ""
    versions: Versions | None = None

    @property
    def signature_fields(self) -> tuple[str, ...]:
        """The signature fields of the file, in the order in which they stand."""
        return (SEAL_FIELD, *(arbitrator_field(index) for index in range(len(self.panel))), CLOSE_FIELD)


def missing_parts(document: RulingDocument) -> tuple[str, ...]:
    """What a ruling still lacks before it can be rendered for signature; empty when it is whole.

    Form only: whether the findings are right is judged by `domain.rulings.checks`.
    """
    answered = {finding.letter for finding in document.findings}
    wanted = {
        "outcome": document.outcome is not None,
        "evidence.objections.decision": all(
            objection.decision is not None for item in document.evidence for objection in item.objections
        ),
        "facts_found": bool(document.facts_found.strip()),
        "findings": all(claim.letter in answered for claim in document.claims),
        "findings.outcome": all(finding.outcome is not None for finding in document.findings),
        "findings.reasons": all(finding.reasons.strip() for finding in document.findings),
        "orders.due_at": all(order.due_at is not None for order in document.orders),
        "panel": bool(document.panel),
        "panel.certificate_sha256": all(member.certificate_sha256 for member in document.panel),
        "record_hash": bool(document.record_hash),
        "notices": document.notices is not None,
        "decided_at": document.decided_at is not None,
        "served_at": document.served_at is not None,
        "verify_code": bool(document.verify_code),
        "verify_url": bool(document.verify_url),
        "versions": document.versions is not None,
    }
    return tuple(name for name, present in wanted.items() if not present)


def canonical_json(document: RulingDocument) -> bytes:
    """The document as RFC 8785 JSON, UTF-8: equal documents give equal bytes.

    Instants are RFC 3339 in UTC. Raises ValueError for a naive instant or text that is not Unicode.
    """
    try:
        return rfc8785.dumps({"schema": SCHEMA, **_plain(document)})
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError(f"the ruling cannot be written as canonical JSON: {error}") from error


def content_digest(document: RulingDocument) -> str:
    """Hex SHA-256 of the canonical content: printed on every page, logged before signature."""
    return sha256(canonical_json(document)).hexdigest()


def load(data: bytes) -> RulingDocument:
    """Read a `ruling.json` back. Raises ValueError unless it is exactly ruling.v1 in canonical form."""
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(plain, dict) or plain.pop("schema", None) != SCHEMA:
        raise ValueError(f"not a {SCHEMA} document")
    document = typing.cast(RulingDocument, _build(RulingDocument, plain, "$"))
    if canonical_json(document) != data:
        raise ValueError("not in canonical form")
    return document


def _plain(value: object) -> typing.Any:
    """A value as the few types JSON knows."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _build(kind: typing.Any, value: object, path: str) -> object:
    """The inverse of `_plain` for the type *kind*; *path* names the place in an error."""
    if typing.get_origin(kind) is types.UnionType:
        return None if value is None else _build(typing.get_args(kind)[0], value, path)
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{path}: not a list")
        item = typing.get_args(kind)[0]
        return tuple(_build(item, element, f"{path}[{index}]") for index, element in enumerate(value))
    if is_dataclass(kind):
        return _build_entry(kind, value, path)
    if kind in (str, int, bool):
        if type(value) is not kind:
            raise ValueError(f"{path}: not {kind.__name__}")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{path}: not text")
    try:
        return kind.fromisoformat(value) if issubclass(kind, date) else kind(value)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _build_entry(kind: typing.Any, value: object, path: str) -> object:
    names = {field.name for field in fields(kind)}
    if not isinstance(value, Mapping) or set(value) != names:
        raise ValueError(f"{path}: not exactly the parts of {kind.__name__}")
    hints = typing.get_type_hints(kind)
    return kind(**{name: _build(hints[name], value[name], f"{path}.{name}") for name in names})
