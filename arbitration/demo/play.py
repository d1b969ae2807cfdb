"""One dispute from its escalation to where it stands today: each does their part at their time, in the pages."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from arbitration.content import disputes
from arbitration.content.disputes import (
    Filing,
    Finding,
    FoundFact,
    Inspection,
    Message,
    Ruling,
    Step,
    Story,
    Triage,
    Upload,
)
from arbitration.demo.browser import File
from arbitration.demo.laboratory import Sample
from arbitration.demo.platforms import PlatformClient
from arbitration.demo.stage import EVIDENCE, Stage
from arbitration.demo.visitors import Staff

Act = tuple[datetime, Callable[[], None]]

APPOINTS_AFTER = timedelta(minutes=35)
DECLINES_AFTER = timedelta(minutes=50)
ACCEPTS_AFTER = timedelta(hours=2)
CONFIRMS_AFTER = timedelta(hours=3)
LOOKS_INTO_IT = timedelta(minutes=55)
ASKED_LATE = {"09-batch-200-keys": timedelta(hours=40)}
"""Disputes in which an arbitrator was asked so lately (after the escalation) that the answer is still awaited."""
FIRST_DECLINES = {"07-account-reclaimed"}
"""Disputes in which the first arbitrator asked declines."""
DECLARATION = {
    "zh": "本人与双方当事人及平台均无利害关系，不存在应当回避的情形，将独立、公正地审理本案。",
    "en": "I have no tie to either party or to the platform, and will decide this case independently and impartially.",
}
DECLINED = {
    "zh": "近期承办案件较多，难以在期限内作出裁决，请另行指定。",
    "en": "My present cases leave no time to decide this one in its period; please appoint another.",
}


class Play:
    """The story of one dispute, escalated at *at*, and what is known of it so far."""

    def __init__(self, stage: Stage, name: str, at: datetime) -> None:
        self.story: Story = disputes.load_story(name, at)
        self.case_no = ""
        self._stage = stage
        self._at = at
        self._arbitrator: Staff | None = None
        self._answered = False
        self._samples: dict[str, Sample] = {}

    def acts(self) -> Iterator[Act]:
        """Who does what when; not sorted."""
        story = self.story
        yield self._at, self.escalate
        if story.triage is not None:
            yield story.triage.at, partial(self.triage, story.triage)
            if story.triage.decision == "admit":
                yield from self._appointment(story.triage.at)
        for filing in story.filings:
            yield filing.at, partial(self.file, filing)
        for message in story.messages:
            yield message.at, partial(self.say, message)
        for step in story.steps:
            yield step.at, partial(self.take, step)
        for inspection in story.inspections:
            yield inspection.asked_at, partial(self.ask, inspection)
            yield inspection.reported_at - LOOKS_INTO_IT, partial(self.take_sample, inspection)
            yield inspection.reported_at, partial(self.inspect, inspection)
        if story.ruling is not None:
            yield story.ruling.at, partial(self.rule, story.ruling)
        for follow_up in story.follow_ups:
            yield follow_up.at, partial(self.report, follow_up.event)
        executed = [follow_up.at for follow_up in story.follow_ups if follow_up.event.startswith("execution")]
        if executed and self._claimant_speaks():
            yield max(executed) + CONFIRMS_AFTER, self.confirm

    def _appointment(self, admitted: datetime) -> Iterator[Act]:
        """Somebody is appointed where the story has a part for an arbitrator, or comes as far as evidence."""
        story = self.story
        asked = admitted + APPOINTS_AFTER
        if story.name in ASKED_LATE:
            yield self._at + ASKED_LATE[story.name], self.appoint
        elif story.ruling or story.ends == "evidence" or any(said.role == "arbitrator" for said in story.messages):
            yield asked, self.appoint
            if story.name in FIRST_DECLINES:
                yield asked + DECLINES_AFTER, self.decline
                yield asked + 2 * DECLINES_AFTER, self.appoint
            yield asked + ACCEPTS_AFTER, self.accept

    def _claimant_speaks(self) -> bool:
        speakers = [filing.role for filing in self.story.filings] + [said.role for said in self.story.messages]
        return "claimant" in speakers

    def escalate(self) -> None:
        """The platform posts the dispute."""
        body = disputes.load_demo(self.story.name, self._at)
        self.case_no = self._platform.post(body)["case"]
        self._stage.opened(self.case_no, self.story.platform)
        self._came("case.opened", *files_in(body))

    def report(self, event: str) -> None:
        """The platform posts what happened on its side."""
        body = disputes.load_demo(self.story.name, self._at, event)
        self._platform.post(body)
        if event.startswith("execution"):
            self._came("execution.noted", *files_in(body))
        elif event.startswith("withdrawal"):
            self._came("message.posted", "case.withdrawn")
        else:
            self._came(*files_in(body))

    def triage(self, decided: Triage) -> None:
        """The registrar looks at it first."""
        page = f"/cases/{self.case_no}"
        match decided.decision:
            case "admit":
                self._stage.registrar.send(page, "/admit")
                self._came("case.admitted", "case.response_due", "party.access", "party.access")
            case "ask_cure":
                self._stage.registrar.send(page, "/ask-cure", text=decided.note)
                self._came("message.posted", "case.deficient")
            case "reject":
                self._stage.registrar.send(page, "/reject", reason=decided.reason or "", text=decided.note)
                self._came("message.posted", "case.inadmissible")

    def appoint(self) -> None:
        """The registrar asks the first of those who may sit."""
        registrar = self._stage.registrar
        form = registrar.open(f"/cases/{self.case_no}").form("/appoint")
        choice = form.control("arbitrator")
        chosen = (choice.options or [""])[0]
        registrar.browser.submit(form.fill(arbitrator=chosen))
        self._arbitrator = self._stage.named(choice.labels[chosen])

    def decline(self) -> None:
        """The arbitrator asked has no time."""
        self._sitting.send(f"/cases/{self.case_no}", "/decline", reason=DECLINED[self.story.language])

    def accept(self) -> None:
        """The arbitrator asked accepts, with a declaration."""
        self._sitting.send(f"/cases/{self.case_no}", "/accept", declaration=DECLARATION[self.story.language])

    def file(self, filing: Filing) -> None:
        """A party answers or writes, with or without files. The respondent's first filing is the reply."""
        member = self._stage.member(self.case_no, filing.role)
        if filing.role == "respondent" and not self._answered:
            self._answered = True
            member.send(f"{member.path}/response", "/response", text=filing.text)
            self._came("case.evidence", "message.posted")
        else:
            member.send(f"{member.path}/statement", "/statement", text=filing.text)
            self._came("message.posted")
        for upload in filing.uploads:
            member.send(f"{member.path}/evidence", "/evidence", ("files", [as_file(upload)]), kind=upload.kind)
        if filing.uploads:
            form = member.open(f"{member.path}/evidence/check").form("/evidence/submit")
            if "with_gaps" in form.controls:
                form.fill(with_gaps="1")
            member.browser.submit(form)
            self._came(*[EVIDENCE] * len(filing.uploads))

    def say(self, message: Message) -> None:
        """Somebody writes to all."""
        if message.role in ("claimant", "respondent"):
            member = self._stage.member(self.case_no, message.role)
            member.send(f"{member.path}/statement", "/statement", text=message.text)
        else:
            who = self._sitting if message.role == "arbitrator" else self._stage.registrar
            who.send(f"/cases/{self.case_no}/messages", "/messages", text=message.text)
        self._came("message.posted")

    def take(self, step: Step) -> None:
        """Somebody takes a step that has a form of its own."""
        if step.role in ("claimant", "respondent"):
            member = self._stage.member(self.case_no, step.role)
            member.send(f"{member.path}{step.page}", step.form, **step.values)
        else:
            who = self._sitting if step.role == "arbitrator" else self._stage.registrar
            who.send(f"/cases/{self.case_no}{step.page}", step.form, **step.values)
        self._came(*step.announced)

    def ask(self, inspection: Inspection) -> None:
        """The arbitrator puts a question about an item to the inspector."""
        form = self._sitting.open(f"/cases/{self.case_no}/inspections").form("/inspections")
        (inspector,) = form.control("inspector").options or [""]
        form.fill(inspector=inspector, item=inspection.label, question=inspection.question, hours=str(inspection.hours))
        self._sitting.browser.submit(form)

    def take_sample(self, inspection: Inspection) -> None:
        """The inspector declares that nothing ties it to anybody, and takes the sample out."""
        inspector, page = self._stage.inspector, self._request()
        inspector.send(page, "/take")
        self._samples[inspection.label] = Sample(inspector.send(page, "/sample").content, self._stage.clock())

    def inspect(self, inspection: Inspection) -> None:
        """The inspector files the report with the signed manifest."""
        sample = self._samples[inspection.label]
        manifest = self._stage.laboratory.sign(self.case_no, inspection, sample, self._stage.clock())
        report = File(inspection.report, inspection.content)
        self._stage.inspector.send(self._request(), "/report", ("report", [report]), ("manifest", [manifest]))
        self._came(EVIDENCE)

    def rule(self, ruling: Ruling) -> None:
        """The arbitrator closes the record, where time has not, and writes; then has it prepared, and signs."""
        arbitrator = self._sitting
        if not self._stage.has_come(self.case_no, "case.deliberation"):
            arbitrator.send(f"/cases/{self.case_no}", "/close-record")
            self._came("case.deliberation")
        self._find(ruling)
        path = f"/cases/{self.case_no}/ruling"
        form = arbitrator.open(path).form("/ruling/prepare").fill(facts_found=ruling.facts_found)
        for finding in ruling.findings:
            form.fill(**answers(finding))
        if not ruling.signed:
            arbitrator.browser.submit(form)
            return
        arbitrator.browser.submit(form, by="/ruling/prepare")
        page = self._stage.until(
            lambda: arbitrator.open(f"{path}/sign"), lambda shown: shown.asks("/ruling/sign", "code")
        )
        form = page.form("/ruling/sign").fill(case_no=self.case_no, code=arbitrator.code())
        arbitrator.browser.submit(form)
        self._came("ruling.issued")

    def _find(self, ruling: Ruling) -> None:
        """The arbitrator finds the facts, one by one, on the page of the clauses that the ruling will rest on."""
        cited = dict.fromkeys(clause for finding in ruling.findings for clause in finding.clauses)
        asked = urlencode([("clause", clause) for clause in cited])
        shown = self._sitting.open(f"/cases/{self.case_no}/clauses?{asked}")
        for found in ruling.facts:
            form = shown.form(f"/clauses/{found.fact}").fill(item=found.on, **found_in_form(found))
            shown = self._sitting.browser.submit(form)

    def confirm(self) -> None:
        """The claimant has received what was ordered."""
        member = self._stage.member(self.case_no, "claimant")
        member.send(f"{member.path}/confirm", "/confirm")
        self._came("case.closed")

    def _request(self) -> str:
        """The page of the one request that awaits the inspector."""
        links = self._stage.inspector.open("/inspections").links
        return next(link for link in links if re.search(r"/inspections/[0-9]+$", link))

    @property
    def _sitting(self) -> Staff:
        """Who was asked last to decide this case."""
        if self._arbitrator is None:
            raise ValueError(f"{self.story.name}: nobody was asked to decide")
        return self._arbitrator

    @property
    def _platform(self) -> PlatformClient:
        return self._stage.platforms[self.story.platform]

    def _came(self, *types: str) -> None:
        """Wait until the platform was told of what was just done."""
        self._stage.expect(self.case_no, *types)
        self._stage.settle(self.case_no)


def files_in(body: bytes) -> list[str]:
    """The webhooks that will tell of the evidence in *body*, one for each file; whether it was taken they tell."""
    event = json.loads(body)
    items = event.get("attachments") or event.get("data", {}).get("evidence", [])
    return [EVIDENCE] * len(items)


def as_file(upload: Upload) -> File:
    return File(upload.file, upload.content)


def answers(finding: Finding) -> dict[str, str | list[str]]:
    """One finding as the editor's fields take it."""
    filled: dict[str, str | list[str]] = {
        "finding": finding.outcome,
        "reasons": finding.reasons,
        "clauses": list(finding.clauses),
        "evidence": list(finding.evidence),
    }
    if finding.remedy is not None:
        filled |= {"remedy": finding.remedy, "amount": f"{finding.amount_minor // 100}.{finding.amount_minor % 100:02}"}
    return {f"{finding.letter}-{name}": value for name, value in filled.items()}


def found_in_form(found: FoundFact) -> dict[str, str | list[str]]:
    """One finding of fact as the form's fields take it: a time as the page's clock shows it, in Beijing."""
    if found.value is None:
        return {"finding": "not_find"}
    if found.value == "never":
        return {"finding": "find", "never": "y"}
    if found.value.endswith("+08:00"):
        return {"finding": "find", "value": found.value.removesuffix("+08:00")}
    return {"finding": "find", "value": found.value}
