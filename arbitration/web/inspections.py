"""Inspections on the desk of the inspector, on the pages of the case and on its parties'."""

from collections.abc import Callable
from typing import BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from arbitration.actions import endpoint_checks, inspections
from arbitration.actions.context import Work, get_case
from arbitration.actions.filing import Upload
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.evidence import MAX_FILE_BYTES
from arbitration.domain.inspection import REQUEST, SAID, UNDERWAY, Check
from arbitration.domain.permissions import CASE_READERS, Permission, Role, may
from arbitration.domain.wire import MAX_MANIFEST_CHARS
from arbitration.store import inspections as store
from arbitration.store import inspectors as inspector_rows
from arbitration.web.access import needs, party
from arbitration.web.bodies import takes
from arbitration.web.case_head import open_head
from arbitration.web.current import current_actor, now, portal, said
from arbitration.web.errors import explain
from arbitration.web.evidence import file_response
from arbitration.web.inspection_pages import report_shown, request_shown
from arbitration.web.party_pages import party_of_actor
from arbitration.web.typed import clean, file_name
from arbitration.web.wording import gettext

bp = Blueprint("inspections", __name__)

Answer = AnyResponse | tuple[str, int]
MAX_REPORT_BYTES = MAX_FILE_BYTES + 1024 * 1024
ASKERS = (Role.REGISTRAR, Role.ARBITRATOR)
_SHORT_ENOUGH = Length(
    max=inspections.MAX_WORDS, message=lazy_gettext("That is longer than %(max)d characters; shorten it.")
)
DECLARATION = lazy_gettext(
    "I have no employment, holding, business, family or other close relation with the platform named here or, as far "
    "as I can see, with anybody in this matter; I gain nothing by its outcome, and will disclose at once whatever "
    "comes up."
)
"""What an inspector declares unless there is something to disclose."""


class InspectionForm(FlaskForm):  # type: ignore[misc]
    """The token is a field of the page's."""

    class Meta:
        csrf = False


class AskForm(InspectionForm):
    """Whom, about what, and until when."""

    inspector = SelectField(
        lazy_gettext("Inspector"), [InputRequired(lazy_gettext("Choose an inspector."))], validate_choice=False
    )
    item = SelectField(lazy_gettext("Item"), [InputRequired(lazy_gettext("Choose an item."))], validate_choice=False)
    question = TextAreaField(
        lazy_gettext("Question to the inspector"),
        [InputRequired(lazy_gettext("Write the question that the inspector should answer.")), _SHORT_ENOUGH],
        filters=[clean],
    )
    hours = SelectField(lazy_gettext("Time for the report"), coerce=int, default=48)


class CheckForm(InspectionForm):
    """What the merchant's endpoint is asked about."""

    shown_in = SelectField(
        lazy_gettext("Shown in"), [InputRequired(lazy_gettext("Choose an item."))], validate_choice=False
    )
    reference = StringField(lazy_gettext("Key or account"), filters=[clean])


class WordsForm(InspectionForm):
    """Why a request is withdrawn. What is wrong with words, the use case says."""

    words = TextAreaField(filters=[clean])


class TakeForm(WordsForm):
    """The declaration of whoever takes a request on."""

    words = TextAreaField(lazy_gettext("Conflicts of interest"), filters=[clean], id="declaration")


class DeclineForm(WordsForm):
    """Why a request is declined, or given back."""

    words = TextAreaField(lazy_gettext("Why you decline the request"), filters=[clean], id="reason")


class ReportForm(InspectionForm):
    """The report, and the manifest signed for it."""

    report = FileField(lazy_gettext("Report"))
    manifest = FileField(lazy_gettext("Signed manifest (JWS)"))


@bp.get("/inspections")
@needs(Role.INSPECTOR)
def index() -> str:
    """All requests put to whoever looks, those that await an answer first."""
    with portal().read(current_actor()) as work:
        shown = [request_shown(row) for row in store.requests_of_inspector(work.session, work.actor.id)]
    return render_template(
        "inspections/index.html",
        open_requests=[each for each in shown if each.state in UNDERWAY],
        answered=[each for each in shown if each.state not in UNDERWAY],
    )


@bp.get("/inspections/<int:number>")
@needs(Role.INSPECTOR)
def one(number: int) -> str:
    """One request: what is asked, the sample, and what can be done."""
    return _request_page(number)


@bp.post("/inspections/<int:number>/take")
@needs(Role.INSPECTOR)
def take(number: int) -> Answer:
    """Take it on with a declaration."""
    form = TakeForm()
    return _answer(
        number,
        form,
        lambda work: inspections.take(work, number, form.words.data),
        gettext("You have taken the request on; the sample is below."),
    )


@bp.post("/inspections/<int:number>/decline")
@needs(Role.INSPECTOR)
def decline(number: int) -> Answer:
    """Decline it, or give it back."""
    form = DeclineForm()
    return _answer(
        number,
        form,
        lambda work: inspections.decline(work, number, form.words.data),
        gettext("You declined the request."),
    )


@bp.post("/inspections/<int:number>/sample")
@needs(Role.INSPECTOR)
def sample(number: int) -> Response:
    """The sample, after it was written down that it was handed out; its own name may name a party and is left out."""
    with portal().work(current_actor()) as work:
        given = inspections.take_sample(work, number)
        ending = given.name.rpartition(".")[2]
        response = file_response(given)
        case_no = given.item.case_no
    response.headers["Content-Disposition"] = f'attachment; filename="{case_no}-{given.label}.{clean(ending)[:8]}"'
    return response


@bp.post("/inspections/<int:number>/report")
@needs(Role.INSPECTOR)
@takes(MAX_REPORT_BYTES)
def report(number: int) -> Answer:
    """File the report; with its manifest every check must hold."""
    form = ReportForm()
    sent, manifest = request.files.get("report"), request.files.get("manifest")
    if not sent or not sent.filename:
        form.report.errors = [gettext("Choose the report.")]
        return _request_page(number, report_form=form), 422
    text = manifest.stream.read(MAX_MANIFEST_CHARS + 1) if manifest and manifest.filename else None
    file = Upload(file_name(sent.filename), cast(BinaryIO, sent.stream))
    try:
        label = inspections.report(portal(), current_actor(), number, file, _as_text(text))
    except Invalid as refused:
        form.manifest.errors = _reasons(refused)
        return _request_page(number, report_form=form), 422
    flash(gettext("Your report is on the record as %(label)s.", label=label), "ok")
    return redirect(url_for("inspections.one", number=number), 303)


def _as_text(raw: bytes | None) -> str | None:
    """What is not ASCII is no manifest; that is told by the reader of manifests."""
    return None if raw is None else raw.decode("ascii", errors="replace")


def _reasons(refused: Invalid) -> list[str]:
    """Each check that does not hold, or the one sentence of the refusal."""
    known = {check.value: check for check in Check}
    found = [said(SAID[known[error.path]][1]) for error in refused.fields if error.path in known]
    return found or [explain(refused)]


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    """Nothing of it was read."""
    form = ReportForm(formdata=None)
    form.report.errors = [gettext("The report is larger than a file may be.")]
    return _request_page(cast(dict[str, int], request.view_args)["number"], report_form=form), 413


def _answer(number: int, form: WordsForm, do: Callable[[Work], None], done: str) -> Answer:
    """One use case, then back to the request; what is wrong is said where it was typed."""
    try:
        with portal().work(current_actor()) as work:
            do(work)
    except Invalid as refused:
        form.words.errors = [explain(refused)]
        return _request_page(number, words=form), 422
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _request_page(number, words=form), 409
    flash(done, "ok")
    return redirect(url_for("inspections.one", number=number), 303)


def _request_page(number: int, *, words: WordsForm | None = None, report_form: ReportForm | None = None) -> str:
    with portal().read(current_actor()) as work:
        row = inspections.own_request(work, number)
        return render_template(
            "inspections/request.html",
            request_=request_shown(row),
            platform=inspections.platform_of(work, row),
            steps=REQUEST.open_actions(row.state, work.actor.role),
            take_form=words if isinstance(words, TakeForm) else TakeForm(formdata=None, words=str(DECLARATION)),
            decline_form=words if isinstance(words, DeclineForm) else DeclineForm(formdata=None),
            report_form=report_form or ReportForm(formdata=None),
            failed=words or report_form,
            most=MAX_FILE_BYTES,
        )


@bp.get("/cases/<case_no>/inspections")
@needs(*CASE_READERS)
def of_case(case_no: str) -> str:
    """Requests and reports of a case, and the form to ask."""
    return _case_page(case_no)


@bp.post("/cases/<case_no>/inspections")
@needs(*ASKERS)
def ask(case_no: str) -> Answer:
    """Ask an inspector."""
    form = _ask_form()
    if not form.validate():
        return _case_page(case_no, form), 422
    try:
        with portal().work(current_actor()) as work:
            inspections.ask(
                work,
                case_no,
                inspector_id=int(form.inspector.data) if form.inspector.data.isdecimal() else 0,
                label=form.item.data,
                question=form.question.data,
                hours=form.hours.data,
            )
    except (Invalid, Conflict) as refused:
        form.form_errors.append(explain(refused))
        return _case_page(case_no, form), 422 if isinstance(refused, Invalid) else 409
    flash(gettext("The inspector has been asked."), "ok")
    return redirect(url_for("inspections.of_case", case_no=case_no), 303)


@bp.post("/cases/<case_no>/inspections/check")
@needs(*ASKERS)
def check(case_no: str) -> Answer:
    """Ask the merchant's own check endpoint; the signed report is evidence at once."""
    form = CheckForm()
    try:
        label = endpoint_checks.check(
            portal(), current_actor(), case_no, form.shown_in.data or "", form.reference.data or ""
        )
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return _case_page(case_no), 422 if isinstance(refused, Invalid) else 409
    flash(gettext("The answer is on the record as %(label)s.", label=label), "ok")
    return redirect(url_for("inspections.of_case", case_no=case_no), 303)


@bp.post("/cases/<case_no>/inspections/<int:number>/withdraw")
@needs(*ASKERS)
def withdraw(case_no: str, number: int) -> Answer:
    """Await the answer no longer."""
    form = WordsForm()
    try:
        with portal().work(current_actor()) as work:
            inspections.withdraw(work, case_no, number, form.words.data)
    except (Invalid, Conflict) as refused:
        flash(explain(refused), "bad")
        return _case_page(case_no), 422 if isinstance(refused, Invalid) else 409
    flash(gettext("The request is withdrawn."), "ok")
    return redirect(url_for("inspections.of_case", case_no=case_no), 303)


@bp.get("/party/<link>/inspections")
@party
def of_party(link: str) -> str:
    """The inspection reports of the case, each with its checks, and what is still awaited."""
    with portal().read(current_actor()) as work:
        case, _ = party_of_actor(work)
        return render_template(
            "party/inspections.html",
            case=case,
            reports=[report_shown(each) for each in inspections.reports(work, case.case_no)],
            requests=[request_shown(row) for row in store.requests_in(work.session, case.case_no)],
        )


def _ask_form(formdata: bool = True) -> AskForm:
    form = AskForm() if formdata else AskForm(formdata=None)
    form.hours.choices = [SelectChoice(each, gettext("%(hours)s h", hours=each)) for each in inspections.HOURS]
    return form


def _case_page(case_no: str, sent: AskForm | None = None) -> str:
    form = sent or _ask_form(formdata=False)
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "evidence")
        asks = may(work.actor.role, Permission.ASK_INSPECTION) and head.case.state in inspections.ASKABLE
        form.inspector.choices = [
            SelectChoice(str(each.id), said(each.name))
            for each in inspector_rows.inspectors(work.session)
            if each.staff_id is not None and each.accredited_at(now())
        ]
        check_form = CheckForm(formdata=None)
        form.item.choices = check_form.shown_in.choices = [
            SelectChoice(each.label, f"{each.label} {each.file_name}")
            for each in store.samples_in(work.session, case_no)
            if not each.kept_back
        ]
        can_check = asks and endpoint_checks.endpoint_of(get_case(work, case_no)) is not None
        return render_template(
            "inspections/case.html",
            head=head,
            reports=[report_shown(each) for each in inspections.reports(work, case_no)],
            requests=[request_shown(row) for row in store.requests_in(work.session, case_no)],
            form=form if asks and form.inspector.choices else None,
            check_form=check_form if can_check else None,
            withdraw_form=WordsForm(formdata=None) if may(work.actor.role, Permission.ASK_INSPECTION) else None,
        )
