"""The forms for what an item of evidence says of itself: its kind, the fields of that kind, and what is added later."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from flask import request
from flask_babel import LazyString, lazy_gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Invalid
from arbitration.domain.evidence import Kind
from arbitration.domain.particulars import Fault, Field, FieldType, Gap, Need, Particulars, fields_of
from arbitration.domain.standard import BEIJING
from arbitration.web.case_forms import CaseForm
from arbitration.web.current import said
from arbitration.web.evidence_words import KINDS
from arbitration.web.typed import clean
from arbitration.web.wording import gettext

ASKED_ELSEWHERE = frozenset({"about_facts", "source_system", "custody", "confidential"})
"""What platforms tell and nobody types; a party keeps a file confidential on a page of its own."""
FAULTS: Mapping[str, LazyString] = {
    Fault.NO_FIELD: lazy_gettext("This kind of evidence has no such field."),
    Fault.NOT_TRUTH: lazy_gettext("Answer with yes or no."),
    Fault.NOT_TEXT: lazy_gettext("Write the answer as text."),
    Fault.NOT_INSTANT: lazy_gettext("Enter day and time, between the years 2000 and 2100."),
    Fault.NOT_YET: lazy_gettext("This time has not come yet; check day and year."),
    Fault.NO_CLAIM: lazy_gettext("The case has no such claim. Name claims by their letters, for example A, B."),
    Fault.TOO_LONG: lazy_gettext("Shorten it: 200 characters in a line, 1,000 in a text."),
    Fault.UNSEEN: lazy_gettext("Leave out control characters."),
    Fault.ANSWERED: lazy_gettext("This is answered already and stays as it is."),
}
"""Why an answer cannot be taken."""
_TRUTHS = {"yes": True, "no": False}


class ParticularsForm(CaseForm):
    """The particulars of one item; its fields are those of its kind, under a prefix of its own."""

    asked: tuple[Field, ...] = ()

    def answers(self) -> dict[str, object]:
        """What is typed. What is no time stays as it was typed, for the rules to refuse."""
        return {field.name: _answer(field, self[field.name].data) for field in self.asked}

    def sound_answers(self) -> dict[str, bool | str]:
        """What is typed and nothing is wrong with."""
        typed = self.answers().items()
        return {name: said for name, said in typed if isinstance(said, bool | str) and not self[name].errors}

    def blame(self, refused: Invalid) -> None:
        """Say beside each field what is wrong with it; what belongs to no field, on top."""
        names = {field.name for field in self.asked}
        for error in refused.fields:
            if error.path in names:
                self[error.path].errors = [str(FAULTS[error.message])]
        if not any(error.path in names for error in refused.fields):
            self.form_errors.append(gettext(refused.sentence))

    @property
    def failed(self) -> list[tuple[str | None, str]]:
        """Where and what, for the summary on top."""
        found: list[tuple[str | None, str]] = [(each.id, str(error)) for each in self for error in each.errors]
        return found + [(None, str(error)) for error in self.form_errors]

    @property
    def needed(self) -> list[StringField]:
        """The controls of the fields that the kind needs."""
        return [self[field.name] for field in self.asked if field.need is not Need.NONE]

    @property
    def optional(self) -> list[StringField]:
        """The controls of those that help."""
        return [self[field.name] for field in self.asked if field.need is Need.NONE]


def draft_form(prefix: str, kind: Kind, answers: Particulars, *, kept: bool = False) -> ParticularsForm:
    """The form of a draft's item: as *kept*, else from the request where it was sent, for the kind chosen there."""
    sent = request.form.get(f"{prefix}kind", "")
    is_sent = not kept and request.method == "POST" and sent in set(Kind)
    kind = Kind(sent) if is_sent else kind
    asked = tuple(field for field in fields_of(kind) if field.name not in ASKED_ELSEWHERE)
    chosen = SelectField(
        lazy_gettext("What the file is"), choices=[SelectChoice(each, label) for each, label in KINDS.items()]
    )
    form = _form(prefix, asked, {"kind": chosen}, {"kind": kind, **_filled(asked, answers)}, is_sent=is_sent)
    form.kind.data = kind
    return form


def cure_form(kind: Kind, answers: Particulars) -> ParticularsForm:
    """The form for what is not answered yet."""
    asked = tuple(field for field in fields_of(kind) if field.name not in ASKED_ELSEWHERE and field.name not in answers)
    return _form("add-", asked, {}, {}, is_sent=request.method == "POST")


def _form(
    prefix: str, asked: Iterable[Field], more: Mapping[str, UnboundField], filled: dict[str, object], *, is_sent: bool
) -> ParticularsForm:
    asked = tuple(asked)
    controls = {**more, **{field.name: _control(field) for field in asked}}
    made = type("ItemForm", (ParticularsForm,), {**controls, "asked": asked})
    return made(prefix=prefix) if is_sent else made(None, prefix=prefix, data=filled)


def _control(field: Field) -> UnboundField:
    label = said(field.label)
    if field.type is FieldType.TRUTH:
        choices = [SelectChoice("yes", lazy_gettext("Yes")), SelectChoice("no", lazy_gettext("No"))]
        return RadioField(label, choices=choices, validate_choice=False)
    if field.type is FieldType.TEXT:
        return TextAreaField(label, filters=[clean])
    return StringField(label, filters=[clean], render_kw=_INSTANT if field.type is FieldType.INSTANT else None)


_INSTANT = {"type": "datetime-local", "step": "1", "min": "2000-01-01T00:00", "max": "2099-12-31T23:59"}


def _answer(field: Field, typed: str | None) -> object:
    if field.type is FieldType.TRUTH:
        return _TRUTHS.get(typed or "")
    written = (typed or "").strip()
    if field.type is not FieldType.INSTANT or not written:
        return written
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return written
    return f"{at.replace(tzinfo=BEIJING).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at.tzinfo is None else written


def _filled(asked: Iterable[Field], answers: Particulars) -> dict[str, object]:
    return {field.name: _written(field, answers[field.name]) for field in asked if field.name in answers}


def _written(field: Field, answer: bool | str) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if field.type is FieldType.INSTANT:
        return f"{datetime.fromisoformat(answer).astimezone(BEIJING):%Y-%m-%dT%H:%M:%S}"
    return answer


def gap_shown(gap: Gap) -> str:
    """What is missing, in one line; where it was answered with no, only another file mends it."""
    label: Bilingual = gap.field.label
    if gap.denied:
        return gettext("%(field)s: answered with no; only another file can mend that", field=said(label))
    return said(label)
