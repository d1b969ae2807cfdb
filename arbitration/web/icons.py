"""Icons as inline SVG: one symbol at a time out of the Tabler sprite, because the page may load no foreign file."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from markupsafe import Markup

_SYMBOL = '<symbol id="tabler-{name}"'
_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


class UnknownIcon(LookupError):
    """The sprite has no such symbol: a mistake in a template."""


@cache
def icon(name: str, label: str | None = None) -> Markup:
    """The symbol *name* (`clock`, or `filled-clock` for the solid one) as an SVG element.

    Without *label* it is decoration and hidden from assistive software; with one it is an image of that name.
    Colour and size come from the stylesheet (`.icon`, `.icon-filled`).
    """
    style = "icon icon-filled" if name.startswith("filled-") else "icon"
    spoken = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="{}" width="20" height="20" viewBox="0 0 24 24"{}>{}</svg>').format(
        style, spoken, _shape(name)
    )


@cache
def _shape(name: str) -> Markup:
    sprite = _sprite("filled" if name.startswith("filled-") else "nostroke")
    start = sprite.find(_SYMBOL.format(name=name))
    if start < 0:
        raise UnknownIcon(name)
    begin = sprite.index(">", start) + 1
    body = sprite[begin : sprite.index("</symbol>", begin)]
    return Markup(_FRAME.sub("", body).replace(" />", "/>"))  # noqa: S704  the package's own drawing


@cache
def _sprite(kind: str) -> str:
    # find_spec does not import the package: its code (asset bundles, a Flask extension) is not wanted, only the file.
    spec = find_spec("flask_tabler_icons")
    if spec is None or spec.origin is None:
        raise UnknownIcon("flask-tabler-icons is not installed")
    folder = Path(spec.origin).parent / "static" / "tabler_icons"
    return (folder / f"tabler-sprite-{kind}.svg").read_text(encoding="utf-8")
