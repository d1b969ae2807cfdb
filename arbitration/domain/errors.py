"""Refusals the rules can give: each has a stable code, and the doors share one meaning for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: where (a path in the sender's own shape) and what."""

    path: str
    message: str


class Refused(Exception):
    """A rule says no. Nothing has been changed; the sentence says cause and cure.

    *values* fill the `%(name)s` of the *sentence*: pages translate it first and fill it then.
    """

    code = "refused"

    def __init__(self, sentence: str, code: str | None = None, *, values: Mapping[str, object] | None = None) -> None:
        self.sentence = sentence
        self.values = dict(values or {})
        self.code = code or type(self).code
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence in English, filled."""
        return self.sentence % self.values if self.values else self.sentence


class NotAllowed(Refused):
    """The actor's role may not do this (HTTP 403, exit 3)."""

    code = "not_allowed"


class NotFound(Refused):
    """It does not exist, or not for this actor: the two look the same (HTTP 404, exit 4)."""

    code = "not_found"


class Conflict(Refused):
    """It collides with what has happened meanwhile (HTTP 409, exit 5)."""

    code = "conflict"


class WrongState(Conflict):
    """The case, or a thing of it, is not in a state from which this can be done."""

    code = "wrong_state"


class Invalid(Refused):
    """The input is wrong (HTTP 422, exit 2); `fields` names each place."""

    code = "invalid"

    def __init__(
        self,
        sentence: str,
        fields: tuple[FieldError, ...] = (),
        code: str | None = None,
        *,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(sentence, code, values=values)
        self.fields = fields


class TooMany(Refused):
    """Too often in too short a time (HTTP 429, exit 6)."""

    code = "too_many"
