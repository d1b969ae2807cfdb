"""A case and its draft as the document that is previewed, printed, signed and attached: one builder for all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from arbitration.actions import admissibility, late_evidence
from arbitration.actions.admissibility import Weighed, Weighing
from arbitration.actions.context import Work
from arbitration.actions.facts import assessments
from arbitration.actions.items import given_to
from arbitration.actions.platform_rules import book_of
from arbitration.actions.rulings import pinned_standard
from arbitration.domain import handling, rulings
from arbitration.domain.admissibility import LATE, Verdict
from arbitration.domain.assessment import Assessment, assess
from arbitration.domain.clauses import Clause, Outcome
from arbitration.domain.deadlines import DeadlineKind, Procedure
from arbitration.domain.evidence import ON_RECORD, ItemState, Problem
from arbitration.domain.explanation import conclude
from arbitration.domain.panel import AppointmentState
from arbitration.domain.permissions import Role
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.rulings import Draft, Order
from arbitration.domain.signing import (
    ClaimEntry,
    ClauseEntry,
    CommentEntry,
    EvidenceEntry,
    FindingEntry,
    Institution,
    Instrument,
    Language,
    LateEntry,
    Notices,
    ObjectionEntry,
    OrderEntry,
    Panelist,
    PartyEntry,
    RulingDocument,
    StandardEntry,
    Standing,
    Step,
    StepKind,
    Versions,
)
from arbitration.domain.vocabulary import Remedy, Side
from arbitration.store import cases, evidence, history, objections, panel
from arbitration.store.cases import Case, MessageKind
from arbitration.store.evidence import EvidenceItem
from arbitration.store.late_evidence import LateComment
from arbitration.store.objections import Objection

_STEPS = {
    "escalation_accepted": StepKind.ESCALATED,
    "admitted": StepKind.ADMITTED,
    "notices_served": StepKind.NOTICE_SERVED,
    "responded": StepKind.RESPONDED,
    "default_noted": StepKind.DEFAULT_NOTED,
    "arbitrator_accepted": StepKind.APPOINTED,
    "record_closed": StepKind.RECORD_CLOSED,
}
_STANDING = {
    ItemState.SUBMITTED: Standing.ADMITTED,  # unless it was weighed otherwise
    ItemState.QUARANTINED: Standing.QUARANTINED,
    ItemState.UNAVAILABLE: Standing.EXCLUDED,
}


def build(
    work: Work,
    case: Case,
    draft: Draft,
    *,
    served_at: datetime | None = None,
    verify_code: str = "",
    versions: Versions | None = None,
) -> RulingDocument:
    """The document. Without *served_at*, *verify_code* and *versions* it is a draft for preview."""
    complete = all(finding.outcome for finding in draft.findings)
    review_until = _due(work, case, DeadlineKind.REVIEW, served_at) if served_at else None
    orders = tuple(_order(work, case, order, review_until) for order in _orders(case, draft))
    return RulingDocument(
        language=Language(case.language),
        instrument=Instrument(work.institution.instrument),
        institution=Institution(
            name_zh=work.institution.name_zh,
            name_en=work.institution.name_en,
            registration=work.institution.registration,
            is_demo=work.institution.is_demo,
        ),
        case_no=case.case_no,
        subject=case.title,
        platform=case.platform.name,
        parties=tuple(PartyEntry(party.role, party.display_name, party.platform_user_id) for party in case.parties),
        standard=_standard(work, case),
        procedure=_procedure(work, case),
        claims=_claims(work, case),
        evidence=evidence_of(work, case),
        facts_found=draft.facts_found,
        findings=tuple(
            FindingEntry(
                letter=finding.letter,
                outcome=finding.outcome,
                reasons=finding.reasons,
                clauses=finding.clauses,
                evidence=finding.evidence,
                remedy=finding.remedy,
                amount_minor=finding.amount_minor,
            )
            for finding in draft.findings
        ),
        clauses=_clauses(work, case, draft),
        orders=orders,
        outcome=rulings.outcome(draft, by_default=case.defaulted_at is not None) if complete else None,
        total_minor=sum(order.amount_minor for order in orders),
        currency="CNY",
        panel=_panel(work, case),
        record_hash=case.record_sha256 or "",
        notices=_notices(work, case, orders, served_at, review_until),
        decided_at=work.now if served_at else None,
        served_at=served_at,
        verify_code=verify_code,
        verify_url=f"{work.institution.public_url}/verify/{verify_code}" if verify_code else "",
        versions=versions,
    )


def _orders(case: Case, draft: Draft) -> tuple[Order, ...]:
    return rulings.orders(draft, escrow_held=bool(case.escrow_held))


def _order(work: Work, case: Case, order: Order, review_until: datetime | None) -> OrderEntry:
    return OrderEntry(
        number=order.number,
        remedy=order.remedy,
        amount_minor=order.amount_minor,
        obligor=order.obligor,
        beneficiary=Role.CLAIMANT,
        due_at=_due(work, case, compliance_period(order), review_until) if review_until else None,
        clause=order.clause,
    )


def compliance_period(order: Order) -> DeadlineKind:
    """The time an order may take: the short one for a new key and for money still in escrow (AS-03, AS-04, DH-07)."""
    fast = order.remedy is Remedy.REPLACE_KEY or order.obligor is Role.PLATFORM
    return DeadlineKind.COMPLIANCE_ESCROW if fast else DeadlineKind.COMPLIANCE_OTHER


def _due(work: Work, case: Case, kind: DeadlineKind, start: datetime) -> datetime:
    procedure: Procedure = work.procedures[case.procedure_version]
    return procedure.due(kind, case.track, start)


def _notices(
    work: Work,
    case: Case,
    orders: tuple[OrderEntry, ...],
    served_at: datetime | None,
    review_until: datetime | None,
) -> Notices | None:
    if served_at is None or review_until is None:
        return None
    return Notices(
        comply_by=max((order.due_at for order in orders if order.due_at), default=None),
        correction_until=_due(work, case, DeadlineKind.CORRECTION, served_at),
        review_until=review_until,
    )


def _standard(work: Work, case: Case) -> StandardEntry:
    standard = pinned_standard(work, case)
    return StandardEntry(getattr(standard.title, _language(case)), standard.version, standard.in_force)


def _procedure(work: Work, case: Case) -> tuple[Step, ...]:
    return tuple(
        Step(_STEPS[event.kind], event.at)
        for event, _ in history.of_case(work.session, case.case_no)
        if event.kind in _STEPS
    )


def _claims(work: Work, case: Case) -> tuple[ClaimEntry, ...]:
    replies = [
        message.body
        for message in cases.messages_of(work.session, case.case_no)
        if message.kind is MessageKind.RESPONSE
    ]
    reply = replies[0] if replies else None
    return tuple(
        ClaimEntry(
            letter=claim.letter,
            remedy=claim.remedy,
            basis=claim.text,
            amount_minor=claim.amount_minor,
            currency="CNY",
            reply=reply,
        )
        for claim in case.claims
    )


def evidence_of(work: Work, case: Case) -> tuple[EvidenceEntry, ...]:
    """What the record held when it closed, and what came later, which is marked so."""
    items = [item for item in evidence.on_record(work.session, case.case_no) if item.state in ON_RECORD]
    weighing = admissibility.weigh(work, case, items)
    said = late_evidence.comments_of(work, case.case_no)
    silent = late_evidence.silent(work, case)
    made = objections.objections_in(work.session, case.case_no)
    return tuple(
        replace(
            _entry(case, item, weighing, _late(item, said.get(item.label or "", ()), silent.get(item.label or "", ()))),
            objections=_objections(made.get(item.label or "", ())),
        )
        for item in items
    )


def _objections(made: Iterable[Objection]) -> tuple[ObjectionEntry, ...]:
    return tuple(ObjectionEntry(Role(each.side), each.ground, each.decision, each.reason) for each in made)


def _entry(case: Case, item: EvidenceItem, weighing: Weighing | None, late: LateEntry | None) -> EvidenceEntry:
    given = given_to(Role.PUBLIC, item)
    entry = EvidenceEntry(
        label=item.label or "",
        kind=item.kind,
        title=given.name,
        submitted_by=item.submitted_by,
        received_at=item.received_at,
        size=given.size,
        sha256=given.sha256 or item.declared_sha256 or "",
        standing=_STANDING[item.state],
        problem=_problem(item),
        late=late,
        confidential=item.kept_back,
        disclosed=item.disclosed_because or "",
    )
    weighed = weighing.items.get(entry.label) if weighing is not None else None
    return _admitted(case, entry, weighed, weighing.book) if weighing is not None and weighed is not None else entry


def _admitted(case: Case, entry: EvidenceEntry, weighed: Weighed, book: Rulebook) -> EvidenceEntry:
    """With how it was admitted and why; a plain admission says only the clause."""
    computed = weighed.computed
    clause = computed.row.clause if computed.row is not None else ""
    explained = clause and computed.verdict is not Verdict.ADMITTED
    return replace(
        entry,
        standing=Standing(weighed.verdict),
        clause=clause,
        why=conclude(book, assess(book, clause, computed.record), _language(case)) if explained else "",
        computed=Standing(computed.verdict),
        departure=weighed.own.reason if weighed.own is not None else "",
        late=_with_why(case, entry.late, weighed, book),
    )


def _late(item: EvidenceItem, said: Sequence[LateComment], silent: Sequence[Side]) -> LateEntry | None:
    if not item.late:
        return None
    spoken = [CommentEntry(each.side, each.words) for each in said]
    return LateEntry(item.late_because, (*spoken, *(CommentEntry(side, "") for side in silent)))


def _with_why(case: Case, late: LateEntry | None, weighed: Weighed, book: Rulebook) -> LateEntry | None:
    """With the reason for admitting it, where EV-06 does."""
    if late is None or weighed.computed.outcomes.get(LATE) is not Outcome.MET:
        return late
    why = conclude(book, assess(book, LATE, weighed.computed.record), _language(case))
    return replace(late, why=why, reasons=weighed.late_reasons)


def _problem(item: EvidenceItem) -> Problem | None:
    """Only what kind it is: how a transfer failed is not for print."""
    if item.state is ItemState.UNAVAILABLE:
        return Problem.UNAVAILABLE
    return Problem(item.problem) if item.problem else None


def _clauses(work: Work, case: Case, draft: Draft) -> tuple[ClauseEntry, ...]:
    """The clauses that findings rest on or the arbitrator departs from, and a breach of the platform's own times."""
    standard = pinned_standard(work, case)
    book = book_of(work, case, standard)
    printed = draft.cited | {each.clause for each in draft.departures}
    asked = [clause.id for clause in standard.clauses if clause.id in printed or clause.id == handling.CLAUSE]
    found = {each.clause.id: each for each in assessments(work, case, asked)}
    return tuple(
        _clause(case, clause, draft, book, found.get(clause.id))
        for clause in standard.clauses
        if clause.id in printed or (clause.id in found and found[clause.id].if_nothing_more is Outcome.BREACHED)
    )


def _language(case: Case) -> Literal["zh", "en"]:
    return "zh" if case.language == "zh" else "en"


def _clause(case: Case, clause: Clause, draft: Draft, book: Rulebook, found: Assessment | None) -> ClauseEntry:
    language = _language(case)
    departure = draft.departure(clause.id)
    computed = found.if_nothing_more if found else None
    result = departure.result if departure else computed
    consequence = clause.consequence if result is Outcome.BREACHED else None
    return ClauseEntry(
        id=clause.id,
        version=clause.version,
        title=getattr(clause.title, language),
        text=getattr(clause.text, language),
        text_sha256=clause.text_sha256,
        computed=computed,
        why=conclude(book, found, language) if found else "",
        result=result,
        departure=departure.reason if departure else "",
        consequence=getattr(consequence, language) if consequence else "",
    )


def _panel(work: Work, case: Case) -> tuple[Panelist, ...]:
    appointment = panel.seated(work.session, case.case_no)
    if appointment is None or appointment.state is not AppointmentState.ACCEPTED:
        return ()
    staff = appointment.staff
    return (Panelist(staff.actor_id, staff.name, True, staff.certificate_sha256 or ""),)
