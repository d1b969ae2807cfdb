"""How large the body of a request may be: little, unless the route says that it takes more."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])

DEFAULT_BYTES = 1024 * 1024
FORM_BYTES = 2 * 1024 * 1024
"""What the fields of a form without files may take in memory."""


def takes(most: int) -> Callable[[View], View]:
    """Mark a route that takes bodies of up to *most* bytes; beyond, it is not read on and the answer is 413."""

    def mark(view: View) -> View:
        view.body_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def limit_body() -> None:
    """Before every request, and before anything looks at its body."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "body_bytes", DEFAULT_BYTES)
