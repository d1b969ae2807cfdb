"""What a view asks about the request being served: the portal, who acts, when, and in which language."""

from datetime import datetime
from typing import Any, cast

from flask import current_app, g, request, session

from arbitration.actions.context import Actor
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.quantities import Quantity
from arbitration.portal import Portal
from arbitration.web.i18n import choose

API = "/api/"


def portal() -> Portal:
    """The use cases' way to everything; `with portal().read(current_actor()) as work:`."""
    return cast(Portal, current_app.extensions["portal"])


def current_actor() -> Actor:
    """Who acts in this request; `PUBLIC` when nobody is signed in."""
    return cast(Actor, session.actor)  # type: ignore[attr-defined]


def now() -> datetime:
    """The time of this request: one for all that it shows."""
    kept = _kept()
    if "now" not in kept:
        kept["now"] = portal().ports.clock()
    return cast(datetime, kept["now"])


def lang() -> str:
    """`zh-Hans` or `en`, as the `lang` attribute of the page has it."""
    kept = _kept()
    if "lang" not in kept:
        kept["lang"] = choose(request)
    return cast(str, kept["lang"])


def said(words: Bilingual | Quantity) -> str:
    """Words that are stored in both languages, in the reader's."""
    return words.zh if lang() == "zh-Hans" else words.en


def _kept() -> dict[str, Any]:
    """What `g` holds, through its proxy once: a page asks for its language some two hundred times."""
    return vars(g._get_current_object())  # type: ignore[attr-defined]


def request_id() -> str:
    """The number under which this request stands in the log, and which error pages give as a reference."""
    return cast(str, g.get("request_id", "-"))


def wants_json() -> bool:
    """Whether a program asks: everything under /api/, and whoever prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return request.path.startswith(API) or accepted["application/json"] > accepted["text/html"]
