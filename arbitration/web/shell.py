"""What the frame of every page needs: who looks, the sections open to them, the institution, links and files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, request
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from arbitration.actions.context import PUBLIC, Institution
from arbitration.domain.permissions import CASE_READERS, GRANTS, STAFF, Permission, Role
from arbitration.store.standard import edition_in_force
from arbitration.web import formats, i18n
from arbitration.web.current import current_actor, lang, now, portal
from arbitration.web.icons import icon
from arbitration.web.words import ROLES


@dataclass(frozen=True)
class Section:
    """An entry of the rail: the endpoint it leads to and the roles that have it."""

    endpoint: str
    icon: str
    label: LazyString
    roles: frozenset[Role]


WITHOUT_PAGES = frozenset({Role.ADMIN})
"""Their work is done by the command line."""
SECTIONS = (
    Section("duties.index", "clipboard-list", lazy_gettext("My duties"), WITHOUT_PAGES),
    Section("docket.index", "inbox", lazy_gettext("Docket"), CASE_READERS),
    Section("deliveries.index", "send", lazy_gettext("Deliveries"), GRANTS[Permission.READ_DELIVERIES]),
    Section(
        "platform_rules.index",
        "scale",
        lazy_gettext("Our rules"),
        GRANTS[Permission.PUBLISH_PLATFORM_RULES] & STAFF,
    ),
    Section("standards.index", "edit", lazy_gettext("Drafts of the standard"), GRANTS[Permission.EDIT_STANDARD]),
    Section("inspections.index", "microscope", lazy_gettext("Inspections"), frozenset({Role.INSPECTOR})),
    Section("inspectors.desk", "certificate", lazy_gettext("Register of inspectors"), frozenset({Role.ADMIN})),
    Section("public.standards", "book-2", lazy_gettext("The standard"), STAFF),
    Section("verify.form", "shield-check", lazy_gettext("Verify a ruling"), STAFF),
)
"""In the order of the rail; one whose page does not exist is left out."""

SEARCH = "docket.search"
_SAYS_DEMO = re.compile(r"\s*[（(](演示|demo)[）)]$", re.IGNORECASE)
STANDARD_KNOWN_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class RailEntry:
    url: str
    icon: str
    label: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class PersonShown:
    """The person who looks, as the page names them."""

    name: str
    role: str
    role_label: str


@dataclass(frozen=True)
class Site:
    """What does not change from page to page. `brand` is the name where a badge says that it is a demonstration."""

    name: str
    brand: str
    demo: bool
    home_url: str
    standard_url: str
    conformance_url: str
    verify_url: str
    sign_in_url: str
    search_url: str | None
    account_url: str
    sign_out_url: str

    @property
    def standard_version(self) -> str | None:
        """The version in force: looked up once a minute, since versions come months apart."""
        shell = _shell()
        if shell.standard is None or not timedelta(0) <= now() - shell.standard[0] < STANDARD_KNOWN_FOR:
            with portal().read(PUBLIC) as work:
                edition = edition_in_force(work.session, work.now)
            shell.standard = (now(), edition.version if edition else None)
        return shell.standard[1]


@dataclass
class Shell:
    """The part of the frame that is the same for every request, made once."""

    sites: dict[str, Site]
    sections: list[tuple[Section, str]]
    standard: tuple[datetime, str | None] | None = None
    """When the version in force was last looked up, and what it was."""


def install(app: Flask, institution: Institution) -> None:
    """Give templates the frame's variables, our filters, icons and links. All routes must be known by now."""
    urls = app.url_map.bind("localhost")

    def url(endpoint: str) -> str | None:
        return urls.build(endpoint) if endpoint in app.view_functions else None

    app.extensions["shell"] = Shell(
        sites={language: _site(institution, language, url) for language in i18n.LOCALES},
        sections=[(section, path) for section in SECTIONS if (path := url(section.endpoint))],
    )
    formats.install(app.jinja_env, lang, now)
    app.jinja_env.globals.update(
        icon=icon, url_for=_link_maker(app), page_path=page_path, has_errors=False, nav_current=""
    )
    app.context_processor(frame)


def _site(institution: Institution, language: str, url: Callable[[str], str | None]) -> Site:
    name = institution.name(language)
    return Site(
        name=name,
        brand=_SAYS_DEMO.sub("", name) if institution.is_demo else name,
        demo=institution.is_demo,
        home_url=url("public.home") or "/",
        standard_url=url("public.standards") or "/",
        conformance_url=url("conformance.index") or "/",
        verify_url=url("verify.form") or "/",
        sign_in_url=url("login.sign_in") or "/",
        search_url=url(SEARCH),
        account_url=url("login.account") or "/",
        sign_out_url=url("login.sign_out") or "/",
    )


def frame() -> dict[str, Any]:
    """The variables that templates/_shell.html names."""
    actor = current_actor()
    language = lang()
    person = None
    if actor is not PUBLIC:
        person = PersonShown(actor.name, actor.role, str(ROLES[actor.role]))
    return {
        "lang": language,
        "now": now(),
        "viewer": person,
        "rail": rail(actor.role) if actor.role in STAFF else [],
        "site": _shell().sites[language],
    }


def page_path() -> str:
    """Where the page that is shown can be opened again. A form's answer is opened where its form stands: at the
    nearest address above its own that can be read."""
    if request.method in ("GET", "HEAD"):
        return request.full_path
    path = request.path
    while path and not _can_be_read(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _can_be_read(path: str) -> bool:
    urls = current_app.create_url_adapter(request)
    try:
        return urls is not None and bool(urls.match(path, method="GET"))
    except RequestRedirect:
        return True
    except HTTPException:
        return False


def rail(role: Role) -> list[RailEntry]:
    """The sections of one role."""
    return [
        RailEntry(url, section.icon, str(section.label), section.endpoint.partition(".")[0] == request.blueprint)
        for section, url in _shell().sections
        if role in section.roles
    ]


def front_page() -> str:
    """Where somebody who has just signed in begins: the first section of their role."""
    role = current_actor().role
    return next((url for section, url in _shell().sections if role in section.roles), "/")


def _shell() -> Shell:
    return cast(Shell, current_app.extensions["shell"])


def _link_maker(app: Flask) -> Callable[..., str]:
    """`url_for`, quicker for our own files, whose address changes with their content."""
    folder = Path(app.static_folder or "")
    prefix = app.static_url_path

    @cache
    def static(filename: str) -> str:
        return f"{prefix}/{filename}?v={sha256((folder / filename).read_bytes()).hexdigest()[:12]}"

    def link(endpoint: str, **values: Any) -> str:
        return static(values["filename"]) if endpoint == "static" else app.url_for(endpoint, **values)

    return link
