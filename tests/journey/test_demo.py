"""The demo as a whole: one start fills the office, what it prints works, Ctrl-C ends it, a second start keeps it."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arbitration.adapters.clock import OffsetClock
from arbitration.content import disputes
from arbitration.demo.browser import Browser
from arbitration.demo.folder import DemoFolder, Record
from arbitration.demo.people import Account
from arbitration.demo.platforms import PlatformClient
from arbitration.demo.visitors import PartyMember, Staff
from arbitration.domain.cases import State
from arbitration.domain.verification import Paper, Verdict
from arbitration.wiring import sealed_verifier
from tests.office_process import Installation, free_port

pytestmark = pytest.mark.xdist_group("demo")

READY = "Ctrl-C ends the demo."
PATIENCE_SECONDS = 900
DEFAULT_AFTER = timedelta(hours=48)


@dataclass
class Demo:
    """A running `arbitration demo`."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"
    output: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.output.read_text("utf-8")

    @property
    def record(self) -> Record:
        return DemoFolder(self.home).read()

    @property
    def clock(self) -> OffsetClock:
        return OffsetClock(self.home / "clock.json")

    def staff(self, account: Account) -> Staff:
        """Somebody at a browser of their own, half a minute later: a code counts once."""
        self.clock.set(self.clock() + timedelta(seconds=30))
        return Staff(self.base, account, self.clock, "en")

    def account(self, role: str) -> Account:
        return next(user for user in self.record.users if user.role == role)

    def platform_of(self, case_no: str) -> dict[str, Any]:
        """How a case stands, as its platform is told."""
        for client in self.platforms().values():
            try:
                return client.status(case_no)
            except OSError:
                continue
        raise AssertionError(f"no platform knows {case_no}")

    def platforms(self) -> dict[str, PlatformClient]:
        keys = self.record.platforms
        return {
            name: PlatformClient(self.base, name, [key.secret for key in keys if key.name == name], self.clock)
            for name in {key.name for key in keys}
        }

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while READY not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < until, self.printed
            time.sleep(0.2)

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


def environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRATION_")}
    return kept | {"ARBITRATION_HOME": str(home), "PORT": str(port)}


def start(home: Path, port: int, output: Path) -> Demo:
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "arbitration", "demo"],
            env=environment(home, port),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Demo(home, port, process, output)


def refused(home: Path, port: int, *words: str) -> str:
    """The complaint of a demo that cannot start: one line, and exit 1."""
    done = subprocess.run(
        [sys.executable, "-m", "arbitration", "demo", *words],
        env=environment(home, port),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Filled once for all tests of this module."""
    folder = tmp_path_factory.mktemp("demo")
    running = start(folder / "var", free_port(), folder / "first.log")
    try:
        running.wait_until_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


def test_demo_json_has_exactly_the_agreed_shape_and_is_its_owners_alone(demo):
    file = demo.home / "demo.json"
    written = json.loads(file.read_text())
    assert {name: set(rows[0]) for name, rows in written.items()} == {
        "users": {"role", "email", "password", "totp_secret"},
        "platforms": {"name", "key_kind", "key_id", "secret"},
        "parties": {"case", "role", "url", "code"},
        "rulings": {"case", "outcome"},
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_printed_is_what_is_written(demo):
    assert f"ready {demo.base}\n" in demo.printed
    for user in demo.record.users:
        assert all(word in demo.printed for word in (user.role, user.email, user.password, user.totp_secret))
    for door in demo.record.parties:
        assert f"{door.url}  {door.code}" in demo.printed


def test_the_printed_commands_work_as_they_stand(demo, tmp_path):
    lines = demo.printed.partition("To try it by hand")[2].splitlines()[1:]
    commands = [line.strip() for line in lines if line.startswith("  ")]
    assert commands[0] == f"export ARBITRATION_HOME={demo.home}"
    assert commands[1] == f"export PORT={demo.port}"
    assert commands[2].endswith(f"--url {demo.base}")
    script = "\n".join(["set -e", *commands[:2], *commands[3:]]).replace("ruling.pdf", str(tmp_path / "ruling.pdf"))
    done = subprocess.run(
        ["sh", "-c", script.replace("root.pem", str(tmp_path / "root.pem"))],
        env={name: value for name, value in os.environ.items() if not name.startswith("ARBITRATION_")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PROVEN" in done.stdout


def test_there_are_three_platforms_of_which_one_is_changing_its_key(demo):
    kinds = [(key.name, key.key_kind) for key in demo.record.platforms]
    assert Counter(kinds) == {
        ("kami-youxuan", "ed25519"): 1,
        ("zhengban-xingqiu", "ed25519"): 2,
        ("zuhaoxia", "hmac"): 1,
    }


def test_every_role_has_an_account_and_no_password_is_used_twice(demo):
    users = demo.record.users
    assert Counter(user.role for user in users) == {
        "registrar": 2,
        "arbitrator": 4,
        "platform_officer": 3,
        "inspector": 1,
        "auditor": 1,
        "standards_editor": 1,
        "admin": 1,
    }
    assert len({user.password for user in users}) == len({user.totp_secret for user in users}) == len(users)


def test_every_account_signs_in(demo):
    for account in demo.record.users:
        page = demo.staff(account).open("/account")
        assert (page.path, account.email in page.text) == ("/account", True)


def test_every_party_comes_in_by_its_link_and_code(demo):
    doors = demo.record.parties
    assert len(doors) == 2 * len(disputes.names())
    for door in doors:
        member = PartyMember(door.url, door.code)
        page = member.open(member.path)
        assert (page.path, door.case in page.text) == (member.path, True)


def test_every_dispute_stands_where_its_story_ends(demo):
    stories = [disputes.load_story(name, datetime.now().astimezone()) for name in disputes.names()]
    cases = {door.case: demo.platform_of(door.case) for door in demo.record.parties}
    assert Counter(case["state"] for case in cases.values()) == Counter(story.ends for story in stories)
    assert {case["state"] for case in cases.values()} == set(State) - {State.ADMITTED}  # left within seconds
    signed = [story.outcome for story in stories if story.ruling and story.ruling.signed]
    assert Counter(ruling.outcome for ruling in demo.record.rulings) == Counter(signed)
    assert {"upheld", "upheld_in_part", "dismissed", "upheld_by_default"} <= set(signed)


def test_every_ruling_is_downloaded_by_its_claimant_and_proven(demo):
    judge = sealed_verifier(Paper.RULING, (demo.home / "keys" / "root.pem").read_bytes())
    for ruling in demo.record.rulings:
        door = next(door for door in demo.record.parties if (door.case, door.role) == (ruling.case, "claimant"))
        member = PartyMember(door.url, door.code)
        file = member.send(member.path, "/ruling")
        report = judge.verify(file.content)
        assert (report.verdict, report.case_no) == (Verdict.PROVEN, ruling.case)


def test_the_default_is_two_days_of_silence(demo):
    case_no = next(ruling.case for ruling in demo.record.rulings if ruling.outcome == "upheld_by_default")
    events = json.loads(demo.staff(demo.account("auditor")).open(f"/cases/{case_no}/record.json").content)["events"]
    at = {event["leaf"]["kind"]: event["leaf"]["at"] for event in events}
    assert timedelta(microseconds=at["default_noted"] - at["notices_served"]) >= DEFAULT_AFTER


def test_something_is_overdue_and_something_is_due_soon(demo):
    now = demo.clock()
    due = [
        datetime.fromisoformat(deadline["due_at"])
        for case_no in {door.case for door in demo.record.parties}
        for deadline in demo.platform_of(case_no)["deadlines"]
    ]
    assert min(due) < now
    assert any(now < each < now + timedelta(hours=24) for each in due)


def test_a_draft_of_the_next_version_lies_open_with_a_comment_in_each_language(demo):
    visitor = Browser(demo.base, "en")
    listed = visitor.open("/standard")
    (public,) = {link for link in listed.links if "/standard/consultations/" in link}
    page = visitor.open(public)
    assert "<del>72</del><ins>96</ins> hours" in page.text
    assert 'class="said" lang="zh-Hans"' in page.text
    assert 'class="said" lang="en"' in page.text
    assert visitor.open("/standard/1.0.0.pdf").content.startswith(b"%PDF-1.7")


def test_the_history_is_whole(demo):
    office = Installation(demo.home, demo.port)
    checked = office.result("check", ARBITRATION_ENV="development")
    assert checked["problems"] == []


def test_a_busy_port_is_told_in_one_line(demo, tmp_path):
    assert f"port {demo.port} is in use" in refused(tmp_path / "var", demo.port)
    assert not (tmp_path / "var").exists()


def test_a_folder_that_is_no_demos_is_never_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work")
    for words in ((), ("--reset",)):
        assert "holds something else than a demo" in refused(tmp_path, free_port(), *words)
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def children_of(process: "subprocess.Popen[bytes]") -> dict[str, int]:
    """The demo's own processes by name."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {Path(f"/proc/{pid}/cmdline").read_text().split("\0")[3]: int(pid) for pid in pids}


def is_served(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_at_ctrl_c_and_a_second_start_keeps_everything(demo, tmp_path):
    """The last of this module: it ends what the others use."""
    children = children_of(demo.process)
    before = demo.record
    assert demo.end(signal.SIGINT) == 0
    assert "Traceback" not in demo.printed
    assert [pid for pid in children.values() if Path(f"/proc/{pid}").exists()] == []
    assert not is_served(demo.port)
    again = start(demo.home, free_port(), tmp_path / "second.log")
    try:
        again.wait_until_ready()
        kept = again.record
        assert (kept.users, kept.platforms, kept.rulings) == (before.users, before.platforms, before.rulings)
        assert [door.url for door in kept.parties] == [
            door.url.replace(demo.base, again.base) for door in before.parties
        ]
        assert again.staff(again.account("registrar")).open("/docket").path == "/docket"
        os.kill(children_of(again.process)["worker"], signal.SIGKILL)
        assert again.process.wait(60) == 1
        assert "worker has ended by itself (SIGKILL)" in again.printed
        assert "Traceback" not in again.printed
        assert not is_served(again.port)
    finally:
        if again.process.poll() is None:
            again.end(signal.SIGTERM)
