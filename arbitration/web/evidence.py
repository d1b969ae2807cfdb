"""Evidence on the staff's desk: the list with what is known of each file, the files, and closing the record."""

from contextlib import ExitStack
from urllib.parse import quote

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext

from arbitration.actions import admissibility, closing, items
from arbitration.actions.context import get_case
from arbitration.actions.items import GivenFile
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.store import evidence as rows
from arbitration.web import case_pages as pages
from arbitration.web.access import needs
from arbitration.web.admission_pages import verdicts_shown
from arbitration.web.case_head import Step, open_head
from arbitration.web.cases import Answer, act
from arbitration.web.current import current_actor, portal
from arbitration.web.item_list import AT_ONCE, part_asked_for
from arbitration.web.late_pages import late_shown
from arbitration.web.objection_pages import objections_shown

bp = Blueprint("evidence", __name__)

SANDBOX = "sandbox; default-src 'none'"
"""Even a file that a browser was made to show runs nothing and asks for nothing."""
INERT = frozenset(
    {
        "application/pdf",
        "application/json",
        "application/zip",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/csv",
        "text/plain",
        "video/mp4",
        "video/quicktime",
    }
)
"""Types that are called by their name; whatever could act as a page (HTML, SVG, XML) is just bytes."""


@bp.get("/cases/<case_no>/evidence")
@needs(*CASE_READERS)
def index(case_no: str) -> str:
    """The items on the record or on their way there, twenty at a time."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        case = get_case(work, case_no)
        part = part_asked_for(work, case_no, lambda page: url_for("evidence.index", case_no=case_no, page=page))
        shown = rows.on_record(work.session, case_no, part.first, AT_ONCE)
        return render_template(
            "cases/evidence.html",
            head=head,
            part=part,
            items=pages.files_shown(work, case_no, part),
            verdicts=verdicts_shown(admissibility.weigh(work, case, shown)),
            objections=objections_shown(work, case),
            late=late_shown(work, case),
        )


@bp.post("/cases/<case_no>/evidence/<label>/download")
@needs(*CASE_READERS)
def download(case_no: str, label: str) -> Response:
    """A file, after it was written down who takes it: which is why this is no GET."""
    with portal().work(current_actor()) as work:
        given = items.take_out(work, case_no, label)
    return file_response(given)


def file_response(given: GivenFile) -> Response:
    """A file's bytes, decrypted as they are sent, to be saved and never shown in place."""
    opened = ExitStack()
    chunks = opened.enter_context(portal().ports.blobs.open(given.blob or ""))
    plain_type = given.media_type.partition(";")[0].strip().lower()
    response = Response(chunks, mimetype=plain_type if plain_type in INERT else "application/octet-stream")
    response.call_on_close(opened.close)
    response.content_length = given.size
    response.headers["Content-Disposition"] = _attachment(given)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _attachment(given: GivenFile) -> str:
    """The name in full (RFC 5987), and for programs that cannot read it, the item's label."""
    name = quote("-".join(filter(None, [given.label, given.name])), safe="")
    short = "-".join(filter(None, [given.item.case_no, given.label]))
    return f"attachment; filename=\"{short}\"; filename*=UTF-8''{name}"


@bp.post("/cases/<case_no>/close-record")
@needs(Role.ARBITRATOR)
def close_record(case_no: str) -> Answer:
    """The record is complete."""
    return act(
        case_no,
        Step.CLOSE_RECORD,
        None,
        lambda work: closing.close_record(work, case_no),
        gettext("The record is closed; deliberation begins."),
    )
