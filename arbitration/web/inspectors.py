"""The register of inspectors: public for everyone to check signatures by, kept by the administrator."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, flash, json, redirect, render_template, url_for
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from arbitration.actions import inspectors
from arbitration.actions.context import PUBLIC, Work
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Conflict, Invalid, NotFound
from arbitration.domain.inspection import Expertise, Revocation
from arbitration.domain.permissions import Role
from arbitration.domain.standard import beginning_of
from arbitration.store import inspectors as store
from arbitration.web.access import needs, public
from arbitration.web.current import current_actor, now, portal
from arbitration.web.errors import explain
from arbitration.web.inspection_pages import EXPERTISE, REVOCATIONS, inspector_shown, register_json
from arbitration.web.typed import clean
from arbitration.web.wording import gettext

bp = Blueprint("inspectors", __name__)

Answer = AnyResponse | tuple[str, int]


class RegisterForm(FlaskForm):  # type: ignore[misc]
    """The token is a field of the page's."""

    class Meta:
        csrf = False

    name_zh = StringField(lazy_gettext("Name in Chinese"), filters=[clean])
    name_en = StringField(lazy_gettext("Name in English"), filters=[clean])
    expertise = SelectMultipleField(
        lazy_gettext("Accredited for"),
        choices=[SelectChoice(field, label) for field, label in EXPERTISE.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )
    key = TextAreaField(lazy_gettext("Public key (JWK or base64)"), filters=[clean])
    email = StringField(lazy_gettext("E-mail of its account"), filters=[clean])
    until = DateField(lazy_gettext("Accredited until"), [Optional()])


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A new key in place of an old one."""

    class Meta:
        csrf = False

    kid = HiddenField()
    key = TextAreaField(lazy_gettext("New public key (JWK or base64)"), filters=[clean])


class RevokeForm(FlaskForm):  # type: ignore[misc]
    """Why a key is revoked and, if it was compromised, since when."""

    class Meta:
        csrf = False

    kid = HiddenField()
    why = SelectField(
        lazy_gettext("Why"),
        [InputRequired(lazy_gettext("Choose why."))],
        choices=[SelectChoice(why, REVOCATIONS[why]) for why in (Revocation.RETIRED, Revocation.COMPROMISED)],
    )
    since = DateField(lazy_gettext("Compromised since, if known"), [Optional()])


@bp.get("/inspectors")
@public
def index() -> str:
    """Who is or was accredited, for what, with which keys."""
    with portal().read(PUBLIC) as work:
        shown = [inspector_shown(row) for row in store.inspectors(work.session)]
    return render_template("public/inspectors.html", inspectors=shown)


@bp.get("/inspectors.json")
@public
def register_file() -> Response:
    """The same for programs."""
    with portal().read(PUBLIC) as work:
        body = register_json(store.inspectors(work.session), now())
    return Response(json.dumps(body, ensure_ascii=False, indent=1), mimetype="application/json")


@bp.get("/register")
@needs(Role.ADMIN)
def desk() -> str:
    """The administrator's desk."""
    return _desk(RegisterForm(formdata=None))


@bp.post("/register")
@needs(Role.ADMIN)
def register() -> Answer:
    """Accredit an inspector with a first key."""
    form = RegisterForm()
    if not form.validate():
        return _desk(form), 422
    until = beginning_of(form.until.data + timedelta(days=1)) if form.until.data else None
    return _do(
        form,
        lambda work: inspectors.register(
            work,
            name=Bilingual(form.name_zh.data, form.name_en.data),
            expertise={Expertise(each) for each in form.expertise.data},
            key=form.key.data,
            until=until,
            email=form.email.data or None,
        ),
        gettext("The inspector is on the register."),
    )


@bp.post("/register/rotate")
@needs(Role.ADMIN)
def rotate() -> Answer:
    """A new key in place of an old one."""
    form = KeyForm()
    return _do(
        form,
        lambda work: inspectors.rotate_key(work, form.kid.data or "", form.key.data),
        gettext("The new key is on the register, the old one is revoked."),
    )


@bp.post("/register/revoke")
@needs(Role.ADMIN)
def revoke() -> Answer:
    """Believe nothing that comes signed with a key from now on."""
    form = RevokeForm()
    if not form.validate():
        return _desk(RegisterForm(formdata=None), form), 422
    since = beginning_of(form.since.data) if form.since.data else None
    return _do(
        form,
        lambda work: inspectors.revoke_key(work, form.kid.data or "", Revocation(form.why.data), since),
        gettext("The key is revoked."),
    )


@bp.post("/register/<int:inspector_id>/end")
@needs(Role.ADMIN)
def end(inspector_id: int) -> Answer:
    """End an accreditation now."""
    return _do(
        RevokeForm(formdata=None),
        lambda work: inspectors.end_accreditation(work, inspector_id),
        gettext("The accreditation has ended."),
    )


def _do(form: FlaskForm, step: Callable[[Work], object], done: str) -> Answer:
    """One step, then back to the desk; what is wrong stands on top of it."""
    try:
        with portal().work(current_actor()) as work:
            step(work)
    except (Invalid, Conflict, NotFound) as refused:
        form.form_errors.append(explain(refused))
        kept = form if isinstance(form, RegisterForm) else RegisterForm(formdata=None)
        status = 404 if isinstance(refused, NotFound) else 409 if isinstance(refused, Conflict) else 422
        return _desk(kept, form), status
    flash(done, "ok")
    return redirect(url_for("inspectors.desk"), 303)


def _desk(form: RegisterForm, failed: FlaskForm | None = None) -> str:
    with portal().read(current_actor()) as work:
        shown = [inspector_shown(row) for row in store.inspectors(work.session)]
    return render_template(
        "inspections/register.html",
        inspectors=shown,
        form=form,
        failed=failed or form,
        key_form=KeyForm(formdata=None),
        revoke_form=RevokeForm(formdata=None),
    )
