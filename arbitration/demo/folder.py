"""The demonstration's data folder: marked as such, so that nothing else is ever emptied, and its demo.json."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from arbitration.demo.people import Account
from arbitration.demo.problem import DemoProblem

MARK = "demo-folder.json"
RECORD = "demo.json"
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class PlatformKey:
    """A key with which a platform signs; one entry for each, the one in use first."""

    name: str
    key_kind: str
    key_id: str
    secret: str


@dataclass(frozen=True)
class PartyDoor:
    """How a party of a case comes in."""

    case: str
    role: str
    url: str
    code: str


@dataclass(frozen=True)
class Decided:
    """A signed ruling that can be downloaded and verified."""

    case: str
    outcome: str


@dataclass(frozen=True)
class Record:
    """All that one needs to look around; demo.json holds exactly this."""

    users: tuple[Account, ...]
    platforms: tuple[PlatformKey, ...]
    parties: tuple[PartyDoor, ...]
    rulings: tuple[Decided, ...]


class DemoFolder:
    """A data folder that belongs to a demonstration."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def claim(self, *, reset: bool) -> None:
        """Make it ours: a finished demonstration stays as it is, unless *reset*; one cut short is emptied.

        Raises DemoProblem for a folder that holds anything else.
        """
        if self.home.exists() and not self.home.is_dir():
            raise DemoProblem(f"{self.home} is not a folder")
        if self.home.is_dir() and any(self.home.iterdir()):
            if not (self.home / MARK).exists():
                raise DemoProblem(
                    f"{self.home} holds something else than a demo; nothing was touched. "
                    "Name another folder in ARBITRATION_HOME."
                )
            if reset or not self.is_seeded:
                self._empty()
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.home / MARK).exists():
            self.keep_port(0)

    @property
    def is_seeded(self) -> bool:
        return (self.home / RECORD).exists()

    @property
    def port(self) -> int:
        """Where the platforms of this demonstration listen for webhooks; 0 before it is known."""
        return int(json.loads((self.home / MARK).read_text())["platforms_listen_on"])

    def keep_port(self, port: int) -> None:
        (self.home / MARK).write_text(json.dumps({"platforms_listen_on": port}) + "\n")

    def read(self) -> Record:
        """What demo.json holds."""
        kept = json.loads((self.home / RECORD).read_text())
        return Record(
            users=tuple(Account(**row) for row in kept["users"]),
            platforms=tuple(PlatformKey(**row) for row in kept["platforms"]),
            parties=tuple(PartyDoor(**row) for row in kept["parties"]),
            rulings=tuple(Decided(**row) for row in kept["rulings"]),
        )

    def write(self, record: Record) -> None:
        """Whole or not at all, for the owner's eyes only: it holds secrets, if only of a demonstration."""
        draft = self.home / f"{RECORD}.new"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:
            json.dump(asdict(record), file, ensure_ascii=False, indent=2)
            file.write("\n")
        os.replace(draft, self.home / RECORD)

    def _empty(self) -> None:
        """The mark goes last: emptying that is cut short can be taken up again."""
        for entry in self.home.iterdir():
            if entry.name == MARK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        (self.home / MARK).unlink()


def moved(door: PartyDoor, base: str) -> PartyDoor:
    """The same door where the office is served at *base* now: the port may be another one at the next start."""
    return PartyDoor(door.case, door.role, base + urlsplit(door.url).path, door.code)
