"""The Flask application: its settings, its routes, and what happens around every request, in order."""

import secrets
from pathlib import Path
from time import perf_counter

import structlog
from flask import Flask, Response, g, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from arbitration.config import Settings
from arbitration.portal import Portal
from arbitration.web import (
    access,
    admissibility,
    api,
    bodies,
    bundles,
    cases,
    confidential,
    conformance,
    consultations,
    deliveries,
    docket,
    drafts,
    duties,
    errors,
    evidence,
    facts,
    headers,
    health,
    i18n,
    inspections,
    inspectors,
    items,
    late_comments,
    login,
    objections,
    panel,
    party,
    platform_rules,
    productions,
    public,
    rulings,
    sessions,
    shell,
    standard_trials,
    standards,
    uploads,
    verify,
)
from arbitration.web.current import current_actor, lang

log = structlog.get_logger()

PACKAGE = Path(__file__).parents[1]
BLUEPRINTS = (
    health.bp,
    public.bp,
    conformance.bp,
    consultations.bp,
    verify.bp,
    login.bp,
    api.bp,
    docket.bp,
    cases.bp,
    panel.bp,
    evidence.bp,
    bundles.bp,
    items.bp,
    inspectors.bp,
    inspections.bp,
    admissibility.bp,
    late_comments.bp,
    objections.bp,
    productions.bp,
    facts.bp,
    deliveries.bp,
    platform_rules.bp,
    duties.bp,
    standards.bp,
    standard_trials.bp,
    rulings.bp,
    party.bp,
    uploads.bp,
    drafts.bp,
    confidential.bp,
)


class RowId(IntegerConverter):
    """An integer that a database row can have: longer ones lead nowhere, instead of into an error."""

    regex = r"\d{1,18}"


def create_app(settings: Settings, portal: Portal) -> Flask:
    """The application over *portal*. Raises `access.Unmarked` when a route says not who may call it."""
    app = Flask(
        "arbitration.web",
        template_folder=str(PACKAGE / "templates"),
        static_folder=str(PACKAGE / "static"),
        static_url_path="/static",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        HTTPS=settings.https,
        MAX_FORM_MEMORY_SIZE=bodies.FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # a form token lasts as long as its session: rulings take longer than an hour
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our pages forbid; see headers.refuse_other_sites
    )
    app.extensions["portal"] = portal
    app.jinja_options = {
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": StrictUndefined,
    }
    app.url_map.converters["int"] = RowId
    app.session_interface = sessions.StoredSessions()
    app.get_send_file_max_age = lambda filename: _static_age()  # type: ignore[method-assign]
    access.public(app.view_functions["static"])
    if settings.https:  # the server listens on the loopback address only, so a proxy of ours stands before it
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    bodies.install(app, settings.threads)
    _install_steps(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    i18n.install(app, lang)
    shell.install(app, portal.institution)
    errors.install(app)
    access.check_marks(app)
    return app


def _install_steps(app: Flask) -> None:
    """Around every request: number it, limit it, let in who may, refuse forged forms; then harden and log the answer.

    Flask runs the steps before in this order, those after in the reverse of theirs.
    """
    manager = LoginManager()
    manager.session_protection = None  # sessions are ours: an id that moved to another browser is ended by its owner
    manager.anonymous_user = sessions.Visitor
    manager.user_loader(sessions.person)
    manager.init_app(app, add_context_processor=False)
    app.before_request(_number)
    app.before_request(bodies.limit_body)
    app.before_request(access.admit)
    app.before_request(headers.refuse_other_sites)
    app.before_request(bodies.take_turn)
    tokens = CSRFProtect(app)
    tokens.exempt(api.bp)  # signed, without cookies
    tokens.exempt(verify.form)  # changes nothing
    app.after_request(_log)
    app.after_request(headers.harden)
    app.after_request(lambda response: i18n.remember(response, secure=app.config["HTTPS"]))


def _number() -> None:
    g.started = perf_counter()
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _log(response: Response) -> Response:
    """One line a request: its route and not its address, which may hold a link or a code."""
    log.info(
        "request",
        method=request.method if request.url_rule else "-",
        route=request.url_rule.rule if request.url_rule else "-",
        status=response.status_code,
        actor=current_actor().id,
        ms=round((perf_counter() - g.started) * 1000, 1) if "started" in g else None,
    )
    return response


def _static_age() -> int | None:
    """A file asked for by its content's version never changes; others are asked about each time."""
    return 365 * 24 * 3600 if request.args.get("v") else None
