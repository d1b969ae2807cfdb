"""The facts of a case and what follows from them: said by the sides, found by the arbitrator, asked of the clauses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from arbitration.actions.context import Work, get_case, record
from arbitration.actions.panel import must_sit
from arbitration.actions.platform_rules import book_of, standard_of
from arbitration.domain import handling
from arbitration.domain.assessment import Assessment, assess
from arbitration.domain.cases import State
from arbitration.domain.clauses import Fact
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.escalation import EscalatedData, entries_from
from arbitration.domain.expressions import LONG_AGO, NEVER
from arbitration.domain.fact_sources import escalated
from arbitration.domain.facts import FINDINGS, Record, Stance, Stated, Statement, Status, last_words, standing
from arbitration.domain.panel import AppointmentState
from arbitration.domain.rulebook import Rulebook
from arbitration.domain.standard import Standard
from arbitration.domain.texts import says_nothing
from arbitration.domain.values import read_value, write_value
from arbitration.store import cases, facts, panel, rulings
from arbitration.store.cases import Case
from arbitration.store.facts import FactStatement

FINDABLE = frozenset({State.EVIDENCE, State.DELIBERATION})
"""While the arbitrator finds facts."""
SAYABLE = frozenset({State.RESPONSE_DUE, State.EVIDENCE})
"""While the sides are heard on them."""
MAX_SOURCE_CHARS = 500
MAX_VALUE_CHARS = 200
EARLIEST, LATEST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2100))
"""Between these an instant that people write must lie; every page can show it."""
SITTING = "arbitrators_sitting"
"""The fact that the office itself knows."""
OF_EITHER_SIDE = frozenset({"submitter", "opponent"})
"""Burdens that fall on whichever side it is in the case."""


@dataclass(frozen=True)
class CaseFacts:
    """What a case knows of its facts, and the clauses to ask. `words` has each side's last, by fact and side."""

    standard: Standard
    book: Rulebook
    record: Record
    words: Mapping[str, Mapping[str, Statement]]

    def fact(self, name: str) -> Fact:
        """How the standard declares a fact. Raises NotFound."""
        found = next((fact for fact in self.standard.facts if fact.name == name), None)
        if found is None:
            raise NotFound("This version of the standard asks for no such fact.")
        return found

    def assess(self, clause_id: str) -> Assessment:
        """What a clause comes to. Raises NotFound for one that this version does not have or that has no test."""
        if clause_id not in self.book.rules:
            raise NotFound("This version of the standard has no clause %(clause)s.", values={"clause": clause_id})
        return assess(self.book, clause_id, self.record)


def facts_of(work: Work, case: Case) -> CaseFacts | None:
    """All of it at once, for a page; None for a case that no version governs."""
    standard = standard_of(work, case)
    if standard is None:
        return None
    said = _said(work, case, standard)
    return CaseFacts(standard, book_of(work, case, standard), _standing(work, case, standard, said), last_words(said))


def record_of(work: Work, case: Case, standard: Standard) -> dict[str, Stated]:
    """Every fact of the case as it stands: escalated, known to the office, said by the sides, found."""
    return _standing(work, case, standard, _said(work, case, standard))


def _said(work: Work, case: Case, standard: Standard) -> list[Statement]:
    return [_statement(row, standard) for row in facts.statements(work.session, case.case_no)]


def _standing(work: Work, case: Case, standard: Standard, said: Iterable[Statement]) -> dict[str, Stated]:
    return standing(_escalated(case, standard) | _known_here(work, case, standard), said)


def stated_record(
    standard: Standard, told: EscalatedData, rows: Iterable[FactStatement], *, sits: bool
) -> dict[str, Stated]:
    """The same from its parts, for many cases at a time: *sits* says whether an arbitrator sits in the case."""
    said = [_statement(row, standard) for row in rows]
    return standing(escalated(standard, told) | (_sitting(standard) if sits else {}), said)


def in_play(standard: Standard, case: Case) -> tuple[str, ...]:
    """The clauses that a case turns on: those of its reason, those its claims name, and the platform's own times."""
    return asked_of(standard, case.reason, EscalatedData.model_validate_json(case.escalation))


def asked_of(standard: Standard, reason: str, told: EscalatedData) -> tuple[str, ...]:
    """The same for a dispute of that *reason*, as its platform told it."""
    matter = standard.matter(reason)
    named = [clause for claim in told.dispute.claims for clause in claim.basis_clauses]
    known = {clause.id for clause in standard.clauses}
    wanted = [*named, *(matter.clauses if matter else ()), handling.CLAUSE]
    return tuple(dict.fromkeys(clause for clause in wanted if clause in known))


def assessments(work: Work, case: Case, clause_ids: Iterable[str]) -> list[Assessment]:
    """What each clause comes to in this case now. None for a case that no version governs."""
    known = facts_of(work, case)
    if known is None:
        return []
    return [known.assess(clause_id) for clause_id in clause_ids if clause_id in known.book.rules]


def to_prove(standard: Standard, case: Case, side: str) -> frozenset[str]:
    """The facts whose burden this side bears under a clause in play."""
    return frozenset(
        burden.fact
        for clause_id in in_play(standard, case)
        for burden in standard.clause(clause_id).proof
        if burden.by == side or burden.by in OF_EITHER_SIDE
    )


def find(work: Work, case_no: str, fact: str, written: str, source: str) -> None:
    """Arbitrator: this fact is so. *written* as the standard writes values, *source* an item's label or some words."""
    case, declared, standard = _findable(work, case_no, fact)
    _must_be_value(work, standard, declared, written)
    if says_nothing(source):
        raise Invalid("Say what the finding rests on: choose an item of evidence or write it.")
    _put(work, case, fact, Stance.FIND, value=written, source=source)


def not_find(work: Work, case_no: str, fact: str, source: str) -> None:
    """Arbitrator: this fact was not proven; the burden of proof decides."""
    case, _, _ = _findable(work, case_no, fact)
    _put(work, case, fact, Stance.NOT_FIND, source=source)


def reopen(work: Work, case_no: str, fact: str) -> None:
    """Arbitrator: the finding is taken back; what the sides said stands again."""
    case, _, _ = _findable(work, case_no, fact)
    _put(work, case, fact, Stance.REOPEN)


def say(work: Work, case_no: str, fact: str, stance: Stance, written: str = "", seen: str = "") -> None:
    """A side: admit or dispute what is on the record of a fact, or assert what it must prove, while it is heard.

    *seen* is the `mark` of what its page showed. Raises Conflict (code `stale`) where that is no longer on the record.
    """
    case, side = _heard(work, case_no, stance)
    declared, standard = _declared(work, case, fact)
    before = record_of(work, case, standard).get(fact)
    if before is not None and before.status in (Status.FOUND, Status.NOT_FOUND):
        raise WrongState("This fact is decided; write to everyone in the case if you hold otherwise.")
    if stance is Stance.ASSERT:
        if fact not in to_prove(standard, case, side):
            raise Invalid("Only the side that must prove a fact states it.")
        _must_be_value(work, standard, declared, written)
    elif before is None:
        raise Invalid("Nothing is on the record of this fact yet.")
    elif seen != mark(declared, before):
        raise Conflict("What is on the record of this fact has changed since you opened the page.", code="stale")
    elif before.source == side:
        raise Invalid("This is your own statement; state another value to change it.")
    _put(work, case, fact, stance, value=written if stance is Stance.ASSERT else None, side=side)


def mark(fact: Fact, stated: Stated) -> str:
    """What is on the record of a fact, in one line: an answer goes to this and to nothing that came later."""
    return f"{write_value(fact.type, stated.value)} {stated.source}" if stated.value is not None else stated.source


def _heard(work: Work, case_no: str, stance: Stance) -> tuple[Case, str]:
    """The case, and whose side the actor is on."""
    case = get_case(work, case_no)
    party = cases.party_by_actor(work.session, work.actor.id)
    if party is None or stance in FINDINGS:
        raise NotAllowed("Only a side says what it holds of a fact.")
    if case.state not in SAYABLE:
        raise WrongState("The sides are heard on the facts until the record closes.")
    return case, party.side


def _put(
    work: Work, case: Case, fact: str, stance: Stance, *, value: str | None = None, side: str = "", source: str = ""
) -> None:
    source = source.strip()
    if len(source) > MAX_SOURCE_CHARS:
        raise Invalid("Shorten what the finding rests on to %(max)d characters.", values={"max": MAX_SOURCE_CHARS})
    said = {"fact": fact, "stance": stance, "side": side, "source": source}
    work.session.add(FactStatement(case_no=case.case_no, actor=work.actor.id, at=work.now, value=value, **said))
    record(work, case.case_no, "fact_stated", said | {"value": value or ""})


def _findable(work: Work, case_no: str, fact: str) -> tuple[Case, Fact, Standard]:
    must_sit(work, case_no)
    case = get_case(work, case_no)
    if case.state not in FINDABLE:
        raise WrongState("Facts are found while evidence is heard and in deliberation.")
    if rulings.live(work.session, case_no) is not None:
        raise WrongState("The ruling is prepared on the facts as they stand; take it back to find others.")
    declared, standard = _declared(work, case, fact)
    if fact == SITTING:
        raise Invalid("How many arbitrators sit is known to the office and not found.")
    return case, declared, standard


def _declared(work: Work, case: Case, name: str) -> tuple[Fact, Standard]:
    standard = standard_of(work, case)
    found = next((fact for fact in standard.facts if fact.name == name), None) if standard else None
    if standard is None or found is None:
        raise NotFound("This version of the standard asks for no such fact.")
    return found, standard


def _must_be_value(work: Work, standard: Standard, fact: Fact, written: str) -> None:
    enums = {enum.name: enum for enum in standard.enums}
    value = read_value(fact.type, written, enums) if len(written) <= MAX_VALUE_CHARS else None
    if value is None:
        raise Invalid("“%(value)s” is no value of this fact.", values={"value": written[:60]})
    if fact.type == "instant" and value not in (NEVER, LONG_AGO) and not EARLIEST <= int(str(value)) < LATEST:
        raise Invalid("Write a time between the years 2000 and 2100.")
    if fact.type == "instant" and work.now.timestamp() < int(str(value)) < NEVER:
        raise Invalid("That time has not come yet: a fact is something that happened, or did not.")


def _statement(row: FactStatement, standard: Standard) -> Statement:
    kinds = {fact.name: fact.type for fact in standard.facts}
    enums = {enum.name: enum for enum in standard.enums}
    value = read_value(kinds.get(row.fact, "text"), row.value, enums) if row.value is not None else None
    return Statement(row.fact, row.stance, value, row.side, row.source)


def _escalated(case: Case, standard: Standard) -> dict[str, Stated]:
    """What the platform told: the escalation, and its own handling as updates have added to it."""
    return escalated(standard, told_by(case.escalation, case.handling))


def told_by(escalation: str, entries: str) -> EscalatedData:
    """What a platform has told of a dispute, from a case's `escalation` and the *entries* of its `handling`."""
    told = EscalatedData.model_validate_json(escalation)
    return told.model_copy(update={"handling_history": entries_from(entries)})


def _known_here(work: Work, case: Case, standard: Standard) -> dict[str, Stated]:
    """What the office itself knows: how many arbitrators sit."""
    seated = panel.seated(work.session, case.case_no)
    if seated is None or seated.state is not AppointmentState.ACCEPTED:
        return {}
    return _sitting(standard)


def _sitting(standard: Standard) -> dict[str, Stated]:
    sitting = Stated(SITTING, 1, Status.FOUND, "panel")
    return {sitting.fact: sitting} if any(fact.name == sitting.fact for fact in standard.facts) else {}
