"""The demo's disputes hold together: what their platforms send is valid, and what the seed acts out can happen."""

import base64
import hashlib
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from arbitration.adapters.dialects import InstalledDialects
from arbitration.content import disputes
from arbitration.domain.assessment import assess
from arbitration.domain.cases import RejectReason, State
from arbitration.domain.clauses import Outcome
from arbitration.domain.errors import Invalid
from arbitration.domain.escalation import DisputeEscalated, EscalatedData, Evidence
from arbitration.domain.fact_sources import escalated
from arbitration.domain.facts import Stance, Stated, Statement, standing
from arbitration.domain.intake import read_json, validate
from arbitration.domain.rulebook import rulebook
from arbitration.domain.rulings import CaseOutcome, Claim, ClaimOutcome, Draft, Finding, Remedy, checks, outcome
from arbitration.domain.standard import parse
from arbitration.domain.values import read_value

AT = datetime(2026, 11, 3, 1, 17, 42, 123456, tzinfo=UTC)
CONTENT = Path(disputes.__file__).parent
NAMES = disputes.names()
PLATFORMS = {platform.name: platform for platform in disputes.platforms()}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STANDARD = parse((CONTENT / "standard" / "1.0.0.yaml").read_bytes().decode())
BOOK = rulebook(STANDARD)
BREACHED_YET_DISMISSED = {("03-seven-days-hidden", "B")}
"""The clause was breached, and the remedy that was asked for is none that it gives."""
LABELS = {"claimant": "C", "respondent": "R", "platform": "P", "inspector": "I"}
WRONG_DIGEST = {("08-counterfeit-key", "k-3")}
"""Declared wrong on purpose: the page that shows a quarantined item needs one."""
CJK = re.compile(r"[\u3400-\u9fff]")
PLACE = re.compile(r"\[\[[+-]|@(?:ms)?[+-][0-9]|@(?:base64|size|sha256|text) ")


def envelope(name: str, event: str = "escalation", at: datetime = AT) -> Any:
    story = disputes.load_story(name, at)
    payload = read_json(disputes.load_demo(name, at, event))
    return validate(InstalledDialects().translate(PLATFORMS[story.platform].dialect, payload))


def escalation(name: str) -> EscalatedData:
    read = envelope(name)
    assert isinstance(read, DisputeEscalated)
    return read.data


def items(name: str) -> list[tuple[str, Evidence]]:
    """Every item of evidence that the platform sends in the course of a dispute, with its event."""
    events = ["escalation", *(step.event for step in disputes.load_story(name, AT).follow_ups)]
    return [(event, item) for event in events for item in getattr(envelope(name, event).data, "evidence", [])]


def labels(name: str) -> list[str]:
    """The labels that evidence gets: per side, in the order sent, then in the order filed."""
    sides = [LABELS[item.submitted_by] for item in escalation(name).evidence]
    for filing in disputes.load_story(name, AT).filings:
        sides += [LABELS[filing.role]] * len(filing.uploads)
    return [f"{side}-{sides[: number + 1].count(side)}" for number, side in enumerate(sides)]


def track_hours(name: str) -> tuple[int, int]:
    """Response and evidence periods of the track that the sum claimed puts the dispute on."""
    procedure = yaml.safe_load((CONTENT / "procedure" / "1.0.0.yaml").read_text())
    claimed = sum(claim.amount_minor for claim in escalation(name).dispute.claims)
    track = next(
        track for track, limits in procedure["tracks"].items() if claimed <= limits.get("claims_up_to", 10**12)
    )
    units = {"h": 1, "d": 24}
    periods = {rule["kind"]: rule[track] for rule in procedure["rules"].values()}
    response, evidence = (int(periods[kind][:-1]) * units[periods[kind][-1]] for kind in ("response", "evidence"))
    return response, evidence


def test_there_are_enough_disputes_from_three_platforms_in_two_languages() -> None:
    stories = [disputes.load_story(name, AT) for name in NAMES]
    assert len(stories) >= 16
    assert sum(story.language == "en" for story in stories) >= 2
    assert {story.platform for story in stories} == set(PLATFORMS)
    assert sorted(platform.key_kind for platform in PLATFORMS.values()) == ["ed25519", "ed25519", "hmac"]
    assert [platform.name for platform in PLATFORMS.values() if platform.rotating] == ["zhengban-xingqiu"]
    assert {platform.dialect for platform in PLATFORMS.values()} == {"canonical", "kami_flat"}


def test_every_page_has_something_to_show() -> None:
    stories = [disputes.load_story(name, AT) for name in NAMES]
    assert {story.ends for story in stories} >= set(State) - {State.ADMITTED}
    signed = [story.outcome for story in stories if story.ruling and story.ruling.signed]
    assert set(signed) >= {
        CaseOutcome.UPHELD,
        CaseOutcome.UPHELD_IN_PART,
        CaseOutcome.DISMISSED,
        CaseOutcome.UPHELD_BY_DEFAULT,
        CaseOutcome.DISMISSED_DESPITE_DEFAULT,
    }
    assert any(story.ruling and not story.ruling.signed for story in stories)


def test_the_whole_demo_weighs_less_than_three_megabytes() -> None:
    assert sum(path.stat().st_size for path in (CONTENT / "demo").rglob("*")) < 3_000_000


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_valid_at_any_hour_of_any_day(name: str) -> None:
    for at in (AT, datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC)):
        read = envelope(name, at=at)
        assert read.type == "dispute.escalated"
        assert read.data.dispute.escalated_at == at.replace(microsecond=0)
        sequences = [envelope(name, step.event, at).sequence for step in disputes.load_story(name, at).follow_ups]
        assert sequences == list(range(2, 2 + len(sequences)))


@pytest.mark.parametrize("name", NAMES)
def test_digests_and_sizes_are_those_of_the_files(name: str) -> None:
    for event, item in items(name):
        content = item.content()
        assert content is not None
        assert item.size == len(content)
        right = hashlib.sha256(content).hexdigest() == item.sha256
        assert right is ((name, item.evidence_id) not in WRONG_DIGEST), (event, item.evidence_id)
    for goods in escalation(name).goods:
        snapshot = goods.listing_snapshot
        assert snapshot.sha256 == hashlib.sha256(snapshot.text.encode()).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_what_its_media_type_says(name: str) -> None:
    uploads = [
        (Path(upload.file).suffix, upload.content)
        for filing in disputes.load_story(name, AT).filings
        for upload in filing.uploads
    ]
    sent = [(Path(item.file_name or "").suffix, item.content() or b"") for _, item in items(name)]
    assert 1 <= len(escalation(name).evidence) <= 4
    for suffix, content in uploads + sent:
        match suffix:
            case ".png":
                Image.open(io.BytesIO(content)).verify()
            case ".pdf":
                assert content.startswith(b"%PDF-1.7")
                start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
                assert content[start : start + 4] == b"xref"
            case ".json":
                json.loads(content)
            case _:
                assert suffix == ".txt"
                assert content.decode().strip()
        assert not re.search(rb"\[\[[+-]", content)


@pytest.mark.parametrize("name", NAMES)
def test_no_place_for_a_time_or_file_is_left_unfilled(name: str) -> None:
    body = disputes.load_demo(name, AT).decode()
    assert not PLACE.search(body)
    assert not PLACE.search(repr(disputes.load_story(name, AT)))


@pytest.mark.parametrize("name", NAMES)
def test_a_dispute_is_told_in_its_own_language(name: str) -> None:
    story = disputes.load_story(name, AT)
    data = escalation(name)
    assert data.dispute.language == story.language
    texts = [data.dispute.reason_text, *(claim.text for claim in data.dispute.claims), data.goods[0].title]
    texts += [filing.text for filing in story.filings] + [message.text for message in story.messages]
    if story.ruling:
        texts += [story.ruling.facts_found, *(finding.reasons for finding in story.ruling.findings)]
    for text in texts:
        assert bool(CJK.search(text or "")) is (story.language == "zh"), text
    assert CJK.search(story.title["zh"])
    assert not CJK.search(story.title["en"])


@pytest.mark.parametrize("name", NAMES)
def test_claims_and_findings_cite_clauses_of_the_standard(name: str) -> None:
    standard = yaml.safe_load((CONTENT / "standard" / "1.0.0.yaml").read_text())
    known = {clause["id"] for clause in standard["clauses"]}
    story = disputes.load_story(name, AT)
    cited = {clause for claim in escalation(name).dispute.claims for clause in claim.basis_clauses}
    cited |= {clause for finding in story.ruling.findings for clause in finding.clauses} if story.ruling else set()
    assert cited <= known


def found_in(story: disputes.Story, data: EscalatedData) -> dict[str, Stated]:
    """The facts of a story as they stand when it is decided."""
    assert story.ruling
    kinds = {fact.name: fact.type for fact in STANDARD.facts}
    said = []
    for fact in story.ruling.facts:
        value = read_value(kinds[fact.fact], fact.value, BOOK.enums) if fact.value is not None else None
        assert (value is None) == (fact.value is None), fact
        said.append(Statement(fact.fact, Stance.NOT_FIND if value is None else Stance.FIND, value, "", fact.on))
    return standing(escalated(STANDARD, data), said)


@pytest.mark.parametrize("name", [name for name in NAMES if disputes.load_story(name, AT).ruling])
def test_what_is_printed_of_a_clause_does_not_contradict_the_ruling(name: str) -> None:
    story = disputes.load_story(name, AT)
    assert story.ruling
    known = found_in(story, escalation(name))
    assert {fact.on for fact in story.ruling.facts} <= set(labels(name))
    for finding in story.ruling.findings:
        results = {clause: assess(BOOK, clause, known).if_nothing_more for clause in finding.clauses}
        breached = [clause for clause, result in results.items() if result is Outcome.BREACHED and clause[:2] != "EV"]
        assert bool(breached) is (finding.outcome != "dismissed") or (name, finding.letter) in BREACHED_YET_DISMISSED


@pytest.mark.parametrize("name", [name for name in NAMES if disputes.load_story(name, AT).ruling])
def test_a_ruling_passes_every_check_and_has_the_outcome_it_says(name: str) -> None:
    story = disputes.load_story(name, AT)
    data = escalation(name)
    assert story.ruling
    standard = yaml.safe_load((CONTENT / "standard" / "1.0.0.yaml").read_text())
    claims = [
        Claim(letter, Remedy(claim.remedy), claim.amount_minor, claim.text or "")
        for letter, claim in zip(LETTERS, data.dispute.claims, strict=False)
    ]
    findings = tuple(
        Finding(
            letter=finding.letter,
            outcome=ClaimOutcome(finding.outcome),
            reasons=finding.reasons,
            clauses=finding.clauses,
            evidence=finding.evidence,
            remedy=Remedy(finding.remedy) if finding.remedy else None,
            amount_minor=finding.amount_minor,
        )
        for finding in story.ruling.findings
    )
    draft = Draft(facts_found=story.ruling.facts_found, findings=findings)
    results = {clause: assess(BOOK, clause, found_in(story, data)) for clause in draft.cited}
    found = checks(
        draft,
        claims,
        clauses_in_force=[clause["id"] for clause in standard["clauses"]],
        usable_evidence=labels(name),
        order_minor=data.order.amount_minor,
        results={clause: each.if_nothing_more for clause, each in results.items()},
    )
    assert [check for check in found if not check.passed] == []
    by_default = not any(filing.role == "respondent" for filing in story.filings)
    if story.ruling.signed:
        assert story.outcome == outcome(draft, by_default=by_default)
        assert story.ends in {State.RULED, State.COMPLIANCE, State.CLOSED}
    else:
        assert story.ends == State.DELIBERATION
    prose = " ".join([draft.facts_found, *(finding.reasons for finding in findings)])
    assert set(re.findall(r"\b[CRPI]-[0-9]+", prose)) <= set(labels(name))
    for finding in findings:  # reasons name what they rest on
        assert all(clause in finding.reasons for clause in finding.clauses[:1])
        assert len(finding.reasons) > 60


@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_forward_within_the_periods_of_its_track(name: str) -> None:
    story = disputes.load_story(name, AT)
    present = AT - disputes.posted(name)
    response, evidence = (timedelta(hours=hours) for hours in track_hours(name))
    times = [
        *([story.triage.at] if story.triage else []),
        *(filing.at for filing in story.filings),
        *(message.at for message in story.messages),
        *(step.at for step in story.follow_ups),
        *([story.ruling.at] if story.ruling else []),
    ]
    assert all(AT.replace(microsecond=0) < time <= present for time in times)
    answers = [filing.at for filing in story.filings if filing.role == "respondent"]
    if story.triage:
        assert story.triage.decision in {"admit", "ask_cure", "reject"}
        assert story.triage.at <= AT + timedelta(minutes=30)
        assert (story.triage.decision == "reject") is (story.triage.reason in set(RejectReason))
    if answers:
        assert answers[0] == story.filings[0].at <= AT + response
        assert all(filing.at <= answers[0] + evidence for filing in story.filings)
    if story.ruling and not answers:
        assert story.ruling.at > AT + response + evidence
    for message in story.messages:
        assert message.role in {"arbitrator", "registrar", "claimant", "respondent"}
    assert story.ends in set(State)
    assert story.outcome is None or story.outcome in set(CaseOutcome)


def test_one_item_declares_a_digest_that_is_not_its_own() -> None:
    wrong = [
        (name, item.evidence_id)
        for name in NAMES
        for _, item in items(name)
        if hashlib.sha256(item.content() or b"").hexdigest() != item.sha256
    ]
    assert set(wrong) == WRONG_DIGEST


def test_the_batch_counts_its_invalid_keys_the_same_everywhere() -> None:
    data = escalation("09-batch-200-keys")
    (goods,) = data.goods
    assert goods.keys
    listed = (data.evidence[0].content() or b"").decode()
    assert goods.quantity == len(re.findall(r"^\d{3} ", listed, re.MULTILINE)) == 200
    failed = re.findall(r"(?:ALREADY_USED|REGION_LOCKED|REVOKED)$", listed, re.MULTILINE)
    assert len(goods.keys.keys) == len(failed) == 37
    assert data.dispute.claims[0].amount_minor == 37 * goods.unit_price_minor


# docs/samples: concrete files for anyone to post by hand

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


def dialect_of(path: Path) -> str:
    return "kami_flat" if "kami_flat" in path.name else "canonical"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_a_sample_is_valid_and_its_digests_are_right(path: Path) -> None:
    read = validate(InstalledDialects().translate(dialect_of(path), read_json(path.read_bytes())))
    for item in getattr(read.data, "evidence", []):
        assert hashlib.sha256(base64.b64decode(item.inline)).hexdigest() == item.sha256
    assert f"`{path.name}`" in (SAMPLES / "README.md").read_text()


@pytest.mark.parametrize("path", sorted((SAMPLES / "broken").glob("*.json")), ids=lambda path: path.name)
def test_a_broken_sample_is_refused_as_its_readme_says(path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        validate(InstalledDialects().translate(dialect_of(path), read_json(path.read_bytes())))
    told = (SAMPLES / "broken" / "README.md").read_text()
    section = told.split(f"`{path.name}`", 1)[1].split("\n\n", 1)[0]
    status = 400 if caught.value.code == "malformed" else 422
    assert str(status) in section
    assert all(f"`{field.path}`" in section for field in caught.value.fields)
