"""How far a side's proofs have come, in its reader's words: what is there, what waits, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext, ngettext

from arbitration.domain.completeness import REQUIRED, Counted, Filed, Meter, Standing, meters
from arbitration.domain.permissions import Role
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import EvidenceKind
from arbitration.web.evidence_words import KINDS
from arbitration.web.wording import gettext, spoken
from arbitration.web.words import ROLES

_REQUIRED: dict[Standing, tuple[str, LazyString, str]] = {
    Standing.FILED: ("ok", lazy_gettext("Filed"), "circle-check"),
    Standing.DRAFTED: ("info", lazy_gettext("Counts once submitted"), "hourglass"),
    Standing.MISSING: ("warn", lazy_gettext("Missing"), "circle-dashed"),
}
_OPTIONAL = _REQUIRED | {Standing.MISSING: ("plain", lazy_gettext("Would help"), "circle-plus")}
"""Tone, label and icon of a proof's standing."""


@dataclass(frozen=True)
class ProofShown:
    """One proof that is asked for: the kinds of file that would do, and how it stands."""

    what: str
    badge: tuple[str, str, str]


@dataclass(frozen=True)
class MeterShown:
    """What one side is asked for; `says` is the count in words, `waiting` how many more are uploaded only."""

    by: str
    side: str
    says: str
    required: int
    present: int
    waiting: int
    needed: list[ProofShown]
    helpful: list[ProofShown]

    @property
    def complete(self) -> bool:
        """Whether every required proof is filed."""
        return self.present == self.required


def shown(
    standard: Standard | None, reason: str, filed: Iterable[Filed], drafts: Iterable[Filed] = ()
) -> dict[str, MeterShown]:
    """The meter of each side that is asked for anything; empty where the standard does not say what to prove."""
    matter = standard.matter(reason) if standard else None
    if matter is None:
        return {}
    return {meter.by: _shown(meter) for meter in meters(matter, filed, drafts) if meter.proofs}


def _shown(meter: Meter) -> MeterShown:
    total = len(meter.required)
    says = ngettext(
        "%(present)s of %(num)s required proof", "%(present)s of %(num)s required proofs", total, present=meter.present
    )
    return MeterShown(
        by=meter.by,
        side=spoken(ROLES)[Role(meter.by)],
        says=says if total else gettext("No proof is required"),
        required=total,
        present=meter.present,
        waiting=sum(each.standing is Standing.DRAFTED for each in meter.required),
        needed=[_proof(each) for each in meter.required],
        helpful=[_proof(each) for each in meter.optional],
    )


def _proof(counted: Counted) -> ProofShown:
    words = _REQUIRED if counted.proof.need == REQUIRED else _OPTIONAL
    tone, label, icon = words[counted.standing]
    return ProofShown(_any_of(counted.proof.any_of), (tone, str(label), icon))


def _any_of(kinds: tuple[EvidenceKind, ...]) -> str:
    """`Video, redemption log or order screenshot`."""
    first, *others = (spoken(KINDS)[kind] for kind in kinds)
    if not others:
        return first
    *middle, last = (label[:1].lower() + label[1:] for label in others)
    return gettext("%(one)s or %(other)s", one=gettext(", ").join([first, *middle]), other=last)
