"""A confidential item over every door: the other side and the platform get the redacted copy and nothing else."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest
from flask import Flask
from PIL import Image

from arbitration.actions import (
    bundle,
    cases,
    closing,
    confidentiality,
    document,
    erasure,
    export,
    filing,
    items,
    rulings,
    wholeness,
)
from arbitration.actions.context import SYSTEM, get_case
from arbitration.actions.filing import Upload
from arbitration.actions.previews import make as make_previews
from arbitration.adapters.pdf_html import ruling_html
from arbitration.adapters.preview.limited import LimitedPreviewer
from arbitration.domain.confidentiality import Box, Copy
from arbitration.domain.errors import NotAllowed
from arbitration.domain.evidence import Kind
from arbitration.domain.export import RECORD, View, listed
from arbitration.domain.export_check import events_differ, items_differ, read_record
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import Role
from arbitration.domain.signing import Language, canonical_json
from arbitration.store import evidence as rows
from arbitration.store import history, panel, previews
from tests.factories import Office
from tests.portals import with_ports
from tests.web.conftest import Browser
from tests.web.test_party import Party, party_of

SECRET = "供货合同第 4 条：秘密进价 37.25 元"
ORIGINAL = f"2024-01-05 卖家：{SECRET}\n2024-01-05 买家：好\n".encode()
REDACTED = "2024-01-05 卖家：████\n2024-01-05 买家：好\n".encode()
REASON = "商业秘密：进货价格"
NAME, OPEN_NAME = "与张三的合同.txt", "合同（遮盖）.txt"
DIGEST = sha256(ORIGINAL).hexdigest()
HIDDEN = (SECRET, NAME, "张三", DIGEST)
"""What must stand nowhere that the other side or the platform can read."""


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """The respondent has filed a confidential conversation as R-1."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    actor = office.party(case_no, Role.RESPONDENT)
    sent = Upload(NAME, io.BytesIO(ORIGINAL), DIGEST)
    filing.upload(office.portal, actor, case_no, Kind.CHAT_LOG, [sent])
    with office.portal.work(actor) as work:
        (draft,) = rows.drafts_of(work.session, case_no, Role.RESPONDENT)
        confidentiality.mark(work, case_no, draft.id, REASON)
        number = draft.id
    confidentiality.give_copy(office.portal, actor, case_no, number, Upload(OPEN_NAME, io.BytesIO(REDACTED)))
    with office.portal.work(actor) as work:
        assert filing.submit(work, case_no) == ["R-1"]
    office.settle()
    return case_no


@pytest.fixture
def claimant(app: Flask, office: Office, case_no: str) -> Party:
    party = party_of(app, office, case_no, Role.CLAIMANT)
    party.enter()
    return party


@pytest.fixture
def respondent(app: Flask, office: Office, case_no: str) -> Party:
    party = party_of(app, office, case_no, Role.RESPONDENT)
    party.enter()
    return party


def says_nothing_hidden(content: bytes) -> None:
    found = [each for each in HIDDEN if each.encode() in content or json.dumps(each)[1:-1].encode() in content]
    assert not found, found


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def doors_of_party(party: Party) -> Iterator[bytes]:
    yield party.page().encode()
    assert party.send("files/R-1/open").status_code == 303
    assert party.send("files/C-1/open").status_code == 303
    for step in ("files/R-1", "files/R-1?q=合同", "files/C-1?with=R-1", "files/R-1?with=C-1", "files/R-1/objections"):
        answer = party.get(step)
        assert answer.status_code == 200
        yield answer.data
    for step in ("messages", "facts", "productions", "inspections", "bundle", "evidence", "evidence/receipt"):
        yield party.get(step).data
    yield party.get("evidence/R-1/particulars").data
    yield party.send("files/R-1").data
    yield unpacked(party.send("export").data)


def test_the_other_side_reads_the_redacted_copy_through_every_door_and_never_the_original(claimant: Party) -> None:
    read = list(doors_of_party(claimant))
    for content in read:
        says_nothing_hidden(content)
    everything = b"\n".join(read).decode(errors="replace")
    assert REASON in everything
    assert OPEN_NAME in everything
    assert "████" in everything
    assert sha256(REDACTED).hexdigest() in everything
    taken = claimant.send("files/R-1")
    assert taken.data == REDACTED
    assert taken.content_length == len(REDACTED)


def test_its_own_side_and_the_arbitrator_read_the_original(
    respondent: Party, browser: Browser, other_browser: Browser, case_no: str
) -> None:
    assert respondent.send("files/R-1").data == ORIGINAL
    assert DIGEST in respondent.page()
    browser.sign_in("arbitrator")
    path = f"/cases/{case_no}/evidence/R-1"
    browser.post(f"{path}/open", form=path)
    assert SECRET in browser.get(path).text
    assert browser.post(f"{path}/download", form=path).data == ORIGINAL
    other_browser.sign_in("registrar")
    assert other_browser.post(f"{path}/download", form=path).data == ORIGINAL


def doors_of_staff(browser: Browser, case_no: str) -> Iterator[bytes]:
    case = f"/cases/{case_no}"
    path = f"{case}/evidence/R-1"
    assert browser.post(f"{path}/open", form=path).status_code == 303
    steps = ("", "/evidence", "/evidence/R-1", "/evidence/C-1?with=R-1", "/evidence/R-1/admissibility", "/messages")
    for step in (*steps, "/tasks", "/record", "/record.json", "/clauses", "/productions", "/inspections", "/bundle"):
        answer = browser.get(case + step)
        assert answer.status_code == 200, step
        yield answer.data
    yield browser.post(f"{path}/download", form=path).data
    yield unpacked(browser.post(f"{case}/export", form=f"{case}/record").data)


def test_the_platform_reads_the_redacted_copy_through_every_door_its_webhooks_too(
    browser: Browser, office: Office, case_no: str, gateway
) -> None:
    browser.sign_in("officer")
    read = list(doors_of_staff(browser, case_no))
    for content in [*read, *(json.dumps(body).encode() for _, body in gateway.posted)]:
        says_nothing_hidden(content)
    assert "████".encode() in b"".join(read)
    told = [body["data"]["details"] for _, body in gateway.posted if body["type"] == "evidence.received"]
    (details,) = (each for each in told if each["label"] == "R-1")
    assert (details["confidential"], details["sha256"]) == (REASON, sha256(REDACTED).hexdigest())


@pytest.mark.parametrize("view", [View.CLAIMANT, View.PLATFORM])
def test_a_bundle_prints_the_redacted_copy_in_every_view_that_has_no_original(
    office: Office, case_no: str, view: View
) -> None:
    reader = office.party(case_no, Role.CLAIMANT) if view is View.CLAIMANT else office.actors["officer"]
    with office.portal.work(reader) as work:
        bundle.ask(work, case_no)
    office.settle()
    with office.portal.read(reader) as work:
        row = bundle.standing(work, case_no).row
        assert row is not None
        assert row.view is view
        says_nothing_hidden(work.ports.blobs.read(row.blob or ""))


def test_a_disclosed_original_is_everyones_and_the_history_says_why(
    claimant: Party, browser: Browser, case_no: str, office: Office, gateway
) -> None:
    browser.sign_in("arbitrator")
    path = f"/cases/{case_no}/evidence/R-1/admissibility"
    assert "Confidential: you read the original" in browser.get(path).text
    asked = f"/cases/{case_no}/evidence/R-1/disclose"
    browser.post(asked, {"disclosure-reason": " "}, form=path)
    assert claimant.send("files/R-1").data == REDACTED
    assert claimant.send("files/R-1/open").status_code == 303
    because = "对方须能就进价发表意见"
    assert browser.post(asked, {"disclosure-reason": because}, form=path).status_code == 303
    office.settle()
    assert claimant.send("files/R-1").data == ORIGINAL
    page = claimant.get("files/R-1").text
    assert because in page
    assert "████" not in page
    assert claimant.send("files/R-1/open").status_code == 303
    assert SECRET in claimant.get("files/R-1").text
    told = [body["data"]["details"] for _, body in gateway.posted if body["type"] == "evidence.disclosed"]
    assert [(each["label"], each["reason"], each["sha256"]) for each in told] == [("R-1", because, DIGEST)]


def test_a_confidential_file_waits_for_its_redacted_copy_and_the_original_stays_as_it_came(
    claimant: Party, office: Office, case_no: str
) -> None:
    assert claimant.upload(("secret.txt", ORIGINAL)).status_code == 303
    with office.portal.read(SYSTEM) as work:
        (draft,) = rows.drafts_of(work.session, case_no, Role.CLAIMANT)
    page, check = f"{claimant.path}/evidence/{draft.id}/confidential", f"{claimant.path}/evidence/check"
    went = claimant.browser.post(check, {"confidential": str(draft.id)}, form=check)
    assert went.location == page

    def say(**fields: object) -> int:
        return claimant.browser.post(page, fields, buffered=True).status_code

    assert say(reason=" ") == 422
    assert say(reason="长" * 301) == 422
    assert say(reason=REASON) == 303
    assert "a redacted copy is missing" in claimant.get("evidence/check").text
    assert claimant.send("evidence/submit").status_code == 422
    assert say(reason=REASON, copy=(io.BytesIO(ORIGINAL), "same.txt")) == 422
    assert say(reason=REASON, copy=(io.BytesIO(b"MZ" + bytes(200)), "copy.exe")) == 422
    assert say(reason=REASON, copy=(io.BytesIO(REDACTED), OPEN_NAME)) == 303
    assert claimant.browser.get(f"{page}/copy/file").data == REDACTED
    assert "cannot be shown as pages here" in claimant.browser.get(f"{page}/copy").text
    assert claimant.browser.post(f"{page}/remove", form=page).status_code == 303
    assert claimant.browser.get(f"{page}/copy").status_code == 404
    assert say(reason=REASON, copy=(io.BytesIO(REDACTED), OPEN_NAME)) == 303
    assert claimant.send("evidence/submit").status_code == 303
    with office.portal.read(SYSTEM) as work:
        item = work.session.get_one(rows.EvidenceItem, draft.id)
        assert (item.sha256, item.blob) == (draft.sha256, draft.blob)
        assert work.ports.blobs.read(item.blob or "") == ORIGINAL


def test_the_same_file_in_the_open_is_stopped_where_it_is_checked_and_both_are_named(respondent: Party) -> None:
    assert respondent.upload(("again.txt", ORIGINAL), ("new.txt", b"new\n")).status_code == 303
    assert "again.txt is the same as your confidential R-1" in respondent.get("evidence/check").text
    refused = respondent.send("evidence/submit", checked="1", with_gaps="1")
    assert refused.status_code == 422
    assert re.search(r'<a href="#(file-\d+)">again.txt is the same as your confidential R-1', refused.text)
    assert "new.txt" in refused.text
    (item,) = re.findall(r'<a href="#file-(\d+)">again', refused.text)
    assert respondent.send(f"evidence/{item}/remove").status_code == 303
    assert respondent.send("evidence/submit").location == f"{respondent.path}/evidence/receipt"


def test_a_ruling_names_the_redacted_copy_and_prints_nothing_of_the_original(
    browser: Browser, office: Office, case_no: str
) -> None:
    office.close_record(case_no)
    office.draft(case_no)
    browser.sign_in("arbitrator")
    editor = browser.get(f"/cases/{case_no}/ruling").text
    assert f"confidential: the other side saw only the redacted copy {OPEN_NAME}" in editor
    with office.portal.read(office.actors["arbitrator"]) as work:
        paper = document.build(work, get_case(work, case_no), rulings.draft(work, case_no))
    says_nothing_hidden(canonical_json(paper))
    (entry,) = (each for each in paper.evidence if each.label == "R-1")
    assert (entry.title, entry.sha256, entry.confidential) == (OPEN_NAME, sha256(REDACTED).hexdigest(), True)
    assert "保密，已提供遮盖版" in ruling_html(replace(paper, language=Language.ZH), draft=True)
    assert "confidential; redacted copy given" in ruling_html(replace(paper, language=Language.EN), draft=True)


def differences(content: bytes) -> list[object]:
    """What an outsider would find wrong with an export's record and the files that go with it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [listed(name, archive.read(name)) for name in archive.namelist()]
        record = read_record(RECORD, archive.read(RECORD))
    assert isinstance(record, dict)
    return [each for each in (items_differ(record, files), events_differ(record)) if each is not None]


def test_an_export_is_whole_in_every_view_with_the_file_that_the_view_has(office: Office, case_no: str) -> None:
    staff = [office.actors[name] for name in ("registrar", "officer")]
    sides = [office.party(case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT)]
    given = []
    for reader in [*staff, *sides]:
        content = b"".join(export.export(office.portal, reader, case_no).chunks())
        assert differences(content) == []
        given.append(ORIGINAL in content)
    assert given == [True, False, False, True]
    with office.portal.work(office.actors["arbitrator"]) as work:
        confidentiality.disclose(work, case_no, "R-1", "对方须能发表意见")
    content = b"".join(export.export(office.portal, sides[0], case_no).chunks())
    assert differences(content) == []
    assert ORIGINAL in content


def test_what_the_history_and_the_record_tell_is_of_the_redacted_copy(office: Office, case_no: str) -> None:
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        cases.withdraw(work, case_no, "given up")
    with office.portal.work(SYSTEM) as work:
        erasure.erase(work, case_no, "R-1", "the merchant asked for it")
        said = [payload for _, payload in history.of_case(work.session, case_no)]
        assert DIGEST not in json.dumps(said)
        case, row = get_case(work, case_no), rows.must_find(work.session, case_no, "R-1")
        with work.session.no_autoflush:
            before = closing.record_digest(work, case)
            row.sha256 = "0" * 64
            assert closing.record_digest(work, case) == before
            row.sha256 = DIGEST


def test_an_arbitrator_who_is_asked_and_does_not_sit_yet_reads_the_redacted_copy(office: Office, case_no: str) -> None:
    with office.portal.work(SYSTEM) as work:
        seat = panel.seated(work.session, case_no)
        assert seat is not None
        seat.state, seat.answered_at = AppointmentState.PROPOSED, None
    with office.portal.work(office.actors["arbitrator"]) as work:
        assert items.take_out(work, case_no, "R-1").sha256 == sha256(REDACTED).hexdigest()
        with pytest.raises(NotAllowed, match="once they have accepted"):
            export.view_of(work, case_no)


def test_a_confidential_item_is_erased_with_both_its_files(office: Office, case_no: str) -> None:
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        item = rows.must_find(work.session, case_no, "R-1")
        number, refs = item.id, item.blobs
        cases.withdraw(work, case_no, "given up")
    assert wholeness.problems(office.portal) == []
    with office.portal.work(SYSTEM) as work:
        erasure.erase(work, case_no, "R-1", "the merchant asked for it")
    office.settle()
    with office.portal.read(SYSTEM) as work:
        assert len(refs) == 2
        assert not any(work.ports.blobs.holds(ref) for ref in refs)
        assert previews.of_item(work.session, number, Copy.REDACTED) is None
    assert wholeness.problems(office.portal) == []


def test_a_picture_is_blacked_out_by_the_office_and_that_is_what_the_other_side_gets(
    claimant: Party, respondent: Party, office: Office, case_no: str
) -> None:
    drawn = io.BytesIO()
    Image.effect_noise((200, 100), 90).convert("RGB").save(drawn, "PNG")
    assert claimant.upload(("shot.png", drawn.getvalue())).status_code == 303
    with office.portal.read(SYSTEM) as work:
        (draft,) = rows.drafts_of(work.session, case_no, Role.CLAIMANT)
    page = f"{claimant.path}/evidence/{draft.id}/confidential"
    assert claimant.browser.post(page, {"reason": REASON}, buffered=True).status_code == 303
    real = with_ports(office.portal, previewer=LimitedPreviewer())
    make_previews(real, draft.id)
    assert f"{page}/pages/1.png" in claimant.get(f"evidence/{draft.id}/confidential").text
    assert claimant.get(f"evidence/{draft.id}/confidential/pages/1.png").data.startswith(b"\x89PNG")
    assert respondent.get(f"evidence/{draft.id}/confidential/pages/1.png").status_code == 404
    assert "1 0 0 0 5" in claimant.browser.post(f"{page}/boxes", {"box": ["1 0 0 0 5"]}, form=page).text
    for wrong in ([], ["1 0 0 0 5"], ["2 0 0 5 5"], ["1 190 0 20 20"], ["1 -1 0 9 9"], ["1 1 1 1"]):
        assert claimant.browser.post(f"{page}/boxes", {"box": wrong}, form=page).status_code == 422
    actor = office.party(case_no, Role.CLAIMANT)
    confidentiality.black_out(real, actor, case_no, draft.id, [Box(1, 10, 20, 50, 30)])
    shown = claimant.get(f"evidence/{draft.id}/confidential").text
    assert "1 black box is burnt into it" in shown
    assert 'name="box" value="1 10 20 50 30"' in shown
    assert "looks again by itself" in claimant.browser.get(f"{page}/copy").text
    make_previews(real, draft.id)
    assert f"{page}/copy/pages/1.png" in claimant.browser.get(f"{page}/copy").text
    drawn_copy = Image.open(io.BytesIO(claimant.browser.get(f"{page}/copy/pages/1.png").data))
    assert drawn_copy.crop((10, 20, 60, 50)).convert("RGB").getcolors() == [(50 * 30, (0, 0, 0))]
    with office.portal.work(actor) as work:
        (label,) = filing.submit(work, case_no)
    given = Image.open(io.BytesIO(respondent.send(f"files/{label}").data))
    assert given.crop((10, 20, 60, 50)).getcolors() == [(50 * 30, (0, 0, 0))]
    assert given.getpixel((150, 80)) == Image.open(drawn).getpixel((150, 80))
    assert claimant.send(f"files/{label}").data == drawn.getvalue()
