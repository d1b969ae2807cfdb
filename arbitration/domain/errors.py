"""Refusals the rules can give: each has a stable code, and the doors share one meaning for each kind."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: where (a path in the sender's own shape) and what."""

    path: str
    message: str


class Refused(Exception):
    """A rule says no. Nothing has been changed; the message says cause and cure."""

    code = "refused"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


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

    def __init__(self, message: str, fields: tuple[FieldError, ...] = (), code: str | None = None) -> None:
        super().__init__(message, code)
        self.fields = fields


class TooMany(Refused):
    """Too often in too short a time (HTTP 429, exit 6)."""

    code = "too_many"
