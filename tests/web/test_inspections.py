"""The pages of inspections: the register, the inspector's desk, the case and its parties, over HTTP."""

import io
import json
import re
from hashlib import sha256

import pytest

from arbitration.actions import inspections, inspectors
from arbitration.actions.context import SYSTEM
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.inspection import Expertise
from arbitration.domain.manifest import thumbprint
from arbitration.domain.permissions import Role
from arbitration.store import cases as case_rows
from tests.domain.escalations import CHAT
from tests.factories import Office
from tests.manifests import KEY, NEW_KEY, OTHER_KEY, jwk_text, manifest, payload, public

REPORT = "检验结论:未见改动。\n".encode()


@pytest.fixture
def database_kind() -> str:
    """Nothing here depends on it."""
    return "sqlite"


def brought(office: Office) -> str:
    office.add_staff("inspector", Role.INSPECTOR)
    office.add_staff("admin", Role.ADMIN)
    with office.portal.work(SYSTEM) as work:
        inspectors.register(
            work,
            name=Bilingual("检验所", "Laboratory <b>"),
            expertise={Expertise.CHAT_RECORDS},
            key=jwk_text(KEY),
            email="inspector@office.example",
        )
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    return case_no


def test_from_the_question_to_a_report_with_its_checks_read_by_all(browser, other_browser, office, case_no, clock):
    browser.sign_in("arbitrator")
    page = f"/cases/{case_no}/inspections"
    asked = browser.post(page, {"inspector": "1", "item": "C-1", "question": "<i>改过?</i>", "hours": "24"})
    assert asked.status_code == 303
    assert "&lt;i&gt;改过?&lt;/i&gt;" in browser.get(page).text
    other_browser.sign_in("inspector")
    assert case_no in other_browser.get("/inspections").text
    desk = other_browser.get("/inspections/1").text
    for party in ("买家", "m-208", "聊天记录.txt", "KM-118823"):
        assert party not in desk
    for step, field, said in (("take", "declaration", "Write the declaration"), ("decline", "reason", "Write why you")):
        empty = other_browser.post(f"/inspections/1/{step}", {"words": " "}, form="/inspections/1")
        assert (empty.status_code, f'<a href="#{field}">' in empty.text) == (422, True)
        assert re.search(rf'id="{field}-error">{said}', empty.text)
    assert other_browser.post("/inspections/1/take", {"words": "无。"}, form="/inspections/1").status_code == 303
    sample = other_browser.post("/inspections/1/sample", form="/inspections/1")
    assert sample.data == CHAT
    assert sample.headers["Content-Disposition"] == f'attachment; filename="{case_no}-C-1.txt"'
    said = payload(case_no, [sha256(CHAT).hexdigest()], sha256(REPORT).hexdigest(), clock())
    clock.tick(minutes=10)

    def file(text: str) -> object:
        files = {"report": (io.BytesIO(REPORT), "报告.txt"), "manifest": (io.BytesIO(text.encode()), "m.jws")}
        return other_browser.post("/inspections/1/report", files, form="/inspections/1")

    wrong = file(manifest(said | {"samples": []}))
    assert wrong.status_code == 422
    assert "No sample digest is stated" in wrong.text
    assert file(manifest(said)).status_code == 303
    assert file(manifest(said)).status_code == 409
    assert "Full weight" in browser.get(page).text
    claimant = office.party(case_no, Role.CLAIMANT)
    with office.portal.read(claimant) as work:
        row = case_rows.party_by_actor(work.session, claimant.id)
        code = office.portal.ports.credentials.access_code(row.link, row.code_serial)
    assert browser.post(f"/party/{row.link}/enter", {"code": code}).status_code == 303
    assert "Full weight" in browser.get(f"/party/{row.link}/inspections").text


def test_an_overdue_request_says_so_and_can_be_withdrawn(browser, office, case_no, clock):
    with office.portal.work(office.actors["arbitrator"]) as work:
        inspections.ask(work, case_no, inspector_id=1, label="C-1", question="改过?", hours=12)
    clock.tick(hours=13)
    browser.sign_in("arbitrator")
    page = f"/cases/{case_no}/inspections"
    assert "Overdue" in browser.get(page).text
    assert browser.post(f"{page}/1/withdraw", {"words": ""}, form=page).status_code == 422
    assert browser.post(f"{page}/1/withdraw", {"words": "另行委托。"}, form=page).status_code == 303
    assert browser.post(f"{page}/1/withdraw", {"words": "另行委托。"}, form=page).status_code == 409


def test_the_admin_keeps_the_register_and_everyone_reads_it(browser, office, case_no):
    browser.sign_in("admin")
    new = {
        "name_zh": "新所",
        "name_en": "New",
        "expertise": "payments",
        "key": jwk_text(OTHER_KEY),
        "until": "2027-01-01",
    }
    assert browser.post("/register", new | {"key": "{}"}, form="/register").status_code == 422
    assert browser.post("/register", new, form="/register").status_code == 303
    kid = thumbprint(public(OTHER_KEY))
    assert browser.post("/register/rotate", {"kid": kid, "key": jwk_text(NEW_KEY)}, form="/register").status_code == 303
    assert browser.post("/register/revoke", {"kid": kid, "why": "retired"}, form="/register").status_code == 409
    assert browser.post("/register/2/end", form="/register").status_code == 303
    assert "Laboratory &lt;b&gt;" in browser.get("/inspectors").text
    chinese = browser.get("/inspectors", headers={"Accept-Language": "zh-CN"}).text
    assert "<h3>密钥</h3>" in chinese
    assert "施行" not in re.sub(r"<footer.*", "", chinese, flags=re.DOTALL)
    register = json.loads(browser.get("/inspectors.json").text)
    first, second = register["inspectors"]
    assert first["keys"][0]["jwk"]["kid"] == thumbprint(public())
    assert [key["revoked_why"] for key in second["keys"]] == ["rotated", None]
    assert second["accredited_until"] is not None
