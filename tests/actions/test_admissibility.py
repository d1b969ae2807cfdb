"""Weighing evidence in a case: what is added in time, what the arbitrator finds, and what a ruling may rest on."""

import io
from datetime import timedelta

import pytest

from arbitration.actions import admissibility, document, facts, filing, rulings, signing
from arbitration.actions.admissibility import Weighed
from arbitration.actions.context import get_case
from arbitration.actions.filing import Upload
from arbitration.domain.admissibility import Verdict
from arbitration.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CheckId, ClaimOutcome, Finding
from arbitration.domain.signing import Standing
from arbitration.domain.vocabulary import Remedy
from arbitration.store import evidence as rows
from arbitration.store import history
from tests.domain.escalations import evidence as item_of_evidence
from tests.factories import Office

FORM = {"ids_shown": True, "times_shown": True}


def brought(office: Office) -> str:
    """C-1 in its form, C-2 and R-1 without, P-1 a record of the platform."""
    record = item_of_evidence("e-9", b"delivered\n") | {
        "submitted_by": "platform",
        "kind": "delivery_log",
        "source_system": "orders",
        "particulars": None,
    }
    case_no = office.escalate(evidence=[item_of_evidence(), record])
    office.admit(case_no)
    office.seat(case_no)
    office.file(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT, b"view of the merchant\n")
    return case_no


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


def weighed(office: Office, case_no: str, label: str) -> Weighed:
    with office.portal.read(office.actors["arbitrator"]) as work:
        weighing = admissibility.weigh(work, office.case(case_no))
        assert weighing is not None
        return weighing.items[label]


def verdict(office: Office, case_no: str, label: str) -> Verdict:
    return weighed(office, case_no, label).verdict


def cure(office: Office, case_no: str, label: str = "C-2", role: Role = Role.CLAIMANT, **answers: object) -> None:
    with office.portal.work(office.party(case_no, role)) as work:
        admissibility.cure(work, case_no, label, answers or FORM)


def decide(office: Office, case_no: str, label: str, chosen: Verdict | None, reason: str = "理由。") -> None:
    with office.portal.work(office.actors["arbitrator"]) as work:
        admissibility.decide(work, case_no, label, chosen, reason)


def find(office: Office, case_no: str, label: str, fact: str, written: str, reason: str = "理由。") -> None:
    with office.portal.work(office.actors["arbitrator"]) as work:
        admissibility.find(work, case_no, label, fact, written, reason)


def save(office: Office, case_no: str, *cited: str) -> int:
    finding = Finding("A", ClaimOutcome.UPHELD, "理由。", ("AS-01",), cited, Remedy.REFUND_FULL, 12800)
    with office.portal.work(office.actors["arbitrator"]) as work:
        return rulings.save(work, case_no, "事实。", (finding,), rulings.draft(work, case_no).version)


def failing(office: Office, case_no: str, *cited: str) -> set[CheckId]:
    save(office, case_no, *cited)
    with office.portal.read(office.actors["arbitrator"]) as work:
        checks = rulings.check_list(work, get_case(work, case_no), rulings.draft(work, case_no))
        return {check.id for check in checks if not check.passed}


def test_each_item_of_a_case_has_its_verdict(case_no: str, office: Office) -> None:
    expected = {"C-1": "admitted", "C-2": "with_corroboration", "P-1": "admitted", "R-1": "with_corroboration"}
    assert {label: verdict(office, case_no, label) for label in expected} == expected


def test_what_is_missing_may_be_added_for_24_hours_and_what_was_filed_stays(case_no: str, office: Office) -> None:
    with pytest.raises(NotAllowed):
        cure(office, case_no, role=Role.RESPONDENT)
    cure(office, case_no, ids_shown=True)
    assert verdict(office, case_no, "C-2") is Verdict.WITH_CORROBORATION
    with pytest.raises(Invalid, match="stays as it is"):
        cure(office, case_no, ids_shown=False)
    office.portal.ports.clock.tick(hours=24)
    cure(office, case_no, times_shown=True)
    found = weighed(office, case_no, "C-2")
    assert (found.verdict, found.given, found.answers) == (Verdict.ADMITTED, {}, FORM)
    with office.portal.read(office.actors["auditor"]) as work:
        events = history.of_case(work.session, case_no)
        assert [event.kind for event, _ in events].count("evidence_cured") == 2


def test_after_24_hours_nothing_is_added(case_no: str, office: Office) -> None:
    office.portal.ports.clock.tick(hours=24, seconds=1)
    with pytest.raises(WrongState, match="is over"):
        cure(office, case_no)
    assert verdict(office, case_no, "C-2") is Verdict.WITH_CORROBORATION


def test_a_party_whose_platform_filed_for_it_has_its_time_from_service(office: Office) -> None:
    case_no = office.escalate(evidence=[item_of_evidence() | {"particulars": None}])
    office.portal.ports.clock.tick(hours=20)
    office.admit(case_no)
    until = weighed(office, case_no, "C-1").computed.cure_until
    assert until is not None
    assert until - office.portal.ports.clock() > timedelta(hours=23)


def test_everyone_is_told_what_is_missing_when_an_item_comes(case_no: str, office: Office) -> None:
    with office.portal.read(office.actors["auditor"]) as work:
        said = [payload for event, payload in history.of_case(work.session, case_no) if "received" in event.kind]
    assert [payload for payload in said if payload and '"C-2"' in payload and '"missing":["ids_shown"' in payload]


def test_a_draft_is_described_by_its_side_and_by_nobody_else(case_no: str, office: Office) -> None:
    claimant = office.party(case_no, Role.CLAIMANT)
    filing.upload(office.portal, claimant, case_no, Kind.OTHER, [Upload("a.txt", io.BytesIO(b"voucher\n"))])
    with office.portal.read(claimant) as work:
        (draft,) = rows.drafts_of(work.session, case_no, Role.CLAIMANT)
    with pytest.raises(NotFound), office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        filing.describe(work, case_no, draft.id, Kind.PAYMENT_VOUCHER, {})
    with office.portal.work(claimant) as work:
        filing.describe(work, case_no, draft.id, Kind.PAYMENT_VOUCHER, {"transaction_number": "4200****"})
        (label,) = filing.submit(work, case_no)
    assert verdict(office, case_no, label) is Verdict.ADMITTED
    with pytest.raises(NotFound), office.portal.work(claimant) as work:
        filing.describe(work, case_no, draft.id, Kind.OTHER, {})


def test_the_arbitrator_finds_and_takes_back_what_nobody_else_knows(case_no: str, office: Office) -> None:
    find(office, case_no, "C-1", "doubtful_copy", "true")
    assert verdict(office, case_no, "C-1") is Verdict.WITH_CORROBORATION
    find(office, case_no, "C-1", "sources_in_support", "1")
    assert verdict(office, case_no, "C-1") is Verdict.ADMITTED
    find(office, case_no, "C-1", "sources_in_support", "")
    find(office, case_no, "C-1", "doubtful_copy", "")
    assert weighed(office, case_no, "C-1").findings == {}
    for fact, written, reason, refused in (
        ("doubtful_copy", "maybe", "理由", Invalid),
        ("doubtful_copy", "true", " ", Invalid),
        ("doubtful_copy", "", "", Invalid),
        ("delivered_at", "never", "理由", NotFound),
        ("good_cause", "true", "理由", NotFound),
    ):
        with pytest.raises(refused):
            find(office, case_no, "C-1", fact, written, reason)


def test_another_verdict_needs_a_reason_and_is_printed(case_no: str, office: Office) -> None:
    with pytest.raises(Invalid, match="reason"):
        decide(office, case_no, "R-1", Verdict.EXCLUDED, "…")
    with pytest.raises(Invalid, match="already"):
        decide(office, case_no, "R-1", Verdict.WITH_CORROBORATION)
    with pytest.raises(NotAllowed), office.portal.work(office.actors["registrar"]) as work:
        admissibility.decide(work, case_no, "R-1", Verdict.EXCLUDED, "理由")
    decide(office, case_no, "R-1", Verdict.EXCLUDED, "与本案无关。")
    with office.portal.read(office.actors["arbitrator"]) as work:
        case = get_case(work, case_no)
        built = document.build(work, case, rulings.draft(work, case_no))
        entries = {entry.label: entry for entry in built.evidence}
        assert "R-1" not in rulings.usable_labels(work, case)
        paper = work.ports.renderer.html(built, draft=True)
    printed = entries["R-1"]
    assert (printed.standing, printed.computed) == (Standing.EXCLUDED, Standing.WITH_CORROBORATION)
    assert printed.departure == "与本案无关。"
    assert (entries["C-2"].clause, entries["C-2"].standing) == ("EV-01", Standing.WITH_CORROBORATION)
    assert "没有证明形式符合要求" in entries["C-2"].why
    assert (entries["P-1"].clause, entries["P-1"].why) == ("EV-04", "")
    assert paper
    decide(office, case_no, "R-1", None)
    assert verdict(office, case_no, "R-1") is Verdict.WITH_CORROBORATION


def test_a_finding_rests_on_no_excluded_item_and_on_none_that_needs_support_alone(case_no: str, office: Office) -> None:
    office.close_record(case_no)
    assert CheckId.CORROBORATED in failing(office, case_no, "C-2")
    assert CheckId.CORROBORATED in failing(office, case_no, "C-1", "C-2")  # the same side twice
    assert not failing(office, case_no, "C-2", "R-1")
    assert not failing(office, case_no, "C-2", "P-1")
    decide(office, case_no, "P-1", Verdict.EXCLUDED)
    assert failing(office, case_no, "C-2", "P-1") == {CheckId.EVIDENCE_USABLE}
    with pytest.raises(Invalid), office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, rulings.draft(work, case_no).version)


def test_what_a_prepared_ruling_rests_on_is_not_weighed_anew(case_no: str, office: Office) -> None:
    office.close_record(case_no)
    version = save(office, case_no, "C-2", "P-1")
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, version)
    for step in (
        lambda: decide(office, case_no, "C-1", Verdict.EXCLUDED),
        lambda: find(office, case_no, "C-1", "doubtful_copy", "true"),
        lambda: cure(office, case_no),
    ):
        with pytest.raises(WrongState):
            step()


def test_a_case_that_no_version_governs_weighs_nothing(office: Office) -> None:
    case_no = office.escalate()
    with office.portal.read(office.actors["registrar"]) as work:
        case = office.case(case_no)
        case.ordered_at = case.ordered_at - timedelta(days=4000)
        assert admissibility.weigh(work, case) is None
        assert facts.facts_of(work, case) is None
        assert [item.label for item in admissibility.usable(work, case)] == ["C-1"]
