"""What pages say of inspectors, requests for inspections and reports, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, lazy_gettext

from arbitration.actions.inspections import Report
from arbitration.domain.inspection import Check, Expertise, RequestState, Revocation
from arbitration.domain.manifest import Outcome, jwk
from arbitration.store.inspections import InspectionRequest
from arbitration.store.inspectors import Inspector, InspectorKey
from arbitration.web.current import lang, now, said
from arbitration.web.evidence_words import KINDS
from arbitration.web.formats import iso
from arbitration.web.wording import spoken

EXPERTISE: Mapping[Expertise, LazyString] = {
    Expertise.CHAT_RECORDS: lazy_gettext("Chat records"),
    Expertise.IMAGES_AND_VIDEO: lazy_gettext("Images and video"),
    Expertise.ACCOUNTS: lazy_gettext("Game and platform accounts"),
    Expertise.KEYS_AND_CARDS: lazy_gettext("Licence keys and gift cards"),
    Expertise.PAYMENTS: lazy_gettext("Payments"),
    Expertise.SYSTEM_LOGS: lazy_gettext("System logs"),
}
REVOCATIONS: Mapping[Revocation, LazyString] = {
    Revocation.ROTATED: lazy_gettext("Replaced by a new key"),
    Revocation.RETIRED: lazy_gettext("Retired"),
    Revocation.COMPROMISED: lazy_gettext("Compromised"),
}
REQUESTS: Mapping[RequestState, tuple[str, LazyString, str]] = {
    RequestState.ASKED: ("info", lazy_gettext("Request sent, no answer yet"), "hourglass"),
    RequestState.TAKEN: ("info", lazy_gettext("Taken on"), "microscope"),
    RequestState.DECLINED: ("plain", lazy_gettext("Request declined"), "user-x"),
    RequestState.REPORTED: ("ok", lazy_gettext("Reported"), "circle-check"),
    RequestState.WITHDRAWN: ("plain", lazy_gettext("Withdrawn by the office"), "circle-off"),
}
"""Tone, label and icon."""
OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.CONFIRMED: lazy_gettext("Confirmed"),
    Outcome.PARTLY_CONFIRMED: lazy_gettext("Confirmed in part"),
    Outcome.REFUTED: lazy_gettext("Refuted"),
    Outcome.INCONCLUSIVE: lazy_gettext("No certain answer"),
}


@dataclass(frozen=True)
class KeyShown:
    """One key on the register; `revoked` says why and what it means, None while it is good."""

    kid: str
    public: str
    valid_from: datetime
    revoked_at: datetime | None
    revoked: str | None


@dataclass(frozen=True)
class InspectorShown:
    """One inspector on the register."""

    id: int
    name: str
    expertise: str
    accredited_from: datetime
    accredited_until: datetime | None
    accredited: bool
    keys: list[KeyShown]


@dataclass(frozen=True)
class RequestShown:
    """One request, as the case or the inspector's desk shows it; it names no party."""

    id: int
    case_no: str
    label: str
    kind: str
    inspector: str
    question: str
    asked_at: datetime
    due_at: datetime
    state: RequestState
    standing: tuple[str, str, str]
    overdue: bool
    words: str
    report: str | None
    sample_sha256: str
    sample_size: int
    handed_out_at: datetime | None


@dataclass(frozen=True)
class CheckShown:
    """One check of a report: whether it holds (None: not examined), and its sentence."""

    passed: bool | None
    label: str
    detail: str


@dataclass(frozen=True)
class ReportShown:
    """One inspection report with its checks, as everyone in the case reads it."""

    label: str
    file_name: str
    at: datetime
    late: bool
    full_weight: bool
    inspector: str | None
    outcome: str | None
    finding: str | None
    method: str | None
    tool: str | None
    kid: str | None
    question: str | None
    checks: list[CheckShown]


def inspector_shown(row: Inspector) -> InspectorShown:
    """One inspector, in the reader's language."""
    return InspectorShown(
        id=row.id,
        name=said(row.name),
        expertise=" · ".join(spoken(EXPERTISE)[field] for field in row.fields),
        accredited_from=row.accredited_from,
        accredited_until=row.accredited_until,
        accredited=row.accredited_at(now()),
        keys=[_key(key) for key in row.keys],
    )


def _key(row: InspectorKey) -> KeyShown:
    return KeyShown(row.kid, jwk(row.public_key)["x"], row.valid_from, row.revoked_at, _revoked(row))


def _revoked(row: InspectorKey) -> str | None:
    if row.revoked_why is None:
        return None
    return str(spoken(REVOCATIONS)[row.revoked_why])


def register_json(rows: list[Inspector], at: datetime) -> dict[str, object]:
    """The public register for programs: what `arbitration inspector verify --keys` reads."""
    return {"as_of": iso(at), "inspectors": [_inspector_json(row) for row in rows]}


def _inspector_json(row: Inspector) -> dict[str, object]:
    return {
        "id": row.actor_id,
        "name": {"zh": row.name_zh, "en": row.name_en},
        "expertise": [str(field) for field in row.fields],
        "accredited_from": iso(row.accredited_from),
        "accredited_until": iso(row.accredited_until) if row.accredited_until else None,
        "keys": [_key_json(key) for key in row.keys],
    }


def _key_json(row: InspectorKey) -> dict[str, object]:
    return {
        "jwk": jwk(row.public_key),
        "valid_from": iso(row.valid_from),
        "revoked_at": iso(row.revoked_at) if row.revoked_at else None,
        "revoked_why": row.revoked_why,
        "distrusted_from": iso(row.distrusted_from) if row.distrusted_from else None,
    }


def request_shown(row: InspectionRequest) -> RequestShown:
    """One request; overdue is shown beside its state."""
    tone, label, icon = REQUESTS[row.state]
    return RequestShown(
        id=row.id,
        case_no=row.case_no,
        label=row.item.label or "",
        kind=spoken(KINDS)[row.item.kind],
        inspector=said(row.inspector.name),
        question=row.question,
        asked_at=row.asked_at,
        due_at=row.due_at,
        state=row.state,
        standing=(tone, str(label), icon),
        overdue=row.overdue_at(now()),
        words=row.words,
        report=row.report.label if row.report else None,
        sample_sha256=row.item.sha256 or "",
        sample_size=row.item.size,
        handed_out_at=row.handed_out_at,
    )


def report_shown(report: Report) -> ReportShown:
    """One report. What its manifest says is shown only where the signature of a key on the register fits."""
    found = report.judgement
    manifest = found.manifest if found.found[Check.SIGNATURE] else None
    finding = manifest.finding if manifest else None
    return ReportShown(
        label=report.item.label or "",
        file_name=report.item.file_name,
        at=report.item.received_at,
        late=bool(report.item.late),
        full_weight=found.has_full_weight,
        inspector=said(found.key.name) if found.key and manifest else None,
        outcome=str(OUTCOMES[finding.outcome]) if finding else None,
        finding=(finding.zh if lang() == "zh-Hans" else finding.en) if finding else None,
        method=manifest.method if manifest else None,
        tool=f"{manifest.tool.name} {manifest.tool.version}" if manifest else None,
        kid=found.key.kid if found.key and manifest else None,
        question=report.request.question if report.request else None,
        checks=[
            CheckShown(check.passed, check.zh if lang() == "zh-Hans" else check.en, check.detail)
            for check in found.checks
        ],
    )
