"""What pages show of what waits on the evidence: in one sentence each, with the way to where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from arbitration.actions.context import Work
from arbitration.actions.pending import Matter, Pending, pending
from arbitration.domain.cases import State
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import Role
from arbitration.store import docket
from arbitration.store.case_file import Seat
from arbitration.web.wording import WHO, gettext, spoken

_WHAT: Mapping[Matter, LazyString] = {
    Matter.OBJECTION: lazy_gettext("Decide on the objection to %(label)s"),
    Matter.LATE_ITEM: lazy_gettext("Find whether %(label)s counts, which came late"),
    Matter.WITHHOLDING: lazy_gettext("Find whether what production order %(number)s asks for was withheld"),
    Matter.PRODUCTION: lazy_gettext("Answer production order %(number)s"),
    Matter.INSPECTION: lazy_gettext("Report on the inspection of %(label)s"),
    Matter.KEPT_BACK: lazy_gettext("Disclose the original of %(label)s while it can be answered, or leave it so"),
}


@dataclass(frozen=True)
class PendingShown:
    """One matter: `mine` where the reader is to act, at `url`. `must` is False for what may be left as it is."""

    what: str
    who: str
    mine: bool
    due_at: datetime | None
    url: str
    action: str
    must: bool
    is_objection: bool


def pending_shown(work: Work, case_no: str, state: State, seats: list[Seat]) -> list[PendingShown]:
    """All that waits on the evidence of a case, as the actor reads it."""
    role, me = docket.ACTS_AS.get(work.actor.role), work.actor.id
    sits = any(seat.actor_id == me and seat.state is AppointmentState.ACCEPTED for seat in seats)
    acts = work.actor.role is not Role.ARBITRATOR or sits
    return [_shown(case_no, each, acts and each.who == role) for each in pending(work, case_no, state)]


def _shown(case_no: str, each: Pending, mine: bool) -> PendingShown:
    url, action = _way(case_no, each)
    return PendingShown(
        what=spoken(_WHAT)[each.matter] % {"label": each.label, "number": each.number},
        who=spoken(WHO)[each.who],
        mine=mine,
        due_at=each.due_at,
        url=url,
        action=action,
        must=each.must,
        is_objection=each.matter is Matter.OBJECTION,
    )


def _way(case_no: str, each: Pending) -> tuple[str, str]:
    """Where it is done, and what the link there says."""
    match each.matter:
        case Matter.PRODUCTION | Matter.WITHHOLDING:
            url = url_for("productions.of_case", case_no=case_no, _anchor=f"production-{each.number}")
            return url, gettext("Production order %(number)s", number=each.number)
        case Matter.INSPECTION:
            return url_for("inspections.of_case", case_no=case_no), gettext("Inspections")
        case _:
            anchor = {Matter.OBJECTION: "objections-title", Matter.LATE_ITEM: "late-title"}.get(each.matter)
            url = url_for("admissibility.show", case_no=case_no, label=each.label, _anchor=anchor)
            return url, gettext("Weigh %(label)s", label=each.label)
