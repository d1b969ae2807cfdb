"""One demonstration from start to end: set up where needed, serve, fill once, show who can sign in, end together."""

import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from arbitration.config import SETTINGS, Env, home_folder
from arbitration.demo.browser import Browser, Unexpected
from arbitration.demo.folder import RECORD, DemoFolder, Record, moved
from arbitration.demo.inbox import ADDRESS, Inbox, Missing
from arbitration.demo.laboratory import Laboratory
from arbitration.demo.people import one_time_code
from arbitration.demo.problem import DemoProblem
from arbitration.demo.processes import Children, until_asked_to_end
from arbitration.demo.seed import seed
from arbitration.demo.setting import Command, set_up
from arbitration.demo.stage import Stage
from arbitration.wiring import installation_clock

Say = Callable[[str], None]

TAKEN = frozenset({"ARBITRATION_HOME", "ARBITRATION_LOG_LEVEL", "ARBITRATION_THREADS"})
"""Settings that a demonstration takes from outside, besides PORT. Its database, keys and secrets are its own."""
SAMPLE, SAMPLE_PLATFORM = "docs/samples/zh-activation-code.json", "kami-youxuan"
DEFAULT_PORT = "8000"
BEGINS = timedelta(days=20)
WATCH_SECONDS = 0.5
PORTS_TRIED = 100
INSPECTION_KEY = "inspector.pem"


def run(command: Command, say: Say, *, reset: bool) -> None:
    """Serve the demonstration until asked to end. Raises DemoProblem."""
    port = _take_settings()
    base = f"http://{ADDRESS}:{port}"
    folder = DemoFolder(home_folder())
    _must_be_free(port)
    folder.claim(reset=reset)
    clock = installation_clock(folder.home)
    with until_asked_to_end(), Children(folder.home / "logs") as children:
        present = clock()
        if not folder.is_seeded:
            say(f"making an office in {folder.home}: two or three minutes")
            clock.shift(-BEGINS)
        command("keys", "init")
        command("migrate")
        children.start("web")
        children.start("worker")
        with _listening(folder, port, clock, cache(lambda: _office_key(base)), children.check) as inbox:
            if not folder.is_seeded:
                key = folder.home / INSPECTION_KEY
                accounts, keys = set_up(command, inbox.url, key)
                children.wait_until(lambda: _is_ready(base))
                stage = Stage(base, clock, inbox, accounts, keys, Laboratory(command, key))
                try:
                    record = seed(stage, present, command, accounts, keys, say)
                except (Unexpected, Missing, OSError) as problem:
                    children.check()
                    raise DemoProblem(f"the office could not be filled: {problem}") from problem
                clock.shift(timedelta(0))
                folder.write(record)
            children.wait_until(lambda: _is_ready(base))
            record = folder.read()
            record = replace(record, parties=tuple(moved(door, base) for door in record.parties))
            folder.write(record)
            _welcome(base, folder, record, clock, say)
            while True:
                children.check()
                time.sleep(WATCH_SECONDS)


def show_codes(say: Say) -> None:
    """The accounts of the demonstration that is there, with the codes of this moment. Raises DemoProblem."""
    folder = DemoFolder(home_folder())
    if not folder.is_seeded:
        raise DemoProblem(f"there is no demo in {folder.home}")
    _show_accounts(folder.read(), installation_clock(folder.home), say)


def _take_settings() -> int:
    """Leave of the surroundings' settings only what a demonstration takes; the port."""
    if os.environ.get("ARBITRATION_ENV") == Env.PRODUCTION:
        raise DemoProblem("ARBITRATION_ENV is production: a demo is made elsewhere")
    for name in [name for name in os.environ if name.startswith("ARBITRATION_") and name not in TAKEN]:
        del os.environ[name]
    port = os.environ.setdefault("PORT", DEFAULT_PORT)
    os.environ["ARBITRATION_HOME"] = str(home_folder())
    if not port.isdecimal() or not 0 < int(port) < 2**16:
        raise DemoProblem(f"PORT must be a number from 1 to 65535; it is {port!r}")
    return int(port)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise DemoProblem(f"port {port} is in use ({error.strerror}); choose another with PORT=…") from error


def _listening(
    folder: DemoFolder, port: int, clock: Callable[[], Any], key: Callable[[], str], watch: Callable[[], None]
) -> Inbox:
    """The platforms' inbox where it was before, or on the next free port after ours."""
    tried = [folder.port] if folder.port else range(port + 1, port + PORTS_TRIED)
    for candidate in tried:
        try:
            inbox = Inbox(candidate, clock=clock, key=key, watch=watch)
        except (OSError, OverflowError):
            continue
        folder.keep_port(inbox.port)
        return inbox
    raise DemoProblem(f"port {tried[0]}, where the demo's platforms take webhooks, is in use; free it or use --reset")


def _is_ready(base: str) -> bool:
    try:
        return Browser(base).open("/readyz").status == 200
    except (Unexpected, OSError):
        return False


def _office_key(base: str) -> str:
    return str(json.loads(Browser(base).open("/api/v1/webhook-key").content)["key"])


def _welcome(base: str, folder: DemoFolder, record: Record, clock: Callable[[], Any], say: Say) -> None:
    say(f"ready {base}")
    say("")
    say(
        f"Staff sign in at {base}/sign-in with e-mail, password and code (`arbitration demo --codes` prints new codes):"
    )
    _show_accounts(record, clock, say)
    say("")
    say("Parties open their link and give their code:")
    for door in record.parties:
        say(f"  {door.case}  {door.role:<14}  {door.url}  {door.code}")
    say("")
    say("To try it by hand (README), in another terminal and in this folder:")
    for line in by_hand(base, folder.home, record):
        say(f"  {line}")
    say("")
    say(f"All of it, with the platforms' keys, is in {folder.home / RECORD}. Ctrl-C ends the demo.")


def by_hand(base: str, home: Path, record: Record) -> list[str]:
    """Commands that a shell takes as they stand: send a dispute, and save and verify a ruling."""
    program = Path(sys.executable).with_name("arbitration")
    here = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program
    arbitration, decided = shlex.quote(str(here)), record.rulings[0].case
    lines = [
        f"{arbitration} escalate {SAMPLE} --platform {SAMPLE_PLATFORM} --url {base}",
        f"{arbitration} ruling save {decided} ruling.pdf",
        f"{arbitration} keys root root.pem",
        f"{arbitration} verify ruling ruling.pdf --trust root.pem",
    ]
    elsewhere = {}
    if home != Path(SETTINGS["ARBITRATION_HOME"][0]).absolute():
        elsewhere["ARBITRATION_HOME"] = shlex.quote(str(home))
    if base != f"http://{ADDRESS}:{DEFAULT_PORT}":
        elsewhere["PORT"] = base.rpartition(":")[2]  # of which the commands make the links that they print
    return [f"export {name}={value}" for name, value in elsewhere.items()] + lines


def _show_accounts(record: Record, clock: Callable[[], Any], say: Say) -> None:
    now = clock()
    for user in record.users:
        code = one_time_code(user.totp_secret, now)
        say(f"  {user.role:<16}  {user.email:<34}  {user.password}  {user.totp_secret}  {code}")
