"""A case's evidence as a list: a part of it at a time, so that a thousand are as light as twenty."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from arbitration.actions.context import Work
from arbitration.store import evidence

AT_ONCE = 20


@dataclass(frozen=True)
class Part:
    """The items from the one at `first` (0 is the list's first) on, of `total`; None where there is no part more."""

    first: int
    total: int
    earlier_url: str | None
    later_url: str | None

    @property
    def is_all(self) -> bool:
        """Whether there is nothing to turn to."""
        return self.earlier_url is None and self.later_url is None

    @property
    def told(self) -> str:
        """Which of them are shown."""
        last = min(self.first + AT_ONCE, self.total)
        return gettext("%(first)s to %(last)s of %(total)s", first=self.first + 1, last=last, total=self.total)


def part_asked_for(work: Work, case_no: str, address: Callable[[int], str]) -> Part:
    """By its number (`page`, from 1), or by the label of an item in it (`at`); *address* is that of a part's number."""
    total = evidence.how_many(work.session, case_no)
    last = max(1, -(-total // AT_ONCE))
    number = min(last, _number(work, case_no))
    return Part(
        first=(number - 1) * AT_ONCE,
        total=total,
        earlier_url=address(number - 1) if number > 1 else None,
        later_url=address(number + 1) if number < last else None,
    )


def _number(work: Work, case_no: str) -> int:
    label = request.args.get("at", "")
    if label:
        return evidence.how_many(work.session, case_no, before=label) // AT_ONCE + 1
    return max(1, request.args.get("page", 1, type=int))
