"""Writing, preparing, signing and taking out a ruling over HTTP, without script; and all that must not get through."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from werkzeug.test import TestResponse

from arbitration.actions import expiry, rulings
from arbitration.actions.context import SYSTEM
from arbitration.config import Settings
from arbitration.domain.cases import State
from arbitration.domain.errors import Refused
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome, Draft, RulingState
from arbitration.portal import Portal
from arbitration.ports import Rendered
from arbitration.store import history
from arbitration.store import rulings as store
from arbitration.web.app import create_app
from arbitration.web.ruling_forms import fen_from
from tests.domain.escalations import evidence as item_of_evidence
from tests.factories import Office, open_office
from tests.fakes import FAKE_PICTURE, FakeRenderer
from tests.portals import with_ports
from tests.web.conftest import Browser

WHOLE = {
    "facts_found": "经查明,激活码无法使用。",
    "A-finding": "upheld",
    "A-reasons": "商家未能证明已交付有效商品。",
    "A-clauses": ["AS-01", "AS-02"],
    "A-evidence": ["C-1"],
    "A-remedy": "refund_full",
    "A-amount": "128.00",
}
"""A ruling that may be signed, as the form sends it."""


def brought(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.file(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    return case_no


@pytest.fixture
def arbitrator(browser: Browser) -> Browser:
    browser.sign_in("arbitrator")
    return browser


def path(case_no: str, step: str = "") -> str:
    return f"/cases/{case_no}/ruling{step}"


def send(browser: Browser, case_no: str, step: str = "", **fields: Any) -> TestResponse:
    """Send the editor's form as it would be by a page made from the newest draft."""
    page = browser.get(path(case_no))
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert version is not None
    return browser.post(path(case_no, step), {"version": version[1], **WHOLE, **fields}, form=path(case_no))


def save_elsewhere(browser: Browser, case_no: str, seen: int, **fields: Any) -> TestResponse:
    """Send it from a page that was made from an older draft."""
    return browser.post(path(case_no), {"version": str(seen), **WHOLE, **fields}, form=path(case_no))


def draft_of(office: Office, case_no: str) -> Draft:
    with office.portal.read(SYSTEM) as work:
        return rulings.draft(work, case_no)


def ruling_of(office: Office, case_no: str) -> store.Ruling | None:
    with office.portal.read(SYSTEM) as work:
        return store.latest(work.session, case_no)


def events(office: Office, case_no: str, kind: str) -> list[dict[str, Any]]:
    with office.portal.read(SYSTEM) as work:
        found = history.of_case(work.session, case_no)
        return [json.loads(payload or "{}") for event, payload in found if event.kind == kind]


def prepared(office: Office, case_no: str) -> str:
    office.draft(case_no)
    return office.prepare(case_no)


def signature(office: Office, case_no: str, digest: str, /, **changed: str) -> dict[str, str]:
    office.portal.ports.clock.tick(seconds=30)  # the code that signed in is spent
    return {"case_no": case_no, "code": office.code("arbitrator"), "digest": digest, **changed}


# Writing


def test_the_editor_offers_the_clauses_of_the_claim_first_and_only_evidence_that_may_carry_a_finding(
    arbitrator: Browser, office: Office
) -> None:
    swapped = item_of_evidence("e-9", b"not what was declared")
    swapped["sha256"] = "0" * 64
    swapped["file_name"] = "<b>截图.txt"
    case_no = office.escalate(evidence=[item_of_evidence("e-1"), swapped])
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    page = arbitrator.get(path(case_no)).text
    assert page.index("Named in the claim") < page.index('value="AS-01"') < page.index("Market access")
    assert page.count('value="AS-01"') == 1
    assert 'name="A-evidence" type="checkbox" value="C-1"' in page
    assert 'value="C-2"' not in page
    assert re.search(r"C-2</code><bdi>&lt;b&gt;截图\.txt</bdi><span[^>]*>Quarantined", page)
    assert "<mark>缺少查明的事实。</mark>" in page
    assert "Every claim has a finding (claim A)" in page


def test_what_is_saved_is_shown_again_with_the_paper_that_it_makes(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    answer = send(arbitrator, case_no)
    assert answer.status_code == 303
    assert answer.location == path(case_no)
    finding = draft_of(office, case_no).findings[0]
    assert (finding.outcome, finding.amount_minor, finding.clauses) == (ClaimOutcome.UPHELD, 12800, ("AS-01", "AS-02"))
    page = arbitrator.get(path(case_no)).text
    assert "Draft saved" in page
    assert page.count("商家未能证明已交付有效商品。") == 2  # in its field and on the paper
    assert '<article class="ruling" lang="zh-Hans"' in page
    assert 'data-passed="no"' not in page


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("399", 39900),
        ("69.5", 6950),
        ("1,280.00", 128000),
        ("¥399", 39900),
        ("￥１，２８０．５０", 128050),
        (" 12. ", 1200),
        ("", 0),
        ("999,999,999.99", 99_999_999_999),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, fen: int) -> None:
    assert fen_from(typed) == fen


@pytest.mark.parametrize(
    "typed", ["abc", "-1", "1.234", "12,80", "1e5", "٣", "1 280", "9999999999", "NaN", "0x10", "½"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        fen_from(typed)


def test_a_mistyped_amount_is_said_at_its_field_and_nothing_typed_is_lost(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    answer = send(arbitrator, case_no, **{"A-amount": "twelve", "A-reasons": "理由尚在起草"})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'href="#A-amount"' in answer.text
    assert 'value="twelve"' in answer.text
    assert "理由尚在起草" in answer.text
    assert draft_of(office, case_no).version == 0


def test_a_dismissed_claim_awards_nothing_whatever_stands_in_the_hidden_fields(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    send(arbitrator, case_no, **{"A-finding": "dismissed"})
    finding = draft_of(office, case_no).findings[0]
    assert (finding.remedy, finding.amount_minor) == (None, 0)


def test_hostile_text_stays_text(arbitrator: Browser, office: Office, case_no: str) -> None:
    hostile = "<script>alert(1)</script>\x00\x1b[31m\r\n</textarea><img src=x onerror=alert(1)>"
    send(arbitrator, case_no, facts_found=hostile)
    assert draft_of(office, case_no).facts_found.startswith("<script>alert(1)</script>[31m\n</textarea>")
    page = arbitrator.get(path(case_no)).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_what_the_form_does_not_offer_cannot_be_chosen(arbitrator: Browser, office: Office, case_no: str) -> None:
    for field, value in (("A-clauses", "ZZ-99"), ("A-evidence", "C-7"), ("A-remedy", "dismiss")):
        assert send(arbitrator, case_no, **{field: value}).status_code == 422
    send(arbitrator, case_no, **{"A-finding": "beheaded", "B-finding": "upheld"})
    assert [finding.outcome for finding in draft_of(office, case_no).findings] == [None]


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_form_without_a_true_version_is_refused(arbitrator: Browser, case_no: str, version: str) -> None:
    assert send(arbitrator, case_no, version=version).status_code in (409, 422)


def test_the_script_saves_by_the_same_address_and_is_told_the_new_version(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    asks = {"headers": {"Accept": "application/json"}}
    data = {**WHOLE, "version": "0"}
    answer = arbitrator.post(path(case_no), data, form=path(case_no), **asks)
    assert answer.get_json()["version"] == 1
    assert "Draft saved 14:00" in answer.get_json()["saved"]  # 06:00 UTC is 14:00 in Beijing
    other = arbitrator.post(path(case_no), {**data, "A-reasons": "另一理由"}, form=path(case_no), **asks)
    assert other.status_code == 409
    assert "nothing you typed is lost" in other.get_json()["problem"]
    bad = arbitrator.post(path(case_no), {**data, "version": "1", "A-amount": "?"}, form=path(case_no), **asks)
    assert bad.status_code == 422
    assert "1280.00" in bad.get_json()["problem"]
    assert draft_of(office, case_no).version == 1


def test_the_preview_shows_what_is_typed_and_keeps_nothing(arbitrator: Browser, office: Office, case_no: str) -> None:
    answer = send(arbitrator, case_no, "/preview", **{"A-reasons": "只在预览中"})
    assert answer.status_code == 200
    assert "只在预览中" in answer.text
    assert "<html" not in answer.text
    assert draft_of(office, case_no).version == 0
    assert send(arbitrator, case_no, "/preview", **{"A-amount": "?"}).status_code == 422
    assert arbitrator.client.post(path(case_no, "/preview"), data=WHOLE).status_code == 400  # no form token


def test_a_stale_page_shows_both_versions_and_decides_nothing(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    send(arbitrator, case_no, **{"A-reasons": "先保存的理由"})
    answer = save_elsewhere(arbitrator, case_no, seen=0, **{"A-reasons": "后输入的理由"})
    assert answer.status_code == 409
    assert re.search(r"Claim A: Reasons.*后输入的理由.*先保存的理由", answer.text, re.DOTALL)
    assert ">\n后输入的理由</textarea>" in answer.text.replace("\r", "")
    assert draft_of(office, case_no).findings[0].reasons == "先保存的理由"
    assert save_elsewhere(arbitrator, case_no, seen=1, **{"A-reasons": "后输入的理由"}).status_code == 303
    assert draft_of(office, case_no).findings[0].reasons == "后输入的理由"


def test_the_same_text_sent_twice_is_no_conflict(arbitrator: Browser, office: Office, case_no: str) -> None:
    send(arbitrator, case_no)
    assert save_elsewhere(arbitrator, case_no, seen=0).status_code == 303
    assert draft_of(office, case_no).version == 1


def test_others_in_the_case_see_that_it_is_being_written_and_not_a_word_of_it(
    browser: Browser, office: Office, case_no: str
) -> None:
    office.draft(case_no)
    for name in ("registrar", "auditor", "officer"):
        browser.sign_in(name)
        page = browser.get(path(case_no)).text
        assert "The ruling is being written" in page
        assert "投诉在 72 小时内提出" not in page
        browser.post("/sign-out", form="/account")


def test_before_deliberation_there_is_nothing_to_write(arbitrator: Browser, office: Office) -> None:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    assert "There is no ruling yet" in arbitrator.get(path(case_no)).text
    answer = arbitrator.post(path(case_no), {**WHOLE, "version": "0"}, form="/account")
    assert answer.status_code == 409
    assert ruling_of(office, case_no) is None


# Preparing


def test_what_fails_a_check_is_said_where_it_can_be_cured_and_the_text_is_saved(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    answer = send(arbitrator, case_no, "/prepare", **{"A-reasons": "", "A-amount": "127.99"})
    assert answer.status_code == 422
    assert 'href="#A-reasons">Claim A: Write the reasons, also where the claim is dismissed.' in answer.text
    assert 'href="#A-amount"' in answer.text
    assert draft_of(office, case_no).version == 1
    assert ruling_of(office, case_no) is None


def test_preparing_twice_makes_one_ruling(arbitrator: Browser, office: Office, case_no: str) -> None:
    first = send(arbitrator, case_no, "/prepare")
    assert first.location == path(case_no, "/sign")
    again = arbitrator.post(path(case_no, "/prepare"), {**WHOLE, "version": "0"}, form="/account")
    assert again.location == path(case_no, "/sign")
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert ruling.id == 1


def test_while_the_pages_are_made_the_page_looks_again_by_itself(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    send(arbitrator, case_no, "/prepare")
    waiting = arbitrator.get(path(case_no, "/sign"))
    assert waiting.headers["Refresh"] == "3"
    assert "The ruling is being prepared" in waiting.text
    assert arbitrator.get(path(case_no, "/page/1.png")).status_code == 404
    assert arbitrator.get(path(case_no)).location == path(case_no, "/sign")
    office.settle()
    ready = arbitrator.get(path(case_no, "/sign"))
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert "Refresh" not in ready.headers
    assert ruling.unsigned_sha256 is not None
    assert f'value="{ruling.unsigned_sha256}"' in ready.text
    assert f'src="{path(case_no, "/page/1.png")}"' in ready.text


class RefusingRenderer(FakeRenderer):
    """Finds fault with every document."""

    def render(self, document: Any) -> Rendered:
        raise Refused("a page is <b>empty</b>")


class CountingRenderer(FakeRenderer):
    """Counts how often pages were drawn."""

    drawn = 0

    def pictures(self, pdf: bytes) -> list[bytes]:
        self.drawn += 1
        return super().pictures(pdf)


def test_a_file_that_cannot_be_made_opens_the_draft_again_and_says_why(settings: Settings, portal: Portal) -> None:
    office = open_office(with_ports(portal, renderer=RefusingRenderer()))
    browser = Browser(create_app(settings, office.portal).test_client(), office)
    case_no = brought(office)
    browser.sign_in("arbitrator")
    send(browser, case_no, "/prepare")
    office.settle()
    page = browser.get(path(case_no, "/sign"), follow_redirects=True).text
    assert "The file could not be made." in page
    assert "a page is &lt;b&gt;empty&lt;/b&gt;" in page
    assert draft_of(office, case_no).version == 1


def test_the_pages_are_drawn_once_from_the_bytes_that_will_be_signed(settings: Settings, portal: Portal) -> None:
    renderer = CountingRenderer()
    office = open_office(with_ports(portal, renderer=renderer))
    browser = Browser(create_app(settings, office.portal).test_client(), office)
    case_no = brought(office)
    digest = prepared(office, case_no)
    browser.sign_in("arbitrator")
    for _ in range(3):
        picture = browser.get(path(case_no, "/page/1.png"))
        assert (picture.mimetype, picture.data) == ("image/png", FAKE_PICTURE)
        assert picture.headers["Cache-Control"] == "no-store"
    assert renderer.drawn == 1
    assert browser.get(path(case_no, "/page/2.png")).status_code == 404
    file = browser.get(path(case_no, "/unsigned.pdf"))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert sha256(file.data).hexdigest() == digest


def test_back_to_the_draft_makes_what_was_shown_void(arbitrator: Browser, office: Office, case_no: str) -> None:
    digest = prepared(office, case_no)
    assert arbitrator.post(path(case_no, "/reopen"), form=path(case_no, "/sign")).status_code == 303
    assert "Draft ruling" in arbitrator.get(path(case_no)).text
    assert arbitrator.get(path(case_no, "/page/1.png")).status_code == 404
    form = "/account"
    assert arbitrator.post(path(case_no, "/sign"), signature(office, case_no, digest), form=form).status_code == 303
    assert arbitrator.post(path(case_no, "/reopen"), form=form).status_code == 409
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert ruling.state is RulingState.LAPSED


def test_a_ruling_not_signed_in_time_is_void_and_the_page_says_why(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    prepared(office, case_no)
    office.portal.ports.clock.tick(minutes=31)
    expiry.tick(office.portal)
    page = arbitrator.get(path(case_no)).text
    assert "was not signed before the time of service" in page
    assert "Review and sign prepares it again." in page


# Signing


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"code": ""}, 422, "Enter the code from your authenticator."),
        ({"code": "000000"}, 422, "The code is wrong or was used before"),
        ({"case_no": ""}, 422, "Type the case number to sign."),
        ({"case_no": "CA-2026-999999"}, 422, "Type the case number CA-2026-000001 to sign."),
        ({"digest": "0" * 64}, 409, "What was shown is no longer what would be signed"),
        ({"digest": ""}, 409, "What was shown is no longer what would be signed"),
    ],
)
def test_a_signature_that_is_not_whole_signs_nothing(
    arbitrator: Browser, office: Office, case_no: str, changed: dict[str, str], status: int, says: str
) -> None:
    digest = prepared(office, case_no)
    form = path(case_no, "/sign")
    answer = arbitrator.post(form, signature(office, case_no, digest, **changed))
    assert answer.status_code == status
    assert says in answer.text
    assert f'value="{digest}"' in answer.text  # the next try signs what is shown now
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert ruling.state is RulingState.PREPARED


def test_after_the_time_printed_for_service_nothing_can_be_signed(
    arbitrator: Browser, office: Office, case_no: str
) -> None:
    digest = prepared(office, case_no)
    office.portal.ports.clock.tick(minutes=30)
    answer = arbitrator.post(path(case_no, "/sign"), signature(office, case_no, digest))
    assert answer.status_code == 409
    assert "prepare the ruling again" in answer.text


def test_codes_cannot_be_tried_for_ever(arbitrator: Browser, office: Office, case_no: str) -> None:
    digest = prepared(office, case_no)
    form = path(case_no, "/sign")
    wrong = {"case_no": case_no, "code": "000000", "digest": digest}
    tries = [arbitrator.post(form, wrong).status_code for _ in range(12)]
    assert tries[-1] == 429
    assert arbitrator.post(form, signature(office, case_no, digest)).status_code == 429


def test_from_the_signature_to_the_issued_ruling(arbitrator: Browser, office: Office, case_no: str) -> None:
    digest = prepared(office, case_no)
    form = path(case_no, "/sign")
    assert arbitrator.post(form, signature(office, case_no, digest)).location == form
    underway = arbitrator.get(form)
    assert underway.headers["Refresh"] == "3"
    assert "You have signed the ruling" in underway.text
    again = arbitrator.post(form, signature(office, case_no, digest), form="/account")
    assert again.location == form  # the button was pressed twice
    office.settle()
    assert office.case(case_no).state is State.RULED
    assert arbitrator.get(form).location == path(case_no)
    page = arbitrator.get(path(case_no)).text
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert ruling.signed_sha256 is not None
    assert "Claims upheld" in page
    assert "¥128.00" in page
    assert ruling.verify_code in page
    assert ruling.signed_sha256 in page
    assert "Time to ask for review ends" in page
    assert "names the ground or the error" in page
    late = arbitrator.post(path(case_no), {**WHOLE, "version": "1"}, form="/account")
    assert late.status_code == 409


# Taking out


def issued(office: Office) -> str:
    case_no = brought(office)
    office.sign(case_no, prepared(office, case_no))
    return case_no


@pytest.mark.parametrize("name", ["arbitrator", "registrar", "officer", "auditor"])
def test_all_staff_in_the_case_can_take_the_signed_file_out_and_it_is_written_down(
    browser: Browser, office: Office, name: str
) -> None:
    case_no = issued(office)
    browser.sign_in(name)
    answer = browser.post(path(case_no, "/download"), form=path(case_no))
    ruling = ruling_of(office, case_no)
    assert ruling is not None
    assert sha256(answer.data).hexdigest() == ruling.signed_sha256
    assert answer.headers["Content-Disposition"] == f"attachment; filename={case_no}-ruling.pdf"
    role = office.actors[name].role
    assert events(office, case_no, "ruling_downloaded") == [{"role": role}]


def test_in_chinese_the_file_has_a_chinese_name(browser: Browser, office: Office) -> None:
    case_no = issued(office)
    browser.sign_in("arbitrator")
    answer = browser.post(f"{path(case_no, '/download')}?lang=zh", form=path(case_no))
    named = answer.headers["Content-Disposition"]
    assert f"filename*=UTF-8''{case_no}-%E8%A3%81%E5%86%B3%E4%B9%A6.pdf" in named


def test_before_it_is_issued_there_is_nothing_to_take_out(arbitrator: Browser, office: Office, case_no: str) -> None:
    prepared(office, case_no)
    assert arbitrator.post(path(case_no, "/download"), form="/account").status_code == 409


def test_another_platforms_officer_and_another_arbitrator_find_nothing(browser: Browser, office: Office) -> None:
    case_no = issued(office)
    office.add_platform("wanka")
    office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
    office.add_staff("other", Role.ARBITRATOR)
    for name in ("rival", "other"):
        browser.sign_in(name)
        assert browser.get(path(case_no)).status_code == 404
        assert browser.post(path(case_no, "/download"), form="/account").status_code == 404
        browser.post("/sign-out", form="/account")
    assert events(office, case_no, "ruling_downloaded") == []
