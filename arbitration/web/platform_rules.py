"""A platform's own rules on its officer's desk: upload, look at what they come to, publish."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField

from arbitration.actions import platform_rules
from arbitration.actions.context import Work
from arbitration.domain.errors import Conflict, NotFound, Refused
from arbitration.domain.marked_yaml import MAX_BYTES
from arbitration.domain.permissions import Role
from arbitration.domain.platform_rules import RulesRefused
from arbitration.store.people import Platform
from arbitration.web.access import needs
from arbitration.web.conformance import compared, foremost, shown
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.wording import gettext

bp = Blueprint("platform_rules", __name__)

Answer = Response | str | tuple[str, int]


class RulesForm(FlaskForm):  # type: ignore[misc]
    """The rules as a file, or as the text itself."""

    file = FileField(lazy_gettext("File (YAML or JSON)"))
    text = TextAreaField(lazy_gettext("Or paste the text"))


class PublishForm(FlaskForm):  # type: ignore[misc]
    """The text that was checked."""

    text = HiddenField()


@bp.get("/our-rules")
@needs(Role.PLATFORM_OFFICER)
def index() -> str:
    """What is published, and where to bring the next version."""
    return _desk(RulesForm(formdata=None))


@bp.post("/our-rules/check")
@needs(Role.PLATFORM_OFFICER)
def check() -> Answer:
    """What these rules come to; nothing is kept."""
    form = RulesForm()
    sent = request.files.get("file")
    raw = sent.stream.read() if sent and sent.filename else _as_bytes(form.text.data)
    if not raw.strip():
        form.text.errors = [gettext("Choose a file or paste the text of your rules.")]
        return _desk(form), 422
    try:
        with portal().read(current_actor()) as work:
            conformance = platform_rules.check(work, raw, _own(work).id)
    except (RulesRefused, Conflict) as refused:
        return _refused(refused, raw)
    form = PublishForm(formdata=None, text=raw.decode())
    return render_template("platform_rules/_check.html", rules=compared(conformance), form=form)


@bp.post("/our-rules/publish")
@needs(Role.PLATFORM_OFFICER)
def publish() -> Answer:
    """Publish what was checked; from now on it cannot be changed."""
    raw = _as_bytes(PublishForm().text.data)
    try:
        with portal().work(current_actor()) as work:
            published = platform_rules.publish(work, _own(work).id, raw)
    except (RulesRefused, Conflict) as refused:
        return _refused(refused, raw)
    flash(gettext("Version %(version)s is published and locked.", version=published.rules.version), "ok")
    return redirect(url_for("platform_rules.index"), 303)


def _own(work: Work) -> Platform:
    platform = work.session.get(Platform, current_actor().platform_id or 0)
    if platform is None:
        raise NotFound("This account belongs to no platform.")
    return platform


def _as_bytes(text: str | None) -> bytes:
    """As it was before a browser gave it the line ends of forms. Nothing else is mended: the reader tells the place."""
    return (text or "").replace("\r\n", "\n").encode()


def _refused(refused: Refused, raw: bytes) -> tuple[str, int]:
    form = RulesForm(formdata=None, text=raw[:MAX_BYTES].decode(errors="replace"))
    if isinstance(refused, RulesRefused):
        form.text.errors = [gettext("The rules have faults: each place and its reason is listed above the form.")]
        return _desk(form, refused), 422
    form.text.errors = [explain(refused)]
    return _desk(form), 409


def _desk(form: RulesForm, refused: RulesRefused | None = None) -> str:
    with portal().read(current_actor()) as work:
        platform = _own(work)
        versions = shown(platform.slug, platform_rules.versions(work, platform.id))
    return render_template(
        "platform_rules/index.html",
        form=form,
        faults=refused.faults if refused else (),
        rules=foremost(versions),
        versions=versions,
        public_url=url_for("conformance.of_platform", platform=platform.slug),
        most=MAX_BYTES,
    )
