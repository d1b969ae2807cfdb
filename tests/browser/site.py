"""An office with a case at every point of the journey, served to a real browser from this very process."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO

from flask import Flask
from PIL import Image, ImageDraw
from werkzeug.serving import WSGIRequestHandler, make_server

from arbitration.actions import (
    admissibility,
    cases,
    confidentiality,
    delivery,
    expiry,
    facts,
    filing,
    inspections,
    inspectors,
    late_evidence,
    panel,
    people,
    platform_rules,
    previews,
    rulings,
    signing,
    standard_drafts,
    standard_trial,
)
from arbitration.actions.context import PUBLIC, SYSTEM
from arbitration.actions.filing import Upload
from arbitration.adapters.preview import pictures, redaction, texts
from arbitration.adapters.preview.decoding import decoded
from arbitration.domain import editions
from arbitration.domain import previews as previews_of
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.cases import RejectReason
from arbitration.domain.clauses import Outcome
from arbitration.domain.confidentiality import BlackedOut, Box
from arbitration.domain.evidence import Kind
from arbitration.domain.facts import Stance
from arbitration.domain.inspection import Expertise, Revocation
from arbitration.domain.manifest import thumbprint
from arbitration.domain.panel import RelationKind
from arbitration.domain.permissions import Role
from arbitration.domain.previews import Preview, PreviewKind, Shape
from arbitration.domain.rulings import ClaimOutcome
from arbitration.domain.trial import Change, Results, Tally, Unasked
from arbitration.domain.vocabulary import Side
from arbitration.portal import Portal
from arbitration.store import cases as case_rows
from arbitration.store import evidence as evidence_rows
from arbitration.store import rulings as ruling_rows
from arbitration.store.standard_trial import StandardTrial
from arbitration.web.app import create_app
from tests.domain.escalations import evidence as enclosed
from tests.factories import EDITOR, STANDARD, Office, open_office, publish_version
from tests.fakes import FakeClock, FakeGateway, FakePreviewer, FakeRenderer
from tests.manifests import KEY, OTHER_KEY, jwk_text, manifest, payload, public
from tests.rules_files import rules_file
from tests.web.conftest import Browser

MERCHANT = "m-208"
"""The respondent of the escalations that the factory makes."""
LONG_NAME = "聊天记录_" + "WeChat_export_KM118823_" * 5 + ".txt"
"""Of a file, as exports are named: one word of some 125 characters."""
ALTERED = [
    Change("AS-01", Results(Outcome.NOT_APPLICABLE, Outcome.UNKNOWN), Results(Outcome.BREACHED, Outcome.UNKNOWN)),
    Change("DH-09", Results(Unasked.NO_CLAUSE, Unasked.NO_CLAUSE), Results(Outcome.BREACHED, Outcome.UNKNOWN)),
    Change("AS-02", Results(Outcome.MET, Outcome.MET), Results(Outcome.MET, Outcome.UNKNOWN)),
]
"""What a draft did to some cases."""


class DrawingRenderer(FakeRenderer):
    """Pages as grey rectangles that a browser can show."""

    def pictures(self, pdf: bytes) -> list[bytes]:
        page = Image.new("L", (620, 877), 250)
        ImageDraw.Draw(page).rectangle((60, 60, 560, 120), fill=200)
        kept = BytesIO()
        page.save(kept, "PNG")
        return [kept.getvalue()]


class ReadingPreviewer(FakePreviewer):
    """What the real one reads and draws, in this process."""

    def preview(self, chunks, file_name: str, media_type: str, kind: Kind) -> Preview:
        content = b"".join(chunks)
        shape = previews_of.shape_of(media_type)
        if shape is Shape.TEXT:
            return texts.preview(decoded(content), file_name, kind, whole=True)
        if shape is Shape.PICTURE:
            total, parts = pictures.image_parts(BytesIO(content))
            return Preview(PreviewKind.PAGES, total=total, pictures=tuple(parts))
        return super().preview([content], file_name, media_type, kind)

    def black_out(self, pages, boxes) -> BlackedOut:
        return BlackedOut("image/png" if len(pages) == 1 else "application/pdf", redaction.blacked_out(pages, boxes))


@dataclass
class Site:
    """The office, its cases by name, more that stands in addresses, and where it is served."""

    office: Office
    app: Flask
    cases: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    url: str = ""
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def address(self, visitor: str, path: str) -> str:
        """*path* with the names in braces filled in; for `claimant:writing` it begins at that party's link."""
        role, _, case = visitor.partition(":")
        start = f"/party/{self.party(role, case).link}" if case else ""
        return start + path.format(**self.cases, **self.names)

    def party(self, role: str, case: str) -> case_rows.Party:
        with self.office.portal.read(SYSTEM) as work:
            found = case_rows.party_of(work.session, self.cases[case], Role(role))
            assert found is not None
            return found

    def access_code(self, role: str, case: str) -> str:
        with self.office.portal.read(SYSTEM) as work:
            return delivery.access_code(work, self.party(role, case))

    def session_of(self, visitor: str) -> dict[str, str]:
        """The cookie of somebody signed in, as `name` and `value`; got once, without a browser, for it is quicker."""
        if visitor not in self.cookies:
            role, _, case = visitor.partition(":")
            browser = Browser(self.app.test_client(), self.office)
            if case:
                door = f"/party/{self.party(role, case).link}/enter"
                here = {"REMOTE_ADDR": f"192.0.2.{len(self.cookies)}"}
                answer = browser.post(door, {"code": self.access_code(role, case)}, environ_base=here)
                assert answer.status_code == 303, answer.text
            elif role == "halfway":
                assert browser.give_password("admin").location == "/sign-in/code"
            else:
                browser.sign_in(role)
            name = "arbitration-party" if case else "arbitration"
            self.cookies[visitor] = {"name": name, "value": browser.cookie(name) or ""}
        return self.cookies[visitor]


@contextmanager
def serve(portal: Portal, fill: Callable[[Site], object]) -> Iterator[Site]:
    """An office, filled and served on a free port of this machine, ended with the block."""
    app = create_app(portal.settings, portal)
    with ThreadPoolExecutor(1) as own_thread:  # a browser under test leaves an event loop in this one
        site = own_thread.submit(lambda: Site(open_office(portal), app)).result()
        own_thread.submit(fill, site).result()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    """Requests are in the application's own log."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Not here, too."""


def populate(site: Site) -> None:
    """Cases at every point of the journey. What comes first happened two days before the rest."""
    office = site.office
    clock, gateway = office.portal.ports.clock, office.portal.ports.gateway
    assert isinstance(clock, FakeClock)
    assert isinstance(gateway, FakeGateway)
    _hire(office)
    _publish_rules(office)
    made = site.cases
    made["closed"] = decided(office)
    made["compliance"] = decided(office)
    made["overdue"] = office.escalate()
    clock.tick(hours=49)
    expiry.tick(office.portal)
    office.settle()
    with office.portal.work(office.party(made["closed"], Role.CLAIMANT)) as work:
        signing.confirm_compliance(work, made["closed"])
    _at_the_door(site)
    _hearing(site)
    _to_read(site)
    _late(site)
    _confidential(site)
    made["ruled"] = decided(office, ClaimOutcome.UPHELD)
    made["dismissed"] = decided(office, ClaimOutcome.DISMISSED)
    made["writing"] = heard(office)
    office.draft(made["writing"])
    made["prepared"] = heard(office)
    office.draft(made["prepared"])
    office.prepare(made["prepared"])
    gateway.status = 503
    made["unheard"] = office.escalate()  # its webhooks are not taken
    made["preparing"] = heard(office)
    office.draft(made["preparing"])
    with office.portal.work(office.actors["arbitrator"]) as work:  # nothing runs its job any more
        signing.request(work, made["preparing"], rulings.draft(work, made["preparing"]).version)
        ruling = ruling_rows.issued(work.session, made["ruled"])
        site.names["code_of_ruled"] = (ruling.verify_code if ruling else None) or ""
    _consultation(site)
    site.names["link_of_evidence"] = site.party("claimant", "evidence").link


def _hire(office: Office) -> None:
    office.add_staff("second", Role.ARBITRATOR)
    office.add_staff("partial", Role.ARBITRATOR)
    office.add_platform("wanka")
    office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
    office.add_staff("chair", Role.CHAIR)
    office.add_staff("inspector", Role.INSPECTOR)
    office.add_staff("editor", Role.STANDARDS_EDITOR)
    office.add_staff("admin", Role.ADMIN)
    with office.portal.work(SYSTEM) as work:
        people.add_relation(work, email="partial@office.example", kind=RelationKind.MERCHANT_STAKE, subject=MERCHANT)


def _publish_rules(office: Office) -> None:
    """One platform's rules, in force and announced, stricter here and below the floor there; the other has none."""
    ours = ("MA-03", "MA-05", "PD-01", "PD-05", "AS-01", "AS-04", "DH-01", "RM-01")
    floors = {"window": "7d", "refund_escrow": "48h", "ack": "5min", "deposit_min": "CNY 20000"}
    words = {"PD-05": "；商品一经售出，概不退换，最终解释权归本平台所有"}
    with office.portal.work(office.actors["officer"]) as work:
        platform = platform_rules.platform_named(work, "kami").id
        platform_rules.publish(work, platform, rules_file(*ours, floors=floors, words=words, in_force="2026-11-23"))
        platform_rules.publish(work, platform, rules_file("AS-01", version="1.1.0", in_force="2027-03-01"))


def _consultation(site: Site) -> None:
    """A second version, a draft with a fault, and one that lies open and to which somebody said something."""
    portal = site.office.portal
    first = STANDARD.read_text("utf-8")
    changed = first.replace("商家应当受理。", "商家必须受理。", 1).replace(
        "must accept a complaint", "accepts a complaint", 1
    )
    publish_version(portal, "1.1.0", "2027-01-01", changed)
    text = editions.successor(changed, "1.2.0", date(2027, 6, 1))
    with portal.work(EDITOR) as work:
        site.names["draft"] = str(standard_drafts.start(work, text.replace("severity: major", "severity: huge", 1)).id)
        draft = standard_drafts.start(work, text).id
        standard_drafts.open_consultation(work, draft, 1, timedelta(days=14))
    with portal.work(PUBLIC) as work:
        standard_drafts.comment(
            work, draft, name="某平台 <售后部>", text="建议同时写明计算方法。", language="zh", source="192.0.2.1"
        )
    site.names["consultation"] = str(draft)
    _trials(portal, site, draft, text)


def _trials(portal: Portal, site: Site, draft: int, text: str) -> None:
    """One that altered cases of two clauses, and one whose job has not begun."""
    with portal.work(EDITOR) as work:
        trying = standard_drafts.start(work, text).id
        standard_trial.request(work, trying)
        site.names["trying"] = str(trying)
        tried = standard_trial.request(work, draft).id
    standard_trial.advance(portal, tried)
    tally = Tally()
    for number in range(214):
        tally.add(f"CA-2026-{number:06}", ALTERED[number % 70 :: 70])
    with portal.work(SYSTEM) as work:
        trial = work.session.get_one(StandardTrial, tried)
        trial.total = trial.done = tally.tried
        trial.changed = tally.altered
        trial.result = json.dumps(tally.as_json())


def _at_the_door(site: Site) -> None:
    """Cases that the registrar has before them, or sent away."""
    office, made = site.office, site.cases
    made["fresh"] = office.escalate()
    made["deficient"] = office.escalate()
    made["rejected"] = office.escalate()
    made["quarantined"] = office.escalate(evidence=[enclosed(), enclosed("e-2") | {"sha256": "0" * 64}])
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, made["deficient"], "请补充订单的付款凭证。")
        cases.reject(work, made["rejected"], RejectReason.NO_PLATFORM_ATTEMPT, "请先向平台申请处理。")
    office.settle()


def _hearing(site: Site) -> None:
    """Cases in which the sides speak, with and without an arbitrator."""
    office, made = site.office, site.cases
    made["unseated"] = admitted(office)
    made["asked"] = admitted(office)
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, made["asked"], office.actors["arbitrator"].id)
    made["withdrawn"] = admitted(office)
    with office.portal.work(office.party(made["withdrawn"], Role.CLAIMANT)) as work:
        cases.withdraw(work, made["withdrawn"], "已与商家和解。")
    made["evidence"] = admitted(office, evidence=[enclosed() | {"file_name": LONG_NAME}])
    office.seat(made["evidence"])
    office.respond(made["evidence"])
    _file(office, made["evidence"], Role.CLAIMANT, Kind.CHAT_LOG, LONG_NAME, b"hello, evidence\n")
    office.file(made["evidence"], Role.RESPONDENT, "已按订单发货。\n".encode())
    draft = Upload(LONG_NAME, BytesIO("售后政策\n".encode()))
    claimant = office.party(made["evidence"], Role.CLAIMANT)
    filing.upload(office.portal, claimant, made["evidence"], Kind.LISTING_SNAPSHOT, [draft])
    _facts(office, made["evidence"])
    _inspections(site)
    for author in (office.actors["arbitrator"], office.party(made["evidence"], Role.RESPONDENT)):
        with office.portal.work(author) as work:
            cases.post_message(work, made["evidence"], "请双方在证据期内提交聊天记录的完整导出。")


def _late(site: Site) -> None:
    """After the record closed: the claimant filed C-2 and has a draft, the respondent commented on it and filed R-1."""
    office = site.office
    case_no = site.cases["late"] = admitted(office)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.portal.ports.clock.tick(hours=2)  # type: ignore[attr-defined]
    because = "订单页面在平台改版期间打不开，客服 11 月 21 日才补发交易凭证（工单 20261121-88213）。<script>"
    office.file_late(case_no, Role.CLAIMANT, because)
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        late_evidence.comment(work, case_no, "C-2", "凭证早已可以下载，不存在正当理由；且与本案激活码无关。")
    office.file_late(case_no, Role.RESPONDENT, "系统日志此前正在迁移。", "迁移后的日志\n".encode())
    draft = Upload("补充聊天记录.txt", BytesIO("补充\n".encode()))
    filing.upload(office.portal, office.party(case_no, Role.CLAIMANT), case_no, Kind.CHAT_LOG, [draft])
    with office.portal.work(office.actors["arbitrator"]) as work:
        admissibility.find(work, case_no, "C-2", "good_cause", "true", "平台客服工单显示凭证确于 11 月 21 日补发。")


def _to_read(site: Site) -> None:
    """A conversation, a picture, an archive and a table, opened by the arbitrator and the claimant."""
    office = site.office
    case_no = site.cases["read"] = admitted(office)
    office.seat(case_no)
    said = ("退款吧，激活码已被使用", "亲，请发截图", "<img src=x onerror=alert(1)> 退款！")
    talk = "".join(f"2026-11-20 14:{at:02}  {'u-50210' if at % 2 else '稳租坊'}：{said[at % 3]}\n" for at in range(60))
    screen = BytesIO()
    Image.new("RGB", (900, 2600), "#dde6ee").save(screen, "PNG")
    table = "时间,订单,结果\n2026-11-20 14:03,KM-118823,=1+1\n2026-11-20 14:05,KM-118823,退款失败\n"
    _file(office, case_no, Role.CLAIMANT, Kind.CHAT_LOG, "聊天记录.txt", talk.encode())
    _file(office, case_no, Role.CLAIMANT, Kind.ORDER_SCREENSHOT, "截图.png", screen.getvalue())
    _file(office, case_no, Role.CLAIMANT, Kind.OTHER, "原件.zip", b"PK\x05\x06" + bytes(18))
    _file(office, case_no, Role.RESPONDENT, Kind.REDEEM_LOG, "核销.csv", table.encode())
    for actor in (office.actors["arbitrator"], office.party(case_no, Role.CLAIMANT)):
        with office.portal.work(actor) as work:
            previews.open_items(work, case_no, ["C-1", "C-2", "C-3", "C-4", "R-1"])


def _confidential(site: Site) -> None:
    """R-1 is kept confidential and opened by everyone; so will be a picture that the claimant has not submitted."""
    office = site.office
    case_no = site.cases["confidential"] = admitted(office)
    office.seat(case_no)
    office.respond(case_no)
    screen = BytesIO()
    page = Image.new("RGB", (900, 700), "#fff")
    pen = ImageDraw.Draw(page)
    for line in range(12):
        pen.text(
            (60, 60 + 48 * line), f"Supply contract, line {line + 1}: 37.25 CNY a key", fill="#16324f", font_size=28
        )
    page.save(screen, "PNG")
    pen.rectangle((420, 60, 820, 640), fill="black")
    covered = BytesIO()
    page.save(covered, "PNG")
    because = "商业秘密：与供货商约定的进货价格，披露后对手可据此压价。"
    for role in (Role.RESPONDENT, Role.CLAIMANT):
        actor = office.party(case_no, role)
        sent = Upload("供货合同（张三签）.png", BytesIO(screen.getvalue()))
        filing.upload(office.portal, actor, case_no, Kind.OTHER, [sent])
        with office.portal.work(actor) as work:
            (draft,) = evidence_rows.drafts_of(work.session, case_no, Side(role))
            number = draft.id
            confidentiality.mark(work, case_no, number, because)
        site.names["kept_of_" + role] = str(number)
        if role is Role.RESPONDENT:
            copy = Upload("供货合同（遮盖版）.png", BytesIO(covered.getvalue()))
            confidentiality.give_copy(office.portal, actor, case_no, number, copy)
            with office.portal.work(actor) as work:
                filing.submit(work, case_no)
    office.settle()
    for reader in (office.actors["arbitrator"], office.party(case_no, Role.CLAIMANT)):
        with office.portal.work(reader) as work:
            previews.open_items(work, case_no, ["R-1"])
    _blacked_out(site, case_no, screen.getvalue(), because)


def _blacked_out(site: Site, case_no: str, screen: bytes, because: str) -> None:
    """The respondent has a redacted copy made of another picture, which it has not submitted."""
    office, actor = site.office, site.office.party(case_no, Role.RESPONDENT)
    sent = Upload("补充协议.png", BytesIO(screen))
    filing.upload(office.portal, actor, case_no, Kind.OTHER, [sent])
    with office.portal.work(actor) as work:
        (draft,) = evidence_rows.drafts_of(work.session, case_no, Side.RESPONDENT)
        number = draft.id
        confidentiality.mark(work, case_no, number, because)
    office.settle()
    boxes = [Box(1, 420, 60, 400, 80), Box(1, 420, 300, 400, 40)]
    confidentiality.black_out(office.portal, actor, case_no, number, boxes)
    office.settle()
    site.names["redacted_of_respondent"] = str(number)


def _file(office: Office, case_no: str, role: Role, kind: Kind, name: str, content: bytes) -> None:
    actor = office.party(case_no, role)
    filing.upload(office.portal, actor, case_no, kind, [Upload(name, BytesIO(content))])
    with office.portal.work(actor) as work:
        filing.submit(work, case_no)
    office.settle()


def _inspections(site: Site) -> None:
    """The register, and in one case a report of full weight, one that needs corroboration, and two more requests."""
    office, case_no = site.office, site.cases["evidence"]
    clock, me = office.portal.ports.clock, office.actors["inspector"]
    for key, email in ((KEY, "inspector@office.example"), (OTHER_KEY, None)):
        with office.portal.work(SYSTEM) as work:
            inspectors.register(
                work,
                name=Bilingual("华东数字物证检验所", "East China Digital Evidence Laboratory"),
                expertise={Expertise.CHAT_RECORDS, Expertise.ACCOUNTS},
                key=jwk_text(key),
                email=email,
            )
    with office.portal.work(SYSTEM) as work:
        inspectors.revoke_key(work, thumbprint(public(OTHER_KEY)), Revocation.COMPROMISED)
    for label in ("C-1", "R-1", "C-2"):
        with office.portal.work(office.actors["arbitrator"]) as work:
            question = "聊天记录的导出文件是否被改动？<b>请</b>说明方法。"
            asked = inspections.ask(work, case_no, inspector_id=1, label=label, question=question, hours=48).id
        site.names[f"asked_{label[0]}{label[-1]}"] = str(asked)
        if label == "C-2":
            break
        with office.portal.work(me) as work:
            inspections.take(work, asked, "与平台及所见各方均无利害关系。")
    request = int(site.names["asked_C1"])
    with office.portal.work(me) as work:
        sample = inspections.take_sample(work, request).sha256 or ""
    content = "检验结论：未见改动。\n".encode()
    said = payload(case_no, [sample], sha256(content).hexdigest(), clock())
    clock.tick(minutes=5)
    inspections.report(office.portal, me, request, Upload("检验报告.txt", BytesIO(content)), manifest(said))
    with office.portal.work(office.actors["registrar"]) as work:
        second = inspections.ask(work, case_no, inspector_id=1, label="C-1", question="时间戳是否连续？", hours=12).id
    with office.portal.work(me) as work:
        inspections.take(work, second, "同前。")
    inspections.report(office.portal, me, second, Upload("补充说明.txt", BytesIO("大致连续。\n".encode())), None)


def _facts(office: Office, case_no: str) -> None:
    """Facts at every standing: stated, agreed, disputed, found, not proven."""
    said = (
        (Role.RESPONDENT, "delivered_at", Stance.ADMIT, ""),
        (Role.CLAIMANT, "delivered_at", Stance.ADMIT, ""),
        (Role.CLAIMANT, "stated_window", Stance.DISPUTE, ""),
        (Role.RESPONDENT, "complaint_taken", Stance.ASSERT, "true"),
    )
    for role, fact, stance, written in said:
        with office.portal.work(office.party(case_no, role)) as work:
            known = facts.facts_of(work, office.case(case_no))
            stated = known.record.get(fact)
            seen = facts.mark(known.fact(fact), stated) if stated else ""
            facts.say(work, case_no, fact, stance, written, seen)
    with office.portal.work(office.actors["arbitrator"]) as work:
        facts.find(work, case_no, "defective", "true", "C-1: 截图显示“激活码已被使用”。")
        facts.not_find(work, case_no, "remedied_at", "")


def admitted(office: Office, **changed: object) -> str:
    """A case whose respondent is asked to reply; *changed* as `Office.escalate`."""
    case_no = office.escalate(**changed)
    office.admit(case_no)
    return case_no


def heard(office: Office) -> str:
    """A case that waits for its ruling."""
    case_no = admitted(office)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.CLAIMANT)
    office.close_record(case_no)
    return case_no


def decided(office: Office, outcome: ClaimOutcome = ClaimOutcome.UPHELD) -> str:
    """A case whose ruling is issued."""
    case_no = heard(office)
    office.draft(case_no, outcome)
    office.sign(case_no, office.prepare(case_no))
    office.portal.ports.clock.tick(seconds=30)  # the next signature needs another code
    return case_no
