"""Production orders: the arbitrator orders, the side answers with an item or a reason, the clock ends silence."""

from datetime import timedelta

from arbitration.actions import facts
from arbitration.actions.context import Work, get_case, record
from arbitration.actions.deadlines import open_deadline
from arbitration.actions.panel import must_sit
from arbitration.actions.platform_rules import book_of, standard_of
from arbitration.domain.admissibility import LATE, LATE_REPLY_FLOOR, floor_amount
from arbitration.domain.cases import State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import FieldError, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import ItemState
from arbitration.domain.facts import FINDINGS, Stance
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.productions import (
    FINDS,
    HOURS,
    NOT_PRODUCED,
    PRODUCTION,
    Obligor,
    ProductionAction,
    ProductionState,
    Withholding,
    source_of,
)
from arbitration.domain.texts import says_nothing
from arbitration.store import cases, evidence
from arbitration.store.cases import Case
from arbitration.store.facts import statements
from arbitration.store.productions import ProductionOrder, answered_with, by_number, next_number, orders_in

ORDERABLE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
"""Something is ordered while it can still be filed."""
MAX_CHARS = 2000


def order(work: Work, case_no: str, obligor: Obligor, what: str, fact: str, hours: int) -> ProductionOrder:
    """Arbitrator: orders *obligor* to produce something that bears on *fact* within *hours*. Raises Invalid."""
    must_sit(work, case_no)
    case = get_case(work, case_no)
    if not can_order(work, case):
        raise WrongState("Production is ordered after admission and before the time for evidence is over.")
    standard = standard_of(work, case)
    if standard is None or fact not in {each.name for each in standard.facts}:
        raise _refused("fact", "Choose the fact on which it bears.")
    if hours not in HOURS:
        raise _refused("hours", "Choose how long they have.")
    row = ProductionOrder(
        case_no=case_no,
        number=next_number(work.session, case_no),
        obligor=obligor,
        what=_needs_text(what, "Write what is to be produced.", "what"),
        fact=fact,
        ordered_at=work.now,
        due_at=work.now + timedelta(hours=hours),
    )
    work.session.add(row)
    work.session.flush()
    work.ports.jobs.enqueue(work.session, "expire_production", {"production": row.id}, row.due_at)
    _tell(work, row, "production_ordered", {"what": row.what, "fact": fact, "due_at": row.due_at.isoformat()})
    return row


def can_order(work: Work, case: Case) -> bool:
    """Whether something can still be ordered: one order after the other would keep the record open for ever."""
    running = open_deadline(work, case, DeadlineKind.EVIDENCE)
    return case.state in ORDERABLE and (running is None or work.now < running.due_at)


def produce(work: Work, case_no: str, number: int, label: str) -> None:
    """Whoever is ordered: this item of its own, which is on the record, is what was to be produced."""
    row = _own(work, case_no, number)
    item = evidence.by_label(work.session, case_no, label)
    if item is None or item.submitted_by != row.obligor or item.state not in {ItemState.SUBMITTED, ItemState.HELD}:
        raise _refused("label", "Choose a file of your own that is on the record; file it first.")
    reply_until = work.now + _reply_time(work, get_case(work, case_no))
    row.item_id = item.id
    row.reply_until = reply_until
    _move(work, row, ProductionAction.PRODUCE)
    work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": case_no}, reply_until)
    _tell(work, row, "production_produced", {"label": label, "reply_until": reply_until.isoformat()})


def refuse(work: Work, case_no: str, number: int, why: str) -> None:
    """Whoever is ordered: cannot or will not produce it, for a reason that the arbitrator weighs."""
    row = _own(work, case_no, number)
    row.answer = _needs_text(why, "Say why it cannot be produced.")
    _move(work, row, ProductionAction.REFUSE)
    _tell(work, row, "production_refused", {"reason": row.answer})


def withdraw(work: Work, case_no: str, number: int, why: str) -> None:
    """Arbitrator: it is not needed any more."""
    must_sit(work, case_no)
    row = _found(work, case_no, number)
    row.answer = _needs_text(why, "Say why the order is withdrawn.")
    _move(work, row, ProductionAction.WITHDRAW)
    _tell(work, row, "production_withdrawn", {"reason": row.answer})


def expire(work: Work, production_id: int) -> None:
    """Job at the deadline: silence. What was answered before stays as it is, and a case that ended asks nothing."""
    row = work.session.get_one(ProductionOrder, production_id)
    if row.state is ProductionState.OPEN and get_case(work, row.case_no).state in ORDERABLE:
        _move(work, row, ProductionAction.EXPIRE)
        _tell(work, row, "production_expired", {})


def reopen(work: Work, item_id: int) -> None:
    """Job: a check found something wrong with what was produced, so nothing was. In time, another answer may come."""
    for row in answered_with(work.session, item_id):
        label = row.item.label if row.item is not None else None
        if get_case(work, row.case_no).state in ORDERABLE:
            _move(work, row, ProductionAction.REOPEN)
            row.settled_at = row.reply_until = row.item_id = None
            due_at = max(row.due_at, work.now)
            work.ports.jobs.enqueue(work.session, "expire_production", {"production": row.id}, due_at)
            _tell(work, row, "production_reopened", {"label": label})


def find(work: Work, case_no: str, number: int, found: Withholding) -> None:
    """Arbitrator: evidence was withheld, with or without good reason; EV-04 draws the inference or does not.

    The facts are those of the whole case: what is withheld of one order without good reason outweighs what is excused.
    """
    must_sit(work, case_no)
    row = _found(work, case_no, number)
    if row.state not in NOT_PRODUCED:
        raise WrongState("Only what was refused or not answered in time can have been withheld.")
    _state(work, row, found)
    withheld = _withheld(work, case_no) if found is Withholding.EXCUSED else None
    if withheld is not None:
        _state(work, withheld, Withholding.WITHHELD)


def is_obliged(work: Work, row: ProductionOrder) -> bool:
    """Whether the actor answers this order."""
    if work.actor.role is Role.PLATFORM_OFFICER:
        return row.obligor is Obligor.PLATFORM
    party = cases.party_by_actor(work.session, work.actor.id) if work.actor.role in PARTIES else None
    return party is not None and row.obligor == party.side


def _state(work: Work, row: ProductionOrder, found: Withholding) -> None:
    for fact, value in FINDS[found].items():
        facts.find(work, row.case_no, fact, value, source_of(row.number))


def findings(work: Work, case_no: str) -> dict[int, Withholding]:
    """What was last found of each order and stands, by the order's number."""
    last: dict[tuple[str, str], str | None] = {}
    for said in statements(work.session, case_no):
        if said.stance is Stance.FIND:
            last[said.fact, said.source] = said.value
        elif said.stance in FINDINGS:
            last = {key: value for key, value in last.items() if key[0] != said.fact}
    return {
        row.number: found
        for row in orders_in(work.session, case_no)
        for found, wanted in FINDS.items()
        if all(last.get((fact, source_of(row.number))) == value for fact, value in wanted.items())
    }


def _withheld(work: Work, case_no: str) -> ProductionOrder | None:
    """The first order of which it stands that it was withheld without good reason."""
    numbers = (number for number, found in findings(work, case_no).items() if found is Withholding.WITHHELD)
    first = next(numbers, None)
    return None if first is None else _found(work, case_no, first)


def _own(work: Work, case_no: str, number: int) -> ProductionOrder:
    row = _found(work, case_no, number)
    if not is_obliged(work, row):
        raise NotAllowed("Only whoever is ordered to produce something answers.")
    if not can_answer(work, row, get_case(work, case_no)):
        raise WrongState("This order is answered or withdrawn, or its time is over.")
    return row


def can_answer(work: Work, row: ProductionOrder, case: Case) -> bool:
    """Whether whoever is ordered may still answer: within the time given, also where that for evidence is over."""
    return row.state is ProductionState.OPEN and case.state in ORDERABLE and work.now < row.due_at


def _reply_time(work: Work, case: Case) -> timedelta:
    """The other side's time to answer what may come beside the time for evidence (EV-06); 0 in a version without it."""
    standard = standard_of(work, case)
    book = book_of(work, case, standard) if standard is not None else None
    if book is None or LATE not in book.rules or LATE_REPLY_FLOOR not in book.rules[LATE].clause.floors:
        return timedelta(0)
    return timedelta(seconds=floor_amount(book, LATE_REPLY_FLOOR))


def _found(work: Work, case_no: str, number: int) -> ProductionOrder:
    get_case(work, case_no)
    row = by_number(work.session, case_no, number)
    if row is None:
        raise NotFound("There is no such order in this case.")
    return row


def _move(work: Work, row: ProductionOrder, action: ProductionAction) -> None:
    row.state = PRODUCTION.next_state(row.state, action, work.actor.role)
    row.settled_at = work.now
    work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": row.case_no}, work.now)


def _tell(work: Work, row: ProductionOrder, kind: str, said: dict[str, object]) -> None:
    about = {"production": row.number, "obligor": row.obligor, "state": row.state}
    event = record(work, row.case_no, kind, about | said)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def _needs_text(words: str, missing: str, field: str = "words") -> str:
    if says_nothing(words):
        raise _refused(field, missing)
    if len(words.strip()) > MAX_CHARS:
        raise _refused(field, "That is longer than %(most)s characters.", most=MAX_CHARS)
    return words.strip()


def _refused(field: str, sentence: str, **values: object) -> Invalid:
    """Why what was given in one field is not taken."""
    return Invalid(sentence, (FieldError(field, sentence % values if values else sentence),), values=values)
