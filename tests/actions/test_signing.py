"""Signing: only what was shown, only by the one who sits, only in time, and only once."""

import pytest

from arbitration.actions import cases, expiry, people, rulings, signing, updates
from arbitration.actions.context import SYSTEM, get_case
from arbitration.domain.cases import State
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany, WrongState
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome, Finding, RulingState
from arbitration.domain.vocabulary import Remedy
from arbitration.store import history
from arbitration.store import rulings as rows
from arbitration.store.rulings import Ruling
from tests.domain.escalations import event
from tests.factories import Office
from tests.portals import with_ports


def brought(office: Office) -> str:
    opened = office.escalate()
    office.admit(opened)
    office.seat(opened)
    office.respond(opened)
    office.close_record(opened)
    return opened


def sign(office: Office, case_no: str, **changed):
    given = {
        "typed_case_no": case_no,
        "code": office.code("arbitrator"),
        "unsigned_sha256": "",
        **changed,
    }
    signing.sign(office.portal, office.actors["arbitrator"], case_no, **given)


def states(office: Office, case_no: str) -> list[RulingState]:
    with office.portal.read(SYSTEM) as work:
        return [row.state for row in work.session.query(Ruling).order_by(Ruling.id) if row.case_no == case_no]


def withdraw(office: Office, case_no: str, *, by_platform: bool = False) -> None:
    """By the claimant on its page, or by the platform's event before any other job is run."""
    if not by_platform:
        with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
            cases.withdraw(work, case_no, "已和解。")
        return
    payload = event(
        "dispute.withdrawn", withdrawn_at="2026-11-22T09:00:00+08:00", withdrawn_by="claimant", reason="已和解。"
    )
    payload["sequence"] = 2
    payload["data"]["platform_dispute_id"] = office.case(case_no).platform_dispute_id
    assert office.post(payload).status == 202
    with office.portal.work(SYSTEM) as work:
        updates.apply_events(work, case_no)


def kinds(office: Office, case_no: str) -> list[str]:
    with office.portal.read(SYSTEM) as work:
        return [event.kind for event, _ in history.of_case(work.session, case_no)]


def save(office: Office, case_no: str, **changed):
    finding = {
        "letter": "A",
        "outcome": ClaimOutcome.UPHELD,
        "reasons": "理由充分。",
        "clauses": ("AS-01",),
        "evidence": ("C-1",),
        "remedy": Remedy.REFUND_FULL,
        "amount_minor": 12800,
        **changed,
    }
    with office.portal.work(office.actors["arbitrator"]) as work:
        seen = rulings.draft(work, case_no).version
        return rulings.save(work, case_no, "事实。", (Finding(**finding),), seen)


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"reasons": " "}, "reasons"),
        ({"clauses": ()}, "clause"),
        ({"clauses": ("ZZ-99",)}, "clause_in_force"),
        ({"evidence": ()}, "evidence"),
        ({"evidence": ("R-7",)}, "evidence_usable"),
        ({"amount_minor": 12799}, "arithmetic"),
        ({"outcome": ClaimOutcome.UPHELD_IN_PART}, "arithmetic"),
        ({"outcome": ClaimOutcome.DISMISSED}, "arithmetic"),
        ({"remedy": Remedy.PUNITIVE_3X}, "panel"),
        ({"outcome": None, "remedy": None, "amount_minor": 0}, "finding"),
    ],
)
def test_a_draft_that_fails_a_check_is_not_even_prepared(office, case_no, changed, check):
    version = save(office, case_no, **changed)
    with office.portal.work(office.actors["arbitrator"]) as work, pytest.raises(Invalid) as refused:
        signing.request(work, case_no, version)
    assert refused.value.code == "checks_failed"
    assert check in [error.path for error in refused.value.fields]


def test_a_stale_page_cannot_save_and_loses_nothing(office, case_no):
    save(office, case_no)
    with office.portal.work(office.actors["arbitrator"]) as work, pytest.raises(Conflict, match="elsewhere"):
        rulings.save(work, case_no, "other", (), 0)


def test_only_the_one_who_sits_writes_and_signs(office, case_no):
    other = office.add_staff("other", Role.ARBITRATOR)
    for actor, refusal in ((office.actors["registrar"], NotAllowed), (other, NotFound)):
        with office.portal.work(actor) as work, pytest.raises(refusal):
            rulings.save(work, case_no, "x", (), 0)


@pytest.mark.parametrize("wrong", ["typed_case_no", "code", "unsigned_sha256"])
def test_signing_needs_the_case_number_the_code_and_the_bytes_that_were_shown(office, case_no, wrong):
    save(office, case_no)
    shown = office.prepare(case_no)
    given = {"unsigned_sha256": shown} | {wrong: {"code": "000000"}.get(wrong, "CA-2026-999999")}
    with pytest.raises((Invalid, Conflict)):
        sign(office, case_no, **given)
    assert states(office, case_no) == [RulingState.PREPARED]


def test_a_code_that_signed_somebody_in_signs_no_ruling(office, case_no):
    save(office, case_no)
    shown = office.prepare(case_no)
    spent = office.code("arbitrator")
    with office.portal.work(SYSTEM) as work:
        assert people.check_second_factor(work, actor_id=office.actors["arbitrator"].id, code=spent)
    with pytest.raises(Invalid):
        sign(office, case_no, unsigned_sha256=shown, code=spent)
    office.portal.ports.clock.tick(seconds=30)
    sign(office, case_no, unsigned_sha256=shown)
    with pytest.raises(WrongState):
        sign(office, case_no, unsigned_sha256=shown)


def test_ten_wrong_codes_are_enough(office, case_no):
    save(office, case_no)
    shown = office.prepare(case_no)
    for _ in range(10):
        with pytest.raises(Invalid):
            sign(office, case_no, unsigned_sha256=shown, code="000000")
    with pytest.raises(TooMany):
        sign(office, case_no, unsigned_sha256=shown)


def test_a_prepared_ruling_that_is_not_signed_in_time_lapses_and_can_be_prepared_again(office, case_no, clock):
    save(office, case_no)
    shown = office.prepare(case_no)
    clock.tick(minutes=31)
    with pytest.raises(WrongState, match="service"):
        sign(office, case_no, unsigned_sha256=shown)
    expiry.tick(office.portal)
    office.sign(case_no, office.prepare(case_no))
    assert states(office, case_no) == [RulingState.LAPSED, RulingState.ISSUED]
    assert office.case(case_no).state is State.RULED


def test_a_ruling_taken_back_to_the_draft_cannot_be_signed(office, case_no):
    save(office, case_no)
    shown = office.prepare(case_no)
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.reopen(work, case_no)
    with pytest.raises(WrongState):
        sign(office, case_no, unsigned_sha256=shown)


@pytest.mark.parametrize("by_platform", [False, True])
def test_a_withdrawal_voids_the_prepared_ruling_and_nothing_can_be_signed(office, case_no, by_platform):
    save(office, case_no)
    shown = office.prepare(case_no)
    withdraw(office, case_no, by_platform=by_platform)
    with pytest.raises(WrongState, match="deliberation"):
        sign(office, case_no, unsigned_sha256=shown)
    office.settle()
    assert states(office, case_no) == [RulingState.LAPSED]
    assert office.case(case_no).state is State.WITHDRAWN


def test_a_dispute_withdrawn_while_its_ruling_is_rendered_leaves_no_ruling(office, case_no):
    save(office, case_no)
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, rulings.draft(work, case_no).version)

    def given_up(point: str) -> None:
        if point == "prepare.rendered":
            withdraw(office, case_no)

    with office.portal.read(SYSTEM) as work:
        ruling = rows.live(work.session, case_no)
    signing.prepare(with_ports(office.portal, failpoint=given_up), ruling.id)
    office.settle()
    assert states(office, case_no) == [RulingState.LAPSED]


def test_no_ruling_is_rendered_for_a_case_that_is_not_in_deliberation(office, case_no):
    save(office, case_no)
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, rulings.draft(work, case_no).version)
    with office.portal.work(SYSTEM) as work:
        ruling = rows.live(work.session, case_no)
        get_case(work, case_no).state = State.EVIDENCE
    with pytest.raises(WrongState, match="deliberation"):
        signing.prepare(office.portal, ruling.id)


@pytest.mark.parametrize("by_platform", [False, True])
def test_once_the_arbitrator_has_signed_the_dispute_cannot_be_withdrawn(office, case_no, by_platform):
    save(office, case_no)
    sign(office, case_no, unsigned_sha256=office.prepare(case_no))
    if by_platform:
        withdraw(office, case_no, by_platform=True)
        assert "event_came_too_late" in kinds(office, case_no)
    else:
        with pytest.raises(WrongState, match="being issued"):
            withdraw(office, case_no)
    office.settle()
    assert states(office, case_no) == [RulingState.ISSUED]
    assert office.case(case_no).state is State.RULED


def test_a_file_that_its_own_verifier_does_not_prove_is_never_issued(office, case_no):
    save(office, case_no)
    shown = office.prepare(case_no)

    class Careless:
        def certify(self, pdf: bytes) -> bytes:
            return pdf

        sign = close = lambda self, pdf, *_: pdf

    careless = with_ports(office.portal, seal=Careless())
    signing.sign(
        careless,
        office.actors["arbitrator"],
        case_no,
        typed_case_no=case_no,
        code=office.code("arbitrator"),
        unsigned_sha256=shown,
    )
    with office.portal.read(SYSTEM) as work:
        ruling = rows.live(work.session, case_no)
    with pytest.raises(RuntimeError, match="own verdict"):
        signing.seal(careless, ruling.id)
    assert states(office, case_no) == [RulingState.SIGNING]


def test_a_ruling_whose_time_of_service_comes_while_it_is_sealed_lapses(office, case_no, clock):
    save(office, case_no)
    sign(office, case_no, unsigned_sha256=office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        ruling = rows.live(work.session, case_no)

    def slow(point: str) -> None:
        if point == "seal.stored":
            clock.tick(minutes=30)

    signing.seal(with_ports(office.portal, failpoint=slow), ruling.id)
    assert states(office, case_no) == [RulingState.LAPSED]
    assert office.case(case_no).state is State.DELIBERATION


def test_sealing_twice_publishes_once(office, case_no):
    save(office, case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.read(SYSTEM) as work:
        ruling = rows.issued(work.session, case_no)
    signing.seal(office.portal, ruling.id)
    assert states(office, case_no) == [RulingState.ISSUED]


def test_a_neighbour_cannot_fetch_the_ruling(office, case_no):
    save(office, case_no)
    office.sign(case_no, office.prepare(case_no))
    neighbour = office.party(office.escalate(), Role.CLAIMANT)
    with office.portal.work(neighbour) as work, pytest.raises(NotFound):
        signing.take_out(work, case_no)
