"""What an export says, held against itself: manifest, record, chain of events, log, and the items against them.

Each check gives the first difference it finds as (where, what), or None. What is read comes from a stranger.
"""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import rfc8785

from arbitration.domain import log
from arbitration.domain.export import (
    FIRST,
    MANIFEST,
    MANIFEST_SCHEMA,
    RECORD_SCHEMA,
    SIGNATURE,
    Listed,
    Record,
    at_micros,
    instant,
    tells,
)

Difference = tuple[str, str]
"""Where the first difference is (a file, or a field of it), and what is wrong there."""

HEX = re.compile(r"[0-9a-f]{64}")
_BYTES = re.compile(r"(?:[0-9a-f]{2})*")

MAX_VALUES = 2_000_000
"""In one file: what bounds the memory that reading it takes; a case of ten thousand events has a quarter of it."""

Shape = Any
"""A type, a set of types, a list of one shape, a mapping of names to shapes."""

_TEXT_OR_NONE = (str, type(None))
_NUMBER_OR_NONE = (int, type(None))
_LEAF = {"v": int, "case": str, "seq": int, "prev": str, "kind": str, "at": int, "actor": str, "commit": str}
_EVENT = {"index": int, "seq": int, "leaf_hash": str, "leaf": (dict, type(None)), "salt": _TEXT_OR_NONE}
_CUSTODY = {"seq": int, "at": str, "kind": str, "zh": str, "en": str, "role": str, "name": str, "leaf_hash": str}
_ITEM = {
    "label": str,
    "kind": str,
    "title": str,
    "media_type": str,
    "size": _NUMBER_OR_NONE,
    "sha256": _TEXT_OR_NONE,
    "declared_sha256": _TEXT_OR_NONE,
    "state": str,
    "problem": _TEXT_OR_NONE,
    "late": bool,
    "submitted_by": str,
    "source": str,
    "received_at": str,
    "erased_at": _TEXT_OR_NONE,
    "erased_because": _TEXT_OR_NONE,
    "captured_at": _TEXT_OR_NONE,
    "particulars": (dict, type(None)),
    "verdict": _TEXT_OR_NONE,
    "verdict_clause": _TEXT_OR_NONE,
    "verdict_reason": _TEXT_OR_NONE,
    "manifest": _TEXT_OR_NONE,
    "custody": [_CUSTODY],
    "file": _TEXT_OR_NONE,
    "confidential": _TEXT_OR_NONE,
    "redacted_sha256": _TEXT_OR_NONE,
    "disclosed": _TEXT_OR_NONE,
}
_RECORD: Shape = {
    "schema": str,
    "view": str,
    "made_at": str,
    "institution": {"zh": str, "en": str, "demo": bool},
    "case": dict,
    "parties": [dict],
    "claims": [dict],
    "items": [_ITEM],
    "messages": [dict],
    "events": [{**_EVENT, "said": (dict, type(None)), "proof": [str]}],
    "checkpoint": {"size": int, "root": str},
}
_MANIFEST: Shape = {
    "schema": str,
    "case": str,
    "view": str,
    "made_at": str,
    "files": [{"name": str, "size": int, "sha256": str}],
}


def read_canonical(name: str, content: bytes, shape: Shape) -> Record | Difference:
    """The JSON of a file, if it is of this *shape* and written in the one canonical way; else the difference."""
    if sum(content.count(sign) for sign in (b",", b"[", b"{")) > MAX_VALUES:
        return name, f"it has more than {MAX_VALUES} values"
    try:
        value = json.loads(content)
        again = rfc8785.dumps(value)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        return name, "it is not JSON that can be read"
    if again != content:
        at = next((place for place, pair in enumerate(zip(again, content, strict=False)) if pair[0] != pair[1]), 0)
        return f"{name}, byte {at}", "it is not written in canonical form (RFC 8785)"
    misfit = _misfit(value, shape, "")
    if misfit is not None:
        return f"{name}, {misfit or 'whole'}", "it is not of the form of an export"
    found: Record = value
    return found


def read_manifest(content: bytes) -> Record | Difference:
    """The manifest as read, or what is wrong with its form."""
    found = read_canonical(MANIFEST, content, _MANIFEST)
    if isinstance(found, tuple):
        return found
    if found["schema"] != MANIFEST_SCHEMA:
        return f"{MANIFEST}, schema", f"it is not {MANIFEST_SCHEMA}"
    return found


def read_record(name: str, content: bytes) -> Record | Difference:
    """The record as read, or what is wrong with its form."""
    found = read_canonical(name, content, _RECORD)
    if isinstance(found, tuple):
        return found
    if found["schema"] != RECORD_SCHEMA:
        return f"{name}, schema", f"it is not {RECORD_SCHEMA}"
    for place, event in enumerate(found["events"]):
        if event["leaf"] is not None and _misfit(event["leaf"], _LEAF, "") is not None:
            return f"{name}, events[{place}].leaf", "it is no leaf of the log"
    return found


def files_differ(manifest: Record, found: Sequence[Listed]) -> Difference | None:
    """The files there, in their order, against those that the manifest lists."""
    said = [Listed(each["name"], each["size"], each["sha256"]) for each in manifest["files"]]
    rest = [each for each in found if each.name not in (MANIFEST, SIGNATURE)]
    by_name = {each.name: each for each in rest}
    for each in said:
        there = by_name.get(each.name)
        if there is None:
            return each.name, "the manifest lists it and it is not there"
        if there.size != each.size:
            return each.name, f"it has {there.size} bytes, the manifest says {each.size}"
        if there.sha256 != each.sha256:
            return each.name, f"its SHA-256 is {there.sha256}, the manifest says {each.sha256}"
    names = {each.name for each in said}
    extra = next((each.name for each in rest if each.name not in names), None)
    if extra is not None:
        return extra, "it is there and the manifest does not list it"
    if [each.name for each in said] != [each.name for each in rest]:
        return MANIFEST, "the files stand in another order than it lists them"
    if tuple(each.name for each in found[: len(FIRST)]) != FIRST:
        return MANIFEST, "a part that every export has is missing"
    return None


def events_differ(record: Record) -> Difference | None:
    """Chain and content of the events: each leaf makes its hash, names the one before, and opens to what it says."""
    previous = log.GENESIS
    for place, event in enumerate(record["events"]):
        where = f"case.json, events[{place}]"
        if event["seq"] != place + 1:
            return where, f"number {event['seq']} stands where {place + 1} belongs: one is missing or out of order"
        if not HEX.fullmatch(event["leaf_hash"]):
            return f"{where}.leaf_hash", "it is no SHA-256"
        problem = _leaf_differs(record, event, previous)
        if problem is not None:
            return f"{where}.{problem[0]}", problem[1]
        previous = event["leaf_hash"]
    return None


def _leaf_differs(record: Record, event: Record, previous: str) -> Difference | None:
    leaf = event["leaf"]
    if leaf is None:
        withheld = event["salt"] is None and event["said"] is None
        return None if withheld else ("said", "it is withheld and yet says something")
    if leaf["v"] != 1 or leaf["case"] != record["case"].get("number") or leaf["seq"] != event["seq"]:
        return "leaf", "it is the leaf of another event"
    if leaf["prev"] != previous:
        return "leaf.prev", "it does not name the event before it: one was changed, taken out or put in"
    if _hash_of(leaf) != event["leaf_hash"]:
        return "leaf", "it does not make its hash"
    if event["said"] is None:
        return None
    salt = event["salt"] or ""
    if not _BYTES.fullmatch(salt):
        return "salt", "it is not hex"
    if not log.opens(leaf["commit"], bytes.fromhex(salt), rfc8785.dumps(event["said"])):
        return "said", "it is not what the leaf committed to"
    return None


def _hash_of(leaf: Record) -> str:
    fields = {name: value for name, value in leaf.items() if name != "v"}
    return log.Leaf(**fields).hash()


def inclusion_differs(record: Record) -> Difference | None:
    """Every event is a leaf of the log as its checkpoint says it was."""
    size, root = record["checkpoint"]["size"], record["checkpoint"]["root"]
    if not HEX.fullmatch(root):
        return "case.json, checkpoint.root", "it is no SHA-256"
    before = -1
    for place, event in enumerate(record["events"]):
        where = f"case.json, events[{place}]"
        if event["index"] <= before:
            return f"{where}.index", "it stands in the log before the event that it follows"
        before = event["index"]
        if not all(HEX.fullmatch(each) for each in (event["leaf_hash"], *event["proof"])):
            return f"{where}.proof", "it does not consist of SHA-256 digests"
        path = [bytes.fromhex(each) for each in event["proof"]]
        if not log.verify_inclusion(event["index"], size, bytes.fromhex(event["leaf_hash"]), path, bytes.fromhex(root)):
            return f"{where}.proof", "it does not lead to the root of the log"
    return None


ARRIVED = {"held": "evidence_held", "submitted": "evidence_received", "quarantined": "evidence_quarantined"}
"""State of an item -> the event that says with which digest it arrived."""


def items_differ(record: Record, found: Sequence[Listed]) -> Difference | None:
    """Each item's file has the item's digest, and both are what the event of its arrival says; no file is nobody's."""
    by_name = {each.name: each for each in found}
    taken = set(FIRST) | {"ruling.pdf"}
    for place, item in enumerate(record["items"]):
        where = f"case.json, items[{place}] ({item['label'][:20]})"
        if item["file"] is not None:
            there = by_name.get(item["file"])
            if there is None or item["file"] in taken:
                return where, f"its file {item['file'][:120]} is not there"
            if (there.sha256, there.size) != (item["sha256"], item["size"]):
                return there.name, f"it is not the file of {item['label'][:20]}: digest or size differ"
            taken.add(item["file"])
        if item["state"] in ARRIVED and tells(record["view"], ARRIVED[item["state"]]):
            told = _told_on_arrival(record, item)
            if not told:
                return where, "no event says that it arrived"
            if None not in told and (item["redacted_sha256"] or item["sha256"]) not in told:
                return f"{where}.sha256", "the event of its arrival says another digest"
        misplaced = _custody_differs(record, item)
        if misplaced is not None:
            return f"{where}.{misplaced}", "it is no event of the record"
    orphan = next((each.name for each in found if each.name not in taken), None)
    return None if orphan is None else (orphan, "it belongs to no item of the record")


def _custody_differs(record: Record, item: Record) -> str | None:
    """The first line of an item's custody that is not of the event that it names, or is of another item."""
    for place, line in enumerate(item["custody"]):
        event = record["events"][line["seq"] - 1] if 0 < line["seq"] <= len(record["events"]) else None
        if event is None or event["leaf_hash"] != line["leaf_hash"]:
            return f"custody[{place}]"
        leaf, said = event["leaf"], event["said"]
        if leaf is not None and (leaf["kind"], instant(at_micros(leaf["at"]))) != (line["kind"], line["at"]):
            return f"custody[{place}]"
        if said is not None and said.get("label") != item["label"]:
            return f"custody[{place}]"
    return None


def _told_on_arrival(record: Record, item: Record) -> list[str | None]:
    """The digests that the events of an item's arrival say; None for an event whose content was erased."""
    wanted = ARRIVED[item["state"]]
    events = [each for each in record["events"] if each["leaf"] is not None and each["leaf"]["kind"] == wanted]
    erased: list[str | None] = [None for each in events if each["said"] is None]
    own = [each["said"] for each in events if (each["said"] or {}).get("label") == item["label"]]
    return [said.get("sha256") for said in own] + erased


def messages_differ(record: Record) -> Difference | None:
    """What was said, against the events that say that it was said."""
    told = [
        event["said"]
        for event in record["events"]
        if event["leaf"] is not None and event["leaf"]["kind"] == "message_posted"
    ]
    if len(told) != len(record["messages"]):
        return "case.json, messages", f"there are {len(record['messages'])}, the events tell of {len(told)}"
    for place, (said, message) in enumerate(zip(told, record["messages"], strict=True)):
        if said is not None and said.get("text") != message.get("text"):
            return f"case.json, messages[{place}]", "it is not what its event says"
    return None


def withheld(record: Record) -> int:
    """How many events the view does not tell."""
    return sum(event["leaf"] is None for event in record["events"])


def digest(content: bytes) -> str:
    """Hex SHA-256."""
    return sha256(content).hexdigest()


def _misfit(value: object, shape: Shape, path: str) -> str | None:
    """The path of the first part of *value* that is not of *shape*, or None."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or set(value) != set(shape):
            return path
        parts = ((value[name], shape[name], f"{path}.{name}" if path else name) for name in shape)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return path
        parts = ((each, shape[0], f"{path}[{place}]") for place, each in enumerate(value))
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        return None if type(value) in kinds else path
    return next((found for part in parts if (found := _misfit(*part)) is not None), None)
