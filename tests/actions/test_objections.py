"""Objecting to evidence: who may, when, what is claimed only, and what the arbitrator's decision makes of it."""

import pytest

from arbitration.actions import objections
from arbitration.domain.admissibility import Verdict
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, WrongState
from arbitration.domain.objections import CLAIMS, Decision, Ground, claim_of
from arbitration.domain.permissions import Role
from arbitration.domain.signing import ObjectionEntry, load
from arbitration.store import delivery, history, rulings
from tests.actions.test_admissibility import brought as brought
from tests.actions.test_admissibility import decide, find, verdict, weighed
from tests.factories import Office


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


def challenge(
    office: Office, case_no: str, label: str = "C-1", ground: Ground = Ground.AUTHENTICITY, role: Role = Role.RESPONDENT
) -> int:
    with office.portal.work(office.party(case_no, role)) as work:
        return objections.challenge(work, case_no, label, ground, "与原件不符。").id


def reply(office: Office, case_no: str, objection: int, role: Role = Role.CLAIMANT, words: str = "原件在此。") -> None:
    with office.portal.work(office.party(case_no, role)) as work:
        objections.reply(work, case_no, "C-1", objection, words)


def rule(
    office: Office, case_no: str, objection: int, decision: Decision, why: str = "理由", label: str = "C-1"
) -> None:
    with office.portal.work(office.actors["arbitrator"]) as work:
        objections.decide(work, case_no, label, objection, decision, why)


def test_an_objection_claims_and_changes_no_verdict_until_the_arbitrator_upholds_it(
    case_no: str, office: Office
) -> None:
    objection = challenge(office, case_no)
    assert verdict(office, case_no, "C-1") is Verdict.ADMITTED
    assert weighed(office, case_no, "C-1").findings == {}
    with pytest.raises(Invalid):
        rule(office, case_no, objection, Decision.UPHELD, why="…")
    rule(office, case_no, objection, Decision.UPHELD)
    assert verdict(office, case_no, "C-1") is Verdict.WITH_CORROBORATION
    assert weighed(office, case_no, "C-1").findings["doubtful_copy"].reason == "理由"
    assert weighed(office, case_no, "C-1").overtaken == {}
    with pytest.raises(Conflict):
        rule(office, case_no, objection, Decision.DISMISSED)


def test_a_contrary_finding_of_which_an_upheld_objection_takes_the_place_is_still_known(
    case_no: str, office: Office
) -> None:
    find(office, case_no, "C-1", "doubtful_copy", "false", "与原件一致。")
    rule(office, case_no, challenge(office, case_no), Decision.UPHELD)
    found = weighed(office, case_no, "C-1")
    assert (found.findings["doubtful_copy"].value, found.overtaken["doubtful_copy"].reason) == ("true", "与原件一致。")
    find(office, case_no, "C-1", "doubtful_copy", "")
    find(office, case_no, "C-1", "doubtful_copy", "false")
    assert weighed(office, case_no, "C-1").overtaken == {}


@pytest.mark.parametrize(
    ("ground", "decision", "expected"),
    [
        (Ground.ALTERED, Decision.UPHELD, Verdict.WITH_CORROBORATION),
        (Ground.ALTERED, Decision.DISMISSED, Verdict.ADMITTED),
        (Ground.FORM, Decision.UPHELD, Verdict.WITH_CORROBORATION),
        (Ground.FORM, Decision.DISMISSED, Verdict.ADMITTED),
        (Ground.IRRELEVANT, Decision.UPHELD, Verdict.EXCLUDED),
        (Ground.IRRELEVANT, Decision.DISMISSED, Verdict.ADMITTED),
    ],
)
def test_what_a_decision_makes_of_the_item(
    ground: Ground, decision: Decision, expected: Verdict, case_no: str, office: Office
) -> None:
    rule(office, case_no, challenge(office, case_no, ground=ground), decision)
    assert verdict(office, case_no, "C-1") is expected
    assert (CLAIMS[ground].fact in weighed(office, case_no, "C-1").findings) if ground in CLAIMS else True


def test_only_another_side_objects_once_on_each_ground_and_in_time(case_no: str, office: Office) -> None:
    with pytest.raises(NotAllowed):
        challenge(office, case_no, role=Role.CLAIMANT)
    with pytest.raises(NotFound):
        challenge(office, case_no, "C-9")
    challenge(office, case_no)
    challenge(office, case_no, ground=Ground.IRRELEVANT)
    with pytest.raises(Conflict):
        challenge(office, case_no)
    for role in (Role.CLAIMANT, Role.RESPONDENT):
        challenge(office, case_no, "P-1", role=role)
    with pytest.raises(NotAllowed), office.portal.work(office.actors["registrar"]) as work:
        objections.challenge(work, case_no, "C-1", Ground.LATE, "迟交。")
    office.close_record(case_no)
    with pytest.raises(WrongState):
        challenge(office, case_no, ground=Ground.FORM)


def test_the_submitter_replies_once_even_after_the_record_closed(case_no: str, office: Office) -> None:
    objection = challenge(office, case_no)
    office.close_record(case_no)
    refusals: tuple[tuple[Role, str, type[Refused]], ...] = (
        (Role.RESPONDENT, "原件在此。", NotAllowed),
        (Role.CLAIMANT, "。", Invalid),
    )
    for role, words, refused in refusals:
        with pytest.raises(refused):
            reply(office, case_no, objection, role, words)
    reply(office, case_no, objection)
    with pytest.raises(WrongState):
        reply(office, case_no, objection)
    with pytest.raises(NotFound):
        reply(office, case_no, objection + 1)


def test_a_ruling_waits_for_the_decision_on_every_objection_and_prints_it(case_no: str, office: Office) -> None:
    objection = challenge(office, case_no)
    office.close_record(case_no)
    office.draft(case_no)
    with pytest.raises(Invalid, match="Decide on the objection to C-1 first"):
        office.prepare(case_no)
    rule(office, case_no, objection, Decision.DISMISSED, why="与原件一致。")
    assert office.prepare(case_no)
    with office.portal.read(office.actors["auditor"]) as work:
        ruling = rulings.live(work.session, case_no)
        assert ruling is not None
        first, *others = load((ruling.content or "").encode()).evidence
    printed = ObjectionEntry(Role.RESPONDENT, Ground.AUTHENTICITY, Decision.DISMISSED, "与原件一致。")
    assert (first.label, first.objections) == ("C-1", (printed,))
    assert not any(item.objections for item in others)


def test_on_a_ground_whose_fact_a_version_does_not_know_an_item_is_excluded_or_stays() -> None:
    assert claim_of(Ground.AUTHENTICITY, {"doubtful_copy"}) is CLAIMS[Ground.AUTHENTICITY]
    assert claim_of(Ground.AUTHENTICITY, {"form_met"}) is None
    assert claim_of(Ground.IRRELEVANT, {"doubtful_copy"}) is None


def test_it_is_history_and_the_platform_is_told(case_no: str, office: Office) -> None:
    objection = challenge(office, case_no)
    reply(office, case_no, objection)
    rule(office, case_no, objection, Decision.DISMISSED)
    office.settle()
    with office.portal.read(office.actors["auditor"]) as work:
        events = [event.kind for event, _ in history.of_case(work.session, case_no)]
        kinds = [kind for kind in events if kind != "evidence_stamped"]  # which comes when its job is done
        platform = office.case(case_no).platform_id
        told = {row.kind for row in delivery.newest(work.session, platform, 50)}
    assert kinds[-4:] == ["evidence_challenged", "objection_answered", "item_found", "objection_decided"]
    assert {"evidence.challenged", "evidence.objection_answered", "evidence.objection_decided"} <= told


def test_an_arbitrator_who_weighed_the_item_otherwise_decides_the_objection_all_the_same(
    case_no: str, office: Office
) -> None:
    objection = challenge(office, case_no, ground=Ground.OBTAINED_IMPROPERLY)
    decide(office, case_no, "C-1", Verdict.EXCLUDED)
    rule(office, case_no, objection, Decision.UPHELD)
    find(office, case_no, "C-1", "doubtful_copy", "true")
    assert verdict(office, case_no, "C-1") is Verdict.EXCLUDED


def test_what_was_found_for_one_side_stands_when_the_other_sides_objection_on_that_ground_is_dismissed(
    case_no: str, office: Office
) -> None:
    first, second = (
        challenge(office, case_no, "P-1", Ground.ALTERED, role) for role in (Role.CLAIMANT, Role.RESPONDENT)
    )
    rule(office, case_no, first, Decision.UPHELD, label="P-1")
    rule(office, case_no, second, Decision.DISMISSED, label="P-1")
    assert weighed(office, case_no, "P-1").findings["alteration_shown"].value == "true"


def test_a_finding_taken_back_is_not_replaced_by_dismissing_beside_an_objection_that_was_upheld(
    case_no: str, office: Office
) -> None:
    first, second = (
        challenge(office, case_no, "P-1", Ground.ALTERED, role) for role in (Role.CLAIMANT, Role.RESPONDENT)
    )
    rule(office, case_no, first, Decision.UPHELD, label="P-1")
    find(office, case_no, "P-1", "alteration_shown", "")
    rule(office, case_no, second, Decision.DISMISSED, label="P-1")
    assert weighed(office, case_no, "P-1").findings == {}


def test_what_the_arbitrator_found_of_the_item_stands_when_an_objection_is_dismissed(
    case_no: str, office: Office
) -> None:
    objection = challenge(office, case_no)
    find(office, case_no, "C-1", "doubtful_copy", "true")
    rule(office, case_no, objection, Decision.DISMISSED)
    assert weighed(office, case_no, "C-1").findings["doubtful_copy"].value == "true"
