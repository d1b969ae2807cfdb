"""The decisions that staff take in a case, each as a form of its own: its fields, its words, and where it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from arbitration.actions import admissibility, panel
from arbitration.actions import standard as standards
from arbitration.actions.cases import MAX_MESSAGE_CHARS
from arbitration.actions.context import Work, get_case
from arbitration.actions.panel import Candidate
from arbitration.domain.deadlines import DeadlineKind
from arbitration.store import evidence, productions
from arbitration.web.case_head import DRASTIC, STEP_LABELS, Head, Step, step_url
from arbitration.web.case_told import elapsed
from arbitration.web.current import lang
from arbitration.web.formats import beijing_word
from arbitration.web.pending_pages import PendingShown
from arbitration.web.typed import clean
from arbitration.web.wording import EXCLUSIONS, REJECT_REASONS, gettext

_NOT_TOO_LONG = Length(
    max=MAX_MESSAGE_CHARS,
    message=lazy_gettext("That is longer than %(max)d characters; shorten it or file it as evidence."),
)
DECLARATION = lazy_gettext(
    "I have read who the parties and the platform of this case are. In the last three years I have had no employment, "
    "holding, business, family or other close relation with either side or with the platform. In the last 180 days I "
    "have decided no other case of this merchant. I have received no gift or benefit, and have not spoken about this "
    "dispute with anyone outside the record. I know of nothing that could raise doubt about my impartiality, and I "
    "will disclose at once whatever comes up."
)
"""What an arbitrator declares unless there is something to disclose."""


class CaseForm(FlaskForm):  # type: ignore[misc]
    """Several stand on one page: the token is a field of the page's, the names of the fields begin with the form's."""

    class Meta:
        csrf = False  # CSRFProtect checks the token of every form that is sent


def _text(label: LazyString, missing: LazyString) -> TextAreaField:
    return TextAreaField(label, [InputRequired(missing), _NOT_TOO_LONG], filters=[clean])


class CureForm(CaseForm):
    text = _text(
        lazy_gettext("What is missing, and how it can be supplied"),
        lazy_gettext("Say what is missing and how it can be supplied."),
    )


class RejectForm(CaseForm):
    reason = SelectField(
        lazy_gettext("Reason"),
        [InputRequired(lazy_gettext("Choose the reason."))],
        choices=[
            SelectChoice("", lazy_gettext("Choose…")),
            *(SelectChoice(reason, label) for reason, label in REJECT_REASONS.items()),
        ],
    )
    text = _text(lazy_gettext("The reason in words"), lazy_gettext("Give the reason in words, too."))


class AppointForm(CaseForm):
    arbitrator = RadioField(
        lazy_gettext("Arbitrator"),
        [InputRequired(lazy_gettext("Choose an arbitrator."))],
        validate_choice=False,
    )


class AcceptForm(CaseForm):
    declaration = _text(
        lazy_gettext("Your declaration"),
        lazy_gettext("Acceptance needs a declaration."),
    )


class DeclineForm(CaseForm):
    reason = _text(
        lazy_gettext("Why you decline"),
        lazy_gettext("Say why you decline; the registrar and the record keep it."),
    )


class MessageForm(CaseForm):
    text = _text(lazy_gettext("Message to all sides"), lazy_gettext("Write the message."))


_FORMS: dict[Step, type[CaseForm]] = {
    Step.ASK_CURE: CureForm,
    Step.REJECT: RejectForm,
    Step.APPOINT: AppointForm,
    Step.ACCEPT: AcceptForm,
    Step.DECLINE: DeclineForm,
}
_ROUTES: dict[Step, str] = {
    Step.ADMIT: "cases.admit",
    Step.ASK_CURE: "cases.ask_cure",
    Step.REJECT: "cases.reject",
    Step.APPOINT: "panel.appoint",
    Step.ACCEPT: "panel.accept",
    Step.DECLINE: "panel.decline",
    Step.CLOSE_RECORD: "evidence.close_record",
}


def form_of(step: Step, **given: Any) -> CaseForm:
    """The form of a step, filled from the request when one was sent."""
    return _FORMS[step](prefix=step.value, **given)


@dataclass(frozen=True)
class CandidateShown:
    """One arbitrator to choose from, or why not."""

    actor_id: str
    name: str
    load: str
    excluded: list[str]


@dataclass(frozen=True)
class Decision:
    """One step as the page offers it: with a form, or a link to where it is taken. `blocked` says why it cannot be.

    `still_open` is what it would leave open.
    """

    step: Step
    label: str
    says: str
    url: str
    is_link: bool
    style: str
    form: CaseForm | None
    blocked: bool
    open: bool
    candidates: list[CandidateShown]
    still_open: list[PendingShown]


def decisions(work: Work, head: Head, sent: Mapping[Step, CaseForm]) -> list[Decision]:
    """What the viewer can do now. A form in *sent* comes back with what was typed and what is wrong with it."""
    shown = []
    for step in head.open_steps:
        is_link = step not in _ROUTES
        says, blocked = _says(work, head, step)
        form = sent.get(step) or _empty(step)
        shown.append(
            Decision(
                step=step,
                label=str(STEP_LABELS[step]),
                says=says,
                url=step_url(head.case_no, step) if is_link else url_for(_ROUTES[step], case_no=head.case_no),
                is_link=is_link,
                style="button-danger" if step in DRASTIC else "button-primary",
                form=form,
                blocked=blocked,
                open=step in sent if sent else step is head.main_step,
                candidates=_candidates(work, head.case_no) if step is Step.APPOINT else [],
                still_open=head.pending if step is Step.CLOSE_RECORD else [],
            )
        )
    return shown


def _empty(step: Step) -> CaseForm | None:
    if step not in _FORMS:
        return None
    if step is Step.ACCEPT:
        return AcceptForm(None, prefix=step.value, declaration=str(DECLARATION))
    return _FORMS[step](None, prefix=step.value)


def _candidates(work: Work, case_no: str) -> list[CandidateShown]:
    return [
        CandidateShown(
            candidate.actor_id, candidate.name, _load(candidate), [str(EXCLUSIONS[rule]) for rule in candidate.excluded]
        )
        for candidate in panel.candidates(work, case_no)
    ]


def _load(candidate: Candidate) -> str:
    if not candidate.load:
        return gettext("No open case")
    return gettext("Open cases: %(count)s", count=candidate.load)


def _says(work: Work, head: Head, step: Step) -> tuple[str, bool]:
    """What a step means, and whether something stands in its way."""
    match step:
        case Step.ADMIT:
            return _says_of_admission(work, head)
        case Step.ASK_CURE:
            return gettext(
                "Everyone in the case reads it. The claimant has %(time)s to supply it; else the case counts as "
                "withdrawn and can be brought again.",
                time=_lasts(work, head, DeadlineKind.CURE),
            ), False
        case Step.REJECT:
            return gettext("The case ends here. Everyone in it reads the reason and your words."), False
        case Step.APPOINT:
            return gettext(
                "Whoever is asked has %(time)s to accept with a declaration. Ties and earlier steps exclude by rule.",
                time=_lasts(work, head, DeadlineKind.ACCEPTANCE),
            ), False
        case Step.ACCEPT:
            return gettext("Your declaration goes into the record; everyone in the case can read it."), False
        case Step.DECLINE:
            return gettext("The registrar asks somebody else, and the case leaves your docket."), False
        case Step.CLOSE_RECORD:
            return _says_of_closing(work, head)
        case Step.WRITE:
            return gettext("The record is closed and its digest is fixed. Decide on every claim, with reasons."), False
        case Step.SIGN:
            return gettext("The pages are ready. Exactly the bytes that you see are signed."), False


def _lasts(work: Work, head: Head, kind: DeadlineKind) -> str:
    return elapsed(work.procedures[head.case.procedure_version].rules[kind].lasts[head.case.track])


def _says_of_admission(work: Work, head: Head) -> tuple[str, bool]:
    standard = standards.governing(work, head.case.standard_version, head.case.ordered_at)
    if standard is None:
        return gettext(
            "No version of the standard was in force when this order was placed; reject it with that reason."
        ), True
    return gettext(
        "Standard %(standard)s, in force when the order was placed, and procedure %(procedure)s are pinned. Both sides "
        "get their notices at once, and the respondent has %(time)s to reply.",
        standard=standard.version,
        procedure=work.procedure.version,
        time=_lasts(work, head, DeadlineKind.RESPONSE),
    ), False


def _says_of_closing(work: Work, head: Head) -> tuple[str, bool]:
    if evidence.is_held(work.session, head.case_no):
        return gettext("A file is still being checked; the record can be closed when that is done."), True
    if productions.is_open(work.session, head.case_no):
        return gettext(
            "Something is still to be produced. The record can be closed when that is answered or its time is over, or "
            "when you withdraw the order."
        ), True
    said = [
        gettext("What is filed afterwards counts as late: the digest is fixed, and deliberation begins."),
        _says_of_gaps(work, head),
        _says_when_it_closes(head),
    ]
    return ("" if lang() == "zh" else " ").join(filter(None, said)), False


def _says_of_gaps(work: Work, head: Head) -> str | None:
    """What closing does not end: the time to fill gaps in the form of what was filed."""
    curable = admissibility.curable(work, get_case(work, head.case_no))
    if not curable:
        return None
    return gettext(
        "What is missing from the form of %(labels)s may still be added until %(time)s at the latest.",
        labels=gettext(", ").join(each.item.label or "" for each in curable),
        time=beijing_word(max(filter(None, (each.computed.cure_until for each in curable))), lang()),
    )


def _says_when_it_closes(head: Head) -> str | None:
    running = next((period for period in head.periods if period.runs and period.kind is DeadlineKind.EVIDENCE), None)
    if running is None:
        return None
    return gettext(
        "It closes by itself on %(time)s; close it earlier only if both sides have said all.",
        time=beijing_word(running.due_at, lang()),
    )
