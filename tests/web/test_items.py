"""Reading evidence over HTTP: nothing of it before it is written down who opens it, and nothing of it acts."""

import base64
import io
import json

import pytest
from flask import Flask

from arbitration.actions import filing, previews, stored_files
from arbitration.actions.context import SYSTEM
from arbitration.actions.filing import Upload
from arbitration.adapters.preview.limited import LimitedPreviewer
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.domain.previews import NoPreview
from arbitration.store import evidence as item_rows
from arbitration.store import history
from arbitration.store import previews as rows
from tests.domain.escalations import evidence as enclosed
from tests.factories import Office
from tests.portals import with_ports
from tests.web.conftest import Browser
from tests.web.test_party import party_of

HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = "key,result\n=cmd|'/C calc'!A0,退款\n"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """The claimant has filed a conversation as C-2 and a picture, the respondent a table as R-1."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    said = [f"2024-01-05 14:{minute:02}  <b>买家{minute % 2}：退款 {HOSTILE} {minute}\n" for minute in range(60)]
    talk = "".join(said)
    file(office, case_no, Role.CLAIMANT, Kind.CHAT_LOG, "<b>聊天.txt", talk.encode("gb18030"))
    file(office, case_no, Role.RESPONDENT, Kind.DELIVERY_LOG, "log.csv", FORMULA.encode())
    return case_no


def file(office: Office, case_no: str, role: Role, kind: Kind, name: str, content: bytes) -> None:
    """By the real previewer, which is too slow for all other tests."""
    actor = office.party(case_no, role)
    filing.upload(office.portal, actor, case_no, kind, [Upload(name, io.BytesIO(content))])
    with office.portal.work(actor) as work:
        filing.submit(work, case_no)
        (item,) = (item for item in item_rows.on_record(work.session, case_no) if item.file_name == name)
        number = item.id
    previews.make(with_ports(office.portal, previewer=LimitedPreviewer()), number)
    office.settle()


def events(office: Office, case_no: str, kind: str) -> list[dict[str, str]]:
    with office.portal.read(SYSTEM) as work:
        return [json.loads(said or "{}") for one, said in history.of_case(work.session, case_no) if one.kind == kind]


def test_an_item_shows_nothing_until_its_opening_is_on_the_record_once(
    office: Office, browser: Browser, case_no: str
) -> None:
    browser.sign_in("arbitrator")
    address = f"/cases/{case_no}/evidence/C-2"
    closed = browser.get(address)
    assert "Open C-2 to read" in closed.text
    assert "退款" not in closed.text
    assert address in browser.get(f"/cases/{case_no}/evidence").text
    assert events(office, case_no, "evidence_opened") == []
    for _ in range(2):
        answer = browser.post(f"{address}/open", form=address)
        assert answer.location == address
    assert "退款" in browser.get(f"{address}?q=59").text
    assert events(office, case_no, "evidence_opened") == [{"label": "C-2", "role": "arbitrator"}]
    office.portal.ports.clock.tick(hours=13)
    browser.sign_in("arbitrator")
    assert "退款" not in browser.get(address).text


def test_what_a_party_wrote_is_text_wherever_it_is_shown(office: Office, browser: Browser, case_no: str) -> None:
    browser.sign_in("registrar")
    address = f"/cases/{case_no}/evidence/C-2"
    assert browser.post(f"{address}/open", {"with": "R-1"}, form=address).location == f"{address}?with=R-1"
    both = browser.get(f"{address}?with=R-1").text
    assert both.count('<section class="card item"') == 2
    assert "<img src=x" not in both
    assert "&lt;img src=x onerror=alert(1)&gt;" in both
    assert "&lt;b&gt;买家1" in both
    assert "<td><bdi>=cmd|&#39;/C calc&#39;!A0</bdi></td>" in both
    found = browser.get(f"{address}?with=R-1&q=退款").text
    assert "C-2: 60 entries found. R-1: 1 entry found." in found
    assert "<mark>退款</mark>" in found
    assert "No cases" not in browser.get(f"{address}?from=99999&q=(").text
    assert "C-2: 0 entries found." in browser.get(f"{address}?q=nothing").text


def test_a_party_reads_the_other_sides_items_and_nobody_elses(app: Flask, office: Office, case_no: str) -> None:
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    assert f"{claimant.path}/files/R-1" in claimant.page()
    assert "退款" not in claimant.get("files/R-1").text
    claimant.send("files/R-1/open")
    page = claimant.get("files/R-1")
    assert "退款" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert claimant.get("files/R-9").status_code == 404
    assert claimant.send("files/R-9/open").status_code == 404
    assert claimant.get("files/R-1?with=C-9").status_code == 404
    assert events(office, case_no, "evidence_opened") == [{"label": "R-1", "role": "claimant"}]


def test_pages_are_pictures_in_a_sandbox_for_whoever_opened_the_item(app: Flask, office: Office) -> None:
    case_no = office.escalate(evidence=[enclosed("e-1", DOT) | {"media_type": "image/png", "file_name": "屏.png"}])
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    picture = "files/C-1/pages/1.png"
    assert claimant.get(picture).status_code == 404
    claimant.send("files/C-1/open")
    assert f"{claimant.path}/{picture}" in claimant.get("files/C-1").text
    drawn = claimant.get(picture)
    assert (drawn.mimetype, drawn.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert drawn.headers["Content-Security-Policy"].startswith("sandbox")
    assert claimant.get("files/C-1/pages/2.png").status_code == 404


def test_a_quarantined_item_has_no_preview_and_is_no_partys_to_open(
    app: Flask, office: Office, browser: Browser
) -> None:
    case_no = office.escalate(evidence=[enclosed("e-9", b"swapped") | {"sha256": "0" * 64}])
    claimant = party_of(app, office, case_no, Role.CLAIMANT)
    claimant.enter()
    assert claimant.get("files/C-1").status_code == 403
    assert claimant.send("files/C-1/open").status_code == 403
    browser.sign_in("registrar")
    browser.post(f"/cases/{case_no}/evidence/C-1/open", form=f"/cases/{case_no}/evidence/C-1")
    assert "the file is not what its sender declared" in browser.get(f"/cases/{case_no}/evidence/C-1").text


def test_a_preview_that_is_missing_or_old_is_made_when_the_item_is_opened(
    office: Office, browser: Browser, case_no: str
) -> None:
    with office.portal.work(SYSTEM) as work:
        item = item_rows.by_label(work.session, case_no, "C-2")
        assert item is not None
        number = item.id
        (gone,) = rows.drop(work.session, number)
    address = f"/cases/{case_no}/evidence/C-2"
    browser.sign_in("registrar")
    browser.post(f"{address}/open", form=address)
    waiting = browser.get(address)
    assert "The preview is being made" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    office.settle()
    assert "Refresh" not in browser.get(address).headers
    with office.portal.work(SYSTEM) as work:
        made = rows.of_item(work.session, number)
        assert made is not None
        made.maker = previews.MAKER - 1
        kept = made.rows_blob
    assert kept != gone
    browser.post(f"{address}/open", form=address)
    office.settle()
    with office.portal.read(SYSTEM) as work:
        again = rows.of_item(work.session, number)
        assert again is not None
        assert again.maker == previews.MAKER
        assert work.ports.blobs.holds(again.rows_blob or "")


def test_a_stored_file_that_cannot_be_read_is_said_and_tried_again(
    office: Office, browser: Browser, case_no: str
) -> None:
    with office.portal.work(SYSTEM) as work:
        item = item_rows.by_label(work.session, case_no, "C-2")
        assert item is not None
        number, ref = item.id, item.blob or ""
        rows.drop(work.session, number)
    office.portal.ports.blobs.remove(ref)
    previews.make(office.portal, number)
    with office.portal.read(SYSTEM) as work:
        made = rows.of_item(work.session, number)
        assert made is not None
        assert made.problem is NoPreview.UNREADABLE
    address = f"/cases/{case_no}/evidence/C-2"
    browser.sign_in("registrar")
    browser.post(f"{address}/open", form=address)
    assert "the stored file could not be read" in browser.get(address).text


def test_previews_are_encrypted_and_go_with_what_they_were_made_of(office: Office, case_no: str) -> None:
    stored = list(office.portal.settings.blobs_dir.rglob("*.age"))
    assert not any("退款".encode() in path.read_bytes() for path in stored)
    with office.portal.work(SYSTEM) as work:
        item = item_rows.by_label(work.session, case_no, "C-2")
        assert item is not None
        (ref,) = rows.drop(work.session, item.id)
    stored_files.forget_file(office.portal, ref)
    assert not office.portal.ports.blobs.holds(ref)
