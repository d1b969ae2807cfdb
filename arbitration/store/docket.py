"""Lists of cases: reads of columns whose cost does not grow with the number of cases.

Statements are made once per viewer and shape; what changes from request to request is bound when they run. Everything
starts at `visible_to`, so a list holds nothing that its viewer could not open.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Integer,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from arbitration.domain.cases import State
from arbitration.domain.evidence import ItemState
from arbitration.domain.permissions import Role
from arbitration.store.base import NEVER, Instant
from arbitration.store.cases import Case, Party, Viewer, visible_to
from arbitration.store.evidence import EvidenceItem
from arbitration.store.people import Platform
from arbitration.store.rulings import Ruling

PAGE = 50
CAP = 100
"""Counting stops here: `99+` says as much as 31,742 and costs nothing."""
LOOKED_THROUGH = 2000
"""A filter by words looks through so many cases of a view, the first in its order."""
SOON = timedelta(hours=24)
ACTS_AS = {Role.REGISTRAR: "registrar", Role.ARBITRATOR: "arbitrator", Role.PLATFORM_OFFICER: "platform"}
"""How deadlines name those readers of cases who can be on the clock."""

_CASE_NUMBER = re.compile(r"CA-?[0-9-]{0,11}")
FIRST_NUMBER = "CA-0000-000000"
LAST_NUMBER = "CA-9999-999999"
"""Numbers that begin alike lie between their beginnings continued like these, in whatever order a database sorts."""


class View(StrEnum):
    """The saved views of a docket; ALL is where the search looks."""

    OPEN = "open"
    MINE = "mine"
    SOON = "soon"
    OVERDUE = "overdue"
    SIGN = "sign"
    ENDED = "ended"
    ALL = "all"


BY_NUMBER = frozenset({View.ENDED, View.ALL})
"""Sorted by case number, the newest first; the others by their next deadline, the nearest first."""


def views_of(role: Role) -> list[View]:
    """The views that make sense for a role: who never acts has nothing to act on."""
    left_out = {View.ALL} if role is Role.ARBITRATOR else {View.ALL, View.SIGN}
    return [view for view in View if view not in left_out and (view is not View.MINE or role in ACTS_AS)]


@dataclass(frozen=True)
class Wanted:
    """Which cases: a view, narrowed by words, platform and states; empty means any."""

    view: View = View.OPEN
    words: str = ""
    platform_id: int | None = None
    states: frozenset[State] = frozenset()

    @property
    def number(self) -> str | None:
        """The beginning of a case number, when that is what the words are."""
        words = self.words.strip().upper()
        return words if _CASE_NUMBER.fullmatch(words) else None


@dataclass(frozen=True)
class Place:
    """A place beside a row: what follows it or, *before*, what comes before it."""

    due_at: datetime
    case_no: str
    before: bool = False


class Row(NamedTuple):
    """One case in a list: `defaulted` the respondent was silent, `executed` the platform reported that it complied,
    `quarantined` one of its files is. Words stay as they are stored, which costs nothing.
    """

    case_no: str
    title: str
    order_id: str
    state: str
    next_due_at: datetime
    next_who: str
    next_kind: str
    claimed_minor: int
    defaulted: bool
    executed: bool
    end_reason: str | None
    outcome: str | None
    platform: str
    claimant: str | None
    respondent: str | None
    quarantined: bool

    @property
    def due_at(self) -> datetime | None:
        """The next deadline, if there is one."""
        return None if self.next_due_at == NEVER else self.next_due_at


class Page(NamedTuple):
    """Some rows of a view, and whether there are more of it on either side."""

    rows: list[Row]
    earlier: bool
    later: bool


def page(session: Session, viewer: Viewer, wanted: Wanted, now: datetime, place: Place | None = None) -> Page:
    """Fifty cases of a view, in its order, on one side of *place*."""
    before = place is not None and place.before
    statement = _page_statement(viewer, _shape(wanted), place is not None, before)
    found = session.connection().execute(statement, _values(wanted, now, place)).all()
    rows = [Row._make(row) for row in found[:PAGE]]
    more = len(found) > PAGE
    if before:
        return Page(rows[::-1], earlier=more, later=True)
    return Page(rows, earlier=place is not None, later=more)


def counts(session: Session, viewer: Viewer, now: datetime) -> dict[View, int]:
    """How many cases each view of *viewer* holds, up to `CAP`; without ENDED, which only grows."""
    views, statement = _counts_statement(viewer)
    row = session.connection().execute(statement, _values(Wanted(), now, None)).one()
    return dict(zip(views, row, strict=True))


def saw_all(session: Session, viewer: Viewer, wanted: Wanted, now: datetime) -> bool:
    """Whether a filter by words looked through every case of its view."""
    if not wanted.words or wanted.number:
        return True
    most = _scope(viewer, replace(_shape(wanted), words="")).with_only_columns(Case.case_no).limit(LOOKED_THROUGH + 1)
    statement = select(func.count()).select_from(most.subquery())
    return int(session.connection().execute(statement, _values(wanted, now, None)).scalar_one()) <= LOOKED_THROUGH


def platforms(session: Session, viewer: Viewer) -> list[tuple[int, str]]:
    """The platforms that *viewer* can choose between; none for whoever sees only one."""
    if viewer.platform_id is not None:
        return []
    return [(row.id, row.name) for row in session.connection().execute(_PLATFORMS)]


_PLATFORMS = select(Platform.id, Platform.name).order_by(Platform.id)


def _shape(wanted: Wanted) -> Wanted:
    """What of a wish makes its statement; the values are bound later. The same for all words, the same for all ids."""
    words = "" if not wanted.words else "CA-" if wanted.number else "words"
    return replace(wanted, words=words, platform_id=None if wanted.platform_id is None else 0)


def _values(wanted: Wanted, now: datetime, place: Place | None) -> dict[str, Any]:
    number = wanted.number or ""
    escaped = re.sub(r"([\\%_])", r"\\\1", wanted.words.strip())
    return {
        "now": now,
        "soon": now + SOON,
        "platform_id": wanted.platform_id,
        "number": number + FIRST_NUMBER[len(number) :],
        "number_end": number + LAST_NUMBER[len(number) :],
        "pattern": f"%{escaped}%",
        "place_next_due_at": place.due_at if place else None,
        "place_case_no": place.case_no if place else None,
    }


def _scope(viewer: Viewer, shape: Wanted) -> Select[Case]:
    """All cases of a view, of whatever platform and state were asked for."""
    scope = _view(viewer, shape.view)
    if shape.platform_id is not None:
        scope = scope.where(Case.platform_id == bindparam("platform_id"))
    if shape.states:
        scope = scope.where(Case.state.in_(sorted(shape.states)))
    return scope


def _view(viewer: Viewer, view: View) -> Select[Case]:
    scope = visible_to(viewer)
    if view is View.ALL:
        return scope
    if view is View.ENDED:
        return scope.where(Case.ended_at.is_not(None))
    scope = scope.where(Case.ended_at.is_(None))
    match view:
        case View.MINE if viewer.role is Role.ARBITRATOR:
            # Written as an expression, so that SQLite walks this arbitrator's few cases and not all arbitrators' turns.
            return scope.where(Case.next_who.concat("") == ACTS_AS[viewer.role])
        case View.MINE:
            return scope.where(Case.next_who == ACTS_AS.get(viewer.role, ""))
        case View.SOON:
            return scope.where(Case.next_due_at >= _NOW, Case.next_due_at < bindparam("soon", type_=Instant))
        case View.OVERDUE:
            return scope.where(Case.next_due_at < _NOW)
        case View.SIGN:
            prepared = select(Ruling.case_no).where(_IS_PREPARED, Ruling.arbitrator == viewer.actor_id)
            return scope.where(Case.case_no.in_(prepared))
        case _:
            return scope


_NOW = bindparam("now", type_=Instant)
_IS_PREPARED = text("ruling.state = 'prepared'")
"""In the words of the partial index, which SQLite only uses when it can read the state in the statement."""


def _party(role: Role) -> ScalarSelect[str]:
    """A side's name, read for each row of the page, so that the cases' own index gives the order."""
    return select(Party.display_name).where(Party.case_no == Case.case_no, Party.role == role).scalar_subquery()


_COLUMNS: tuple[Any, ...] = (
    Case.case_no,
    Case.title,
    Case.order_id,
    type_coerce(Case.state, Text),
    Case.next_due_at,
    Case.next_who,
    Case.next_kind,
    Case.claimed_minor,
    type_coerce(Case.defaulted_at.is_not(None), Integer),
    type_coerce(Case.executed_at.is_not(None), Integer),
    Case.end_reason,
    type_coerce(Case.outcome, Text),
    select(Platform.name).where(Platform.id == Case.platform_id).scalar_subquery(),
    _party(Role.CLAIMANT),
    _party(Role.RESPONDENT),
    type_coerce(
        exists().where(EvidenceItem.case_no == Case.case_no, EvidenceItem.state == ItemState.QUARANTINED), Integer
    ),
)
_PATTERN: BindParameter[str] = bindparam("pattern", type_=Text)


@lru_cache(maxsize=1024)
def _page_statement(viewer: Viewer, shape: Wanted, placed: bool, before: bool) -> Select[Any]:
    key = (Case.case_no,) if shape.view in BY_NUMBER else (Case.next_due_at, Case.case_no)
    downwards = (shape.view in BY_NUMBER) is not before
    order = [column.desc() if downwards else column.asc() for column in key]
    statement = _scope(viewer, shape)
    if shape.words == "CA-":
        statement = statement.where(Case.case_no.between(bindparam("number"), bindparam("number_end")))
    elif shape.words:
        first = statement.with_only_columns(Case.case_no).order_by(*order).limit(LOOKED_THROUGH)
        statement = select(Case).where(Case.case_no.in_(first), _says(viewer))
    if placed:
        place = tuple_(*(bindparam(f"place_{column.key}", type_=column.type) for column in key))
        here = tuple_(*key)
        statement = statement.where(here < place if downwards else here > place)
    return statement.with_only_columns(*_COLUMNS).order_by(*order).limit(PAGE + 1)


def _says(viewer: Viewer) -> Any:
    """The words stand in the case's title, order or number, or in a side's name."""
    named = exists().where(Party.case_no == Case.case_no, Party.display_name.ilike(_PATTERN, escape="\\"))
    columns = (Case.title, Case.order_id, Case.case_no)
    return or_(*(column.ilike(_PATTERN, escape="\\") for column in columns), named)


@lru_cache(maxsize=1024)
def _counts_statement(viewer: Viewer) -> tuple[list[View], Select[Any]]:
    views: list[View] = [view for view in views_of(viewer.role) if view is not View.ENDED]
    capped = [_view(viewer, view).with_only_columns(Case.case_no).limit(CAP).subquery() for view in views]
    return views, select(*(select(func.count()).select_from(each).scalar_subquery() for each in capped))
