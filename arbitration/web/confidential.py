"""Keeping a file confidential: a party's page for the reason and the redacted copy, and the arbitrator's disclosure."""

from typing import cast

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from arbitration.actions import confidentiality
from arbitration.actions.filing import Upload
from arbitration.domain.confidentiality import MAX_REASON_CHARS
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.permissions import Role
from arbitration.web.access import needs, party
from arbitration.web.bodies import MULTIPART, FormFile, takes_files
from arbitration.web.confidential_forms import BoxesForm, ConfidentialForm, DisclosureForm
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.evidence import SANDBOX, file_response
from arbitration.web.items import LOOK_AGAIN_SECONDS
from arbitration.web.party import MAX_UPLOAD_BYTES
from arbitration.web.party_pages import party_of_actor
from arbitration.web.typed import file_name
from arbitration.web.uploads import sentence_of

bp = Blueprint("confidential", __name__)

Answer = AnyResponse | str
OF_DRAFT = "/party/<link>/evidence/<int:item>/confidential"


@bp.get(OF_DRAFT)
@party
def show(link: str, item: int) -> Answer:
    """What keeping it confidential means, the reason and the redacted copy."""
    return _page(link, item)


@bp.post(OF_DRAFT)
@party
@takes_files(MAX_UPLOAD_BYTES, MULTIPART)
def keep(link: str, item: int) -> Answer:
    """Mark it with the reason, and take the copy where one is sent."""
    form = ConfidentialForm()
    case_no = current_actor().case_no or ""
    sent = request.files.get("copy")
    field = form.reason
    try:
        with portal().work(current_actor()) as work:
            confidentiality.mark(work, case_no, item, form.reason.data or "")
        if sent is not None and sent.filename:
            field = form.copy
            upload = Upload(file_name(sent.filename), cast(FormFile, sent.stream).draft)
            confidentiality.give_copy(portal(), current_actor(), case_no, item, upload)
    except Invalid as refused:
        field.errors = [sentence_of(refused)]
        return make_response(_page(link, item, form), 422)
    except Conflict as refused:
        return _closed(link, refused)
    return _went_on(link, item)


@bp.post(f"{OF_DRAFT}/remove")
@party
def remove(link: str, item: int) -> Answer:
    """Everyone may see it after all."""
    try:
        with portal().work(current_actor()) as work:
            confidentiality.unmark(work, current_actor().case_no or "", item)
    except Conflict as refused:
        return _closed(link, refused)
    flash(gettext("The file is not confidential any more: once submitted, everyone in the case sees it."), "ok")
    return redirect(url_for("drafts.check", link=link), 303)


@bp.get(f"{OF_DRAFT}/copy")
@party
def copy(link: str, item: int) -> Response:
    """One's own redacted copy as pictures of its pages, to look at it before it counts."""
    with portal().read(current_actor()) as work:
        case, _ = party_of_actor(work)
        given = confidentiality.own_copy(work, case.case_no, item)
        pages = confidentiality.pages_of_copy(work, given.item)
        response = make_response(render_template("party/redacted_copy.html", case=case, given=given, pages=pages))
    if pages.awaited:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


@bp.get(f"{OF_DRAFT}/copy/file")
@party
def download_copy(link: str, item: int) -> Response:
    """The redacted copy as the file that it is."""
    with portal().read(current_actor()) as work:
        given = confidentiality.own_copy(work, current_actor().case_no or "", item)
    return file_response(given)


@bp.get(f"{OF_DRAFT}/copy/pages/<int:number>.png")
@party
def picture_of_copy(link: str, item: int, number: int) -> Response:
    """One page of one's own redacted copy."""
    with portal().read(current_actor()) as work:
        return _png(confidentiality.page_of_copy(work, current_actor().case_no or "", item, number))


@bp.get(f"{OF_DRAFT}/pages/<int:number>.png")
@party
def picture(link: str, item: int, number: int) -> Response:
    """One page of one's own file, to draw boxes on."""
    with portal().read(current_actor()) as work:
        return _png(confidentiality.page_to_black_out(work, current_actor().case_no or "", item, number))


def _png(drawn: bytes) -> Response:
    response = Response(drawn, mimetype="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.post(f"{OF_DRAFT}/boxes")
@party
def black_out(link: str, item: int) -> Answer:
    """Make the redacted copy with the boxes that were drawn."""
    form = BoxesForm()
    try:
        confidentiality.black_out(portal(), current_actor(), current_actor().case_no or "", item, form.boxes())
    except Invalid as refused:
        form.box.errors = [sentence_of(refused)]
        return make_response(_page(link, item, boxes=form), 422)
    except Conflict as refused:
        return _closed(link, refused)
    flash(gettext("The redacted copy is made. Look at it before you submit."), "ok")
    return redirect(url_for("confidential.show", link=link, item=item), 303)


def _went_on(link: str, item: int) -> AnyResponse:
    """To the check page once there is a copy; before that, back to where it is given."""
    with portal().read(current_actor()) as work:
        is_given = confidentiality.own_file(work, current_actor().case_no or "", item).redacted_blob is not None
    if is_given:
        flash(gettext("Saved: the other side will be given the redacted copy only."), "ok")
        return redirect(url_for("drafts.check", link=link, _anchor=f"file-{item}"), 303)
    flash(gettext("The reason is saved. A redacted copy is still missing."), "warn")
    return redirect(url_for("confidential.show", link=link, item=item), 303)


def _closed(link: str, refused: Conflict) -> AnyResponse:
    flash(explain(refused), "bad")
    return redirect(url_for("party.show", link=link), 303)


def _page(
    link: str, item: int, form: ConfidentialForm | None = None, boxes: BoxesForm | None = None
) -> AnyResponse | str:
    try:
        with portal().read(current_actor()) as work:
            case, _ = party_of_actor(work)
            row = confidentiality.own_file(work, case.case_no, item)
            pages_shown = confidentiality.pages_to_black_out(work, row)
            burnt = confidentiality.burnt_in(row)
            return render_template(
                "party/confidential.html",
                case=case,
                item=row,
                pages=pages_shown,
                boxes=boxes or BoxesForm(None),
                burnt=burnt,
                drawn=burnt if boxes is None else boxes.boxes(),
                form=form or ConfidentialForm(None, reason=row.confidential_because or ""),
                most=MAX_REASON_CHARS,
            )
    except Conflict as refused:
        return _closed(link, refused)


@bp.post("/cases/<case_no>/evidence/<label>/disclose")
@needs(Role.ARBITRATOR)
def disclose(case_no: str, label: str) -> AnyResponse:
    """Everyone in the case is given the original from now on; back to the page where the item is weighed."""
    back = redirect(url_for("admissibility.show", case_no=case_no, label=label), 303)
    try:
        with portal().work(current_actor()) as work:
            confidentiality.disclose(work, case_no, label, DisclosureForm(prefix="disclosure-").reason.data or "")
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return back
    flash(gettext("The original is disclosed; everyone in the case has been told."), "ok")
    return back
