"""Anyone may ask whether a ruling is one of ours: by its file, its number, or both."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from arbitration.actions.context import SYSTEM
from arbitration.adapters import certificates
from arbitration.adapters.pdf_verify import stopped
from arbitration.adapters.verify_limited import LimitedVerifier, Limits
from arbitration.domain.verification import Report, Statement, Verdict, VerificationCheck
from arbitration.store import rulings
from arbitration.store.rulings import Ruling
from arbitration.web.verify import MAX_FILE_BYTES
from tests.factories import Office
from tests.portals import with_ports
from tests.web.conftest import Browser

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def ruling(office: Office) -> Ruling:
    """A signed ruling."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no)
    office.close_record(case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        issued = rulings.issued(work.session, case_no)
    assert issued is not None
    return issued


@pytest.fixture
def pdf(office: Office, ruling: Ruling) -> bytes:
    return office.portal.ports.blobs.read(ruling.signed_blob or "")


def send(browser: Browser, pdf: bytes, code: str = "") -> str:
    answer = browser.client.post("/verify", data={"file": (io.BytesIO(pdf), "ruling.pdf"), "code": code})
    assert answer.status_code == 200
    return answer.text


def test_the_signed_file_is_proven_and_known(browser: Browser, ruling: Ruling, pdf: bytes) -> None:
    page = send(browser, pdf)
    assert 'data-verdict="proven"' in page
    assert ruling.case_no in page
    assert ruling.signed_sha256 in page


def test_one_changed_byte_is_refused_and_names_no_case(browser: Browser, ruling: Ruling, pdf: bytes) -> None:
    page = send(browser, pdf.replace(b"seal", b"seaI"))
    assert 'data-verdict="refused"' in page
    assert ruling.case_no not in page


def test_a_file_that_is_genuine_but_unknown_to_us_is_refused(browser: Browser, office: Office) -> None:
    page = send(browser, b"%PDF-fake\nclose")
    assert 'data-verdict="refused"' in page
    assert "This very file is on our record" in page


def test_the_number_leads_to_what_was_issued(browser: Browser, ruling: Ruling) -> None:
    page = browser.get(f"/verify/{ruling.verify_code}")
    assert page.status_code == 200
    assert ruling.case_no in page.text
    assert "Claims upheld" in page.text
    assert ruling.signed_sha256 in page.text
    assert 'data-passed="unknown"' in page.text


def test_the_number_may_be_typed_as_people_type(browser: Browser, ruling: Ruling) -> None:
    typed = ruling.verify_code.lower().replace("-", " – ")
    assert ruling.case_no in browser.client.post("/verify", data={"code": typed}).text


def test_file_and_number_must_belong_together(browser: Browser, ruling: Ruling, pdf: bytes) -> None:
    assert 'data-verdict="proven"' in send(browser, pdf, ruling.verify_code)
    page = send(browser, pdf, "9F2C-71QK-24AD")
    assert 'data-verdict="refused"' in page
    assert "It is the ruling with the number 9F2C-71QK-24AD" in page


@pytest.mark.parametrize("code", ["9F2C-71QK-24AD", "nonsense", "%00", "x" * 500, "<script>"])
def test_an_unknown_number_is_404_and_says_how_to_compare(browser: Browser, code: str) -> None:
    answer = browser.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert "No ruling has this number" in answer.text
    assert "<script>" not in answer.text


def test_asking_nothing_is_explained(browser: Browser) -> None:
    answer = browser.client.post("/verify", data={})
    assert answer.status_code == 422
    assert "Choose a file or enter a verification number." in answer.text


def test_a_ruling_in_the_making_is_not_known(browser: Browser, office: Office) -> None:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no)
    office.close_record(case_no)
    office.draft(case_no)
    office.prepare(case_no)
    with office.portal.read(SYSTEM) as work:
        prepared = rulings.live(work.session, case_no)
    assert prepared is not None
    assert browser.get(f"/verify/{prepared.verify_code}").status_code == 404


def test_a_file_that_is_too_large_is_not_read(browser: Browser) -> None:
    answer = browser.client.post(
        "/verify",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_FILE_BYTES * 2)},
    )
    assert answer.status_code == 413
    assert "The file is larger than 50 MB. Larger ones are checked on your own computer" in answer.text


def test_a_file_that_a_limit_puts_aside_is_unusable_and_says_why(browser: Browser, office: Office) -> None:
    browser.client.application.extensions["portal"] = with_ports(office.portal, verifier=Examiner(stopped(b"%PDF")))
    page = send(browser, b"%PDF")
    assert 'data-verdict="unusable"' in page
    assert "It takes more time or memory than this page gives to a file" in page


def test_while_too_many_files_are_examined_another_waits(browser: Browser, office: Office) -> None:
    root = certificates.root("Office", NOW).certificate.public_bytes(Encoding.PEM)
    busy = LimitedVerifier(root, limits=Limits(at_once=0, patience_seconds=0))
    browser.client.application.extensions["portal"] = with_ports(office.portal, verifier=busy)
    answer = browser.client.post("/verify", data={"file": (io.BytesIO(b"%PDF"), "ruling.pdf")})
    assert answer.status_code == 429


def test_an_address_may_check_thirty_files_in_a_quarter_of_an_hour(browser: Browser) -> None:
    for _ in range(30):
        send(browser, b"no ruling")
    answer = browser.client.post("/verify", data={"file": (io.BytesIO(b"no ruling"), "ruling.pdf")})
    assert answer.status_code == 429


class Examiner:
    """A verifier that gives the report it was made with."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def verify(self, pdf: bytes) -> Report:
        return self.report


def test_each_check_and_what_no_file_proves_is_shown_in_the_readers_language(browser: Browser, office: Office) -> None:
    report = Report(
        Verdict.UNUSABLE,
        (VerificationCheck("seal", False, "印章有效", "The seal is valid", "digest <differs>"),),
        not_proven=(Statement("内容属实", "That what it says is true"),),
    )
    browser.client.application.extensions["portal"] = with_ports(office.portal, verifier=Examiner(report))
    page = send(browser, b"%PDF")
    assert 'data-verdict="unusable"' in page
    assert "The seal is valid" in page
    assert "digest &lt;differs&gt;" in page
    assert "That what it says is true" in page
    browser.get("/verify?lang=zh")
    page = send(browser, b"%PDF")
    assert "印章有效" in page
    assert '<span class="sub small" lang="en">digest &lt;differs&gt;' in page
    said = replace(report, checks=(replace(report.checks[0], detail="it is no PDF"),))
    browser.client.application.extensions["portal"] = with_ports(office.portal, verifier=Examiner(said))
    assert '<span class="sub small" lang="zh-Hans">不是 PDF 文件' in send(browser, b"%PDF")
