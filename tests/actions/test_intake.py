"""At the door: what is accepted is kept once, and what comes twice, late or out of order does no harm."""

import json
import threading

import pytest

from arbitration.actions import cases, expiry, intake, people
from arbitration.actions.context import SYSTEM, Actor
from arbitration.domain.cases import State
from arbitration.domain.errors import Conflict, NotFound
from arbitration.domain.intake import BadSignature
from arbitration.domain.permissions import Role
from arbitration.store import history
from arbitration.store.intake import EventState, WebhookEvent
from arbitration.store.people import PlatformKey
from tests.domain.escalations import escalation, event, evidence
from tests.factories import Office


def payload(dispute: str = "KM-118823", **changed):
    made = escalation()
    made["data"]["dispute"]["platform_dispute_id"] = dispute
    return made | changed


def kinds(office: Office, case_no: str) -> list[str]:
    with office.portal.read(SYSTEM) as work:
        return [row.kind for row, _ in history.of_case(work.session, case_no)]


def test_an_accepted_escalation_is_answered_with_its_number_and_a_receipt(office, clock):
    answer = office.post(payload())
    body = json.loads(answer.body)
    assert (answer.status, body["case"]) == (202, "CA-2026-000001")
    assert body["status_url"].endswith("/api/v1/cases/CA-2026-000001")
    with office.portal.read(SYSTEM) as work:
        row, _ = history.of_case(work.session, body["case"])[0]
    assert body["receipt"]["history"] == {"index": row.idx, "leaf_hash": row.leaf_hash}
    assert body["receipt"]["received_at"] == clock().isoformat()


def test_the_answer_counts_the_proofs_that_the_standard_asks_for(office):
    shot = evidence("e-2", b"order\n") | {"kind": "order_screenshot"}
    sent = payload()
    sent["data"]["evidence"].append(shot)
    first = office.post(sent, webhook_id="msg_same")
    told = json.loads(first.body)["completeness"]
    assert (told["standard"], told["reason"]) == ("1.0.0", "KEY_INVALID_OR_USED")
    assert told["sides"]["claimant"] == {
        "required": 2,
        "present": 1,
        "missing": [{"any_of": ["video", "redeem_log", "order_screenshot"]}],
        "optional_missing": [{"any_of": ["issuer_statement", "inspection_report"]}],
    }
    office.settle()
    assert office.post(sent, webhook_id="msg_same").body == first.body


@pytest.mark.parametrize("opened", [False, True])
def test_evidence_that_comes_later_is_counted_with_what_is_there(office, opened):
    office.post(payload())
    if opened:
        office.settle()
    voucher = evidence("e-2", b"paid\n") | {"kind": "payment_voucher"}
    again = evidence("e-1") | {"kind": "video"}  # under an id that is known
    answer = office.post(event("evidence.added", evidence=[voucher, *([again] if opened else [])]))
    told = json.loads(answer.body)["completeness"]["sides"]
    assert {side: (each["present"], each["required"]) for side, each in told.items()} == {
        "claimant": (1, 2),
        "respondent": (0, 1),
        "platform": (0, 0),
    }


def test_an_order_from_before_any_standard_has_no_proofs_to_count_and_other_events_speak_of_none(office):
    early = payload()
    early["data"]["order"] |= {
        "created_at": "2025-06-01T10:00:00+08:00",
        "paid_at": "2025-06-01T10:01:00+08:00",
        "delivered_at": "2025-06-01T10:02:00+08:00",
    }
    early["data"]["goods"][0]["listing_snapshot"]["captured_at"] = "2025-06-01T10:00:00+08:00"
    assert json.loads(office.post(early).body)["completeness"] is None
    assert "completeness" not in json.loads(office.post(event("dispute.updated", note="新消息")).body)


def test_the_status_is_there_before_the_job_opens_the_case(office):
    case_no = json.loads(office.post(payload()).body)["case"]
    with office.portal.read(SYSTEM) as work:
        platform = work.session.get_one(WebhookEvent, 1).platform_id
    asking = Actor("pl-x", Role.PLATFORM, platform_id=platform)
    with office.portal.read(asking) as work:
        assert intake.status(work, case_no)["case"] == case_no
    with office.portal.read(Actor("pl-y", Role.PLATFORM, platform_id=platform + 1)) as work, pytest.raises(NotFound):
        intake.status(work, case_no)


def test_the_same_event_again_gets_the_same_answer_and_leaves_no_trace(office):
    first = office.post(payload(), webhook_id="msg_same")
    again = office.post(payload(), webhook_id="msg_same")
    assert (again.status, again.body) == (200, first.body)
    office.settle()
    with office.portal.read(SYSTEM) as work:
        assert work.session.query(WebhookEvent).count() == 1


def test_the_same_id_with_other_bytes_is_a_conflict(office):
    office.post(payload(), webhook_id="msg_same")
    with pytest.raises(Conflict, match="another body"):
        office.post(payload("OTHER"), webhook_id="msg_same")


def test_two_at_once_with_one_id_make_one_case(office):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(office.post(payload(), webhook_id="msg_race"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 5 + [202]
    assert len({answer.body for answer in answers}) == 1


def test_a_second_escalation_of_a_known_dispute_changes_nothing_and_is_flagged_when_it_differs(office):
    first = json.loads(office.post(payload()).body)["case"]
    office.settle()
    changed = payload()
    changed["data"]["order"]["amount_minor"] = 99900
    again = office.post(changed)
    office.settle()
    assert (again.status, json.loads(again.body)["case"]) == (200, first)
    assert office.case(first).order_minor == 12800
    assert kinds(office, first)[-1] == "repeated_escalation_differs"


def test_a_signature_of_an_unknown_platform_or_a_revoked_key_is_refused(office, clock):
    office.secrets["nobody"] = office.secrets["kami"]
    with pytest.raises(BadSignature):
        office.post(payload(), slug="nobody")
    with office.portal.work(SYSTEM) as work:
        people.revoke_platform_key(work, slug="kami", key_id=work.session.get_one(PlatformKey, 1).key_id)
    with pytest.raises(BadSignature):
        office.post(payload())


def test_an_event_for_an_unknown_dispute_is_held_and_applied_when_the_dispute_comes(office):
    held = office.post(
        event(
            "dispute.withdrawn", withdrawn_at="2026-11-22T09:00:00+08:00", withdrawn_by="claimant", reason="已私下和解"
        )
    )
    assert (held.status, json.loads(held.body)["held"]) == (202, "unknown_dispute")
    case_no = json.loads(office.post(payload()).body)["case"]
    office.settle()
    assert office.case(case_no).state is State.WITHDRAWN


def test_what_waits_a_day_for_its_dispute_is_given_up(office, clock):
    office.post(event("dispute.updated", note="补充说明"))
    clock.tick(hours=24, seconds=1)
    expiry.tick(office.portal)
    with office.portal.read(SYSTEM) as work:
        assert work.session.get_one(WebhookEvent, 1).state is EventState.EXPIRED


def test_events_are_applied_in_the_order_of_their_sequence_and_a_gap_is_noticed(office, clock):
    case_no = json.loads(office.post(payload()).body)["case"]
    office.settle()
    third = event("dispute.updated", note="第三") | {"sequence": 3}
    office.post(third)
    office.settle()
    assert "dispute_updated" not in kinds(office, case_no)
    clock.tick(minutes=10, seconds=1)
    office.settle()
    assert "sequence_gap_noticed" in kinds(office, case_no)
    office.post(event("dispute.updated", note="第二"))
    office.settle()
    assert kinds(office, case_no).count("dispute_updated") == 2


def test_a_sequence_used_twice_is_noted_and_not_applied(office):
    case_no = json.loads(office.post(payload()).body)["case"]
    office.settle()
    office.post(event("dispute.updated", note="一"))
    office.settle()
    office.post(
        event("dispute.withdrawn", withdrawn_at="2026-11-22T09:00:00+08:00", withdrawn_by="platform", reason="重复序号")
    )
    office.settle()
    assert kinds(office, case_no)[-1] == "sequence_repeated"
    assert office.case(case_no).state is State.RECEIVED


def test_a_platforms_update_cures_a_deficient_case(office):
    case_no = json.loads(office.post(payload()).body)["case"]
    office.settle()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充交付日志。")
    office.post(event("dispute.updated", note="交付日志已补充"))
    office.settle()
    assert office.case(case_no).state is State.RECEIVED
