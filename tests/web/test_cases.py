"""The pages of a case over HTTP: what they show, and the steps of the registrar."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import update

from arbitration.actions import cases, expiry, panel
from arbitration.actions.context import SYSTEM
from arbitration.domain import log as tree
from arbitration.domain.cases import EVENT, State
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome
from arbitration.store import cases as case_rows
from arbitration.store import history
from arbitration.store.people import Staff
from arbitration.web import event_words, wording
from arbitration.web.formats import beijing
from tests.architecture.source import whole_tree
from tests.domain.escalations import LISTING, escalation, event, evidence
from tests.factories import Office
from tests.fakes import FakeClock
from tests.web.conftest import Browser

TABS = ("", "/evidence", "/messages", "/tasks", "/record")
PAGES = (*TABS, "/record.json")
COMPLAINT = "激活码提示已被使用, 商家称已过售后期。"


def brought(office: Office) -> str:
    return office.escalate()


@pytest.fixture
def registrar(browser: Browser) -> Browser:
    browser.sign_in("registrar")
    return browser


def send(browser: Browser, case_no: str, step: str, **fields: str) -> Any:
    """Send the form of a step from the case's page, its fields named as the form names them."""
    data = {name.replace("__", "-"): value for name, value in fields.items()}
    return browser.post(f"/cases/{case_no}/{step}", data, form=f"/cases/{case_no}")


def ruled(office: Office, outcome: ClaimOutcome = ClaimOutcome.UPHELD) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.draft(case_no, outcome)
    office.sign(case_no, office.prepare(case_no))
    return case_no


def in_state(office: Office, clock: FakeClock, state: State) -> str:
    """A case led to *state* by those who can."""
    if state in (State.RULED, State.COMPLIANCE, State.CLOSED):
        case_no = ruled(office, ClaimOutcome.DISMISSED if state is State.CLOSED else ClaimOutcome.UPHELD)
        if state is not State.RULED:
            clock.tick(hours=49)
            expiry.tick(office.portal)
        return case_no
    case_no = office.escalate()
    if state in (State.DEFICIENT, State.WITHDRAWN):
        with office.portal.work(office.actors["registrar"]) as work:
            cases.ask_cure(work, case_no, "请补充付款凭证。")
        if state is State.WITHDRAWN:
            clock.tick(hours=25)
            expiry.tick(office.portal)
    elif state is State.INADMISSIBLE:
        with office.portal.work(office.actors["registrar"]) as work:
            cases.reject(work, case_no, next(iter(wording.REJECT_REASONS)), "不予受理。")
    elif state is State.ADMITTED:
        with office.portal.work(office.actors["registrar"]) as work:
            cases.admit(work, case_no)
    elif state is not State.RECEIVED:
        office.admit(case_no)
        if state is not State.RESPONSE_DUE:
            office.seat(case_no)
            office.respond(case_no)
        if state is State.DELIBERATION:
            office.close_record(case_no)
    return case_no


# The pages ask the same of both databases; two states are enough for the other one.
@pytest.mark.parametrize(
    ("database_kind", "state"),
    [*(("sqlite", state) for state in State), ("postgresql", State.DELIBERATION), ("postgresql", State.COMPLIANCE)],
)
def test_every_page_of_a_case_stands_in_every_state(
    office: Office, browser: Browser, clock: FakeClock, state: State
) -> None:
    case_no = in_state(office, clock, state)
    assert office.case(case_no).state is state
    browser.sign_in("registrar")
    for page in PAGES:
        answer = browser.get(f"/cases/{case_no}{page}")
        assert answer.status_code == 200, (page, answer.text)
    assert 'aria-current="step"' in browser.get(f"/cases/{case_no}").text


def test_the_overview_shows_claims_order_listing_and_how_the_platform_handled_it(
    registrar: Browser, case_no: str
) -> None:
    page = registrar.get(f"/cases/{case_no}").text
    for expected in (
        "星际旅人 国区激活码",
        "全额退款。",
        "¥128.00",
        COMPLAINT,
        LISTING,
        "正版保证",
        "7QX4-****-****-K2",
        "极光数码",
        "91330100MA2KJ8XQ7P",
        "2.1% negative",
        "Held by the platform",
        "4200****8812",
        "已过售后期",
        'href="/standard/1.0.0#AS-01"',
    ):
        assert expected in page, expected


def test_the_proofs_of_each_side_are_counted_beside_the_case(office: Office, registrar: Browser, case_no: str) -> None:
    page = registrar.get(f"/cases/{case_no}").text
    card = page[page.index('id="proofs-title"') :].partition("</section>")[0]
    assert re.findall(r"[0-9] of [0-9] required proofs?", card) == ["0 of 2 required proofs", "0 of 1 required proof"]
    swapped = evidence("e-9", b"paid") | {"kind": "payment_voucher", "sha256": "0" * 64}
    refused = office.escalate(evidence=[swapped])
    assert "0 of 2 required proofs" in registrar.get(f"/cases/{refused}").text


def test_a_claim_that_is_not_about_money_shows_no_amount(office: Office, registrar: Browser) -> None:
    data = escalation()["data"]
    key = data["dispute"]["claims"][0] | {"remedy": "replace_key", "text": "换一个激活码。", "amount_minor": 0}
    data["dispute"]["claims"].append(key)
    case_no = office.post(escalation() | {"data": data}).body
    office.settle()
    page = registrar.get(f"/cases/{json.loads(case_no)['case']}").text
    assert "换一个激活码。" in page
    assert '—</span><span class="visually-hidden">no amount</span>' in page
    assert "¥0.00" not in page


def test_response_tiers_are_counted_against_the_standard(office: Office, registrar: Browser) -> None:
    handling = [
        {"at": "2026-11-19T21:00:00+08:00", "actor": "claimant", "action": "enquiry_received"},
        {"at": "2026-11-19T21:08:00+08:00", "actor": "platform", "action": "first_reply"},
        {"at": "2026-11-19T21:31:00+08:00", "actor": "platform", "action": "intervention"},
        {"at": "2026-11-21T10:00:00+08:00", "actor": "claimant", "action": "escalated"},
    ]
    page = registrar.get(f"/cases/{office.escalate(handling_history=handling)}").text
    tiers = page[page.index('<ul class="tiers">') :].partition("</ul>")[0]
    kept, late, unseen = tiers.split("<li>")[1:]
    assert "badge-ok" in kept
    assert "8 min" in kept
    assert "limit 10 minutes" in kept
    assert "badge-bad" in late
    assert "31 min" in late
    assert "badge-bad" in unseen
    assert "Not shown" in unseen


def test_a_missed_response_time_is_a_finding_with_its_clause_and_what_follows(
    office: Office, registrar: Browser, other_browser: Browser, case_no: str
) -> None:
    handling = [
        {"at": "2026-11-19T21:00:00+08:00", "actor": "claimant", "action": "enquiry_received"},
        {"at": "2026-11-19T21:05:00+08:00", "actor": "respondent", "action": "first_reply"},
        {"at": "2026-11-19T21:20:00+08:00", "actor": "platform", "action": "intervention"},
        {"at": "2026-11-20T20:00:00+08:00", "actor": "platform", "action": "plan_issued"},
    ]
    other_browser.sign_in("officer")
    office.admit(case_no)
    for page in (registrar.get(f"/cases/{case_no}").text, other_browser.get(f"/cases/{case_no}").text):
        finding = page[page.index("3 of 3 response times missed.") :].partition("</section>")[0]
        assert 'href="/standard/1.0.0#DH-01"' in finding
        assert "the breach counts in the platform&#39;s public record" in finding
        assert "the platform missed 3 of 3 response times" in page
    kept = office.escalate(handling_history=handling)
    office.admit(kept)
    assert "response times" not in registrar.get(f"/cases/{kept}").text


def test_a_deadline_names_its_rule_and_what_follows(office: Office, registrar: Browser, case_no: str) -> None:
    office.admit(case_no)
    page = registrar.get(f"/cases/{case_no}").text
    assert "Rule PR-03 of procedure 1.0.0 gives 2 d here (Fast track)." in page
    assert "the default is noted and the case goes on without a reply" in page
    assert "1 earlier deadline" in page


def test_the_reply_stands_with_the_claims_and_its_absence_is_said(
    office: Office, registrar: Browser, clock: FakeClock
) -> None:
    answered, silent = office.escalate(), office.escalate()
    assert "asked to reply once the case is admitted" in registrar.get(f"/cases/{answered}").text
    for case_no in (answered, silent):
        office.admit(case_no)
    assert "time to reply is running" in registrar.get(f"/cases/{answered}").text
    office.respond(answered)
    assert "货已发出,拒绝退款。" in registrar.get(f"/cases/{answered}").text
    clock.tick(hours=48, seconds=1)
    expiry.tick(office.portal)
    registrar.sign_in("registrar")
    page = registrar.get(f"/cases/{silent}").text
    assert "did not reply in time" in page
    assert "Default noted" in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.DEFICIENT, "asked to reply once the case is admitted"),
        (State.INADMISSIBLE, "The case was not admitted; the respondent was not asked to reply."),
        (State.ADMITTED, "The notices are being served; then the respondent&#39;s time to reply begins."),
        (State.WITHDRAWN, "The case was withdrawn before the respondent replied."),
    ],
)
def test_without_a_reply_the_case_says_why_there_is_none(
    office: Office, browser: Browser, clock: FakeClock, state: State, sentence: str
) -> None:
    case_no = in_state(office, clock, state)
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{case_no}").text
    assert sentence in page
    assert "has not replied" not in page


@pytest.mark.parametrize("state", [State.INADMISSIBLE, State.WITHDRAWN])
def test_a_case_that_ended_before_admission_will_have_no_standard_pinned(
    office: Office, browser: Browser, clock: FakeClock, state: State
) -> None:
    case_no = in_state(office, clock, state)
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{case_no}").text
    assert "The case ended before it was pinned." in page
    assert "would be pinned" not in page


def test_no_rejection_is_proposed_while_the_claimant_can_supply_what_is_missing(
    office: Office, browser: Browser, clock: FakeClock
) -> None:
    deficient, received = in_state(office, clock, State.DEFICIENT), office.escalate()
    browser.sign_in("registrar")
    page = browser.get(f"/cases/{deficient}").text
    assert 'class="button button-primary"' not in page
    assert "<summary>Reject the case</summary>" in page
    assert '<details name="decision" open>' not in page
    assert 'button-primary" href' not in browser.get(f"/cases/{deficient}/tasks").text
    page = browser.get(f"/cases/{received}").text
    assert f'<a class="button button-primary" href="/cases/{received}#admit">Admit the case</a>' in page
    assert page.count('class="button button-primary"') == 3  # in the head, and the forms that admit and that ask


def test_closing_the_record_is_not_proposed_during_the_parties_time(
    office: Office, browser: Browser, clock: FakeClock
) -> None:
    case_no = in_state(office, clock, State.EVIDENCE)
    browser.sign_in("arbitrator")
    page = browser.get(f"/cases/{case_no}").text
    assert "<summary>Close the record</summary>" in page
    assert 'class="button button-primary"' not in page
    assert 'class="button button-danger">Close the record' in page


def test_an_escalation_sent_again_with_other_content_is_flagged(office: Office, registrar: Browser) -> None:
    case_no = office.escalate("D-77")
    again = escalation()
    again["data"]["dispute"]["platform_dispute_id"] = "D-77"
    again["data"]["dispute"]["reason_text"] = "别的理由"
    office.post(again)
    office.settle()
    assert "Escalated again with other content" in registrar.get(f"/cases/{case_no}").text


def test_a_missing_event_of_the_platform_is_flagged_while_it_is_missing(
    office: Office, registrar: Browser, clock: FakeClock
) -> None:
    case_no = office.escalate("D-78")
    late = event("dispute.updated", note="第三条")
    late["data"]["platform_dispute_id"] = "D-78"
    late["sequence"] = 3
    office.post(late)
    office.settle()
    clock.tick(minutes=11)
    office.settle()
    flag = "An event of the platform is missing"
    assert flag in registrar.get(f"/cases/{case_no}").text
    office.post(late | {"sequence": 2})
    office.settle()
    page = registrar.get(f"/cases/{case_no}").text
    assert f'<span class="badge badge-warn">{flag}</span>' not in page


def test_overdue_and_outcome_are_flags(office: Office, browser: Browser, clock: FakeClock) -> None:
    late, decided = office.escalate(), ruled(office)
    clock.tick(minutes=31)
    browser.sign_in("registrar")
    assert '<span class="badge badge-bad">Overdue</span>' in browser.get(f"/cases/{late}").text
    assert "Claims upheld" in browser.get(f"/cases/{decided}").text


def test_texts_from_outside_stay_text(office: Office, registrar: Browser) -> None:
    hostile = "</p><script>alert(1)</script>"
    data = escalation()["data"]
    data["dispute"]["reason_text"] = hostile
    data["dispute"]["claims"][0]["text"] = hostile
    data["goods"][0]["title"] = hostile
    data["goods"][0]["listing_snapshot"]["text"] = hostile
    data["goods"][0]["listing_snapshot"]["seller_commitments"] = [hostile]
    data["parties"][0]["display_name"] = hostile
    data["handling_history"][0]["note"] = hostile
    data["evidence"][0]["file_name"] = hostile.replace("/", "")
    data["order"]["delivery_proof_ref"] = hostile
    case_no = office.escalate(**{part: data[part] for part in ("goods", "parties", "handling_history", "evidence")})
    other = escalation()
    other["data"] = data
    other["data"]["dispute"]["platform_dispute_id"] = "D-hostile"
    office.post(other)
    office.settle()
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        cases.post_message(work, case_no, hostile)
    for number in (case_no, case_no[:-1] + str(int(case_no[-1]) + 1)):
        for page in TABS:
            answer = registrar.get(f"/cases/{number}{page}")
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text, page


def test_nothing_of_a_neighbours_case_is_there(office: Office, app: Any, case_no: str) -> None:
    office.add_platform("wanka")
    office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
    office.admit(case_no)
    for name in ("rival", "arbitrator"):
        browser = Browser(app.test_client(), office)
        browser.sign_in(name)
        for page in PAGES:
            assert browser.get(f"/cases/{case_no}{page}").status_code == 404, (name, page)
    arbitrator = Browser(app.test_client(), office)
    arbitrator.sign_in("arbitrator")
    for step in ("accept", "decline", "close-record", "messages", "evidence/C-1/download"):
        assert arbitrator.post(f"/cases/{case_no}/{step}", {}, form="/docket").status_code == 404, step


def test_reading_writes_nothing(office: Office, registrar: Browser, case_no: str) -> None:
    def size() -> int:
        with office.portal.read(SYSTEM) as work:
            return history.size(work.session)

    before = size()
    for page in PAGES:
        registrar.get(f"/cases/{case_no}{page}")
    assert size() == before


def test_who_only_reads_is_told_so_and_offered_nothing(office: Office, app: Any, case_no: str) -> None:
    office.add_staff("chair", Role.CHAIR)
    said = {
        "auditor": "You read everything here; you do not act.",
        "officer": "Your platform acts in it through its webhook.",
        "chair": "its steps are the registrar&#39;s and the arbitrator&#39;s",
    }
    for name, sentence in said.items():
        browser = Browser(app.test_client(), office)
        browser.sign_in(name)
        page = browser.get(f"/cases/{case_no}").text
        assert sentence in page
        assert "What you can do now" not in page
        assert f'action="/cases/{case_no}' not in page
        assert f'action="/cases/{case_no}' not in browser.get(f"/cases/{case_no}/messages").text


def test_the_registrar_admits(office: Office, registrar: Browser, case_no: str) -> None:
    page = registrar.get(f"/cases/{case_no}").text
    assert "Standard 1.0.0, in force when the order was placed" in page
    answer = send(registrar, case_no, "admit")
    assert (answer.status_code, answer.location) == (303, f"/cases/{case_no}")
    assert office.case(case_no).state is State.ADMITTED
    assert "The case is admitted; notices are being served." in registrar.get(answer.location).text


def test_a_case_without_a_standard_in_force_cannot_be_admitted(office: Office, registrar: Browser) -> None:
    order = escalation()["data"]["order"]
    order["created_at"] = "2025-06-01T10:00:00+08:00"
    case_no = office.escalate(order=order)
    page = registrar.get(f"/cases/{case_no}").text
    assert "No version of the standard was in force when this order was placed" in page
    assert f'action="/cases/{case_no}/admit"' not in page
    answer = send(registrar, case_no, "admit")
    assert answer.status_code == 422
    assert office.case(case_no).state is State.RECEIVED


def test_the_registrar_asks_for_what_is_missing(office: Office, registrar: Browser, case_no: str) -> None:
    answer = send(registrar, case_no, "ask-cure", ask_cure__text="请补充付款凭证。")
    assert answer.status_code == 303
    assert office.case(case_no).state is State.DEFICIENT
    assert "请补充付款凭证。" in registrar.get(f"/cases/{case_no}/messages").text


def test_the_registrar_rejects_with_a_reason_and_words(office: Office, registrar: Browser, case_no: str) -> None:
    answer = send(registrar, case_no, "reject", reject__reason="limitation", reject__text="已逾期。")
    assert answer.status_code == 303
    assert (office.case(case_no).state, office.case(case_no).end_reason) == (State.INADMISSIBLE, "limitation")
    page = registrar.get(f"/cases/{case_no}").text
    assert "It comes too late" in page
    assert "What you can do now" not in page


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("ask-cure", {"ask_cure__text": "  "}, "Say what is missing and how it can be supplied."),
        ("ask-cure", {"ask_cure__text": "x" * 20_001}, "That is longer than 20000 characters"),
        ("reject", {"reject__reason": "", "reject__text": "已逾期。"}, "Choose the reason."),
        ("reject", {"reject__reason": "no_such_reason", "reject__text": "已逾期。"}, "Not a valid choice"),
        ("reject", {"reject__reason": "limitation", "reject__text": ""}, "Give the reason in words, too."),
    ],
)
def test_what_is_missing_in_a_form_is_said_and_what_was_typed_stays(
    office: Office, registrar: Browser, case_no: str, step: str, fields: dict[str, str], sentence: str
) -> None:
    answer = send(registrar, case_no, step, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<div class="error-summary" role="alert"' in answer.text
    assert "<title>Error: " in answer.text
    assert all(value in answer.text for name, value in fields.items() if name.endswith("__text"))
    assert office.case(case_no).state is State.RECEIVED


def test_a_step_taken_meanwhile_is_answered_with_the_case_as_it_stands(
    office: Office, registrar: Browser, case_no: str
) -> None:
    registrar.get(f"/cases/{case_no}")
    office.admit(case_no)
    answer = send(registrar, case_no, "admit")
    assert answer.status_code == 409
    assert "the case had changed since you opened it" in answer.text
    assert "Appoint an arbitrator" in answer.text  # what comes after the admission
    answer = send(registrar, case_no, "reject", reject__reason="limitation", reject__text="已逾期。")
    assert answer.status_code == 409
    assert office.case(case_no).state is State.RESPONSE_DUE


def test_a_message_goes_to_all_sides(office: Office, registrar: Browser, case_no: str) -> None:
    page = registrar.get(f"/cases/{case_no}/messages").text
    assert "Nothing has been said yet" in page
    assert "nothing is said to one side alone" in page
    answer = registrar.post(f"/cases/{case_no}/messages", {"text": "请双方说明。\r\n第二行"})
    assert answer.location == f"/cases/{case_no}/messages"
    page = registrar.get(answer.location).text
    assert "请双方说明。\n第二行" in page
    assert "Message, to all sides" in page
    with office.portal.read(office.party(case_no, Role.RESPONDENT)) as work:
        assert [message.body for message in case_rows.messages_of(work.session, case_no)] == ["请双方说明。\n第二行"]


def test_an_empty_message_is_not_sent(registrar: Browser, case_no: str) -> None:
    answer = registrar.post(f"/cases/{case_no}/messages", {"text": " "})
    assert answer.status_code == 422
    assert "Write the message." in answer.text


def test_nothing_can_be_said_once_a_case_has_ended(office: Office, registrar: Browser, clock: FakeClock) -> None:
    case_no = in_state(office, clock, State.INADMISSIBLE)
    assert "nothing can be added to it" in registrar.get(f"/cases/{case_no}/messages").text
    assert registrar.post(f"/cases/{case_no}/messages", {"text": "还有话"}, form="/account").status_code == 409


def test_tasks_name_what_is_awaited_and_whose_turn_it_is(office: Office, registrar: Browser, case_no: str) -> None:
    page = registrar.get(f"/cases/{case_no}/tasks").text
    assert "Decide on admission" in page
    assert "Your turn" in page
    assert f'href="/cases/{case_no}#admit"' in page
    office.admit(case_no)
    office.seat(case_no)
    page = registrar.get(f"/cases/{case_no}/tasks").text
    assert "Reply to the claims" in page
    assert "Your turn" not in page
    assert "Earlier deadlines" in page


def test_a_case_in_which_nothing_is_awaited_says_so(office: Office, registrar: Browser, clock: FakeClock) -> None:
    case_no = in_state(office, clock, State.INADMISSIBLE)
    assert "Nothing is awaited" in registrar.get(f"/cases/{case_no}/tasks").text


def test_the_record_shows_every_event_with_its_leaf(office: Office, registrar: Browser, case_no: str) -> None:
    office.admit(case_no)
    page = registrar.get(f"/cases/{case_no}/record").text
    with office.portal.read(SYSTEM) as work:
        events = [row for row, _ in history.of_case(work.session, case_no)]
    assert len(events) > 6
    for row in events:
        assert row.leaf_hash in page
        assert f"<code>{row.kind}</code> · <code>{row.actor}</code>" in page
    for who in ("registrar", "The office", "Kami"):
        assert f"<bdi>{who}</bdi></p>" in page
    assert "Admitted under standard 1.0.0 and procedure 1.0.0" in page


def test_the_digest_of_a_closed_record_is_shown(office: Office, browser: Browser, clock: FakeClock) -> None:
    case_no = in_state(office, clock, State.DELIBERATION)
    browser.sign_in("registrar")
    digest = office.case(case_no).record_sha256
    assert digest
    assert digest in browser.get(f"/cases/{case_no}/record").text


def test_a_stage_that_is_done_shows_when_it_was_done(
    office: Office, registrar: Browser, case_no: str, clock: FakeClock
) -> None:
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    clock.tick(minutes=10)
    office.close_record(case_no)
    page, closed = registrar.get(f"/cases/{case_no}").text, beijing(clock(), "en", short=True)
    assert f'Evidence<span class="visually-hidden"> (done)</span><small>{closed}</small>' in page


def test_an_erased_event_keeps_its_leaf(office: Office, registrar: Browser, case_no: str) -> None:
    with office.portal.work(SYSTEM) as work:
        event_row = history.of_case(work.session, case_no)[1][0]
        row = work.session.get_one(history.HistoryPayload, event_row.idx)
        row.salt = row.payload = None
    page = registrar.get(f"/cases/{case_no}/record").text
    assert event_row.leaf_hash in page
    assert "The content was erased; the leaf stays." in page
    exported = registrar.get(f"/cases/{case_no}/record.json").json
    assert (exported["events"][1]["payload"], exported["events"][1]["salt"]) == (None, None)


def test_the_exported_record_can_be_checked_by_anyone(office: Office, registrar: Browser, case_no: str) -> None:
    office.admit(case_no)
    answer = registrar.get(f"/cases/{case_no}/record.json")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={case_no}-record.json"
    exported = json.loads(answer.data)
    previous = tree.GENESIS
    for entry in exported["events"]:
        leaf = entry["leaf"]
        assert leaf["prev"] == previous
        fields = {name: leaf[name] for name in ("case", "seq", "prev", "kind", "at", "actor", "commit")}
        assert tree.Leaf(**fields).hash() == entry["leaf_hash"]
        assert tree.opens(leaf["commit"], bytes.fromhex(entry["salt"]), entry["payload"].encode())
        previous = entry["leaf_hash"]


def test_the_timeline_names_people_and_not_their_numbers(office: Office, registrar: Browser, case_no: str) -> None:
    with office.portal.work(SYSTEM) as work:
        work.session.execute(update(Staff).where(Staff.role == Role.REGISTRAR).values(name="周书记"))
    office.admit(case_no)
    page = registrar.get(f"/cases/{case_no}").text
    timeline = page[page.index('aria-labelledby="timeline-title"') :]
    assert "<bdi>周书记</bdi>" in timeline
    assert office.actors["registrar"].id not in timeline


def test_every_event_that_the_office_writes_has_a_name() -> None:
    written = set(EVENT.values())
    for module in whole_tree():
        if module.layer == "actions":
            for node in module.nodes:
                written |= kinds_in(node)
    known = {"standard_published", "platform_rules_published", "staff_added", "staff_disabled", "relation_filed"} | {
        f"platform_{end}" for end in PLATFORM_EVENTS
    }
    assert written - known <= set(event_words.EVENTS)
    assert {"admitted", "evidence_received", "deadline_set", "escalation_accepted"} <= written


PLATFORM_EVENTS = ("added", "disabled", "key_added", "key_revoked")


def kinds_in(node: Any) -> set[str]:
    """The kinds of events that a call of `record` or `tell` in the source writes."""
    import ast

    if not isinstance(node, ast.Call):
        return set()
    if ast.unparse(node.func).rpartition(".")[2].lstrip("_") not in ("record", "tell"):
        return set()
    return {
        constant.value
        for argument in node.args[1:3]
        for constant in ast.walk(argument)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and constant.value
    }


def test_an_appointment_that_stands_is_shown_in_the_panel(office: Office, registrar: Browser, case_no: str) -> None:
    office.admit(case_no)
    assert "Nobody has been asked yet." in registrar.get(f"/cases/{case_no}").text
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    assert "Asked, no answer yet" in registrar.get(f"/cases/{case_no}").text


def test_a_quarantined_file_says_whether_its_digest_or_its_type_is_wrong(office: Office, registrar: Browser) -> None:
    item = escalation()["data"]["evidence"][0]
    changed = office.escalate(evidence=[item | {"sha256": "0" * 64}])
    posing = office.escalate(evidence=[item | {"file_name": "a.png", "media_type": "image/png"}])
    assert "Hash mismatch" in registrar.get(f"/cases/{changed}/evidence").text
    page = registrar.get(f"/cases/{posing}/evidence").text
    assert "Type not accepted" in page
    assert "Hash mismatch" not in page
