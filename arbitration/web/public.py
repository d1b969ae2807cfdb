"""Pages for everyone: the front door and the standard, version by version, clause by clause."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, json, render_template, request, url_for
from flask_babel import gettext

from arbitration.actions import standard as standards_of
from arbitration.actions.context import PUBLIC
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Clause
from arbitration.domain.errors import NotFound
from arbitration.domain.standard import Standard, in_force_at
from arbitration.domain.vocabulary import Remedy
from arbitration.store.standard import StandardVersion
from arbitration.web.access import public
from arbitration.web.current import lang, now, portal
from arbitration.web.words import BOUND, REMEDIES, SEVERITIES

bp = Blueprint("public", __name__)


@dataclass(frozen=True)
class VersionShown:
    """One version of the standard in a list, or at the head of its page."""

    version: str
    in_force: datetime
    ends: datetime | None
    status: str
    clauses: int
    sha256: str
    url: str
    file_url: str


@bp.get("/")
@public
def home() -> str:
    """The front door."""
    current = next((each for each in _versions() if each.status == "current"), None)
    return render_template("public/home.html", standard=current)


@bp.get("/standard")
@public
def standards() -> str:
    """Every published version, the newest first."""
    published = _published()
    title = published[0].title if published else Bilingual("", "")
    return render_template("public/standards.html", title=_said(title), versions=_versions())


@bp.get("/standard/<version>")
@public
def standard_version(version: str) -> str:
    """One version, with an anchor at each clause."""
    with portal().read(PUBLIC) as work:
        standard = standards_of.version(work, version)
    shown = next(each for each in _versions() if each.version == version)
    return render_template(
        "public/standard.html",
        title=_said(standard.title),
        version=shown,
        versions_url=url_for("public.standards"),
        chapters=chapters(standard),
    )


@bp.get("/standard/<version>.yaml")
@public
def standard_file(version: str) -> Response:
    """The version as it was published, byte for byte."""
    with portal().read(PUBLIC) as work:
        row = work.session.get(StandardVersion, version)
    if row is None:
        raise NotFound(f"There is no version {version} of the standard.")
    return _unchanging(row.body, "application/yaml")


@bp.get("/standard/<version>.json")
@public
def standard_json(version: str) -> Response:
    """The same as JSON, with the digest of each clause's text."""
    with portal().read(PUBLIC) as work:
        body = json.dumps(standards_of.version(work, version).as_json())
    return _unchanging(body, "application/json")


def _unchanging(body: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag()
    response.make_conditional(request)
    return response


def _published() -> list[Standard]:
    with portal().read(PUBLIC) as work:
        return standards_of.published(work)


def _versions() -> list[VersionShown]:
    published = _published()
    current = in_force_at(published, now())
    shown = []
    later: Standard | None = None
    for standard in published:
        status = "current" if standard is current else "coming" if standard.starts_at > now() else "past"
        shown.append(
            VersionShown(
                version=standard.version,
                in_force=standard.starts_at,
                ends=later.starts_at if later else None,
                status=status,
                clauses=len(standard.clauses),
                sha256=standard.sha256,
                url=url_for("public.standard_version", version=standard.version),
                file_url=url_for("public.standard_file", version=standard.version),
            )
        )
        later = standard
    return shown


def _said(words: Bilingual) -> str:
    return words.zh if lang() == "zh-Hans" else words.en


@dataclass(frozen=True)
class ClauseShown:
    """One clause in the reader's language, and the other language beside it."""

    id: str
    title: str
    text: str
    other_lang: str
    other_title: str
    other_text: str
    severity: str
    severity_label: str
    binds_label: str
    floors: list[tuple[str, str]]
    burden: list[tuple[str, str]]
    basis: list[str]
    remedies: list[str]
    sha256: str


@dataclass(frozen=True)
class ChapterShown:
    id: str
    title: str
    clauses: list[ClauseShown]


def chapters(standard: Standard) -> list[ChapterShown]:
    """The whole text, as the page shows it."""
    return [
        ChapterShown(chapter.id, _said(chapter.title), [_clause(standard, each) for each in clauses])
        for chapter in standard.chapters
        if (clauses := standard.in_chapter(chapter.id))
    ]


def _clause(standard: Standard, clause: Clause) -> ClauseShown:
    chinese = lang() == "zh-Hans"
    facts = {fact.name: fact.label for fact in standard.facts}
    floors = [standard.floor(name) for name in clause.floors]
    title, other_title = _both(clause.title)
    text, other_text = _both(clause.text)
    return ClauseShown(
        id=clause.id,
        title=title,
        text=text,
        other_lang="en" if chinese else "zh-Hans",
        other_title=other_title,
        other_text=other_text,
        severity=clause.severity,
        severity_label=str(SEVERITIES[clause.severity]),
        binds_label=gettext(", ").join(str(BOUND[who]) for who in clause.binds),
        floors=[(_said(floor.label), floor.value.zh if chinese else floor.value.en) for floor in floors],
        burden=[(_said(facts[proof.fact]), str(BOUND[proof.by])) for proof in clause.proof],
        basis=[_article(basis.name, basis.article) for basis in clause.basis],
        remedies=[str(REMEDIES[Remedy(remedy)]) for remedy in clause.remedies],
        sha256=clause.text_sha256,
    )


def _both(words: Bilingual) -> tuple[str, str]:
    return (words.zh, words.en) if lang() == "zh-Hans" else (words.en, words.zh)


def _article(law: Bilingual, number: str) -> str:
    return gettext("%(law)s, article %(number)s", law=_said(law), number=number)
