"""What is stored about a case, in the words of the reader: states, stages, deadlines, events, evidence, reasons.

`words` has the few that every layer of pages shares (roles, outcomes, remedies); here is what a case page needs.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import LazyString, lazy_gettext, lazy_pgettext

from arbitration.domain.cases import AFTER_RULING, Action, RejectReason, State, Track
from arbitration.domain.deadlines import DeadlineKind, Expiry
from arbitration.domain.evidence import ItemState, Kind, Problem
from arbitration.domain.facts import Stance
from arbitration.domain.handling import BREACHED
from arbitration.domain.objections import Decision, Ground
from arbitration.domain.panel import AppointmentState, Exclusion
from arbitration.domain.vocabulary import Category, EscrowState, HistoryAction, Reason
from arbitration.store.cases import MessageKind
from arbitration.web.current import lang
from arbitration.web.i18n import catalogue
from arbitration.web.words import OUTCOMES, ROLES

Key = TypeVar("Key")
_spoken: dict[tuple[int, str], tuple[Mapping[Any, LazyString], Mapping[Any, str]]] = {}
"""Kept with the labels themselves, so that their identity stays theirs."""


def spoken(labels: Mapping[Key, LazyString]) -> Mapping[Key, str]:
    """All *labels*, a constant of this package, in the language of the request, translated once per process.

    For pages that need many: translating one by one costs a lookup of the language each.
    """
    known = (id(labels), lang())
    if known not in _spoken:
        _spoken[known] = (labels, {key: str(label) for key, label in labels.items()})
    return _spoken[known][1]


def gettext(sentence: str, **values: object) -> str:
    """*sentence* in the language of the request, filled; as Flask-Babel's, in a third of its steps."""
    said = str(catalogue(lang()).gettext(sentence))
    return said % values if values else said


STATES: Mapping[str, LazyString] = {
    State.RECEIVED: lazy_gettext("Received"),
    State.DEFICIENT: lazy_gettext("Something is missing"),
    State.INADMISSIBLE: lazy_gettext("Not admitted"),
    State.ADMITTED: lazy_gettext("Admitted"),
    State.RESPONSE_DUE: lazy_gettext("Reply awaited"),
    State.EVIDENCE: lazy_pgettext("stage", "Evidence"),
    State.DELIBERATION: lazy_gettext("Deliberation"),
    State.RULED: lazy_gettext("Ruled"),
    State.COMPLIANCE: lazy_gettext("Compliance"),
    State.CLOSED: lazy_gettext("Closed"),
    State.WITHDRAWN: lazy_gettext("Withdrawn"),
}

STAGES: Mapping[str, LazyString] = {
    "escalated": lazy_gettext("Escalated"),
    "admitted": lazy_pgettext("stage", "Admitted"),
    "evidence": lazy_pgettext("stage", "Evidence"),
    "deliberation": lazy_gettext("Deliberation"),
    "ruling": lazy_gettext("Ruling"),
    "compliance": lazy_gettext("Compliance"),
    "closed": lazy_pgettext("stage", "Closed"),
}
"""The steps of `domain.cases.STAGES`; what a stage is called is another word in Chinese than what it holds."""

TRACKS: Mapping[Track, LazyString] = {
    Track.FAST: lazy_gettext("Fast track"),
    Track.STANDARD: lazy_gettext("Standard track"),
    Track.COMPLEX: lazy_gettext("Complex track"),
}

STEPS: Mapping[str, LazyString] = {
    DeadlineKind.TRIAGE: lazy_gettext("Decide on admission"),
    DeadlineKind.CURE: lazy_gettext("Supply what is missing"),
    DeadlineKind.RESPONSE: lazy_gettext("Reply to the claims"),
    DeadlineKind.EVIDENCE: lazy_gettext("File evidence"),
    DeadlineKind.ACCEPTANCE: lazy_gettext("Accept or decline the case"),
    DeadlineKind.APPOINTMENT: lazy_gettext("Appoint an arbitrator"),
    DeadlineKind.RULING: lazy_gettext("Write the ruling"),
    DeadlineKind.SIGNATURE: lazy_gettext("Sign the ruling"),
    DeadlineKind.REVIEW: lazy_gettext("Ask for a review or waive it"),
    DeadlineKind.CORRECTION: lazy_gettext("Ask for a correction"),
    DeadlineKind.COMPLIANCE_ESCROW: lazy_gettext("Pay from escrow"),
    DeadlineKind.COMPLIANCE_OTHER: lazy_gettext("Carry out the orders"),
    DeadlineKind.COMMENT_CLAIMANT: lazy_gettext("Comment on late evidence"),
    DeadlineKind.COMMENT_RESPONDENT: lazy_gettext("Comment on late evidence"),
}
"""What must be done before a deadline of each kind, said to whoever must do it."""

AWAITED: Mapping[str, LazyString] = {
    DeadlineKind.TRIAGE: lazy_gettext("The registrar decides on admission"),
    DeadlineKind.CURE: lazy_gettext("The claimant supplies what is missing"),
    DeadlineKind.RESPONSE: lazy_gettext("The respondent replies"),
    DeadlineKind.EVIDENCE: lazy_gettext("The parties file evidence"),
    DeadlineKind.ACCEPTANCE: lazy_gettext("The arbitrator accepts or declines"),
    DeadlineKind.APPOINTMENT: lazy_gettext("The registrar appoints an arbitrator"),
    DeadlineKind.RULING: lazy_gettext("The arbitrator writes the ruling"),
    DeadlineKind.SIGNATURE: lazy_gettext("The arbitrator signs the ruling"),
    DeadlineKind.REVIEW: lazy_gettext("The parties may ask for a review"),
    DeadlineKind.CORRECTION: lazy_gettext("The parties may ask for a correction"),
    DeadlineKind.COMPLIANCE_ESCROW: lazy_gettext("The platform pays from escrow"),
    DeadlineKind.COMPLIANCE_OTHER: lazy_gettext("The platform carries out the orders"),
    DeadlineKind.COMMENT_CLAIMANT: lazy_gettext("The claimant may comment on late evidence"),
    DeadlineKind.COMMENT_RESPONDENT: lazy_gettext("The respondent may comment on late evidence"),
}
"""The same, said to everyone else."""

WAITING: Mapping[str, LazyString] = {
    State.RECEIVED: lazy_gettext("The office prepares the case"),
    State.ADMITTED: lazy_gettext("Notices are being served"),
    State.DELIBERATION: lazy_gettext("The signed ruling is being sealed"),
}
"""What goes on in a state while nobody is on the clock."""

PERIODS: Mapping[DeadlineKind, LazyString] = {
    DeadlineKind.TRIAGE: lazy_gettext("Admission decided"),
    DeadlineKind.CURE: lazy_gettext("Missing items due"),
    DeadlineKind.RESPONSE: lazy_gettext("Reply due"),
    DeadlineKind.EVIDENCE: lazy_gettext("Evidence closes"),
    DeadlineKind.ACCEPTANCE: lazy_gettext("Acceptance due"),
    DeadlineKind.APPOINTMENT: lazy_gettext("Appointment due"),
    DeadlineKind.RULING: lazy_gettext("Ruling due"),
    DeadlineKind.SIGNATURE: lazy_gettext("Signature due"),
    DeadlineKind.REVIEW: lazy_gettext("Review window ends"),
    DeadlineKind.CORRECTION: lazy_gettext("Correction window ends"),
    DeadlineKind.COMPLIANCE_ESCROW: lazy_gettext("Payment from escrow due"),
    DeadlineKind.COMPLIANCE_OTHER: lazy_gettext("Compliance due"),
    DeadlineKind.COMMENT_CLAIMANT: lazy_gettext("Claimant’s comment on late evidence due"),
    DeadlineKind.COMMENT_RESPONDENT: lazy_gettext("Respondent’s comment on late evidence due"),
}
"""The name of a deadline in a list."""

EXPIRIES: Mapping[Expiry, LazyString] = {
    Expiry.NONE: lazy_gettext("When it ends, the right to ask ends with it."),
    Expiry.ALERT: lazy_gettext("If it is missed, the case stays open, is shown as overdue, and the miss is recorded."),
    Expiry.DEEM_WITHDRAWN: lazy_gettext("If nothing comes, the case counts as withdrawn and can be brought again."),
    Expiry.NOTE_DEFAULT: lazy_gettext("If nothing comes, the default is noted and the case goes on without a reply."),
    Expiry.CLOSE_RECORD: lazy_gettext("When it ends, the record closes, once an arbitrator sits."),
    Expiry.LAPSE_APPOINTMENT: lazy_gettext("If there is no answer, the registrar appoints somebody else."),
    Expiry.LAPSE_RULING: lazy_gettext("If it is not signed, the prepared ruling is void and the draft opens again."),
    Expiry.END_REVIEW: lazy_gettext("When it ends, the orders are to be carried out."),
    Expiry.END_COMMENT: lazy_gettext("If nothing is said, the ruling may use the late file without a comment."),
    Expiry.END_COMPLIANCE: lazy_gettext("What is not reported as carried out by then counts as not complied with."),
}
"""What follows when a deadline passes."""

WHO: Mapping[str, LazyString] = {
    **{role.value: label for role, label in ROLES.items()},
    "parties": lazy_gettext("The parties"),
}
"""Whose turn it is, as deadlines name them."""

ACTIONS: Mapping[Action, LazyString] = {
    Action.ADMIT: lazy_gettext("Admit the case"),
    Action.ASK_CURE: lazy_gettext("Ask for what is missing"),
    Action.REJECT: lazy_gettext("Reject the case"),
    Action.CLOSE_RECORD: lazy_gettext("Close the record"),
    Action.CONFIRM_COMPLIANCE: lazy_gettext("Confirm that everything was done"),
}
"""What staff do to a case themselves; the other moves belong to parties, platforms and the clock."""

REJECT_REASONS: Mapping[RejectReason, LazyString] = {
    RejectReason.NO_PLATFORM_ATTEMPT: lazy_gettext("The platform was not asked first"),
    RejectReason.ALREADY_DECIDED: lazy_gettext("It has been decided already"),
    RejectReason.OUT_OF_SCOPE: lazy_gettext("It is not about digital goods"),
    RejectReason.LIMITATION: lazy_gettext("It comes too late"),
    RejectReason.NO_STANDARD_IN_FORCE: lazy_gettext("No standard was in force at the time of the order"),
    RejectReason.NO_CONSENT: lazy_gettext("A side has not agreed to this procedure"),
}

END_REASONS: Mapping[str, LazyString] = {
    **{reason.value: label for reason, label in REJECT_REASONS.items()},
    "complied": lazy_gettext("Everything ordered was done"),
    "not_complied": lazy_gettext("Not all that was ordered was carried out"),
    "no_orders": lazy_gettext("There was nothing to carry out"),
    "not_cured": lazy_gettext("What was missing did not come"),
    "withdrawn": lazy_gettext("The dispute was given up"),
}
"""Why a case ended, as `cases.end_reason` has it."""

CATEGORIES: Mapping[str, LazyString] = {
    Category.TOPUP: lazy_gettext("Top-up"),
    Category.LICENSE_KEY: lazy_gettext("Licence key"),
    Category.ACCOUNT_RENTAL: lazy_gettext("Account rental"),
    Category.ACCOUNT_SALE: lazy_gettext("Account sale"),
    Category.GIFT_CARD: lazy_gettext("Gift card"),
    Category.BOOSTING_SERVICE: lazy_gettext("Boosting service"),
}

REASONS: Mapping[str, LazyString] = {
    Reason.NOT_DELIVERED: lazy_gettext("Not delivered"),
    Reason.KEY_INVALID_OR_USED: lazy_gettext("Key invalid or used before"),
    Reason.NOT_AS_DESCRIBED: lazy_gettext("Not as described"),
    Reason.WRONG_TARGET_OR_AMOUNT: lazy_gettext("Wrong account, server or amount"),
    Reason.ACCOUNT_RECLAIMED: lazy_gettext("Account taken back by its former owner"),
    Reason.ACCOUNT_BANNED: lazy_gettext("Account banned"),
    Reason.DEPOSIT_WITHHELD: lazy_gettext("Deposit withheld"),
    Reason.UNAUTHORISED_OR_MINOR: lazy_gettext("Bought without authority or by a minor"),
    Reason.DUPLICATE: lazy_gettext("Charged or delivered twice"),
    Reason.REFUND_NOT_PROCESSED: lazy_gettext("Refund not processed"),
    Reason.COUNTERFEIT_SOURCE: lazy_gettext("Counterfeit source"),
    Reason.FRAUD: lazy_gettext("Fraud"),
    Reason.BUYER_ABUSE: lazy_gettext("Abuse by the buyer"),
    Reason.OTHER: lazy_gettext("Another reason"),
}
"""Why a dispute was brought."""

ESCROW: Mapping[EscrowState, LazyString] = {
    EscrowState.HELD: lazy_gettext("Held by the platform"),
    EscrowState.PARTLY_RELEASED: lazy_gettext("Released in part"),
    EscrowState.RELEASED: lazy_gettext("Released to the merchant"),
    EscrowState.REFUNDED: lazy_gettext("Refunded to the buyer"),
    EscrowState.NONE: lazy_gettext("No escrow"),
}

HANDLING: Mapping[HistoryAction, LazyString] = {
    HistoryAction.ENQUIRY_RECEIVED: lazy_gettext("Complaint received"),
    HistoryAction.FIRST_REPLY: lazy_gettext("First reply"),
    HistoryAction.INTERVENTION: lazy_gettext("Platform stepped in"),
    HistoryAction.PLAN_ISSUED: lazy_gettext("Solution proposed"),
    HistoryAction.OFFER: lazy_gettext("Offer"),
    HistoryAction.COUNTER: lazy_gettext("Counter-offer"),
    HistoryAction.ACCEPT: lazy_gettext("Accepted"),
    HistoryAction.REJECT: lazy_gettext("Refused"),
    HistoryAction.DECISION: lazy_gettext("Platform decided"),
    HistoryAction.ESCALATED: lazy_gettext("Escalated to the committee"),
}

KINDS: Mapping[Kind, LazyString] = {
    Kind.CHAT_LOG: lazy_gettext("Chat log"),
    Kind.ORDER_SCREENSHOT: lazy_gettext("Order screenshot"),
    Kind.PAYMENT_VOUCHER: lazy_gettext("Payment voucher"),
    Kind.INSPECTION_REPORT: lazy_gettext("Inspection report"),
    Kind.DELIVERY_LOG: lazy_gettext("Delivery log"),
    Kind.LOGIN_LOG: lazy_gettext("Login log"),
    Kind.REDEEM_LOG: lazy_gettext("Redemption log"),
    Kind.LISTING_SNAPSHOT: lazy_gettext("Listing snapshot"),
    Kind.VIDEO: lazy_gettext("Video"),
    Kind.ISSUER_STATEMENT: lazy_gettext("Statement of the issuer"),
    Kind.OTHER: lazy_gettext("Other"),
}
KIND_ICONS: Mapping[Kind, str] = {
    Kind.CHAT_LOG: "message-dots",
    Kind.ORDER_SCREENSHOT: "photo",
    Kind.PAYMENT_VOUCHER: "receipt",
    Kind.INSPECTION_REPORT: "shield-check",
    Kind.DELIVERY_LOG: "truck-delivery",
    Kind.LOGIN_LOG: "login",
    Kind.REDEEM_LOG: "key",
    Kind.LISTING_SNAPSHOT: "tag",
    Kind.VIDEO: "video",
    Kind.ISSUER_STATEMENT: "certificate",
    Kind.OTHER: "file-text",
}

ITEM_STATES: Mapping[ItemState, tuple[str, LazyString, str]] = {
    ItemState.DRAFT: ("plain", lazy_gettext("Not submitted"), "pencil"),
    ItemState.EXPECTED: ("info", lazy_gettext("Awaiting the file"), "hourglass"),
    ItemState.HELD: ("info", lazy_gettext("Being checked"), "shield-search"),
    ItemState.SUBMITTED: ("ok", lazy_gettext("On the record"), "circle-check"),
    ItemState.QUARANTINED: ("bad", lazy_gettext("Quarantined"), "ban"),
    ItemState.UNAVAILABLE: ("warn", lazy_gettext("Not available"), "file-off"),
}
"""Tone, label and icon of an item's standing."""
PROBLEMS: Mapping[Problem, tuple[LazyString, str, LazyString]] = {
    Problem.DIGEST_MISMATCH: (
        lazy_gettext("Hash mismatch"),
        "circle-x",
        lazy_gettext("It is not the file that was declared."),
    ),
    Problem.TYPE_NOT_TAKEN: (
        lazy_gettext("Type not accepted"),
        "circle-x",
        lazy_gettext("Files of its type are not accepted."),
    ),
    Problem.TYPE_MISMATCH: (
        lazy_gettext("Type not accepted"),
        "circle-x",
        lazy_gettext("Its content is not of the type that its name or its sender says."),
    ),
    Problem.UNAVAILABLE: (
        lazy_gettext("Not available"),
        "file-off",
        lazy_gettext("The file could not be had from the platform."),
    ),
    Problem.BOMB: (
        lazy_gettext("Too large to open"),
        "bomb",
        lazy_gettext("It is too large once it is opened, or unpacks to too much."),
    ),
    Problem.ENCRYPTED: (
        lazy_gettext("Locked"),
        "lock",
        lazy_gettext("It is locked with a password, so nobody can see what it is."),
    ),
    Problem.CORRUPT: (lazy_gettext("Damaged"), "file-broken", lazy_gettext("It is damaged or not complete.")),
    Problem.ACTIVE: (
        lazy_gettext("Holds more than it shows"),
        "file-code",
        lazy_gettext("It holds a script, a program or a second file."),
    ),
    Problem.BEYOND_LIMITS: (
        lazy_gettext("Cannot be opened"),
        "hourglass-off",
        lazy_gettext("It took more time or memory to open than a file may."),
    ),
    Problem.UNSEEN: (
        lazy_gettext("Too long"),
        "circle-x",
        lazy_gettext("It is too long to be looked at whole."),
    ),
    Problem.INFECTED: (
        lazy_gettext("Virus found"),
        "virus",
        lazy_gettext("The virus scanner found something in it."),
    ),
}
"""What is wrong with a file: a label, its icon, and a sentence."""
LATE = ("warn", lazy_gettext("Came after the record closed"), "clock-exclamation")


def item_standing(state: ItemState, late: int) -> tuple[str, LazyString, str]:
    """The standing of an item, which is that of its state unless it is here and came too late to be decided on."""
    return LATE if late and state is ItemState.SUBMITTED else ITEM_STATES[state]


GROUNDS: Mapping[Ground, LazyString] = {
    Ground.AUTHENTICITY: lazy_gettext("Not authentic"),
    Ground.ALTERED: lazy_gettext("Altered"),
    Ground.OBTAINED_IMPROPERLY: lazy_gettext("Improperly obtained"),
    Ground.IRRELEVANT: lazy_gettext("Irrelevant"),
    Ground.LATE: lazy_gettext("Filed too late"),
    Ground.FORM: lazy_gettext("Not in the form required"),
}
"""On what ground a side objects to a file."""
DECISIONS: Mapping[Decision, LazyString] = {
    Decision.UPHELD: lazy_gettext("Objection upheld"),
    Decision.DISMISSED: lazy_gettext("Objection dismissed"),
}

MESSAGE_KINDS: Mapping[MessageKind, LazyString] = {
    MessageKind.MESSAGE: lazy_gettext("Message"),
    MessageKind.STATEMENT: lazy_gettext("Statement"),
    MessageKind.RESPONSE: lazy_gettext("Reply to the claims"),
    MessageKind.CURE_REQUEST: lazy_gettext("Request for what is missing"),
}

EXCLUSIONS: Mapping[Exclusion, LazyString] = {
    Exclusion.PLATFORM_STAFF: lazy_gettext("Works or worked for this platform within three years"),
    Exclusion.MERCHANT_STAKE: lazy_gettext("Has or had a stake in this merchant within three years"),
    Exclusion.EARLIER_INVOLVEMENT: lazy_gettext("Declined this case or let its request lapse"),
    Exclusion.LANGUAGE: lazy_gettext("Does not work in the language of this case"),
}

APPOINTMENTS: Mapping[AppointmentState, tuple[str, LazyString]] = {
    AppointmentState.PROPOSED: ("info", lazy_gettext("Asked, no answer yet")),
    AppointmentState.ACCEPTED: ("ok", lazy_gettext("Sits in this case")),
    AppointmentState.DECLINED: ("plain", lazy_gettext("Declined")),
    AppointmentState.LAPSED: ("plain", lazy_gettext("Did not answer in time")),
}
"""Tone and label."""


class Following:
    """Says what comes next in a case, or how it ended, in one short sentence, to one reader."""

    def __init__(self, me: str | None) -> None:
        """*me* is how deadlines name the reader; None never acts."""
        self._me = me
        self._mine, self._others, self._waiting = spoken(STEPS), spoken(AWAITED), spoken(WAITING)
        self._reasons = spoken(END_REASONS)
        self._outcomes = {outcome.value: label for outcome, label in spoken(OUTCOMES).items()}

    def __call__(self, state: str, who: str, kind: str, end_reason: str | None, outcome: str | None) -> str:
        """*who* must act before the next deadline, of *kind*; both '' when none runs."""
        if kind:
            return (self._mine if who == self._me else self._others)[kind]
        if state in AFTER_RULING and outcome is not None:
            return self._outcomes[outcome]
        if end_reason is not None:
            return self._reasons.get(end_reason, end_reason)
        return self._waiting.get(state, "")


class Mark(StrEnum):
    """How an event stands in a timeline: the tone of its mark."""

    PLAIN = ""
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


EVENTS: Mapping[str, tuple[LazyString, str, Mark]] = {
    "escalation_accepted": (lazy_gettext("Case escalated by webhook"), "inbox", Mark.PLAIN),
    "case_opened": (lazy_gettext("Case opened"), "folder-open", Mark.PLAIN),
    "event_accepted": (lazy_gettext("Further event of the platform received"), "webhook", Mark.PLAIN),
    "cure_asked": (lazy_gettext("The registrar asked for what is missing"), "help-circle", Mark.WARN),
    "cured": (lazy_gettext("What was missing has come"), "circle-check", Mark.OK),
    "deemed_withdrawn": (lazy_gettext("Counted as withdrawn: what was missing did not come"), "circle-off", Mark.WARN),
    "rejected": (lazy_gettext("Not admitted"), "circle-x", Mark.BAD),
    "admitted": (lazy_gettext("Admitted"), "circle-check", Mark.OK),
    "notices_served": (lazy_gettext("Notices served on both sides"), "send", Mark.PLAIN),
    "responded": (lazy_gettext("The respondent replied"), "message-reply", Mark.PLAIN),
    "default_noted": (lazy_gettext("The respondent did not reply in time; default noted"), "user-off", Mark.WARN),
    "record_closed": (lazy_gettext("The record closed and its digest was fixed"), "lock", Mark.PLAIN),
    "ruling_issued": (lazy_gettext("Ruling signed, sealed and issued"), "rosette-discount-check", Mark.OK),
    "review_ended": (
        lazy_gettext("The review window ended; the orders are to be carried out"),
        "hourglass-empty",
        Mark.PLAIN,
    ),
    "closed_without_orders": (lazy_gettext("Closed: there was nothing to carry out"), "folder-check", Mark.OK),
    "compliance_confirmed": (lazy_gettext("Closed: everything ordered was done"), "folder-check", Mark.OK),
    "noncompliance_recorded": (
        lazy_gettext("Closed: not all that was ordered was carried out"),
        "alert-triangle",
        Mark.BAD,
    ),
    "withdrawn": (lazy_gettext("The dispute was given up"), "circle-off", Mark.WARN),
    "arbitrator_proposed": (lazy_gettext("An arbitrator was asked to sit"), "user-question", Mark.PLAIN),
    "arbitrator_accepted": (lazy_gettext("The arbitrator accepted, with a declaration"), "user-check", Mark.OK),
    "arbitrator_declined": (lazy_gettext("The arbitrator declined"), "user-x", Mark.WARN),
    "appointment_lapsed": (lazy_gettext("The arbitrator did not answer in time"), "user-off", Mark.WARN),
    "message_posted": (lazy_gettext("Message to all sides"), "message", Mark.PLAIN),
    "evidence_expected": (lazy_gettext("A file was announced and is being fetched"), "hourglass", Mark.PLAIN),
    "evidence_received": (lazy_gettext("Evidence put on the record"), "paperclip", Mark.PLAIN),
    "evidence_held": (lazy_gettext("A file waits for the virus scanner"), "shield-search", Mark.PLAIN),
    "evidence_quarantined": (lazy_gettext("A file may not be used; it is quarantined"), "ban", Mark.BAD),
    "evidence_unavailable": (lazy_gettext("A file could not be fetched"), "file-off", Mark.WARN),
    "case_exported": (lazy_gettext("The whole case was exported"), "file-zip", Mark.PLAIN),
    "bundle_made": (lazy_gettext("Bundle of the case made"), "book", Mark.PLAIN),
    "bundle_downloaded": (lazy_gettext("Bundle of the case downloaded"), "download", Mark.PLAIN),
    "evidence_viewed": (lazy_gettext("Evidence taken out"), "download", Mark.PLAIN),
    "evidence_stamped": (lazy_gettext("Trusted time obtained for a file"), "clock-check", Mark.OK),
    "evidence_erased": (lazy_gettext("A file was erased; its digest stays"), "eraser", Mark.WARN),
    "evidence_opened": (lazy_gettext("Evidence opened to read"), "eye", Mark.PLAIN),
    "evidence_disclosed": (lazy_gettext("The arbitrator disclosed a confidential original"), "lock-open", Mark.PLAIN),
    "inspection_asked": (lazy_gettext("An inspection was asked for"), "microscope", Mark.PLAIN),
    "inspection_taken": (
        lazy_gettext("The inspector took it on, with a declaration"),
        "user-check",
        Mark.OK,
    ),
    "inspection_declined": (lazy_gettext("The inspector declined the inspection"), "user-x", Mark.WARN),
    "inspection_withdrawn": (lazy_gettext("The request for an inspection was withdrawn"), "circle-off", Mark.WARN),
    "sample_handed_out": (lazy_gettext("The sample was handed out to the inspector"), "package-export", Mark.PLAIN),
    "inspection_reported": (lazy_gettext("The inspector filed a report"), "shield-check", Mark.OK),
    "endpoint_check_asked": (lazy_gettext("The merchant’s check endpoint was asked"), "plug-connected", Mark.PLAIN),
    "inspector_registered": (lazy_gettext("Inspector accredited"), "user-plus", Mark.OK),
    "inspector_key_added": (lazy_gettext("Key of an inspector registered"), "key", Mark.PLAIN),
    "inspector_key_revoked": (lazy_gettext("Key of an inspector revoked"), "key-off", Mark.WARN),
    "inspector_accreditation_ended": (lazy_gettext("Accreditation of an inspector ended"), "user-off", Mark.WARN),
    "evidence_cured": (lazy_gettext("What was missing of a file was added"), "file-plus", Mark.OK),
    "item_found": (lazy_gettext("The arbitrator found something of a file"), "list-check", Mark.PLAIN),
    "admission_decided": (lazy_gettext("The arbitrator decided how a file is admitted"), "gavel", Mark.PLAIN),
    "evidence_challenged": (lazy_gettext("A side objected to a file"), "flag", Mark.WARN),
    "objection_answered": (lazy_gettext("An objection was answered"), "message-reply", Mark.PLAIN),
    "objection_decided": (lazy_gettext("The arbitrator decided on an objection"), "gavel", Mark.PLAIN),
    "evidence_commented": (lazy_gettext("A side commented on a file that came late"), "message-reply", Mark.PLAIN),
    "comment_lapsed": (
        lazy_gettext("The time to comment on a file that came late ended in silence"),
        "hourglass-empty",
        Mark.PLAIN,
    ),
    "production_ordered": (lazy_gettext("The arbitrator ordered something to be produced"), "file-import", Mark.WARN),
    "production_produced": (lazy_gettext("What was ordered was produced"), "file-check", Mark.OK),
    "production_refused": (lazy_gettext("What was ordered was not produced, with a reason"), "file-x", Mark.WARN),
    "production_expired": (lazy_gettext("What was ordered was not produced in time"), "alarm", Mark.BAD),
    "production_withdrawn": (lazy_gettext("The order to produce was withdrawn"), "circle-off", Mark.PLAIN),
    "fact_stated": (lazy_gettext("A fact was stated or found"), "list-check", Mark.PLAIN),
    "deadline_set": (lazy_gettext("Deadline set"), "calendar-plus", Mark.PLAIN),
    "deadline_missed": (lazy_gettext("Deadline missed"), "alarm", Mark.BAD),
    "ruling_prepared": (lazy_gettext("Ruling prepared for signature"), "file-text", Mark.PLAIN),
    "ruling_authorised": (lazy_gettext("Ruling signed by the arbitrator"), "writing-sign", Mark.OK),
    "ruling_voided": (lazy_gettext("The prepared ruling is void"), "file-x", Mark.WARN),
    "ruling_downloaded": (lazy_gettext("Ruling downloaded"), "download", Mark.PLAIN),
    "review_waived": (lazy_gettext("A side waived its review"), "user-check", Mark.PLAIN),
    "execution_reported": (lazy_gettext("The platform reported that an order was carried out"), "cash", Mark.OK),
    "dispute_updated": (lazy_gettext("News from the platform"), "news", Mark.PLAIN),
    "settlement_reported": (lazy_gettext("The platform reported a settlement"), "heart-handshake", Mark.OK),
    "sequence_gap_noticed": (lazy_gettext("An event of the platform is missing"), "alert-triangle", Mark.WARN),
    "sequence_repeated": (lazy_gettext("The platform sent an event twice"), "copy", Mark.PLAIN),
    "event_came_too_late": (lazy_gettext("An event of the platform came too late"), "clock-x", Mark.WARN),
    "vault_key_added": (lazy_gettext("New key for what is encrypted at rest"), "key", Mark.PLAIN),
    "vault_resealed": (lazy_gettext("What is stored was encrypted anew"), "lock", Mark.PLAIN),
    "vault_key_retired": (lazy_gettext("The older keys were retired"), "key-off", Mark.PLAIN),
    "standard_published": (lazy_gettext("Version of the standard published"), "book-2", Mark.OK),
    "standard_sealed": (lazy_gettext("File of the version sealed"), "rosette-discount-check", Mark.OK),
    "standard_draft_started": (lazy_gettext("Draft of the standard begun"), "file-plus", Mark.PLAIN),
    "standard_draft_saved": (lazy_gettext("Draft of the standard saved"), "device-floppy", Mark.PLAIN),
    "standard_draft_withdrawn": (lazy_gettext("Draft of the standard withdrawn"), "circle-off", Mark.WARN),
    "standard_trial_requested": (lazy_gettext("Trial run of a draft of the standard begun"), "list-check", Mark.PLAIN),
    "standard_commented": (lazy_gettext("Comment on a draft of the standard"), "message-dots", Mark.PLAIN),
    "consultation_opened": (lazy_gettext("Consultation on a draft of the standard opened"), "messages", Mark.PLAIN),
    "consultation_ended_early": (lazy_gettext("Consultation ended to change the draft"), "arrow-back-up", Mark.WARN),
    "repeated_escalation_differs": (
        lazy_gettext("The platform escalated again, with other content; nothing was overwritten"),
        "alert-triangle",
        Mark.WARN,
    ),
}
"""What an event of the history is called, with the icon and tone of its mark."""

SENTENCES: Mapping[str, LazyString] = {
    "case_opened": lazy_gettext("Case opened on the %(track)s"),
    "rejected": lazy_gettext("Not admitted: %(reason)s"),
    "admitted": lazy_gettext("Admitted under standard %(standard)s and procedure %(procedure)s"),
    "evidence_expected": lazy_gettext("%(label)s was announced and is being fetched"),
    "evidence_received": lazy_gettext("%(label)s put on the record: %(kind)s"),
    "evidence_held": lazy_gettext("%(label)s waits for the virus scanner"),
    "evidence_quarantined": lazy_gettext("%(label)s is quarantined: %(problem)s"),
    "evidence_unavailable": lazy_gettext("%(label)s could not be fetched"),
    "evidence_viewed": lazy_gettext("%(role)s took out %(label)s"),
    "evidence_stamped": lazy_gettext("Trusted time obtained for %(label)s"),
    "evidence_erased": lazy_gettext("%(label)s was erased; its digest stays"),
    "bundle_downloaded": lazy_gettext("%(role)s downloaded the bundle of the case"),
    "case_exported": lazy_gettext("%(role)s took an export of the whole case"),
    "evidence_opened": lazy_gettext("%(role)s opened %(label)s to read"),
    "evidence_disclosed": lazy_gettext("The arbitrator disclosed the original of %(label)s: %(reason)s"),
    "inspection_asked": lazy_gettext("An inspection of %(label)s was asked for"),
    "inspection_taken": lazy_gettext("The inspector took the inspection of %(label)s on, with a declaration"),
    "inspection_declined": lazy_gettext("The inspector declined the inspection of %(label)s"),
    "inspection_withdrawn": lazy_gettext("The request for an inspection of %(label)s was withdrawn"),
    "sample_handed_out": lazy_gettext("%(label)s was handed out to the inspector"),
    "inspection_reported": lazy_gettext("The inspector reported on %(label)s: %(report)s"),
    "evidence_cured": lazy_gettext("What was missing of %(label)s was added"),
    "item_found": lazy_gettext("The arbitrator found something of %(label)s: %(reason)s"),
    "admission_decided": lazy_gettext("The arbitrator decided how %(label)s is admitted: %(reason)s"),
    "evidence_challenged": lazy_gettext("%(side)s objected to %(label)s: %(ground)s"),
    "objection_answered": lazy_gettext("The objection to %(label)s was answered: %(ground)s"),
    "objection_decided": lazy_gettext("The arbitrator decided on the objection to %(label)s: %(decision)s"),
    "evidence_commented": lazy_gettext("%(side)s commented on %(label)s, which came late"),
    "comment_lapsed": lazy_gettext("%(side)s did not comment in time on %(label)s, which came late"),
    "production_ordered": lazy_gettext("%(obligor)s is ordered to produce: %(what)s"),
    "production_produced": lazy_gettext("%(obligor)s produced %(label)s as ordered"),
    "production_refused": lazy_gettext("%(obligor)s did not produce what was ordered: %(reason)s"),
    "production_expired": lazy_gettext("%(obligor)s did not produce in time what was ordered"),
    "deadline_set": lazy_gettext("Deadline set: %(kind)s"),
    "deadline_missed": lazy_gettext("Deadline missed: %(kind)s"),
    "ruling_issued": lazy_gettext("Ruling signed, sealed and issued: %(outcome)s"),
    "ruling_downloaded": lazy_gettext("%(role)s downloaded the ruling"),
    "review_waived": lazy_gettext("%(role)s waived the review"),
}
"""The same with what the event says, for those whose payload adds something."""
MISSED: Mapping[str, LazyString] = {
    "admitted": lazy_gettext(
        "Admitted under standard %(standard)s and procedure %(procedure)s; the platform missed %(missed)s of %(times)s "
        "response times"
    ),
}
"""The same where the audit of the platform's handling found response times missed."""
LATE_SENTENCES: Mapping[str, LazyString] = {
    "evidence_received": lazy_gettext("%(label)s came after the record closed: %(kind)s"),
}
"""The same of an item that came late."""
MESSAGE_SENTENCES: Mapping[MessageKind, LazyString] = {
    MessageKind.MESSAGE: lazy_gettext("%(role)s wrote to all sides"),
    MessageKind.STATEMENT: lazy_gettext("%(role)s made a statement"),
    MessageKind.RESPONSE: lazy_gettext("%(role)s filed a reply to the claims"),
    MessageKind.CURE_REQUEST: lazy_gettext("%(role)s wrote what is missing"),
}

FACT_SENTENCES: Mapping[str, LazyString] = {
    Stance.ASSERT: lazy_gettext("%(role)s states: %(fact)s"),
    Stance.ADMIT: lazy_gettext("%(role)s agrees: %(fact)s"),
    Stance.DISPUTE: lazy_gettext("%(role)s disputes: %(fact)s"),
    Stance.FIND: lazy_gettext("The arbitrator found: %(fact)s"),
    Stance.NOT_FIND: lazy_gettext("Not proven, the arbitrator found: %(fact)s"),
    Stance.REOPEN: lazy_gettext("The arbitrator took a finding back: %(fact)s"),
}
"""What was said of a fact, by stance; the fact is called what its standard calls it."""

_CODED: Mapping[str, Mapping[Any, LazyString]] = {
    "track": TRACKS,
    "reason": END_REASONS,
    "role": ROLES,
    "side": ROLES,
    "obligor": ROLES,
    "ground": GROUNDS,
    "decision": DECISIONS,
    "outcome": OUTCOMES,
    "problem": {problem: label for problem, (label, _, _) in PROBLEMS.items()},
}
"""Fields of payloads that hold a stored word."""
_KIND: Mapping[str, Mapping[Any, LazyString]] = {
    "evidence_received": KINDS,
    "deadline_set": PERIODS,
    "deadline_missed": PERIODS,
}
"""What `kind` means in the payload of an event."""
_ANY: Mapping[Any, LazyString] = {}


def event_sentence(kind: str, payload: Mapping[str, Any] | None, facts: Mapping[str, str] | None = None) -> str:
    """What happened, in one sentence. Without its payload (erased), or of an unknown kind, as far as it is known.

    *facts* are the labels of the case's standard, by name.
    """
    if kind == "fact_stated" and payload is not None:
        role, fact = spoken(WHO).get(payload["side"], ""), payload["fact"]
        return spoken(FACT_SENTENCES)[payload["stance"]] % {"role": role, "fact": (facts or {}).get(fact, fact)}
    audited = payload.get("handling", []) if payload is not None else []
    missed = sum(tier["standing"] in BREACHED for tier in audited)
    sentence = spoken(MISSED if missed else SENTENCES).get(kind)
    if payload is not None and payload.get("late") and kind in LATE_SENTENCES:
        sentence = spoken(LATE_SENTENCES)[kind]
    if kind == "message_posted" and payload is not None:
        sentence = spoken(MESSAGE_SENTENCES).get(payload.get("kind", ""))
    if sentence is None or payload is None:
        return str(EVENTS[kind][0]) if kind in EVENTS else kind
    words = {**_CODED, "kind": _KIND.get(kind, _ANY)}
    said = {name: spoken(words[name]).get(value, value) if name in words else value for name, value in payload.items()}
    try:
        return sentence % {**said, "missed": missed, "times": len(audited)}
    except KeyError:
        return str(EVENTS[kind][0])


def event_mark(kind: str) -> tuple[str, Mark]:
    """Icon and tone of an event's mark."""
    return EVENTS[kind][1:] if kind in EVENTS else ("point", Mark.PLAIN)
