"""The forms of the ruling's pages, and the way between what an arbitrator types and a draft."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from arbitration.domain.clauses import Clause, Outcome
from arbitration.domain.rulings import MONETARY, Check, CheckId, ClaimOutcome, Departure, Draft, Finding
from arbitration.domain.standard import Standard
from arbitration.domain.vocabulary import Remedy
from arbitration.store.cases import Case, Claim
from arbitration.store.evidence import EvidenceItem
from arbitration.web.typed import clean
from arbitration.web.words import REMEDIES

MAX_CHARS = 20_000
_AMOUNT = re.compile(r"[¥￥]?\s*(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{0,2}))?", re.ASCII)
_LONG = Length(
    max=MAX_CHARS,
    message=lazy_gettext("That is longer than %(max)d characters; shorten it."),
)

FINDINGS = (
    (ClaimOutcome.UPHELD, lazy_gettext("Upheld")),
    (ClaimOutcome.UPHELD_IN_PART, lazy_gettext("Upheld in part")),
    (ClaimOutcome.DISMISSED, lazy_gettext("Dismissed")),
)
ORDERED = tuple(remedy for remedy in Remedy if remedy is not Remedy.DISMISS)
"""What a finding may award."""


class DraftForm(FlaskForm):  # type: ignore[misc]
    """What is written once for the whole ruling; `version` is the draft that the page was made from."""

    version = HiddenField(validators=[InputRequired()])
    facts_found = TextAreaField(lazy_gettext("Facts found"), [_LONG], filters=[clean])

    def validate_version(self, field: HiddenField) -> None:
        if not re.fullmatch(r"\d{1,9}", field.data or "", re.ASCII):
            raise ValidationError(gettext("This page is not whole; open it again."))


class FindingForm(FlaskForm):  # type: ignore[misc]
    """The answer to one claim; its fields begin with the claim's letter."""

    class Meta:
        csrf = False  # the token is the page's, in DraftForm

    finding = RadioField(
        lazy_gettext("Finding"),
        choices=[SelectChoice(value, label) for value, label in FINDINGS],
        validate_choice=False,
    )
    reasons = TextAreaField(lazy_gettext("Reasons"), [_LONG], filters=[clean])
    clauses = SelectMultipleField(lazy_gettext("Clauses applied"), option_widget=CheckboxInput())
    evidence = SelectMultipleField(lazy_gettext("Evidence relied on"), option_widget=CheckboxInput())
    remedy = SelectField(lazy_gettext("Remedy"), choices=[SelectChoice(remedy, REMEDIES[remedy]) for remedy in ORDERED])
    amount = StringField(lazy_gettext("Amount (CNY)"))

    def validate_amount(self, field: StringField) -> None:
        try:
            fen_from(field.data or "")
        except ValueError as error:
            raise ValidationError(
                gettext("Write the amount in yuan, with at most two decimals, for example 1280.00.")
            ) from error

    def finding_for(self, letter: str) -> Finding:
        """What is typed, as a finding. Where the claim is dismissed, remedy and amount are void; only money has one."""
        outcome = next((value for value, _ in FINDINGS if value == self.finding.data), None)
        remedy = Remedy(self.remedy.data) if outcome is not ClaimOutcome.DISMISSED else None
        return Finding(
            letter=letter,
            outcome=outcome,
            reasons=self.reasons.data or "",
            clauses=tuple(self.clauses.data or ()),
            evidence=tuple(self.evidence.data or ()),
            remedy=remedy,
            amount_minor=fen_from(self.amount.data or "") if remedy in MONETARY else 0,
        )


DEPARTURES = (
    ("", lazy_gettext("As computed")),
    (Outcome.MET, lazy_gettext("Met")),
    (Outcome.BREACHED, lazy_gettext("Not met")),
    (Outcome.NOT_APPLICABLE, lazy_gettext("Not applicable")),
)


class DepartureForm(FlaskForm):  # type: ignore[misc]
    """The arbitrator's own answer to one clause; its fields begin with the clause's id."""

    class Meta:
        csrf = False  # the token is the page's, in DraftForm

    result = SelectField(
        lazy_gettext("Your answer"), choices=[SelectChoice(value, label) for value, label in DEPARTURES]
    )
    reason = TextAreaField(lazy_gettext("Reasons for departing from what is computed"), [_LONG], filters=[clean])


@dataclass(frozen=True)
class ClauseEditor:
    """One clause and the form in which the arbitrator may depart from what it comes to."""

    clause: Clause
    form: DepartureForm

    def departure(self) -> Departure | None:
        """What is typed; None where the computed result stands."""
        if not self.form.result.data:
            return None
        return Departure(self.clause.id, Outcome(self.form.result.data), self.form.reason.data or "")


@dataclass(frozen=True)
class ClauseGroup:
    """Some clauses to choose from; shut groups are those of which nothing is chosen or named."""

    title: str
    is_open: bool
    options: list[SelectField]


@dataclass(frozen=True)
class ClaimEditor:
    """One claim and the form of its finding."""

    claim: Claim
    form: FindingForm
    named: tuple[str, ...]
    chapters: list[tuple[str, list[str]]]

    def clause_groups(self) -> Iterator[ClauseGroup]:
        """Those that the claim names first, then the others by chapter."""
        options = {option.data: option for option in self.form.clauses}
        if self.named:
            yield ClauseGroup(gettext("Named in the claim"), True, [options[each] for each in self.named])
        for title, ids in self.chapters:
            others = [options[each] for each in ids if each not in self.named]
            if others:
                yield ClauseGroup(title, any(option.checked for option in others), others)


@dataclass(frozen=True)
class Editor:
    """The whole page's forms."""

    form: DraftForm
    claims: list[ClaimEditor]
    clauses: list[ClauseEditor]

    def validate(self) -> bool:
        """Whether everything typed can be kept in a draft; it may still be unfinished."""
        forms: list[FlaskForm] = [self.form, *(each.form for each in self.claims)]
        forms += [each.form for each in self.clauses]
        valid = [form.validate() for form in forms]  # each one, so that each shows its errors
        return all(valid)

    @property
    def seen(self) -> int:
        """The version of the draft that the page was made from."""
        return int(self.form.version.data)

    def draft(self) -> Draft:
        """What is typed, as a draft."""
        findings = tuple(each.form.finding_for(each.claim.letter) for each in self.claims)
        departures = tuple(found for each in self.clauses if (found := each.departure()) is not None)
        return Draft(self.form.facts_found.data or "", findings, self.seen, departures)

    def errors(self) -> list[tuple[str, str]]:
        """(id of the field, what is wrong), in the order of the page."""
        found = [(field.id, str(error)) for field in self.form for error in field.errors]
        for each in self.claims:
            for field in each.form:
                for error in field.errors:
                    sentence = gettext("Claim %(letter)s: %(problem)s", letter=each.claim.letter, problem=error)
                    found.append((field.id, sentence))
        for each_clause in self.clauses:
            for field in each_clause.form:
                for error in field.errors:
                    sentence = gettext("Clause %(clause)s: %(problem)s", clause=each_clause.clause.id, problem=error)
                    found.append((field.id, sentence))
        return found

    def blame(self, checks: Iterable[Check]) -> None:
        """Put each check that fails beside the fields that can cure it."""
        for check in checks:
            if check.passed:
                continue
            if check.id is CheckId.FACTS:
                self.form.facts_found.errors = [gettext("Write the facts found.")]
            for each_clause in self.clauses if check.id is CheckId.DEPARTURE else ():
                departure = each_clause.departure()
                if departure is not None and not departure.reason.strip():
                    each_clause.form.reason.errors = [gettext("Say why you depart from what is computed.")]
            for each in self.claims:
                if check.id in CURES and (each.claim.letter in check.letters or not check.letters):
                    name, sentence = CURES[check.id]
                    each.form[name].errors = [*each.form[name].errors, str(sentence)]


CURES = {
    CheckId.FINDING: ("finding", lazy_gettext("Choose a finding.")),
    CheckId.REASONS: ("reasons", lazy_gettext("Write the reasons, also where the claim is dismissed.")),
    CheckId.CLAUSE: ("clauses", lazy_gettext("Choose at least one clause.")),
    CheckId.FOLLOWS: (
        "clauses",
        lazy_gettext(
            "By the facts on record, none of these clauses is unmet. Find the facts that are missing, cite the "
            "clause that is not met, or depart from what is computed, with reasons."
        ),
    ),
    CheckId.CLAUSE_IN_FORCE: ("clauses", lazy_gettext("Choose only clauses in force when the order was placed.")),
    CheckId.EVIDENCE: ("evidence", lazy_gettext("Choose the evidence on which this finding rests.")),
    CheckId.EVIDENCE_USABLE: ("evidence", lazy_gettext("Choose only evidence that may carry a finding.")),
    CheckId.CORROBORATED: (
        "evidence",
        lazy_gettext(
            "One of these items cannot carry a finding alone. Choose an item from an independent source, too, or "
            "decide otherwise on its page, with reasons."
        ),
    ),
    CheckId.ARITHMETIC: (
        "amount",
        lazy_gettext("Upheld awards exactly what was claimed; upheld in part awards less, and more than nothing."),
    ),
    CheckId.CEILING: ("amount", lazy_gettext("All refunds together exceed what was paid for the order.")),
    CheckId.PANEL: ("remedy", lazy_gettext("Only a panel of three can award this.")),
}
"""Check -> the field that cures it, and how."""


class SignForm(FlaskForm):  # type: ignore[misc]
    """What a signature asks for. `digest` is that of the bytes whose pages were shown."""

    case_no = StringField(lazy_gettext("Case number"), [InputRequired(lazy_gettext("Type the case number to sign."))])
    code = StringField(
        lazy_gettext("Code of your authenticator"),
        [InputRequired(lazy_gettext("Enter the code from your authenticator.")), Length(max=16)],
    )
    digest = HiddenField()


def editor(
    case: Case, draft: Draft, standard: Standard, items: Iterable[EvidenceItem], language: str, asked: Iterable[str]
) -> Editor:
    """The forms, filled from *draft* or from what was sent. *language* is the reader's: `zh-Hans` or `en`.

    *items* may carry a finding; *asked* are the clauses in play; those that are cited join them.
    """
    said = "zh" if language == "zh-Hans" else "en"
    sent = request.form if request.method == "POST" else None
    findings = {finding.letter: finding for finding in draft.findings}
    chapters = [
        (getattr(chapter.title, said), [clause.id for clause in standard.in_chapter(chapter.id)])
        for chapter in standard.chapters
    ]
    clauses = [SelectChoice(clause.id, getattr(clause.title, said)) for clause in standard.clauses]
    usable = [SelectChoice(item.label, _named(item)) for item in items]
    named = named_clauses(case, standard)
    claims = []
    for claim in case.claims:
        form = FindingForm(
            sent, prefix=f"{claim.letter}-", data=_shown(claim, findings.get(claim.letter, Finding(claim.letter)))
        )
        form.clauses.choices = clauses
        form.evidence.choices = usable
        claims.append(ClaimEditor(claim, form, named.get(claim.letter, ()), chapters))
    form = DraftForm(version=str(draft.version), facts_found=draft.facts_found)
    cited = {clause for each in claims for clause in each.form.clauses.data or ()}
    wanted = {*asked, *cited, *(each.clause for each in draft.departures)}
    shown = [_departure(clause, draft, sent) for clause in standard.clauses if clause.id in wanted]
    return Editor(form, claims, shown)


def _named(item: EvidenceItem) -> str:
    """Whoever rests a finding on a confidential item is told what the other side could answer to."""
    if not item.kept_back:
        return item.file_name
    return gettext(
        "%(name)s (confidential: the other side saw only the redacted copy %(copy)s)",
        name=item.file_name,
        copy=item.redacted_name,
    )


def _departure(clause: Clause, draft: Draft, sent: ImmutableMultiDict[str, str] | None) -> ClauseEditor:
    departure = draft.departure(clause.id)
    data = {"result": departure.result, "reason": departure.reason} if departure else {"result": "", "reason": ""}
    return ClauseEditor(clause, DepartureForm(sent, prefix=f"{clause.id}-", data=data))


def named_clauses(case: Case, standard: Standard) -> dict[str, tuple[str, ...]]:
    """The clauses on which each claim was based when it was escalated, by the claim's letter."""
    known = {clause.id for clause in standard.clauses}
    escalated = json.loads(case.escalation)["dispute"]["claims"]
    return {
        claim.letter: tuple(dict.fromkeys(each for each in sent.get("basis_clauses", ()) if each in known))
        for claim, sent in zip(case.claims, escalated, strict=True)
    }


def _shown(claim: Claim, finding: Finding) -> dict[str, object]:
    """A finding as the form shows it; before one is chosen the claim's own remedy and amount are offered."""
    awarded = finding.remedy is not None
    return {
        "finding": finding.outcome,
        "reasons": finding.reasons,
        "clauses": list(finding.clauses),
        "evidence": list(finding.evidence),
        "remedy": finding.remedy or claim.remedy,
        "amount": yuan(finding.amount_minor if awarded else claim.amount_minor),
    }


def yuan(fen: int) -> str:
    """`1280.00` from 128000 fen, as a form field holds it."""
    return f"{fen // 100}.{fen % 100:02}"


def fen_from(typed: str) -> int:
    """Fen from an amount as people type it: `399`, `69.5`, `1,280.00`, `¥399`, also in full-width digits; '' is 0.

    Raises ValueError for all else, and for a thousand million yuan or more.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return 0
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"not an amount: {typed[:40]!r}")
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
