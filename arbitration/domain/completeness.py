"""How many of the proofs that a dispute of its reason asks for each side has brought, counted before anyone decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from arbitration.domain.clauses import PROVERS, Matter, Proof
from arbitration.domain.vocabulary import EvidenceKind

REQUIRED = "required"
Filed = tuple[str, EvidenceKind]
"""One item of evidence: who submitted it, and its kind."""


class Standing(StrEnum):
    """How a proof stands: an item for it is filed, or uploaded and not yet submitted, or there is none."""

    FILED = "filed"
    DRAFTED = "drafted"
    MISSING = "missing"


@dataclass(frozen=True)
class Counted:
    """One proof and how it stands. `kind` is that of the item that counts for it, None where it is missing."""

    proof: Proof
    standing: Standing
    kind: EvidenceKind | None


@dataclass(frozen=True)
class Meter:
    """All that the side `by` is asked for, the required proofs first."""

    by: str
    proofs: tuple[Counted, ...]

    @property
    def required(self) -> tuple[Counted, ...]:
        """The proofs that it needs."""
        return tuple(each for each in self.proofs if each.proof.need == REQUIRED)

    @property
    def optional(self) -> tuple[Counted, ...]:
        """The proofs that help it."""
        return tuple(each for each in self.proofs if each.proof.need != REQUIRED)

    @property
    def present(self) -> int:
        """How many required proofs are filed; a draft does not count."""
        return sum(each.standing is Standing.FILED for each in self.required)


def meters(matter: Matter, filed: Iterable[Filed], drafts: Iterable[Filed] = ()) -> tuple[Meter, ...]:
    """The meters of claimant, respondent and platform, in this order.

    An item counts for the side that submitted it and for no other: a platform's records are the platform's, a report
    that an inspector filed is nobody's. It counts for one proof, so that one screenshot is not counted twice; items are
    placed so that as many proofs as possible are served, required ones first. One more item never takes a proof away.
    """
    here, more = list(filed), list(drafts)
    return tuple(_meter(matter, side, here, more) for side in PROVERS)


def _meter(matter: Matter, side: str, filed: list[Filed], drafts: list[Filed]) -> Meter:
    asked = sorted((proof for proof in matter.proofs if proof.by == side), key=lambda proof: proof.need != REQUIRED)
    here = [kind for by, kind in filed if by == side]
    served = _placed(asked, here)
    soon = _placed(asked, here + [kind for by, kind in drafts if by == side])
    counted = []
    for number, proof in enumerate(asked):
        if number in served:
            counted.append(Counted(proof, Standing.FILED, served[number]))
        elif number in soon:
            counted.append(Counted(proof, Standing.DRAFTED, soon[number]))
        else:
            counted.append(Counted(proof, Standing.MISSING, None))
    return Meter(side, tuple(counted))


def _placed(proofs: Sequence[Proof], kinds: Sequence[EvidenceKind]) -> dict[int, EvidenceKind]:
    """The proofs that are served, by their place, with the kind that serves each: a maximum matching (Kuhn)."""
    holder: dict[int, int] = {}

    def place(proof: int, tried: set[int]) -> bool:
        for item, kind in enumerate(kinds):
            if item in tried or kind not in proofs[proof].any_of:
                continue
            tried.add(item)
            if item not in holder or place(holder[item], tried):
                holder[item] = proof
                return True
        return False

    for proof in range(len(proofs)):
        place(proof, set())
    return {proof: kinds[item] for item, proof in holder.items()}


def as_json(version: str, matter: Matter, filed: Iterable[Filed]) -> dict[str, Any]:
    """The meters as a platform reads them: numbers, and what is missing; *version* is the standard's."""
    return {
        "standard": version,
        "reason": matter.reason.value,
        "sides": {
            meter.by: {
                "required": len(meter.required),
                "present": meter.present,
                "missing": _missing(meter.required),
                "optional_missing": _missing(meter.optional),
            }
            for meter in meters(matter, filed)
        },
    }


def _missing(counted: tuple[Counted, ...]) -> list[dict[str, Any]]:
    return [
        {"any_of": [kind.value for kind in each.proof.any_of]}
        for each in counted
        if each.standing is not Standing.FILED
    ]
