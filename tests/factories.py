"""Offices with people in them, and cases brought to a chosen point by the use cases themselves."""

import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyotp

from arbitration import worker
from arbitration.actions import (
    cases,
    closing,
    filing,
    intake,
    panel,
    people,
    rulings,
    signing,
    standard,
    standard_drafts,
)
from arbitration.actions.context import SYSTEM, Actor
from arbitration.adapters import webhooks
from arbitration.domain import editions
from arbitration.domain.evidence import Kind
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome, Finding
from arbitration.domain.standard import BEIJING
from arbitration.domain.vocabulary import Remedy
from arbitration.portal import Portal
from arbitration.store import cases as case_rows
from arbitration.store import people as people_rows
from arbitration.store import rulings as ruling_rows
from tests.domain.escalations import escalation

PASSWORD = "correct horse battery"
EDITOR = Actor("st-editor", Role.STANDARDS_EDITOR, "editor")
STANDARD = Path(__file__).parents[1] / "arbitration/content/standard/1.0.0.yaml"


@dataclass
class Office:
    """A portal with a standard, one platform and some staff; each helper acts through the use cases."""

    portal: Portal
    secrets: dict[str, webhooks.SigningKey] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    totp: dict[str, str] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add_platform(self, slug: str, kind: KeyKind = KeyKind.ED25519, dialect: str = "canonical") -> None:
        secret, stored = webhooks.generate(kind)
        with self.portal.work(SYSTEM) as work:
            people.add_platform(
                work,
                slug=slug,
                name=slug.title(),
                dialect=dialect,
                webhook_url=f"https://{slug}.example/hooks",
                evidence_hosts=(f"files.{slug}.example",),
            )
            people.add_platform_key(work, slug=slug, kind=kind, material=stored.encode())
        self.secrets[slug] = webhooks.signing_key(secret)

    def add_staff(self, name: str, role: Role, platform: str | None = None) -> Actor:
        email = f"{name}@office.example"
        with self.portal.work(SYSTEM) as work:
            new = people.add_staff(work, email=email, name=name, role=role, password=PASSWORD, platform=platform)
            row = people_rows.staff_by_email(work.session, email)
            assert row is not None
            self.actors[name] = people.actor_of(row)
        self.totp[name] = new.totp_secret
        return self.actors[name]

    def code(self, name: str) -> str:
        """The second factor of *name* now."""
        return pyotp.TOTP(self.totp[name]).at(self.portal.ports.clock())

    def post(self, payload: dict[str, Any], slug: str = "kami", webhook_id: str | None = None) -> intake.Answer:
        """Send an event as the platform would; sign it now."""
        raw = json.dumps(payload, ensure_ascii=False).encode()
        headers = webhooks.signed_headers(
            [self.secrets[slug]], webhook_id or f"msg_{next(self.serial)}", self.portal.ports.clock(), raw
        )
        return intake.receive(
            self.portal,
            slug,
            intake.Headers(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]),
            raw,
        )

    def escalate(self, dispute: str | None = None, slug: str = "kami", **changed: Any) -> str:
        """A fresh dispute, opened by its job; the case number."""
        payload = escalation()
        payload["data"]["dispute"]["platform_dispute_id"] = dispute or f"D-{next(self.serial)}"
        payload["data"] |= changed
        answer = self.post(payload, slug)
        assert answer.status == 202, answer
        self.settle()
        return str(json.loads(answer.body)["case"])

    def settle(self) -> None:
        """Run every job that is due."""
        worker.run_all(self.portal)

    def party(self, case_no: str, role: Role) -> Actor:
        with self.portal.read(SYSTEM) as work:
            row = case_rows.party_of(work.session, case_no, role)
            assert row is not None
            return people.party_actor(row)

    def case(self, case_no: str) -> case_rows.Case:
        """The row as it stands now, detached."""
        with self.portal.read(SYSTEM) as work:
            return work.session.get_one(case_rows.Case, case_no)

    def admit(self, case_no: str) -> None:
        with self.portal.work(self.actors["registrar"]) as work:
            cases.admit(work, case_no)
        self.settle()

    def seat(self, case_no: str, arbitrator: str = "arbitrator") -> None:
        with self.portal.work(self.actors["registrar"]) as work:
            panel.appoint(work, case_no, self.actors[arbitrator].id)
        with self.portal.work(self.actors[arbitrator]) as work:
            panel.accept(work, case_no, "I know neither side.")

    def respond(self, case_no: str) -> None:
        with self.portal.work(self.party(case_no, Role.RESPONDENT)) as work:
            cases.respond(work, case_no, "货已发出,拒绝退款。")

    def file(self, case_no: str, role: Role = Role.CLAIMANT, content: bytes = b"hello, evidence\n") -> list[str]:
        actor = self.party(case_no, role)
        filing.upload(self.portal, actor, case_no, Kind.CHAT_LOG, [filing.Upload("聊天.txt", io.BytesIO(content))])
        with self.portal.work(actor) as work:
            return filing.submit(work, case_no)

    def file_late(
        self, case_no: str, role: Role = Role.CLAIMANT, because: str = "此前住院。", content: bytes = b"found at last\n"
    ) -> list[str]:
        """A file after the record closed, with the cause that is stated for it; its label."""
        actor = self.party(case_no, role)
        filing.upload(self.portal, actor, case_no, Kind.OTHER, [filing.Upload("补充.txt", io.BytesIO(content))])
        with self.portal.work(actor) as work:
            filing.state_cause(work, case_no, because)
            return filing.submit(work, case_no)

    def close_record(self, case_no: str) -> None:
        with self.portal.work(self.actors["arbitrator"]) as work:
            closing.close_record(work, case_no)

    def draft(self, case_no: str, outcome: ClaimOutcome = ClaimOutcome.UPHELD) -> int:
        upheld = outcome is ClaimOutcome.UPHELD
        findings = tuple(
            Finding(
                letter=claim.letter,
                outcome=outcome,
                reasons="投诉在 72 小时内提出,商家未能证明已交付有效商品。",
                clauses=("AS-01", "AS-02"),
                evidence=("C-1",),
                remedy=Remedy(claim.remedy) if upheld else None,
                amount_minor=claim.amount_minor if upheld else 0,
            )
            for claim in self._claims(case_no)
        )
        with self.portal.work(self.actors["arbitrator"]) as work:
            seen = rulings.draft(work, case_no).version
            return rulings.save(work, case_no, "经查明,激活码无法使用。", findings, seen)

    def prepare(self, case_no: str) -> str:
        """Render for signature; the digest of what is shown."""
        with self.portal.work(self.actors["arbitrator"]) as work:
            signing.request(work, case_no, rulings.draft(work, case_no).version)
        self.settle()
        with self.portal.read(SYSTEM) as work:
            ruling = ruling_rows.live(work.session, case_no)
            assert ruling is not None
            return ruling.unsigned_sha256 or ""

    def sign(self, case_no: str, digest: str) -> None:
        signing.sign(
            self.portal,
            self.actors["arbitrator"],
            case_no,
            typed_case_no=case_no,
            code=self.code("arbitrator"),
            unsigned_sha256=digest,
        )
        self.settle()

    def _claims(self, case_no: str) -> list[case_rows.Claim]:
        with self.portal.read(SYSTEM) as work:
            return list(work.session.get_one(case_rows.Case, case_no).claims)


def longer_window(text: str) -> str:
    """The standard with an after-sales window of 96 hours, and nothing else changed."""
    text = text.replace("window:              {value: 72h,", "window:              {value: 96h,")
    for clause in (
        "售后期不少于 72 小时",
        "不少于 72 小时；约定短于此的，按 72 小时",
        "售后期（不少于 72 小时",
        "window of at least 72 hours",
        "lasts at least 72 hours; a shorter agreed window counts as 72 hours",
        "window (at least 72 hours",
    ):
        text = text.replace(clause, clause.replace("72", "96"))
    return text


def publish_version(portal: Portal, version: str, in_force: str, text: str = "") -> None:
    """Another version, consulted on and published in the month before it comes into force; the clock is put back."""
    clock = portal.ports.clock
    before, day = clock.now, date.fromisoformat(in_force)  # type: ignore[attr-defined]
    clock.now = datetime.combine(day, time(), BEIJING) - timedelta(days=30)  # type: ignore[attr-defined]
    numbered = editions.successor(text or STANDARD.read_text("utf-8"), version, day)
    with portal.work(EDITOR) as work:
        draft = standard_drafts.start(work, numbered).id
        standard_drafts.open_consultation(work, draft, 1, timedelta(days=7))
    clock.now += timedelta(days=7)  # type: ignore[attr-defined]
    with portal.work(EDITOR) as work:
        standard_drafts.publish(work, draft)
    clock.now = before  # type: ignore[attr-defined]


def open_office(portal: Portal) -> Office:
    """The standard published, platform `kami` with one key, one person of each role that a case needs."""
    office = Office(portal)
    with portal.work(SYSTEM) as work:
        standard.publish(work, STANDARD.read_text("utf-8"))
    office.settle()
    office.add_platform("kami")
    office.add_staff("registrar", Role.REGISTRAR)
    office.add_staff("arbitrator", Role.ARBITRATOR)
    office.add_staff("officer", Role.PLATFORM_OFFICER, platform="kami")
    office.add_staff("auditor", Role.AUDITOR)
    return office
