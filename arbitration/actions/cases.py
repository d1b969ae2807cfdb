"""From an accepted escalation to an admitted case, what is said in it, and its end."""

import secrets
from collections.abc import Iterable

from arbitration.actions.context import SYSTEM, Work, get_case, move, record
from arbitration.actions.deadlines import cancel_all, set_deadline, settle
from arbitration.actions.intake import adopt_held, envelope_of
from arbitration.actions.people import pseudonym
from arbitration.actions.platform_rules import binding_promises
from arbitration.actions.standard import governing
from arbitration.domain import handling
from arbitration.domain.cases import OPEN, Action, RejectReason, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.errors import Invalid, NotAllowed, WrongState
from arbitration.domain.escalation import DisputeEscalated, EscalatedData, HistoryEntry, entries_from, entries_text
from arbitration.domain.numbers import claim_letter
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.rulings import RULING, RulingAction, RulingState
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import EscrowState, Remedy, Side
from arbitration.store import rulings
from arbitration.store.cases import Case, Claim, DeadlineState, Message, MessageKind, Party
from arbitration.store.intake import WebhookEvent
from arbitration.store.rulings import Ruling

MAX_MESSAGE_CHARS = 20_000
ESCROW_HELD = frozenset({EscrowState.HELD, EscrowState.PARTLY_RELEASED})


def open_case(work: Work, event_id: int) -> str:
    """Job: make the case of an accepted escalation, once; its number was given at the door."""
    event = work.session.get_one(WebhookEvent, event_id)
    case_no = event.case_no or ""
    if work.session.get(Case, case_no):
        return case_no
    envelope = envelope_of(work, event)
    if not isinstance(envelope, DisputeEscalated):
        raise TypeError(f"event {event_id} does not open a case")
    data = envelope.data
    claimed = sum(claim.amount_minor for claim in data.dispute.claims)
    case = Case(
        case_no=case_no,
        platform_id=event.platform_id,
        platform_dispute_id=event.platform_dispute_id,
        state=State.RECEIVED,
        track=work.procedure.track_for(claimed),
        language=data.dispute.language,
        title=data.goods[0].title,
        reason=data.dispute.reason,
        category=data.goods[0].category,
        order_id=data.order.order_id,
        ordered_at=data.order.created_at,
        order_minor=data.order.amount_minor,
        claimed_minor=claimed,
        escrow_held=int(data.order.payment.escrow_state in ESCROW_HELD),
        escalation=data.model_dump_json(exclude={"evidence": {"__all__": {"inline"}}}, exclude_none=True),
        handling=entries_text(data.handling_history),
        procedure_version=work.procedure.version,
        received_at=event.received_at,
    )
    case.claims = [
        Claim(
            letter=claim_letter(number),
            remedy=Remedy(claim.remedy),
            amount_minor=claim.amount_minor,
            text=claim.text or data.dispute.reason_text or "",
        )
        for number, claim in enumerate(data.dispute.claims)
    ]
    case.parties = [
        Party(
            actor_id=pseudonym("pa"),
            role=Role(party.role),
            side=party.represents or Side(party.role),
            display_name=party.display_name or party.platform_user_id,
            platform_user_id=party.platform_user_id,
            contact=(party.contact.email or party.contact.relay_token or "") if party.contact else "",
            link=secrets.token_urlsafe(16),
        )
        for party in data.parties
    ]
    work.session.add(case)
    work.session.flush()
    opened = record(work, case_no, "case_opened", {"track": case.track, "claims": len(case.claims)})
    set_deadline(work, case, DeadlineKind.TRIAGE, event.received_at)
    adopt_held(work, event)
    work.ports.jobs.enqueue(work.session, "register_evidence", {"event": event_id}, work.now)
    work.ports.jobs.enqueue(work.session, "announce", {"idx": opened.idx}, work.now)
    return case_no


def ask_cure(work: Work, case_no: str, text: str) -> None:
    """Registrar: something is missing; the case waits for the claimant, who gets a link and code, or the platform."""
    case = get_case(work, case_no)
    _needs_text(text, "Say what is missing and how it can be supplied.")
    move(work, case, Action.ASK_CURE)
    _say(work, case, MessageKind.CURE_REQUEST, text)
    _give_access(work, [party for party in case.parties if party.side is Side.CLAIMANT])
    settle(work, case, DeadlineKind.TRIAGE)
    set_deadline(work, case, DeadlineKind.CURE)


def cure(work: Work, case_no: str, text: str) -> None:
    """Claimant or platform: what was missing has come; the registrar looks again."""
    case = get_case(work, case_no)
    _needs_text(text, "Say what you have supplied.")
    move(work, case, Action.CURE)
    _say(work, case, MessageKind.STATEMENT, text)
    settle(work, case, DeadlineKind.CURE)
    set_deadline(work, case, DeadlineKind.TRIAGE)


def deem_withdrawn(work: Work, case: Case) -> None:
    """Clock: nothing came in time; the case ends without prejudice."""
    end(work, case, Action.DEEM_WITHDRAWN, "not_cured")


def reject(work: Work, case_no: str, reason: RejectReason, text: str) -> None:
    """Registrar: not for this committee, with a reason code and a sentence everyone reads."""
    case = get_case(work, case_no)
    _needs_text(text, "Give the reason in words, too.")
    _say(work, case, MessageKind.MESSAGE, text)
    end(work, case, Action.REJECT, reason)


def admit(work: Work, case_no: str) -> None:
    """Registrar: the case is taken; pins the standard in force at order time and the procedure in force now.

    What the audit of the platform's handling finds on what it has told so far stands in the event.
    """
    case = get_case(work, case_no)
    standard = governing(work, case.standard_version, case.ordered_at)
    if standard is None:
        raise Invalid(
            "No version of the standard was in force when this order was placed; reject it with that reason.",
            code="no_standard_in_force",
        )
    case.standard_version = standard.version
    case.procedure_version = work.procedure.version
    case.admitted_at = work.now
    audited = handling.as_json(audit_of(work, case, standard))
    pinned = {"standard": standard.version, "procedure": case.procedure_version}
    move(work, case, Action.ADMIT, {**pinned, "handling": audited})
    settle(work, case, DeadlineKind.TRIAGE)
    set_deadline(work, case, DeadlineKind.APPOINTMENT)
    work.ports.jobs.enqueue(work.session, "serve_notices", {"case": case_no}, work.now)


def tell_handling(case: Case, entries: list[HistoryEntry]) -> None:
    """The platform has told more of its own handling; what it repeats is known."""
    case.handling = entries_text(list(dict.fromkeys([*entries_from(case.handling), *entries])))


def audit_of(work: Work, case: Case, standard: Standard) -> handling.Audit:
    """The audit of the platform's handling, by the floors of *standard* or its own promises and all that it has told.

    Those are the entries of the escalation, then those of each update in the order of its sequence.
    """
    dispute = EscalatedData.model_validate_json(case.escalation).dispute
    return handling.audit(
        entries_from(case.handling),
        opened_at=dispute.opened_at,
        escalated_at=dispute.escalated_at,
        floors=standard.floors,
        promises=binding_promises(work, case.platform_id, case.ordered_at, standard),
    )


def serve_notices(work: Work, case_no: str) -> None:
    """Job: all who have no link and code yet get theirs, relayed by the platform; the respondent's time begins."""
    case = get_case(work, case_no)
    if case.state is not State.ADMITTED:
        return
    move(work, case, Action.SERVE_NOTICES)
    _give_access(work, case.parties)
    set_deadline(work, case, DeadlineKind.RESPONSE)


def respond(work: Work, case_no: str, text: str) -> None:
    """Respondent: the reply to the claims; the time for evidence begins."""
    case = get_case(work, case_no)
    _needs_text(text, "Write your reply to the claims.")
    move(work, case, Action.RESPOND)
    _say(work, case, MessageKind.RESPONSE, text)
    settle(work, case, DeadlineKind.RESPONSE)
    set_deadline(work, case, DeadlineKind.EVIDENCE)


def note_default(work: Work, case: Case) -> None:
    """Clock: the respondent stayed silent; the case goes on without it, and the ruling will say so."""
    case.defaulted_at = work.now
    move(work, case, Action.NOTE_DEFAULT)
    settle(work, case, DeadlineKind.RESPONSE, DeadlineState.EXPIRED)
    set_deadline(work, case, DeadlineKind.EVIDENCE)


def post_message(work: Work, case_no: str, text: str) -> None:
    """Anyone in the case: a message that all sides read."""
    case = get_case(work, case_no)
    _needs_text(text, "Write the message.")
    if work.actor.role not in MAY_SPEAK:
        raise NotAllowed(f"{work.actor.role} reads and does not write in a case.")
    if case.state not in OPEN:
        raise WrongState("The case has ended; nothing can be added to it.")
    kind = MessageKind.STATEMENT if work.actor.role in PARTIES else MessageKind.MESSAGE
    _say(work, case, kind, text)


def withdraw(work: Work, case_no: str, text: str) -> None:
    """Claimant or platform: the dispute is given up before a ruling; one that waits for signature is void.

    Raises WrongState after a ruling, and while one that is signed is being issued.
    """
    case = get_case(work, case_no)
    if is_being_issued(work, case):
        raise WrongState(
            "The arbitrator has signed and the ruling is being issued; the dispute cannot be withdrawn now."
        )
    if text.strip():
        _say(work, case, MessageKind.STATEMENT, text)
    ruling = rulings.live(work.session, case_no)
    end(work, case, Action.WITHDRAW, "withdrawn")
    if ruling is not None:
        void_ruling(work, ruling, RulingAction.WITHDRAW, "withdrawn")


def is_being_issued(work: Work, case: Case) -> bool:
    """Whether the arbitrator has signed a ruling that the office has yet to seal and issue."""
    ruling = rulings.live(work.session, case.case_no)
    return ruling is not None and ruling.state is RulingState.SIGNING


def void_ruling(work: Work, ruling: Ruling, action: RulingAction, problem: str) -> None:
    """A ruling that was not issued comes to nothing; *problem* is a code, or the renderer's own words."""
    ruling.state = RULING.next_state(ruling.state, action, work.actor.role)
    ruling.problem = problem
    record(work, ruling.case_no, "ruling_voided", {"problem": problem, "content_sha256": ruling.content_sha256 or ""})


def end(work: Work, case: Case, action: Action, reason: str) -> None:
    """The last move of a case: when, why, and nothing is awaited any more."""
    move(work, case, action, {"reason": reason}, end_reason=reason)
    cancel_all(work, case)


def as_system(work: Work) -> Work:
    """The same transaction, acted in by the office itself: for what follows from the actor's step by rule."""
    return Work(
        session=work.session,
        actor=SYSTEM,
        now=work.now,
        ports=work.ports,
        institution=work.institution,
        procedures=work.procedures,
    )


MAY_SPEAK = PARTIES | {Role.REGISTRAR, Role.ARBITRATOR, Role.PLATFORM, Role.PLATFORM_OFFICER}


def _say(work: Work, case: Case, kind: MessageKind, text: str) -> None:
    work.session.add(
        Message(
            case_no=case.case_no,
            kind=kind,
            author=work.actor.id,
            author_role=work.actor.role,
            author_name=work.actor.name,
            body=text.strip(),
            at=work.now,
        )
    )
    event = record(work, case.case_no, "message_posted", {"kind": kind, "role": work.actor.role, "text": text.strip()})
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)


def _give_access(work: Work, parties: Iterable[Party]) -> None:
    """Have the platform relay each its link and code, which are sent once however often this is asked."""
    for party in parties:
        work.ports.jobs.enqueue(work.session, "send_access", {"party": party.id}, work.now)


def _needs_text(text: str, otherwise: str) -> None:
    if not text.strip():
        raise Invalid(otherwise)
    if len(text) > MAX_MESSAGE_CHARS:
        raise Invalid(
            "That is longer than %(max)d characters; shorten it or file it as evidence.",
            values={"max": MAX_MESSAGE_CHARS},
        )
