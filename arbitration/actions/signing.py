"""From a finished draft to one published ruling: rendered once, shown, signed, sealed, checked, issued."""

import io
from datetime import datetime

from arbitration.actions import late_evidence
from arbitration.actions.cases import as_system, end, void_ruling
from arbitration.actions.context import SYSTEM, Actor, Doors, Work, get_case, move, record
from arbitration.actions.deadlines import open_deadline, set_deadline, settle
from arbitration.actions.document import build, compliance_period, evidence_of
from arbitration.actions.panel import must_sit
from arbitration.actions.people import limit_codes, spend_code
from arbitration.actions.rulings import check_list, draft, undecided_labels
from arbitration.domain import rulings
from arbitration.domain.cases import Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import Conflict, FieldError, Invalid, NotAllowed, Refused, WrongState
from arbitration.domain.numbers import new_code
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CheckId, RulingAction, RulingState
from arbitration.domain.signing import (
    EvidenceEntry,
    RulingDocument,
    arbitrator_field,
    canonical_json,
    content_digest,
    load,
)
from arbitration.domain.verification import Verdict
from arbitration.domain.vocabulary import Remedy
from arbitration.ports import StoredBlob
from arbitration.store import cases, evidence
from arbitration.store import rulings as store
from arbitration.store.cases import Case, Deadline, DeadlineState
from arbitration.store.rulings import OrderExecution, Ruling, RulingCitation

UNDECIDED = "objections_undecided"
"""The code of the refusal to prepare a ruling while an objection is open."""
MAX_RULING_BYTES = 50 * 1024 * 1024
CODE_GROUPS = 3
SIDES = frozenset({Role.CLAIMANT, Role.RESPONDENT})
COMPLIANCE_PERIODS = (DeadlineKind.COMPLIANCE_ESCROW, DeadlineKind.COMPLIANCE_OTHER)


def request(work: Work, case_no: str, seen: int) -> None:
    """Arbitrator: have the draft rendered for signature.

    Raises Invalid naming every check that fails, first of all the items with an objection that is not decided.
    """
    must_sit(work, case_no)
    case = get_case(work, case_no)
    _must_deliberate(case)
    if store.live(work.session, case_no):
        raise Conflict("A ruling of this case is prepared or being prepared already.")
    current = draft(work, case_no)
    if current.version != seen:
        raise Conflict("The draft was saved elsewhere since this page was opened.", code="stale")
    _must_pass(work, case)
    if evidence.is_held(work.session, case_no, late=True):
        raise WrongState("A file is still being checked; the ruling can be prepared when that is done.")
    ruling = Ruling(
        case_no=case_no,
        draft_version=current.version,
        arbitrator=work.actor.id,
        verify_code=new_code(CODE_GROUPS),
        requested_at=work.now,
    )
    work.session.add(ruling)
    work.session.flush()
    work.ports.jobs.enqueue(work.session, "prepare_ruling", {"ruling": ruling.id}, work.now)


def prepare(doors: Doors, ruling_id: int) -> None:
    """Job: render the bytes that will be shown and signed, once.

    Service is deemed at the end of the signature period, and that time is printed; a signature after it is impossible.
    Raises what the renderer refuses; then the draft is open again, with the reason.
    """
    with doors.read(SYSTEM) as work:
        ruling = work.session.get_one(Ruling, ruling_id)
        if ruling.state is not RulingState.PREPARING:
            return
        case = get_case(work, ruling.case_no)
        _must_deliberate(case)
        document = build(
            work,
            case,
            draft(work, ruling.case_no),
            served_at=work.procedures[case.procedure_version].due(DeadlineKind.SIGNATURE, case.track, work.now),
            verify_code=ruling.verify_code,
            versions=doors.ports.renderer.versions(),
        )
    try:
        rendered = doors.ports.renderer.render(document)
    except Refused as refusal:
        with doors.work(SYSTEM) as work:
            lapse(work, get_case(work, document.case_no), refusal.message)
        raise
    doors.ports.failpoint("prepare.rendered")
    blob = doors.ports.blobs.put(io.BytesIO(rendered.pdf), MAX_RULING_BYTES)
    doors.ports.failpoint("prepare.stored")
    with doors.work(SYSTEM) as work:
        ruling = work.session.get_one(Ruling, ruling_id)
        if ruling.state is not RulingState.PREPARING:  # voided meanwhile: the dispute was withdrawn
            return
        case = get_case(work, ruling.case_no)
        ruling.state = rulings.RULING.next_state(ruling.state, RulingAction.PREPARE, work.actor.role)
        ruling.outcome = document.outcome
        ruling.total_minor = document.total_minor
        ruling.content = canonical_json(document).decode()
        ruling.content_sha256 = content_digest(document)
        ruling.unsigned_blob = blob.ref
        ruling.unsigned_sha256 = blob.sha256
        ruling.pages = rendered.pages
        ruling.served_at = document.served_at
        record(
            work,
            case.case_no,
            "ruling_prepared",
            {
                "content_sha256": ruling.content_sha256,
                "unsigned_sha256": blob.sha256,
            },
        )
        set_deadline(work, case, DeadlineKind.SIGNATURE)
        doors.ports.failpoint("prepare.written")
    doors.ports.failpoint("prepare.committed")


def reopen(work: Work, case_no: str) -> None:
    """Arbitrator: take a prepared ruling back to the draft; what was shown is void."""
    must_sit(work, case_no)
    case = get_case(work, case_no)
    _void(work, case, _live(work, case_no), RulingAction.REOPEN, "reopened")


def lapse(work: Work, case: Case, problem: str) -> None:
    """Clock or a failed step: a ruling that was not signed in its time is void; the draft is open again."""
    ruling = store.live(work.session, case.case_no)
    if ruling is not None and ruling.state is not RulingState.ISSUED:
        _void(work, case, ruling, RulingAction.LAPSE, problem)


def sign(doors: Doors, actor: Actor, case_no: str, *, typed_case_no: str, code: str, unsigned_sha256: str) -> None:
    """Arbitrator: sign exactly the bytes shown. The case number is typed and the second factor given afresh.

    From here on the office finishes by itself: the sealing job applies the signature kept for this arbitrator.
    """
    with doors.work(actor) as work:
        limit_codes(work)
    with doors.work(actor) as work:
        appointment = must_sit(work, case_no)
        case = get_case(work, case_no)
        _must_deliberate(case)
        ruling = _live(work, case_no)
        if typed_case_no.strip().upper() != case_no:
            raise Invalid("Type the case number %(number)s to sign.", values={"number": case_no})
        if ruling.unsigned_sha256 != unsigned_sha256:
            raise Conflict("What was shown is no longer what would be signed; look at it again.", code="stale")
        if ruling.served_at is None or work.now >= ruling.served_at:
            raise WrongState("The time printed for service has come; prepare the ruling again.")
        _must_pass(work, case)
        _must_be_all(work, case, ruling)
        ruling.state = rulings.RULING.next_state(ruling.state, RulingAction.SIGN, work.actor.role)
        if not spend_code(work, appointment.staff, code):
            raise Invalid("The code is wrong or was used before; wait for the next one.")
        ruling.authorised_at = work.now
        record(
            work,
            case_no,
            "ruling_authorised",
            {
                "content_sha256": ruling.content_sha256,
                "unsigned_sha256": unsigned_sha256,
            },
        )
        settle(work, case, DeadlineKind.SIGNATURE)
        work.ports.jobs.enqueue(work.session, "seal_ruling", {"ruling": ruling.id}, work.now)


def _must_be_all(work: Work, case: Case, ruling: Ruling) -> None:
    """What came while the ruling was prepared is not signed away: it is heard, and stands in the next one."""
    shown = load((ruling.content or "").encode()).evidence
    now = evidence_of(work, case)
    if [_as_listed(entry) for entry in shown] != [_as_listed(entry) for entry in now]:
        raise Conflict(
            "The evidence changed after this ruling was prepared. Take it back to the draft and prepare it again.",
            code="stale",
        )


def _as_listed(entry: EvidenceEntry) -> tuple[str, str, str]:
    return entry.label, entry.standing, entry.sha256


def seal(doors: Doors, ruling_id: int) -> None:
    """Job: seal, sign, lock and timestamp the prepared bytes, judge the result as an outsider would, then issue it.

    Killed anywhere it starts again from the prepared bytes; only the last transaction publishes, and only once.
    """
    point = doors.ports.failpoint
    with doors.read(SYSTEM) as work:
        ruling = work.session.get_one(Ruling, ruling_id)
        too_late = ruling.served_at is None or work.now >= ruling.served_at
        if ruling.state is not RulingState.SIGNING:
            return
    if too_late:
        with doors.work(SYSTEM) as work:
            lapse(work, get_case(work, ruling.case_no), "not_sealed_in_time")
        return
    pdf = doors.ports.seal.certify(doors.ports.blobs.read(ruling.unsigned_blob or ""))
    point("seal.certified")
    pdf = doors.ports.seal.sign(pdf, arbitrator_field(0), ruling.arbitrator)
    point("seal.signed")
    pdf = doors.ports.seal.close(pdf)
    point("seal.closed")
    report = doors.ports.verifier.verify(pdf)
    if report.verdict is not Verdict.PROVEN:
        raise RuntimeError(f"own verdict on the sealed file: {[check.id for check in report.failed]}")
    point("seal.checked")
    blob = doors.ports.blobs.put(io.BytesIO(pdf), MAX_RULING_BYTES)
    point("seal.stored")
    with doors.work(SYSTEM) as work:
        row = work.session.get_one(Ruling, ruling_id)
        if row.state is not RulingState.SIGNING:
            return
        if row.served_at is None or work.now >= row.served_at:
            lapse(work, get_case(work, row.case_no), "not_sealed_in_time")
            return
        _issue(work, row, blob)
        point("seal.issued")
    point("seal.committed")


def _issue(work: Work, ruling: Ruling, blob: StoredBlob) -> None:
    case = get_case(work, ruling.case_no)
    ruling.signed_blob = blob.ref
    ruling.signed_sha256 = blob.sha256
    ruling.signed_size = blob.size
    ruling.state = rulings.RULING.next_state(ruling.state, RulingAction.ISSUE, work.actor.role)
    ruling.issued_at = work.now
    case.ruled_at = work.now
    case.outcome = ruling.outcome
    _cite(work, ruling)
    move(
        work,
        case,
        Action.ISSUE_RULING,
        {
            "outcome": ruling.outcome,
            "total_minor": ruling.total_minor,
            "content_sha256": ruling.content_sha256,
            "signed_sha256": ruling.signed_sha256,
            "verify_code": ruling.verify_code,
        },
    )
    settle(work, case, DeadlineKind.RULING)
    late_evidence.cancel(work, case)
    set_deadline(work, case, DeadlineKind.REVIEW, ruling.served_at)


def _cite(work: Work, ruling: Ruling) -> None:
    """What the ruling applied, so that anyone can find the decisions on a clause."""
    for clause in load((ruling.content or "").encode()).clauses:
        work.session.add(
            RulingCitation(
                ruling_id=ruling.id,
                clause=clause.id,
                case_no=ruling.case_no,
                version=clause.version,
                text_sha256=clause.text_sha256,
                result=clause.result,
                issued_at=work.now,
            )
        )


def end_review(work: Work, case: Case) -> None:
    """The review window is over or waived by both: the orders are carried out, or there is nothing more to do.

    They are due as printed in the ruling, also where a waiver ended the window before its day.
    """
    office = as_system(work)
    settle(office, case, DeadlineKind.REVIEW)
    document = _issued_document(office, case)
    if not document.orders or document.notices is None:
        end(office, case, Action.CLOSE_WITHOUT_ORDERS, "no_orders")
        return
    move(office, case, Action.END_REVIEW)
    for period in sorted({compliance_period(order) for order in orders_of(document)}):
        set_deadline(office, case, period, document.notices.review_until)


def waive_review(work: Work, case_no: str) -> None:
    """A side gives up its time to ask for review; when both have, the window ends at once."""
    case = get_case(work, case_no)
    if case.state is not State.RULED:
        raise WrongState("There is a review window only after a ruling.")
    party = cases.party_of(work.session, case_no, work.actor.role)
    if party is None:
        raise NotAllowed("Only a party can waive its review.")
    if party.review_waived_at is None:
        party.review_waived_at = work.now
        record(work, case_no, "review_waived", {"role": work.actor.role})
    sides = [side for side in case.parties if side.role in SIDES]
    if all(side.review_waived_at is not None for side in sides):
        end_review(work, case)


def orders_of(document: RulingDocument) -> tuple[rulings.Order, ...]:
    """The orders of a ruling, read from the document that was signed."""
    return tuple(
        rulings.Order(order.number, "", order.remedy, order.amount_minor, order.obligor, order.clause)
        for order in document.orders
    )


def confirm_compliance(work: Work, case_no: str) -> None:
    """Claimant: everything ordered was done; the case is closed."""
    _complied(work, get_case(work, case_no))


def end_compliance(work: Work, case: Case, deadline: Deadline) -> None:
    """Clock: one time to comply is over. Reported and not disputed counts as done; silence is recorded.

    The case closes when the last of its times is over: complied with if every order was reported by then.
    """
    undone = _undone(work, case)
    missed = [order.number for order in undone if compliance_period(order) is deadline.kind]
    settle(work, case, deadline.kind, DeadlineState.EXPIRED if missed else DeadlineState.MET)
    if missed:
        payload = {"kind": deadline.kind, "who": deadline.who, "rule": deadline.rule, "orders": missed}
        record(work, case.case_no, "deadline_missed", payload)
    if any(open_deadline(work, case, period) for period in COMPLIANCE_PERIODS):
        return
    if undone:
        end(work, case, Action.RECORD_NONCOMPLIANCE, "not_complied")
    else:
        _complied(work, case)


def report_execution(
    work: Work, case: Case, *, number: int | None, remedy: Remedy, amount_minor: int, executed_at: datetime
) -> None:
    """Platform: says with proof that an order has been carried out; *amount_minor* in fen.

    What fits no order that is still to be carried out is noted and counts for none.
    """
    undone = _undone(work, case)
    order = rulings.carried_out(undone, number, remedy, amount_minor)
    if order is not None:
        work.session.add(
            OrderExecution(
                case_no=case.case_no, order_number=order.number, executed_at=executed_at, reported_at=work.now
            )
        )
        if len(undone) == 1:
            case.executed_at = work.now
    event = record(
        work,
        case.case_no,
        "execution_reported",
        {
            "order_number": order.number if order else None,
            "remedy": remedy,
            "amount_minor": amount_minor,
            "executed_at": executed_at.isoformat(),
        },
    )
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def take_out(work: Work, case_no: str) -> Ruling:
    """Anyone in the case: get the signed file; that it was fetched goes into the history."""
    get_case(work, case_no)
    ruling = store.issued(work.session, case_no)
    if ruling is None:
        raise WrongState("There is no ruling yet.")
    record(work, case_no, "ruling_downloaded", {"role": work.actor.role})
    return ruling


def _issued_document(work: Work, case: Case) -> RulingDocument:
    ruling = store.issued(work.session, case.case_no)
    if ruling is None or ruling.content is None:
        raise WrongState("There is no ruling yet.")
    return load(ruling.content.encode())


def _undone(work: Work, case: Case) -> list[rulings.Order]:
    """The orders that were not yet reported as carried out."""
    executed = store.executed_orders(work.session, case.case_no)
    return [order for order in orders_of(_issued_document(work, case)) if order.number not in executed]


def _complied(work: Work, case: Case) -> None:
    end(work, case, Action.CONFIRM_COMPLIANCE, "complied")


def _must_pass(work: Work, case: Case) -> None:
    undecided = undecided_labels(work, case)
    if undecided:
        raise Invalid(
            "Decide on the objection to %(labels)s first, on the page where the item is weighed.",
            tuple(FieldError(CheckId.OBJECTIONS, f"the objection to {label} is not decided") for label in undecided),
            code=UNDECIDED,
            values={"labels": ", ".join(undecided)},
        )
    failed = [check for check in check_list(work, case, draft(work, case.case_no)) if not check.passed]
    if failed:
        where = [
            FieldError(check.id, f"fails for {', '.join(check.letters) or 'the whole ruling'}") for check in failed
        ]
        raise Invalid("The ruling cannot be signed yet; its check list says why.", tuple(where), code="checks_failed")


def _must_deliberate(case: Case) -> None:
    if case.state is not State.DELIBERATION:
        raise WrongState("A ruling is signed during deliberation.")


def _live(work: Work, case_no: str) -> Ruling:
    ruling = store.live(work.session, case_no)
    if ruling is None:
        raise WrongState("No ruling is prepared; prepare one from the draft.")
    return ruling


def _void(work: Work, case: Case, ruling: Ruling, action: RulingAction, problem: str) -> None:
    void_ruling(work, ruling, action, problem)
    settle(work, case, DeadlineKind.SIGNATURE, DeadlineState.CANCELLED)
