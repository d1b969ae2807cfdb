"""Browser sessions: the cookie holds a random id, the database its SHA-256 with what is kept under it.

Staff and parties have a cookie each, so that one browser can be both. A visitor who needs nothing kept but the token
of a form has no row: that token stands in the cookie itself, signed.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, UserMixin, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from arbitration.actions.context import PUBLIC, Actor
from arbitration.store import cases, people
from arbitration.store.people import OpenSession, WebSession
from arbitration.web.current import now, portal

log = structlog.get_logger()

TOUCH_AFTER = timedelta(minutes=1)
"""When it was seen is written at most this often."""
UNCLAIMED_LIFE = timedelta(minutes=30)
"""How long something is kept for a browser in which nobody has signed in yet."""
CSRF = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PARTY_PATH = "/party/"


@dataclass(frozen=True)
class Realm:
    """One kind of session: its cookie, how long it lasts unused, how long at most, and beyond closing the browser."""

    cookie: str
    idle: timedelta
    absolute: timedelta
    lasting: bool


STAFF_REALM = Realm("arbitration", idle=timedelta(minutes=60), absolute=timedelta(hours=12), lasting=False)
PARTY_REALM = Realm("arbitration-party", idle=timedelta(hours=24), absolute=timedelta(days=7), lasting=True)


class Person(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of an actor."""

    def __init__(self, actor: Actor, link: str | None = None) -> None:
        self.actor = actor
        self.link = link

    def get_id(self) -> str:
        return self.actor.id


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Nobody in particular."""

    actor = PUBLIC
    link = None


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What is kept for one browser; `row` is where, once something is."""

    def __init__(self, realm: Realm, cookie: str) -> None:
        super().__init__(on_update=self._touched)
        self.realm = realm
        self.cookie = cookie
        self.modified = False
        self.loaded = False
        self.row: OpenSession | None = None
        self.person: Person | None = None
        self.renew = False
        self.over = False

    def _touched(self, _: Any) -> None:
        self.modified = True

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.person.actor if self.person else PUBLIC

    @property
    def worth_a_row(self) -> bool:
        """Whether anything is kept that does not fit into a cookie."""
        return self.row is not None or bool(set(self) - {CSRF})


class StoredSessions(SessionInterface):
    """Flask's door to the table. Opening reads nothing yet: `load` does, for the routes that have people."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        realm = PARTY_REALM if request.path.startswith(PARTY_PATH) else STAFF_REALM
        return ServerSession(realm, request.cookies.get(_cookie_name(realm), ""))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSession) or not session.loaded:
            return
        response.vary.add("Cookie")
        try:
            _save(session, response)
        except SQLAlchemyError:
            if request.method not in SAFE_METHODS:
                raise
            log.warning("session not saved", exc_info=True)  # what was read is shown all the same


def load() -> None:
    """Find out who is asking: one read, for a browser that brings a cookie."""
    current = _current()
    current.loaded = True
    if not current.cookie:
        return
    if "." in current.cookie:
        _load_form_token(current)
        return
    digest = _digest(current.cookie)
    find = cases.party_session if current.realm is PARTY_REALM else people.staff_session
    with portal().database.reading() as db:
        found = find(db, digest)
    if found is None or not alive(found[0], current.realm, now()):
        return
    row, holder = found
    if row.holder and holder.actor_id is None:
        return
    current.row = row
    current.update(json.loads(row.data))
    current.modified = False
    if row.holder:
        current.person = _party(holder) if current.realm is PARTY_REALM else _staff(holder)


def _staff(found: Any) -> Person:
    return Person(Actor(found.actor_id, found.role, found.name, platform_id=found.platform_id))


def _party(found: Any) -> Person:
    return Person(Actor(found.actor_id, found.role, found.display_name, case_no=found.case_no), found.link)


def alive(row: OpenSession | WebSession, realm: Realm, at: datetime) -> bool:
    """Whether a session may still be used: neither at its end nor idle for too long."""
    return at < row.expires_at and at - row.seen_at < realm.idle


def person(user_id: str) -> Person | None:
    """Flask-Login's question: only the holder of this very session."""
    found = _current().person
    return found if found is not None and found.get_id() == user_id else None


def sign_in(actor: Actor, link: str | None = None) -> None:
    """*actor* has proven who they are: a session of their own under a new id; what was kept before is forgotten."""
    current = _current()
    current.clear()
    current.person = Person(actor, link)
    login_user(current.person)
    current["address"] = request.remote_addr or ""
    _new_form_token(current)
    renew()


def renew() -> None:
    """Go on under a new id: at every step of trust, so that an id planted or seen before is worth nothing."""
    _current().renew = True


def sign_out() -> None:
    """End this session."""
    current = _current()
    logout_user()
    current.clear()
    current.person = None
    current.over = True


def own_id() -> str | None:
    """The digest under which this browser's session stands."""
    row = _current().row
    return row.id_sha256 if row else None


def address_of(row: WebSession) -> str:
    """The network address from which the holder of a session signed in."""
    return str(json.loads(row.data).get("address", ""))


def _current() -> ServerSession:
    found = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, ServerSession)
    return found


def _save(current: ServerSession, response: Response) -> None:
    if current.over:
        _forget(current)
        response.delete_cookie(**_cookie(current.realm))
    elif current.renew or (current.modified and current.worth_a_row):
        if current.row is None or current.renew:
            _begin(current, response)
        else:
            with portal().database.writing() as db:
                people.update_session(db, current.row.id_sha256, now(), json.dumps(current, default=str))
    elif current.modified and CSRF in current:
        response.set_cookie(value=_serializer().dumps(current[CSRF]), **_cookie(current.realm))
    elif current.row is not None and now() - current.row.seen_at >= TOUCH_AFTER:
        with portal().database.writing() as db:
            people.update_session(db, current.row.id_sha256, now())


def _begin(current: ServerSession, response: Response) -> None:
    """A row of its own under a new random id of 256 bits; the old one, if any, is gone."""
    token = secrets.token_urlsafe(32)
    holder = current.person.actor.id if current.person else ""
    row = WebSession(
        id_sha256=_digest(token),
        holder=holder,
        data=json.dumps(current, default=str),
        user_agent=str(request.user_agent)[:200],
        created_at=now(),
        seen_at=now(),
        expires_at=now() + (current.realm.absolute if holder else UNCLAIMED_LIFE),
    )
    with portal().database.writing() as db:
        if current.row is not None:
            people.drop_session(db, current.row.id_sha256)
        people.keep_session(db, row, now())
    life = current.realm.absolute if holder and current.realm.lasting else None
    response.set_cookie(value=token, max_age=life, **_cookie(current.realm))


def _forget(current: ServerSession) -> None:
    if current.row is not None:
        with portal().database.writing() as db:
            people.drop_session(db, current.row.id_sha256)


def _load_form_token(current: ServerSession) -> None:
    try:
        current[CSRF] = _serializer().loads(current.cookie)
    except BadSignature:
        return
    current.modified = False


def _new_form_token(current: ServerSession) -> None:
    """Made at sign-in, so that the next page has nothing to write."""
    current[CSRF] = secrets.token_hex(20)
    g.pop(CSRF, None)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(portal().settings.secret_key, salt="form-token")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _cookie_name(realm: Realm) -> str:
    return f"__Host-{realm.cookie}" if current_app.config["HTTPS"] else realm.cookie


def _cookie(realm: Realm) -> dict[str, Any]:
    return {
        "key": _cookie_name(realm),
        "path": "/",
        "secure": current_app.config["HTTPS"],
        "httponly": True,
        "samesite": "Lax",
    }
