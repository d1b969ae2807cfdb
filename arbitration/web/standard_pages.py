"""The standard as pages show it: clauses, what one version changes in another, drafts and what is said to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, gettext, lazy_gettext

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Clause, Floor
from arbitration.domain.editions import EditionState
from arbitration.domain.explanation import PARTY_WORDS
from arbitration.domain.standard import Standard
from arbitration.domain.standard_diff import ClauseChange, Direction, FloorChange, Part, Run, StandardDiff, words
from arbitration.domain.vocabulary import Remedy
from arbitration.store.standard import StandardDraft
from arbitration.web.current import lang, said
from arbitration.web.words import REMEDIES, SEVERITIES

PARTS: dict[Part, LazyString] = {
    Part.TITLE: lazy_gettext("title"),
    Part.TEXT: lazy_gettext("text"),
    Part.SEVERITY: lazy_gettext("severity"),
    Part.BINDS: lazy_gettext("who must keep it"),
    Part.FLOORS: lazy_gettext("the floors it names"),
    Part.BURDEN: lazy_gettext("who proves what"),
    Part.TEST: lazy_gettext("when it is met"),
    Part.REMEDIES: lazy_gettext("remedies"),
    Part.BASIS: lazy_gettext("basis in law"),
    Part.WORDS: lazy_gettext("the words of its result"),
}
"""What of a clause a new version changes."""
DIRECTIONS: dict[Direction, tuple[str, LazyString]] = {
    Direction.STRICTER: ("ok", lazy_gettext("Stricter")),
    Direction.LAXER: ("warn", lazy_gettext("Laxer")),
    Direction.NEUTRAL: ("plain", lazy_gettext("Neither stricter nor laxer")),
}
"""Tone and label of a change of a floor."""
STATES: dict[EditionState, tuple[str, LazyString, str]] = {
    EditionState.DRAFT: ("plain", lazy_gettext("Draft"), "pencil"),
    EditionState.IN_CONSULTATION: ("info", lazy_gettext("In consultation"), "message-dots"),
    EditionState.PUBLISHED: ("ok", lazy_gettext("Published"), "circle-check"),
    EditionState.WITHDRAWN: ("plain", lazy_gettext("Withdrawn"), "circle-off"),
}
"""Tone, label and icon of a draft's state."""


@dataclass(frozen=True)
class ClauseShown:
    """One clause in the reader's language, and the other language beside it."""

    id: str
    title: str
    text: str
    other_lang: str
    other_title: str
    other_text: str
    severity: str
    severity_label: str
    binds_label: str
    floors: list[tuple[str, str]]
    burden: list[tuple[str, str]]
    basis: list[str]
    remedies: list[str]
    sha256: str


@dataclass(frozen=True)
class ChapterShown:
    id: str
    title: str
    clauses: list[ClauseShown]


@dataclass(frozen=True)
class Woven:
    """One text of a clause in one language, old and new woven together."""

    lang: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class ChangeShown:
    """One changed clause: which parts, and those that are texts word by word."""

    id: str
    title: str
    parts: str
    texts: list[Woven]


@dataclass(frozen=True)
class FloorShown:
    """One changed floor; '' where one of the versions has none."""

    label: str
    before: str
    after: str
    tone: str
    direction: str


@dataclass(frozen=True)
class DiffShown:
    """What *after* changes in *before*, both version numbers."""

    before: str
    after: str
    added: list[tuple[str, str]]
    removed: list[tuple[str, str]]
    changed: list[ChangeShown]
    floors: list[FloorShown]
    nothing: bool


@dataclass(frozen=True)
class DraftShown:
    """A draft at the head of its page or in a list. `is_open`: comments are taken now."""

    id: int
    number: str
    tone: str
    state_label: str
    icon: str
    changed_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool
    sha256: str


def draft_shown(draft: StandardDraft, now: datetime) -> DraftShown:
    """A draft as lists and pages name it."""
    tone, label, icon = STATES[draft.state]
    in_time = draft.closes_at is not None and now < draft.closes_at
    return DraftShown(
        id=draft.id,
        number=draft.number or "—",
        tone=tone,
        state_label=str(label),
        icon=icon,
        changed_at=draft.changed_at,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        is_open=draft.state is EditionState.IN_CONSULTATION and in_time,
        sha256=draft.sha256,
    )


def chapters(standard: Standard) -> list[ChapterShown]:
    """The whole text, as the page shows it."""
    return [
        ChapterShown(chapter.id, said(chapter.title), [_clause(standard, each) for each in clauses])
        for chapter in standard.chapters
        if (clauses := standard.in_chapter(chapter.id))
    ]


def _clause(standard: Standard, clause: Clause) -> ClauseShown:
    chinese = lang() == "zh-Hans"
    facts = {fact.name: fact.label for fact in standard.facts}
    title, other_title = _both(clause.title)
    text, other_text = _both(clause.text)
    return ClauseShown(
        id=clause.id,
        title=title,
        text=text,
        other_lang="en" if chinese else "zh-Hans",
        other_title=other_title,
        other_text=other_text,
        severity=clause.severity,
        severity_label=str(SEVERITIES[clause.severity]),
        binds_label=gettext(", ").join(said(PARTY_WORDS[who]) for who in clause.binds),
        floors=[(said(floor.label), _value(floor)) for floor in map(standard.floor, clause.floors)],
        burden=[(said(facts[proof.fact]), said(PARTY_WORDS[proof.by])) for proof in clause.proof],
        basis=[_article(basis.name, basis.article) for basis in clause.basis],
        remedies=[str(REMEDIES[Remedy(remedy)]) for remedy in clause.remedies],
        sha256=clause.text_sha256,
    )


def diff_shown(before: Standard, after: Standard, found: StandardDiff) -> DiffShown:
    """All that differs, in the reader's language; changed texts in both."""
    return DiffShown(
        before=before.version,
        after=after.version,
        added=_named(found.added),
        removed=_named(found.removed),
        changed=[_change(each) for each in found.changed],
        floors=[_floor(each) for each in found.floors],
        nothing=found.nothing,
    )


def _change(change: ClauseChange) -> ChangeShown:
    pairs = [
        (language, getattr(getattr(change.before, part), name), getattr(getattr(change.after, part), name))
        for part in (Part.TITLE, Part.TEXT)
        if part in change.parts
        for language, name in (("zh-Hans", "zh"), ("en", "en"))
    ]
    return ChangeShown(
        id=change.after.id,
        title=said(change.after.title),
        parts=gettext(", ").join(str(PARTS[part]) for part in change.parts),
        texts=[Woven(language, words(old, new)) for language, old, new in pairs if old != new],
    )


def _floor(change: FloorChange) -> FloorShown:
    tone, direction = DIRECTIONS[change.direction]
    return FloorShown(
        label=said(change.label),
        before=_value(change.before) if change.before else "",
        after=_value(change.after) if change.after else "",
        tone=tone,
        direction=str(direction),
    )


def _named(clauses: Sequence[Clause]) -> list[tuple[str, str]]:
    return [(clause.id, said(clause.title)) for clause in clauses]


def _value(floor: Floor) -> str:
    return said(floor.value)


def _both(both: Bilingual) -> tuple[str, str]:
    return (both.zh, both.en) if lang() == "zh-Hans" else (both.en, both.zh)


def _article(law: Bilingual, number: str) -> str:
    return gettext("%(law)s, article %(number)s", law=said(law), number=number)
