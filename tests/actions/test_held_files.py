"""A file that the scanner has not answered about is held: nobody opens it, its sender knows, and the record waits."""

import io

import pytest

from arbitration.actions import custody, expiry, filing, items, wholeness
from arbitration.actions.context import SYSTEM
from arbitration.actions.filing import Upload
from arbitration.domain.cases import State
from arbitration.domain.errors import Invalid, NotAllowed, WrongState
from arbitration.domain.evidence import ItemState, Kind, Problem
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence as rows
from tests.domain.escalations import evidence as item
from tests.factories import Office
from tests.fakes import FakeClock, FakeGateway, FakeScanner
from tests.portals import with_ports

INFECTED = b"this is malware\n"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def scanner(office: Office) -> FakeScanner:
    made = FakeScanner()
    office.portal = with_ports(office.portal, scanner=made)
    return made


def found(office: Office, case_no: str) -> dict[str, tuple[ItemState, str | None]]:
    with office.portal.read(SYSTEM) as work:
        return {row.label or "": (row.state, row.problem) for row in rows.on_record(work.session, case_no)}


def upload(office: Office, case_no: str, content: bytes) -> None:
    sent = Upload("聊天.txt", io.BytesIO(content))
    filing.upload(office.portal, office.party(case_no, Role.CLAIMANT), case_no, Kind.CHAT_LOG, [sent])


def submit(office: Office, case_no: str) -> list[str]:
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        return filing.submit(work, case_no)


def told(gateway: FakeGateway, kind: str) -> list[dict]:
    return [body["data"]["details"] for _, body in gateway.posted if body["type"] == kind]


def test_an_infected_file_of_a_party_is_refused_and_not_kept(office, scanner, settings):
    case_no = office.escalate()
    before = sorted(settings.blobs_dir.rglob("*.age"))
    with pytest.raises(Invalid, match="virus scanner found something"):
        upload(office, case_no, INFECTED)
    with office.portal.read(SYSTEM) as work:
        assert rows.drafts_of(work.session, case_no, Side.CLAIMANT) == []
    assert sorted(settings.blobs_dir.rglob("*.age")) == before


@pytest.mark.parametrize("kept_in_memory", [0, 300_000, 800_000])
def test_a_file_is_looked_at_to_its_end_whether_kept_in_memory_or_read_back(
    office, scanner, monkeypatch, kept_in_memory
):
    case_no = office.escalate()
    monkeypatch.setattr(filing, "SMALL_BYTES", kept_in_memory)
    sound = b"paid\n" * 120_000
    upload(office, case_no, sound)
    with pytest.raises(Invalid, match="virus scanner found something"):
        upload(office, case_no, sound + scanner.MARK)


def test_an_infected_file_of_a_platform_is_quarantined_and_named(office, scanner, gateway):
    case_no = office.escalate(evidence=[item(), item("e-2", INFECTED)])
    assert found(office, case_no) == {
        "C-1": (ItemState.SUBMITTED, None),
        "C-2": (ItemState.QUARANTINED, Problem.INFECTED),
    }
    assert [(details["problem"], details["malware"]) for details in told(gateway, "evidence.quarantined")] == [
        ("infected", "Test.Malware")
    ]


def test_what_the_scanner_did_not_answer_about_is_held_and_opened_by_nobody(office, scanner, gateway):
    scanner.answers = False
    case_no = office.escalate(evidence=[item()])
    upload(office, case_no, b"hello\n")
    assert submit(office, case_no) == ["C-2"]
    office.settle()
    assert found(office, case_no) == {"C-1": (ItemState.HELD, None), "C-2": (ItemState.HELD, None)}
    assert told(gateway, "evidence.received") == []
    for actor in (office.actors["registrar"], office.party(case_no, Role.CLAIMANT)):
        with office.portal.work(actor) as work, pytest.raises(NotAllowed, match="still being checked"):
            items.take_out(work, case_no, "C-2")


@pytest.mark.parametrize(
    ("content", "state", "problem"),
    [(b"hello\n", ItemState.SUBMITTED, None), (INFECTED, ItemState.QUARANTINED, Problem.INFECTED)],
)
def test_when_the_scanner_answers_it_is_received_or_quarantined(
    office, scanner, gateway, clock, content, state, problem
):
    scanner.answers = False
    case_no = office.escalate(evidence=[item("e-1", content)])
    upload(office, case_no, content)
    submit(office, case_no)
    office.settle()
    came_at = clock()
    scanner.answers = True
    clock.tick(minutes=5)
    office.settle()
    assert found(office, case_no) == {"C-1": (state, problem), "C-2": (state, problem)}
    with office.portal.read(SYSTEM) as work:
        assert custody.trusted_times(work, case_no) == {"C-1": came_at, "C-2": came_at}
    assert wholeness.problems(office.portal) == []
    kind = "evidence.quarantined" if problem else "evidence.received"
    assert [details["label"] for details in told(gateway, kind)] == ["C-1", "C-2"]


def to_evidence(office: Office) -> str:
    """A case in which a party's file is held and the record may be closed."""
    case_no = office.escalate(evidence=[])
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    upload(office, case_no, b"hello\n")
    submit(office, case_no)
    office.settle()
    return case_no


def test_the_record_is_not_closed_over_a_file_that_is_held(office, scanner, clock: FakeClock):
    scanner.answers = False
    case_no = to_evidence(office)
    with pytest.raises(WrongState, match="still being checked"):
        office.close_record(case_no)
    clock.tick(hours=25)
    expiry.tick(office.portal)
    assert office.case(case_no).state is State.EVIDENCE
    scanner.answers = True
    office.settle()
    assert office.case(case_no).state is State.DELIBERATION
    with office.portal.read(SYSTEM) as work:
        assert [row.label for row in rows.in_record(work.session, case_no)] == ["C-1"]
