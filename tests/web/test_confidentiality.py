"""A confidential item over every door: the other side and the platform get the redacted copy and nothing else."""

import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256

import pytest
from flask import Flask

from arbitration.actions import bundle, confidentiality, filing
from arbitration.actions.filing import Upload
from arbitration.domain.evidence import Kind
from arbitration.domain.export import View
from arbitration.domain.permissions import Role
from arbitration.store import evidence as rows
from tests.factories import Office
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


def test_an_arbitrator_who_is_asked_and_has_not_accepted_reads_the_redacted_copy(
    browser: Browser, office: Office, case_no: str
) -> None: ...


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
