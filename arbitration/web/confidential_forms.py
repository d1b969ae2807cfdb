"""The forms for keeping a file confidential, and for disclosing its original."""

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, FileField, StringField, TextAreaField

from arbitration.domain.confidentiality import MAX_BOXES, Box
from arbitration.web.typed import clean


class ConfidentialForm(FlaskForm):  # type: ignore[misc]
    """Why a file is confidential, and its redacted copy."""

    reason = TextAreaField(lazy_gettext("Why it is confidential"), filters=[clean])
    copy = FileField(lazy_gettext("Redacted copy"))


class BoxesForm(FlaskForm):  # type: ignore[misc]
    """The boxes that the script of the page puts into the form, each as `page left top width height` in pixels."""

    box = FieldList(StringField())

    def boxes(self) -> list[Box]:
        """What was drawn; what is no box lies outside every page, for the rules to refuse."""
        return [_box(each) for each in request.form.getlist("box")[: MAX_BOXES + 1]]


def _box(written: str) -> Box:
    numbers = written.split(" ")
    if len(numbers) != 5 or not all(each.isascii() and each.isdigit() and len(each) < 6 for each in numbers):
        return Box(0, 0, 0, 0, 0)
    return Box(*(int(each) for each in numbers))


class DisclosureForm(FlaskForm):  # type: ignore[misc]
    """Why the original is disclosed."""

    reason = TextAreaField(lazy_gettext("Reason (printed in the ruling)"), filters=[clean])
