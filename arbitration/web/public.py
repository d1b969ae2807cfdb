"""Pages for everyone: the front door and the standard, version by version, clause by clause."""

import io
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, json, render_template, request, send_file, url_for

from arbitration.actions import standard as standards_of
from arbitration.actions import standard_paper
from arbitration.actions.context import PUBLIC
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import NotFound
from arbitration.domain.standard import Standard, in_force_at
from arbitration.store import rulings
from arbitration.store import standard as store
from arbitration.store.rulings import Citing
from arbitration.store.standard import StandardVersion
from arbitration.web.access import public
from arbitration.web.current import lang, now, portal, said
from arbitration.web.fact_words import result_badge
from arbitration.web.standard_pages import chapters, draft_shown
from arbitration.web.words import OUTCOMES

bp = Blueprint("public", __name__)

MOST_DECISIONS = 100
"""So many decisions on a clause are listed, the newest."""


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
    """Every published version, the newest first, and before them the drafts on which everyone is asked."""
    published = _published()
    title = published[0].title if published else Bilingual("", "")
    with portal().read(PUBLIC) as work:
        drafts = [draft_shown(draft, work.now) for draft in store.consultations(work.session)]
    return render_template(
        "public/standards.html",
        title=said(title),
        versions=_versions(),
        consultations=[draft for draft in drafts if draft.is_open],
    )


@bp.get("/standard/<version>")
@public
def standard_version(version: str) -> str:
    """One version, with an anchor at each clause."""
    with portal().read(PUBLIC) as work:
        standard = standards_of.version(work, version)
        pdf = standard_paper.sealed(work, version)
    shown = next(each for each in _versions() if each.version == version)
    return render_template(
        "public/standard.html",
        title=said(standard.title),
        version=shown,
        versions_url=url_for("public.standards"),
        chapters=chapters(standard),
        pdf=pdf,
        earlier=_before(version),
    )


@bp.get("/standard/<version>.pdf")
@public
def standard_pdf(version: str) -> Response:
    """The sealed file; until its job has made it there is none, and the version's page says so."""
    with portal().read(PUBLIC) as work:
        pdf = standard_paper.sealed(work, version)
    if pdf is None:
        raise NotFound(f"The sealed file of version {version} is being made.")
    name = f"{'标准' if lang() == 'zh-Hans' else 'standard'}-{version}.pdf"
    content = io.BytesIO(portal().ports.blobs.read(pdf.blob))
    return send_file(content, "application/pdf", as_attachment=True, download_name=name, etag=pdf.sha256)


@dataclass(frozen=True)
class ClauseOfVersion:
    """A clause as one version has it."""

    version: str
    title: str
    text: str
    status: str
    url: str


@dataclass(frozen=True)
class DecisionShown:
    """A ruling that applied a clause; `result` is tone, label and icon of what the clause came to."""

    case_no: str
    url: str
    issued_at: datetime
    version: str
    result: tuple[str, str, str] | None
    outcome: str


@bp.get("/standard/clauses/<clause_id>")
@public
def clause(clause_id: str) -> str:
    """One clause through its versions, and the decisions that applied it."""
    statuses = {each.version: each for each in _versions()}
    found = [
        ClauseOfVersion(
            version=standard.version,
            title=said(each.title),
            text=said(each.text),
            status=statuses[standard.version].status,
            url=f"{statuses[standard.version].url}#{clause_id}",
        )
        for standard in _published()
        for each in standard.clauses
        if each.id == clause_id
    ]
    if not found:
        raise NotFound("No version of the standard has this clause.")
    with portal().read(PUBLIC) as work:
        decisions = rulings.citing(work.session, clause_id, limit=MOST_DECISIONS + 1)
    return render_template(
        "public/clause.html",
        clause_id=clause_id,
        versions=found,
        decisions=[_decision(each) for each in decisions[:MOST_DECISIONS]],
        more=len(decisions) > MOST_DECISIONS,
    )


def _decision(cited: Citing) -> DecisionShown:
    return DecisionShown(
        case_no=cited.case_no,
        url=url_for("verify.code", code=cited.verify_code),
        issued_at=cited.issued_at,
        version=cited.version,
        result=result_badge(cited.result) if cited.result is not None else None,
        outcome=str(OUTCOMES[cited.outcome]) if cited.outcome else "",
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


def _before(version: str) -> str | None:
    """The version that this one superseded."""
    numbers = [standard.version for standard in _published()]
    later = numbers[numbers.index(version) + 1 :]
    return later[0] if later else None
