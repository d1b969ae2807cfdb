"""The corpus of hostile files, sent through the real doors: each gets its verdict, and none is a fault of ours."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.test import TestResponse

from arbitration.actions import file_checks
from arbitration.actions.context import SYSTEM
from arbitration.adapters.file_checks.examiner import ProcessExaminer
from arbitration.adapters.scanner import Clamd
from arbitration.config import Settings
from arbitration.domain.evidence import ItemState, Problem
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.portal import Portal
from arbitration.ports import Scanner
from arbitration.store import evidence as rows
from tests.clamd import clamd
from tests.domain.escalations import digest, escalation
from tests.domain.escalations import evidence as item
from tests.factories import Office
from tests.fakes import FakeClock, FakeGateway, FakeScanner
from tests.hostile.corpus import CHAT, CORPUS, INFECTED, Sample
from tests.portals import assemble, with_ports
from tests.web.conftest import Browser, token_in
from tests.web.test_party import Party, party_of
from tests.web.test_webhook_door import Platform

QUICK = [sample for sample in CORPUS if sample.quick]
MOST_SECONDS = 30.0
"""For one file, on a machine that does other things too: its process is ended after 20."""
AT_ONCE = 50
MOST_CHARS = 255


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def examiner() -> Iterator[ProcessExaminer]:
    made = ProcessExaminer()
    yield made
    made.close()


@pytest.fixture
def scanner() -> Scanner:
    """Where a test does not bring its own."""
    return FakeScanner()


@pytest.fixture
def portal(
    settings: Settings, clock: FakeClock, gateway: FakeGateway, examiner: ProcessExaminer, scanner: Scanner
) -> Iterator[Portal]:
    """With the real examiner."""
    opened = assemble(settings, clock, gateway)
    yield with_ports(opened, examiner=examiner, scanner=scanner)
    opened.close()


def brought(office: Office) -> str:
    return office.escalate()


@pytest.fixture
def claimant(app: Flask, office: Office, case_no: str) -> Party:
    side = party_of(app, office, case_no, Role.CLAIMANT)
    side.enter()
    return side


def drafts(office: Office, case_no: str) -> list[rows.EvidenceItem]:
    with office.portal.read(SYSTEM) as work:
        return rows.drafts_of(work.session, case_no, Side.CLAIMANT)


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def send(claimant: Party, name: bytes, content: bytes) -> TestResponse:
    """Upload one file as a browser would, its name as it is; no library would write such names."""
    page, client = f"{claimant.path}/evidence", claimant.browser.client
    parts = [(b'name="csrf_token"', token_in(client.get(page)).encode()), (b'name="kind"', b"chat_log")]
    parts += [(b'name="files"; filename="%s"' % name, content)]
    written = b"".join(b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts)
    kind = "multipart/form-data; boundary=edge"
    return client.post(page, data=written + b"--edge--\r\n", content_type=kind, buffered=True)


def answered(claimant: Party, office: Office, case_no: str, sample: Sample) -> str:
    """What is wrong with how one file was answered, or nothing."""
    before, content, begun = kept(office.portal.settings.blobs_dir), sample.make(), time.monotonic()
    answer = send(claimant, sample.name.encode(), content)
    took, waiting = time.monotonic() - begun, drafts(office, case_no)
    if sample.problem is None:
        whole = answer.status_code == 303 and [each.sha256 for each in waiting] == [digest(content)]
    else:
        says = file_checks.cure(sample.problem) if content else "It is empty; choose the file again."
        refused = answer.status_code == 422 and str(escape(says)) in answer.text
        whole = refused and not waiting and kept(office.portal.settings.blobs_dir) == before
    for draft in waiting:
        claimant.send(f"evidence/{draft.id}/remove")
    office.settle()
    if whole and took < MOST_SECONDS:
        return ""
    return f"{sample.what}: {answer.status_code} after {took:.1f} s, {len(waiting)} kept, wanted {sample.problem}"


def test_a_party_is_told_at_once_what_is_wrong_with_a_file_and_nothing_of_it_is_kept(
    claimant: Party, office: Office, case_no: str
) -> None:
    assert list(filter(None, (answered(claimant, office, case_no, sample) for sample in QUICK))) == []


@pytest.mark.long
def test_so_it_is_with_the_whole_corpus(claimant: Party, office: Office, case_no: str) -> None:
    assert len(CORPUS) + len(INFECTED) >= 60
    assert list(filter(None, (answered(claimant, office, case_no, sample) for sample in CORPUS))) == []


def announced(gateway: FakeGateway, number: int, sample: Sample) -> dict:
    content = sample.make()
    row = item(f"e-{number}", content) | {"file_name": sample.name, "media_type": sample.declared}
    del row["inline"]
    row["url"] = f"https://files.kami.example/{number}"
    gateway.files[row["url"]] = content
    return row


def verdicts(
    office: Office, gateway: FakeGateway, samples: Sequence[Sample]
) -> dict[str, tuple[ItemState, str | None]]:
    """What became of files that a platform announced; a file is fetched by a job each."""
    case_no = office.escalate(evidence=[announced(gateway, number, each) for number, each in enumerate(samples)])
    gateway.files.clear()
    with office.portal.read(SYSTEM) as work:
        found = rows.on_record(work.session, case_no)
        return {samples[int((row.platform_evidence_id or "")[2:])].what: (row.state, row.problem) for row in found}


def wanted(samples: Sequence[Sample]) -> dict[str, tuple[ItemState, str | None]]:
    return {
        sample.what: (ItemState.QUARANTINED if sample.problem else ItemState.SUBMITTED, sample.problem)
        for sample in samples
    }


def test_a_platforms_file_is_quarantined_with_its_problem(office: Office, gateway: FakeGateway) -> None:
    assert verdicts(office, gateway, QUICK) == wanted(QUICK)
    told = [body["data"]["details"]["problem"] for _, body in gateway.posted if body["type"] == "evidence.quarantined"]
    assert sorted(told) == sorted(sample.problem for sample in QUICK if sample.problem)


@pytest.mark.long
def test_so_is_each_of_the_whole_corpus(office: Office, gateway: FakeGateway) -> None:
    samples = [sample for sample in CORPUS if sample.what != "nothing"]  # a size of 0 cannot be announced
    for start in range(0, len(samples), AT_ONCE):
        part = samples[start : start + AT_ONCE]
        assert verdicts(office, gateway, part) == wanted(part)


def test_the_pages_say_what_is_wrong_with_a_quarantined_file(app: Flask, office: Office, gateway: FakeGateway) -> None:
    locked = next(sample for sample in QUICK if sample.problem is Problem.ENCRYPTED)
    case_no = office.escalate(evidence=[announced(gateway, 1, locked)])
    party, staff = party_of(app, office, case_no, Role.CLAIMANT), Browser(app.test_client(), office)
    party.enter()
    staff.sign_in("registrar")
    for page in (party.page(), staff.get(f"/cases/{case_no}/evidence").text):
        assert "It is locked with a password, so nobody can see what it is." in page
    assert party.send("files/C-1").status_code == 403
    assert staff.post(f"/cases/{case_no}/evidence/C-1/download", form=f"/cases/{case_no}").status_code == 200
    assert "C-1 is quarantined: Locked" in staff.get(f"/cases/{case_no}").text


class TestWithClamd:
    """Debian's own, with the tests' signature."""

    @pytest.fixture
    def scanner(self) -> Iterator[Scanner]:
        with clamd() as address:
            yield Clamd(address)

    @pytest.mark.long
    def test_what_is_infected_passes_neither_door(
        self, claimant: Party, office: Office, gateway: FakeGateway, case_no: str
    ) -> None:
        assert list(filter(None, (answered(claimant, office, case_no, sample) for sample in INFECTED))) == []
        assert verdicts(office, gateway, INFECTED) == wanted(INFECTED)


def test_what_is_held_is_seen_by_who_filed_it_and_by_staff_alone(
    app: Flask, claimant: Party, office: Office, case_no: str, scanner: FakeScanner
) -> None:
    scanner.answers = False
    send(claimant, "聊天.txt".encode(), CHAT)
    assert claimant.send("evidence/submit").status_code == 303
    respondent, staff = party_of(app, office, case_no, Role.RESPONDENT), Browser(app.test_client(), office)
    respondent.enter()
    staff.sign_in("registrar")
    assert "Being checked" in claimant.page()
    assert "C-2" in claimant.get("evidence/receipt").text
    assert "C-2" not in respondent.page()
    page = staff.get(f"/cases/{case_no}/evidence").text
    assert "The virus scanner has not answered yet." in page
    assert f"/cases/{case_no}/evidence/C-2/download" not in page
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    arbitrator = Browser(app.test_client(), office)
    arbitrator.sign_in("arbitrator")
    assert "the record can be closed when that is done" in arbitrator.get(f"/cases/{case_no}").text


NAMES = {
    "a way out": b"../../../../etc/cron.d/a.txt",
    "a way out by Windows' signs": rb"..\..\windows\a.txt",
    "a drive": rb"C:\fakepath\a.txt",
    "broken UTF-8": b"\xe8\x81\xff\xfe\x80.txt",
    "an overlong slash": b"..\xc0\xafetc\xc0\xafa.txt",
    "another reading direction": "a\u202etxt.exe\u202c.txt".encode(),
    "nothing to be seen": "\u200b\u2066\ufeff.txt".encode(),
    "a null and line ends": b"a\x00b\r\nX-Injected: 1\r\n.txt",
    "quotation marks": b"a%22; filename=evil.exe; x=%22.txt",
    "markup": b"<img src=x onerror=alert(1)>.txt",
    "a template": b"{{7*7}}${7*7}%(name)s.txt",
    "five thousand letters": "长".encode() * 5000 + b".txt",
    "only an ending": b".txt",
    "a name of a device": b"CON.txt",
    "letters with marks without end": ("a" + "\u0301" * 400 + ".txt").encode(),
}


def unfit(name: str) -> bool:
    hidden = any(ord(each) < 32 or each in "\u202e\u202c\u200b\u2066\ufeff/\\" for each in name)
    return hidden or not name or len(name) > MOST_CHARS


def test_hostile_names_from_a_browser_become_plain_ones(claimant: Party, office: Office, case_no: str) -> None:
    for what, name in NAMES.items():
        assert send(claimant, name, CHAT).status_code in (303, 400, 422), what
        for draft in drafts(office, case_no):
            assert not unfit(draft.file_name), what
            assert claimant.send(f"evidence/{draft.id}/remove").status_code == 303


def test_hostile_names_from_a_platform_become_plain_ones_or_are_refused(app: Flask, office: Office) -> None:
    kami, staff = Platform(app.test_client(), office), Browser(app.test_client(), office)
    staff.sign_in("registrar")
    for number, (what, name) in enumerate(NAMES.items()):
        payload = escalation()
        payload["data"]["dispute"]["platform_dispute_id"] = f"D-{number}"
        payload["data"]["evidence"][0]["file_name"] = name.decode("utf-8", "replace")
        answer = kami.post(json.dumps(payload).encode(), f"msg_{number}")
        assert answer.status_code in (202, 400, 422), what
        if answer.status_code != 202:
            continue
        office.settle()
        case_no = answer.get_json()["case"]
        with office.portal.read(SYSTEM) as work:
            assert not any(unfit(each.file_name) for each in rows.on_record(work.session, case_no)), what
        sent = staff.post(f"/cases/{case_no}/evidence/C-1/download", form=f"/cases/{case_no}")
        assert sent.status_code == 200, what
        assert "X-Injected" not in sent.headers
