"""Inspections: asked of an accredited inspector, taken on with a declaration, reported under a signed manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from arbitration.actions import filing, stored_files
from arbitration.actions.context import Actor, Doors, Work, get_case, record
from arbitration.actions.filing import Upload
from arbitration.actions.items import GivenFile, given_to
from arbitration.actions.panel import must_sit
from arbitration.domain.cases import State
from arbitration.domain.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, Refused, WrongState
from arbitration.domain.evidence import ItemState
from arbitration.domain.inspection import (
    REQUEST,
    SAID,
    Asked,
    Brought,
    Judgement,
    RequestAction,
    judge,
)
from arbitration.domain.manifest import read_manifest
from arbitration.domain.permissions import Permission, Role, may
from arbitration.store import inspections, inspectors
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem, by_label
from arbitration.store.inspections import InspectionRequest
from arbitration.store.inspectors import Inspector

ASKABLE = frozenset({State.ADMITTED, State.RESPONSE_DUE, State.EVIDENCE})
"""An inspection is ordered while the record is open."""
REPORTABLE = ASKABLE | {State.DELIBERATION}
"""A report that comes after the record closed is kept and marked late, as a platform's file is."""
MAX_WORDS = 4_000
HOURS = (12, 24, 48, 72, 168)
"""The times that may be given for a report."""


@dataclass(frozen=True)
class Report:
    """An inspection report of a case with what it came to; `request` is None where nobody asked for it."""

    item: EvidenceItem
    judgement: Judgement
    request: InspectionRequest | None


def ask(work: Work, case_no: str, *, inspector_id: int, label: str, question: str, hours: int) -> InspectionRequest:
    """Arbitrator or registrar: ask an accredited inspector a *question* about the item *label*, within *hours*."""
    case = may_ask(work, case_no)
    if case.state not in ASKABLE:
        raise WrongState("An inspection is ordered after admission and before the record closes.")
    if hours not in HOURS:
        raise Invalid("Choose how long the inspector has.")
    inspector = work.session.get(Inspector, inspector_id)
    if inspector is None or inspector.staff_id is None or not inspector.accredited_at(work.now):
        raise Invalid("Choose an inspector who is accredited now and has an account.")
    item = by_label(work.session, case_no, label)
    if item is None or item.state is not ItemState.SUBMITTED:
        raise Invalid("Choose an item that is on the record.")
    if item.kept_back:
        raise WrongState("The original is kept confidential; disclose it first, for both sides read the report on it.")
    if inspections.is_underway(work.session, item.id, inspector_id):
        raise Conflict("This inspector is asked about this item already.")
    request = InspectionRequest(
        case_no=case_no,
        item_id=item.id,
        inspector_id=inspector_id,
        question=_needs_text(question, "Write the question that the inspector should answer."),
        asked_by=work.actor.role,
        asked_at=work.now,
        due_at=work.now + timedelta(hours=hours),
    )
    work.session.add(request)
    work.session.flush()
    _record(work, request, "inspection_asked", {"question": request.question, "due_at": request.due_at.isoformat()})
    return request


def withdraw(work: Work, case_no: str, request_id: int, reason: str) -> None:
    """Arbitrator or registrar: the answer is not awaited any more, as when it is overdue."""
    may_ask(work, case_no)
    request = work.session.get(InspectionRequest, request_id)
    if request is None or request.case_no != case_no:
        raise NotFound("There is no such request in this case.")
    reason = _needs_text(reason, "Say why the request is withdrawn.")
    _move(work, request, RequestAction.WITHDRAW)
    request.words = reason
    _record(work, request, "inspection_withdrawn", {"reason": reason})


def own_request(work: Work, request_id: int) -> InspectionRequest:
    """A request put to the actor. Raises NotFound, also for another inspector's."""
    found = inspections.request_of_inspector(work.session, work.actor.id, request_id)
    if work.actor.role is not Role.INSPECTOR or found is None:
        raise NotFound("There is no such request here.")
    return found


def platform_of(work: Work, request: InspectionRequest) -> str:
    """The platform on which the order was placed: an inspector declares its interests without knowing the parties."""
    return work.session.get_one(Case, request.case_no).platform.name


def take(work: Work, request_id: int, declaration: str) -> None:
    """Inspector: takes the request on, declaring conflicts of interest or that there are none."""
    request = own_request(work, request_id)
    declaration = _needs_text(declaration, "Write the declaration: which interests you have, or that you have none.")
    _must_be_accredited(work, request)
    _move(work, request, RequestAction.TAKE)
    request.words = declaration
    _record(work, request, "inspection_taken", {"declaration": declaration})


def decline(work: Work, request_id: int, reason: str) -> None:
    """Inspector: does not take the request on, or gives it back."""
    request = own_request(work, request_id)
    reason = _needs_text(reason, "Write why you decline the request.")
    _move(work, request, RequestAction.DECLINE)
    request.words = reason
    _record(work, request, "inspection_declined", {"reason": reason})


def take_sample(work: Work, request_id: int) -> GivenFile:
    """Inspector: gets the sample of a request that it has taken on; that it was handed out is history first."""
    request = own_request(work, request_id)
    if RequestAction.REPORT not in REQUEST.open_actions(request.state, work.actor.role):
        raise WrongState("The sample is handed out once the request is taken on, and until it is answered.")
    _must_be_accredited(work, request)
    request.handed_out_at = request.handed_out_at or work.now
    _record(work, request, "sample_handed_out", {"sha256": request.item.sha256})
    return given_to(work.actor.role, request.item)


def report(doors: Doors, actor: Actor, request_id: int, file: Upload, manifest: str | None) -> str:
    """Inspector: the report, as item `I-1` of the case; its label.

    Without a *manifest* it is taken and needs corroboration. With one, every check must hold: raises Invalid naming
    each that does not, so that the inspector can cure it.
    """
    with doors.read(actor) as work:
        _may_report(work, request_id)
    kept = filing.keep_report(doors, file)
    try:
        with doors.work(actor) as work:
            request = _may_report(work, request_id)
            item = kept.as_item(request.case_no, work.now, request.inspector.name, manifest)
            _must_hold(work, request, item)
            return _answer(work, request, item)
    except Refused:
        stored_files.forget_file(doors, kept.blob.ref)
        raise


def judgement_of(work: Work, item: EvidenceItem) -> Judgement:
    """What a report of this case comes to, by the register as it stands now."""
    request = inspections.request_of_report(work.session, item.id)
    return _judge(work, item, request)


def facts_of_report(work: Work, item: EvidenceItem) -> Mapping[str, bool | None]:
    """The facts of clause EV-05 for one item of kind inspection_report, by name; None is unknown."""
    return judgement_of(work, item).facts


def reports(work: Work, case_no: str) -> list[Report]:
    """Anyone in the case: its inspection reports, each with its checks."""
    get_case(work, case_no)
    return [
        Report(item, judgement_of(work, item), inspections.request_of_report(work.session, item.id))
        for item in inspections.reports_in(work.session, case_no)
    ]


def _judge(work: Work, item: EvidenceItem, request: InspectionRequest | None) -> Judgement:
    case = work.session.get_one(Case, item.case_no)
    samples = inspections.samples_in(work.session, item.case_no)
    brought = Brought(
        report_sha256=item.sha256 or "",
        received_at=item.received_at,
        items={given_to(Role.PUBLIC, each).sha256 or "": each.label or "" for each in samples if each is not item},
        case_no=case.case_no,
        platform=case.platform.slug,
        dispute=case.platform_dispute_id,
        asked=_asked(request) if request else None,
    )
    return judge(item.manifest, inspectors.register(work.session), work.ports.inspection_keys.verify, brought)


def _asked(request: InspectionRequest) -> Asked:
    return Asked(request.inspector.actor_id, request.item.sha256 or "", request.handed_out_at)


def may_ask(work: Work, case_no: str) -> Case:
    """The case, for whoever decides or keeps it. Raises NotAllowed for everyone else who may see it."""
    case = get_case(work, case_no)
    if not may(work.actor.role, Permission.ASK_INSPECTION):
        raise NotAllowed(f"{work.actor.role} may not ask for an inspection")
    if work.actor.role is Role.ARBITRATOR:
        must_sit(work, case_no)
    return case


def _may_report(work: Work, request_id: int) -> InspectionRequest:
    request = own_request(work, request_id)
    REQUEST.next_state(request.state, RequestAction.REPORT, work.actor.role)
    if work.session.get_one(Case, request.case_no).state not in REPORTABLE:
        raise WrongState("The case is decided or has ended; nothing can be added to it.")
    return request


def _must_hold(work: Work, request: InspectionRequest, item: EvidenceItem) -> None:
    if item.manifest is None:
        return
    read_manifest(item.manifest)
    found = _judge(work, item, request)
    if found.failed:
        raise Invalid(
            "The manifest does not hold: each reason is listed.",
            tuple(FieldError(check, SAID[check][1].en) for check in found.failed),
            code="manifest_does_not_hold",
        )


def _answer(work: Work, request: InspectionRequest, item: EvidenceItem) -> str:
    label = filing.file_report(work, item)
    request.report_id = item.id
    _move(work, request, RequestAction.REPORT)
    manifest_sha256 = sha256(item.manifest.encode()).hexdigest() if item.manifest else None
    _record(work, request, "inspection_reported", {"report": label, "manifest_sha256": manifest_sha256})
    return label


def _must_be_accredited(work: Work, request: InspectionRequest) -> None:
    if not request.inspector.accredited_at(work.now):
        raise NotAllowed("Your accreditation has ended; decline the request.")


def _move(work: Work, request: InspectionRequest, action: RequestAction) -> None:
    request.state = REQUEST.next_state(request.state, action, work.actor.role)
    request.answered_at = work.now


def _record(work: Work, request: InspectionRequest, kind: str, said: dict[str, object]) -> None:
    about = {"request": request.id, "label": request.item.label, "inspector": request.inspector.actor_id}
    record(work, request.case_no, kind, about | said)


def _needs_text(words: str, missing: str) -> str:
    words = words.strip()
    if not words:
        raise Invalid(missing)
    if len(words) > MAX_WORDS:
        raise Invalid("That is longer than %(most)s characters.", values={"most": MAX_WORDS})
    return words
