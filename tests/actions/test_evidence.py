"""Evidence: what is declared is what must arrive, a draft is the party's own, and a closed record stays closed."""

import base64
import io
import json
import os
from collections.abc import Callable

import pytest

from arbitration.actions import cases, closing, expiry, filing, items, rulings, stored_files
from arbitration.actions.context import SYSTEM
from arbitration.actions.filing import Upload
from arbitration.domain.errors import Invalid, NotAllowed, NotFound
from arbitration.domain.evidence import ItemState, Kind
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence as rows
from arbitration.store import history
from arbitration.store import rulings as ruling_rows
from arbitration.store.cases import Case
from tests.domain.escalations import CHAT, digest, event
from tests.domain.escalations import evidence as item
from tests.factories import Office

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def states(office: Office, case_no: str) -> dict[str, ItemState]:
    with office.portal.read(SYSTEM) as work:
        return {row.label or "": row.state for row in rows.on_record(work.session, case_no)}


def upload(office: Office, case_no: str, *uploads: Upload, role: Role = Role.CLAIMANT) -> int:
    return filing.upload(office.portal, office.party(case_no, role), case_no, Kind.OTHER, uploads)


def test_inline_evidence_is_on_the_record_and_encrypted_on_disk(office, settings):
    case_no = office.escalate()
    assert states(office, case_no) == {"C-1": ItemState.SUBMITTED}
    stored = [path.read_bytes() for path in settings.blobs_dir.rglob("*.age")]
    assert stored
    assert not any(CHAT in content for content in stored)


def test_what_is_not_what_was_declared_is_quarantined_and_told(office, gateway):
    lying = item() | {"sha256": digest(b"something else")}
    case_no = office.escalate(evidence=[lying])
    assert states(office, case_no) == {"C-1": ItemState.QUARANTINED}
    assert "evidence.quarantined" in [body["type"] for _, body in gateway.posted]
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work, pytest.raises(NotAllowed):
        items.take_out(work, case_no, "C-1")


def by_address(content: bytes = CHAT):
    row = item("e-far", content)
    del row["inline"]
    return row | {"url": "https://files.kami.example/e-far"}


def test_evidence_at_an_address_is_fetched_and_checked(office, gateway):
    gateway.files["https://files.kami.example/e-far"] = CHAT
    case_no = office.escalate(evidence=[by_address()])
    assert states(office, case_no) == {"C-1": ItemState.SUBMITTED}


PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><title>x</title><script>alert(1)</script>"


@pytest.mark.parametrize("fetched", [False, True])
@pytest.mark.parametrize(
    ("name", "declared", "content", "problem"),
    [
        ("setup.exe", "application/x-dosexec", PROGRAM, "type_not_taken"),
        ("截图.png", "image/png", PROGRAM, "type_not_taken"),
        ("a.svg", "image/svg+xml", DRAWING, "type_not_taken"),
        ("a.png", "image/png", PAGE, "type_mismatch"),
        ("a.txt", "text/plain", PAGE, "type_mismatch"),
        ("a.png", "image/jpeg", PNG, "type_mismatch"),
        ("photo\u202egnp.exe", "image/png", PNG, "type_mismatch"),
        (None, "application/pdf", PNG, "type_mismatch"),
        (None, "image/png", PNG, None),
        ("截\u202e图.PNG", "image/png", PNG, None),
        ("a.csv", "text/csv; charset=utf-8", b"a,b\n" * 12, None),
        ("a.txt", "text/plain", b"a,b\n" * 12, None),
        ("a.txt", "text/plain", b"import os\nimport sys\ndef x():\n  pass\n", None),
        ("a.json", "application/json", b"[" + b"[1, 2], " * 1000 + b"1]", None),
        ("a.html", "text/html", PAGE, None),
    ],
    ids=lambda value: f"{len(value)}-bytes" if isinstance(value, bytes) else None,
)
def test_a_platform_files_only_what_is_taken_and_what_it_declared(
    office, gateway, fetched, name, declared, content, problem
):
    row = by_address(content) if fetched else item("e-far", content)
    gateway.files["https://files.kami.example/e-far"] = content
    row |= {"file_name": name, "media_type": declared}
    case_no = office.escalate(evidence=[row])
    assert states(office, case_no) == {"C-1": ItemState.QUARANTINED if problem else ItemState.SUBMITTED}
    told = [body["data"]["details"] for _, body in gateway.posted if body["type"] == "evidence.quarantined"]
    assert [details["problem"] for details in told] == ([problem] if problem else [])


def test_names_that_a_platform_gives_lose_what_cannot_be_seen(office):
    hidden = "\u202e\u200b\u200f\u2028\u2029\ufeff\u00ad"
    case_no = office.escalate(
        evidence=[item() | {"file_name": f"聊{hidden}天.txt"}, item("e-2") | {"file_name": hidden}]
    )
    with office.portal.read(SYSTEM) as work:
        assert [row.file_name for row in rows.on_record(work.session, case_no)] == ["聊天.txt", "e-2.txt"]


def test_what_can_never_be_fetched_is_unavailable_in_the_end(office, clock):
    case_no = office.escalate(evidence=[by_address()])
    assert states(office, case_no) == {"C-1": ItemState.EXPECTED}
    for _ in range(8):
        clock.tick(hours=7)
        office.settle()
    assert states(office, case_no) == {"C-1": ItemState.UNAVAILABLE}


def test_an_upload_is_a_draft_until_it_is_submitted_and_locked_after(office):
    case_no = office.escalate()
    assert upload(office, case_no, Upload("截图 一.png", io.BytesIO(PNG)), Upload("a.txt", io.BytesIO(b"text\n"))) == 2
    assert set(states(office, case_no)) == {"C-1"}
    claimant = office.party(case_no, Role.CLAIMANT)
    with office.portal.work(claimant) as work:
        assert filing.submit(work, case_no) == ["C-2", "C-3"]
    with office.portal.work(claimant) as work, pytest.raises(NotFound):
        filing.discard(work, case_no, 2)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "is empty"),
        ("virus.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200), "not taken"),
        ("picture.pdf", PNG, "not taken"),
    ],
)
def test_what_is_not_taken_is_refused_with_the_reason(office, name, content, says):
    case_no = office.escalate()
    with pytest.raises(Invalid, match=says):
        upload(office, case_no, Upload(name, io.BytesIO(content)))


def test_a_file_that_arrives_changed_is_refused(office):
    case_no = office.escalate()
    with pytest.raises(Invalid, match="arrived changed"):
        upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n"), declared_sha256=digest(b"other")))


def test_a_file_over_the_limit_leaves_nothing_behind(office, settings, monkeypatch):
    case_no = office.escalate()
    before = sorted(settings.blobs_dir.rglob("*"))
    monkeypatch.setattr(filing.rules, "MAX_FILE_BYTES", 1000)
    with pytest.raises(Invalid, match="larger than"):
        upload(office, case_no, Upload("a.txt", io.BytesIO(b"x" * 2000)))
    assert sorted(settings.blobs_dir.rglob("*")) == before


def files_in(settings) -> set[str]:
    return {path.name for path in settings.blobs_dir.rglob("*.age")}


def discard_last(office: Office, case_no: str, role: Role = Role.CLAIMANT) -> None:
    actor = office.party(case_no, role)
    with office.portal.work(actor) as work:
        draft = rows.drafts_of(work.session, case_no, Side(role))[-1]
        filing.discard(work, case_no, draft.id)
    office.settle()


def test_a_removed_draft_leaves_no_file_behind(office, settings):
    case_no = office.escalate()
    before = files_in(settings)
    upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n")))
    assert files_in(settings) != before
    discard_last(office, case_no)
    assert files_in(settings) == before


def test_a_file_stays_as_long_as_anything_else_is_made_of_it(office, settings):
    case_no, other = office.escalate(), office.escalate()
    upload(office, case_no, Upload("a.txt", io.BytesIO(CHAT)))
    discard_last(office, case_no)
    assert f"{digest(CHAT)}.age" in files_in(settings)
    upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n")))
    upload(office, other, Upload("b.txt", io.BytesIO(b"text\n")), role=Role.RESPONDENT)
    discard_last(office, case_no)
    assert f"{digest(b'text' + bytes([10]))}.age" in files_in(settings)
    discard_last(office, other, Role.RESPONDENT)
    assert f"{digest(b'text' + bytes([10]))}.age" not in files_in(settings)


def test_a_ruling_is_not_lost_with_a_draft_of_the_same_file(office, settings):
    case_no = office.escalate()
    to_deliberation(office, case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        ruling = ruling_rows.issued(work.session, case_no)
        assert ruling is not None
    stored_files.forget_file(office.portal, ruling.signed_blob)
    assert f"{ruling.signed_blob}.age" in files_in(settings)


def test_what_is_refused_on_arrival_leaves_no_file_behind(office, settings):
    case_no = office.escalate()
    before = files_in(settings)
    with pytest.raises(Invalid, match="arrived changed"):
        upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n"), declared_sha256=digest(b"other")))
    assert files_in(settings) == before


class Meanwhile(io.BytesIO):
    """A file during whose arrival something else happens."""

    def __init__(self, content: bytes, event: Callable[[], object]) -> None:
        super().__init__(content)
        self._event = event

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        if not chunk:
            self._event()
        return chunk


def test_files_that_arrive_at_the_same_time_are_counted_together(office, monkeypatch):
    monkeypatch.setattr(filing.rules, "MAX_FILES_AT_ONCE", 1)
    case_no = office.escalate()
    rival = Upload("b.txt", io.BytesIO(b"other\n"))
    with pytest.raises(Invalid, match="At most 1"):
        upload(office, case_no, Upload("a.txt", Meanwhile(b"text\n", lambda: upload(office, case_no, rival))))
    with office.portal.read(SYSTEM) as work:
        assert [row.file_name for row in rows.drafts_of(work.session, case_no, Side.CLAIMANT)] == ["b.txt"]


def test_a_file_that_the_draft_holds_already_is_not_added_again(office):
    case_no = office.escalate()
    first, copy = (Upload(name, io.BytesIO(b"text\n")) for name in ("a.txt", "copy of a.txt"))
    assert upload(office, case_no, first) == 1
    assert upload(office, case_no, copy, Upload("b.txt", io.BytesIO(b"other\n"))) == 1
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        assert filing.waiting_digests(work, case_no) == [digest(b"text\n"), digest(b"other\n")]
        filing.submit(work, case_no)
    assert upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n"))) == 1


def test_the_sweep_removes_what_nothing_refers_to_and_no_draft_that_is_being_written(office, settings):
    case_no = office.escalate()
    upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n")))
    blobs = office.portal.ports.blobs
    lost = blobs.put(io.BytesIO(b"lost\n"), 100).ref
    abandoned = settings.blobs_dir / f".{'0' * 32}.part"
    abandoned.write_bytes(b"half")
    held = blobs.draft(100)
    kept = files_in(settings) - {f"{lost}.age"}
    assert stored_files.sweep(office.portal) == 0  # whoever stored them may be about to say so
    for path in [*settings.blobs_dir.rglob("*.age"), *settings.blobs_dir.glob(".*.part")]:
        os.utime(path, (0, 0))
    assert stored_files.sweep(office.portal) == 2
    assert files_in(settings) == kept
    assert not abandoned.exists()
    held.write(b"goes on\n")
    assert blobs.holds(held.keep().ref)


def test_a_side_files_no_more_bytes_in_a_case_than_its_quota(office, settings, monkeypatch):
    monkeypatch.setattr(filing.rules, "MAX_SIDE_BYTES", 2 * 1024**2)
    case_no = office.escalate()
    upload(office, case_no, Upload("a.txt", io.BytesIO(b"x" * 1024**2)))
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        filing.submit(work, case_no)
    before = files_in(settings)
    with pytest.raises(Invalid, match="At most 2 MB"):
        upload(office, case_no, Upload("b.txt", io.BytesIO(b"y" * (1024**2 + 1))))
    assert files_in(settings) == before
    assert upload(office, case_no, Upload("b.txt", io.BytesIO(b"y" * 1024**2))) == 1
    assert upload(office, case_no, Upload("c.txt", io.BytesIO(b"z" * 1024**2)), role=Role.RESPONDENT) == 1


def test_the_other_side_sees_no_draft_and_cannot_touch_it(office):
    case_no = office.escalate()
    upload(office, case_no, Upload("a.txt", io.BytesIO(b"text\n")))
    respondent = office.party(case_no, Role.RESPONDENT)
    with office.portal.work(respondent) as work, pytest.raises(NotFound):
        filing.discard(work, case_no, 2)
    with office.portal.work(respondent) as work, pytest.raises(Invalid):
        filing.submit(work, case_no)


def test_the_record_closes_by_itself_only_when_an_arbitrator_sits(office, clock):

    case_no = office.escalate()
    office.admit(case_no)
    office.respond(case_no)
    clock.tick(hours=25)
    expiry.tick(office.portal)
    assert office.case(case_no).state == "evidence"
    office.seat(case_no)
    office.settle()
    assert office.case(case_no).state == "deliberation"


def test_every_look_at_a_file_is_in_the_history(office):

    case_no = office.escalate()
    with office.portal.work(office.actors["auditor"]) as work:
        items.take_out(work, case_no, "C-1")
    with office.portal.read(SYSTEM) as work:
        last, payload = history.of_case(work.session, case_no)[-1]
    assert (last.kind, last.actor) == ("evidence_viewed", office.actors["auditor"].id)
    assert payload == '{"label":"C-1","role":"auditor"}'


def to_deliberation(office: Office, case_no: str) -> None:
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)


def added(case_no_of_dispute: str, row: dict) -> dict:
    sent = event("evidence.added", evidence=[row])
    sent["data"]["platform_dispute_id"] = case_no_of_dispute
    return sent


def decided_on(office: Office, case_no: str) -> tuple[str | None, str, list[str]]:
    """The stored digest of the record, the digest made anew, and what a finding may rest on."""
    with office.portal.read(SYSTEM) as work:
        case = work.session.get_one(Case, case_no)
        digests = case.record_sha256, closing.record_digest(work, case)
        return *digests, rulings.usable_labels(work, office.case(case_no))


def test_evidence_that_comes_after_the_record_closed_is_kept_marked_late_and_not_decided_on(office):
    case_no = office.escalate("D-late")
    to_deliberation(office, case_no)
    office.post(added("D-late", item("e-2", b"too late\n")))
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        cases.post_message(work, case_no, "请看新证据。")
    office.settle()
    assert states(office, case_no) == {"C-1": ItemState.SUBMITTED, "C-2": ItemState.SUBMITTED}
    stored, anew, usable = decided_on(office, case_no)
    assert (anew, usable) == (stored, ["C-1"])
    with office.portal.read(SYSTEM) as work:
        late = {row.label: row.late for row in rows.on_record(work.session, case_no)}
    assert late == {"C-1": 0, "C-2": 1}


@pytest.mark.parametrize("arrives", [True, False])
def test_a_file_still_being_fetched_when_the_record_closes_is_late_whatever_becomes_of_it(
    office, gateway, clock, arrives
):
    case_no = office.escalate(evidence=[item(), by_address(b"slow\n")])
    to_deliberation(office, case_no)
    if arrives:
        gateway.files["https://files.kami.example/e-far"] = b"slow\n"
    for _ in range(8):
        clock.tick(hours=7)
        office.settle()
    assert states(office, case_no)["C-2"] is (ItemState.SUBMITTED if arrives else ItemState.UNAVAILABLE)
    stored, anew, usable = decided_on(office, case_no)
    assert (anew, usable) == (stored, ["C-1"])


def test_what_is_signed_names_the_record_as_it_stands_at_signing(office):
    case_no = office.escalate("D-sign")
    to_deliberation(office, case_no)
    office.post(added("D-sign", item("e-2", b"too late\n")))
    office.settle()
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        ruling = ruling_rows.issued(work.session, case_no)
        assert ruling is not None
        signed = json.loads(ruling.content)
    stored, anew, _ = decided_on(office, case_no)
    assert signed["record_hash"] == stored == anew
    printed = [(entry["label"], entry["standing"], entry["clause"], entry["late"]) for entry in signed["evidence"]]
    assert printed[0] == ("C-1", "admitted", "EV-01", None)
    assert printed[1][:3] == ("C-2", "excluded", "EV-06")
    assert signed["evidence"][1]["late"]["because"] == ""


def test_a_ruling_says_of_each_item_that_cannot_be_used_what_kind_of_problem_it_has(office, clock):
    rows_sent = [item(), item("e-2", PNG) | {"file_name": "a.txt", "media_type": "text/plain"}, by_address(b"never\n")]
    case_no = office.escalate(evidence=rows_sent)
    for _ in range(8):
        clock.tick(hours=7)
        office.settle()
    to_deliberation(office, case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        signed = json.loads(ruling_rows.issued(work.session, case_no).content)
    assert [(entry["standing"], entry["problem"]) for entry in signed["evidence"]] == [
        ("admitted", None),
        ("quarantined", "type_mismatch"),
        ("excluded", "unavailable"),
    ]
