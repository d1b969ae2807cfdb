"""Past cases to try a draft on: complaints so many hours after delivery, and a draft that lets more of them in."""

from datetime import date, datetime, timedelta

from arbitration.domain import editions
from tests.domain.escalations import escalation
from tests.factories import STANDARD, Office, longer_window

HOURS = (20, 80, 90, 100, 80)
BETWEEN = ["CA-2026-000002", "CA-2026-000003", "CA-2026-000005"]
"""Out of time after 72 hours and in time until 96."""
NEXT = editions.successor(STANDARD.read_text("utf-8"), "1.1.0", date(2027, 1, 1))
LONGER = longer_window(NEXT)


def brought(office: Office) -> str:
    """One case for each of HOURS, which pinned a version, and one that did not."""
    for hours in HOURS:
        data = escalation()["data"]
        delivered = datetime.fromisoformat(data["dispute"]["opened_at"]) - timedelta(hours=hours)
        data["order"] |= dict.fromkeys(("created_at", "paid_at", "delivered_at"), delivered.isoformat())
        data["goods"][0]["listing_snapshot"]["captured_at"] = delivered.isoformat()
        office.admit(office.escalate(order=data["order"], goods=data["goods"]))
    return office.escalate()
