"""The platforms' end of the office's webhooks: one listener for all, which verifies, keeps, and can be waited on."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from arbitration.demo.browser import Unexpected
from arbitration.domain.intake import BadSignature
from arbitration.wiring import verify_delivery

ADDRESS = "127.0.0.1"
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.5
FAILS_FIRST = "ruling.issued"
"""The first webhook of this type is answered with 503, so that the deliveries page shows one that was tried again."""


@dataclass(frozen=True)
class Arrived:
    """One verified webhook: `type` and `data` as docs/webhooks.md describes them."""

    type: str
    data: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When that happened of which it tells; a party's access is told of without a time."""
        return datetime.fromisoformat(self.data["at"])


class Missing(Exception):
    """Webhooks that should have come did not come in time."""


class Inbox:
    """Receives on a port of the loopback address while the block lasts. Safe for threads.

    *key* gives the office's verifying key; *watch* is called while somebody waits, to raise when that is in vain.
    """

    def __init__(
        self, port: int, *, clock: Callable[[], datetime], key: Callable[[], str], watch: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._key = key
        self._watch = watch
        self._arrived: dict[str, list[Arrived]] = {}
        self._seen: set[str] = set()
        self._fails = FAILS_FIRST
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer((ADDRESS, port), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self._server.server_port}"

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> "Inbox":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, case_no: str) -> list[Arrived]:
        """What has come about a case, in the order of arrival."""
        with self._changed:
            return list(self._arrived.get(case_no, ()))

    def wait(self, case_no: str, enough: Callable[[list[Arrived]], bool], what: str) -> None:
        """Return when *enough* holds for what has come about a case. Raises Missing, which says *what* it is about."""
        until = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while not enough(self._arrived.get(case_no, [])):
                if time.monotonic() > until:
                    came = [arrived.type for arrived in self._arrived.get(case_no, [])]
                    raise Missing(f"{case_no}: no webhook of {what} came; there are {came}")
                if not self._changed.wait(LOOK_SECONDS):
                    self._watch()

    def take(self, headers: dict[str, str], body: bytes) -> HTTPStatus:
        """What a platform answers to one webhook."""
        try:
            verify_delivery(self._key(), headers, body, self._clock())
        except BadSignature:
            return HTTPStatus.UNAUTHORIZED
        except (Unexpected, OSError):
            return HTTPStatus.SERVICE_UNAVAILABLE  # the office's key cannot be had yet
        event = json.loads(body)
        webhook_id = next(value for name, value in headers.items() if name.lower() == "webhook-id")
        with self._changed:
            if event["type"] == self._fails:
                self._fails = ""
                return HTTPStatus.SERVICE_UNAVAILABLE
            if webhook_id not in self._seen:
                self._seen.add(webhook_id)
                arrived = Arrived(event["type"], event["data"])
                self._arrived.setdefault(event["data"]["case"], []).append(arrived)
                self._changed.notify_all()
        return HTTPStatus.NO_CONTENT

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                self.send_response(inbox.take(dict(self.headers), body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """The deliveries page says it all."""

        return Handler
