"""Facts of a case: what the sides say of them, what the arbitrator finds, and what a clause comes to by it."""

import pytest

from arbitration.actions import facts
from arbitration.actions.context import Actor
from arbitration.actions.platform_rules import standard_of
from arbitration.domain.clauses import Outcome
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.facts import Stance, Stated, Status
from arbitration.domain.permissions import Role
from tests.factories import Office

TAKEN = "complaint_taken"
"""AS-01 turns on it and the merchant must prove it; the escalation does not state it."""
DELIVERED = "delivered_at"
"""The escalation states it."""


def brought(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    return case_no


@pytest.fixture
def database_kind() -> str:
    """What is said is kept as it is on both; tests/store checks the table on each."""
    return "sqlite"


def on_record(office: Office, case_no: str, fact: str) -> Stated | None:
    with office.portal.read(office.actors["arbitrator"]) as work:
        case = office.case(case_no)
        standard = standard_of(work, case)
        assert standard is not None
        return facts.record_of(work, case, standard).get(fact)


def result(office: Office, case_no: str, clause_id: str = "AS-01") -> Outcome:
    with office.portal.read(office.actors["arbitrator"]) as work:
        return facts.assessments(work, office.case(case_no), [clause_id])[0].result


def side(office: Office, case_no: str, role: Role, fact: str, stance: Stance, written: str = "") -> None:
    """A side says something of a fact, having just looked at it."""
    seen = shown(office, case_no, fact)
    with office.portal.work(office.party(case_no, role)) as work:
        facts.say(work, case_no, fact, stance, written, seen)


def shown(office: Office, case_no: str, fact: str) -> str:
    """What a page shows of a fact now."""
    stated = on_record(office, case_no, fact)
    with office.portal.read(office.actors["arbitrator"]) as work:
        standard = standard_of(work, office.case(case_no))
    declared = next(each for each in standard.facts if each.name == fact)
    return facts.mark(declared, stated) if stated is not None else ""


def found(office: Office, case_no: str, fact: str, written: str, actor: Actor | None = None) -> None:
    with office.portal.work(actor or office.actors["arbitrator"]) as work:
        facts.find(work, case_no, fact, written, "C-1")


def test_a_finding_decides_a_clause_and_taking_it_back_opens_it_again(office, case_no):
    assert result(office, case_no) is Outcome.UNKNOWN
    found(office, case_no, TAKEN, "false")
    assert result(office, case_no) is Outcome.BREACHED
    assert on_record(office, case_no, TAKEN) == Stated(TAKEN, False, Status.FOUND, "C-1")
    with office.portal.work(office.actors["arbitrator"]) as work:
        facts.reopen(work, case_no, TAKEN)
    assert on_record(office, case_no, TAKEN) is None
    assert result(office, case_no) is Outcome.UNKNOWN


def test_two_sides_disagree_until_one_value_is_found(office, case_no):
    side(office, case_no, Role.CLAIMANT, DELIVERED, Stance.DISPUTE)
    assert on_record(office, case_no, DELIVERED).status is Status.DISPUTED
    side(office, case_no, Role.RESPONDENT, DELIVERED, Stance.ADMIT)
    assert on_record(office, case_no, DELIVERED).status is Status.DISPUTED
    assert result(office, case_no) is Outcome.UNKNOWN
    found(office, case_no, DELIVERED, "2026-11-18 20:01")
    assert on_record(office, case_no, DELIVERED).status is Status.FOUND
    with pytest.raises(WrongState, match="decided"):
        side(office, case_no, Role.CLAIMANT, DELIVERED, Stance.DISPUTE)


def test_what_both_sides_hold_is_admitted_and_a_changed_statement_must_be_admitted_anew(office, case_no):
    side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ASSERT, "true")
    assert on_record(office, case_no, TAKEN) == Stated(TAKEN, True, Status.ASSERTED, "respondent")
    assert result(office, case_no) is Outcome.MET
    side(office, case_no, Role.CLAIMANT, TAKEN, Stance.ADMIT)
    assert on_record(office, case_no, TAKEN).status is Status.ADMITTED
    side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ASSERT, "false")
    assert on_record(office, case_no, TAKEN) == Stated(TAKEN, False, Status.ASSERTED, "respondent")


def test_who_states_another_time_than_the_record_disputes_it(office, case_no):
    side(office, case_no, Role.RESPONDENT, DELIVERED, Stance.ASSERT, "2026-11-19 20:00")
    assert on_record(office, case_no, DELIVERED).status is Status.DISPUTED


def test_what_was_not_proven_stays_unknown_and_the_burden_decides(office, case_no):
    with office.portal.work(office.actors["arbitrator"]) as work:
        facts.not_find(work, case_no, DELIVERED, "")
    assert on_record(office, case_no, DELIVERED) == Stated(DELIVERED, None, Status.NOT_FOUND, "")
    assert result(office, case_no) is Outcome.UNKNOWN


def test_only_the_arbitrator_who_sits_finds_facts(office, case_no):
    second = office.add_staff("second", Role.ARBITRATOR)
    for actor in (second, office.actors["registrar"], office.actors["officer"], office.party(case_no, Role.CLAIMANT)):
        with pytest.raises((NotAllowed, NotFound)):
            found(office, case_no, TAKEN, "true", actor)


def test_no_one_but_a_side_speaks_for_it_and_none_finds(office, case_no):
    for actor in (office.actors["arbitrator"], office.actors["registrar"]):
        with office.portal.work(actor) as work, pytest.raises(NotAllowed):
            facts.say(work, case_no, DELIVERED, Stance.DISPUTE)
    with pytest.raises(NotAllowed):
        side(office, case_no, Role.CLAIMANT, DELIVERED, Stance.FIND, "never")


@pytest.mark.parametrize(
    ("fact", "stance", "written", "why"),
    [
        (TAKEN, Stance.ASSERT, "true", "must prove"),
        (TAKEN, Stance.ADMIT, "", "Nothing is on the record"),
        ("stated_window", Stance.ASSERT, "soon", "no value"),
        ("complained_at", Stance.ASSERT, "0001-01-01 00:00", "between the years"),
    ],
)
def test_a_side_is_refused_what_it_cannot_say(office, case_no, fact, stance, written, why):
    with pytest.raises(Invalid, match=why):
        side(office, case_no, Role.CLAIMANT, fact, stance, written)


def test_a_side_does_not_admit_its_own_statement(office, case_no):
    side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ASSERT, "true")
    with pytest.raises(Invalid, match="your own statement"):
        side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ADMIT)


def test_nobody_agrees_to_what_came_after_the_page_was_shown(office, case_no):
    side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ASSERT, "true")
    seen = shown(office, case_no, TAKEN)
    side(office, case_no, Role.RESPONDENT, TAKEN, Stance.ASSERT, "false")
    with pytest.raises(Conflict) as stale, office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        facts.say(work, case_no, TAKEN, Stance.ADMIT, "", seen)
    assert stale.value.code == "stale"
    assert on_record(office, case_no, TAKEN).status is Status.ASSERTED


def test_a_fact_is_not_found_before_its_time_nor_in_words_that_nobody_sees(office, case_no):
    with pytest.raises(Invalid, match="not come yet"):
        found(office, case_no, "lost_at", "2099-01-01 00:00")
    found(office, case_no, "lost_at", "never")
    with pytest.raises(Invalid, match="rests on"), office.portal.work(office.actors["arbitrator"]) as work:
        facts.find(work, case_no, TAKEN, "true", "\u200b \u3164")


def test_no_fact_is_found_beside_a_ruling_that_waits_for_signature(office, case_no):
    found(office, case_no, TAKEN, "false")
    office.close_record(case_no)
    office.draft(case_no)
    office.prepare(case_no)
    with pytest.raises(WrongState, match="take it back"):
        found(office, case_no, TAKEN, "true")


def test_the_sides_are_heard_until_the_record_closes_and_facts_found_until_the_ruling(office, case_no):
    office.close_record(case_no)
    with pytest.raises(WrongState, match="until the record closes"):
        side(office, case_no, Role.CLAIMANT, DELIVERED, Stance.DISPUTE)
    found(office, case_no, TAKEN, "false")
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with pytest.raises(WrongState, match="in deliberation"):
        found(office, case_no, TAKEN, "true")


@pytest.mark.parametrize(
    ("fact", "written", "source", "why"),
    [
        (TAKEN, "perhaps", "C-1", "no value"),
        (TAKEN, "true", " ", "rests on"),
        (TAKEN, "true", "x" * 501, "Shorten"),
        (DELIVERED, "9999-12-31 23:59", "C-1", "between the years"),
        (facts.SITTING, "3", "C-1", "known to the office"),
    ],
)
def test_a_finding_is_refused_that_says_nothing(office, case_no, fact, written, source, why):
    with office.portal.work(office.actors["arbitrator"]) as work, pytest.raises(Invalid, match=why):
        facts.find(work, case_no, fact, written, source)


def test_a_fact_that_the_standard_does_not_know_is_not_there(office, case_no):
    with pytest.raises(NotFound):
        found(office, case_no, "moon_phase", "true")


def test_the_seat_counts_by_itself(office, case_no):
    assert on_record(office, case_no, facts.SITTING) == Stated(facts.SITTING, 1, Status.FOUND, "panel")
