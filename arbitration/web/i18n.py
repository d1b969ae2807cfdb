"""Which language a page speaks, and its sentences: read straight from the .po files, nothing compiled beforehand."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Request, Response, has_request_context, request
from flask_babel import Babel, Domain
from markupsafe import Markup

LOCALES = {"zh-Hans": "zh_Hans_CN", "en": "en"}
"""`lang` attribute of a page -> name of its folder under translations/."""
DEFAULT = "en"
COOKIE = "lang"
COOKIE_DAYS = 365
TRANSLATIONS = Path(__file__).parents[1] / "translations"


def language_of(tag: str | None) -> str | None:
    """The language that a tag such as `zh`, `zh-CN`, `zh-Hans` or `en-GB` asks for; None for any other."""
    head = (tag or "").lower().replace("_", "-").split("-")[0]
    return {"zh": "zh-Hans", "en": "en"}.get(head)


def choose(wanted: Request) -> str:
    """`?lang=`, else the cookie, else the browser's own order of preference, else English."""
    asked = language_of(wanted.args.get("lang")) or language_of(wanted.cookies.get(COOKIE))
    if asked:
        return asked
    return next(filter(None, map(language_of, wanted.accept_languages.values())), DEFAULT)


def remember(response: Response, *, secure: bool) -> Response:
    """Keep a language that was asked for by `?lang=`."""
    asked = language_of(request.args.get("lang"))
    if asked:
        response.set_cookie(COOKIE, asked, max_age=COOKIE_DAYS * 86400, secure=secure, httponly=True, samesite="Lax")
    return response


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of one language. Without a file, English stays English."""
    path = TRANSLATIONS / LOCALES[language] / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=LOCALES[language]))
    compiled.seek(0)
    return Translations(compiled)


class Catalogues(Domain):
    """Flask-Babel's way to our sentences: `gettext` and `lazy_gettext` work in views as they do in templates."""

    def __init__(self, lang: Callable[[], str]) -> None:
        super().__init__()
        self._lang = lang

    def get_translations(self) -> NullTranslations:
        return catalogue(self._lang()) if has_request_context() else NullTranslations()


def install(app: Flask, lang: Callable[[], str]) -> None:
    """Give the application its sentences; *lang* answers for the request being served."""
    babel = Babel(configure_jinja=False)
    babel.init_app(app, locale_selector=lambda: LOCALES[lang()])
    babel.domain_instance = Catalogues(lang)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue(lang()).gettext(text),
        ngettext=lambda one, many, count: catalogue(lang()).ngettext(one, many, count),
        newstyle=True,
    )

    def translate(sentence: str, **values: object) -> Markup:
        said = Markup(catalogue(lang()).gettext(sentence))  # noqa: S704  sentences are ours, values are escaped
        return said % values if values or "%" in said else said

    app.jinja_env.globals["_"] = translate  # what the extension makes of `_` does the same in four times as many steps
