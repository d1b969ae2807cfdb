"""Structural checks of PDF/A-3a and PDF/UA-1, run before a ruling is issued.

What passes them is not thereby certified: they are the rules that a ruling of ours can break, each with a file that
must fail it (tests/adapters/test_pdf_checks.py).
"""

from collections.abc import Collection, Iterator

from arbitration.adapters.pdf_checks import file, interaction, metadata, page, structure
from arbitration.adapters.pdf_checks.check import Check
from arbitration.adapters.pdf_checks.opened import Opened, Unreadable

CHECKS: tuple[Check, ...] = (*file.CHECKS, *metadata.CHECKS, *structure.CHECKS, *page.CHECKS, *interaction.CHECKS)

__all__ = ["CHECKS", "failures", "problems"]


def failures(pdf: bytes) -> Iterator[tuple[Check, str]]:
    """Each check that fails, with the first thing it found. Raises Unreadable for what is no PDF."""
    opened = Opened(pdf)
    for check in CHECKS:
        found = next(check.find(opened), None)
        if found is not None:
            yield check, found


def problems(pdf: bytes, besides: Collection[str] = ()) -> list[str]:
    """The failures as lines to show: `figure-alt: figure 1 has no alternative text`.

    *besides* are ids of checks that another document than a ruling need not pass.
    """
    try:
        return [f"{check.id}: {found}" for check, found in failures(pdf) if check.id not in besides]
    except Unreadable as error:
        return [f"unreadable: {error}"]
