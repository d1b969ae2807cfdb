"""What a dialect hands over: a platform's payload in the shape of `escalation.v1`, and the way back to the original."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arbitration.domain.errors import FieldError


@dataclass(frozen=True)
class Translation:
    """*paths* lead from our paths to theirs; *problems* are under our paths, or theirs where we have none."""

    payload: object
    paths: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[FieldError, ...] = ()
