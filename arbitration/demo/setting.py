"""What an office needs before its first case, by command line: the standard, platforms with keys, accounts."""

import json
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from arbitration.content import disputes
from arbitration.demo.folder import PlatformKey
from arbitration.demo.people import RELATIONS, STAFF, Account, Person, new_password

Command = Callable[..., Any]
"""Runs one command of the command line, given as words; what it prints, read where it is JSON."""

STANDARD = "1.0.0"


INSPECTOR = {"zh": "明镜电子数据鉴定所", "en": "Mingjing Digital Forensics"}
FIELDS = ("chat_records", "images_and_video", "system_logs")


def set_up(
    command: Command, webhook_base: str, inspection_key: Path
) -> tuple[tuple[Account, ...], tuple[PlatformKey, ...]]:
    """Publish the standard, register the platforms (their webhooks go to *webhook_base*), open the accounts.

    The inspector's signing key, which in real life never leaves its owner, goes to *inspection_key*.
    """
    with resources.as_file(resources.files("arbitration.content") / "standard" / f"{STANDARD}.yaml") as file:
        command("standard", "publish", str(file))
    keys = tuple(key for platform in disputes.platforms() for key in _register(command, platform, webhook_base))
    accounts = tuple(_open_account(command, person) for person in STAFF)
    for email, kind, subject in RELATIONS:
        command("relation", "add", email, kind, subject)
    _accredit(command, accounts, inspection_key)
    return accounts, keys


def _accredit(command: Command, accounts: Sequence[Account], file: Path) -> None:
    public = json.dumps(command("inspector", "keygen", str(file)))
    account = next(account for account in accounts if account.role == "inspector")
    words = ["inspector", "register", "--zh", INSPECTOR["zh"], "--en", INSPECTOR["en"], "--key", public]
    words += ["--account", account.email]
    for field in FIELDS:
        words += ["--for", field]
    command(*words)


def _register(command: Command, platform: disputes.Platform, webhook_base: str) -> list[PlatformKey]:
    """One platform with its key; one that is changing its key has two. The newest comes first."""
    url = f"{webhook_base}/{platform.name}"
    command(
        *("platform", "add", platform.name, "--title", platform.title["zh"]),
        *("--dialect", platform.dialect, "--webhook-url", url),
    )
    made = [
        command("platform", "key", "add", platform.name, "--kind", platform.key_kind)
        for _ in range(2 if platform.rotating else 1)
    ]
    return [PlatformKey(platform.name, key["key_kind"], key["key_id"], key["secret"]) for key in reversed(made)]


def _open_account(command: Command, person: Person) -> Account:
    password = new_password()
    words = ["user", "add", person.email, "--name", person.name, "--role", person.role, "--password", password]
    words += ["--languages", person.languages]
    if person.platform:
        words += ["--platform", person.platform]
    return Account(person.role, person.email, password, command(*words)["totp_secret"])
