"""What the pages show of an item's custody: its events, its trusted time, and what is like it in other cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from arbitration.domain.custody import CustodyEvent
from arbitration.store.duplicates import Duplicate
from arbitration.web.current import lang, said
from arbitration.web.event_words import event_mark
from arbitration.web.formats import beijing
from arbitration.web.wording import gettext, spoken
from arbitration.web.words import ROLES


@dataclass(frozen=True)
class CustodyLine:
    """One event, as the macro `custody` wants it; `name` is empty where the reader may not know it."""

    at: datetime
    what: str
    role: str
    name: str
    icon: str
    leaf_hash: str


@dataclass(frozen=True)
class DuplicateShown:
    """A sentence about an item elsewhere, its case and label as a link."""

    sentence: str
    where: str
    url: str
    tone: str


def custody_lines(events: Iterable[CustodyEvent]) -> list[CustodyLine]:
    """An item's custody in the reader's language."""
    return [
        CustodyLine(
            each.at, said(each.what), spoken(ROLES)[each.role], each.name, event_mark(each.kind)[0], each.leaf_hash
        )
        for each in events
    ]


def stamped_badge(at: datetime | None) -> tuple[str, str, str]:
    """Whether the digest carries a trusted time, and since when."""
    if at is None:
        return "plain", gettext("No trusted time yet"), "clock"
    when = beijing(at, lang(), short=True)
    return "ok", gettext("Digest and trusted time since %(time)s", time=when), "clock-check"


def erased_sentence(at: datetime, because: str) -> str:
    """What stands where an erased file stood."""
    return gettext("Erased on %(time)s because: %(reason)s", time=beijing(at, lang()), reason=because)


def duplicates_shown(found: Sequence[Duplicate], case_no: str) -> list[DuplicateShown]:
    """Where else an item, or something like it, was filed, and by whom."""
    return [
        DuplicateShown(
            _like(each),
            each.other_label if each.other_case_no == case_no else f"{each.other_case_no} · {each.other_label}",
            url_for("evidence.index", case_no=each.other_case_no, at=each.other_label, _anchor=each.other_label),
            "warn" if each.same else "info",
        )
        for each in found
    ]


def _like(each: Duplicate) -> str:
    role = spoken(ROLES)[each.other_submitted_by]
    if each.same:
        return gettext("The same file, filed by: %(role)s", role=role)
    return gettext("A picture that looks alike, filed by: %(role)s", role=role)
