"""Writing a ruling, looking at what will be signed, signing it, and taking the signed file out."""

import io
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from arbitration.actions import admissibility, facts, rulings, signing
from arbitration.actions.context import Work, get_case
from arbitration.actions.panel import must_sit
from arbitration.domain.cases import State
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.domain.rulings import Draft, RulingState
from arbitration.store import rulings as store
from arbitration.store.cases import Case
from arbitration.store.rulings import Ruling
from arbitration.web import ruling_pages as pages
from arbitration.web.access import needs
from arbitration.web.bodies import takes
from arbitration.web.case_head import head_of
from arbitration.web.current import current_actor, lang, portal
from arbitration.web.errors import explain, wants_json
from arbitration.web.ruling_forms import Editor, SignForm, editor

bp = Blueprint("rulings", __name__, url_prefix="/cases/<case_no>/ruling")

FORM_BYTES = 2 * 1024 * 1024
LOOK_AGAIN_SECONDS = 3
RULINGS_DRAWN = 4
"""So many rulings keep their pages as pictures in memory; a page takes about 200 KB."""

_drawn: OrderedDict[str, list[bytes]] = OrderedDict()
_drawing = Lock()


@bp.get("")
@needs(*CASE_READERS)
def show(case_no: str) -> Response | str:
    """The ruling once issued; before, the draft for the arbitrator who sits, and for others how it stands."""
    with portal().read(current_actor()) as work:
        case = get_case(work, case_no)
        ruling = store.live(work.session, case_no)
        if ruling is not None and ruling.state is RulingState.ISSUED:
            head = head_of(work, case, "ruling")
            return render_template("rulings/issued.html", head=head, page=pages.issued(ruling))
        if case.state is not State.DELIBERATION or not _sits(work, case_no):
            head = head_of(work, case, "ruling")
            return render_template("rulings/waiting.html", head=head, page=pages.waiting(work, case, ruling))
        if ruling is not None:
            return redirect(url_for("rulings.review", case_no=case_no), 303)
        draft = rulings.draft(work, case_no)
        return _editor_page(work, case, _forms(work, case, draft), draft)


@bp.post("")
@needs(Role.ARBITRATOR)
@takes(FORM_BYTES)
def save(case_no: str) -> Response | tuple[str, int]:
    """Save the draft: from the page's button, and from its script, which is answered in JSON."""
    saved = _save(case_no)
    if not isinstance(saved, int):
        return saved
    if not wants_json():
        flash(gettext("The draft is saved."), "ok")
        return redirect(url_for("rulings.show", case_no=case_no), 303)
    with portal().read(current_actor()) as work:
        return jsonify(version=saved, saved=pages.saved_at(store.draft_of(work.session, case_no)))


@bp.post("/preview")
@needs(Role.ARBITRATOR)
@takes(FORM_BYTES)
def preview(case_no: str) -> str | tuple[str, int]:
    """What is typed as the paper it would become, with its check list; nothing is kept."""
    with portal().read(current_actor()) as work:
        case, forms = _sent(work, case_no)
        if not forms.validate():
            return render_template("rulings/_problems.html", errors=forms.errors()), 422
        drawn = pages.preview(work, case, forms.draft())
        return render_template("rulings/_preview.html", preview=drawn, preview_title=gettext("Preview"))


@bp.post("/prepare")
@needs(Role.ARBITRATOR)
@takes(FORM_BYTES)
def prepare(case_no: str) -> Response | tuple[str, int]:
    """Save what is typed, and have it rendered for signature if its checks pass."""
    with portal().read(current_actor()) as work:
        must_sit(work, case_no)
        if store.live(work.session, case_no) is not None:  # the button was pressed twice
            return redirect(url_for("rulings.review", case_no=case_no), 303)
    saved = _save(case_no)
    if not isinstance(saved, int):
        return saved
    try:
        with portal().work(current_actor()) as work:
            signing.request(work, case_no, saved)
    except Invalid as refused:
        return _failed_checks(case_no, refused)
    return redirect(url_for("rulings.review", case_no=case_no), 303)


@bp.get("/sign")
@needs(Role.ARBITRATOR)
def review(case_no: str) -> Response | str:
    """The very pages that will be signed; while they are made or sealed, a page that looks again by itself."""
    with portal().read(current_actor()) as work:
        must_sit(work, case_no)
        case = get_case(work, case_no)
        ruling = store.live(work.session, case_no)
        if ruling is None or ruling.state is RulingState.ISSUED:
            return redirect(url_for("rulings.show", case_no=case_no), 303)
        if ruling.state is RulingState.PREPARED:
            return _review_page(work, case, ruling, SignForm(None, digest=ruling.unsigned_sha256))
        page = render_template("rulings/underway.html", head=head_of(work, case, "ruling"), page=pages.underway(ruling))
    response = make_response(page)
    response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


@bp.post("/sign")
@needs(Role.ARBITRATOR)
def sign(case_no: str) -> Response | tuple[str, int]:
    """Sign the bytes whose pages were shown."""
    with portal().read(current_actor()) as work:
        must_sit(work, case_no)
    form = SignForm()
    if form.validate() and form.case_no.data.strip().upper() != case_no:
        form.case_no.errors = [gettext("Type the case number %(number)s to sign.", number=case_no)]
    if form.errors:
        return _not_signed(case_no, form, 422)
    try:
        signing.sign(
            portal(),
            current_actor(),
            case_no,
            typed_case_no=form.case_no.data,
            code=form.code.data,
            unsigned_sha256=form.digest.data or "",
        )
    except Invalid as refused:
        form.code.errors = [explain(refused)]
        return _not_signed(case_no, form, 422)
    except Conflict as refused:
        if _is_signed(case_no):  # the button was pressed twice
            return redirect(url_for("rulings.review", case_no=case_no), 303)
        flash(explain(refused), "bad")
        return _not_signed(case_no, form, 409)
    return redirect(url_for("rulings.review", case_no=case_no), 303)


@bp.post("/reopen")
@needs(Role.ARBITRATOR)
def reopen(case_no: str) -> Response:
    """Back to the draft; what was shown is void."""
    with portal().work(current_actor()) as work:
        signing.reopen(work, case_no)
    return redirect(url_for("rulings.show", case_no=case_no), 303)


@bp.get("/page/<int:number>.png")
@needs(Role.ARBITRATOR)
def page(case_no: str, number: int) -> Response:
    """One page of the file that waits for signature, as a picture."""
    drawn = _pictures(_waiting_file(case_no))
    if not 1 <= number <= len(drawn):
        raise NotFound("There is no such page.")
    return send_file(io.BytesIO(drawn[number - 1]), "image/png")


@bp.get("/unsigned.pdf")
@needs(Role.ARBITRATOR)
def unsigned(case_no: str) -> Response:
    """The file that waits for signature, to read."""
    content = portal().ports.blobs.read(_waiting_file(case_no))
    return _attachment(content, f"{case_no}-{gettext('unsigned')}.pdf")


@bp.post("/download")
@needs(*CASE_READERS)
def download(case_no: str) -> Response:
    """The signed ruling; that it was fetched is written down."""
    with portal().work(current_actor()) as work:
        ruling = signing.take_out(work, case_no)
    return signed_file(ruling)


def signed_file(ruling: Ruling) -> Response:
    """An issued ruling as a file to keep, named in the reader's language."""
    content = portal().ports.blobs.read(ruling.signed_blob or "")
    return _attachment(content, f"{ruling.case_no}-{'裁决书' if lang() == 'zh-Hans' else 'ruling'}.pdf")


def _attachment(pdf: bytes, name: str) -> Response:
    return send_file(io.BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)


def _sits(work: Work, case_no: str) -> bool:
    try:
        must_sit(work, case_no)
    except NotAllowed:
        return False
    return True


def _sent(work: Work, case_no: str) -> tuple[Case, Editor]:
    """The case and the editor's forms as they were sent."""
    must_sit(work, case_no)
    case = get_case(work, case_no)
    return case, _forms(work, case, rulings.draft(work, case_no))


def _forms(work: Work, case: Case, draft: Draft) -> Editor:
    standard = rulings.pinned_standard(work, case)
    items = admissibility.usable(work, case)
    return editor(case, draft, standard, items, lang(), facts.in_play(standard, case))


def _save(case_no: str) -> int | Response | tuple[str, int]:
    """Keep what was sent: the new version of the draft, or the answer that says why not."""
    with portal().read(current_actor()) as work:
        case, forms = _sent(work, case_no)
        if not forms.validate():
            return _refused(work, case, forms)
    typed = forms.draft()
    try:
        with portal().work(current_actor()) as work:
            return rulings.save(work, case_no, typed.facts_found, typed.findings, forms.seen, typed.departures)
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        return _stale(case_no)


def _refused(work: Work, case: Case, forms: Editor) -> Response | tuple[str, int]:
    if wants_json():
        response = jsonify(problem=" ".join(sentence for _, sentence in forms.errors()))
        response.status_code = 422
        return response
    return _editor_page(work, case, forms, rulings.draft(work, case.case_no)), 422


def _stale(case_no: str) -> int | Response | tuple[str, int]:
    """What is typed beside what was saved meanwhile; nothing of either is lost. If they are alike it is saved."""
    with portal().read(current_actor()) as work:
        case, forms = _sent(work, case_no)
        other = pages.other_version(work, case, forms.draft())
        if not other.differs:
            return other.version
        forms.form.version.data = str(other.version)
        if not wants_json():
            return _editor_page(work, case, forms, forms.draft(), other), 409
    response = jsonify(
        problem=gettext("The draft was changed elsewhere. Save it to see both versions; nothing you typed is lost.")
    )
    response.status_code = 409
    return response


def _failed_checks(case_no: str, refused: Invalid) -> tuple[str, int]:
    """The editor with what is missing beside its fields; what is decided elsewhere is said with the way there."""
    elsewhere = [("undecided", explain(refused))] if refused.code == signing.UNDECIDED else []
    with portal().read(current_actor()) as work:
        case, forms = _sent(work, case_no)
        saved = rulings.draft(work, case_no)
        forms.form.version.data = str(saved.version)
        forms.blame(rulings.check_list(work, case, saved))
        return _editor_page(work, case, forms, saved, elsewhere=elsewhere), 422


def _editor_page(
    work: Work,
    case: Case,
    forms: Editor,
    shown: Draft,
    other: pages.OtherVersion | None = None,
    elsewhere: Sequence[tuple[str, str]] = (),
) -> str:
    return render_template(
        "rulings/editor.html",
        head=head_of(work, case, "ruling"),
        page=pages.writing(work, case, shown, [each.clause.id for each in forms.clauses]),
        editor=forms,
        errors=[*elsewhere, *forms.errors()],
        other=other,
    )


def _review_page(work: Work, case: Case, ruling: Ruling, form: SignForm) -> str:
    head = head_of(work, case, "ruling")
    return render_template("rulings/review.html", head=head, page=pages.review(work, case, ruling), form=form)


def _not_signed(case_no: str, form: SignForm, status: int) -> Response | tuple[str, int]:
    """The pages again, with what was wrong; if they are gone, the page that says what became of them."""
    with portal().read(current_actor()) as work:
        case = get_case(work, case_no)
        ruling = store.live(work.session, case_no)
        if ruling is None or ruling.state is not RulingState.PREPARED:
            return redirect(url_for("rulings.show", case_no=case_no), 303)
        form.digest.data = ruling.unsigned_sha256
        return _review_page(work, case, ruling, form), status


def _is_signed(case_no: str) -> bool:
    with portal().read(current_actor()) as work:
        ruling = store.live(work.session, case_no)
        return ruling is not None and ruling.state in (RulingState.SIGNING, RulingState.ISSUED)


def _waiting_file(case_no: str) -> str:
    """Where the bytes lie that wait for this arbitrator's signature."""
    with portal().read(current_actor()) as work:
        must_sit(work, case_no)
        ruling = store.live(work.session, case_no)
    if ruling is None or ruling.state is not RulingState.PREPARED or ruling.unsigned_blob is None:
        raise NotFound("No ruling waits for signature here.")
    return ruling.unsigned_blob


def _pictures(ref: str) -> list[bytes]:
    """The pages of one file, drawn once; a file never changes, so its reference stands for its pages."""
    with _drawing:
        if ref not in _drawn:
            _drawn[ref] = portal().ports.renderer.pictures(portal().ports.blobs.read(ref))
            while len(_drawn) > RULINGS_DRAWN:
                _drawn.popitem(last=False)
        _drawn.move_to_end(ref)
        return _drawn[ref]
