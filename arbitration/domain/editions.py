"""How a version of the standard comes about: drafted, consulted on in public, published for a day to come."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from arbitration.domain.errors import Conflict, Invalid, WrongState
from arbitration.domain.marked_yaml import MAX_BYTES
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role
from arbitration.domain.standard import BEIJING, Standard

MAX_CONSULTATION = timedelta(days=90)
MAX_COMMENT_CHARS = 5_000
MAX_NAME_CHARS = 80

_EDITOR = {Role.STANDARDS_EDITOR}
_VERSION_LINE = re.compile(r"^version:[ \t]*(?P<number>\d{1,6}\.\d{1,6}\.\d{1,6})?.*$", re.MULTILINE)
_IN_FORCE_LINE = re.compile(r"^in_force:.*$", re.MULTILINE)


class EditionState(StrEnum):
    """Where a draft of the standard stands. Published, it is a version; withdrawn, it is only remembered."""

    DRAFT = "draft"
    IN_CONSULTATION = "in_consultation"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class EditionAction(StrEnum):
    """What can be done with a draft of the standard; `EVENT` has the name under which each is told."""

    OPEN_CONSULTATION = "open_consultation"
    RETURN_TO_DRAFT = "return_to_draft"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


EDITION = Machine(
    "draft of the standard",
    {
        EditionAction.OPEN_CONSULTATION: move({EditionState.DRAFT}, EditionState.IN_CONSULTATION, _EDITOR),
        EditionAction.RETURN_TO_DRAFT: move({EditionState.IN_CONSULTATION}, EditionState.DRAFT, _EDITOR),
        # The operator publishes from the command line what was consulted on, as the editor does in the pages.
        EditionAction.PUBLISH: move(
            {EditionState.IN_CONSULTATION}, EditionState.PUBLISHED, {Role.STANDARDS_EDITOR, Role.SYSTEM}
        ),
        EditionAction.WITHDRAW: move(
            {EditionState.DRAFT, EditionState.IN_CONSULTATION}, EditionState.WITHDRAWN, _EDITOR
        ),
    },
)

EVENT: dict[EditionAction, str] = {
    EditionAction.OPEN_CONSULTATION: "consultation_opened",
    EditionAction.RETURN_TO_DRAFT: "consultation_ended_early",
    EditionAction.PUBLISH: "standard_published",
    EditionAction.WITHDRAW: "standard_draft_withdrawn",
}
"""What the history calls each move, in the past tense."""


def number_key(version: str) -> tuple[int, ...]:
    """What orders version numbers: 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))


def must_be_editable(state: EditionState) -> None:
    """The text of a draft changes only while nobody is asked about it. Raises WrongState."""
    if state is EditionState.IN_CONSULTATION:
        raise WrongState("The text cannot change while it is in consultation; return it to draft first.")
    if state is not EditionState.DRAFT:
        raise WrongState("The text cannot change any more: this draft is published or withdrawn.")


def must_be_keepable(text: str) -> None:
    """What may be kept as a draft is anything that could become a version once it is corrected. Raises Invalid."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Invalid("The text is larger than %(size)s KB; shorten it.", values={"size": MAX_BYTES // 1024})


def consultation_closes(opened: datetime, asked: timedelta, least: timedelta) -> datetime:
    """When a consultation *opened* (aware) for as long as *asked* ends.

    *least* is the procedure's own period. Raises Invalid for a shorter one, or a longer one than `MAX_CONSULTATION`.
    """
    if not least <= asked <= MAX_CONSULTATION:
        raise Invalid(
            "A consultation lasts %(least)s to %(most)s days.",
            values={"least": least.days, "most": MAX_CONSULTATION.days},
        )
    return opened + asked


def must_have_ended(closes_at: datetime, now: datetime) -> None:
    """A version is published only after its consultation (both aware). Raises WrongState."""
    if now < closes_at:
        raise WrongState(
            "Its consultation is open until %(end)s (Beijing time); it can be published after that.",
            values={"end": f"{closes_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"},
        )


def must_follow(standard: Standard, published: Iterable[Standard]) -> None:
    """A new version has a higher number than every published one, and begins on a later day.

    Raises Conflict where its number is taken, else Invalid.
    """
    earlier = list(published)
    if standard.version in {each.version for each in earlier}:
        raise Conflict(
            "Version %(version)s is published already and cannot be changed.", values={"version": standard.version}
        )
    for each in earlier:
        values = {"version": each.version}
        if number_key(each.version) > number_key(standard.version):
            raise Invalid("Its number must be higher than %(version)s, which is published.", values=values)
        if each.in_force >= standard.in_force:
            raise Invalid("It must come into force on a later day than version %(version)s.", values=values)


def must_not_reach_back(standard: Standard, at: datetime) -> None:
    """A version published *at* (aware) begins on a later day, in Beijing: it is never retroactive. Raises Invalid."""
    day = at.astimezone(BEIJING).date()
    if standard.in_force <= day:
        raise Invalid(
            "It must come into force after %(day)s: no version works backwards. Change in_force.",
            values={"day": day.isoformat()},
        )


def successor(text: str, version: str, in_force: date) -> str:
    """The *text* of a version as the first draft of the next one: only its number and its day are changed."""
    numbered = _VERSION_LINE.sub(f"version: {version}", text, count=1)
    return _IN_FORCE_LINE.sub(f"in_force: {in_force.isoformat()}", numbered, count=1)


def number_in(text: str) -> str | None:
    """The number that *text* gives itself, also while the rest of it cannot be read; None where there is none."""
    found = _VERSION_LINE.search(text)
    return found["number"] if found else None


def next_number(versions: Iterable[str]) -> str:
    """The number to begin the next draft with: the highest one with its middle part raised; 1.0.0 for the first."""
    highest = max(map(number_key, versions), default=None)
    return f"{highest[0]}.{highest[1] + 1}.0" if highest else "1.0.0"
