"""Deciding: the arbitrator's draft, the checks it must pass before it can be signed, the outcome and the orders."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from arbitration.domain.admissibility import Support
from arbitration.domain.clauses import Outcome
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role
from arbitration.domain.texts import says_nothing
from arbitration.domain.vocabulary import Remedy

MONETARY = frozenset(
    {
        Remedy.REFUND_FULL,
        Remedy.REFUND_PARTIAL,
        Remedy.COMPENSATION,
        Remedy.PUNITIVE_3X,
        Remedy.DEPOSIT_RETURN,
    }
)
REFUNDS = frozenset({Remedy.REFUND_FULL, Remedy.REFUND_PARTIAL})
FROM_ESCROW = REFUNDS | {Remedy.DEPOSIT_RETURN}
"""What the platform itself pays out while it holds the money."""


class ClaimOutcome(StrEnum):
    """The answer to one claim."""

    UPHELD = "upheld"
    UPHELD_IN_PART = "upheld_in_part"
    DISMISSED = "dismissed"
    NO_RULING = "no_ruling"


AWARDING = frozenset({ClaimOutcome.UPHELD, ClaimOutcome.UPHELD_IN_PART})


class CaseOutcome(StrEnum):
    """How a whole case ended, as published. The first six follow from the answers and from who defaulted."""

    UPHELD = "upheld"
    UPHELD_IN_PART = "upheld_in_part"
    DISMISSED = "dismissed"
    UPHELD_BY_DEFAULT = "upheld_by_default"
    UPHELD_IN_PART_BY_DEFAULT = "upheld_in_part_by_default"
    DISMISSED_DESPITE_DEFAULT = "dismissed_despite_default"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"
    INADMISSIBLE = "inadmissible"


class RulingState(StrEnum):
    """Where one attempt at a ruling stands: rendered, then signed, then sealed and issued; or given up."""

    PREPARING = "preparing"
    PREPARED = "prepared"
    SIGNING = "signing"
    ISSUED = "issued"
    LAPSED = "lapsed"


class RulingAction(StrEnum):
    """What can happen to a ruling."""

    PREPARE = "prepare"
    SIGN = "sign"
    ISSUE = "issue"
    LAPSE = "lapse"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


RULING = Machine(
    "ruling",
    {
        RulingAction.PREPARE: move({RulingState.PREPARING}, RulingState.PREPARED, {Role.SYSTEM}),
        RulingAction.SIGN: move({RulingState.PREPARED}, RulingState.SIGNING, {Role.ARBITRATOR}),
        RulingAction.ISSUE: move({RulingState.SIGNING}, RulingState.ISSUED, {Role.SYSTEM}),
        RulingAction.LAPSE: move(
            {RulingState.PREPARING, RulingState.PREPARED, RulingState.SIGNING}, RulingState.LAPSED, {Role.SYSTEM}
        ),
        RulingAction.REOPEN: move({RulingState.PREPARED}, RulingState.LAPSED, {Role.ARBITRATOR}),
        # The dispute is given up. Once the arbitrator has signed, the ruling is being issued and cannot be stopped.
        RulingAction.WITHDRAW: move(
            {RulingState.PREPARING, RulingState.PREPARED}, RulingState.LAPSED, {Role.CLAIMANT, Role.PLATFORM}
        ),
    },
)


@dataclass(frozen=True)
class Claim:
    """What is asked for, as escalated. `amount_minor` in fen."""

    letter: str
    remedy: Remedy
    amount_minor: int
    text: str


@dataclass(frozen=True)
class Finding:
    """The arbitrator's answer to one claim. Unfilled parts are None or empty while it is a draft."""

    letter: str
    outcome: ClaimOutcome | None = None
    reasons: str = ""
    clauses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    remedy: Remedy | None = None
    amount_minor: int = 0


@dataclass(frozen=True)
class Departure:
    """The arbitrator's own answer to a clause, where facts and burdens compute another; the reason is printed."""

    clause: str
    result: Outcome
    reason: str


@dataclass(frozen=True)
class Draft:
    """Everything the arbitrator writes; `version` grows with each save and guards against stale pages."""

    facts_found: str = ""
    findings: tuple[Finding, ...] = ()
    version: int = 0
    departures: tuple[Departure, ...] = ()

    @property
    def cited(self) -> frozenset[str]:
        """Every clause that a finding rests on."""
        return frozenset(clause for finding in self.findings for clause in finding.clauses)

    def departure(self, clause: str) -> Departure | None:
        """The arbitrator's own answer to a clause, if there is one."""
        return next((each for each in self.departures if each.clause == clause), None)


class CheckId(StrEnum):
    """One condition that a draft must meet before it can be signed; `checks` says what each means."""

    FACTS = "facts"
    FINDING = "finding"
    REASONS = "reasons"
    CLAUSE = "clause"
    CLAUSE_IN_FORCE = "clause_in_force"
    FOLLOWS = "follows"
    DEPARTURE = "departure"
    EVIDENCE = "evidence"
    EVIDENCE_USABLE = "evidence_usable"
    CORROBORATED = "corroborated"
    HEARD = "heard"
    ARITHMETIC = "arithmetic"
    CEILING = "ceiling"
    PANEL = "panel"
    OBJECTIONS = "objections"


@dataclass(frozen=True)
class Check:
    """One line of the check list. `letters` names the claims that fail it, or `labels` the items of evidence."""

    id: CheckId
    passed: bool
    letters: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def checks(
    draft: Draft,
    claims: Collection[Claim],
    *,
    clauses_in_force: Collection[str],
    usable_evidence: Collection[str],
    order_minor: int,
    results: Mapping[str, Outcome],
    support: Support | None = None,
    unheard: Collection[str] = (),
    panel_size: int = 1,
    undecided: Collection[str] = (),
) -> tuple[Check, ...]:
    """The check list before signature; nothing can be signed while one of them fails.

    *clauses_in_force*: clause ids of the version pinned for the order time. *usable_evidence*: labels on the record
    that are neither quarantined nor excluded. *order_minor*: what was paid, in fen; refunds cannot exceed it.
    *results*: what each cited clause comes to by the facts and the burdens; an award needs a breach, or a departure.
    *support*: which items cannot ground a finding without another source (EV-03). *unheard*: late items on which a
    side may still comment; one that is admitted must wait for that, one that is excluded need not (EV-06).
    *undecided*: labels of the items with an objection that the arbitrator has not decided on.
    Sources: domain.md §4 and §6, RM-01 (three times damages need a panel of three).
    """
    findings = {finding.letter: finding for finding in draft.findings}
    answered = [(claim, findings.get(claim.letter, Finding(claim.letter))) for claim in claims]
    decided = [(claim, finding) for claim, finding in answered if finding.outcome is not None]

    def failing(id: CheckId, letters: list[str]) -> Check:
        return Check(id, not letters, tuple(letters))

    refunds = sum(f.amount_minor for _, f in decided if f.outcome in AWARDING and f.remedy in REFUNDS)
    return (
        Check(CheckId.FACTS, not says_nothing(draft.facts_found)),
        failing(CheckId.FINDING, [c.letter for c, f in answered if f.outcome is None]),
        failing(CheckId.REASONS, [c.letter for c, f in answered if says_nothing(f.reasons)]),
        failing(CheckId.CLAUSE, [c.letter for c, f in answered if not f.clauses]),
        failing(
            CheckId.CLAUSE_IN_FORCE, [c.letter for c, f in answered if not set(f.clauses) <= set(clauses_in_force)]
        ),
        failing(
            CheckId.FOLLOWS,
            [c.letter for c, f in decided if f.outcome in AWARDING and f.clauses and not _follows(draft, f, results)],
        ),
        Check(CheckId.DEPARTURE, not any(says_nothing(each.reason) for each in draft.departures)),
        failing(CheckId.EVIDENCE, [c.letter for c, f in decided if f.outcome in AWARDING and not f.evidence]),
        failing(
            CheckId.EVIDENCE_USABLE, [c.letter for c, f in answered if not set(f.evidence) <= set(usable_evidence)]
        ),
        failing(CheckId.CORROBORATED, [c.letter for c, f in answered if support and support.alone(f.evidence)]),
        Check(CheckId.HEARD, not set(unheard) & set(usable_evidence)),
        failing(CheckId.ARITHMETIC, [c.letter for c, f in decided if not _adds_up(c, f)]),
        Check(CheckId.CEILING, refunds <= order_minor),
        failing(
            CheckId.PANEL,
            [
                c.letter
                for c, f in decided
                if f.outcome in AWARDING and f.remedy is Remedy.PUNITIVE_3X and panel_size < 3
            ],
        ),
        Check(CheckId.OBJECTIONS, not undecided, labels=tuple(undecided)),
    )


def _follows(draft: Draft, finding: Finding, results: Mapping[str, Outcome]) -> bool:
    """Whether a clause that the finding rests on is breached, as computed or as the arbitrator holds."""
    for clause in finding.clauses:
        departure = draft.departure(clause)
        if (departure.result if departure else results.get(clause)) is Outcome.BREACHED:
            return True
    return False


def _adds_up(claim: Claim, finding: Finding) -> bool:
    if finding.outcome not in AWARDING:
        return finding.amount_minor == 0
    if finding.remedy is None or finding.remedy is Remedy.DISMISS:
        return False
    if finding.remedy not in MONETARY:
        return finding.amount_minor == 0
    if finding.outcome is ClaimOutcome.UPHELD:
        return finding.amount_minor == claim.amount_minor > 0
    return 0 < finding.amount_minor < claim.amount_minor


def outcome(draft: Draft, *, by_default: bool) -> CaseOutcome:
    """The outcome of the case from its findings (contract.md §2). Every finding must have an outcome."""
    results = {finding.outcome for finding in draft.findings}
    if not results & AWARDING:
        return CaseOutcome.DISMISSED_DESPITE_DEFAULT if by_default else CaseOutcome.DISMISSED
    if results == {ClaimOutcome.UPHELD}:
        return CaseOutcome.UPHELD_BY_DEFAULT if by_default else CaseOutcome.UPHELD
    return CaseOutcome.UPHELD_IN_PART_BY_DEFAULT if by_default else CaseOutcome.UPHELD_IN_PART


@dataclass(frozen=True)
class Order:
    """One line of the operative part: who does what for the claimant. `amount_minor` in fen, 0 when not money."""

    number: int
    letter: str
    remedy: Remedy
    amount_minor: int
    obligor: Role
    clause: str


def orders(draft: Draft, *, escrow_held: bool) -> tuple[Order, ...]:
    """The orders that follow from the findings, in the order of the claims.

    While the platform holds the money it pays refunds and deposits itself; all else is the respondent's.
    """
    awarded = [finding for finding in draft.findings if finding.outcome in AWARDING and finding.remedy is not None]
    return tuple(
        Order(
            number=number,
            letter=finding.letter,
            remedy=finding.remedy or Remedy.DISMISS,
            amount_minor=finding.amount_minor,
            obligor=Role.PLATFORM if escrow_held and finding.remedy in FROM_ESCROW else Role.RESPONDENT,
            clause=finding.clauses[0] if finding.clauses else "",
        )
        for number, finding in enumerate(awarded, start=1)
    )


def carried_out(orders: Iterable[Order], number: int | None, remedy: Remedy, amount_minor: int) -> Order | None:
    """The order that a report of its execution fits: of that remedy, paid in full (*amount_minor* in fen).

    It is the one with the reported *number*, or without one the first that fits; None when none does.
    """
    return next(
        (
            order
            for order in orders
            if number in (None, order.number) and order.remedy is remedy and amount_minor >= order.amount_minor
        ),
        None,
    )


def draft_from(data: Mapping[str, object]) -> Draft:
    """Read a stored draft (the inverse of `draft_to`)."""
    findings = tuple(
        Finding(
            letter=row["letter"],
            outcome=ClaimOutcome(row["outcome"]) if row["outcome"] else None,
            reasons=row["reasons"],
            clauses=tuple(row["clauses"]),
            evidence=tuple(row["evidence"]),
            remedy=Remedy(row["remedy"]) if row["remedy"] else None,
            amount_minor=row["amount_minor"],
        )
        for row in data["findings"]  # type: ignore[attr-defined]
    )
    departures = tuple(
        Departure(row["clause"], Outcome(row["result"]), row["reason"])
        for row in data["departures"]  # type: ignore[attr-defined]
    )
    return Draft(str(data["facts_found"]), findings, int(str(data["version"])), departures)


def draft_to(draft: Draft) -> dict[str, object]:
    """A draft as plain JSON data."""
    return {
        "facts_found": draft.facts_found,
        "version": draft.version,
        "departures": [
            {"clause": each.clause, "result": each.result, "reason": each.reason} for each in draft.departures
        ],
        "findings": [
            {
                "letter": finding.letter,
                "outcome": finding.outcome,
                "reasons": finding.reasons,
                "clauses": list(finding.clauses),
                "evidence": list(finding.evidence),
                "remedy": finding.remedy,
                "amount_minor": finding.amount_minor,
            }
            for finding in draft.findings
        ],
    }
