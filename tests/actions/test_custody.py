"""Custody: what happened to an item reads out of the history, its time is trusted, and its like elsewhere is seen."""

import io

import pytest
from PIL import Image, ImageDraw

from arbitration.actions import custody, duplicates, filing, items
from arbitration.actions.context import SYSTEM
from arbitration.actions.filing import Upload
from arbitration.domain.custody import STEPS
from arbitration.domain.errors import NotFound
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.store import custody as rows
from arbitration.web.event_words import EVENTS, SENTENCES
from tests.domain.escalations import CHAT
from tests.factories import Office


@pytest.fixture
def database_kind() -> str:
    return "postgresql"  # the pages' tests ask the same of SQLite


def brought(office: Office) -> str:
    return office.escalate()


def told(office: Office, case_no: str, actor, label: str = "C-1") -> list[tuple[str, Role, str]]:
    with office.portal.read(actor) as work:
        return [(event.kind, event.role, event.name) for event in custody.custody_of(work, case_no, label)]


def test_every_event_about_an_item_has_a_place_in_the_custody_list():
    about_files = {kind for kind in EVENTS if kind.startswith("evidence_")}
    naming_an_item = {kind for kind, sentence in SENTENCES.items() if "%(label)s" in str(sentence)}
    assert about_files | naming_an_item | {"endpoint_check_asked"} == set(STEPS)
    assert set(STEPS) <= set(EVENTS)


def test_who_did_what_is_read_from_the_history_and_parties_read_no_names_of_staff(office, case_no):
    with office.portal.work(office.actors["registrar"]) as work:
        items.take_out(work, case_no, "C-1")
    arrived = [("evidence_received", Role.SYSTEM, "")] * 2
    stamped = ("evidence_stamped", Role.SYSTEM, "")
    assert told(office, case_no, office.actors["auditor"]) == [
        *arrived,
        stamped,
        ("evidence_viewed", Role.REGISTRAR, "registrar"),
    ]
    for reader in (office.party(case_no, Role.CLAIMANT), office.actors["officer"]):
        assert told(office, case_no, reader)[-1] == ("evidence_viewed", Role.REGISTRAR, "")
    with office.portal.read(office.actors["auditor"]) as work:
        assert custody.custody_of_case(work, case_no)["C-1"] == custody.custody_of(work, case_no, "C-1")
        with pytest.raises(NotFound):
            custody.custody_of(work, case_no, "C-9")


def test_trusted_time_is_tried_until_an_authority_answers_with_a_token_that_holds(office, clock):
    port = office.portal.ports.timestamper
    port.reachable = False
    case_no = office.escalate()
    with office.portal.read(SYSTEM) as work:
        assert custody.trusted_times(work, case_no) == {}
    port.reachable, port.lies = True, True
    clock.tick(hours=1)
    office.settle()
    with office.portal.read(SYSTEM) as work:
        assert custody.trusted_times(work, case_no) == {}
    port.lies = False
    clock.tick(hours=1)
    office.settle()
    with office.portal.read(SYSTEM) as work:
        assert custody.trusted_times(work, case_no) == {"C-1": clock.now}
        assert rows.stamped(work.session, case_no) == {"C-1": clock.now}


def picture(kind: str = "PNG", scale: float = 1.0, text: str = "订单 KM-1") -> bytes:
    drawn = Image.effect_mandelbrot((320, 240), (-2.2, -1.2, 0.9, 1.2), 60).convert("RGB")
    ImageDraw.Draw(drawn).text((20, 20), text, fill="white")
    written = io.BytesIO()
    drawn.resize((int(320 * scale), int(240 * scale))).save(written, kind)
    return written.getvalue()


def file(office: Office, case_no: str, name: str, content: bytes, role: Role = Role.CLAIMANT) -> str:
    actor = office.party(case_no, role)
    filing.upload(office.portal, actor, case_no, Kind.ORDER_SCREENSHOT, [Upload(name, io.BytesIO(content))])
    with office.portal.work(actor) as work:
        label = filing.submit(work, case_no)[0]
    office.settle()
    return label


def alike(office: Office, case_no: str, reader: str = "registrar") -> dict[str, set[tuple[str, str, bool]]]:
    with office.portal.read(office.actors[reader]) as work:
        found = duplicates.duplicates_of(work, case_no)
    return {label: {(d.other_case_no, d.other_label, d.same) for d in each} for label, each in found.items()}


def test_the_same_file_and_a_picture_compressed_again_are_seen_in_other_cases_by_the_office_alone(office, case_no):
    other = office.escalate(evidence=[])
    assert file(office, case_no, "a.png", picture()) == "C-2"
    assert file(office, other, "b.jpg", picture("JPEG", 0.7)) == "C-1"
    assert file(office, other, "c.txt", CHAT, Role.RESPONDENT) == "R-1"
    assert file(office, other, "d.png", picture(text="")[:-1] + b"\x82", Role.RESPONDENT) == "R-2"
    assert alike(office, case_no) == {
        "C-1": {(other, "R-1", True)},
        "C-2": {(other, "C-1", False), (other, "R-2", False)},
    }
    assert alike(office, other)["R-1"] == {(case_no, "C-1", True)}
    assert alike(office, case_no, "officer") == {}
    with office.portal.read(office.party(case_no, Role.CLAIMANT)) as work:
        assert duplicates.duplicates_of(work, case_no) == {}
