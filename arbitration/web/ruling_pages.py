"""What the ruling's pages show: made from the case, its draft and its ruling, in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup

from arbitration.actions import admissibility, document, facts, rulings
from arbitration.actions.context import Work
from arbitration.actions.platform_rules import book_of
from arbitration.domain.cases import ENDED, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.explanation import conclude
from arbitration.domain.money import format_cny
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import Check, CheckId, ClaimOutcome, Draft, Finding, RulingState
from arbitration.domain.signing import ClauseEntry, FindingEntry, Notices, OrderEntry, RulingDocument, load
from arbitration.domain.standard import BEIJING
from arbitration.store import evidence, productions
from arbitration.store import rulings as store
from arbitration.store.cases import Case, Deadline, DeadlineState, deadlines_of
from arbitration.store.objections import Objection, undecided_in
from arbitration.store.rulings import Ruling, RulingDraft
from arbitration.web.admission_pages import verdicts_shown
from arbitration.web.current import lang, now
from arbitration.web.evidence_words import GROUNDS, item_standing
from arbitration.web.fact_words import RESULTS, language, result_badge
from arbitration.web.formats import beijing, beijing_word
from arbitration.web.ruling_forms import FINDINGS
from arbitration.web.wording import END_REASONS
from arbitration.web.words import OUTCOMES, REMEDIES, ROLES

CHECKS = {
    CheckId.FACTS: lazy_gettext("The facts found are written"),
    CheckId.FINDING: lazy_gettext("Every claim has a finding"),
    CheckId.REASONS: lazy_gettext("Every claim has reasons"),
    CheckId.CLAUSE: lazy_gettext("Every finding cites a clause"),
    CheckId.FOLLOWS: lazy_gettext("Every award follows from a clause that is not met"),
    CheckId.DEPARTURE: lazy_gettext("Every departure from what is computed has reasons"),
    CheckId.CLAUSE_IN_FORCE: lazy_gettext("Every clause was in force when the order was placed"),
    CheckId.EVIDENCE: lazy_gettext("Every upheld claim relies on evidence"),
    CheckId.EVIDENCE_USABLE: lazy_gettext("Only evidence that may carry a finding is relied on"),
    CheckId.CORROBORATED: lazy_gettext("What needs corroboration has it from an independent source"),
    CheckId.HEARD: lazy_gettext("Both sides could comment on late evidence that is admitted"),
    CheckId.ARITHMETIC: lazy_gettext("The amounts fit the findings"),
    CheckId.CEILING: lazy_gettext("Refunds do not exceed what was paid"),
    CheckId.PANEL: lazy_gettext("Threefold damages only by a panel of three"),
    CheckId.OBJECTIONS: lazy_gettext("Every objection to evidence is decided"),
}

FINDING_WORDS = {**dict(FINDINGS), ClaimOutcome.NO_RULING: lazy_gettext("No ruling")}

VOIDED = {
    "not_signed_in_time": lazy_gettext(
        "The prepared ruling was not signed before the time of service printed in it, so it is void."
    ),
    "not_sealed_in_time": lazy_gettext(
        "The signed ruling was not sealed before the time of service printed in it, so it is void. Prepare it again."
    ),
}
"""Why a prepared ruling is void, but for the arbitrator's own wish; another reason is what the renderer said."""


@dataclass(frozen=True)
class CheckShown:
    label: str
    passed: bool
    detail: str | None


@dataclass(frozen=True)
class Preview:
    """A draft as paper, in the language of the case, and its check list."""

    paper: Markup
    language: str
    checks: list[CheckShown]

    @property
    def ready(self) -> bool:
        return all(check.passed for check in self.checks)


@dataclass(frozen=True)
class ClauseResult:
    """What one clause comes to on the facts as they stand: tone, label and icon, and why, in the reader's language."""

    badge: tuple[str, str, str]
    why: str


@dataclass(frozen=True)
class Undecided:
    """An objection that keeps the ruling from being prepared, and the place where it is decided."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Writing:
    """The editor's page around its forms; `results` by the clause's id."""

    preview: Preview
    saved: str | None
    unusable: list[tuple[str, str, str]]
    due: Deadline | None
    voided: tuple[str, str | None] | None
    results: dict[str, ClauseResult]
    undecided: list[Undecided]


@dataclass(frozen=True)
class Difference:
    """One part of a draft as it is typed and as it was saved meanwhile."""

    part: str
    yours: str
    saved: str


@dataclass(frozen=True)
class OtherVersion:
    """The draft that was saved meanwhile, and in what it differs from what is typed."""

    version: int
    preview: Preview
    differs: list[Difference]


@dataclass(frozen=True)
class Review:
    """What is to be signed."""

    ruling: Ruling
    pages: list[str]
    checks: list[CheckShown]
    outcome: str
    sign_by: datetime | None


@dataclass(frozen=True)
class Underway:
    """Something is being made and takes seconds: what, in steps of which the first is going on."""

    title: str
    sentence: str
    steps: list[str]


@dataclass(frozen=True)
class Waiting:
    """There is no ruling to show, and why."""

    title: str
    sentence: str
    due: Deadline | None


@dataclass(frozen=True)
class ClaimResult:
    letter: str
    label: str
    outcome: str
    amount_minor: int


@dataclass(frozen=True)
class Following:
    """One thing that comes after a ruling: what, who, by when."""

    what: str
    who: str
    at: datetime | None


@dataclass(frozen=True)
class ClauseApplied:
    """A clause as the ruling cites it, in the ruling's language; `result` is tone, label and icon."""

    ref: str
    url: str
    decisions_url: str
    title: str
    text: str
    result: tuple[str, str, str] | None
    why: str


@dataclass(frozen=True)
class Issued:
    """A ruling that was issued."""

    ruling: Ruling
    outcome: str
    claims: list[ClaimResult]
    clauses: list[ClauseApplied]
    language: str
    following: list[Following]
    verify_url: str


def writing(work: Work, case: Case, shown: Draft, asked: list[str]) -> Writing:
    """The editor of *case* with *shown* as its preview, and what the clauses *asked* come to."""
    last = store.latest(work.session, case.case_no)
    return Writing(
        preview=preview(work, case, shown),
        saved=saved_at(store.draft_of(work.session, case.case_no)),
        unusable=_unusable(work, case),
        due=_running(work, case, DeadlineKind.RULING),
        voided=_voided(last) if last is not None else None,
        results=_results(work, case, asked),
        undecided=[_undecided(row) for row in undecided_in(work.session, case.case_no)],
    )


def _undecided(row: Objection) -> Undecided:
    label = row.item.label or ""
    return Undecided(
        gettext(
            "%(side)s objected to %(label)s: %(ground)s",
            side=ROLES[Role(row.side)],
            label=label,
            ground=GROUNDS[row.ground],
        ),
        url_for("admissibility.show", case_no=row.item.case_no, label=label, _anchor=f"objection-{row.id}"),
    )


def _unusable(work: Work, case: Case) -> list[tuple[str, str, str]]:
    """What may carry no finding, or none alone, and why."""
    items = evidence.on_record(work.session, case.case_no)
    verdicts = verdicts_shown(admissibility.weigh(work, case, items))
    standing = {item.label or "": str(item_standing(item.state, item.late)[1]) for item in items if not item.usable}
    limited = {label: each.badge[1] for label, each in verdicts.items() if not each.admitted}
    why = limited | standing
    return [(item.label, item.file_name, why[item.label]) for item in items if item.label in why]


def _results(work: Work, case: Case, asked: list[str]) -> dict[str, ClauseResult]:
    book = book_of(work, case, rulings.pinned_standard(work, case))
    found = {}
    for each in facts.assessments(work, case, asked):
        found[each.clause.id] = ClauseResult(result_badge(each.if_nothing_more), conclude(book, each, language()))
    return found


def preview(work: Work, case: Case, draft: Draft) -> Preview:
    """*draft* by the file's own template, which escapes what was typed."""
    paper = work.ports.renderer.html(document.build(work, case, draft), draft=True)
    return Preview(Markup(paper), _tag(case), checks(work, case, draft))  # noqa: S704


def checks(work: Work, case: Case, draft: Draft) -> list[CheckShown]:
    """The check list in words."""
    return [
        CheckShown(
            str(CHECKS[check.id]),
            check.passed,
            _detail(work, case, check),
        )
        for check in rulings.check_list(work, case, draft)
    ]


def _detail(work: Work, case: Case, check: Check) -> str | None:
    """What fails a check: the claims, the items of evidence, or until when a comment is waited for."""
    if check.id is CheckId.HEARD and not check.passed:
        until = rulings.heard_by(work, case)
        return gettext("(there is time until %(time)s)", time=beijing_word(until, lang())) if until else None
    if check.letters:
        return str(gettext("(claim %(letters)s)", letters=gettext(", ").join(check.letters)))
    return str(gettext("(evidence %(labels)s)", labels=gettext(", ").join(check.labels))) if check.labels else None


def saved_at(draft: RulingDraft | None) -> str | None:
    """`Draft saved 14:28`, in Beijing time; with the day where that is another one."""
    if draft is None:
        return None
    at, today = (moment.astimezone(BEIJING) for moment in (draft.saved_at, now()))
    shown = f"{at:%H:%M}" if at.date() == today.date() else beijing(draft.saved_at, lang(), short=True)
    return str(gettext("Draft saved %(time)s", time=shown))


def other_version(work: Work, case: Case, typed: Draft) -> OtherVersion:
    """The draft as it is saved, beside *typed*."""
    saved = rulings.draft(work, case.case_no)
    theirs = {finding.letter: finding for finding in saved.findings}
    differs = [Difference(gettext("Facts found"), typed.facts_found, saved.facts_found)]
    for finding in typed.findings:
        claim = gettext("Claim %(letter)s", letter=finding.letter)
        yours, other = _parts(finding), _parts(theirs.get(finding.letter, Finding(finding.letter)))
        differs += [
            Difference(gettext("%(label)s: %(text)s", label=claim, text=part), yours[part], other[part])
            for part in yours
        ]
    for clause in dict.fromkeys(each.clause for each in (*typed.departures, *saved.departures)):
        part = gettext("Departure on clause %(clause)s", clause=clause)
        differs.append(Difference(part, _departed(typed, clause), _departed(saved, clause)))
    changed = [each for each in differs if each.yours != each.saved]
    return OtherVersion(saved.version, preview(work, case, saved), changed)


def _departed(draft: Draft, clause: str) -> str:
    departure = draft.departure(clause)
    if departure is None:
        return ""
    return gettext("%(label)s: %(text)s", label=str(RESULTS[departure.result][1]), text=departure.reason)


def _parts(finding: Finding) -> dict[str, str]:
    """A finding by the names of its fields, as it reads."""
    return {
        gettext("Finding"): str(FINDING_WORDS[finding.outcome]) if finding.outcome else "",
        gettext("Reasons"): finding.reasons,
        gettext("Clauses applied"): gettext(", ").join(finding.clauses),
        gettext("Evidence relied on"): gettext(", ").join(finding.evidence),
        gettext("Remedy"): str(REMEDIES[finding.remedy]) if finding.remedy else "",
        gettext("Amount (CNY)"): format_cny(finding.amount_minor) if finding.remedy else "",
    }


def review(work: Work, case: Case, ruling: Ruling) -> Review:
    """The prepared *ruling*, page by page."""
    return Review(
        ruling=ruling,
        pages=[
            url_for("rulings.page", case_no=case.case_no, number=number) for number in range(1, (ruling.pages or 0) + 1)
        ],
        checks=checks(work, case, rulings.draft(work, case.case_no)),
        outcome=str(OUTCOMES[ruling.outcome]) if ruling.outcome else "",
        sign_by=ruling.served_at,
    )


def underway(ruling: Ruling) -> Underway:
    """While the office makes the file, or finishes the one that was signed."""
    if ruling.state is RulingState.PREPARING:
        return Underway(
            gettext("The ruling is being prepared"),
            gettext("The file is made once. You will see its pages, and exactly these bytes are what you sign."),
            [
                gettext("Set the pages, with the time of service and the deadlines"),
                gettext("Check the file and read its text back"),
                gettext("Show you its pages for signature"),
            ],
        )
    return Underway(
        gettext("You have signed the ruling"),
        gettext("The office finishes it by itself; you need not wait on this page."),
        [
            gettext("Seal the file, sign it with your key and time-stamp it"),
            gettext("Check it as an outsider would"),
            gettext("Write it into the record and issue it to all in the case"),
        ],
    )


def waiting(work: Work, case: Case, ruling: Ruling | None) -> Waiting:
    """Why there is no ruling to see."""
    due = _running(work, case, DeadlineKind.RULING)
    if case.state in ENDED:
        reason = END_REASONS.get(case.end_reason or "", "")
        return Waiting(gettext("This case ended without a ruling"), str(reason), None)
    if case.state is not State.DELIBERATION:
        sentence = gettext("It is written when the record has closed, on what the record holds by then.")
        if productions.is_open(work.session, case.case_no):
            sentence = gettext("It is written when the record has closed, and that waits for what is to be produced.")
        return Waiting(gettext("There is no ruling yet"), sentence, None)
    if ruling is not None and ruling.state is RulingState.SIGNING:
        sentence = gettext("The arbitrator has signed. The office seals and checks the file, which takes seconds.")
        return Waiting(gettext("The ruling is being issued"), sentence, None)
    sentence = gettext(
        "The arbitrator is deciding. Nobody else sees the draft; all in the case get the ruling at once."
    )
    return Waiting(gettext("The ruling is being written"), sentence, due)


def issued(ruling: Ruling) -> Issued:
    """The result, and what comes next."""
    content = load((ruling.content or "").encode())
    return Issued(
        ruling=ruling,
        outcome=str(OUTCOMES[ruling.outcome]) if ruling.outcome else "",
        claims=[claim_result(content, finding) for finding in content.findings],
        clauses=[_applied(entry) for entry in content.clauses],
        language="zh-Hans" if content.language == "zh" else "en",
        following=following(content),
        verify_url=url_for("verify.code", code=ruling.verify_code),
    )


def _applied(entry: ClauseEntry) -> ClauseApplied:
    return ClauseApplied(
        ref=f"{entry.id}@{entry.version}",
        url=url_for("public.standard_version", version=entry.version, _anchor=entry.id),
        decisions_url=url_for("public.clause", clause_id=entry.id),
        title=entry.title,
        text=entry.text,
        result=result_badge(entry.result) if entry.result is not None else None,
        why=entry.departure or entry.why,
    )


def claim_result(content: RulingDocument, finding: FindingEntry) -> ClaimResult:
    """What became of one claim."""
    claim = next(claim for claim in content.claims if claim.letter == finding.letter)
    return ClaimResult(
        finding.letter,
        str(REMEDIES[finding.remedy or claim.remedy]),
        str(FINDING_WORDS[finding.outcome]) if finding.outcome else "",
        finding.amount_minor,
    )


def following(content: RulingDocument) -> list[Following]:
    """What a ruling sets in motion, in the order of time."""
    everyone = gettext("All sides")
    found = [Following(gettext("Deemed served"), everyone, content.served_at)]
    if content.notices is not None:
        notices: Notices = content.notices
        found.append(Following(gettext("Time to ask for review ends"), everyone, notices.review_until))
        found += [_order(order) for order in content.orders]
        found.append(Following(gettext("Time to ask for correction ends"), everyone, notices.correction_until))
    return sorted(found, key=lambda each: each.at.timestamp() if each.at else 0)


def _order(order: OrderEntry) -> Following:
    what = str(REMEDIES[order.remedy])
    if order.amount_minor:
        what = f"{what} {format_cny(order.amount_minor)}"
    return Following(what, str(ROLES[order.obligor]), order.due_at)


def _running(work: Work, case: Case, kind: DeadlineKind) -> Deadline | None:
    return next(
        (
            deadline
            for deadline in deadlines_of(work.session, case.case_no)
            if deadline.kind is kind and deadline.state is DeadlineState.OPEN
        ),
        None,
    )


def _voided(ruling: Ruling) -> tuple[str, str | None] | None:
    """Why the last prepared ruling is void: a sentence, and the renderer's own words where it failed."""
    if ruling.state is not RulingState.LAPSED or ruling.problem in (None, "reopened"):
        return None
    if ruling.problem in VOIDED:
        return str(VOIDED[ruling.problem]), None
    return gettext(
        "The file could not be made. Change the text or tell the office, then prepare it again."
    ), ruling.problem


def _tag(case: Case) -> str:
    return "zh-Hans" if case.language == "zh" else "en"
