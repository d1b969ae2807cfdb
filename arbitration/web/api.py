"""For programs: a platform's webhooks, its cases' status and its own rules, the office's key, schemas. Never a page."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from arbitration.actions import intake, platform_rules
from arbitration.actions import standard as standards
from arbitration.actions.cases import audit_of
from arbitration.actions.context import PUBLIC, Work
from arbitration.actions.intake import MAX_BODY_BYTES, Headers, Sender
from arbitration.domain import handling, manifest
from arbitration.domain.cases import State
from arbitration.domain.intake import CLOCK_SKEW, BadSignature, json_schema
from arbitration.domain.marked_yaml import MAX_BYTES
from arbitration.store import cases, people, rulings
from arbitration.store.cases import Case, DeadlineState
from arbitration.web.access import public, signed_by_platform
from arbitration.web.bodies import takes
from arbitration.web.current import now, portal

bp = Blueprint("api", __name__, url_prefix="/api/v1")

PUBLISHED = "public, max-age=300"
RULES_SCHEMA = Path(__file__).parents[1] / "content" / "standard" / "platform_rules.schema.json"
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")


@bp.post("/webhooks/<platform>")
@signed_by_platform
@takes(MAX_BODY_BYTES + 1)
def receive(platform: str) -> Response:
    """Take one event, or refuse it in the order of contract.md §4."""
    headers = _headers()
    _may_be_a_slug(platform)
    raw = _body(platform, headers)
    if request.mimetype != "application/json":
        with portal().read(PUBLIC) as work:
            intake.authenticate(work, platform, headers, raw)
        raise UnsupportedMediaType("Send application/json.")
    answer = intake.receive(portal(), platform, headers, raw)
    return Response(answer.body, answer.status, mimetype="application/json")


def _headers() -> Headers:
    return Headers(*(request.headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature")))


def _may_be_a_slug(platform: str) -> None:
    if "\0" in platform:
        raise BadSignature("This signature proves nothing here.")  # and no database need be asked


def _body(platform: str, headers: Headers) -> bytes:
    """The bytes as sent. What says that it is too long is not read, what is without saying so no further than that."""
    if (request.content_length or 0) <= MAX_BODY_BYTES:
        raw = request.get_data(cache=False)
        if len(raw) <= MAX_BODY_BYTES:
            return raw
    _refuse_strangers(platform, headers)
    raise RequestEntityTooLarge(f"More than {MAX_BODY_BYTES} bytes.")


def _refuse_strangers(platform: str, headers: Headers) -> None:
    """What can be said of a signature whose content nobody read: whether there is one, from now, and whose."""
    if not headers.webhook_id or not headers.signature or not _TIMESTAMP.fullmatch(headers.timestamp or ""):
        raise BadSignature("webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs(now().timestamp() - int(headers.timestamp or 0)) > CLOCK_SKEW.total_seconds():
        raise BadSignature("webhook-timestamp is more than 5 minutes from our time")
    with portal().read(PUBLIC) as work:
        if people.platform_by_slug(work.session, platform) is None:
            raise BadSignature("This signature proves nothing here.")


@bp.get("/cases/<case_no>")
@signed_by_platform
def status(case_no: str) -> Response:
    """How a case stands, for the platform that escalated it.

    The request carries the three headers of a webhook; what is signed as its body is `GET /api/v1/cases/CA-…`.
    """
    with portal().read(PUBLIC) as work:
        sender = _sender(work, _headers(), f"GET {request.path}".encode())
    with portal().read(sender.actor) as work:
        return _json(intake.status(work, case_no) | _standing(work, case_no))


def _sender(work: Work, headers: Headers, signed: bytes) -> Sender:
    """The platform, any of them, whose key signed: the address does not name it."""
    refusal = BadSignature("This signature proves nothing here.")
    for platform in people.platforms(work.session):
        try:
            return intake.authenticate(work, platform.slug, headers, signed)
        except BadSignature as refused:
            refusal = refused
    raise refusal


def _standing(work: Work, case_no: str) -> dict[str, Any]:
    """State, open deadlines, outcome and ruling; before the job has opened the case it is `received`."""
    case = cases.find(work.session, work.actor.viewer, case_no)
    if case is None:
        return {"state": State.RECEIVED, "deadlines": [], "handling": None, "outcome": None, "ruling": None}
    ruling = rulings.issued(work.session, case_no)
    return {
        "state": case.state,
        "deadlines": [
            {"kind": deadline.kind, "who": deadline.who, "due_at": deadline.due_at.isoformat(), "rule": deadline.rule}
            for deadline in cases.deadlines_of(work.session, case_no)
            if deadline.state is DeadlineState.OPEN
        ],
        "handling": _handling(work, case),
        "outcome": case.outcome,
        "ruling": ruling
        and {
            "issued_at": ruling.issued_at.isoformat() if ruling.issued_at else None,
            "content_sha256": ruling.content_sha256,
            "file_sha256": ruling.signed_sha256,
            "verify_url": f"{work.institution.public_url}/verify/{ruling.verify_code}",
        },
    }


@bp.post("/rules/<platform>")
@signed_by_platform
@takes(MAX_BYTES)
def publish_rules(platform: str) -> Response:
    """Publish a platform's own rules: what is signed is the file itself."""
    _may_be_a_slug(platform)
    raw = request.get_data(cache=False)
    with portal().read(PUBLIC) as work:
        sender = intake.authenticate(work, platform, _headers(), raw)
    with portal().work(sender.actor) as work:
        published = platform_rules.publish(work, sender.id, raw)
    return _json({"platform": platform} | published.conformance.as_json(), 201 if published.is_new else 200)


@bp.get("/rules/<platform>")
@public
def rules(platform: str) -> Response:
    """Every version of a platform's rules with its verdicts, and which of them is in force."""
    with portal().read(PUBLIC) as work:
        found = platform_rules.platform_named(work, platform)
        current = platform_rules.in_force(work, found.id, work.now)
        versions = [
            each.conformance.as_json() | {"published_at": each.published_at.isoformat()}
            for each in platform_rules.versions(work, found.id)
        ]
    return _json({"platform": platform, "in_force": current and current.rules.version, "versions": versions})


def _handling(work: Work, case: Case) -> dict[str, Any] | None:
    """What the audit of the platform's own handling finds; None where no standard limits its times."""
    standard = standards.governing(work, case.standard_version, case.ordered_at)
    if standard is None:
        return None
    found = audit_of(work, case, standard)
    return {
        "clause": f"{handling.CLAUSE}@{standard.version}",
        "counted_from": found.counted_from.isoformat(),
        "breached": found.breached,
        "tiers": handling.as_json(found),
    }


@bp.get("/webhook-key")
@public
def webhook_key() -> Response:
    """The office's own key, by which platforms verify what it sends them."""
    return _published({"key": portal().ports.signatures.public_key()})


@bp.get("/schemas/escalation.v1.json")
@public
def schema() -> Response:
    """The JSON Schema of what platforms send."""
    return _published(_schema())


@bp.get("/schemas/platform-rules.v1.json")
@public
def rules_schema() -> Response:
    """The JSON Schema of a platform's own rules."""
    return _published(_rules_schema())


@bp.get("/schemas/inspection-manifest.v1.json")
@public
def manifest_schema() -> Response:
    """The JSON Schema of what inspectors sign."""
    return _published(_manifest_schema())


_schema = cache(json_schema)
_manifest_schema = cache(manifest.json_schema)


@cache
def _rules_schema() -> dict[str, Any]:
    return dict(json.loads(RULES_SCHEMA.read_bytes()))


def _published(value: dict[str, Any]) -> Response:
    response = _json(value)
    response.headers["Cache-Control"] = PUBLISHED
    return response


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
