"""Who may call a route: every route carries exactly one mark, and what carries none is closed to all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from arbitration.domain.errors import NotAllowed
from arbitration.domain.permissions import PARTIES, STAFF, Role
from arbitration.web import sessions
from arbitration.web.current import current_actor, wants_json

View = TypeVar("View", bound=Callable[..., Any])

WITHOUT_SESSIONS = frozenset({"api", "health"})
"""Blueprints for programs: no cookie is looked at."""
PARTY_DOOR = "party.enter"
"""Endpoint, given `link`, where a party proves itself by its access code."""

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


@dataclass(frozen=True)
class Access:
    """What a route asks for: `public`, `platform` (its signature, checked by the use case), `staff` or `party`."""

    kind: str
    roles: frozenset[Role] = frozenset()


PUBLIC_ACCESS = Access("public")
BY_SIGNATURE = Access("platform", frozenset({Role.PLATFORM}))
ANY_STAFF = Access("staff", STAFF)
BY_LINK = Access("party", PARTIES)
CLOSED = Access("closed")


class Unmarked(Exception):
    """A route without a mark: the application does not start."""


def public(view: View) -> View:
    """Anyone, signed in or not."""
    return _mark(view, PUBLIC_ACCESS)


def signed_by_platform(view: View) -> View:
    """A platform, by the signature of its request; no session, no form token."""
    return _mark(view, BY_SIGNATURE)


def signed_in(view: View) -> View:
    """Anyone with an account."""
    return _mark(view, ANY_STAFF)


def needs(*roles: Role) -> Callable[[View], View]:
    """Staff of one of these roles. Which cases they may see is decided by the use case."""
    unknown = frozenset(roles) - STAFF
    if unknown or not roles:
        raise TypeError(f"name at least one role of staff, not {sorted(unknown)}")
    return lambda view: _mark(view, Access("staff", frozenset(roles)))


def party(view: View) -> View:
    """The party to whom the `link` in the address belongs, after its access code."""
    return _mark(view, BY_LINK)


def _mark(view: View, access: Access) -> View:
    if hasattr(view, "access"):
        raise TypeError(f"{view.__qualname__} carries a mark already")
    view.access = access  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> Access:
    """The mark of a route."""
    return cast(Access, getattr(app.view_functions[endpoint], "access", CLOSED))


def check_marks(app: Flask) -> None:
    """Raises Unmarked, naming every route that carries no mark."""
    unmarked = [rule.rule for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is CLOSED]
    if unmarked:
        raise Unmarked(f"no access mark on {', '.join(sorted(unmarked))}")


def admit() -> Response | None:
    """Before every request: load who asks, and let only them in whom the route's mark names."""
    if request.endpoint is None:
        sessions.load()  # there is no such page, which is said to the person who asked
        return None
    access = access_of(current_app, request.endpoint)
    if request.endpoint == "static" or request.blueprint in WITHOUT_SESSIONS:
        return None if access in (PUBLIC_ACCESS, BY_SIGNATURE) else _closed()
    sessions.load()
    if access is PUBLIC_ACCESS:
        return None
    if access.kind == "party":
        return _admit_party()
    if access.kind != "staff":
        return _closed()
    if not current_user.is_authenticated:
        if wants_json():
            raise Unauthorized("Sign in first.")
        return redirect(url_for("login.sign_in", next=_asked_for()), 303)
    if current_actor().role not in access.roles:
        raise NotAllowed("Your role does not have this page.", code="wrong_role")
    return None


def _closed() -> NoReturn:
    raise NotAllowed("This page is closed.", code="closed")


def _admit_party() -> Response | None:
    link = (request.view_args or {}).get("link")
    if current_user.is_authenticated and link is not None and current_user.link == link:
        return None
    return redirect(url_for(PARTY_DOOR, link=link), 303)


def _asked_for() -> str | None:
    """Where to go after signing in; a form that was sent is not sent again."""
    return request.full_path.rstrip("?") if request.method in sessions.SAFE_METHODS else None


def local_path(path: str | None) -> str | None:
    """*path*, if it stays on this site."""
    return path if path and _LOCAL.fullmatch(path) else None
