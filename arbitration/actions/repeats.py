"""The same bytes twice from one side, once kept from the other side and once not: what is blacked out would be read."""

from collections.abc import Mapping

from arbitration.actions.context import Work
from arbitration.domain.confidentiality import GivenAway, given_away
from arbitration.domain.errors import Invalid
from arbitration.domain.evidence import ItemState
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence
from arbitration.store.evidence import EvidenceItem

GIVES_AWAY = "gives_away"
"""The code of a refusal to file what would be read elsewhere in spite of being kept."""


def in_draft(work: Work, case_no: str, side: Side) -> Mapping[int, Invalid]:
    """Why files of *side*'s draft cannot be submitted as they are, by the number of the file; each names the other."""
    here = evidence.readable_of(work.session, case_no, side)
    found: dict[int, Invalid] = {}
    for row in here:
        if row.state is ItemState.DRAFT:
            ways = ((other, given_away(row.digests, other.digests)) for other in here if other is not row)
            first = next(((other, how) for other, how in ways if how is not None), None)
            if first is not None:
                found[row.id] = _named(row, *first)
    return found


def _named(row: EvidenceItem, other: EvidenceItem, how: GivenAway) -> Invalid:
    values = {"name": row.file_name, "other": other.label or other.file_name}
    match how:
        case GivenAway.OPENLY:
            return Invalid(
                "%(name)s is the same as your confidential %(other)s, which the other side sees only with parts blacked"
                " out. Remove it here, or keep it confidential too.",
                code=GIVES_AWAY,
                values=values,
            )
        case GivenAway.AS_COPY:
            return Invalid(
                "The redacted copy of %(name)s is the same as your confidential %(other)s, which the other side sees"
                " only with parts blacked out. Give another copy.",
                code=GIVES_AWAY,
                values=values,
            )
        case GivenAway.ALREADY:
            return Invalid(
                "%(name)s is marked confidential, but the other side is given the same file as your %(other)s. Remove"
                " it here, or take the mark away.",
                code=GIVES_AWAY,
                values=values,
            )
