"""The trial run of a draft: which past cases would have ended otherwise, however often its job is killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from arbitration.actions import standard_drafts, standard_trial
from arbitration.actions.context import SYSTEM, Actor, Work
from arbitration.adapters import database
from arbitration.domain import editions
from arbitration.domain.errors import Invalid, NotAllowed
from arbitration.domain.permissions import Role
from arbitration.domain.trial import TrialState
from arbitration.portal import Portal
from arbitration.store.standard_trial import StandardTrial, latest
from tests.domain.escalations import escalation
from tests.factories import EDITOR, STANDARD, Office


def brought(office: Office) -> None:
    """Five cases in the order of their numbers, each complained of so many hours after delivery; one is not admitted."""
    for hours in (20, 80, 90, 100, 80):
        data = escalation()["data"]
        delivered = datetime.fromisoformat(data["dispute"]["opened_at"]) - timedelta(hours=hours)
        data["order"] |= {name: delivered.isoformat() for name in ("created_at", "paid_at", "delivered_at")}
        for goods in data["goods"]:
            goods["listing_snapshot"]["captured_at"] = delivered.isoformat()
        case_no = office.escalate(order=data["order"], goods=data["goods"])
        office.admit(case_no)
    office.escalate()


@pytest.fixture
def database_kind() -> str:
    return "sqlite"
