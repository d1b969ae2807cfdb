"""Accepted signed escalations a second, against a bare view with one durable INSERT on the same server."""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from arbitration.adapters import webhooks
from tests.benchmarks.rows import Row, cpu_of_group, percentile
from tests.domain.escalations import escalation
from tests.office_process import Installation, free_port, installation

GOAL = 0.35
CLIENTS = 8
REQUESTS = 400
RUNS = 3
SLUG = "kami"


@dataclass(frozen=True)
class Round:
    """Rates per second, our waits in seconds, CPU seconds of each server per request."""

    ours: float
    bare: float
    waits: list[float]
    cpu: float
    bare_cpu: float


def run() -> list[Row]:
    """Ours and the floor in turn, three times each; the median rate of each."""
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as office:
        office.command("platform", "add", SLUG)
        key = webhooks.signing_key(str(office.result("platform", "key", "add", SLUG)["secret"]))
        office.start("web")
        floor_port = free_port()
        floor = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.floors.bare_insert", str(floor_port), f"{folder}/floor.db"],
            start_new_session=True,
        )
        try:
            wait_for(floor_port)
            rounds = [measure(office, floor, floor_port, key, number) for number in range(-1, RUNS)][1:]
        finally:
            os.killpg(floor.pid, signal.SIGKILL)
            floor.wait()
    ours = statistics.median(each.ours for each in rounds)
    bare = statistics.median(each.bare for each in rounds)
    ratio = statistics.median(each.ours / each.bare for each in rounds)
    waits = sorted(wait for each in rounds for wait in each.waits)
    cpu = statistics.median(each.cpu for each in rounds) * 1e3
    bare_cpu = statistics.median(each.bare_cpu for each in rounds) * 1e3
    more = (
        f"n {RUNS}x{REQUESTS}, p50 {percentile(waits, 0.5) * 1e3:.1f} ms, p90 {percentile(waits, 0.9) * 1e3:.1f} ms, "
        f"CPU {cpu:.2f} ms against {bare_cpu:.2f} ms"
    )
    return [
        Row(
            "escalations accepted per second",
            f"{ours:.0f}/s",
            f"{bare:.0f}/s",
            ratio,
            f">= {GOAL}",
            ratio >= GOAL,
            more,
        )
    ]


def measure(
    office: Installation, floor: "subprocess.Popen[bytes]", floor_port: int, key: webhooks.SigningKey, number: int
) -> Round:
    """One round of the same requests to both."""
    bodies = [body(f"B-{number}-{serial}") for serial in range(REQUESTS)]
    requests = [request(key, f"m-{number}-{n}", raw) for n, raw in enumerate(bodies)]
    before = cpu_of_group(office.running["web"].pid), cpu_of_group(floor.pid)
    ours, waits = fire(office.port, requests)
    bare, _ = fire(floor_port, requests)
    after = cpu_of_group(office.running["web"].pid), cpu_of_group(floor.pid)
    return Round(ours, bare, waits, (after[0] - before[0]) / REQUESTS, (after[1] - before[1]) / REQUESTS)


def body(dispute: str) -> bytes:
    payload = escalation()
    payload["data"]["dispute"]["platform_dispute_id"] = dispute
    return json.dumps(payload, ensure_ascii=False).encode()


def request(key: webhooks.SigningKey, webhook_id: str, raw: bytes) -> bytes:
    """The whole HTTP request, made before the clock runs."""
    headers = webhooks.signed_headers([key], webhook_id, datetime.now(UTC), raw)
    lines = [f"POST /api/v1/webhooks/{SLUG} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(raw)}", "", ""]
    return "\r\n".join(lines).encode() + raw


def fire(port: int, requests: list[bytes]) -> tuple[float, list[float]]:
    """Send them over CLIENTS kept connections; requests a second, and how long each waited. All must be 202."""
    queue = iter(requests)
    lock = threading.Lock()
    waits: list[float] = []
    bad: list[bytes] = []

    def client() -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with lock:
                content = next(queue, None)
            if content is None:
                connection.close()
                return
            start = time.perf_counter()
            connection.sendall(content)
            answer = read_answer(connection)
            waits.append(time.perf_counter() - start)
            if not answer.startswith(b"HTTP/1.1 202"):
                bad.append(answer[:300])

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    if bad:
        raise RuntimeError(f"{len(bad)} were not accepted: {bad[0]!r}")
    return len(requests) / spent, waits


def read_answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, rest = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(rest) < length:
        rest += connection.recv(65536)
    return head


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the floor did not start")
