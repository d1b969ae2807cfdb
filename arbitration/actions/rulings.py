"""Writing the ruling: the draft, saved with a version, and the check list that must pass before signature."""

import json
from datetime import datetime

from arbitration.actions import admissibility, late_evidence
from arbitration.actions.context import Work, get_case
from arbitration.actions.facts import assessments
from arbitration.actions.panel import must_sit
from arbitration.actions.standard import version
from arbitration.domain import rulings
from arbitration.domain.cases import State
from arbitration.domain.errors import Conflict, WrongState
from arbitration.domain.rulings import Check, Claim, Departure, Draft, Finding, RulingState
from arbitration.domain.standard import Standard
from arbitration.store import rulings as store
from arbitration.store.cases import Case
from arbitration.store.objections import undecided_in
from arbitration.store.rulings import RulingDraft


def draft(work: Work, case_no: str) -> Draft:
    """The draft as saved, or an empty one with a finding to fill for every claim."""
    case = get_case(work, case_no)
    saved = store.draft_of(work.session, case_no)
    if saved is None:
        return Draft(findings=tuple(Finding(claim.letter) for claim in case.claims))
    return rulings.draft_from(json.loads(saved.body))


def save(
    work: Work,
    case_no: str,
    facts_found: str,
    findings: tuple[Finding, ...],
    seen: int,
    departures: tuple[Departure, ...] = (),
) -> int:
    """Arbitrator: save; *seen* is the version the page was made from. Raises Conflict when another save came between.

    The new version is returned. Nothing is checked here beyond the shape: a draft may be unfinished.
    """
    must_sit(work, case_no)
    case = get_case(work, case_no)
    if case.state is not State.DELIBERATION:
        raise WrongState("A ruling is written during deliberation.")
    ruling = store.live(work.session, case_no)
    if ruling is not None and ruling.state is not RulingState.ISSUED:
        raise WrongState("The ruling is prepared for signature; take it back to change it.")
    saved = store.draft_of(work.session, case_no)
    current = saved.version if saved else 0
    if seen != current:
        raise Conflict("The draft was saved elsewhere since this page was opened.", code="stale")
    known = {claim.letter for claim in case.claims}
    kept = tuple(finding for finding in findings if finding.letter in known)
    body = json.dumps(rulings.draft_to(Draft(facts_found, kept, current + 1, departures)), ensure_ascii=False)
    if saved is None:
        saved = RulingDraft(case_no=case_no, body=body, version=1, saved_by=work.actor.id, saved_at=work.now)
        work.session.add(saved)
    else:
        saved.body = body
        saved.version = current + 1
        saved.saved_by = work.actor.id
        saved.saved_at = work.now
    return saved.version


def check_list(work: Work, case: Case, draft: Draft) -> tuple[Check, ...]:
    """The checks of domain.rulings for this case's claims, record and pinned standard."""
    weighing = admissibility.weigh(work, case)
    return rulings.checks(
        draft,
        claims_of(case),
        clauses_in_force={clause.id for clause in pinned_standard(work, case).clauses},
        usable_evidence=usable_labels(work, case),
        order_minor=case.order_minor,
        results={each.clause.id: each.if_nothing_more for each in assessments(work, case, sorted(draft.cited))},
        support=weighing.support() if weighing is not None else None,
        unheard=late_evidence.unheard(work, case),
        undecided=undecided_labels(work, case),
    )


def heard_by(work: Work, case: Case) -> datetime | None:
    """Until when a side may comment on a late item that the ruling would use; None where nothing is waited for."""
    usable = usable_labels(work, case)
    return max((at for label, at in late_evidence.unheard(work, case).items() if label in usable), default=None)


def claims_of(case: Case) -> list[Claim]:
    """The claims as the rules see them."""
    return [Claim(row.letter, row.remedy, row.amount_minor, row.text) for row in case.claims]


def usable_labels(work: Work, case: Case) -> list[str]:
    """Labels of the items that may carry a finding."""
    return [item.label or "" for item in admissibility.usable(work, case)]


def undecided_labels(work: Work, case: Case) -> list[str]:
    """Labels of the items with an objection that is still to be decided on; a ruling says what became of each."""
    return list(dict.fromkeys(row.item.label or "" for row in undecided_in(work.session, case.case_no)))


def pinned_standard(work: Work, case: Case) -> Standard:
    """The version of the standard that the case pinned at admission."""
    if case.standard_version is None:
        raise WrongState("No standard is pinned before admission.")
    return version(work, case.standard_version)
