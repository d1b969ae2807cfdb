"""A platform's later events: each that was acknowledged is applied, in order, whenever its case opens."""

import json
from datetime import timedelta

from arbitration.actions import cases
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import State
from arbitration.domain.permissions import Role
from arbitration.store import history
from arbitration.store.intake import EventState, WebhookEvent
from tests.domain.escalations import escalation, event


def withdrawal() -> dict[str, object]:
    return event(
        "dispute.withdrawn", withdrawn_at="2026-11-22T09:00:00+08:00", withdrawn_by="claimant", reason="已私下和解"
    )


def test_an_event_that_comes_while_a_dead_worker_holds_the_opening_is_applied(office, clock):
    case_no = json.loads(office.post(escalation()).body)["case"]
    with office.portal.work(SYSTEM) as work:
        held = work.ports.jobs.lease(work.session, work.now, timedelta(seconds=30))
    assert held.kind == "open_case"
    office.post(withdrawal())
    office.settle()
    clock.tick(seconds=31)
    office.settle()
    assert office.case(case_no).state is State.WITHDRAWN
    with office.portal.read(SYSTEM) as work:
        assert {row.state for row in work.session.query(WebhookEvent)} == {EventState.APPLIED}


def test_a_blank_note_does_not_keep_an_update_from_being_applied(office):
    case_no = json.loads(office.post(escalation()).body)["case"]
    office.settle()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充交付日志。")
    office.post(event("dispute.updated", note=" "))
    office.settle()
    assert office.case(case_no).state is State.RECEIVED


def gaps(office, case_no):
    with office.portal.read(SYSTEM) as work:
        return [row.kind for row, _ in history.of_case(work.session, case_no)].count("sequence_gap_noticed")


def test_a_gap_is_told_once_however_many_events_wait(office, clock):
    case_no = json.loads(office.post(escalation()).body)["case"]
    for sequence in (3, 4, 5):
        office.post(event("dispute.updated", note="晚") | {"sequence": sequence})
        office.settle()
        clock.tick(minutes=1)
    clock.tick(minutes=6, seconds=59)
    office.settle()
    assert gaps(office, case_no) == 0
    clock.tick(minutes=5)
    office.settle()
    assert gaps(office, case_no) == 1


def test_a_gap_is_told_only_when_an_event_has_waited_ten_minutes(office, clock):
    case_no = json.loads(office.post(escalation()).body)["case"]
    office.post(event("dispute.updated", note="三") | {"sequence": 3})
    office.settle()
    office.post(event("dispute.updated", note="二"))
    clock.tick(minutes=9)
    office.post(event("dispute.updated", note="五") | {"sequence": 5})
    office.settle()
    clock.tick(minutes=2)
    office.settle()
    assert gaps(office, case_no) == 0
    clock.tick(minutes=9)
    office.settle()
    assert gaps(office, case_no) == 1


def test_the_claimants_side_gets_its_link_when_something_is_asked_of_it_and_only_once(office, gateway):
    lawyer = {"role": "representative", "represents": "claimant", "platform_user_id": "r-1"}
    case_no = office.escalate(parties=[*escalation()["data"]["parties"], lawyer])

    def given():
        sent = [body["data"] for _, body in gateway.posted if body["type"] == "party.access"]
        return [each["platform_user_id"] for each in sent]

    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充交付日志。")
    office.settle()
    assert given() == ["u-3381", "r-1"]
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        cases.cure(work, case_no, "已补充。")
    office.admit(case_no)
    assert given() == ["u-3381", "r-1", "m-208"]


def handling(*told):
    actors = {"enquiry_received": "claimant"}
    return [{"at": at, "actor": actors.get(action, "platform"), "action": action} for at, action in told]


def test_what_the_platform_tells_later_of_its_handling_counts_and_is_audited_at_admission(office):
    made = escalation()
    made["data"]["handling_history"] = handling(
        ("2026-11-19T21:00:00+08:00", "enquiry_received"), ("2026-11-19T21:45:00+08:00", "intervention")
    )
    case_no = json.loads(office.post(made).body)["case"]
    office.settle()
    more = handling(("2026-11-19T21:04:00+08:00", "first_reply"), ("2026-11-19T21:45:00+08:00", "intervention"))
    office.post(event("dispute.updated", note="补充处理记录", handling_history=more))
    office.settle()
    office.admit(case_no)
    with office.portal.read(SYSTEM) as work:
        (payload,) = [text for row, text in history.of_case(work.session, case_no) if row.kind == "admitted"]
    assert json.loads(payload)["handling"] == [
        {"tier": "ack", "standing": "kept", "limit": 600, "took": 240},
        {"tier": "intervene", "standing": "late", "limit": 1800, "took": 2700},
        {"tier": "plan", "standing": "not_shown", "limit": 86400, "took": None},
    ]
