"""A platform as a program: signs and posts its events and its own rules, asks how its cases stand."""

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from arbitration.wiring import signed_headers

TIMEOUT_SECONDS = 60


class PlatformClient:
    """One platform. *keys* are the secrets it signs with: several at once while it changes them."""

    def __init__(self, base: str, name: str, keys: Sequence[str], clock: Callable[[], datetime]) -> None:
        self.name = name
        self._base = base
        self._keys = tuple(keys)
        self._clock = clock
        self._opener = build_opener(ProxyHandler({}))

    def post(self, body: bytes) -> dict[str, Any]:
        """Send one event; what the office answers. Raises HTTPError for a refusal."""
        return self._send("webhooks", body, "application/json")

    def publish_rules(self, body: bytes) -> dict[str, Any]:
        """Publish its own rules; what the office finds. Raises HTTPError for a refusal."""
        return self._send("rules", body, "application/yaml")

    def status(self, case_no: str) -> dict[str, Any]:
        """How a case stands."""
        path = f"/api/v1/cases/{case_no}"
        headers = self._signed(f"get_{secrets.token_hex(12)}", f"GET {path}".encode())
        return self._ask(Request(self._base + path, headers=headers))  # noqa: S310

    def _send(self, door: str, body: bytes, content_type: str) -> dict[str, Any]:
        headers = self._signed(f"msg_{secrets.token_hex(12)}", body) | {"content-type": content_type}
        return self._ask(Request(f"{self._base}/api/v1/{door}/{self.name}", data=body, headers=headers))  # noqa: S310

    def _signed(self, webhook_id: str, content: bytes) -> dict[str, str]:
        """The three headers, with one signature for each key."""
        now = self._clock()
        made = [signed_headers(key, webhook_id, now, content) for key in self._keys]
        return made[0] | {"webhook-signature": " ".join(each["webhook-signature"] for each in made)}

    def _ask(self, request: Request) -> dict[str, Any]:
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return dict(json.loads(response.read()))
