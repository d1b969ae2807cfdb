"""Calls to platforms: over in time whatever they send, and blamed on them only where it is their doing."""

import errno
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.platform_http import HttpGateway, is_public
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.ports import Sent, TooLarge, Unreachable

HOSTS = frozenset({"127.0.0.1"})
SOON = 0.3
"""What is allowed a call that is not to end well, in seconds."""
DROPS = 60
"""Bytes that come one by one: the whole answer, if anybody waits so long."""

Answer = Callable[[BinaryIO], None]


@contextmanager
def platform(answer: Answer) -> Iterator[str]:
    """A platform on this machine that takes any call and then does as *answer* says; its host and port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.connection.recv(65536)
            try:
                answer(self.wfile)
            except OSError:
                return  # the office has hung up

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def says(text: bytes) -> Answer:
    return lambda wire: wire.write(text) and None


def drips(head: bytes, rest: bytes) -> Answer:
    """The head at once, and then byte by byte."""

    def answer(wire: BinaryIO) -> None:
        wire.write(head)
        for number in range(len(rest)):
            wire.write(rest[number : number + 1])
            time.sleep(0.05)

    return answer


DRIPPING = {
    "body": drips(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % DROPS, b"x" * DROPS),
    "body of no length": drips(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", b"x" * DROPS),
    "chunks": drips(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10 + b"0\r\n\r\n"),
    "headers": drips(b"HTTP/1.1 200 OK\r\nx: ", b"x" * DROPS + b"\r\ncontent-length: 0\r\n\r\n"),
    "status": drips(b"", b"HTTP/1.1 200 " + b"O" * DROPS + b"\r\ncontent-length: 0\r\n\r\n"),
}


@pytest.fixture
def gateway() -> HttpGateway:
    return HttpGateway(allow_loopback=True)


@pytest.fixture
def hurried() -> HttpGateway:
    return HttpGateway(allow_loopback=True, call_seconds=SOON)


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    return DiskBlobs(tmp_path / "blobs", AgeVault(new_identity()))


def test_a_delivery_is_told_its_status(gateway):
    with platform(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as there:
        assert gateway.post(f"http://{there}/hooks", b"{}", {}) == Sent(204)


@pytest.mark.parametrize("answer", DRIPPING.values(), ids=DRIPPING)
def test_a_delivery_is_over_in_time_however_slowly_it_is_answered(hurried, answer):
    with platform(answer) as there:
        sent = hurried.post(f"http://{there}/hooks", b"{}", {})
    assert sent == Sent(None, "127.0.0.1: took too long")


@pytest.mark.parametrize("answer", DRIPPING.values(), ids=DRIPPING)
def test_a_file_is_fetched_in_time_or_not_at_all(hurried, blobs, answer):
    with (
        platform(answer) as there,
        pytest.raises(Unreachable, match="took too long"),
        hurried.fetch(f"http://{there}/file", HOSTS, 1000) as file,
    ):
        blobs.put(file, 1000)


def test_a_handshake_that_never_ends_is_over_in_time(hurried):
    record_of_16_kilobytes = b"\x16\x03\x03\x40\x00"
    with platform(drips(record_of_16_kilobytes, b"\x02" * DROPS)) as there:
        sent = hurried.post(f"https://{there}/hooks", b"{}", {})
    assert sent == Sent(None, "127.0.0.1: took too long")


def test_a_large_file_has_the_time_that_its_size_takes(hurried, blobs):
    content = b"x" * 20
    with (
        platform(drips(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n", content)) as there,
        hurried.fetch(f"http://{there}/file", HOSTS, 100 * 1024 * 1024) as file,
    ):
        assert blobs.put(file, 1000).size == 20


def test_a_file_cut_short_is_not_taken_for_the_whole(gateway, blobs):
    with (
        platform(says(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")) as there,
        pytest.raises(Unreachable, match="IncompleteRead"),
        gateway.fetch(f"http://{there}/file", HOSTS, 1000) as file,
    ):
        blobs.put(file, 1000)


def test_a_file_that_says_it_is_too_large_is_too_large_at_once(gateway):
    with (
        platform(says(b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n")) as there,
        pytest.raises(TooLarge),
        gateway.fetch(f"http://{there}/file", HOSTS, 1000),
    ):
        pass


@pytest.mark.parametrize("length", [b"many", b"1, 1", b"-1", b"\xb2"])
def test_a_length_that_is_no_number_is_no_length(gateway, blobs, length):
    with (
        platform(says(b"HTTP/1.1 200 OK\r\ncontent-length: %b\r\nconnection: close\r\n\r\nabc" % length)) as there,
        gateway.fetch(f"http://{there}/file", HOSTS, 1000) as file,
    ):
        assert blobs.put(file, 1000).size == 3


def test_a_full_disk_of_ours_is_not_the_platform_s_fault(gateway):
    with (
        platform(says(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc")) as there,
        pytest.raises(OSError, match="No space left") as failure,
        gateway.fetch(f"http://{there}/file", HOSTS, 1000),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert failure.value.errno == errno.ENOSPC


def test_a_platform_that_is_not_there_is_unreachable(gateway):
    with platform(says(b"")) as there:
        pass
    assert gateway.post(f"http://{there}/hooks", b"{}", {}) == Sent(None, "127.0.0.1: ConnectionRefusedError")


@pytest.mark.parametrize("path", ["证据.png", "a b", "%00\n"])
def test_an_address_that_cannot_be_asked_for_is_unreachable(gateway, path):
    with platform(says(b"")) as there, pytest.raises(Unreachable), gateway.fetch(f"http://{there}/{path}", HOSTS, 9):
        pass


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "10.0.0.1", "127.0.0.1"])
def test_only_public_addresses_are_called(host):
    sent = HttpGateway().post(f"https://{host}/", b"", {})
    assert sent.status is None


def test_another_host_than_the_platform_s_own_is_not_asked(gateway):
    with pytest.raises(Unreachable, match="not a host"), gateway.fetch("https://evil.example/x", HOSTS, 9):
        pass


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:99999/a", "https://127.0.0.1:x/a", "https://[127.0.0.1/a", "https://127.0.0.1\t\x01:1/a"]
)
def test_an_impossible_address_is_unreachable(gateway, url):
    sent = gateway.post(url, b"{}", {})
    assert sent.status is None
    assert sent.error
    with pytest.raises(Unreachable), gateway.fetch(url, HOSTS, 1000):
        pass


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.0.8", False),
        ("192.88.99.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("2606:4700:4700::1111", True),
        ("2400:3200::1", True),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fc00::1", False),
        ("fe80::1%1", False),
        ("fec0::1", False),
        ("ff0e::1", False),
    ],
)
def test_a_public_address_is_one_that_leads_to_no_other(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize("address", ["64:ff9b::7f00:1", "2002:7f00:1::1", "::127.0.0.1", "fec0::1"])
def test_no_address_that_leads_elsewhere_is_called(address):
    assert HttpGateway().post(f"https://[{address}]/hooks", b"{}", {}) == Sent(
        None, f"{address} resolves to a private address"
    )
