"""What every response says to the browser, and the refusal of forms that come from another site."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, current_app, request
from werkzeug.exceptions import BadRequest

from arbitration.actions.context import PUBLIC
from arbitration.web.current import current_actor, portal, request_id
from arbitration.web.sessions import SAFE_METHODS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"


def harden(response: Response) -> Response:
    """Set what is always set. Only the content security policy may be a view's own: evidence asks for a `sandbox`."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    for name, value in ALWAYS.items():
        response.headers.add(name, value)
    response.headers.add("X-Request-Id", request_id())
    if current_app.config["HTTPS"]:
        response.headers.add("Strict-Transport-Security", HSTS)
    if request.endpoint != "static":
        _keep_private(response)
    elif response.cache_control.max_age:
        response.cache_control.immutable = True
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # nothing is sent of the file that was opened for it, and then nobody else closes it
    return response


def _keep_private(response: Response) -> None:
    """Pages of signed-in people leave no copy behind; other pages are asked for anew."""
    if current_actor() is not PUBLIC:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")


def refuse_other_sites() -> None:
    """A form may only come from a page of ours. The form token says the same; this stands where that might leak.

    Pages say `no-referrer`, so browsers send `Origin: null` with our own forms and only Sec-Fetch-Site can tell.
    """
    if request.method in SAFE_METHODS or request.blueprint == "api":
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise BadRequest("This form was sent from another site.")
        return
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        return
    ours = (request.host, urlsplit(portal().settings.public_url).netloc)
    if str(origin).partition("://")[2] not in ours:
        raise BadRequest("This form was sent from another site.")
