"""The published procedure as data: which track, how long each step may take, and what follows when it is missed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import yaml

from arbitration.domain.cases import Track
from arbitration.domain.standard import BEIJING

_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class DeadlineKind(StrEnum):
    """What a period is for. Its length and what follows are in the procedure's data."""

    TRIAGE = "triage"
    CURE = "cure"
    RESPONSE = "response"
    EVIDENCE = "evidence"
    ACCEPTANCE = "acceptance"
    RULING = "ruling"
    SIGNATURE = "signature"
    REVIEW = "review"
    CORRECTION = "correction"
    COMPLIANCE_ESCROW = "compliance_escrow"
    COMPLIANCE_OTHER = "compliance_other"
    APPOINTMENT = "appointment"
    COMMENT_CLAIMANT = "comment_claimant"
    COMMENT_RESPONDENT = "comment_respondent"


class Expiry(StrEnum):
    """What the clock does when nobody acted."""

    NONE = "none"
    ALERT = "alert"
    DEEM_WITHDRAWN = "deem_withdrawn"
    NOTE_DEFAULT = "note_default"
    CLOSE_RECORD = "close_record"
    LAPSE_APPOINTMENT = "lapse_appointment"
    LAPSE_RULING = "lapse_ruling"
    END_REVIEW = "end_review"
    END_COMPLIANCE = "end_compliance"
    END_COMMENT = "end_comment"


@dataclass(frozen=True)
class Rule:
    """One period of the procedure. `who` must act within `lasts[track]`; else `expiry` follows."""

    id: str
    kind: DeadlineKind
    who: str
    lasts: dict[Track, timedelta]
    expiry: Expiry


@dataclass(frozen=True)
class Procedure:
    """One version of the procedure; a case pins the version in force at its admission.

    `consultation` is the least time for which a draft of the standard lies open for comments.
    """

    version: str
    in_force: date
    calendar: str
    ceilings: dict[Track, int | None]
    rules: dict[DeadlineKind, Rule]
    consultation: timedelta

    def track_for(self, claimed_minor: int) -> Track:
        """The track for a sum claimed, in fen."""
        for track, ceiling in self.ceilings.items():
            if ceiling is None or claimed_minor <= ceiling:
                return track
        raise ValueError("the last track must have no ceiling")

    def due(self, kind: DeadlineKind, track: Track, start: datetime) -> datetime:
        """When a period of *kind* that starts at *start* ends."""
        return start + self.rules[kind].lasts[track]


def in_force_at(procedures: Iterable[Procedure], instant: datetime) -> Procedure:
    """The version by which is acted at *instant* (aware): of those whose day has begun in Beijing, the latest.

    Two that begin on one day: the higher version. Raises ValueError before the first.
    """
    day = instant.astimezone(BEIJING).date()
    begun = [procedure for procedure in procedures if procedure.in_force <= day]
    return max(begun, key=lambda procedure: (procedure.in_force, [int(part) for part in procedure.version.split(".")]))


def parse(text: str) -> Procedure:
    """Read a procedure file. It ships with the program, so a mistake in it is a ValueError at start."""
    data = yaml.safe_load(text)
    rules = [
        Rule(
            id=rule_id,
            kind=DeadlineKind(row["kind"]),
            who=row["who"],
            lasts={track: _duration(row[track]) for track in Track},
            expiry=Expiry(row["expiry"]),
        )
        for rule_id, row in data["rules"].items()
    ]
    missing = set(DeadlineKind) - {rule.kind for rule in rules}
    if missing:
        raise ValueError(f"the procedure has no rule for {', '.join(sorted(missing))}")
    return Procedure(
        version=str(data["version"]),
        in_force=data["in_force"],
        calendar=data["calendar"],
        ceilings={Track(name): row.get("claims_up_to") for name, row in data["tracks"].items()},
        rules={rule.kind: rule for rule in rules},
        consultation=_duration(data["consultation"]),
    )


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d+)(min|h|d)", text)
    if found is None:
        raise ValueError(f"not a duration: {text!r}")
    return int(found[1]) * _UNITS[found[2]]
