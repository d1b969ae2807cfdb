"""The forms by which a fact is found or stated: a control for each type of value, and what a finding rests on."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from flask_babel import LazyString, gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from arbitration.actions.facts import MAX_SOURCE_CHARS, MAX_VALUE_CHARS
from arbitration.domain.clauses import Enumeration, Fact
from arbitration.domain.evaluation import Value
from arbitration.domain.facts import Stance
from arbitration.domain.values import write_value
from arbitration.web.case_forms import CaseForm
from arbitration.web.current import said
from arbitration.web.ruling_forms import fen_from
from arbitration.web.typed import clean

NEVER = "never"
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_WRITTEN_DURATION = re.compile(r"(\d+)(d|h|min|s)", re.ASCII)


class ValueForm(CaseForm):
    """A value of one fact. `control` names what the page draws; `problem` is what is said when it is no value."""

    control: ClassVar[str] = "field"
    problem: ClassVar[LazyString] = lazy_gettext("Write the value.")

    def typed(self) -> str:
        """What is typed, as the standard writes values; '' for nothing of the kind."""
        return clean(self.value.data).strip()

    def written(self) -> str | None:
        """The same; None where it is no value: then the field says so."""
        found = self.typed()
        if not found:
            self.blame(str(self.problem))
        return found or None

    def blame(self, sentence: str) -> None:
        """Say at the value what is wrong with it."""
        self.value.errors = [sentence]


class TextForm(ValueForm):
    value = StringField(lazy_gettext("Value"), [Length(max=MAX_VALUE_CHARS)])


class TruthForm(ValueForm):
    control = "choices"
    problem = lazy_gettext("Choose yes or no.")
    value = RadioField(
        lazy_gettext("Value"),
        choices=[SelectChoice("true", lazy_gettext("Yes")), SelectChoice("false", lazy_gettext("No"))],
        validate_choice=False,
    )


class WordForm(ValueForm):
    problem = lazy_gettext("Choose one of the list.")
    value = SelectField(lazy_gettext("Value"), validate_choice=False)


class InstantForm(ValueForm):
    control = "instant"
    problem = lazy_gettext("Enter day and time, or mark that it did not happen.")
    value = StringField(lazy_gettext("Day and time (Beijing)"))
    never = BooleanField(lazy_gettext("It did not happen"))

    def typed(self) -> str:
        if self.never.data:
            return NEVER
        try:
            at = datetime.fromisoformat(clean(self.value.data).strip())
        except ValueError:
            return ""
        return "" if at.tzinfo else at.isoformat(" ", "seconds").removesuffix(":00")


class DurationForm(ValueForm):
    control = "duration"
    problem = lazy_gettext("Enter a whole number of the unit beside it.")
    value = StringField(lazy_gettext("How long"))
    unit = SelectField(
        lazy_gettext("Unit"),
        choices=[
            SelectChoice("d", lazy_gettext("days")),
            SelectChoice("h", lazy_gettext("hours")),
            SelectChoice("min", lazy_gettext("minutes")),
            SelectChoice("s", lazy_gettext("seconds")),
        ],
        validate_choice=False,
    )

    def typed(self) -> str:
        number = _digits(self.value.data)
        return f"{number}{self.unit.data}" if number else ""


class MoneyForm(ValueForm):
    control = "money"
    problem = lazy_gettext("Write the amount in yuan, with at most two decimals, for example 1280.00.")
    value = StringField(lazy_gettext("Amount (CNY)"))

    def typed(self) -> str:
        try:
            return write_value("money", fen_from(self.value.data)) if clean(self.value.data).strip() else ""
        except ValueError:
            return ""


class NumberForm(ValueForm):
    control = "number"
    problem = lazy_gettext("Enter a whole number.")
    value = StringField(lazy_gettext("Number"))

    def typed(self) -> str:
        return _digits(self.value.data)


def _digits(typed: str | None) -> str:
    """A whole number, also in full-width digits, without leading noughts; '' for all else."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", typed or "").strip())
    return str(int(found[0])) if found else ""


_FORMS: dict[str, type[ValueForm]] = {
    "bool": TruthForm,
    "instant": InstantForm,
    "duration": DurationForm,
    "money": MoneyForm,
    "int": NumberForm,
}


def value_form(fact: Fact, enum: Enumeration | None, value: Value = None, *, sent: bool = False) -> ValueForm:
    """The form for a value of *fact*: from the request where one was *sent*, else filled with *value*, if known."""
    made = WordForm if enum is not None else _FORMS.get(fact.type, TextForm)
    filled = _filled(fact, write_value(fact.type, value)) if value is not None else {"unit": fact.unit or "h"}
    form = made(prefix=f"{fact.name}-") if sent else made(None, prefix=f"{fact.name}-", **filled)
    if enum is not None:
        form.value.choices = [
            SelectChoice("", lazy_gettext("Choose…")),
            *(SelectChoice(word.word, said(word.label)) for word in enum.words),
        ]
    return form


def _filled(fact: Fact, written: str) -> dict[str, object]:
    """The fields of a form that shows a value as it is written."""
    if fact.type == "instant":
        return {NEVER: True} if written == NEVER else {"value": written.replace(" ", "T")}
    if fact.type == "money":
        return {"value": written.removeprefix("CNY ")}
    if found := _WRITTEN_DURATION.fullmatch(written) if fact.type == "duration" else None:
        return {"value": found[1], "unit": found[2]}
    return {"value": written}


class FindingForm(CaseForm):
    """What the arbitrator finds of a fact, and what that rests on. The value has its own form beside it."""

    finding = RadioField(
        lazy_gettext("Finding"),
        [InputRequired(lazy_gettext("Choose whether the fact is found or not proven."))],
        choices=[
            SelectChoice(Stance.FIND, lazy_gettext("Found, with the value below")),
            SelectChoice(Stance.NOT_FIND, lazy_gettext("Not proven: the burden of proof decides")),
        ],
        validate_choice=False,
    )
    item = SelectField(lazy_gettext("Rests on this item"), validate_choice=False)
    words = TextAreaField(
        lazy_gettext("In words"),
        [
            Length(
                max=MAX_SOURCE_CHARS - 10,
                message=lazy_gettext("That is longer than %(max)d characters; shorten it."),
            )
        ],
        filters=[clean],
    )

    def validate_item(self, field: SelectField) -> None:
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(gettext("Choose an item that may carry a finding."))


def finding_form(fact: Fact, labels: list[tuple[str, str]], filled: Mapping[str, str] | None) -> FindingForm:
    """The form, *filled*, or from the request where that is None. *labels*: usable items, each with its file's name."""
    prefix = f"{fact.name}-"
    form = FindingForm(prefix=prefix) if filled is None else FindingForm(None, prefix=prefix, **filled)
    form.item.choices = [
        SelectChoice("", lazy_gettext("No single item")),
        *(SelectChoice(label, f"{label} {name}") for label, name in labels),
    ]
    return form
