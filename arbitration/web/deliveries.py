"""Outgoing webhooks as their platform's officer sees them: what was sent, how it was answered, and sending it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from arbitration.actions import delivery
from arbitration.domain.cases import State
from arbitration.domain.errors import NotFound
from arbitration.domain.permissions import GRANTS, STAFF, Permission, Role
from arbitration.store import docket
from arbitration.store.delivery import Delivery
from arbitration.web.access import needs
from arbitration.web.current import current_actor, portal
from arbitration.web.event_words import EVENTS
from arbitration.web.wording import STATES, gettext

bp = Blueprint("deliveries", __name__)

PAGE = 20
EVENTS_TOLD: Mapping[str, LazyString] = {
    **{told: EVENTS[event][0] for event, told in delivery.ANNOUNCED.items()},
    "case.closed": STATES[State.CLOSED],
    "case.withdrawn": STATES[State.WITHDRAWN],
    delivery.ACCESS: lazy_gettext("Link and access code for a party"),
}
"""Type of an outgoing webhook, as people read it; two of them stand for several events."""


@dataclass(frozen=True)
class DeliveryShown:
    """One webhook and how it fares. `failed`: it was tried and not taken."""

    id: int
    event: str
    kind: str
    case_no: str
    case_url: str
    platform: str | None
    webhook_id: str
    created_at: datetime
    delivered_at: datetime | None
    attempts: int
    tone: str
    icon: str
    status: str
    problem: str | None
    failed: bool


@bp.get("/deliveries")
@needs(*(GRANTS[Permission.READ_DELIVERIES] & STAFF))
def index() -> str:
    """The newest, of one platform or of all, a page at a time: what failed first."""
    actor = current_actor()
    with portal().read(actor) as work:
        rows = delivery.deliveries(work)
        platforms = dict(docket.platforms(work.session, actor.viewer))
    rows.sort(key=_failed, reverse=True)
    last = max(1, ceil(len(rows) / PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    return render_template(
        "deliveries/index.html",
        deliveries=[_shown(row, platforms.get(row.platform_id)) for row in rows[(page - 1) * PAGE : page * PAGE]],
        newer_url=url_for("deliveries.index", page=page - 1) if page > 1 else None,
        older_url=url_for("deliveries.index", page=page + 1) if page < last else None,
        may_replay=actor.role is Role.PLATFORM_OFFICER,
        most=delivery.PAGE,
    )


@bp.post("/deliveries/<int:delivery_id>/replay")
@needs(Role.PLATFORM_OFFICER)
def replay(delivery_id: int) -> Response:
    """Send one of one's own again."""
    with portal().work(current_actor()) as work:
        if delivery_id not in {row.id for row in delivery.deliveries(work)}:
            raise NotFound("There is no such delivery among the newest of your platform.")
        delivery.replay(work, delivery_id)
    flash(gettext("It will be sent again within seconds."), "ok")
    return redirect(url_for("deliveries.index"), 303)


def _shown(row: Delivery, platform: str | None) -> DeliveryShown:
    tone, icon, status = _status(row)
    return DeliveryShown(
        id=row.id,
        event=str(EVENTS_TOLD.get(row.kind, row.kind)),
        kind=row.kind,
        case_no=row.case_no,
        case_url=url_for("cases.overview", case_no=row.case_no),
        platform=platform,
        webhook_id=row.webhook_id,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        attempts=row.attempts,
        tone=tone,
        icon=icon,
        status=status,
        problem=None if row.delivered_at else row.last_error,
        failed=_failed(row),
    )


def _failed(row: Delivery) -> bool:
    return row.delivered_at is None and row.attempts > 0


def _status(row: Delivery) -> tuple[str, str, str]:
    if row.delivered_at is not None:
        return "ok", "circle-check", gettext("Taken by the platform")
    if not row.attempts:
        return "info", "hourglass", gettext("Waiting to be sent")
    if row.last_status is not None:
        return "warn", "alert-triangle", gettext("Answered with %(status)s", status=row.last_status)
    return "warn", "plug-connected-x", gettext("No answer")
