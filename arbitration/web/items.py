"""Reading an item of evidence: its page for staff and for parties, opening it, and its pages as pictures."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from arbitration.actions import previews
from arbitration.actions.context import Work, get_case
from arbitration.actions.objections import objections_of
from arbitration.domain.permissions import CASE_READERS
from arbitration.store import evidence
from arbitration.store.cases import Case, Party
from arbitration.web.access import needs, party
from arbitration.web.case_head import open_head
from arbitration.web.current import current_actor, portal
from arbitration.web.evidence import SANDBOX
from arbitration.web.item_pages import Asked, ItemPage, Ways, heading, item_page
from arbitration.web.late_pages import late_shown
from arbitration.web.objection_pages import ObjectionShown, objections_shown, what_to_say
from arbitration.web.party_pages import party_of_actor
from arbitration.web.typed import clean

bp = Blueprint("items", __name__)

LOOK_AGAIN_SECONDS = 3
MAX_WORDS = 100


@bp.get("/cases/<case_no>/evidence/<label>")
@needs(*CASE_READERS)
def show(case_no: str, label: str) -> Response:
    """An item, and what is in it for whoever has opened it."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        page = item_page(work, case_no, _asked(label), _ways_of_staff(case_no))
        return _answer(
            page,
            render_template(
                "cases/item.html",
                head=head,
                page=page,
                heading=heading,
                objections=_objections(work, case_no, label),
                late=late_shown(work, get_case(work, case_no)).get(label),
            ),
        )


@bp.post("/cases/<case_no>/evidence/<label>/open")
@needs(*CASE_READERS)
def open_item(case_no: str, label: str) -> AnyResponse:
    """Begin to read: that is written down first, which is why this is no GET."""
    with portal().work(current_actor()) as work:
        previews.open_items(work, case_no, _labels(label))
    return redirect(_ways_of_staff(case_no).page(label, **_beside()), 303)


@bp.get("/cases/<case_no>/evidence/<label>/pages/<int:number>.png")
@needs(*CASE_READERS)
def picture(case_no: str, label: str, number: int) -> Response:
    """One page of the preview."""
    return _picture(case_no, label, number)


@bp.get("/party/<link>/files/<label>")
@party
def of_party(link: str, label: str) -> Response:
    """An item of the record as a party reads it."""
    with portal().read(current_actor()) as work:
        case, me = party_of_actor(work)
        page = item_page(work, case.case_no, _asked(label), _ways_of_party(link))
        return _answer(
            page,
            render_template(
                "party/item.html",
                case=case,
                page=page,
                heading=heading,
                objections=_objections(work, case.case_no, label),
                say=_what_to_say(work, case, me, label),
                late=late_shown(work, case, me.side).get(label),
            ),
        )


@bp.post("/party/<link>/files/<label>/open")
@party
def open_of_party(link: str, label: str) -> AnyResponse:
    """A party begins to read; that is written down first."""
    with portal().work(current_actor()) as work:
        previews.open_items(work, current_actor().case_no or "", _labels(label))
    return redirect(_ways_of_party(link).page(label, **_beside()), 303)


@bp.get("/party/<link>/files/<label>/pages/<int:number>.png")
@party
def picture_of_party(link: str, label: str, number: int) -> Response:
    """One page of the preview."""
    return _picture(current_actor().case_no or "", label, number)


def _what_to_say(work: Work, case: Case, me: Party, label: str) -> str | None:
    item = evidence.by_label(work.session, case.case_no, label)
    against = objections_of(work, case.case_no, label)
    return what_to_say(work, case, item, against, me.side) if item is not None else None


def _objections(work: Work, case_no: str, label: str) -> list[ObjectionShown]:
    return objections_shown(work, get_case(work, case_no)).get(label, [])


def _ways_of_staff(case_no: str) -> Ways:
    return Ways(
        page=lambda label, **given: url_for("items.show", case_no=case_no, label=label, **given),
        open=lambda label: url_for("items.open_item", case_no=case_no, label=label),
        download=lambda label: url_for("evidence.download", case_no=case_no, label=label),
        picture=lambda label, number: url_for("items.picture", case_no=case_no, label=label, number=number),
    )


def _ways_of_party(link: str) -> Ways:
    return Ways(
        page=lambda label, **given: url_for("items.of_party", link=link, label=label, **given),
        open=lambda label: url_for("items.open_of_party", link=link, label=label),
        download=lambda label: url_for("party.take_out", link=link, label=label),
        picture=lambda label, number: url_for("items.picture_of_party", link=link, label=label, number=number),
    )


def _asked(label: str) -> Asked:
    beside = request.args.get("with", "")
    return Asked(
        label=label,
        beside="" if beside == label else beside,
        words=clean(request.args.get("q", ""))[:MAX_WORDS].strip(),
        starts=(_start("from"), _start("from_beside")),
    )


def _start(name: str) -> int:
    """From which row on; anything that is no number is the first."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def _beside() -> dict[str, str]:
    return {"with": request.form["with"]} if request.form.get("with") else {}


def _labels(label: str) -> list[str]:
    return [label, *_beside().values()]


def _answer(page: ItemPage, text: str) -> Response:
    """The page; while a preview is being made it looks again by itself."""
    response = make_response(text)
    if page.awaited:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _picture(case_no: str, label: str, number: int) -> Response:
    with portal().read(current_actor()) as work:
        drawn = previews.page(work, case_no, label, number)
    response = Response(drawn, mimetype="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
