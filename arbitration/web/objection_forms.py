"""The forms of objections: to object, to reply, and to decide; of the last two a page may hold several."""

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from arbitration.web.case_forms import CaseForm
from arbitration.web.evidence_words import DECISIONS
from arbitration.web.typed import clean


class ObjectionForm(CaseForm):
    """On what ground, and why."""

    ground = RadioField(lazy_gettext("What is wrong with it"), validate_choice=False)
    words = TextAreaField(lazy_gettext("In your words (everyone in the case reads it)"), filters=[clean])


class ReplyForm(CaseForm):
    """The one reply."""

    words = TextAreaField(lazy_gettext("Your reply (everyone in the case reads it)"), filters=[clean])


class DecisionForm(CaseForm):
    """What the arbitrator makes of one objection."""

    decision = RadioField(
        lazy_gettext("Your decision"),
        choices=[SelectChoice(each, label) for each, label in DECISIONS.items()],
        validate_choice=False,
    )
    reason = TextAreaField(lazy_gettext("Reason (everyone in the case reads it)"), filters=[clean])
