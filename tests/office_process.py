"""A whole installation as real processes: web server and worker started by the program's own command."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A data folder and the processes that run on it. Each process leads a group of its own, to be killed whole."""

    home: Path
    port: int = field(default_factory=free_port)
    database_url: str = ""
    owner_url: str = ""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRATION_")}
        return kept | {
            "ARBITRATION_ENV": "test",
            "ARBITRATION_HOME": str(self.home),
            "ARBITRATION_DATABASE_URL": self.database_url,
            "ARBITRATION_DATABASE_OWNER_URL": self.owner_url,
            "PORT": str(self.port),
            **more,
        }

    def command(self, *words: str, ok: bool = True, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run `arbitration …`; its output as text. Fails the test unless it exits with 0, or *ok* is False."""
        done = subprocess.run(
            [sys.executable, "-m", "arbitration", *words],
            env=self.environment(**more),
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0 or not ok, f"{words}: {done.stdout}{done.stderr}"
        return done

    def result(self, *words: str, **more: str) -> dict[str, object]:
        """The JSON that a command prints."""
        return dict(json.loads(self.command(*words, **more).stdout))

    def prepare(self) -> None:
        """Secrets, keys, schema, the standard."""
        self.command("keys", "init")
        self.command("migrate")
        self.command("standard", "publish", str(Path(__file__).parents[1] / "arbitration/content/standard/1.0.0.yaml"))

    def start(self, name: str, **more: str) -> None:
        """Start `web` or `worker`; the web server is waited for."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "arbitration", name],
                env=self.environment(**more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == "web":
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.running["web"].poll() is not None:
                break
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the web server did not start: {(self.home / 'web.log').read_text()[-3000:]}")

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        """SIGKILL to the whole group, as when the power goes."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):  # it may be dead already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)


@contextmanager
def installation(home: Path, **urls: str) -> Iterator[Installation]:
    """A prepared installation whose processes end with the block."""
    made = Installation(home, **urls)
    made.prepare()
    try:
        yield made
    finally:
        made.stop()
