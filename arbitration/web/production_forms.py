"""The forms of production orders: to order, to answer and to withdraw; of the last two a page may hold several."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from arbitration.domain.errors import Invalid
from arbitration.domain.permissions import Role
from arbitration.domain.productions import HOURS, Obligor
from arbitration.web.case_forms import CaseForm
from arbitration.web.errors import explain
from arbitration.web.typed import clean
from arbitration.web.words import ROLES


class ProductionForm(CaseForm):
    """A form whose refusal stands beside the field that is to blame."""

    def blame(self, refused: Invalid) -> None:
        """Say it beside each field that it names."""
        for error in refused.fields:
            self[error.path].errors = [explain(refused)]


class OrderForm(ProductionForm):
    """Who is to produce what, on which fact it bears, and until when."""

    obligor = SelectField(
        lazy_gettext("Who is to produce it"),
        choices=[SelectChoice(each, ROLES[Role(each)]) for each in Obligor],
        validate_choice=False,
    )
    what = TextAreaField(lazy_gettext("What is to be produced"), filters=[clean])
    fact = SelectField(lazy_gettext("The fact on which it bears"), validate_choice=False)
    hours = SelectField(lazy_gettext("Time to produce it"), validate_choice=False)

    def obliged(self) -> Obligor | None:
        """Whom it names; without one the error stands beside the field."""
        if self.obligor.data in set(Obligor):
            return Obligor(self.obligor.data)
        self.obligor.errors = [gettext("Choose who is to produce it.")]
        return None

    def given_hours(self) -> int:
        """The time that was chosen, 0 where it is none of those that may be given."""
        return int(self.hours.data) if self.hours.data in map(str, HOURS) else 0


class AnswerForm(ProductionForm):
    """The file that was filed, or why not."""

    label = SelectField(lazy_gettext("The file that you filed"), validate_choice=False)
    words = TextAreaField(lazy_gettext("Or why you cannot produce it"), filters=[clean])

    def is_one_answer(self) -> bool:
        """Whether it says one of both; else the error stands beside the field."""
        if self.label.data and self.words.data:
            self.label.errors = [gettext("Name the file or say why you cannot produce it, not both.")]
        elif not self.label.data and not (self.words.data or "").strip():
            self.label.errors = [gettext("Choose the file, or say why it cannot be produced.")]
        return not self.label.errors


class WithdrawForm(ProductionForm):
    """Why it is not needed any more."""

    words = TextAreaField(lazy_gettext("Why"), filters=[clean])


@dataclass(frozen=True)
class Sent:
    """What came back refused, to be shown again as it was typed; by the number of the order."""

    order: OrderForm | None = None
    answers: Mapping[int, AnswerForm] = field(default_factory=dict)
    withdrawals: Mapping[int, WithdrawForm] = field(default_factory=dict)

    def answer(self, number: int) -> AnswerForm:
        """The form to answer an order, empty where none was sent."""
        return self.answers.get(number) or AnswerForm(None, prefix=f"answer{number}-")

    def withdrawal(self, number: int) -> WithdrawForm:
        """The form to withdraw an order, empty where none was sent."""
        return self.withdrawals.get(number) or WithdrawForm(None, prefix=f"withdraw{number}-")
