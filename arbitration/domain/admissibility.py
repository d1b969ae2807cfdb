"""Whether an item of evidence may carry a finding: the EV clauses of the pinned standard, asked of what is known of it.

The clauses say what holds of an item; `VERDICTS` says what follows from that, one row after the other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Outcome
from arbitration.domain.evaluation import Value
from arbitration.domain.expressions import NEVER
from arbitration.domain.facts import Stated, Status, known_values
from arbitration.domain.particulars import Particulars, form_met
from arbitration.domain.permissions import Role
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.vocabulary import EvidenceKind as Kind

FORM, DIGEST, DOUBT, NEUTRAL, INSPECTION, LATE = "EV-01", "EV-02", "EV-03", "EV-04", "EV-05", "EV-06"
CLAUSES = (FORM, DIGEST, DOUBT, NEUTRAL, INSPECTION, LATE)
CURE_FLOOR, SOURCES_FLOOR, LATE_REPLY_FLOOR = "cure", "independent_sources", "late_reply"
ONE_SOURCE = 1
"""How many sources must support a doubtful item where a version names no number."""
OFFICE = "office"
"""The source of what the office knows itself."""


class Verdict(StrEnum):
    """What an item may do: ground a finding, ground one together with another source, or nothing."""

    ADMITTED = "admitted"
    WITH_CORROBORATION = "with_corroboration"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Row:
    """If the clause comes to this, the verdict is that, for this reason."""

    clause: str
    outcome: Outcome
    verdict: Verdict
    why: Bilingual


VERDICTS = (
    Row(LATE, Outcome.BREACHED, Verdict.EXCLUDED, Bilingual("逾期，未认定有正当理由", "Late; no good cause is found")),
    Row(DOUBT, Outcome.BREACHED, Verdict.WITH_CORROBORATION, Bilingual("真实性存疑", "Its authenticity is in doubt")),
    Row(INSPECTION, Outcome.MET, Verdict.ADMITTED, Bilingual("检验报告具有完全证明力", "A report of full weight")),
    Row(DOUBT, Outcome.MET, Verdict.ADMITTED, Bilingual("存疑但有独立佐证", "In doubt, but supported")),
    Row(NEUTRAL, Outcome.MET, Verdict.ADMITTED, Bilingual("中立平台的记录", "Record of a neutral platform")),
    Row(FORM, Outcome.BREACHED, Verdict.WITH_CORROBORATION, Bilingual("形式有欠缺", "A gap in its form")),
    Row(FORM, Outcome.MET, Verdict.ADMITTED, Bilingual("形式符合要求", "In the form required")),
)
"""The first row that holds decides; where none holds, an item is admitted.

Late comes first, because what is not admitted need not be weighed. An express doubt outweighs every presumption. A
report of full weight, support that was found and a neutral record stand without the form that EV-01 asks of a party's
own file; a gap in form excludes nothing (no clause says so) but leaves a file that nobody can check by itself. EV-02
presumes that a file is unaltered and says nothing of its truth, so it decides nothing here, but for an alteration that
is shown: that puts the item in doubt (`_doubted`).
"""

WORSE = tuple(Verdict)
"""From the best verdict to the worst."""

OF_LATENESS = ("good_cause", "decisive")
"""Those that EV-06 asks, and only of what came after the record closed."""

FINDABLE = (
    *OF_LATENESS,
    "form_met",
    "doubtful_copy",
    "alteration_shown",
    "sources_in_support",
    "neutral_record",
    "record_rebutted",
)
"""What nobody knows of an item until the arbitrator finds it, or finds it otherwise than the office took it."""

_RECORDS = frozenset(Kind) - {Kind.INSPECTION_REPORT, Kind.ISSUER_STATEMENT, Kind.VIDEO, Kind.OTHER}
"""What a platform's own systems make and keep; the rest it only passes on."""
_OF_INSPECTION = (
    "inspector_accredited",
    "signature_valid",
    "sample_digest_stated",
    "custody_unbroken",
    "conflict_declared",
)


@dataclass(frozen=True)
class Circumstances:
    """What the office itself knows of an item. Instants are aware; None where something has not happened or is unknown.

    `given` are the particulars as the item was filed, `cured_at` when the last gap in its form was filled. `filed_at`
    None: not here when the record closed. `inspection`: what was verified of a report, by the fact of EV-05.
    """

    kind: Kind
    submitted_by: Role
    given: Particulars
    filed_at: datetime | None
    record_closed_at: datetime | None = None
    cure_asked_at: datetime | None = None
    cured_at: datetime | None = None
    by_platform: bool = False
    hashed_at_upload: bool = True
    trusted_time: bool = False
    inspection: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Admission:
    """What follows for one item. `row` decided, None where no clause did; `outcomes` by clause, after the burdens.

    `record` are the facts that were asked, `cure_until` when a gap can no longer be filled, None where there is none.
    """

    verdict: Verdict
    row: Row | None
    outcomes: Mapping[str, Outcome]
    record: Mapping[str, Stated]
    cure_until: datetime | None


def judge(book: Rulebook, item: Circumstances, found: Mapping[str, Value]) -> Admission:
    """The verdict on an item by the clauses of *book*, with what the arbitrator *found* of it. Pure.

    A version without one of the clauses asks nothing by it.
    """
    record = known(item) | {name: Stated(name, value, Status.FOUND, "panel") for name, value in found.items()}
    outcomes: dict[str, Outcome] = {}
    if item.kind is Kind.INSPECTION_REPORT:
        outcomes |= _asked(book, (INSPECTION,), record)
    record = _doubted(record, outcomes.get(INSPECTION))
    outcomes |= _asked(book, (FORM, DIGEST, DOUBT, NEUTRAL, LATE), record)
    row = next((each for each in VERDICTS if outcomes.get(each.clause) is each.outcome), None)
    return Admission(
        verdict=row.verdict if row else Verdict.ADMITTED,
        row=row,
        outcomes={clause: outcomes[clause] for clause in CLAUSES if clause in outcomes},
        record=record,
        cure_until=cure_until(book, item),
    )


def _asked(book: Rulebook, clauses: Sequence[str], record: Mapping[str, Stated]) -> dict[str, Outcome]:
    """What each clause comes to once the burden of proof has decided what is open."""
    rules = [book.rules[clause] for clause in clauses if clause in book.rules]
    return {rule.clause.id: rule.both(known_values(record, rule.needs_finding))[1] for rule in rules}


def _doubted(record: dict[str, Stated], inspection: Outcome | None) -> dict[str, Stated]:
    """Doubt that follows: from an alteration shown, and from a report that is short of full weight (EV-05)."""
    altered = record.get("alteration_shown")
    follows = {
        DIGEST: altered is not None and altered.value is True,
        INSPECTION: inspection is Outcome.BREACHED,
    }
    source = next((clause for clause, holds in follows.items() if holds), None)
    if source is None or "doubtful_copy" in record:
        return record
    return record | {"doubtful_copy": Stated("doubtful_copy", True, Status.FOUND, source)}


def known(item: Circumstances) -> dict[str, Stated]:
    """The facts of the EV clauses that the office knows of an item without asking anybody."""
    formed = form_met(item.kind, item.given)
    values: dict[str, Value] = {
        "form_met": formed,
        "hashed_at_upload": item.hashed_at_upload,
        "trusted_time": item.trusted_time,
        "neutral_record": is_neutral(item),
        "evidence_withheld": False,  # it is here
        "filed_at": _instant(item.filed_at),
        "record_closed_at": _instant(item.record_closed_at),
    }
    if not formed or item.cured_at is not None:
        values |= {"cured_at": _instant(item.cured_at)}
        values |= {"cure_asked_at": _instant(item.cure_asked_at)}
    values |= {name: item.inspection[name] for name in _OF_INSPECTION if name in item.inspection}
    return {name: Stated(name, value, Status.FOUND, OFFICE) for name, value in values.items()}


def is_neutral(item: Circumstances) -> bool:
    """Whether a platform itself filed, under its signature, what a system that it names has made and kept."""
    named = bool(item.given.get("source_system"))
    return item.by_platform and item.submitted_by is Role.PLATFORM and named and item.kind in _RECORDS


def _instant(at: datetime | None) -> int:
    return NEVER if at is None else int(at.timestamp())


def cure_until(book: Rulebook, item: Circumstances) -> datetime | None:
    """Until when a gap in form may be filled; None where there is none, or no notice of it was given."""
    if form_met(item.kind, item.given) or item.cured_at is not None or item.cure_asked_at is None:
        return None
    allowed = book.rules[FORM].clause.floors if FORM in book.rules else ()
    if CURE_FLOOR not in allowed:
        return None
    return item.cure_asked_at + timedelta(seconds=floor_amount(book, CURE_FLOOR))


def floor_amount(book: Rulebook, name: str) -> int:
    """A floor's number as it binds in the case: seconds, or how many."""
    promised = book.promises.get(name)
    return (promised or book.standard.floor(name).value).amount


def sources_needed(book: Rulebook) -> int:
    """How many independent sources must support an item in doubt (EV-03)."""
    asked = DOUBT in book.rules and SOURCES_FLOOR in book.rules[DOUBT].clause.floors
    return floor_amount(book, SOURCES_FLOOR) if asked else ONE_SOURCE


def origin(kind: Kind, submitted_by: Role) -> str:
    """Whose word an item is: two of one origin do not support each other.

    What an inspector or an issuer says is theirs, whoever files it.
    """
    if kind is Kind.INSPECTION_REPORT:
        return Role.INSPECTOR
    return kind if kind is Kind.ISSUER_STATEMENT else submitted_by


@dataclass(frozen=True)
class Support:
    """What a finding needs to know of the items that it cites: whose each is, and which need support by how many."""

    origins: Mapping[str, str] = field(default_factory=dict)
    in_need: frozenset[str] = frozenset()
    sources: int = ONE_SOURCE

    def alone(self, cited: Collection[str]) -> tuple[str, ...]:
        """Those of the *cited* labels that need support and have too little among the others."""
        return tuple(
            label
            for label in cited
            if label in self.in_need
            and len({self.origins.get(other, other) for other in cited} - {self.origins.get(label, label)})
            < self.sources
        )
