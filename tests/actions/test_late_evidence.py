"""Evidence that comes after the record closed: filed with a cause, commented on in time, admitted by EV-06 or not."""

import io
import json

import pytest

from arbitration.actions import admissibility, closing, expiry, filing, late_evidence, rulings, signing
from arbitration.actions.context import SYSTEM, get_case
from arbitration.domain.admissibility import Verdict
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, WrongState
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CheckId
from arbitration.store import cases as case_rows
from arbitration.store import delivery, history, witness
from arbitration.store import rulings as ruling_rows
from arbitration.store.cases import DeadlineState
from tests.actions.test_admissibility import decide, find, save, verdict
from tests.domain.escalations import event
from tests.domain.escalations import evidence as item_of_evidence
from tests.factories import Office


def brought(office: Office) -> str:
    """In deliberation, with C-1 on the record."""
    case_no = office.escalate("D-late")
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    return case_no


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


def comment(
    office: Office, case_no: str, label: str, role: Role = Role.RESPONDENT, words: str = "与本案无关。"
) -> None:
    with office.portal.work(office.party(case_no, role)) as work:
        late_evidence.comment(work, case_no, label, words)


def waiting(office: Office, case_no: str) -> dict[str, str]:
    """Who may still comment, by what the deadline is about."""
    with office.portal.read(SYSTEM) as work:
        case = get_case(work, case_no)
        return {f"{each.about} {each.who}": each.state for each in late_evidence.awaited(work, case)}


def is_heard(office: Office, case_no: str) -> bool:
    with office.portal.read(office.actors["arbitrator"]) as work:
        checks = rulings.check_list(work, get_case(work, case_no), rulings.draft(work, case_no))
        return all(check.passed for check in checks if check.id is CheckId.HEARD)


def request(office: Office, case_no: str) -> None:
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, rulings.draft(work, case_no).version)


def test_a_party_files_late_only_with_a_cause_that_says_something(case_no: str, office: Office) -> None:
    for because in ("", "…", "\u3164"):
        with pytest.raises(Invalid, match="Say why") as refused:
            office.file_late(case_no, because=because)
        assert refused.value.code == filing.NO_CAUSE
    with pytest.raises(Invalid, match="longer"):
        office.file_late(case_no, because="x" * 1001)
    assert office.file_late(case_no) == ["C-2"]
    office.settle()
    with office.portal.read(SYSTEM) as work:
        told = [json.loads(text or "") for each, text in history.of_case(work.session, case_no)]
        bodies = [row.body for row in delivery.newest(work.session, office.case(case_no).platform_id, 50)]
        assert witness.faults(work.session) == []
    received = next(payload for payload in told if payload.get("label") == "C-2")
    assert (received["late"], received["late_because"]) == (True, "此前住院。")
    assert any("此前住院。" in body for body in bodies)


def test_a_cause_changed_in_its_row_is_found_by_the_history(case_no: str, office: Office) -> None:
    office.file_late(case_no)
    with office.portal.work(SYSTEM) as work:
        work.session.connection().exec_driver_sql("UPDATE evidence_item SET late_because = 'x' WHERE label = 'C-2'")
    with office.portal.read(SYSTEM) as work:
        assert witness.faults(work.session) == [f"evidence C-2 of {case_no}: its row is not what the history says"]


def test_what_was_uploaded_in_time_and_submitted_after_the_close_is_late(office: Office) -> None:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    claimant = office.party(case_no, Role.CLAIMANT)
    filing.upload(office.portal, claimant, case_no, Kind.OTHER, [filing.Upload("a.txt", io.BytesIO(b"in time\n"))])
    office.close_record(case_no)
    with pytest.raises(Invalid, match="Say why"), office.portal.work(claimant) as work:
        filing.submit(work, case_no)
    with office.portal.work(claimant) as work:
        filing.state_cause(work, case_no, "漏按提交。")
        assert filing.submit(work, case_no) == ["C-2"]
    assert verdict(office, case_no, "C-2") is Verdict.EXCLUDED


def test_what_is_filed_in_the_second_of_the_close_is_late(case_no: str, office: Office) -> None:
    office.portal.ports.clock.tick(milliseconds=300)
    office.file_late(case_no)
    assert verdict(office, case_no, "C-2") is Verdict.EXCLUDED


def test_the_digest_of_the_record_and_what_it_is_over_stay_as_they_were(case_no: str, office: Office) -> None:
    closed = office.case(case_no).record_sha256
    office.portal.ports.clock.tick(hours=1)
    office.file_late(case_no)
    comment(office, case_no, "C-2")
    with office.portal.read(SYSTEM) as work:
        case = get_case(work, case_no)
        assert case.record_sha256 == closing.record_digest(work, case) == closed


def test_once_a_ruling_is_prepared_nothing_more_is_taken_until_it_is_taken_back(case_no: str, office: Office) -> None:
    office.draft(case_no)
    digest = office.prepare(case_no)
    with pytest.raises(WrongState, match="ask for review"):
        office.file_late(case_no)
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.reopen(work, case_no)
    assert office.file_late(case_no) == ["C-2"]
    again = office.prepare(case_no)
    assert again != digest
    office.sign(case_no, again)
    with pytest.raises(WrongState, match="ruling is made"):
        office.file_late(case_no)


def test_what_the_platform_brings_while_a_ruling_is_prepared_is_not_signed_away(case_no: str, office: Office) -> None:
    office.draft(case_no)
    digest = office.prepare(case_no)
    brings = event("evidence.added", evidence=[item_of_evidence("e-late", b"too late\n")]) | {"sequence": 2}
    brings["data"]["platform_dispute_id"] = "D-late"
    office.post(brings)
    office.settle()
    with pytest.raises(Conflict, match="Take it back to the draft"):
        office.sign(case_no, digest)


def test_the_other_side_comments_once_and_its_time_ends_with_that(case_no: str, office: Office) -> None:
    office.file_late(case_no)
    assert waiting(office, case_no) == {"C-2 respondent": "open"}
    refusals: tuple[tuple[str, Role, str, type[Refused]], ...] = (
        ("C-2", Role.CLAIMANT, "好。", NotAllowed),
        ("C-1", Role.RESPONDENT, "好。", NotFound),
        ("C-2", Role.RESPONDENT, "…", Invalid),
        ("C-2", Role.RESPONDENT, "x" * 2001, Invalid),
    )
    for label, role, words, refused in refusals:
        with pytest.raises(refused):
            comment(office, case_no, label, role, words)
    comment(office, case_no, "C-2")
    assert waiting(office, case_no) == {}
    with pytest.raises(Conflict, match="is over, or your side has used it"):
        comment(office, case_no, "C-2")
    office.settle()
    with office.portal.read(SYSTEM) as work:
        told = {row.kind for row in delivery.newest(work.session, office.case(case_no).platform_id, 50)}
    assert "evidence.commented" in told


def test_on_what_no_party_filed_both_sides_comment_each_in_its_own_time(case_no: str, office: Office) -> None:
    late = event("evidence.added", evidence=[item_of_evidence("e-2", b"log\n") | {"submitted_by": "platform"}])
    late["data"]["platform_dispute_id"] = "D-late"
    office.post(late)
    office.settle()
    office.portal.ports.clock.tick(hours=2)
    office.file_late(case_no)
    assert set(waiting(office, case_no)) == {"P-1 claimant", "P-1 respondent", "C-2 respondent"}
    comment(office, case_no, "P-1", Role.CLAIMANT)
    assert set(waiting(office, case_no)) == {"P-1 respondent", "C-2 respondent"}
    office.portal.ports.clock.tick(hours=22)
    expiry.tick(office.portal)
    assert set(waiting(office, case_no)) == {"C-2 respondent"}


def test_the_ruling_waits_for_the_other_side_to_the_last_second_and_no_longer(case_no: str, office: Office) -> None:
    clock = office.portal.ports.clock
    office.file_late(case_no)
    save(office, case_no, "C-1", "C-2")
    assert is_heard(office, case_no)  # it is excluded so far, and the ruling need not wait for what it does not use
    find(office, case_no, "C-2", "decisive", "true")
    clock.tick(hours=23, minutes=59, seconds=59)
    assert not is_heard(office, case_no)
    with pytest.raises(Invalid) as refused:
        request(office, case_no)
    assert [error.path for error in refused.value.fields] == [CheckId.HEARD]
    clock.tick(seconds=1)
    assert is_heard(office, case_no)  # even before the clock's job has run
    with pytest.raises(Conflict):
        comment(office, case_no, "C-2")
    expiry.tick(office.portal)
    with office.portal.read(SYSTEM) as work:
        events = [each.kind for each, _ in history.of_case(work.session, case_no)]
        states = {each.about: each.state for each in case_rows.deadlines_of(work.session, case_no)}
    assert events.count("comment_lapsed") == 1
    assert states["C-2"] is DeadlineState.EXPIRED
    request(office, case_no)


@pytest.mark.parametrize("fact", ["good_cause", "decisive"])
def test_either_finding_admits_it_and_the_ruling_prints_why(fact: str, case_no: str, office: Office) -> None:
    office.file_late(case_no)
    assert verdict(office, case_no, "C-2") is Verdict.EXCLUDED
    find(office, case_no, "C-2", fact, "true", "住院记录可证。")
    assert verdict(office, case_no, "C-2") is Verdict.ADMITTED
    comment(office, case_no, "C-2")
    save(office, case_no, "C-1", "C-2")
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        signed = json.loads(ruling_rows.issued(work.session, case_no).content)  # type: ignore[union-attr]
    first, second = signed["evidence"]
    assert (first["label"], first["late"]) == ("C-1", None)
    assert (second["label"], second["standing"], second["sha256"] != "") == ("C-2", "admitted", True)
    assert second["late"]["because"] == "此前住院。"
    assert second["late"]["reasons"] == ["住院记录可证。"]
    assert "证据逾期，但予以采纳" in second["late"]["why"]
    assert second["late"]["comments"] == [{"side": "respondent", "words": "与本案无关。"}]


def test_the_arbitrator_departs_from_the_clause_only_with_a_reason(case_no: str, office: Office) -> None:
    office.file_late(case_no)
    with pytest.raises(NotFound):
        find(office, case_no, "C-1", "good_cause", "true")
    decide(office, case_no, "C-2", Verdict.ADMITTED, "对方不反对。")
    assert verdict(office, case_no, "C-2") is Verdict.ADMITTED
    assert not is_heard(office, case_no)
    with office.portal.read(office.actors["arbitrator"]) as work:
        assert {item.label for item in admissibility.usable(work, get_case(work, case_no))} == {"C-1", "C-2"}


def test_an_issued_ruling_waits_for_nobody(case_no: str, office: Office) -> None:
    office.file_late(case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        states = {each.about: each.state for each in case_rows.deadlines_of(work.session, case_no)}
    assert states["C-2"] is DeadlineState.CANCELLED
    with pytest.raises(Conflict):
        comment(office, case_no, "C-2")
