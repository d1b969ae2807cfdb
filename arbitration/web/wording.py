"""What is stored about a case, in the words of the reader: states, stages, deadlines, reasons.

`words` has the few that every layer of pages shares (roles, outcomes, remedies); `evidence_words` and `event_words`
have those for files and for what happened.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask_babel import LazyString, lazy_gettext, lazy_pgettext

from arbitration.domain.cases import AFTER_RULING, Action, RejectReason, State, Track
from arbitration.domain.deadlines import DeadlineKind, Expiry
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
