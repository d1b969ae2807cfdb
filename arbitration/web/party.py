"""A party's own page, by its link and access code: how the case stands, what it can do, its files and the ruling."""

from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from arbitration.actions import filing, items, people, signing
from arbitration.actions.context import PUBLIC
from arbitration.actions.filing import Upload
from arbitration.domain.errors import Conflict, Invalid, NotFound
from arbitration.domain.evidence import MAX_FILE_BYTES, MAX_FILES_AT_ONCE, MAX_SIDE_BYTES, MEDIA_TYPES, Kind
from arbitration.store import cases as case_rows
from arbitration.store import evidence as evidence_rows
from arbitration.web import party_pages as pages
from arbitration.web import sessions
from arbitration.web.access import party, public
from arbitration.web.bodies import BUSY_SECONDS, MULTIPART, FormFile, takes_files
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.evidence import file_response
from arbitration.web.evidence_words import KINDS
from arbitration.web.late_pages import late_notice
from arbitration.web.party_forms import ACTS, DO, Act, CodeForm, TextForm, UploadForm
from arbitration.web.rulings import signed_file
from arbitration.web.typed import file_name

bp = Blueprint("party", __name__, url_prefix="/party/<link>")

MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 1024 * 1024
"""One form with its files; the rest is for what stands around them."""
ACT = f"<any({', '.join(act for act in DO)}):act>"


@bp.get("")
@party
def show(link: str) -> str:
    """The party's page."""
    with portal().read(current_actor()) as work:
        return render_template("party/page.html", page=pages.party_page(work))


@bp.route("/enter", methods=["GET", "POST"])
@public
def enter(link: str) -> AnyResponse | tuple[str, int] | str:
    """Prove oneself by the access code that belongs to the link."""
    if current_user.is_authenticated and current_user.link == link:
        return redirect(url_for("party.show", link=link), 303)
    with portal().read(PUBLIC) as work:
        if "\0" in link or case_rows.party_by_link(work.session, link) is None:
            raise NotFound("This link leads nowhere.")
    form = CodeForm()
    if not form.is_submitted():
        return render_template("party/enter.html", form=form)
    if form.validate():
        with portal().work(PUBLIC) as work:
            actor = people.enter_by_link(work, link=link, code=form.code.data, address=request.remote_addr or "")
        if actor is not None:
            sessions.sign_in(actor, link)
            return redirect(url_for("party.show", link=link), 303)
        form.code.errors = [gettext("This is not the code that belongs to this link. Compare it letter by letter.")]
    return render_template("party/enter.html", form=form), 422


@bp.post("/sign-out")
@party
def leave(link: str) -> AnyResponse:
    """End the session of this browser."""
    sessions.sign_out()
    return redirect(url_for("party.enter", link=link), 303)


@bp.get(f"/{ACT}")
@party
def act(link: str, act: str) -> AnyResponse | str:
    """One step, said in plain words before it is taken."""
    wanted = Act(act)
    with portal().read(current_actor()) as work:
        case, shown = pages.act_shown(work, wanted)
        asked = pages.cure_request(work) if wanted is Act.CURE else None
        meter = pages.meter_of_act(work, wanted)
    if shown is None:
        flash(gettext("This step is not open now: %(step)s", step=ACTS[wanted].label), "warn")
        return redirect(url_for("party.show", link=link), 303)
    return render_template(
        "party/act.html",
        case=case,
        act=shown,
        words=ACTS[wanted],
        asked=asked,
        meter=meter,
        form=TextForm(),
        closed=None,
    )


@bp.post(f"/{ACT}")
@party
def do(link: str, act: str) -> AnyResponse | tuple[str, int]:
    """Take the step. If it is not open any more, what was written stays on the page."""
    wanted = Act(act)
    words = ACTS[wanted]
    form = TextForm()
    closed = None
    if form.validate():
        try:
            with portal().work(current_actor()) as work:
                DO[wanted](work, current_actor().case_no or "", form.text.data)
        except Invalid as refused:
            form.text.errors = [explain(refused)]
        except Conflict:
            closed = gettext("This step is not open any more. Nothing was sent; what you wrote is below.")
        else:
            flash(str(words.done), "ok")
            return redirect(url_for("party.show", link=link), 303)
    with portal().read(current_actor()) as work:
        case, shown = pages.act_shown(work, wanted)
        asked = pages.cure_request(work) if wanted is Act.CURE else None
        meter = pages.meter_of_act(work, wanted)
    page = render_template(
        "party/act.html", case=case, act=shown, words=words, asked=asked, meter=meter, form=form, closed=closed
    )
    return page, 409 if closed else 422


@bp.get("/evidence")
@party
def files(link: str) -> AnyResponse | str:
    """Files chosen so far, to be checked before they count, and the form for more."""
    with portal().read(current_actor()) as work:
        _, shown = pages.filing_shown(work)
    if shown is None:
        flash(gettext("Nothing more can be filed in this case now."), "warn")
        return redirect(url_for("party.show", link=link), 303)
    return files_page(UploadForm())


@bp.post("/evidence")
@party
@takes_files(MAX_UPLOAD_BYTES, MULTIPART)
def add_files(link: str) -> AnyResponse | tuple[str, int]:
    """Several files into the draft; they count when they are submitted."""
    form = UploadForm()
    if form.validate():
        try:
            form.files.errors = _take(Kind(form.kind.data), _sent_files())
        except Conflict as refused:
            return _closed(link, refused)
        if not form.files.errors:
            return redirect(url_for("party.files", link=link), 303)
    return files_page(form), 422


def _closed(link: str, refused: Conflict) -> AnyResponse:
    """The case went on meanwhile: its page says how it stands now."""
    flash(explain(refused), "bad")
    return redirect(url_for("party.show", link=link), 303)


def _sent_files() -> list[Upload]:
    """The files of the form, which are drafts of the store by now."""
    files = [file for file in request.files.getlist("files") if file.filename]
    return [Upload(file_name(file.filename), cast(FormFile, file.stream).draft) for file in files]


def _take(kind: Kind, sent: list[Upload]) -> list[str]:
    """Put each file into the draft; what was wrong with those that are not taken. The others stay."""
    if not sent:
        return [gettext("Choose at least one file.")]
    problems = []
    for upload in sent:
        try:
            added = filing.upload(portal(), current_actor(), current_actor().case_no or "", kind, [upload])
        except Invalid as refused:
            problems += [
                gettext("%(name)s: %(why)s", name=error.path, why=gettext(error.message)) for error in refused.fields
            ] or [explain(refused)]
        else:
            if not added:
                told = gettext(
                    "%(name)s is in your list already. What it is, you can change when you check it.", name=upload.name
                )
                flash(told, "warn")
    return problems


@bp.post("/evidence/<int:item>/remove")
@party
def remove_file(link: str, item: int) -> AnyResponse:
    """Take a file out of the draft again."""
    with portal().work(current_actor()) as work:
        filing.discard(work, current_actor().case_no or "", item)
    flash(gettext("The file is removed."), "ok")
    return redirect(url_for("party.files", link=link), 303)


@bp.get("/evidence/receipt")
@party
def receipt(link: str) -> str:
    """What was submitted, with labels and digests, to keep."""
    with portal().read(current_actor()) as work:
        case, _ = pages.party_of_actor(work)
        return render_template("party/receipt.html", case=case, submissions=pages.receipts(work), kinds=KINDS)


@bp.post("/files/<label>")
@party
def take_out(link: str, label: str) -> Response:
    """A file of the record, to keep; that it was taken out is written down."""
    with portal().work(current_actor()) as work:
        given = items.take_out(work, current_actor().case_no or "", label)
    return file_response(given)


@bp.post("/ruling")
@party
def ruling(link: str) -> AnyResponse:
    """The signed ruling, to keep."""
    with portal().work(current_actor()) as work:
        issued = signing.take_out(work, current_actor().case_no or "")
    return signed_file(issued)


@bp.errorhandler(ServiceUnavailable)
def busy(error: ServiceUnavailable) -> tuple[str, int, dict[str, str]]:
    """Too many files are arriving for this one to begin."""
    if request.endpoint != "party.add_files":
        raise error
    form = UploadForm(None)
    form.files.errors = [gettext("Many files are arriving just now. Nothing of yours was kept; send it again soon.")]
    return files_page(form), 503, {"Retry-After": str(BUSY_SECONDS)}


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    """More than the form takes: said where the files are chosen, and the files sent before are still there."""
    if request.endpoint != "party.add_files" or not current_user.is_authenticated:
        raise error
    form = UploadForm(None)
    form.files.errors = [
        gettext("These files are too large together. Send fewer at once; those sent before are still here.")
    ]
    return files_page(form), 413


def files_page(form: UploadForm) -> str:
    """The files of the draft and the form for more, with what was wrong."""
    with portal().read(current_actor()) as work:
        case, shown = pages.filing_shown(work)
        _, party = pages.party_of_actor(work)
        drafts = evidence_rows.drafts_of(work.session, case.case_no, party.side)
        late = late_notice(work, case)
        meter = pages.own_meter(work, case, party) if late is None else None
    return render_template(
        "party/files.html",
        case=case,
        act=shown,
        form=form,
        drafts=drafts,
        late=late,
        meter=meter,
        kinds=KINDS,
        most=MAX_FILES_AT_ONCE,
        largest=MAX_FILE_BYTES,
        of_side=MAX_SIDE_BYTES,
        endings=sorted({ending for endings in MEDIA_TYPES.values() for ending in endings}),
    )
