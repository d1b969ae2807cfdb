"""Whatever the door takes opens a case: an acknowledged dispute never ends in a job that is given up."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from arbitration.actions.context import SYSTEM
from arbitration.domain.errors import Invalid
from arbitration.domain.intake import validate
from arbitration.store.cases import Case
from arbitration.store.jobs import Job
from tests.domain.escalations import escalation
from tests.domain.test_intake_hostile import ODD, PLACES, mutant
from tests.factories import Office

SAMPLES = Path(__file__).parents[2] / "docs/samples"
OPENING = ("zh-activation-code.json", "en-gift-card.json", "zh-rental-deposit.kami_flat.json")
FETCHED_LATER = {"fetch_evidence", "deliver"}
"""Jobs that wait for somebody else's machine."""


def opened(office: Office, answers: list[Any]) -> None:
    """Every accepted dispute has its case, and no job of ours failed on the way."""
    office.settle()
    numbers = {json.loads(answer.body)["case"] for answer in answers}
    with office.portal.read(SYSTEM) as work:
        assert numbers <= set(work.session.scalars(select(Case.case_no)))
        failed = [(job.kind, job.error) for job in work.session.scalars(select(Job)) if job.error]
    assert [(kind, error) for kind, error in failed if kind not in FETCHED_LATER] == []


def represented(*sides: str) -> dict[str, Any]:
    """An escalation with a representative for each of *sides*."""
    payload = escalation()
    payload["data"]["dispute"]["platform_dispute_id"] = f"D-{'-'.join(sides)}"
    payload["data"]["parties"] += [
        {"role": "representative", "represents": side, "platform_user_id": f"r-{side}"} for side in sides
    ]
    return payload


@pytest.mark.parametrize("name", OPENING)
def test_every_sample_of_the_documents_opens_a_case(office, name):
    dialect = "kami_flat" if "kami_flat" in name else "canonical"
    office.add_platform("sample", dialect=dialect)
    answer = office.post(json.loads((SAMPLES / name).read_text("utf-8")), slug="sample")
    assert answer.status == 202
    opened(office, [answer])


@pytest.mark.parametrize("sides", [("claimant",), ("respondent",), ("claimant", "respondent")])
def test_a_dispute_with_representatives_opens_a_case(office, sides):
    opened(office, [office.post(represented(*sides))])


def accepted_changes() -> list[dict[str, Any]]:
    """The sample with one value changed, at each place where the door takes another value."""
    taken = {}
    for number, place in enumerate(PLACES):
        for odd in ODD:
            payload = mutant([(number, odd)])
            with suppress(Invalid):
                validate(payload)
                taken[place] = payload
    return list(taken.values())


def test_whatever_change_of_an_escalation_is_accepted_opens_a_case(office):
    payloads = accepted_changes()
    assert len(payloads) > 30
    for number, payload in enumerate(payloads):
        payload["data"]["dispute"]["platform_dispute_id"] = f"D-{number}"
    opened(office, [office.post(payload) for payload in payloads])
