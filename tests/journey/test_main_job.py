"""The main job through all four doors: a dispute posted by webhook ends in a signed file that other programs accept.

Everything is real: command line, web server and worker as processes of their own, the making and signing of the PDF.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from arbitration.adapters.clock import OffsetClock
from arbitration.demo.browser import Browser, File, Page
from arbitration.demo.people import Account, new_password
from arbitration.demo.visitors import PartyMember, Staff
from tests.office_process import Installation, free_port
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "docs/samples/zh-activation-code.json"
PLATFORM = "kami-youxuan"
CLAIMED = "188.00"
PATIENCE_SECONDS = 120
INVOICE = File("发票.txt", "进货发票 2026-11-18\n".encode())
STOCK = File("库存.json", b'{"key": "YH26-****-****-7M", "sold": 1}')
PROVEN, REFUSED, UNUSABLE = 0, 1, 2


@dataclass
class Office:
    """An installation at work, the people in it, and what its platform has received from it."""

    installation: Installation
    folder: Path
    listener_log: Path
    staff: dict[str, Staff] = field(default_factory=dict)

    def add(self, role: str) -> None:
        email = f"{role}@office.example"
        password = new_password()
        told = self.installation.result(
            *("user", "add", email, "--name", role.title(), "--role", role), ARBITRATION_NEW_PASSWORD=password
        )
        account = Account(role, email, password, str(told["totp_secret"]))
        clock = OffsetClock(self.installation.home / "clock.json")
        self.staff[role] = Staff(self.installation.url, account, clock, "en")

    def member(self, case_no: str, role: str) -> PartyMember:
        door = self.installation.result("party", "link", case_no, role)
        return PartyMember(str(door["url"]), str(door["code"]), "en")

    def received(self) -> list[dict[str, Any]]:
        """What `arbitration listen` printed: one JSON object a line."""
        lines = self.listener_log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def wait_for(self, type: str) -> dict[str, Any]:
        """The first webhook of that type."""
        return until(lambda: next((event for event in self.received() if event.get("type") == type), None), type)


def until(look: Callable[[], Any], what: str) -> Any:
    """What *look* finds, as soon as it finds something."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < ends, f"no {what}"
        time.sleep(0.2)
    return found


@contextmanager
def listening(installation: Installation, port: int, log: Path) -> Iterator[None]:
    """`arbitration listen PORT`, as the platform would run it."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "arbitration", "listen", str(port), "--url", installation.url],
            env=installation.environment(PYTHONUNBUFFERED="1"),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            until(lambda: b"listening on" in log.read_bytes(), "listener")
            yield
        finally:
            process.terminate()
            process.wait()


@contextmanager
def office_at_work(folder: Path, **urls: str) -> Iterator[Office]:
    """By command line: keys, schema, standard, a platform with its key, people; then the processes."""
    installation = Installation(folder / "home", **urls)
    port = free_port()
    office = Office(installation, folder, folder / "webhooks.log")
    try:
        installation.home.mkdir()
        installation.prepare()
        installation.command("platform", "add", PLATFORM, "--webhook-url", f"http://127.0.0.1:{port}/hooks")
        key = installation.result("platform", "key", "add", PLATFORM)
        (folder / "key").write_text(str(key["secret"]))
        office.add("registrar")
        office.add("arbitrator")
        installation.start("web")
        installation.start("worker")
        with listening(installation, port, office.listener_log):
            yield office
    finally:
        installation.stop()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)],
)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    if request.param == "sqlite":
        with office_at_work(tmp_path) as opened:
            yield opened
        return
    server: Cluster = request.getfixturevalue("postgres")
    name = f"journey_{os.urandom(4).hex()}"
    server.create(name)
    with office_at_work(tmp_path, database_url=server.app_url(name), owner_url=server.owner_url(name)) as opened:
        yield opened
    server.drop(name)


def test_a_dispute_posted_by_webhook_ends_in_a_signed_file_that_other_programs_accept(office):
    case_no = escalate(office)
    admit_and_appoint(office, case_no)
    answer_with_two_files(office, case_no)
    decide_and_sign(office, case_no)
    file = download(office, case_no)
    read_back_by_other_programs(file, case_no)
    verify_offline_and_online(office, file)
    the_platform_was_told_of_every_step(office, case_no)
    home = office.installation.home
    if not office.installation.database_url:
        assert home.joinpath("arbitration.db").stat().st_mode & 0o077 == 0
    assert home.joinpath("blobs").stat().st_mode & 0o077 == 0


def escalate(office: Office) -> str:
    posted = office.installation.result(
        *("escalate", str(SAMPLE), "--platform", PLATFORM, "--url", office.installation.url),
        *("--key-file", str(office.folder / "key")),
    )
    assert posted["status"] == 202
    answer: dict[str, Any] = dict(posted["answer"])  # type: ignore[call-overload]
    assert answer["receipt"]["body_sha256"] == hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    office.wait_for("case.opened")
    return str(answer["case"])


def admit_and_appoint(office: Office, case_no: str) -> None:
    registrar = office.staff["registrar"]
    assert case_no in registrar.open("/docket").text
    registrar.send(f"/cases/{case_no}", "/admit")
    office.wait_for("case.response_due")
    appointment = registrar.open(f"/cases/{case_no}").form("/appoint")
    (eligible,) = appointment.control("arbitrator").options or []
    registrar.browser.submit(appointment.fill(arbitrator=eligible))
    arbitrator = office.staff["arbitrator"]
    arbitrator.send(f"/cases/{case_no}", "/accept", declaration="I have no tie to either side.")


def answer_with_two_files(office: Office, case_no: str) -> None:
    respondent = office.member(case_no, "respondent")
    respondent.send(f"{respondent.path}/response", "/response", text="激活码已发出,请求驳回。")
    respondent.send(f"{respondent.path}/evidence", "/evidence", ("files", [INVOICE, STOCK]), kind="other")
    receipt = respondent.send(f"{respondent.path}/evidence/check", "/evidence/submit")
    for label, file in (("R-1", INVOICE), ("R-2", STOCK)):
        assert label in receipt.text
        assert hashlib.sha256(file.content).hexdigest() in receipt.text


def decide_and_sign(office: Office, case_no: str) -> None:
    arbitrator = office.staff["arbitrator"]
    taken = arbitrator.send(f"/cases/{case_no}/evidence", "/evidence/R-1/download")
    assert taken.content == INVOICE.content
    arbitrator.send(f"/cases/{case_no}", "/close-record")
    path = f"/cases/{case_no}/ruling"
    draft = arbitrator.open(path).form("/ruling/prepare")
    draft.fill(facts_found="激活码交付后无法激活,商家未能证明其有效。")
    draft.fill(
        **{
            "A-finding": "upheld",
            "A-reasons": "投诉在质保期内提出,商家没有证明交付的激活码有效,应予全额退款。",
            "A-clauses": ["AS-01", "AS-02"],
            "A-evidence": ["C-1", "R-2"],
            "A-remedy": "refund_full",
            "A-amount": CLAIMED,
        }
    )
    arbitrator.browser.submit(draft, by="/ruling/prepare")
    page: Page = until(lambda: asks_for_signature(arbitrator.open(f"{path}/sign")), "prepared ruling")
    shown = arbitrator.open(f"{path}/page/1.png")
    assert shown.content.startswith(b"\x89PNG")
    arbitrator.browser.submit(page.form("/ruling/sign").fill(case_no=case_no, code=arbitrator.code()))
    issued = office.wait_for("ruling.issued")
    assert issued["data"]["details"]["outcome"] == "upheld"
    status = office.installation.result(
        *("status", case_no, "--platform", PLATFORM, "--url", office.installation.url),
        *("--key-file", str(office.folder / "key")),
    )
    assert status["answer"]["state"] == "ruled"  # type: ignore[index]


def asks_for_signature(page: Page) -> Page | None:
    return page if page.asks("/ruling/sign", "code") else None


def download(office: Office, case_no: str) -> Path:
    claimant = office.member(case_no, "claimant")
    ruling = claimant.send(claimant.path, "/ruling")
    assert ruling.headers["Content-Type"] == "application/pdf"
    told = office.wait_for("ruling.issued")["data"]["details"]
    assert hashlib.sha256(ruling.content).hexdigest() == told["signed_sha256"]
    file = office.folder / "ruling.pdf"
    file.write_bytes(ruling.content)
    return file


def read_back_by_other_programs(file: Path, case_no: str) -> None:
    text = run("pdftotext", "-layout", str(file), "-")
    assert case_no in text
    assert CLAIMED in text
    assert "行业裁决书" in text
    signatures = run("pdfsig", "-nocert", str(file))
    assert re.findall(r"Signature Field Name: (\w+)", signatures) == ["seal", "arb1", "close", "timestamp1"]
    judged = re.findall(r"Signature Validation: (.*)", signatures)
    assert judged[:3] == ["Signature is Valid."] * 3  # of time stamps poppler only reads what they cover
    assert signatures.count("Total document signed") == 1
    assert signatures.rindex("Total document signed") > signatures.index("timestamp1")
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(file))
    attached = file.with_name("ruling.json")
    run("pdfdetach", "-savefile", "ruling.json", "-o", str(attached), str(file))
    document = json.loads(attached.read_bytes())
    assert (document["case_no"], document["outcome"], document["total_minor"]) == (case_no, "upheld", 18800)
    assert hashlib.sha256(attached.read_bytes()).hexdigest() in text


def run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def verify_offline_and_online(office: Office, file: Path) -> None:
    changed = file.with_name("changed.pdf")
    changed.write_bytes(one_byte_flipped(file.read_bytes()))
    garbage = file.with_name("garbage.pdf")
    garbage.write_bytes(b"%PDF-1.7\n" + os.urandom(2000))
    root = office.folder / "root.pem"
    office.installation.command("keys", "root", str(root))
    judged = {}
    for each in (file, changed, garbage):
        done = office.installation.command("verify", "ruling", str(each), "--trust", str(root), ok=False)
        judged[each.name] = done.returncode
    assert judged == {"ruling.pdf": PROVEN, "changed.pdf": REFUSED, "garbage.pdf": UNUSABLE}
    assert [verdict_online(office, each) for each in (file, changed, garbage)] == ["proven", "refused", "unusable"]


def one_byte_flipped(pdf: bytes) -> bytes:
    """In the middle of the largest stream, a font: the file still opens, and a figure might look like another."""
    streams = [found.span(1) for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)]
    start, end = max(streams, key=lambda span: span[1] - span[0])
    place = (start + end) // 2
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def verdict_online(office: Office, file: Path) -> str:
    browser = Browser(office.installation.url, "en")
    form = browser.open("/verify").form("/verify")
    answer = browser.submit(form, ("file", [File(file.name, file.read_bytes(), "application/pdf")]))
    found = re.search(r'data-verdict="(\w+)"', answer.text)
    assert found
    return found[1]


def the_platform_was_told_of_every_step(office: Office, case_no: str) -> None:
    events = office.received()
    assert all(event["verified"] for event in events)
    assert {event["data"]["case"] for event in events} == {case_no}
    states = [event["type"] for event in events if event["type"].startswith(("case.", "ruling."))]
    assert states == [
        "case.opened",
        "case.admitted",
        "case.response_due",
        "case.evidence",
        "case.deliberation",
        "ruling.issued",
    ]
    assert {event["data"]["party"] for event in events if event["type"] == "party.access"} == {"claimant", "respondent"}
    assert sum(event["type"] == "evidence.received" for event in events) == 3
