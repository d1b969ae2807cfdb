"""A party's own page over HTTP, without script: the door, what it reads, what it can do, its files, the ruling."""

import io
import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from arbitration.actions import cases, delivery, signing
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import State
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome
from arbitration.store import cases as case_rows
from arbitration.store import evidence as evidence_rows
from arbitration.store import history
from arbitration.store import rulings as ruling_rows
from arbitration.web.party import MAX_UPLOAD_BYTES
from arbitration.web.typed import clean, file_name
from tests.domain.escalations import event
from tests.domain.escalations import evidence as item_of_evidence
from tests.factories import Office
from tests.web.conftest import Browser

HOSTILE = "<script>alert(1)</script>\x00 \x1b[31m\u2028<img src=x onerror=alert(1)>"


@dataclass
class Party:
    """A side of a case with a browser of its own."""

    browser: Browser
    link: str
    code: str

    @property
    def path(self) -> str:
        return f"/party/{self.link}"

    def enter(self) -> None:
        answer = self.browser.post(f"{self.path}/enter", {"code": self.code})
        assert answer.status_code == 303, answer.text

    def page(self) -> str:
        return self.browser.get(self.path).text

    def get(self, step: str) -> TestResponse:
        return self.browser.get(f"{self.path}/{step}")

    def send(self, step: str, **fields: Any) -> TestResponse:
        return self.browser.post(f"{self.path}/{step}", fields, form=self.path)

    def upload(self, *files: tuple[str, bytes], **fields: Any) -> TestResponse:
        sent = [(io.BytesIO(content), name) for name, content in files]
        return self.browser.post(
            f"{self.path}/evidence", {"kind": "chat_log", "files": sent, **fields}, form=self.path, buffered=True
        )


def party_of(app: Flask, office: Office, case_no: str, role: Role) -> Party:
    with office.portal.read(SYSTEM) as work:
        row = case_rows.party_of(work.session, case_no, role)
        assert row is not None
        return Party(Browser(app.test_client(), office), row.link, delivery.access_code(work, row))


@dataclass
class Case:
    """A case with both its sides signed in."""

    office: Office
    case_no: str
    claimant: Party
    respondent: Party

    @property
    def state(self) -> State:
        return self.office.case(self.case_no).state

    def admit(self) -> None:
        self.office.admit(self.case_no)
        self.office.seat(self.case_no)

    def rule(self, outcome: ClaimOutcome = ClaimOutcome.UPHELD) -> None:
        """From admission to the issued ruling."""
        self.admit()
        self.office.file(self.case_no)
        self.office.respond(self.case_no)
        self.office.close_record(self.case_no)
        self.office.draft(self.case_no, outcome)
        self.office.sign(self.case_no, self.office.prepare(self.case_no))

    def events(self, kind: str) -> list[dict[str, Any]]:
        with self.office.portal.read(SYSTEM) as work:
            found = history.of_case(work.session, self.case_no)
            return [json.loads(payload or "{}") for one, payload in found if one.kind == kind]


def brought(office: Office) -> str:
    return office.escalate()


@pytest.fixture
def case(app: Flask, office: Office, case_no: str) -> Case:
    sides = [party_of(app, office, case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT)]
    for side in sides:
        side.enter()
    return Case(office, case_no, *sides)


# The door


def test_the_link_alone_asks_for_the_code(app: Flask, office: Office) -> None:
    case_no = office.escalate()
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    page = claimant.browser.get(claimant.path, follow_redirects=True)
    assert "Access code" in page.text
    assert case_no not in page.text
    assert office.case(case_no).title not in page.text


def test_the_code_opens_the_page_however_it_is_typed(app: Flask, office: Office) -> None:
    claimant = party_of(app, office, office.escalate(), Role.CLAIMANT)
    typed = f" {claimant.code.lower().replace('-', ' ')} "
    answer = claimant.browser.post(f"{claimant.path}/enter", {"code": typed})
    assert answer.location == claimant.path
    assert "You claim" in claimant.page()


@pytest.mark.parametrize("code", ["", "XXXX-XXXX-XXXX", "x" * 41, "\x00", "密码"])
def test_a_wrong_code_opens_nothing(app: Flask, office: Office, code: str) -> None:
    claimant = party_of(app, office, office.escalate(), Role.CLAIMANT)
    answer = claimant.browser.post(f"{claimant.path}/enter", {"code": code})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert claimant.browser.get(claimant.path).location == f"{claimant.path}/enter"


def test_the_other_sides_code_opens_nothing(app: Flask, case: Case) -> None:
    claimant = Party(Browser(app.test_client(), case.office), case.claimant.link, case.respondent.code)
    assert claimant.browser.post(f"{claimant.path}/enter", {"code": claimant.code}).status_code == 422


def test_codes_cannot_be_tried_for_ever(app: Flask, office: Office) -> None:
    claimant = party_of(app, office, office.escalate(), Role.CLAIMANT)
    door = f"{claimant.path}/enter"
    tries = [claimant.browser.post(door, {"code": "XXXX"}).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
    assert claimant.browser.post(door, {"code": claimant.code}).status_code == 429


@pytest.mark.parametrize("link", ["nowhere", "%00", "a" * 300])
def test_an_unknown_link_leads_nowhere(browser: Browser, link: str) -> None:
    assert browser.get(f"/party/{link}", follow_redirects=True).status_code == 404
    assert browser.post(f"/party/{link}/enter", {"code": "XXXX"}, form="/sign-in").status_code in (400, 404)


def test_a_session_opens_exactly_its_own_link(app: Flask, case: Case) -> None:
    neighbour = party_of(app, case.office, case.office.escalate(), Role.CLAIMANT)
    inside = Party(case.claimant.browser, neighbour.link, neighbour.code)
    for step in ("", "/evidence", "/evidence/receipt", "/statement"):
        assert inside.browser.get(inside.path + step).location == f"{inside.path}/enter"
    posted = inside.browser.post(f"{inside.path}/withdraw", {"text": ""}, form=case.claimant.path)
    assert posted.location == f"{inside.path}/enter"
    inside.enter()
    assert case.claimant.browser.get(case.claimant.path).location == f"{case.claimant.path}/enter"


def test_signing_out_closes_the_page(case: Case) -> None:
    assert case.claimant.send("sign-out").location == f"{case.claimant.path}/enter"
    assert case.claimant.browser.get(case.claimant.path).status_code == 303


def test_without_the_forms_token_nothing_is_done(case: Case) -> None:
    answer = case.claimant.browser.client.post(f"{case.claimant.path}/withdraw", data={"text": ""})
    assert answer.status_code == 400
    assert case.state is State.RECEIVED


# What it reads


def test_each_side_reads_what_it_is_about_for_that_side(case: Case) -> None:
    case.admit()
    claimant, respondent = case.claimant.page(), case.respondent.page()
    assert re.search(r'You claim <span class="amount">¥128\.00', claimant)
    assert re.search(r'Claimed from you <span class="amount">¥128\.00', respondent)
    assert "Reply to the claims by:" in respondent
    assert "The respondent can reply until:" in claimant
    assert "24 Nov 2026, 14:00 Beijing" in claimant  # two days after 06:00 UTC
    assert "If no reply comes in time, the case goes on without it" in claimant


@pytest.mark.parametrize(
    ("state", "claimant", "respondent"),
    [
        ("received", {"evidence", "statement", "withdraw"}, {"evidence", "statement"}),
        ("deficient", {"cure", "evidence", "statement", "withdraw"}, {"evidence", "statement"}),
        ("response_due", {"evidence", "statement", "withdraw"}, {"response", "evidence", "statement"}),
        ("evidence", {"evidence", "statement", "withdraw"}, {"evidence", "statement"}),
        ("deliberation", {"evidence", "statement", "withdraw"}, {"evidence", "statement"}),
        ("ruled", {"statement", "waive"}, {"statement", "waive"}),
        ("compliance", {"statement", "confirm"}, {"statement"}),
        ("withdrawn", set(), set()),
    ],
)
def test_only_what_is_open_is_offered_and_the_rest_is_sent_back(
    case: Case, state: str, claimant: set[str], respondent: set[str]
) -> None:
    bring_to(case, state)
    steps = {"cure", "response", "evidence", "statement", "confirm", "waive", "withdraw"}
    for side, open_steps in ((case.claimant, claimant), (case.respondent, respondent)):
        page = side.page()
        assert {step for step in steps if f'href="{side.path}/{step}"' in page} == open_steps
        for step in steps:
            answer = side.get(step)
            assert answer.status_code == (200 if step in open_steps else 303), step


def bring_to(case: Case, state: str) -> None:
    office = case.office
    if state == "deficient":
        with office.portal.work(office.actors["registrar"]) as work:
            cases.ask_cure(work, case.case_no, "请补充付款凭证。")
    elif state == "withdrawn":
        with office.portal.work(office.party(case.case_no, Role.CLAIMANT)) as work:
            cases.withdraw(work, case.case_no, "")
    elif state in ("ruled", "compliance"):
        case.rule()
        for role in (Role.CLAIMANT, Role.RESPONDENT) if state == "compliance" else ():
            with office.portal.work(office.party(case.case_no, role)) as work:
                signing.waive_review(work, case.case_no)
    elif state != "received":
        case.admit()
        if state != "response_due":
            office.respond(case.case_no)
        if state == "deliberation":
            office.close_record(case.case_no)
    assert case.state == state


def test_the_page_speaks_the_language_that_is_asked_for(case: Case) -> None:
    assert '<html lang="zh-Hans"' in case.claimant.browser.get(f"{case.claimant.path}?lang=zh").text
    page = case.claimant.page()
    assert '<html lang="zh-Hans"' in page
    assert "2026年11月22日 14:00" in page


# What it can do


def test_a_reply_is_read_by_the_other_side_and_cannot_be_sent_twice(case: Case) -> None:
    case.admit()
    assert case.respondent.send("response", text="  ").status_code == 422
    assert case.respondent.send("response", text="货已发出。").location == case.respondent.path
    assert "Your reply is on the record." in case.respondent.page()
    assert "货已发出。" in case.claimant.page()
    again = case.respondent.send("response", text="再补充一句。")
    assert again.status_code == 409
    assert "再补充一句。" in again.text  # what was written is not lost
    assert "再补充一句。" not in case.claimant.page()
    assert len(case.events("responded")) == 1


def test_what_only_the_other_side_may_do_is_refused(case: Case) -> None:
    case.admit()
    assert case.claimant.send("response", text="我来答复。").status_code == 403
    assert case.respondent.send("withdraw", text="").status_code == 403
    assert case.respondent.send("confirm").status_code == 403
    assert case.state is State.RESPONSE_DUE


def test_a_statement_goes_to_everyone(case: Case) -> None:
    assert case.respondent.send("statement", text="请平台提供日志。").status_code == 303
    page = case.claimant.page()
    assert "请平台提供日志。" in page
    assert "极光数码" in page
    assert case.claimant.send("statement", text="长" * 20_001).status_code == 422


def test_what_was_missing_can_be_supplied_once(case: Case) -> None:
    bring_to(case, "deficient")
    assert "请补充付款凭证。" in case.claimant.page()
    assert "Something is missing. Supply it by:" in case.claimant.page()
    assert case.claimant.send("cure", text="凭证已上传。").status_code == 303
    assert case.state is State.RECEIVED
    assert case.claimant.send("cure", text="凭证已上传。").status_code == 409


def test_whoever_supplies_what_is_missing_reads_the_request_and_finds_the_way_to_the_files(case: Case) -> None:
    bring_to(case, "deficient")
    page = case.claimant.get("cure").text
    assert page.index("请补充付款凭证。") < page.index('id="text"')
    assert re.search(rf'href="{case.claimant.path}/evidence">.*Add the files first</a>', page)
    refused = case.claimant.send("cure", text="").text
    assert "请补充付款凭证。" in refused
    assert "What the registrar asks for" not in case.claimant.get("statement").text


def test_withdrawing_is_explained_first_and_ends_the_case(case: Case) -> None:
    asked = case.claimant.get("withdraw").text
    assert "This cannot be taken back." in asked
    assert case.state is State.RECEIVED
    assert case.claimant.send("withdraw", text="").status_code == 303
    assert case.state is State.WITHDRAWN
    page = case.claimant.page()
    assert "The case ended without a ruling." in page
    assert "What you can do" not in page
    assert case.claimant.send("statement", text="还有一句。").status_code == 409


def test_what_is_hostile_stays_text(case: Case) -> None:
    case.claimant.send("statement", text=HOSTILE)
    for page in (case.claimant.page(), case.respondent.page()):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; [31m&lt;img src=x" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("act", ["close", "evidence/x/remove", "../cases", "RESPONSE"])
def test_steps_that_do_not_exist_are_not_there(case: Case, act: str) -> None:
    assert case.claimant.get(act).status_code in (404, 405)


# Files


def drafts(case: Case, role: Role = Role.CLAIMANT) -> list[evidence_rows.EvidenceItem]:
    with case.office.portal.read(SYSTEM) as work:
        return evidence_rows.drafts_of(work.session, case.case_no, role)


def test_two_files_are_checked_submitted_and_acknowledged(case: Case) -> None:
    limits = case.claimant.get("evidence").text
    assert "Up to 20 files at a time; each at most 2.0 GB, all of your side in this case at most 8.0 GB." in limits
    answer = case.claimant.upload(("聊天 记录.txt", b"one\n"), ("凭证.txt", b"two\n"))
    assert answer.location == f"{case.claimant.path}/evidence"
    page = case.claimant.get("evidence").text
    assert "Check 2 files before you submit" in page
    assert sha256(b"one\n").hexdigest() in page
    assert "聊天 记录.txt" not in case.respondent.page()  # a draft is nobody else's
    assert "2 files are uploaded and not yet submitted." in case.claimant.page()
    assert case.claimant.send("evidence/submit").location == f"{case.claimant.path}/evidence/receipt"
    receipt = case.claimant.get("evidence/receipt").text
    for label, name, content in (("C-2", "聊天 记录.txt", b"one\n"), ("C-3", "凭证.txt", b"two\n")):
        assert label in receipt
        assert name in receipt
        assert sha256(content).hexdigest() in receipt
    assert "聊天 记录.txt" in case.respondent.page()
    for step in ("evidence/submit", "evidence/check"):  # of a second window
        again = case.claimant.send(step, checked="1")
        assert again.location == f"{case.claimant.path}/evidence/receipt"
        assert "it was submitted already" in case.claimant.get("evidence/receipt").text
    assert case.respondent.send("evidence/submit").status_code == 422  # it has nothing to look up


def test_a_file_that_is_in_the_list_already_is_named_when_it_is_sent_again(case: Case) -> None:
    case.claimant.upload(("a.txt", b"one\n"))
    assert case.claimant.upload(("<b>b.txt", b"one\n"), kind="payment_voucher").status_code == 303
    page = case.claimant.get("evidence").text
    assert "&lt;b&gt;b.txt is in your list already." in page
    assert [item.file_name for item in drafts(case)] == ["a.txt"]


def test_a_file_can_be_taken_back_until_it_is_submitted_and_only_by_its_side(case: Case) -> None:
    case.claimant.upload(("a.txt", b"one\n"))
    (waiting,) = drafts(case)
    assert case.respondent.send(f"evidence/{waiting.id}/remove").status_code == 404
    assert case.claimant.send(f"evidence/{waiting.id}/remove").status_code == 303
    assert drafts(case) == []
    case.claimant.upload(("a.txt", b"one\n"))
    (waiting,) = drafts(case)
    case.claimant.send("evidence/submit")
    assert case.claimant.send(f"evidence/{waiting.id}/remove").status_code == 404
    assert case.claimant.send(f"evidence/{10**17}/remove").status_code == 404


def test_a_file_that_is_not_taken_is_named_and_the_others_stay(case: Case) -> None:
    program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
    answer = case.claimant.upload(("好.txt", b"fine\n"), ("<b>virus.exe", program), ("空.txt", b""))
    assert answer.status_code == 422
    assert "&lt;b&gt;virus.exe: Its content is of a kind that is not taken under this name." in answer.text
    assert "空.txt: It is empty; choose the file again." in answer.text
    assert [item.file_name for item in drafts(case)] == ["好.txt"]
    assert "Check 1 file before you submit" in answer.text


def test_the_meter_counts_what_is_filed_and_says_what_waits_and_what_is_missing(case: Case) -> None:
    page = case.claimant.page()
    assert "0 of 2 required proofs" in page
    assert '<meter min="0" max="2" value="0" aria-labelledby="meter-claimant">' in page
    assert "Video, redemption log or order screenshot" in page
    case.claimant.upload(("凭证.txt", b"paid\n"), kind="payment_voucher")
    for waiting in (case.claimant.page(), case.claimant.get("evidence").text):
        assert "0 of 2 required proofs" in waiting
        assert "1 more counts once you submit it." in waiting
        assert "What you must prove and do not prove counts as not proven." in waiting
    assert case.claimant.send("evidence/submit").status_code == 303  # a missing proof keeps nobody from submitting
    assert "1 of 2 required proofs" in case.claimant.page()
    case.claimant.upload(("视频.txt", b"seen\n"), kind="video")
    case.claimant.send("evidence/submit")
    assert "2 of 2 required proofs" in case.claimant.page()
    assert "counts as not proven" not in case.claimant.page()
    assert "0 of 1 required proof<" in case.respondent.page()


def test_without_a_file_nothing_is_sent(case: Case) -> None:
    answer = case.claimant.upload()
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    assert case.claimant.upload(("a.txt", b"one\n"), kind="poem").status_code == 422


def test_more_than_the_form_takes_is_said_where_files_are_chosen(case: Case) -> None:
    case.claimant.upload(("a.txt", b"one\n"))
    answer = case.claimant.browser.client.post(
        f"{case.claimant.path}/evidence",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_UPLOAD_BYTES + 1)},
    )
    assert answer.status_code == 413
    assert "These files are too large together." in answer.text
    assert "Check 1 file before you submit" in answer.text


def test_when_a_ruling_is_made_nothing_can_be_filed_and_it_is_said_what_can_be_done(case: Case) -> None:
    case.claimant.upload(("late.txt", b"late\n"))
    bring_to(case, "ruled")
    for answer in (case.claimant.upload(("b.txt", b"b\n")), case.claimant.send("evidence/submit")):
        assert answer.location == case.claimant.path
    assert "To ask for review, write to everyone in the case." in case.claimant.page()


def test_a_file_of_the_record_is_handed_out_as_an_attachment_and_written_down(case: Case) -> None:
    case.claimant.upload(("<聊天>.html", b"<!doctype html><title>x</title><script>alert(1)</script>\n"))
    case.claimant.send("evidence/submit")
    answer = case.respondent.send("files/C-2")
    assert answer.data.startswith(b"<!doctype html>")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.mimetype == "application/octet-stream"
    assert case.events("evidence_viewed") == [{"label": "C-2", "role": "respondent"}]
    assert case.respondent.get("files/C-2/open").status_code == 405
    assert case.respondent.send("files/C-9").status_code == 404


def test_a_quarantined_file_is_named_and_not_handed_to_a_party(app: Flask, office: Office) -> None:
    swapped = {**item_of_evidence("e-9", b"not what was declared"), "sha256": "0" * 64}
    case_no = office.escalate(evidence=[swapped])
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    assert "Quarantined" in claimant.page()
    assert f"{claimant.path}/files/C-1" not in claimant.page()
    assert claimant.send("files/C-1").status_code == 403


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\截图.png", "截图.png"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u200b\u200f\ufeff\u00ad\u2028.txt", "a.txt"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("", "file"),
        (None, "file"),
        ("..", ".."),
    ],
)
def test_names_of_files_lose_folders_and_tricks(sent: str | None, kept: str) -> None:
    assert file_name(sent) == kept


def test_typed_text_loses_control_characters_and_foreign_line_ends() -> None:
    assert clean("a\x00b\r\nc\rd\te\x7f\u2028") == "ab\nc\nd\te"
    assert clean(None) == ""


# The ruling


def test_the_result_comes_first_in_one_sentence_and_one_amount(case: Case) -> None:
    case.rule()
    page = case.claimant.page()
    assert page.index("You will be refunded") < page.index("What you can do") < page.index("Progress")
    assert re.search(r'You will be refunded <span class="amount">¥128\.00', page)
    assert "The platform must pay it from the money it holds, by:" in page
    assert "The claimant is awarded" in case.respondent.page()


def test_a_dismissal_is_said_to_both(case: Case) -> None:
    case.rule(ClaimOutcome.DISMISSED)
    assert "The claims are dismissed." in case.claimant.page()
    assert "The claims against you are dismissed." in case.respondent.page()
    assert "Nothing has to be paid or done." in case.claimant.page()


def test_the_ruling_can_be_verified_from_the_page(case: Case) -> None:
    case.rule()
    with case.office.portal.read(SYSTEM) as work:
        ruling = ruling_rows.issued(work.session, case.case_no)
    assert ruling is not None
    page = case.claimant.page()
    assert ruling.verify_code in page
    assert '<svg viewBox="0 0 ' in page
    assert "data:" not in page.partition("<main")[2]
    assert case.claimant.browser.get(f"/verify/{ruling.verify_code}").status_code == 200


def test_the_signed_ruling_is_handed_out_and_that_is_written_down(case: Case) -> None:
    assert case.claimant.send("ruling").status_code == 409
    case.rule()
    answer = case.respondent.send("ruling")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={case.case_no}-ruling.pdf"
    chinese = case.claimant.send("ruling?lang=zh")
    assert "%E8%A3%81%E5%86%B3%E4%B9%A6.pdf" in chinese.headers["Content-Disposition"]
    assert case.events("ruling_downloaded") == [{"role": "respondent"}, {"role": "claimant"}]


def test_when_both_sides_waive_review_the_orders_fall_due(case: Case) -> None:
    case.rule()
    assert case.claimant.send("waive").status_code == 303
    assert case.state is State.RULED
    assert case.claimant.get("waive").status_code == 303  # it has done so
    assert case.respondent.send("waive").status_code == 303
    assert case.state is State.COMPLIANCE
    assert case.respondent.send("waive").status_code == 409


def test_what_the_platform_reports_is_read_in_plain_words_and_confirming_it_closes_the_case(case: Case) -> None:
    bring_to(case, "compliance")
    report_refund(case)
    page = case.claimant.page()
    assert "Escrow released to the claimant ¥128.00" in page
    assert "The platform reported this done on:" in page
    assert case.claimant.send("confirm").status_code == 303
    assert case.state is State.CLOSED
    page = case.claimant.page()
    assert "Everything ordered was done" in page
    assert "What you can do" not in page
    assert case.claimant.send("confirm").status_code == 409


def report_refund(case: Case) -> None:
    office = case.office
    payload = event(
        "remedy.executed",
        case_number=case.case_no,
        order_number=1,
        remedy="refund_full",
        amount_minor=12800,
        currency="CNY",
        executed_at="2026-11-22T09:30:00+08:00",
        evidence=[item_of_evidence("e-77", b"refund voucher\n")],
    )
    payload["sequence"] = 2
    payload["data"]["platform_dispute_id"] = office.case(case.case_no).platform_dispute_id
    assert office.post(payload).status == 202
    office.settle()
