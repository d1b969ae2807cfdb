"""Calls to platforms over HTTP: the address is resolved once and pinned, private ranges and redirects are refused.

Each call has a time in which it must be over: a limit on every wait alone lets who sends byte by byte hold it for days.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast
from urllib.parse import SplitResult, urlsplit

from arbitration.ports import Sent, TooLarge, Unreachable

TIMEOUT_SECONDS = 10
"""For connecting, and for each wait."""
CALL_SECONDS = 30.0
"""For a whole call; a file has as much more as its bytes take at the slowest rate."""
SLOWEST_BYTES_A_SECOND = 256 * 1024
MAX_ANSWER_BYTES = 64 * 1024

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out; what leads to an IPv4 address (mapped, translated, NAT64) or a site lies outside."""
NOT_PUBLIC = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2002::/16",  # 6to4: leads to the IPv4 address within
        "3fff::/20",  # documentation
    )
)
"""Refused beside what Python 3.11 knows to be special (source: the IANA special-purpose address registries)."""


class HttpGateway:
    """`allow_loopback` is for the demonstration and tests, where platforms run on this machine over plain http."""

    def __init__(self, *, allow_loopback: bool = False, call_seconds: float = CALL_SECONDS) -> None:
        self._allow_loopback = allow_loopback
        self._call_seconds = call_seconds

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        try:
            with self._request("POST", url, body, headers, self._call_seconds) as answer:
                answer.read(MAX_ANSWER_BYTES)
                return Sent(answer.status)
        except Unreachable as problem:
            return Sent(None, str(problem))

    @contextmanager
    def fetch(self, url: str, allowed_hosts: frozenset[str], limit: int) -> Iterator[BinaryIO]:
        host = _parts(url).hostname or ""
        if host not in allowed_hosts:
            raise Unreachable(f"{host} is not a host from which this platform's evidence is fetched")
        seconds = self._call_seconds + limit / SLOWEST_BYTES_A_SECOND
        with self._request("GET", url, None, {"accept-encoding": "identity"}, seconds) as answer:
            if answer.status != http.client.OK:
                raise Unreachable(f"{host} answered {answer.status}")
            if answer.size is not None and answer.size > limit:
                raise TooLarge(f"{host} offers more than {limit} bytes")
            yield cast(BinaryIO, answer)

    @contextmanager
    def _request(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> Iterator["_Answer"]:
        """The answer, to be read while this lasts. Only what the other side does wrong is Unreachable."""
        parts = _parts(url)
        connection = self._connection(parts)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        deadline = threading.Timer(seconds, connection.cut)
        deadline.daemon = True
        deadline.start()
        try:
            with _theirs(connection):
                connection.request(method, target, body=body, headers=headers)
                response = connection.getresponse()
            with response:
                yield _Answer(response, connection)
        finally:
            deadline.cancel()
            connection.close()

    def _connection(self, parts: SplitResult) -> "_Pinned":
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
        except (OSError, ValueError) as problem:
            raise Unreachable(f"{host} cannot be resolved") from problem
        address = str(found[0][4][0])
        if is_public(address):
            return address
        if self._allow_loopback and ipaddress.ip_address(address).is_loopback:
            return address
        raise Unreachable(f"{host} resolves to a private address")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to one host of the public internet, and leads to no other address."""
    ip = ipaddress.ip_address(address)
    if not ip.is_global or ip.is_multicast or any(ip in block for block in NOT_PUBLIC):
        return False
    return ip.version == 4 or ip in GLOBAL_UNICAST


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # judged only when it is asked for
    except ValueError as problem:
        raise Unreachable("this is no address that can be called") from problem
    return parts


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was judged, whatever the name says a moment later, and can be cut from a timer."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address
        self._wire: socket.socket | None = None
        self.is_cut = False

    def connect(self) -> None:
        self._go_on_with(socket.create_connection((self._address, self.port), self.timeout))

    def _go_on_with(self, wire: socket.socket) -> None:
        self.sock = self._wire = wire
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the call: whoever waits for the other side is told at once that nothing more will come."""
        self.is_cut = True
        if self._wire is not None:
            with suppress(OSError):  # it is over already
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


class _PinnedHttps(_Pinned):
    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        tls = ssl.create_default_context()
        wire = tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self._go_on_with(wire)
        wire.do_handshake()


class _Answer:
    """The status and the bytes that the other side sends; `size` is what it promises, None where it does not."""

    def __init__(self, response: http.client.HTTPResponse, connection: _Pinned) -> None:
        self._response = response
        self._connection = connection
        self.status = response.status
        self.size = response.length

    def read(self, count: int = -1) -> bytes:
        """Raises Unreachable when less comes than was promised, or not in time."""
        with _theirs(self._connection):
            chunk = self._response.read(None if count < 0 else count)
            if not chunk and count and self._response.length:
                raise http.client.IncompleteRead(chunk, self._response.length)
        return chunk


@contextmanager
def _theirs(connection: _Pinned) -> Iterator[None]:
    """What goes wrong here is the other side's doing."""
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as problem:
        why = "took too long" if connection.is_cut else type(problem).__name__
        raise Unreachable(f"{connection.host}: {why}") from problem
    if connection.is_cut:
        raise Unreachable(f"{connection.host}: took too long")
