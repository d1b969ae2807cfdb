"""kill -9 at any moment: nothing acknowledged is lost or doubled, and a sealing cut short publishes exactly once."""

import http.client
import json
import os
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from arbitration.adapters import webhooks
from arbitration.adapters.database import Database
from arbitration.store import history
from arbitration.store.cases import Case
from arbitration.store.intake import EventState, WebhookEvent
from tests.domain.escalations import escalation, event, evidence
from tests.office_process import Installation, installation

CLIENTS = 8
SLUG = "kami"
PAUSE_SECONDS = 0.1
"""Between two events of one client: the worker must open every case in the end, and that is waited for."""
SETTLE_SECONDS = 120


@dataclass
class Clients:
    """Platforms that send without pause and write down, outside the office, what was acknowledged to them.

    `acknowledged` has the case number that each event, by its webhook id, was answered with.
    """

    office: Installation
    key: webhooks.SigningKey
    acknowledged: dict[str, str] = field(default_factory=dict)
    answers_changed: list[str] = field(default_factory=list)
    unexpected: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, client: int) -> None:
        serial = 0
        while not self.stop.is_set():
            serial += 1
            dispute = f"K-{client}-{serial}"
            payload = escalation()
            payload["data"]["dispute"]["platform_dispute_id"] = dispute
            raw = json.dumps(payload, ensure_ascii=False).encode()
            for _ in range(random.choice((1, 1, 2))):  # platforms repeat themselves
                self._until_answered(f"msg-{dispute}", raw)
                self.stop.wait(random.choice((0, PAUSE_SECONDS)))
            if serial % 2:
                more = event("evidence.added", evidence=[evidence("e-2")])
                more["data"]["platform_dispute_id"] = dispute
                self._until_answered(f"msg-{dispute}-more", json.dumps(more, ensure_ascii=False).encode())

    def _until_answered(self, webhook_id: str, raw: bytes) -> None:
        while not self.stop.is_set():
            try:
                status, body = self._post(webhook_id, raw)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)  # the office is down: try again, as a platform would
                continue
            with self.lock:
                if status in {200, 202}:
                    case_no = json.loads(body)["case"]
                    if self.acknowledged.setdefault(webhook_id, case_no) != case_no:
                        self.answers_changed.append(webhook_id)
                elif status != 503:
                    self.unexpected.append(status)
            if status != 503:
                return

    def _post(self, webhook_id: str, raw: bytes) -> tuple[int, bytes]:
        headers = webhooks.signed_headers([self.key], webhook_id, datetime.now(UTC), raw)
        connection = http.client.HTTPConnection("127.0.0.1", self.office.port, timeout=20)
        try:
            connection.request("POST", f"/api/v1/webhooks/{SLUG}", raw, headers | {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def add_platform(office: Installation) -> webhooks.SigningKey:
    office.command("platform", "add", SLUG)
    return webhooks.signing_key(str(office.result("platform", "key", "add", SLUG)["secret"]))


def kill_rounds(home: Path, rounds: int) -> Clients:
    with installation(home) as office:
        clients = Clients(office, add_platform(office))
        office.start("web")
        office.start("worker")
        threads = clients.run()
        for _ in range(rounds):
            time.sleep(random.uniform(0.05, 0.7))
            victim = random.choice(("web", "web", "worker"))
            office.kill(victim)
            office.start(victim)
        clients.stop.set()
        for thread in threads:
            thread.join(30)
        wait_until_applied(home)
    return clients


def wait_until_applied(home: Path) -> None:
    """Until the worker has applied every event, or has come no further for longer than a lease that was cut short."""
    waiting = select(func.count()).where(WebhookEvent.state != EventState.APPLIED)
    database = Database(f"sqlite:///{home / 'arbitration.db'}")
    fewest, since = None, time.monotonic()
    while fewest != 0 and time.monotonic() < since + SETTLE_SECONDS:
        with database.reading() as session:
            left = session.scalar(waiting)
        if left != fewest:
            fewest, since = left, time.monotonic()
        time.sleep(0.2)
    database.dispose()


def check(home: Path, clients: Clients, rounds: int) -> None:
    database = Database(f"sqlite:///{home / 'arbitration.db'}")
    with database.reading() as session:
        kept = {row.webhook_id: (row.case_no, row.state) for row in session.scalars(select(WebhookEvent))}
        openings = [row.case_no for row in session.scalars(select(WebhookEvent).where(WebhookEvent.opens_case == 1))]
        events = session.scalar(select(func.count()).select_from(WebhookEvent))
        opened = set(session.scalars(select(Case.case_no)))
        broken = history.problems(session)
    database.dispose()
    lost = {
        webhook_id: kept.get(webhook_id)
        for webhook_id, case_no in clients.acknowledged.items()
        if kept.get(webhook_id) != (case_no, EventState.APPLIED)
    }
    assert len(clients.acknowledged) > rounds, "hardly anything was sent: the test would prove nothing"
    assert lost == {}
    assert set(clients.acknowledged.values()) <= opened
    assert len(kept) == events
    assert len(set(openings)) == len(openings)
    assert clients.answers_changed == []
    assert clients.unexpected == []
    assert broken == []


def test_nothing_acknowledged_is_lost_or_doubled_over_15_kills(tmp_path):
    check(tmp_path, kill_rounds(tmp_path, 15), 15)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_or_doubled_over_300_kills(tmp_path):
    check(tmp_path, kill_rounds(tmp_path, int(os.environ.get("KILL_ROUNDS", "300"))), 300)
