"""The forms for keeping a file confidential, and for disclosing its original."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FileField, TextAreaField

from arbitration.web.typed import clean


class ConfidentialForm(FlaskForm):  # type: ignore[misc]
    """Why a file is confidential, and its redacted copy."""

    reason = TextAreaField(lazy_gettext("Why it is confidential"), filters=[clean])
    copy = FileField(lazy_gettext("Redacted copy"))


class DisclosureForm(FlaskForm):  # type: ignore[misc]
    """Why the original is disclosed."""

    reason = TextAreaField(lazy_gettext("Reason (printed in the ruling)"), filters=[clean])
