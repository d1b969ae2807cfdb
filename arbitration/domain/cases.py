"""The main line of a case: its states, the only moves between them, and how a party reads them."""

from enum import StrEnum

from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role


class State(StrEnum):
    """Where a case stands (domain.md §4). The moves between the states are `CASE`, and no others."""

    RECEIVED = "received"
    DEFICIENT = "deficient"
    INADMISSIBLE = "inadmissible"
    ADMITTED = "admitted"
    RESPONSE_DUE = "response_due"
    EVIDENCE = "evidence"
    DELIBERATION = "deliberation"
    RULED = "ruled"
    COMPLIANCE = "compliance"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can happen to a case; `EVENT` has the name under which each is told."""

    ASK_CURE = "ask_cure"
    CURE = "cure"
    DEEM_WITHDRAWN = "deem_withdrawn"
    REJECT = "reject"
    ADMIT = "admit"
    SERVE_NOTICES = "serve_notices"
    RESPOND = "respond"
    NOTE_DEFAULT = "note_default"
    CLOSE_RECORD = "close_record"
    ISSUE_RULING = "issue_ruling"
    END_REVIEW = "end_review"
    CLOSE_WITHOUT_ORDERS = "close_without_orders"
    CONFIRM_COMPLIANCE = "confirm_compliance"
    RECORD_NONCOMPLIANCE = "record_noncompliance"
    WITHDRAW = "withdraw"


BEFORE_RULING = frozenset(
    {
        State.RECEIVED,
        State.DEFICIENT,
        State.ADMITTED,
        State.RESPONSE_DUE,
        State.EVIDENCE,
        State.DELIBERATION,
    }
)
ENDED = frozenset({State.INADMISSIBLE, State.CLOSED, State.WITHDRAWN})
OPEN = frozenset(State) - ENDED
AFTER_RULING = frozenset({State.RULED, State.COMPLIANCE, State.CLOSED})

CASE = Machine(
    "case",
    {
        Action.ASK_CURE: move({State.RECEIVED}, State.DEFICIENT, {Role.REGISTRAR}),
        Action.CURE: move({State.DEFICIENT}, State.RECEIVED, {Role.PLATFORM, Role.CLAIMANT}),
        Action.DEEM_WITHDRAWN: move({State.DEFICIENT}, State.WITHDRAWN, {Role.SYSTEM}),
        Action.REJECT: move({State.RECEIVED, State.DEFICIENT}, State.INADMISSIBLE, {Role.REGISTRAR}),
        Action.ADMIT: move({State.RECEIVED}, State.ADMITTED, {Role.REGISTRAR}),
        Action.SERVE_NOTICES: move({State.ADMITTED}, State.RESPONSE_DUE, {Role.SYSTEM}),
        Action.RESPOND: move({State.RESPONSE_DUE}, State.EVIDENCE, {Role.RESPONDENT}),
        Action.NOTE_DEFAULT: move({State.RESPONSE_DUE}, State.EVIDENCE, {Role.SYSTEM}),
        Action.CLOSE_RECORD: move({State.EVIDENCE}, State.DELIBERATION, {Role.ARBITRATOR, Role.SYSTEM}),
        # The arbitrator's signature is a move of the ruling's own machine; the case follows when the file is sealed.
        Action.ISSUE_RULING: move({State.DELIBERATION}, State.RULED, {Role.SYSTEM}),
        Action.END_REVIEW: move({State.RULED}, State.COMPLIANCE, {Role.SYSTEM}),
        Action.CLOSE_WITHOUT_ORDERS: move({State.RULED}, State.CLOSED, {Role.SYSTEM}),
        Action.CONFIRM_COMPLIANCE: move({State.COMPLIANCE}, State.CLOSED, {Role.CLAIMANT, Role.SYSTEM}),
        Action.RECORD_NONCOMPLIANCE: move({State.COMPLIANCE}, State.CLOSED, {Role.SYSTEM}),
        Action.WITHDRAW: move(set(BEFORE_RULING), State.WITHDRAWN, {Role.CLAIMANT, Role.PLATFORM}),
    },
)

EVENT: dict[Action, str] = {
    Action.ASK_CURE: "cure_asked",
    Action.CURE: "cured",
    Action.DEEM_WITHDRAWN: "deemed_withdrawn",
    Action.REJECT: "rejected",
    Action.ADMIT: "admitted",
    Action.SERVE_NOTICES: "notices_served",
    Action.RESPOND: "responded",
    Action.NOTE_DEFAULT: "default_noted",
    Action.CLOSE_RECORD: "record_closed",
    Action.ISSUE_RULING: "ruling_issued",
    Action.END_REVIEW: "review_ended",
    Action.CLOSE_WITHOUT_ORDERS: "closed_without_orders",
    Action.CONFIRM_COMPLIANCE: "compliance_confirmed",
    Action.RECORD_NONCOMPLIANCE: "noncompliance_recorded",
    Action.WITHDRAW: "withdrawn",
}
"""What the history and the platform's webhook call each move, in the past tense."""

STAGES: tuple[tuple[str, frozenset[State]], ...] = (
    ("escalated", frozenset({State.RECEIVED, State.DEFICIENT})),
    ("admitted", frozenset({State.ADMITTED, State.RESPONSE_DUE})),
    ("evidence", frozenset({State.EVIDENCE})),
    ("deliberation", frozenset({State.DELIBERATION})),
    ("ruling", frozenset({State.RULED})),
    ("compliance", frozenset({State.COMPLIANCE})),
    ("closed", frozenset({State.CLOSED})),
)
"""The steps a reader is shown, in order; a withdrawn or inadmissible case stands beside them."""


class Track(StrEnum):
    """How long each step of a case may take (domain.md §4), chosen at admission."""

    FAST = "fast"
    STANDARD = "standard"
    COMPLEX = "complex"


class RejectReason(StrEnum):
    """Why an escalation is not admitted (domain.md §4)."""

    NO_PLATFORM_ATTEMPT = "no_platform_attempt"
    ALREADY_DECIDED = "already_decided"
    OUT_OF_SCOPE = "out_of_scope"
    LIMITATION = "limitation"
    NO_STANDARD_IN_FORCE = "no_standard_in_force"
    NO_CONSENT = "no_consent"
