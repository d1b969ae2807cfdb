"""Calls to platforms over HTTP: the address is resolved once and pinned, private ranges and redirects are refused."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from urllib.parse import SplitResult, urlsplit

from arbitration.ports import Sent, Unreachable

TIMEOUT_SECONDS = 10
MAX_ANSWER_BYTES = 64 * 1024


class HttpGateway:
    """`allow_loopback` is for the demonstration and tests, where platforms run on this machine over plain http."""

    def __init__(self, *, allow_loopback: bool = False) -> None:
        self._allow_loopback = allow_loopback

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        try:
            with self._request("POST", url, body, headers) as response:
                response.read(MAX_ANSWER_BYTES)
                return Sent(response.status)
        except Unreachable as problem:
            return Sent(None, str(problem))

    @contextmanager
    def fetch(self, url: str, allowed_hosts: frozenset[str], limit: int) -> Iterator[BinaryIO]:
        host = urlsplit(url).hostname or ""
        if host not in allowed_hosts:
            raise Unreachable(f"{host} is not a host from which this platform's evidence is fetched")
        with self._request("GET", url, None, {"accept-encoding": "identity"}) as response:
            if response.status != http.client.OK:
                raise Unreachable(f"{host} answered {response.status}")
            if int(response.headers.get("content-length") or 0) > limit:
                raise Unreachable(f"{host} offers more than {limit} bytes")
            yield cast(BinaryIO, response)

    @contextmanager
    def _request(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        parts = urlsplit(url)
        connection = self._connection(parts)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, body=body, headers=headers)
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(f"{parts.hostname}: {type(problem).__name__}") from problem
        finally:
            connection.close()

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        address = self._resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
        if parts.scheme == "https":
            return _PinnedHttps(host, parts.port or 443, address)
        if parts.scheme == "http" and self._allow_loopback and ipaddress.ip_address(address).is_loopback:
            return _Pinned(host, parts.port or 80, address)
        raise Unreachable("only https addresses are called")

    def _resolve(self, host: str, port: int) -> str:
        """The one address that will be used. Refused unless public (or loopback, where that is allowed)."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as problem:
            raise Unreachable(f"{host} cannot be resolved") from problem
        address = str(found[0][4][0])
        ip = ipaddress.ip_address(address)
        if ip.is_global and not ip.is_multicast:
            return address
        if ip.is_loopback and self._allow_loopback:
            return address
        raise Unreachable(f"{host} resolves to a private address")


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was judged, whatever the name says a moment later."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _PinnedHttps(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
