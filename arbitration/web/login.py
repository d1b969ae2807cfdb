"""Signing in by password and second factor, signing out, and the sessions of one's account."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from arbitration.actions import people as accounts
from arbitration.actions.context import PUBLIC
from arbitration.store import people
from arbitration.web import sessions
from arbitration.web.access import local_path, public, signed_in
from arbitration.web.current import current_actor, now, portal
from arbitration.web.shell import front_page

bp = Blueprint("login", __name__)

PENDING = "password_given"
PENDING_LIFE = timedelta(minutes=10)
"""How long a right password waits for its second factor."""


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        lazy_gettext("E-mail address"),
        [InputRequired(lazy_gettext("Enter your e-mail address.")), Length(max=254)],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(lazy_gettext("Enter your password.")), Length(max=1024)],
    )
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(lazy_gettext("Enter the code from your authenticator.")), Length(max=16)],
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | tuple[str, int] | str:
    """First step: who you say you are."""
    if current_user.is_authenticated:
        return redirect(_onwards(request.args.get("next")), 303)
    form = SignInForm(next=request.args.get("next"))
    if not form.is_submitted():
        return render_template("login/sign_in.html", form=form)
    if form.validate():
        actor_id = accounts.check_password(
            portal(), email=form.email.data, password=form.password.data, address=request.remote_addr or ""
        )
        if actor_id is not None:
            session[PENDING] = {"actor": actor_id, "at": now().isoformat(), "next": form.next.data}
            sessions.renew()
            return redirect(url_for("login.second_factor"), 303)
        form.password.errors = [gettext("The e-mail address or the password is wrong.")]
    return render_template("login/sign_in.html", form=form), 422


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_factor() -> Response | tuple[str, int] | str:
    """Second step: the code that only your device shows."""
    pending = _pending()
    if pending is None:
        return redirect(url_for("login.sign_in"), 303)
    form = CodeForm()
    cancel_url = url_for("login.sign_in")
    if not form.is_submitted():
        return render_template("login/second_factor.html", form=form, cancel_url=cancel_url, purpose=None)
    if form.validate():
        with portal().work(PUBLIC) as work:
            actor = accounts.check_second_factor(work, actor_id=pending["actor"], code=form.code.data)
        if actor is not None:
            sessions.sign_in(actor)
            return redirect(_onwards(pending["next"]), 303)
        form.code.errors = [gettext("The code is wrong or was used before; wait for the next one.")]
    return render_template("login/second_factor.html", form=form, cancel_url=cancel_url, purpose=None), 422


def _pending() -> dict[str, Any] | None:
    found = session.get(PENDING)
    if found is None or now() - datetime.fromisoformat(found["at"]) >= PENDING_LIFE:
        return None
    return dict(found)


def _onwards(wanted: str | None) -> str:
    return local_path(wanted) or front_page()


@bp.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this session."""
    sessions.sign_out()
    return redirect(url_for("public.home"), 303)


@dataclass(frozen=True)
class SessionShown:
    """One of the account's sessions, as its owner recognises it."""

    id: str
    device: str
    address: str
    started_at: datetime
    seen_at: datetime
    current: bool


@bp.get("/account")
@signed_in
def account() -> str:
    """Where one is signed in."""
    actor = current_actor()
    with portal().read(actor) as work:
        staff = people.staff_by_actor(work.session, actor.id)
        rows = people.sessions_of(work.session, actor.id, work.now)
    return render_template(
        "login/account.html",
        email=staff.email if staff else "",
        sessions=[_shown(row) for row in rows if sessions.alive(row, sessions.STAFF_REALM, now())],
        end_url=url_for("login.end_session"),
        end_all_url=url_for("login.end_all_sessions"),
        end_others_url=url_for("login.end_other_sessions"),
    )


def _shown(row: people.WebSession) -> SessionShown:
    return SessionShown(
        id=row.id_sha256,
        device=device(row.user_agent),
        address=sessions.address_of(row),
        started_at=row.created_at,
        seen_at=row.seen_at,
        current=row.id_sha256 == sessions.own_id(),
    )


@bp.post("/account/sessions/end")
@signed_in
def end_session() -> Response:
    """End one of one's own sessions."""
    wanted = request.form.get("session", "")
    if wanted == sessions.own_id():
        return sign_out()
    with portal().work(current_actor()) as work:
        people.drop_session(work.session, wanted, holder=work.actor.id)
    flash(gettext("That device is signed out."), "success")
    return redirect(url_for("login.account"), 303)


@bp.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    with portal().work(current_actor()) as work:
        accounts.end_sessions(work, but=sessions.own_id())
    flash(gettext("All other devices are signed out."), "success")
    return redirect(url_for("login.account"), 303)


@bp.post("/account/sessions/end-all")
@signed_in
def end_all_sessions() -> Response:
    """Sign out everywhere, here too."""
    with portal().work(current_actor()) as work:
        accounts.end_sessions(work)
    return sign_out()


_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """A browser's own description in three words: `Firefox · Windows`."""
    found = [
        next((name for pattern, name in known if re.search(pattern, user_agent)), None)
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found)) or gettext("Unknown device")
