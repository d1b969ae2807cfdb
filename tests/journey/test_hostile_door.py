"""The real door under a flood of hostile requests, and with a disk that is full: never a 5xx that it could help."""

import http.client
import json
import random
import resource
import socket
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arbitration.adapters import webhooks
from arbitration.adapters.database import Database
from arbitration.store import history
from arbitration.web.server import RECEIVE_SECONDS
from tests.domain.escalations import escalation
from tests.domain.test_intake_hostile import ODD, PLACES, mutant
from tests.journey.test_kill import SLUG, add_platform
from tests.office_process import Installation, installation

pytestmark = pytest.mark.long

REQUESTS = 10_000
EXPECTED = {200, 202, 400, 401, 409, 413, 415, 422}


class Door:
    """One kept connection to the webhook address."""

    def __init__(self, office: Installation, key: webhooks.SigningKey) -> None:
        self._office = office
        self._key = key
        self._connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def post(self, webhook_id: str, raw: bytes, **changed: str) -> int:
        headers = webhooks.signed_headers([self._key], webhook_id, datetime.now(UTC), raw)
        headers |= {"content-type": "application/json"} | {name.replace("_", "-"): it for name, it in changed.items()}
        try:
            self._connection.request("POST", f"/api/v1/webhooks/{SLUG}", raw, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()  # a refused head ends the connection
            return 400
        return answer.status


def encoded(payload: object) -> bytes:
    return json.dumps(payload).encode()


def escalated(dispute: str) -> bytes:
    payload = escalation()
    payload["data"]["dispute"]["platform_dispute_id"] = dispute
    return encoded(payload)


def hostile(chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """A body with values or bytes changed, or a head that is not what it should be."""
    kind = chance.randrange(4)
    if kind == 0:
        steps = [(chance.randrange(len(PLACES)), chance.choice(ODD)) for _ in range(chance.randint(1, 4))]
        return encoded(mutant(steps)), {}
    body = bytearray(encoded(escalation()))
    if kind == 1:
        for _ in range(chance.randint(1, 3)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return bytes(body), {}
    if kind == 2:
        return bytes(body[: chance.randrange(len(body))]), {}
    name = chance.choice(("webhook_timestamp", "webhook_signature", "content_type", "content_encoding"))
    return bytes(body), {name: "".join(chr(chance.randrange(33, 127)) for _ in range(chance.randint(1, 60)))}


def test_ten_thousand_hostile_requests_are_each_answered_and_none_with_a_5xx(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    with installation(tmp_path) as office:
        key = add_platform(office)
        office.start("web")
        answers: Counter[int] = Counter()
        with closing(Door(office, key)) as door:
            for number in range(REQUESTS):
                body, head = hostile(chance)
                answers[door.post(f"h-{number}", body, **head)] += 1
            assert door.post("good", escalated("GOOD")) == 202
    assert set(answers) <= EXPECTED, answers
    assert answers[422] > 100


def test_with_a_full_disk_nothing_is_acknowledged_and_with_room_again_everything_goes_on(tmp_path: Path) -> None:
    with installation(tmp_path) as office:
        key = add_platform(office)
        office.start("web")
        with closing(Door(office, key)) as door:
            assert door.post("before", escalated("BEFORE")) == 202
            no_file_may_grow_beyond(0, office.running["web"].pid)
            assert {door.post(f"full-{n}", escalated(f"FULL-{n}")) for n in range(20)} <= {503, 507}
            no_file_may_grow_beyond(resource.RLIM_INFINITY, office.running["web"].pid)
            assert door.post("full-0", escalated("FULL-0")) == 202
        database = Database(f"sqlite:///{tmp_path / 'arbitration.db'}")
        with database.reading() as session:
            assert history.problems(session) == []
        database.dispose()


def test_requests_that_are_never_finished_do_not_keep_others_out(tmp_path: Path) -> None:
    with installation(tmp_path) as office, ExitStack() as held:
        office.start("web")
        for _ in range(20):
            half = held.enter_context(closing(socket.create_connection(("127.0.0.1", office.port))))
            half.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        waiting = http.client.HTTPConnection("127.0.0.1", office.port, timeout=10 * RECEIVE_SECONDS)
        with closing(waiting):
            waiting.request("GET", "/healthz")
            assert waiting.getresponse().status == 200


def no_file_may_grow_beyond(size: int, server: int) -> None:
    """What a full disk does to the processes of *server*, its logs included."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    for process in (server, *map(int, children)):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
