"""Every refusal and failure becomes one answer here: a page for people, `application/problem+json` for programs."""

import errno
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, render_template, request
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from arbitration.actions.people import SIGN_IN_WINDOW
from arbitration.domain.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, Refused, TooMany
from arbitration.domain.intake import BadSignature, Malformed
from arbitration.web.current import lang, now, request_id, wants_json
from arbitration.web.formats import beijing_word

log = structlog.get_logger()

RETRY_SECONDS = 5
"""When to come back while the database is away."""
PROBLEM = "application/problem+json"

STATUS: tuple[tuple[type[Refused], int], ...] = (
    (BadSignature, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Malformed, 400),
    (Invalid, 422),
    (TooMany, 429),
)
"""The first kind that fits."""

TEXTS = {
    400: (
        lazy_gettext("This request cannot be read"),
        lazy_gettext("What arrived here is not what this page sends."),
        lazy_gettext("Go back, reload the page and try again."),
    ),
    401: (
        lazy_gettext("You are not signed in"),
        lazy_gettext("Your session has ended, or it never began."),
        lazy_gettext("Sign in and try again."),
    ),
    403: (
        lazy_gettext("You may not do this"),
        lazy_gettext("Your role does not include this page or this action."),
        lazy_gettext("If it should, ask the person who manages accounts."),
    ),
    404: (
        lazy_gettext("There is nothing here"),
        lazy_gettext("The address is wrong, or what it led to does not exist for you."),
        lazy_gettext("Check the address, or start from the front page."),
    ),
    405: (
        lazy_gettext("This cannot be done here"),
        lazy_gettext("The page exists, but it does not take this kind of request."),
        lazy_gettext("Go back and use the buttons of the page."),
    ),
    408: (
        lazy_gettext("This came too slowly"),
        lazy_gettext("Your connection was too slow to go on with. Nothing of what you sent was kept."),
        lazy_gettext("Try again with a better connection."),
    ),
    409: (
        lazy_gettext("This has changed since you opened it"),
        lazy_gettext("Somebody acted in the meantime, so your step was not taken. Nothing of it was kept."),
        lazy_gettext("Open the page again, look at what is new, and decide again."),
    ),
    413: (
        lazy_gettext("This is too large"),
        lazy_gettext("What you sent is larger than this page takes. Nothing of it was kept."),
        lazy_gettext("Send less at once, or a smaller file."),
    ),
    415: (
        lazy_gettext("This kind of content is not taken here"),
        lazy_gettext("The request says that it is of a type which this address does not read."),
        None,
    ),
    422: (
        lazy_gettext("Something here needs correcting"),
        lazy_gettext("What you entered does not fit together."),
        lazy_gettext("Go back, correct it and send it again."),
    ),
    429: (
        lazy_gettext("Too many tries"),
        lazy_gettext("This was tried too often in a short time, so it is locked for a while."),
        None,
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("The fault is ours and has been written down. What you were doing was not carried out."),
        lazy_gettext("Try again. If it happens again, tell us the reference number."),
    ),
    503: (
        lazy_gettext("We are away for a moment"),
        lazy_gettext("The database does not answer. What you were doing was not carried out."),
        lazy_gettext("Wait a few seconds and try again."),
    ),
    507: (
        lazy_gettext("We have no room left"),
        lazy_gettext("The disk is full, so nothing new can be kept. What is kept can still be read."),
        lazy_gettext("The office has to make room. Try again later."),
    ),
}
"""Status -> what happened, why, what to do."""


@dataclass(frozen=True)
class Problem:
    """One answer: the HTTP status, a stable code, and in English what is wrong and where.

    `told`: the refusal whose sentence people read, because a rule wrote it for them. `ours`: the fault is not theirs.
    """

    status: int
    code: str
    detail: str
    fields: tuple[FieldError, ...] = ()
    retry_after: timedelta | None = None
    headers: dict[str, str] = field(default_factory=dict)
    told: Refused | None = None
    ours: bool = False


def install(app: Flask) -> None:
    """Answer for everything that is raised."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """The response to *error*; what is our own fault goes into the log."""
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        error = error.original_exception
    problem = problem_of(error)
    if problem.ours:
        log.error("request failed", status=problem.status, exc_info=error)
    try:
        return respond(problem)
    except Exception:  # whatever broke the page may break its error page as well
        log.exception("error page failed")
        return Response(f"Error {problem.status}, reference {request_id()}\n", problem.status, mimetype="text/plain")


def problem_of(error: Exception) -> Problem:
    """What *error* means to whoever asked."""
    if isinstance(error, Refused):
        return _refusal(error)
    if isinstance(error, HTTPException):
        headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        status = error.code or 500
        return Problem(status, HTTPStatus(status).name.lower(), error.description or "", headers=headers)
    if isinstance(error, StaleDataError):
        return Problem(409, "stale", "It was changed since you opened it.")
    if isinstance(error, IntegrityError):
        return Problem(409, "conflict", "It collides with what has happened meanwhile.", ours=True)
    if isinstance(error, DataError):
        return Problem(422, "unstorable", "It holds a character or a number that cannot be stored.")
    if _disk_is_full(error):
        return Problem(507, "no_room", "The disk is full; nothing was kept.", ours=True)
    if isinstance(error, OperationalError | InterfaceError | NoConnection):
        wait = timedelta(seconds=RETRY_SECONDS)
        return Problem(503, "unavailable", "The database does not answer.", retry_after=wait, ours=True)
    return Problem(500, "internal", "The fault is ours.", ours=True)


def _refusal(error: Refused) -> Problem:
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 422)
    return Problem(
        status,
        error.code,
        error.message,
        fields=error.fields if isinstance(error, Invalid) else (),
        retry_after=SIGN_IN_WINDOW if status == 429 else None,
        headers={"WWW-Authenticate": "Webhook-Signature"} if status == 401 else {},
        told=error if status in (400, 409, 422) else None,
    )


def _disk_is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    return getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "sqlstate", "") == "53100"


def explain(refused: Refused) -> str:
    """A refusal as one sentence in the reader's language, to show beside a form."""
    sentence = str(gettext(refused.sentence))
    return sentence % refused.values if refused.values else sentence


def respond(problem: Problem) -> Response:
    """The problem as whoever asked wants to read it."""
    response = _as_json(problem) if wants_json() else _as_page(problem)
    response.headers.update(problem.headers)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(int(problem.retry_after.total_seconds()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_json(problem: Problem) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id(),
    }
    if problem.fields:
        body["errors"] = [{"path": error.path, "message": error.message} for error in problem.fields]
    return Response(json.dumps(body), problem.status, mimetype=PROBLEM)


def _as_page(problem: Problem) -> Response:
    title, cause, cure = TEXTS.get(problem.status, TEXTS[500 if problem.status >= 500 else 400])
    if problem.retry_after is not None and problem.status == 429:
        cure = gettext("Try again after %(time)s.", time=beijing_word(now() + problem.retry_after, lang()))
    if problem.told is not None:
        cause = explain(problem.told)
    page = render_template(
        "errors/error.html",
        status=problem.status,
        title=title,
        cause=cause,
        cure=cure,
        reference=request_id(),
        actions=_ways_on(problem),
        fields=[FieldError(error.path, gettext(error.message)) for error in problem.fields],
    )
    return Response(page, problem.status, mimetype="text/html")


def _ways_on(problem: Problem) -> list[tuple[str, str]]:
    """Where to go from here; a page that was only read can be asked for again."""
    again = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    if problem.status in (409, 500, 503) and again:
        return [(again, gettext("Try again"))]
    return [("/", gettext("To the front page"))]
