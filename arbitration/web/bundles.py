"""Taking a whole case along: its export and its bundle, for whoever reads it, each in its own view."""

from contextlib import ExitStack
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from arbitration.actions import bundle, export
from arbitration.actions.bundle import Standing
from arbitration.domain.permissions import CASE_READERS
from arbitration.store.bundle import CaseBundle
from arbitration.web.access import needs, party
from arbitration.web.case_head import open_head
from arbitration.web.current import current_actor, lang, portal
from arbitration.web.party_pages import party_of_actor

bp = Blueprint("bundles", __name__)

LOOK_AGAIN_SECONDS = 3


@bp.post("/cases/<case_no>/export")
@needs(*CASE_READERS)
def take(case_no: str) -> Response:
    """All of the case, after it was written down who takes it."""
    return _export(case_no)


@bp.post("/party/<link>/export")
@party
def take_own(link: str) -> Response:
    """What a side may have of its case, written down likewise."""
    return _export(current_actor().case_no or "")


def _export(case_no: str) -> Response:
    """The ZIP file, made while it is sent: nothing of it lies anywhere in the clear."""
    made = export.export(portal(), current_actor(), case_no)
    response = Response(made.chunks(), mimetype="application/zip")
    response.content_length = made.size
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get("/cases/<case_no>/bundle")
@needs(*CASE_READERS)
def show(case_no: str) -> Response:
    """Whether the bundle is there, being made, or older than the record."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "record")
        stands = bundle.standing(work, case_no)
        return _waiting(render_template("cases/bundle.html", head=head, stands=stands), stands)


@bp.post("/cases/<case_no>/bundle")
@needs(*CASE_READERS)
def ask(case_no: str) -> AnyResponse:
    """Have it made."""
    with portal().work(current_actor()) as work:
        bundle.ask(work, case_no)
    return redirect(url_for("bundles.show", case_no=case_no), 303)


@bp.post("/cases/<case_no>/bundle/download")
@needs(*CASE_READERS)
def download(case_no: str) -> Response:
    """The bundle as last made, after it was written down who takes it."""
    return _file(case_no)


@bp.get("/party/<link>/bundle")
@party
def show_own(link: str) -> Response:
    """The same for a side."""
    with portal().read(current_actor()) as work:
        case, side = party_of_actor(work)
        stands = bundle.standing(work, case.case_no)
        return _waiting(render_template("party/bundle.html", case=case, party=side, stands=stands), stands)


@bp.post("/party/<link>/bundle")
@party
def ask_own(link: str) -> AnyResponse:
    """Have it made."""
    with portal().work(current_actor()) as work:
        bundle.ask(work, current_actor().case_no or "")
    return redirect(url_for("bundles.show_own", link=link), 303)


@bp.post("/party/<link>/bundle/download")
@party
def download_own(link: str) -> Response:
    """A side's bundle, written down likewise."""
    return _file(current_actor().case_no or "")


def _waiting(page: str, stands: Standing) -> Response:
    response = make_response(page)
    if stands.underway:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _file(case_no: str) -> Response:
    with portal().work(current_actor()) as work:
        row = bundle.take_out(work, case_no)
    return _attachment(row)


def _attachment(row: CaseBundle) -> Response:
    """The bundle, decrypted while it is sent."""
    opened = ExitStack()
    response = Response(opened.enter_context(portal().ports.blobs.open(row.blob or "")), mimetype="application/pdf")
    response.call_on_close(opened.close)
    response.content_length = row.size or 0
    name = f"{row.case_no}-{'案卷册' if lang() == 'zh-Hans' else 'bundle'}.pdf"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{row.case_no}.pdf\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
