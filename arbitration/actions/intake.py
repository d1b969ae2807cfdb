"""At the door: a platform's webhook is verified, read, and kept; what it means is done by a job."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update

from arbitration.actions import completeness
from arbitration.actions import standard as standards
from arbitration.actions.completeness import Told
from arbitration.actions.context import PUBLIC, Actor, Doors, Work, record
from arbitration.domain.errors import Conflict, NotFound
from arbitration.domain.escalation import DisputeEscalated, Envelope, EvidenceAdded
from arbitration.domain.intake import read_json, validate
from arbitration.domain.log import NO_CASE
from arbitration.domain.numbers import case_number
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import Role
from arbitration.domain.standard import BEIJING, Standard
from arbitration.store import people
from arbitration.store.cases import Case
from arbitration.store.intake import (
    EventState,
    WebhookEvent,
    case_of_dispute,
    event_of_case,
    keep,
    last_applied,
    seen_before,
    take_number,
)
from arbitration.store.people import Platform

MAX_BODY_BYTES = 1024 * 1024
HOLD = timedelta(hours=24)
GAP_ALERT = timedelta(minutes=10)


@dataclass(frozen=True)
class Headers:
    """The three Standard Webhooks headers as received, None where missing."""

    webhook_id: str | None
    timestamp: str | None
    signature: str | None


@dataclass(frozen=True)
class Answer:
    """What the platform is told: HTTP status and JSON body (text, sent the same again to a duplicate)."""

    status: int
    body: str


@dataclass(frozen=True)
class Sender:
    """A platform as the door needs to know it."""

    id: int
    actor_id: str
    slug: str
    name: str
    dialect: str

    @property
    def actor(self) -> Actor:
        """The platform as the one who acts."""
        return Actor(self.actor_id, Role.PLATFORM, self.name, platform_id=self.id)


def receive(doors: Doors, slug: str, headers: Headers, raw: bytes) -> Answer:
    """Accept one event, or refuse it in the order of contract.md §4.

    Raises BadSignature (401), Conflict (409: the same webhook id with other bytes), Malformed (400), Invalid (422).
    Slow and refusable work comes before the one writing transaction; what it stores is acknowledged, nothing else is.
    """
    digest = sha256(raw).hexdigest()
    with doors.read(PUBLIC) as work:
        sender = authenticate(work, slug, headers, raw)
        known = _already_accepted(work, sender, headers, digest)
        published = standards.published(work)
    if known:
        return known
    translation = doors.ports.dialects.translate(sender.dialect, read_json(raw))
    envelope = validate(translation)
    sealed = doors.ports.vault.seal(raw)
    return doors.together(
        sender.actor,
        lambda work: (
            _already_accepted(work, sender, headers, digest)
            or _accept(work, sender, str(headers.webhook_id), envelope, digest, sealed, published)
        ),
    )


def authenticate(work: Work, slug: str, headers: Headers, signed: bytes) -> Sender:
    """The platform whose active key signed *signed*. An unknown platform and a bad signature look alike."""
    known = people.senders_keys(work.session, slug)
    work.ports.signatures.verify(
        [(row.key_id, _stored_half(work, row.kind, row.material)) for row in known],
        webhook_id=headers.webhook_id,
        timestamp=headers.timestamp,
        signature=headers.signature,
        body=signed,
        now=work.now,
    )
    sender = known[0]
    return Sender(sender.id, sender.actor_id, sender.slug, sender.name, sender.dialect)


def _stored_half(work: Work, kind: KeyKind, material: bytes) -> str:
    return (work.ports.vault.open(material) if kind is KeyKind.HMAC else material).decode()


def _already_accepted(work: Work, sender: Sender, headers: Headers, digest: str) -> Answer | None:
    """The stored answer to a duplicate. Raises Conflict when the same id comes with other bytes."""
    known = seen_before(work.session, sender.id, headers.webhook_id or "")
    if known is None:
        return None
    if known.body_sha256 != digest:
        raise Conflict("This webhook-id was used before with another body; use a new id.", code="webhook_id_reused")
    return Answer(200, known.answer)


def _accept(
    work: Work,
    sender: Sender,
    webhook_id: str,
    envelope: Envelope,
    digest: str,
    sealed: bytes,
    published: Sequence[Standard],
) -> Answer:
    """Store the bytes, one leaf of the history and one job."""
    dispute_id = envelope.data.platform_dispute_id
    case_no = case_of_dispute(work.session, sender.id, dispute_id)
    opens_case = isinstance(envelope, DisputeEscalated) and case_no is None
    if opens_case:
        year = work.now.astimezone(BEIJING).year
        case_no = case_number(year, take_number(work.session, f"case-{year}"))
    leaf = record(
        work,
        case_no or NO_CASE,
        "escalation_accepted" if opens_case else "event_accepted",
        {
            "platform": sender.slug,
            "type": envelope.type,
            "dispute": dispute_id,
            "sequence": envelope.sequence,
            "body_sha256": digest,
        },
    )
    repeated = isinstance(envelope, DisputeEscalated) and not opens_case
    body = _answer_body(work, case_no, digest, leaf.idx, leaf.leaf_hash, repeated)
    if case_no and not repeated and isinstance(envelope, DisputeEscalated | EvidenceAdded):
        body["completeness"] = _completeness(work, published, envelope, case_no)
    answer = json.dumps(body)
    event_id = keep(
        work.session,
        platform_id=sender.id,
        webhook_id=webhook_id,
        type=envelope.type,
        platform_dispute_id=dispute_id,
        sequence=envelope.sequence,
        opens_case=int(opens_case),
        case_no=case_no,
        body_sha256=digest,
        raw=sealed,
        status=200 if repeated else 202,
        answer=answer,
        state=EventState.ACCEPTED if case_no else EventState.HELD,
        received_at=work.now,
    )
    if opens_case:
        work.ports.jobs.enqueue(work.session, "open_case", {"event": event_id}, work.now)
    elif case_no:
        work.ports.jobs.enqueue(work.session, "apply_events", {"case": case_no}, work.now)
    return Answer(200 if repeated else 202, answer)


def _answer_body(
    work: Work, case_no: str | None, digest: str, idx: int, leaf_hash: str, repeated: bool
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "receipt": {
            "body_sha256": digest,
            "received_at": work.now.isoformat(),
            "history": {"index": idx, "leaf_hash": leaf_hash},
        },
    }
    if case_no is None:
        return body | {"held": "unknown_dispute", "held_until": (work.now + HOLD).isoformat()}
    body |= {"case": case_no, "status_url": f"{work.institution.public_url}/api/v1/cases/{case_no}"}
    return body | {"repeated": True} if repeated else body


def _completeness(
    work: Work, published: Sequence[Standard], envelope: DisputeEscalated | EvidenceAdded, case_no: str
) -> Told:
    """The proofs of the dispute with what this event brings; before its job has opened the case, those it came with."""
    if isinstance(envelope, DisputeEscalated):
        return completeness.of_escalation(published, envelope.data)
    case = work.session.get(Case, case_no)
    if case is not None:
        return completeness.of_case(work, published, case, envelope.data.evidence)
    opening = event_of_case(work.session, case_no)
    escalated = envelope_of(work, opening) if opening else None
    if not isinstance(escalated, DisputeEscalated):
        return None
    return completeness.of_escalation(published, escalated.data, envelope.data.evidence)


def envelope_of(work: Work, event: WebhookEvent) -> Envelope:
    """Read a stored event again from its raw bytes, as the door did."""
    platform = work.session.get_one(Platform, event.platform_id)
    translation = work.ports.dialects.translate(platform.dialect, read_json(work.ports.vault.open(event.raw)))
    return validate(translation)


def adopt_held(work: Work, event: WebhookEvent) -> None:
    """A case was opened: events that came before it, for its dispute or for its number, are applied now."""
    work.session.execute(
        update(WebhookEvent)
        .where(
            WebhookEvent.platform_id == event.platform_id,
            WebhookEvent.platform_dispute_id == event.platform_dispute_id,
            WebhookEvent.state == EventState.HELD,
            WebhookEvent.case_no.is_(None),
        )
        .values(case_no=event.case_no, state=EventState.ACCEPTED)
    )
    event.state = EventState.APPLIED
    work.session.flush()
    if event.case_no and waiting(work, event.case_no):
        work.ports.jobs.enqueue(work.session, "apply_events", {"case": event.case_no}, work.now)


def expired(work: Work) -> list[WebhookEvent]:
    """Events that waited a day for a dispute that never came."""
    return list(
        work.session.scalars(
            select(WebhookEvent).where(
                WebhookEvent.state == EventState.HELD,
                WebhookEvent.case_no.is_(None),
                WebhookEvent.received_at < work.now - HOLD,
            )
        )
    )


def drop_expired(work: Work) -> None:
    """Clock: give them up. Their bytes and their leaf stay."""
    for event in expired(work):
        event.state = EventState.EXPIRED


def next_in_order(work: Work, case_no: str) -> WebhookEvent | None:
    """The next event of a case whose turn has come: applied strictly by `sequence`, a gap waits."""
    return work.session.scalar(
        select(WebhookEvent)
        .where(
            WebhookEvent.case_no == case_no,
            WebhookEvent.state.in_((EventState.ACCEPTED, EventState.HELD)),
            WebhookEvent.sequence <= last_applied(work.session, case_no) + 1,
        )
        .order_by(WebhookEvent.sequence, WebhookEvent.id)
        .limit(1)
    )


def waiting(work: Work, case_no: str) -> list[WebhookEvent]:
    """Events of a case that cannot be applied yet because an earlier one is missing."""
    return list(
        work.session.scalars(
            select(WebhookEvent).where(
                WebhookEvent.case_no == case_no, WebhookEvent.state.in_((EventState.ACCEPTED, EventState.HELD))
            )
        )
    )


def status(work: Work, case_no: str) -> dict[str, Any]:
    """What a platform reads under its status URL, from the moment of the 202 on. Raises NotFound."""
    event = work.session.scalar(
        select(WebhookEvent).where(
            WebhookEvent.case_no == case_no,
            WebhookEvent.opens_case == 1,
            WebhookEvent.platform_id == work.actor.platform_id,
        )
    )
    if event is None:
        raise NotFound(f"There is no case {case_no} here.")
    return {"case": case_no, "dispute": event.platform_dispute_id, "received_at": event.received_at.isoformat()}
