"""A platform's own rules held against the standard, clause by clause and number by number."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Clause, Floor
from arbitration.domain.platform_rules import OwnClause, PlatformRules, comparable
from arbitration.domain.quantities import Quantity
from arbitration.domain.standard import Standard
from arbitration.domain.void_terms import void_terms


class Verdict(StrEnum):
    """How a platform's clause, or one number of it, stands to the standard's."""

    STRICTER = "stricter"
    EQUAL = "equal"
    BELOW_FLOOR = "below_floor"
    SILENT = "silent"


@dataclass(frozen=True)
class FloorCompared:
    """One number of the standard and the platform's own; `stated` is None where the platform states none."""

    floor: Floor
    stated: Quantity | None

    @property
    def verdict(self) -> Verdict:
        """A number that is nobody's to change can only be equal or below."""
        if self.stated is None or self.stated.type != self.floor.value.type:
            return Verdict.SILENT
        beyond = self.stated.amount - self.floor.value.amount
        if not beyond:
            return Verdict.EQUAL
        stricter = {"larger": beyond > 0, "smaller": beyond < 0}.get(self.floor.stricter, False)
        return Verdict.STRICTER if stricter else Verdict.BELOW_FLOOR

    @property
    def governs(self) -> Quantity:
        """The number that cases are decided by: the platform's where it is stricter, else the standard's."""
        if self.stated is not None and self.verdict is Verdict.STRICTER:
            return self.stated
        return self.floor.value


@dataclass(frozen=True)
class ClauseCompared:
    """One clause of the standard, the platform's `own` wording of it (None: silent), and how they compare.

    `floors` has every number of the standard's clause, `void_terms` the words for which the text is below the floor.
    """

    clause: Clause
    own: OwnClause | None
    floors: tuple[FloorCompared, ...]
    void_terms: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Below with anything below; else stricter with anything stricter."""
        if self.own is None:
            return Verdict.SILENT
        verdicts = {compared.verdict for compared in self.floors}
        if self.void_terms or Verdict.BELOW_FLOOR in verdicts:
            return Verdict.BELOW_FLOOR
        return Verdict.STRICTER if Verdict.STRICTER in verdicts else Verdict.EQUAL

    def as_json(self) -> dict[str, Any]:
        """What programs are told of it."""
        return {
            "clause": self.clause.ref,
            "verdict": self.verdict,
            "floors": [
                {
                    "floor": compared.floor.name,
                    "verdict": compared.verdict,
                    "standard": compared.floor.value.text,
                    "platform": compared.stated and compared.stated.text,
                    "governs": compared.governs.text,
                }
                for compared in self.floors
            ],
            "void_terms": list(self.void_terms),
        }


@dataclass(frozen=True)
class Conformance:
    """All of it: one row for each clause of the standard that binds a merchant or a platform."""

    standard: Standard
    rules: PlatformRules
    rows: tuple[ClauseCompared, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many clauses have each verdict."""
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in Verdict}

    def as_json(self) -> dict[str, Any]:
        """Version, digest and verdicts, as the API tells them."""
        return {
            "version": self.rules.version,
            "in_force": self.rules.in_force.isoformat(),
            "against": self.standard.version,
            "sha256": self.rules.sha256,
            "counts": self.counts,
            "clauses": [row.as_json() for row in self.rows],
        }


def compare(standard: Standard, rules: PlatformRules) -> Conformance:
    """Every clause of *standard* that binds a merchant or a platform, as *rules* have it."""
    rows = []
    for clause in comparable(standard):
        own = rules.clause(clause.id)
        floors = tuple(FloorCompared(standard.floor(name), rules.floors.get(name)) for name in clause.floors)
        rows.append(ClauseCompared(clause, own, floors, _void_terms(clause, own)))
    return Conformance(standard, rules, tuple(rows))


def binding(standard: Standard, rules: PlatformRules) -> dict[str, Quantity]:
    """Name of a floor -> the platform's own number, only where it is stricter: the promises that bind the platform."""
    return {
        compared.floor.name: compared.governs
        for row in compare(standard, rules).rows
        for compared in row.floors
        if compared.verdict is Verdict.STRICTER
    }


def _void_terms(clause: Clause, own: OwnClause | None) -> tuple[str, ...]:
    if own is None:
        return ()
    found = (*void_terms(_changed(own.title, clause.title)), *void_terms(_changed(own.text, clause.text)))
    return tuple(dict.fromkeys(found))


def _changed(words: Bilingual, standards: Bilingual) -> Bilingual:
    """What is not word for word the standard's own: its text of PD-05 names void terms in order to forbid them."""
    return Bilingual(
        zh="" if words.zh == standards.zh else words.zh,
        en="" if words.en == standards.en else words.en,
    )
