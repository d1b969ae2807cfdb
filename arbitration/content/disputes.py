"""The demo's disputes: documents as their platforms would send them, and the stories that the seed acts out.

Each folder of `demo/` holds `escalation.json` in the shape that its platform sends, any later events, `story.json`, and
the files of evidence as one would read them. So that nothing rots, they hold no dates but places for them, which are
filled when a document is loaded; *at* is always the time of the escalation, to the second:

- a whole value `@-3d4h5m` becomes that time before (`+`: after) the escalation, as ISO 8601 in Beijing time;
  `@ms-3d4h` becomes it in epoch milliseconds;
- `[[-3d4h]]` inside a text becomes `2026-11-19 10:05` in Beijing time, with seconds if the offset names them; in a PDF
  the place is padded to the 16 bytes of the result, so that no offset inside the file moves;
- `@base64 FILE`, `@size FILE`, `@sha256 FILE` and `@text FILE` become that file of the folder, its times filled first.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

BEIJING = timezone(timedelta(hours=8))
_OFFSET = r"[+-](?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?"
_IN_TEXT = re.compile(rf"\[\[({_OFFSET}) *\]\]")
_VALUE = re.compile(rf"@(?:(?P<ms>ms)?(?P<offset>{_OFFSET})|(?P<verb>base64|size|sha256|text) (?P<file>[^/]+))")
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Platform:
    """One of the demo's platforms. `key_kind` as in `adapters.webhooks`; `rotating`: it signs with two keys at once."""

    name: str
    title: dict[str, str]
    key_kind: str
    dialect: str
    rotating: bool


@dataclass(frozen=True)
class Upload:
    """A file that a party adds: `file` is its name, `content` its bytes."""

    file: str
    kind: str
    description: str
    content: bytes


@dataclass(frozen=True)
class Filing:
    """What a party (`role`) states at a time, and the files with it. The respondent's first one is the response."""

    at: datetime
    role: str
    text: str
    uploads: tuple[Upload, ...]


@dataclass(frozen=True)
class Message:
    """A message to all. `role`: arbitrator, registrar, claimant or respondent."""

    at: datetime
    role: str
    text: str


@dataclass(frozen=True)
class Triage:
    """What the registrar does first: `admit`, `ask_cure` (note says what is missing) or `reject` (reason is a code)."""

    at: datetime
    decision: str
    reason: str | None
    note: str


@dataclass(frozen=True)
class Finding:
    """The answer to one claim, in the words of `domain.rulings.Finding`; amounts in fen."""

    letter: str
    outcome: str
    remedy: str | None
    amount_minor: int
    reasons: str
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class FoundFact:
    """A fact that the arbitrator finds: its value as the standard writes it (None: not proven), and on what."""

    fact: str
    value: str | None
    on: str


@dataclass(frozen=True)
class Ruling:
    """What the arbitrator finds and writes, saves as a draft and, where `signed`, signs at that time."""

    at: datetime
    signed: bool
    facts: tuple[FoundFact, ...]
    facts_found: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Step:
    """Whatever else somebody does: on `page` (of the case, or of the party's own) they fill in the form to `form`.

    `announced`: the webhooks that tell of it.
    """

    at: datetime
    role: str
    page: str
    form: str
    values: dict[str, str | list[str]]
    announced: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """What the arbitrator asks the inspector about an item (`label`), and what the inspector finds and signs.

    `says` is the finding, the method and the tool, as a manifest has them; `hours`: the time given for it.
    """

    asked_at: datetime
    reported_at: datetime
    label: str
    question: str
    hours: int
    report: str
    content: bytes
    says: dict[str, Any]


@dataclass(frozen=True)
class FollowUp:
    """A later event of the platform: `load_demo(name, at, event)` at `at`."""

    at: datetime
    event: str


@dataclass(frozen=True)
class Story:
    """What becomes of one dispute. `ends`: its state at present; `outcome`: of the ruling, None without one."""

    name: str
    platform: str
    title: dict[str, str]
    language: str
    ends: str
    outcome: str | None
    triage: Triage | None
    filings: tuple[Filing, ...]
    messages: tuple[Message, ...]
    steps: tuple[Step, ...]
    inspections: tuple[Inspection, ...]
    ruling: Ruling | None
    follow_ups: tuple[FollowUp, ...]


def platforms() -> tuple[Platform, ...]:
    """The demo's platforms."""
    return tuple(Platform(**entry) for entry in json.loads((_demo() / "platforms.json").read_bytes()))


def load_rules(platform: str, in_force: date) -> bytes:
    """The platform's own after-sales rules, for orders from the day *in_force* on."""
    text = (_demo() / f"{platform}.rules.yaml").read_text("utf-8")
    return text.replace("@in_force", in_force.isoformat()).encode()


@cache
def names() -> tuple[str, ...]:
    """The disputes, by number."""
    return tuple(sorted(entry.name for entry in _demo().iterdir() if entry.is_dir()))


def posted(name: str) -> timedelta:
    """When the dispute is escalated, relative to the present: negative."""
    return _offset(_raw_story(name)["posted"])


def load_demo(name: str, at: datetime, event: str = "escalation") -> bytes:
    """The body that the platform posts for *event* of the dispute *name*, escalated at *at* (aware)."""
    folder = _demo() / name
    document = json.loads((folder / f"{event}.json").read_bytes())
    return json.dumps(_resolve(document, folder, at.replace(microsecond=0)), ensure_ascii=False, indent=1).encode()


def load_story(name: str, at: datetime) -> Story:
    """The story of the dispute *name*, escalated at *at* (aware), with all its times."""
    folder = _demo() / name
    at = at.replace(microsecond=0)
    story = _resolve({key: value for key, value in _raw_story(name).items() if key != "posted"}, folder, at)
    ruling = story.get("ruling")
    triage = story.get("triage")
    return Story(
        name=name,
        platform=story["platform"],
        title=story["title"],
        language=story["language"],
        ends=story["ends"],
        outcome=story.get("outcome"),
        triage=_triage(triage) if triage else None,
        filings=tuple(_filing(entry, folder, at) for entry in story.get("filings", ())),
        messages=tuple(_message(entry) for entry in story.get("messages", ())),
        steps=tuple(_step(entry) for entry in story.get("steps", ())),
        inspections=tuple(_inspection(entry, folder, at) for entry in story.get("inspections", ())),
        ruling=_ruling(ruling) if ruling else None,
        follow_ups=tuple(FollowUp(_time(entry["at"]), entry["event"]) for entry in story.get("follow_ups", ())),
    )


def _triage(entry: dict[str, Any]) -> Triage:
    return Triage(_time(entry["at"]), entry["decision"], entry.get("reason"), entry["note"])


def _message(entry: dict[str, Any]) -> Message:
    return Message(_time(entry["at"]), entry["role"], entry["text"])


def _filing(entry: dict[str, Any], folder: Traversable, at: datetime) -> Filing:
    uploads = tuple(
        Upload(upload["file"], upload["kind"], upload["description"], _file(folder, upload["file"], at))
        for upload in entry.get("uploads", ())
    )
    return Filing(_time(entry["at"]), entry["role"], entry["text"], uploads)


def _step(entry: dict[str, Any]) -> Step:
    return Step(**entry | {"at": _time(entry["at"]), "announced": tuple(entry["announced"])})


def _inspection(entry: dict[str, Any], folder: Traversable, at: datetime) -> Inspection:
    times = {name: _time(entry[name]) for name in ("asked_at", "reported_at")}
    return Inspection(**entry | times, content=_file(folder, entry["report"], at))


def _ruling(entry: dict[str, Any]) -> Ruling:
    findings = tuple(
        Finding(**{**finding, "clauses": tuple(finding["clauses"]), "evidence": tuple(finding["evidence"])})
        for finding in entry["findings"]
    )
    facts = tuple(FoundFact(**fact) for fact in entry["facts"])
    return Ruling(_time(entry["at"]), entry["signed"], facts, entry["facts_found"], findings)


def _demo() -> Traversable:
    return resources.files("arbitration.content") / "demo"


def _raw_story(name: str) -> dict[str, Any]:
    story: dict[str, Any] = json.loads((_demo() / name / "story.json").read_bytes())
    return story


def _resolve(value: Any, folder: Traversable, at: datetime) -> Any:
    if isinstance(value, dict):
        return {key: _resolve(item, folder, at) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolve(item, folder, at) for item in value]
    if not isinstance(value, str):
        return value
    if not (found := _VALUE.fullmatch(value)):
        return _with_times(value, at)
    if found["offset"]:
        instant = (at + _offset(found["offset"])).astimezone(BEIJING)
        return int(instant.timestamp() * 1000) if found["ms"] else instant.isoformat(timespec="seconds")
    content = _file(folder, found["file"], at)
    match found["verb"]:
        case "base64":
            return base64.b64encode(content).decode()
        case "size":
            return len(content)
        case "sha256":
            return hashlib.sha256(content).hexdigest()
        case _:
            return content.decode()


def _file(folder: Traversable, name: str, at: datetime) -> bytes:
    content = (folder / name).read_bytes()
    if name.endswith(".png"):
        return content
    if name.endswith(".pdf"):  # bytes that are no text must come out as they went in
        return _with_times(content.decode("latin-1"), at).encode("latin-1")
    return _with_times(content.decode(), at).encode()


def _with_times(text: str, at: datetime) -> str:
    def shown(found: re.Match[str]) -> str:
        pattern = "%Y-%m-%d %H:%M:%S" if found[1].endswith("s") else "%Y-%m-%d %H:%M"
        return (at + _offset(found[1])).astimezone(BEIJING).strftime(pattern)

    return _IN_TEXT.sub(shown, text)


def _offset(text: str) -> timedelta:
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9]+)([dhms])", text))
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
