"""Telling platforms: each event of a case becomes one signed outgoing webhook, delivered until it is taken."""

import json
from typing import Any

from sqlalchemy import select

from arbitration.actions.context import SYSTEM, Doors, Work, get_case
from arbitration.domain.errors import NotAllowed
from arbitration.domain.permissions import Permission, may
from arbitration.ports import Unreachable
from arbitration.store import delivery
from arbitration.store.cases import Case, Party, party_by_link
from arbitration.store.delivery import Delivery
from arbitration.store.history import History, HistoryPayload
from arbitration.store.people import Platform

PAGE = 100
ANNOUNCED = {
    "case_opened": "case.opened",
    "cure_asked": "case.deficient",
    "cured": "case.cured",
    "deemed_withdrawn": "case.withdrawn",
    "rejected": "case.inadmissible",
    "admitted": "case.admitted",
    "notices_served": "case.response_due",
    "responded": "case.evidence",
    "default_noted": "case.default_noted",
    "record_closed": "case.deliberation",
    "ruling_issued": "ruling.issued",
    "review_ended": "case.compliance_due",
    "closed_without_orders": "case.closed",
    "compliance_confirmed": "case.closed",
    "noncompliance_recorded": "case.not_complied",
    "withdrawn": "case.withdrawn",
    "message_posted": "message.posted",
    "evidence_received": "evidence.received",
    "evidence_quarantined": "evidence.quarantined",
    "evidence_unavailable": "evidence.unavailable",
    "evidence_disclosed": "evidence.disclosed",
    "evidence_challenged": "evidence.challenged",
    "objection_answered": "evidence.objection_answered",
    "objection_decided": "evidence.objection_decided",
    "evidence_commented": "evidence.commented",
    "production_ordered": "production.ordered",
    "production_produced": "production.produced",
    "production_refused": "production.refused",
    "production_expired": "production.expired",
    "production_withdrawn": "production.withdrawn",
    "production_reopened": "production.reopened",
    "execution_reported": "execution.noted",
}
"""Kind in the history -> type of the outgoing webhook (docs/webhooks.md lists them)."""
ACCESS = "party.access"


def announce(work: Work, idx: int) -> None:
    """Job: write the outgoing webhook of one event of the history, once, and have it sent."""
    event = work.session.get_one(History, idx)
    payload = work.session.get_one(HistoryPayload, idx).payload
    case = get_case(work, event.case_no)
    data = {
        "case": event.case_no,
        "dispute": case.platform_dispute_id,
        "state": case.state,
        "at": event.at.isoformat(),
        "history": {"index": event.idx, "leaf_hash": event.leaf_hash},
        "details": json.loads(payload) if payload else None,
    }
    _enqueue(work, case, f"evt_{event.leaf_hash[:32]}", ANNOUNCED[event.kind], data)


def send_access(work: Work, party_id: int) -> None:
    """Job: have the platform relay a party its link; the code itself is put in only when it is sent."""
    party = work.session.get_one(Party, party_id)
    case = get_case(work, party.case_no)
    data = {
        "case": party.case_no,
        "dispute": case.platform_dispute_id,
        "party": party.role,
        "side": party.side,
        "platform_user_id": party.platform_user_id,
        "contact": party.contact,
        "url": party_url(work, party),
    }
    _enqueue(work, case, f"acc_{party.actor_id}_{party.code_serial}", ACCESS, data)


def party_url(work: Work, party: Party) -> str:
    """The address of a party's own page."""
    return f"{work.institution.public_url}/party/{party.link}"


def access_code(work: Work, party: Party) -> str:
    """The access code that goes with it."""
    return work.ports.credentials.access_code(party.link, party.code_serial)


def _enqueue(work: Work, case: Case, webhook_id: str, kind: str, data: dict[str, Any]) -> None:
    if case.platform.webhook_url is None or _known(work, webhook_id):
        return
    row = Delivery(
        platform_id=case.platform_id,
        case_no=case.case_no,
        webhook_id=webhook_id,
        kind=kind,
        body=json.dumps({"type": kind, "timestamp": work.now.isoformat(), "data": data}, ensure_ascii=False),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.ports.jobs.enqueue(work.session, "deliver", {"delivery": row.id}, work.now)


def deliver(doors: Doors, delivery_id: int) -> None:
    """Job: send one webhook. Raises Unreachable unless it was answered with 2xx, so that it is tried again."""
    with doors.read(SYSTEM) as work:
        row = work.session.get_one(Delivery, delivery_id)
        url = work.session.get_one(Platform, row.platform_id).webhook_url
        body = _with_code(work, row).encode()
        if row.delivered_at is not None or url is None:
            return
        headers = {
            "content-type": "application/json",
            **doors.ports.signatures.headers(row.webhook_id, work.now, body),
        }
    sent = doors.ports.gateway.post(url, body, headers)
    taken = sent.status is not None and 200 <= sent.status < 300
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(Delivery, delivery_id)
        row.attempts += 1
        row.last_status = sent.status
        row.last_error = sent.error or None
        if taken:
            row.delivered_at = work.now
    if not taken:
        raise Unreachable(sent.error or f"answered {sent.status}")


def replay(work: Work, delivery_id: int) -> None:
    """Platform officer: send one of the platform's own deliveries again, whatever became of it."""
    if not may(work.actor.role, Permission.READ_DELIVERIES):
        raise NotAllowed(f"{work.actor.role} may not replay deliveries")
    row = work.session.scalar(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.platform_id == work.actor.platform_id)
    )
    if row is None:
        raise NotAllowed("This delivery is not your platform's.")
    row.delivered_at = None
    work.ports.jobs.enqueue(work.session, "deliver", {"delivery": row.id}, work.now)


def deliveries(work: Work) -> list[Delivery]:
    """The newest deliveries of the actor's platform; of all platforms for the auditor."""
    if not may(work.actor.role, Permission.READ_DELIVERIES):
        raise NotAllowed(f"{work.actor.role} may not read deliveries")
    return delivery.newest(work.session, work.actor.platform_id, PAGE)


def _known(work: Work, webhook_id: str) -> bool:
    return work.session.scalar(select(Delivery.id).where(Delivery.webhook_id == webhook_id)) is not None


def _with_code(work: Work, row: Delivery) -> str:
    if row.kind != ACCESS:
        return row.body
    body = json.loads(row.body)
    party = party_by_link(work.session, body["data"]["url"].rpartition("/")[2])
    body["data"]["code"] = access_code(work, party) if party else ""
    return json.dumps(body, ensure_ascii=False)
