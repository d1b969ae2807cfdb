"""Weighing evidence: what the EV clauses make of each item, what its submitter adds, and what the arbitrator finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from arbitration.actions.context import Work, get_case, record
from arbitration.actions.filing import UPLOAD_STATES
from arbitration.actions.inspections import facts_of_report
from arbitration.actions.items import setting_of
from arbitration.actions.panel import must_sit
from arbitration.actions.platform_rules import book_of, standard_of
from arbitration.domain import particulars
from arbitration.domain.admissibility import (
    FINDABLE,
    LATE,
    OF_LATENESS,
    Circumstances,
    Support,
    Verdict,
    judge,
    origin,
    sources_needed,
)
from arbitration.domain.admissibility import Admission as Computed
from arbitration.domain.cases import EVENT, Action, State
from arbitration.domain.clauses import Fact, Outcome
from arbitration.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evaluation import Value
from arbitration.domain.evidence import ItemState
from arbitration.domain.particulars import Answer, Gap
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.standard import Standard
from arbitration.domain.texts import says_nothing
from arbitration.domain.values import read_value
from arbitration.domain.vocabulary import EvidenceKind
from arbitration.store import admissibility as store
from arbitration.store import cases, custody, evidence, rulings
from arbitration.store.admissibility import Admission, EvidenceCure, ItemFinding
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem

WEIGHED = frozenset({State.EVIDENCE, State.DELIBERATION})
"""While the arbitrator weighs items."""
MAX_REASON_CHARS = 2000
MAX_VALUE_CHARS = 20
SERVED = "notices_served"
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Weighed:
    """One item with the verdict on it. `given` are its particulars as filed, `answers` with what was added since.

    `findings` are those that count, by fact, `overtaken` the contrary ones of which each took the place. `computed` is
    what the clauses say; `own` is the arbitrator's verdict, where there is one.
    """

    item: EvidenceItem
    given: Mapping[str, Answer]
    answers: Mapping[str, Answer]
    cures: tuple[EvidenceCure, ...]
    findings: Mapping[str, ItemFinding]
    overtaken: Mapping[str, ItemFinding]
    computed: Computed
    own: Admission | None

    @property
    def verdict(self) -> Verdict:
        """What the item may do."""
        return self.own.verdict if self.own is not None and self.own.verdict is not None else self.computed.verdict

    @property
    def usable(self) -> bool:
        """Whether a finding may rest on it, alone or with others."""
        return self.item.usable and self.verdict is not Verdict.EXCLUDED

    @property
    def late_reasons(self) -> tuple[str, ...]:
        """On what the arbitrator rests that EV-06 admits the item; none where it does not."""
        found = (self.findings.get(fact) for fact in OF_LATENESS if self.computed.outcomes.get(LATE) is Outcome.MET)
        return tuple(each.reason for each in found if each is not None and each.value == "true")

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is still missing in its form."""
        return particulars.gaps(self.item.kind, self.answers)


@dataclass(frozen=True)
class Weighing:
    """The items of a case that are here, weighed, by label; `book` has the clauses by which."""

    book: Rulebook
    items: Mapping[str, Weighed]

    def support(self) -> Support:
        """What a finding needs to know of the items that it cites."""
        return Support(
            origins={label: origin(each.item.kind, each.item.submitted_by) for label, each in self.items.items()},
            in_need=frozenset(
                label for label, each in self.items.items() if each.verdict is Verdict.WITH_CORROBORATION
            ),
            sources=sources_needed(self.book),
        )


def weigh(work: Work, case: Case, items: Iterable[EvidenceItem] | None = None) -> Weighing | None:
    """Every item that is here and in order, or those of *items*; None for a case that no version governs.

    What was erased was weighed before its case ended; without its particulars it would come to something else.
    """
    standard = standard_of(work, case)
    if standard is None:
        return None
    book = book_of(work, case, standard)
    cures = store.of_case(work.session, EvidenceCure, case.case_no)
    findings = store.of_case(work.session, ItemFinding, case.case_no)
    verdicts = store.of_case(work.session, Admission, case.case_no)
    closed_at = store.happened_at(work.session, case.case_no, EVENT[Action.CLOSE_RECORD])
    served_at = store.happened_at(work.session, case.case_no, SERVED)
    stamped = custody.stamped(work.session, case.case_no)
    weighed = {}
    for item in evidence.on_record(work.session, case.case_no) if items is None else items:
        if item.state is ItemState.SUBMITTED and item.label is not None and item.erased_at is None:
            added = tuple(cures.get(item.id, ()))
            found = _standing(findings.get(item.id, ()))
            known = _circumstances(work, item, added, closed_at, served_at, item.label in stamped)
            weighed[item.label] = Weighed(
                item=item,
                given=known.given,
                answers=particulars.merged([known.given, *(particulars.load(each.answers) for each in added)]),
                cures=added,
                findings=found,
                overtaken=_overtaken(findings.get(item.id, ())),
                computed=judge(book, known, _values(standard, found)),
                own=_last(verdicts.get(item.id, [])),
            )
    return Weighing(book, weighed)


def usable(work: Work, case: Case) -> list[EvidenceItem]:
    """The items that may carry a finding."""
    items = evidence.on_record(work.session, case.case_no)
    weighing = weigh(work, case, items)
    if weighing is None:
        return [item for item in items if item.usable and not item.late]
    return [each.item for each in weighing.items.values() if each.usable]


def _circumstances(
    work: Work,
    item: EvidenceItem,
    cures: Iterable[EvidenceCure],
    closed_at: datetime | None,
    served_at: datetime | None,
    trusted_time: bool,
) -> Circumstances:
    """What the office knows of an item."""
    given = particulars.load(item.particulars)
    return Circumstances(
        kind=item.kind,
        submitted_by=item.submitted_by,
        given=given,
        filed_at=_filed_at(item, closed_at),
        record_closed_at=closed_at,
        cure_asked_at=_notice(item, served_at),
        cured_at=_cured_at(item, given, cures),
        by_platform=item.source == "platform",
        hashed_at_upload=item.sha256 is not None,
        trusted_time=trusted_time,
        inspection=_inspected(work, item),
    )


def _filed_at(item: EvidenceItem, closed_at: datetime | None) -> datetime | None:
    """When an item was filed. One that was announced and not here at the close was not filed by then.

    The clauses count whole seconds: what came in the second of the close must not look as if it came in time.
    """
    if not item.late or closed_at is None:
        return item.received_at
    return None if item.received_at < closed_at else max(item.received_at, closed_at + ONE_SECOND)


def _inspected(work: Work, item: EvidenceItem) -> dict[str, bool]:
    """What is known of an inspection report, by the facts of EV-05; nothing of any other item."""
    if item.kind is not EvidenceKind.INSPECTION_REPORT:
        return {}
    return {fact: value for fact, value in facts_of_report(work, item).items() if value is not None}


def _notice(item: EvidenceItem, served_at: datetime | None) -> datetime | None:
    """When its submitter was told what is missing: on filing; where a platform filed for a party, on service."""
    if item.source == "upload" or item.submitted_by not in (Role.CLAIMANT, Role.RESPONDENT):
        return item.received_at
    return max(item.received_at, served_at) if served_at is not None else None


def _cured_at(item: EvidenceItem, given: Mapping[str, Answer], cures: Iterable[EvidenceCure]) -> datetime | None:
    answers = dict(given)
    for each in cures:
        answers = particulars.merged([answers, particulars.load(each.answers)])
        if particulars.form_met(item.kind, answers):
            return each.at
    return None


def _standing(rows: Iterable[ItemFinding]) -> dict[str, ItemFinding]:
    """The last finding of each fact; one that was taken back is none."""
    last = {row.fact: row for row in rows}
    return {fact: row for fact, row in last.items() if row.value is not None}


def _overtaken(rows: Iterable[ItemFinding]) -> dict[str, ItemFinding]:
    """By fact, the last finding that was otherwise; what was taken back was overtaken by nothing."""
    last: dict[str, ItemFinding] = {}
    found: dict[str, ItemFinding] = {}
    for row in rows:
        before = last.get(row.fact)
        last[row.fact] = row
        if row.value is None:
            found.pop(row.fact, None)
        elif before is not None and before.value not in (None, row.value):
            found[row.fact] = before
    return found


def _last(rows: list[Admission]) -> Admission | None:
    return rows[-1] if rows and rows[-1].verdict is not None else None


def _values(standard: Standard, found: Mapping[str, ItemFinding]) -> dict[str, Value]:
    kinds = {fact.name: fact.type for fact in standard.facts}
    read = {fact: read_value(kinds[fact], row.value or "", {}) for fact, row in found.items() if fact in kinds}
    return {fact: value for fact, value in read.items() if value is not None}


def findable(standard: Standard, item: EvidenceItem) -> list[Fact]:
    """The facts that the arbitrator may find of an item, as this version declares them."""
    declared = {fact.name: fact for fact in standard.facts}
    return [declared[name] for name in FINDABLE if name in declared and (item.late or name not in OF_LATENESS)]


def may_add(work: Work, case: Case, weighed: Weighed) -> bool:
    """Whether whoever filed an item may add to it now: gaps in form till EV-01's time ends, else till the close."""
    if rulings.live(work.session, case.case_no) is not None:
        return False
    if not weighed.gaps:
        return case.state in UPLOAD_STATES
    until = weighed.computed.cure_until
    in_time = until is None or work.now <= until
    return in_time and case.state in UPLOAD_STATES | {State.DELIBERATION}


def curable(work: Work, case: Case) -> list[Weighed]:
    """The items whose gaps may still be filled, each until its `computed.cure_until`, by whoever filed it."""
    weighing = weigh(work, case)
    timed = [each for each in weighing.items.values() if each.computed.cure_until] if weighing is not None else []
    return [each for each in timed if each.gaps and may_add(work, case, each)]


def cure(work: Work, case_no: str, label: str, answers: Mapping[str, object]) -> None:
    """A party: add what is missing of an item of its own side. What was answered stays; Invalid names each field."""
    case = get_case(work, case_no)
    party = cases.party_by_actor(work.session, work.actor.id)
    if work.actor.role not in PARTIES or party is None:
        raise NotAllowed("Only whoever filed an item adds to it.")
    weighed = _weighed(work, case, label)
    if weighed.item.submitted_by != party.side:
        raise NotAllowed("Only whoever filed an item adds to it.")
    if not may_add(work, case, weighed):
        raise WrongState("The time to add what is missing of this file is over.")
    added = particulars.added(weighed.item.kind, weighed.answers, answers, setting_of(work, case))
    row = EvidenceCure(item_id=weighed.item.id, answers=particulars.write(added), actor=work.actor.id, at=work.now)
    work.session.add(row)
    told = sorted(added) if weighed.item.kept_back else added
    record(work, case_no, "evidence_cured", {"label": label, "answers": told})


def find(work: Work, case_no: str, label: str, fact: str, written: str, reason: str) -> None:
    """Arbitrator: this fact of the item is so. *written* as the standard writes values; '' takes the finding back."""
    case, weighed = weighable(work, case_no, label)
    standard = standard_of(work, case)
    asked = findable(standard, weighed.item) if standard is not None else []
    declared = next((each for each in asked if each.name == fact), None)
    if declared is None:
        raise NotFound("This fact is not found of a single item.")
    if not written and fact not in weighed.findings:
        raise Invalid("There is no finding to take back.")
    if written:
        if len(written) > MAX_VALUE_CHARS or read_value(declared.type, written, {}) is None:
            if declared.type == "bool":
                raise Invalid("This fact is either so or not: choose yes or no.")
            raise Invalid("This fact is a number of sources: choose how many.")
        reason = _reason(reason)
    said = {"fact": fact, "value": written or None, "reason": reason if written else ""}
    work.session.add(ItemFinding(item_id=weighed.item.id, actor=work.actor.id, at=work.now, **said))
    record(work, case_no, "item_found", {"label": label, **said})


def decide(work: Work, case_no: str, label: str, verdict: Verdict | None, reason: str) -> None:
    """Arbitrator: another verdict than the computed one, with the reason that is printed; None takes it back."""
    _, weighed = weighable(work, case_no, label)
    if verdict is None and weighed.own is None:
        raise Invalid("The computed result stands already.")
    if verdict is not None:
        if verdict is weighed.verdict:
            raise Invalid("That is the result already; choose another one.")
        reason = _reason(reason)
    said = {"verdict": verdict, "reason": reason if verdict is not None else ""}
    work.session.add(Admission(item_id=weighed.item.id, actor=work.actor.id, at=work.now, **said))
    record(work, case_no, "admission_decided", {"label": label, "computed": weighed.computed.verdict, **said})


def _reason(reason: str) -> str:
    if says_nothing(reason):
        raise Invalid("Give the reason in words; it is printed in the ruling.")
    if len(reason.strip()) > MAX_REASON_CHARS:
        raise Invalid("Shorten the reason to %(max)d characters.", values={"max": MAX_REASON_CHARS})
    return reason.strip()


def weighable(work: Work, case_no: str, label: str) -> tuple[Case, Weighed]:
    """Arbitrator: an item that is to be weighed now. Raises NotAllowed, NotFound, WrongState."""
    must_sit(work, case_no)
    case = get_case(work, case_no)
    if case.state not in WEIGHED:
        raise WrongState("Evidence is weighed while it is heard and in deliberation.")
    if rulings.live(work.session, case_no) is not None:
        raise WrongState(
            "The ruling is prepared on the evidence as it was weighed; take it back to weigh it otherwise."
        )
    return case, _weighed(work, case, label)


def _weighed(work: Work, case: Case, label: str) -> Weighed:
    item = evidence.by_label(work.session, case.case_no, label)
    weighing = weigh(work, case, [item]) if item is not None else None
    if weighing is None or label not in weighing.items:
        raise NotFound("There is no such file in this case that could be weighed.")
    return weighing.items[label]
