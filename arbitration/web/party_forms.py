"""What a party can do from its page, each as a form: said in plain words before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from arbitration.actions import cases, filing, signing
from arbitration.actions.cases import MAX_MESSAGE_CHARS
from arbitration.actions.context import Work
from arbitration.domain.cases import CASE, OPEN, Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.store.cases import Case, Party
from arbitration.web.evidence_words import KINDS
from arbitration.web.typed import clean

CODE_CHARS = 40


class Act(StrEnum):
    """The steps that are open to a party, as their addresses name them."""

    CURE = "cure"
    RESPONSE = "response"
    EVIDENCE = "evidence"
    LATE = "late"
    STATEMENT = "statement"
    CONFIRM = "confirm"
    WAIVE = "waive"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class ActWords:
    """An act as its party reads it. `asks` is the label of its text, None where nothing is written.

    `ends` marks what cannot be taken back; `until` are the periods in which it is expected.
    """

    icon: str
    label: LazyString
    text: LazyString
    button: LazyString
    done: LazyString
    asks: LazyString | None = None
    optional: bool = False
    ends: bool = False
    until: tuple[DeadlineKind, ...] = ()


ACTS: dict[Act, ActWords] = {
    Act.CURE: ActWords(
        "file-plus",
        lazy_gettext("Supply what is missing"),
        lazy_gettext("Write what you have supplied; if files are missing, add them first."),
        lazy_gettext("Send"),
        lazy_gettext("Sent. The office looks at your case again."),
        asks=lazy_gettext("What you have supplied"),
        until=(DeadlineKind.CURE,),
    ),
    Act.RESPONSE: ActWords(
        "message-reply",
        lazy_gettext("Reply to the claims"),
        lazy_gettext("Say what is right and what is not. You can reply once; everyone in the case reads it."),
        lazy_gettext("Send the reply"),
        lazy_gettext("Your reply is on the record. The time for evidence has begun."),
        asks=lazy_gettext("Your reply"),
        until=(DeadlineKind.RESPONSE,),
    ),
    Act.EVIDENCE: ActWords(
        "paperclip",
        lazy_gettext("File evidence"),
        lazy_gettext("Photos, chats, vouchers: several files at once. You check them before they count."),
        lazy_gettext("Submit"),
        lazy_gettext("Your files are on the record."),
        until=(DeadlineKind.EVIDENCE,),
    ),
    Act.LATE: ActWords(
        "clock-exclamation",
        lazy_gettext("File evidence late"),
        lazy_gettext("The record is closed. A late file counts only with good cause or if it decides the case."),
        lazy_gettext("Submit"),
        lazy_gettext("Your files are on the record."),
    ),
    Act.STATEMENT: ActWords(
        "message-plus",
        lazy_gettext("Write to everyone in the case"),
        lazy_gettext(
            "The other side, the platform, the office and the arbitrator all read it. Nothing goes to one alone."
        ),
        lazy_gettext("Send to everyone"),
        lazy_gettext("Sent to everyone in the case."),
        asks=lazy_gettext("Your statement"),
    ),
    Act.CONFIRM: ActWords(
        "circle-check",
        lazy_gettext("Confirm that everything was done"),
        lazy_gettext("Only confirm what you have really received. This closes the case."),
        lazy_gettext("Confirm and close the case"),
        lazy_gettext("Confirmed. The case is closed."),
        ends=True,
        until=(DeadlineKind.COMPLIANCE_ESCROW, DeadlineKind.COMPLIANCE_OTHER),
    ),
    Act.WAIVE: ActWords(
        "player-skip-forward",
        lazy_gettext("Accept the ruling without review"),
        lazy_gettext(
            "You give up your time to ask for review. When both sides have, the orders can be carried out at once; the "
            "dates in the ruling stay."
        ),
        lazy_gettext("Accept the ruling"),
        lazy_gettext("You have accepted the ruling without review."),
        ends=True,
        until=(DeadlineKind.REVIEW,),
    ),
    Act.WITHDRAW: ActWords(
        "arrow-back-up",
        lazy_gettext("Withdraw the dispute"),
        lazy_gettext("The case ends without a ruling and nothing is decided. This cannot be taken back."),
        lazy_gettext("Withdraw the dispute"),
        lazy_gettext("The dispute is withdrawn and the case has ended."),
        asks=lazy_gettext("Your reason (everyone reads it)"),
        optional=True,
        ends=True,
    ),
}
"""In the order in which they are offered."""

_MOVES = {
    Act.CURE: Action.CURE,
    Act.RESPONSE: Action.RESPOND,
    Act.CONFIRM: Action.CONFIRM_COMPLIANCE,
    Act.WITHDRAW: Action.WITHDRAW,
}


def open_acts(work: Work, case: Case, party: Party) -> list[Act]:
    """What *party* can do now."""
    moves = CASE.open_actions(case.state, party.role)
    may = {act for act, move in _MOVES.items() if move in moves}
    if filing.may_file(work, case):
        may.add(Act.LATE if filing.is_late(case) else Act.EVIDENCE)
    if case.state in OPEN:
        may.add(Act.STATEMENT)
    if case.state is State.RULED and party.role in signing.SIDES and party.review_waived_at is None:
        may.add(Act.WAIVE)
    return [act for act in ACTS if act in may]


DO: dict[Act, Callable[[Work, str, str], None]] = {
    Act.CURE: cases.cure,
    Act.RESPONSE: cases.respond,
    Act.STATEMENT: cases.post_message,
    Act.CONFIRM: lambda work, case_no, _: signing.confirm_compliance(work, case_no),
    Act.WAIVE: lambda work, case_no, _: signing.waive_review(work, case_no),
    Act.WITHDRAW: cases.withdraw,
}


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The access code that goes with a link."""

    code = StringField(
        lazy_gettext("Access code"),
        [InputRequired(lazy_gettext("Enter the access code that came with your link.")), Length(max=CODE_CHARS)],
    )


class TextForm(FlaskForm):  # type: ignore[misc]
    """What a party writes; whether it may stay empty is the act's."""

    text = TextAreaField(
        filters=[clean],
        validators=[
            Length(max=MAX_MESSAGE_CHARS, message=lazy_gettext("That is longer than %(max)d characters; shorten it."))
        ],
    )


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Several files of one kind."""

    kind = SelectField(
        lazy_gettext("What the files are"), choices=[SelectChoice(kind, label) for kind, label in KINDS.items()]
    )
    files = MultipleFileField(lazy_gettext("Files"))
