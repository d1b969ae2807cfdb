"""What one version of a standard consists of: clauses, and the floors, facts and words that they refer to."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import rfc8785

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.expressions import Expression
from arbitration.domain.quantities import Quantity
from arbitration.domain.vocabulary import EvidenceKind, Reason, Remedy

REMEDIES = tuple(Remedy)
SEVERITIES = ("minor", "major", "critical")
PARTIES = ("claimant", "respondent", "platform", "submitter", "opponent", "inspector", "panel")
PROVERS = PARTIES[:3]
"""Those whose proofs of a dispute's reason are counted before anything is decided."""
NEEDS = ("required", "optional")
STRICTER = ("larger", "smaller", "nobody")
UNITS = ("s", "min", "h", "d")


class Outcome(StrEnum):
    """What a clause comes to in a case."""

    MET = "met"
    BREACHED = "breached"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


OUTCOMES = tuple(Outcome)


@dataclass(frozen=True)
class Chapter:
    """A group of clauses: the two letters that begin their ids."""

    id: str
    title: Bilingual


@dataclass(frozen=True)
class Basis:
    """An article of law that a clause stands on. `law` is its short Chinese name, `name` the full one."""

    law: str
    article: str
    name: Bilingual


@dataclass(frozen=True)
class Word:
    """One value of an enumeration, and how it is read."""

    word: str
    label: Bilingual


@dataclass(frozen=True)
class Enumeration:
    """The closed list of values that a fact of this type may have."""

    name: str
    words: tuple[Word, ...]

    def __contains__(self, word: object) -> bool:
        return any(known.word == word for known in self.words)


@dataclass(frozen=True)
class Floor:
    """A number of the standard. A platform's own rule may go beyond it in the direction `stricter`, never below.

    `stricter` is larger, smaller, or nobody: then it is the law's or the office's own, and no platform's to change.
    `unit` is the unit to show durations in, where it is not the one written.
    """

    name: str
    value: Quantity
    stricter: str
    label: Bilingual
    unit: str | None = None


@dataclass(frozen=True)
class Fact:
    """Something a clause asks about. `source` is the field of an escalation that states it, if one does.

    `needs_finding`: it counts only when the arbitrators find it, whatever the sides assert or admit.
    """

    name: str
    type: str
    label: Bilingual
    unit: str | None = None
    source: str | None = None
    needs_finding: bool = False


@dataclass(frozen=True)
class Burden:
    """Who must prove a fact, and the value it counts as when nobody does (None: no default is stated)."""

    fact: str
    by: str
    if_unproven: str | None


@dataclass(frozen=True)
class Derived:
    """A value computed from facts: an expression `formula`, or one per value of the enumerated fact `by`."""

    name: str
    label: Bilingual
    unit: str | None
    type: str
    formula: Expression | None
    by: str | None
    cases: tuple[tuple[str, Expression], ...]
    otherwise: Expression | None

    def row(self, word: object) -> Expression:
        """The expression for one value of `by`. Raises KeyError where there is none."""
        found = dict(self.cases).get(str(word), self.otherwise)
        if found is None:
            raise KeyError(word)
        return found


@dataclass(frozen=True)
class Exemption:
    """`then` (met, breached, not_applicable) is the outcome when the expression `when` holds; the first wins."""

    when: Expression
    then: Outcome
    label: Bilingual


@dataclass(frozen=True)
class Clause:
    """One rule of one version: what people read, and the expressions that compute what follows from the facts."""

    id: str
    version: str
    title: Bilingual
    text: Bilingual
    severity: str
    binds: tuple[str, ...]
    basis: tuple[Basis, ...]
    floors: tuple[str, ...] = ()
    proof: tuple[Burden, ...] = ()
    remedies: tuple[str, ...] = ()
    derive: tuple[Derived, ...] = ()
    applies: Expression | None = None
    test: Expression | None = None
    unless: tuple[Exemption, ...] = ()
    say: tuple[tuple[str, Bilingual], ...] = ()
    consequence: Bilingual | None = None

    @property
    def ref(self) -> str:
        """How a ruling names it: `AS-01@1.0.0`."""
        return f"{self.id}@{self.version}"

    @property
    def chapter(self) -> str:
        """The id of its chapter: `AS`."""
        return self.id[:2]

    @property
    def text_sha256(self) -> str:
        """Hex SHA-256 over the canonical JSON (RFC 8785) of id, version, title and text, in both languages."""
        words: dict[str, str | dict[str, str]] = {
            "id": self.id,
            "version": self.version,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "text": {"zh": self.text.zh, "en": self.text.en},
        }
        return hashlib.sha256(rfc8785.dumps(words)).hexdigest()


@dataclass(frozen=True)
class Proof:
    """What a side is asked for in disputes of one reason: an item of any of the kinds, `need` required or optional."""

    by: str
    any_of: tuple[EvidenceKind, ...]
    need: str


@dataclass(frozen=True)
class Matter:
    """What a dispute of one reason turns on: the ids of the clauses in play, the first first, and the proofs."""

    reason: Reason
    clauses: tuple[str, ...]
    proofs: tuple[Proof, ...]
