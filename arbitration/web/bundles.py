"""Taking a whole case along: its export, for whoever reads it, each in its own view."""

from flask import Blueprint, Response

from arbitration.actions import export
from arbitration.domain.permissions import CASE_READERS
from arbitration.web.access import needs, party
from arbitration.web.current import current_actor, portal

bp = Blueprint("bundles", __name__)


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
