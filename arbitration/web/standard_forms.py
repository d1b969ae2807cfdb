"""What a standards editor fills in, and what everyone may say to a draft in consultation."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from arbitration.domain.editions import MAX_COMMENT_CHARS, MAX_NAME_CHARS
from arbitration.web.typed import clean


class StandardForm(FlaskForm):  # type: ignore[misc]
    """The token is a field of the page's: CSRFProtect checks it for every form that is sent."""

    class Meta:
        csrf = False


class BeginForm(StandardForm):
    """A new draft from a file; without one, from the version in force."""

    file = FileField(lazy_gettext("File (YAML)"))


class TextForm(StandardForm):
    """The text of a draft, and the revision that it was made from."""

    body = TextAreaField(lazy_gettext("Text (YAML)"), filters=[clean])
    revision = HiddenField()

    @property
    def seen(self) -> int:
        """The revision that the page was made from; one that nothing has, if it was tampered with."""
        return revision_in(self.revision.data)


class OpenForm(StandardForm):
    """For how long the draft lies open."""

    days = IntegerField(
        lazy_gettext("Days of consultation"), [InputRequired(lazy_gettext("Say for how many days it lies open."))]
    )
    revision = HiddenField()

    @property
    def seen(self) -> int:
        """The revision that the page was made from."""
        return revision_in(self.revision.data)


def revision_in(sent: str | None) -> int:
    """The number of a revision as a form sent it; 0, which nothing has, if it was tampered with."""
    return int(sent) if sent and sent.isdecimal() and len(sent) < 10 else 0


class CommentForm(StandardForm):
    """What somebody says to a draft, under a name of their choice."""

    name = StringField(
        lazy_gettext("Name or organisation"),
        [
            InputRequired(lazy_gettext("Say under which name the comment is to stand.")),
            Length(max=MAX_NAME_CHARS, message=lazy_gettext("That is longer than %(max)d characters; shorten it.")),
        ],
        filters=[lambda typed: clean(typed).replace("\n", " ").strip()],
    )
    text = TextAreaField(
        lazy_gettext("Comment"),
        [
            InputRequired(lazy_gettext("Write what you want to say.")),
            Length(max=MAX_COMMENT_CHARS, message=lazy_gettext("That is longer than %(max)d characters; shorten it.")),
        ],
        filters=[lambda typed: clean(typed).strip()],
    )
