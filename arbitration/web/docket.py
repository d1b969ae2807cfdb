"""The docket: saved views of the cases that one may see, filtered as one types, paged by place, exported as CSV."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask_babel import LazyString, lazy_gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from arbitration.domain.cases import STAGES as STAGE_STATES
from arbitration.domain.money import format_cny
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.store import docket
from arbitration.store.base import NEVER, from_micros, to_micros
from arbitration.store.docket import CAP, LOOKED_THROUGH, Place, Row, View, Wanted
from arbitration.web.access import needs
from arbitration.web.current import current_actor, lang, now, portal
from arbitration.web.formats import beijing, beijing_word, iso, relative, urgency
from arbitration.web.typed import clean
from arbitration.web.wording import STAGES, STATES, WHO, Following, gettext, spoken

bp = Blueprint("docket", __name__)

_PLACE = re.compile(r"(\d{1,18})\.(CA-\d{4}-\d{6})")
_STATES_OF = dict(STAGE_STATES)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
MAX_WORDS = 100
BOM = "\ufeff"
"""Tells spreadsheet programs that the file is UTF-8."""

TITLES = {
    Role.REGISTRAR: lazy_gettext("All cases"),
    Role.ARBITRATOR: lazy_gettext("My docket"),
    Role.PLATFORM_OFFICER: lazy_gettext("Our cases"),
    Role.CHAIR: lazy_gettext("All cases"),
    Role.AUDITOR: lazy_gettext("All cases"),
}

VIEWS: dict[View, LazyString] = {
    View.OPEN: lazy_gettext("All open"),
    View.MINE: lazy_gettext("Needs my action"),
    View.SOON: lazy_gettext("Due within 24 h"),
    View.OVERDUE: lazy_gettext("Overdue"),
    View.SIGN: lazy_gettext("To sign"),
    View.ENDED: lazy_gettext("Ended"),
}

EMPTY: dict[View, tuple[str, LazyString, LazyString]] = {
    View.OPEN: (
        "inbox",
        lazy_gettext("No open cases"),
        lazy_gettext("A dispute appears here as soon as a platform has escalated it."),
    ),
    View.MINE: (
        "circle-check",
        lazy_gettext("Nothing waits for you"),
        lazy_gettext("A case appears here when the next deadline in it is yours."),
    ),
    View.SOON: (
        "clock",
        lazy_gettext("Nothing is due within 24 hours"),
        lazy_gettext("All other deadlines are later, or have passed: those are under Overdue."),
    ),
    View.OVERDUE: (
        "circle-check",
        lazy_gettext("Nothing is overdue"),
        lazy_gettext("A case appears here when its next deadline has passed."),
    ),
    View.SIGN: (
        "writing-sign",
        lazy_gettext("Nothing to sign"),
        lazy_gettext("A ruling appears here once you have prepared it for signature."),
    ),
    View.ENDED: (
        "archive",
        lazy_gettext("No case has ended yet"),
        lazy_gettext("Closed, withdrawn and rejected cases stay readable here."),
    ),
}
"""Icon, title and reason of a view with nothing in it."""
EMPTY_FOR_ARBITRATOR = lazy_gettext("A case appears here as soon as the registrar asks you to sit in it.")


@dataclass(frozen=True)
class Tab:
    """A saved view as a link."""

    url: str
    label: str
    count: str | None
    current: bool
    bad: bool = False


class Select(NamedTuple):
    """One of the filter's lists."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


class RowShown(NamedTuple):
    """One case as a row of the list, in the reader's words."""

    url: str
    case_no: str
    title: str
    platform: str
    claimant: str
    respondent: str
    urgency: str
    due_iso: str
    due_in: str
    due_on: str
    action: str
    state: str
    state_label: str
    amount: str
    flags: list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """What the address asks for; `query` is the part of it that all pages of the list share."""

    wanted: Wanted
    stage: str
    place: Place | None

    @property
    def query(self) -> dict[str, str]:
        given = {
            "view": self.wanted.view.value,
            "filter": self.wanted.words,
            "platform": str(self.wanted.platform_id or ""),
            "stage": self.stage,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def filtered(self) -> bool:
        return bool(self.wanted.words or self.wanted.platform_id or self.stage)


@bp.get("/docket")
@needs(*CASE_READERS)
def index() -> str:
    """One view, one page of it."""
    actor = current_actor()
    asked = _asked()
    with portal().read(actor) as work:
        found = docket.page(work.session, actor.viewer, asked.wanted, now(), asked.place)
        counted = docket.counts(work.session, actor.viewer, now())
        platforms = docket.platforms(work.session, actor.viewer)
        saw_all = docket.saw_all(work.session, actor.viewer, asked.wanted, now())
    return render_template(
        "docket/index.html",
        title=TITLES[actor.role],
        summary=_summary(counted),
        tabs=_tabs(asked, counted),
        asked=asked,
        selects=_selects(asked, platforms),
        rows=_shown(found.rows, actor.role),
        empty=_empty(asked.wanted.view, actor.role),
        looked_through=None if saw_all else LOOKED_THROUGH,
        earlier_url=_beside(asked, found.rows[0], before=True) if found.earlier and found.rows else None,
        later_url=_beside(asked, found.rows[-1], before=False) if found.later and found.rows else None,
        export_url=f"{url_for('docket.export')}?{urlencode(asked.query)}",
        clear_url=url_for("docket.index", view=asked.wanted.view.value),
    )


@bp.get("/docket.csv")
@needs(*CASE_READERS)
def export() -> Response:
    """The whole view as a table for spreadsheet programs."""
    asked = _asked()
    lines = stream_with_context(_csv(asked.wanted))
    response = Response(lines, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"docket-{asked.wanted.view.value}.csv")
    return response


@bp.get("/search")
@needs(*CASE_READERS)
def search() -> AnyResponse | str:
    """Any case that one may see, open or ended; a whole case number leads straight to it."""
    actor = current_actor()
    wanted = Wanted(View.ALL, words=_words("q"))
    rows: list[Row] = []
    saw_all = True
    if wanted.words:
        with portal().read(actor) as work:
            rows = docket.page(work.session, actor.viewer, wanted, now()).rows
            saw_all = docket.saw_all(work.session, actor.viewer, wanted, now())
    if len(rows) == 1 and rows[0].case_no == wanted.number:
        return redirect(url_for("cases.overview", case_no=rows[0].case_no), 303)
    return render_template(
        "docket/search.html",
        words=wanted.words,
        rows=_shown(rows, actor.role),
        full=len(rows) == docket.PAGE,
        looked_through=None if saw_all else LOOKED_THROUGH,
    )


def _asked() -> Asked:
    """The address, read kindly: what makes no sense there is left out."""
    args = request.args
    role = current_actor().role
    view = next((view for view in docket.views_of(role) if view.value == args.get("view")), View.OPEN)
    platform = args.get("platform", "")
    stage = args.get("stage", "") if args.get("stage") in _STATES_OF else ""
    return Asked(
        wanted=Wanted(
            view=view,
            words=_words("filter"),
            platform_id=int(platform) if re.fullmatch(r"[1-9]\d{0,8}", platform) else None,
            states=_STATES_OF.get(stage, frozenset()),
        ),
        stage=stage,
        place=_place("after") or _place("before"),
    )


def _place(name: str) -> Place | None:
    found = _PLACE.fullmatch(request.args.get(name, ""))
    if found is None or int(found[1]) > to_micros(NEVER):
        return None
    return Place(from_micros(int(found[1])), found[2], before=name == "before")


def _words(name: str) -> str:
    return clean(request.args.get(name)).strip()[:MAX_WORDS]


def _beside(asked: Asked, row: Row, *, before: bool) -> str:
    place = f"{to_micros(row.next_due_at)}.{row.case_no}"
    return f"{url_for('docket.index')}?{urlencode({**asked.query, 'before' if before else 'after': place})}"


def _count(number: int) -> str:
    return str(number) if number < CAP else f"{CAP - 1}+"


def _summary(counted: dict[View, int]) -> str:
    number, late = counted[View.OPEN], counted[View.OVERDUE]
    if not number:
        return gettext("No case is open.")
    opened = ngettext("%(count)s case is open.", "%(count)s cases are open.", number, count=_count(number))
    if not late:
        return gettext("%(opened)s None is past its deadline.", opened=opened)
    return opened + ngettext(
        " %(count)s is past its deadline.", " %(count)s are past their deadline.", late, count=_count(late)
    )


def _tabs(asked: Asked, counted: dict[View, int]) -> list[Tab]:
    base = url_for("docket.index")
    return [
        Tab(
            url=f"{base}?{urlencode({**asked.query, 'view': view.value})}",
            label=spoken(VIEWS)[view],
            count=_count(counted[view]) if view in counted else None,
            current=view is asked.wanted.view,
            bad=view is View.OVERDUE and counted[view] > 0,
        )
        for view in docket.views_of(current_actor().role)
    ]


def _selects(asked: Asked, platforms: list[tuple[int, str]]) -> list[Select]:
    stages = list(spoken(STAGES).items())
    found = [Select("stage", gettext("Stage"), [("", gettext("Any stage")), *stages], asked.stage)]
    if len(platforms) > 1:
        options = [("", gettext("All platforms")), *((str(number), name) for number, name in platforms)]
        found.insert(0, Select("platform", gettext("Platform"), options, str(asked.wanted.platform_id or "")))
    return found


def _empty(view: View, role: Role) -> tuple[str, str, str]:
    icon, title, why = EMPTY[view]
    if role is Role.ARBITRATOR and view is View.OPEN:
        why = EMPTY_FOR_ARBITRATOR
    return icon, str(title), str(why)


def _shown(rows: list[Row], role: Role) -> list[RowShown]:
    """All rows of a page; what they share is looked up once."""
    language, time, states, next_of = lang(), now(), spoken(STATES), Following(docket.ACTS_AS.get(role))
    shown = []
    for row in rows:
        due_at = row.due_at
        shown.append(
            RowShown(
                url=f"/cases/{row.case_no}",
                case_no=row.case_no,
                title=row.title,
                platform=row.platform,
                claimant=row.claimant or "—",
                respondent=row.respondent or "—",
                urgency=urgency(due_at, time),
                due_iso=iso(due_at) if due_at else "",
                due_in=relative(due_at, time, language) if due_at else "",
                due_on=beijing_word(due_at, language, short=True) if due_at else "",
                action=next_of(row.state, row.next_who, row.next_kind, row.end_reason, row.outcome),
                state=row.state,
                state_label=states[row.state],
                amount=format_cny(row.claimed_minor) if row.claimed_minor else "—",
                flags=_flags(row),
            )
        )
    return shown


FLAGS: dict[str, LazyString] = {
    "defaulted": lazy_gettext("Default noted"),
    "quarantined": lazy_gettext("File quarantined"),
    "executed": lazy_gettext("Execution reported"),
}


def _flags(row: Row) -> list[tuple[str, str]]:
    flags = []
    if row.defaulted:
        flags.append(("warn", spoken(FLAGS)["defaulted"]))
    if row.quarantined:
        flags.append(("bad", spoken(FLAGS)["quarantined"]))
    if row.executed and row.next_kind.startswith("compliance"):
        flags.append(("info", spoken(FLAGS)["executed"]))
    return flags


def _csv(wanted: Wanted) -> Iterator[str]:
    """Line by line, page by page, so that the longest docket takes no more memory than the shortest."""
    yield BOM + _line(
        [
            gettext("Case no."),
            gettext("Title"),
            gettext("Platform"),
            gettext("Order no."),
            gettext("Claimant"),
            gettext("Respondent"),
            gettext("State"),
            gettext("Next action"),
            gettext("By whom"),
            gettext("Deadline (Beijing time)"),
            gettext("Deadline (UTC)"),
            gettext("In dispute (CNY)"),
        ]
    )
    place = None
    while True:
        with portal().read(current_actor()) as work:
            found = docket.page(work.session, work.actor.viewer, wanted, now(), place)
        for row in found.rows:
            yield _line(_cells(row))
        if not found.later:
            return
        place = Place(found.rows[-1].next_due_at, found.rows[-1].case_no)


def _cells(row: Row) -> list[str]:
    return [
        row.case_no,
        row.title,
        row.platform,
        row.order_id,
        row.claimant or "",
        row.respondent or "",
        spoken(STATES)[row.state],
        Following(None)(row.state, row.next_who, row.next_kind, row.end_reason, row.outcome),
        spoken(WHO).get(row.next_who, ""),
        beijing(row.due_at, lang()) if row.due_at else "",
        iso(row.due_at) if row.due_at else "",
        f"{row.claimed_minor // 100}.{row.claimed_minor % 100:02}",
    ]


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_inert(cell) for cell in cells])
    return buffer.getvalue()


def _inert(cell: str) -> str:
    """A cell that a spreadsheet program would take for a formula is made a text by an apostrophe."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
