"""Platforms' own rules held against the standard, for everyone: what is stricter, what is below, and what governs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Response, render_template, url_for
from flask_babel import LazyString, lazy_gettext

from arbitration.actions import platform_rules
from arbitration.actions.context import PUBLIC
from arbitration.actions.platform_rules import Published
from arbitration.domain.conformance import ClauseCompared, Conformance, FloorCompared, Verdict
from arbitration.domain.errors import NotFound
from arbitration.store import people
from arbitration.web.access import public
from arbitration.web.current import now, portal, said

bp = Blueprint("conformance", __name__)

VERDICTS: Mapping[Verdict, LazyString] = {
    Verdict.STRICTER: lazy_gettext("Stricter than the standard"),
    Verdict.EQUAL: lazy_gettext("Equal to the standard"),
    Verdict.BELOW_FLOOR: lazy_gettext("Below the floor"),
    Verdict.SILENT: lazy_gettext("Silent"),
}
LOOKS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.STRICTER: ("ok", "circle-arrow-up"),
    Verdict.EQUAL: ("info", "equal"),
    Verdict.BELOW_FLOOR: ("bad", "alert-triangle"),
    Verdict.SILENT: ("plain", "minus"),
}
"""Verdict -> tone and icon."""


class VerdictShown(NamedTuple):
    """A verdict as word, icon and colour; with the clauses that have it where several are counted."""

    tone: str
    icon: str
    label: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class FloorShown:
    """One number of a clause. `own` is None where the platform is silent, `promised` says whose number governs."""

    label: str
    standard: str
    own: str | None
    below: bool
    governs: str
    promised: bool


@dataclass(frozen=True)
class ClauseShown:
    """One clause of the standard and what the platform makes of it."""

    id: str
    title: str
    url: str
    verdict: VerdictShown
    silent: bool
    below: bool
    floors: list[FloorShown]
    void_terms: tuple[str, ...]
    own_title: str
    own_text: str


@dataclass(frozen=True)
class RulesShown:
    """One version of a platform's rules. `status` is current, coming, past, or '' for one that is not published."""

    version: str
    title: str
    status: str
    in_force: datetime
    against: str
    against_url: str
    sha256: str
    counts: list[VerdictShown]
    clauses: list[ClauseShown]
    url: str | None = None
    file_url: str | None = None


class PlatformShown(NamedTuple):
    """A platform in the list, with its rules in force and those announced, if it has any."""

    name: str
    url: str
    current: RulesShown | None
    coming: RulesShown | None


@bp.get("/conformance")
@public
def index() -> str:
    """Every platform with what its rules in force come to."""
    with portal().read(PUBLIC) as work:
        found = [(each, platform_rules.versions(work, each.id)) for each in people.platforms(work.session)]
    return render_template("public/conformance.html", platforms=[_platform(row, versions) for row, versions in found])


@bp.get("/conformance/<platform>")
@public
def of_platform(platform: str) -> str:
    """The rules of one platform in force, and all its versions."""
    return _page(platform, None)


@bp.get("/conformance/<platform>/<version>")
@public
def of_version(platform: str, version: str) -> str:
    """One version."""
    return _page(platform, version)


@bp.get("/conformance/<platform>/<version>.yaml")
@public
def file(platform: str, version: str) -> Response:
    """The version as it was published, byte for byte."""
    with portal().read(PUBLIC) as work:
        found = platform_rules.version(work, platform_rules.platform_named(work, platform).id, version)
    return Response(found.body, mimetype="application/yaml")


def _page(slug: str, version: str | None) -> str:
    with portal().read(PUBLIC) as work:
        platform = platform_rules.platform_named(work, slug)
        versions = shown(slug, platform_rules.versions(work, platform.id))
    chosen = next((each for each in versions if each.version == version), None) if version else foremost(versions)
    if version and chosen is None:
        raise NotFound(f"This platform has no version {version} of its rules.")
    return render_template(
        "public/conformance_platform.html",
        platform=platform.name,
        rules=chosen,
        versions=versions,
        one_version=version is not None,
        platform_url=url_for("conformance.of_platform", platform=slug),
        platforms_url=url_for("conformance.index"),
    )


def _platform(row: people.Platform, found: list[Published]) -> PlatformShown:
    versions = shown(row.slug, found)
    by_status = {each.status: each for each in versions}  # of several that are coming, the next
    return PlatformShown(
        name=row.name,
        url=url_for("conformance.of_platform", platform=row.slug),
        current=by_status.get("current"),
        coming=by_status.get("coming"),
    )


def foremost(versions: list[RulesShown]) -> RulesShown | None:
    """The version to show first: that in force, else the next that is announced."""
    by_status = {each.status: each for each in versions}
    return by_status.get("current") or by_status.get("coming")


def shown(slug: str, found: list[Published]) -> list[RulesShown]:
    """Every version of a platform with its place in time, the one that begins last first."""
    made = []
    current = next((each for each in found if each.rules.starts_at <= now()), None)
    for each in found:
        status = "coming" if each.rules.starts_at > now() else "current" if each is current else "past"
        made.append(compared(each.conformance, status, slug))
    return made


def compared(conformance: Conformance, status: str = "", slug: str | None = None) -> RulesShown:
    """One version against its standard; with the *slug* of its platform where it is published."""
    rules = conformance.rules
    return RulesShown(
        version=rules.version,
        title=said(rules.title),
        status=status,
        in_force=rules.starts_at,
        against=conformance.standard.version,
        against_url=url_for("public.standard_version", version=conformance.standard.version),
        sha256=rules.sha256,
        counts=[_counted(conformance, verdict) for verdict in Verdict],
        clauses=[_clause(row, conformance.standard.version) for row in conformance.rows],
        url=url_for("conformance.of_version", platform=slug, version=rules.version) if slug else None,
        file_url=url_for("conformance.file", platform=slug, version=rules.version) if slug else None,
    )


def _counted(conformance: Conformance, verdict: Verdict) -> VerdictShown:
    clauses = tuple(row.clause.id for row in conformance.rows if row.verdict is verdict)
    return _verdict(verdict)._replace(clauses=clauses)


def _verdict(verdict: Verdict) -> VerdictShown:
    return VerdictShown(*LOOKS[verdict], str(VERDICTS[verdict]))


def _clause(row: ClauseCompared, standard: str) -> ClauseShown:
    return ClauseShown(
        id=row.clause.id,
        title=said(row.clause.title),
        url=url_for("public.standard_version", version=standard, _anchor=row.clause.id),
        verdict=_verdict(row.verdict),
        silent=row.own is None,
        below=row.verdict is Verdict.BELOW_FLOOR,
        floors=[_floor(each) for each in row.floors],
        void_terms=row.void_terms,
        own_title=said(row.own.title) if row.own else "",
        own_text=said(row.own.text) if row.own else "",
    )


def _floor(each: FloorCompared) -> FloorShown:
    return FloorShown(
        label=said(each.floor.label),
        standard=said(each.floor.value),
        own=said(each.stated) if each.stated else None,
        below=each.verdict is Verdict.BELOW_FLOOR,
        governs=said(each.governs),
        promised=each.verdict is Verdict.STRICTER,
    )
