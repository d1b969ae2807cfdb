"""Everyone who may come to the office, a case in every state, and the request that each of them sends."""

import base64
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from arbitration.actions import (
    bundle,
    cases,
    confidentiality,
    delivery,
    facts,
    filing,
    inspections,
    inspectors,
    objections,
    panel,
    platform_rules,
    previews,
    productions,
    signing,
    standard_drafts,
)
from arbitration.actions.context import SYSTEM
from arbitration.actions.filing import Upload
from arbitration.adapters import webhooks
from arbitration.domain import editions
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.evidence import Kind
from arbitration.domain.inspection import Expertise
from arbitration.domain.manifest import thumbprint
from arbitration.domain.objections import Ground
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.productions import Obligor
from arbitration.store import cases as case_rows
from arbitration.store import delivery as delivery_rows
from arbitration.store import evidence as evidence_rows
from arbitration.store import inspections as inspection_rows
from arbitration.store import objections as objection_rows
from arbitration.store import people as people_rows
from arbitration.store import productions as production_rows
from arbitration.store import rulings as ruling_rows
from arbitration.web.sessions import PARTY_REALM, STAFF_REALM
from tests.domain.escalations import escalation
from tests.factories import EDITOR, PASSWORD, STANDARD, Office
from tests.manifests import KEY, NEW_KEY, OTHER_KEY, THIRD_KEY, jwk_text, public
from tests.rules_files import rules_file
from tests.web.conftest import Browser, token_in

STAFF = {
    "registrar": "registrar",
    "arbitrator": "arbitrator",
    "other_arbitrator": "other",
    "officer": "officer",
    "other_officer": "rival",
    "auditor": "auditor",
    "admin": "admin",
    "standards_editor": "editor",
    "chair": "chair",
    "inspector": "inspector",
}
"""Visitor -> account."""
PROGRAMS = {"platform": "kami", "other_platform": "wanka"}
"""Visitor -> the platform whose key signs every request."""
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BLACK_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""Pictures of one pixel."""
PART = re.compile(r"<(?:[^<>]*:)?(\w+)>")
"""A part of a route that stands for something; the table leaves out what it may consist of."""
COOKIES = [realm.cookie for realm in (STAFF_REALM, PARTY_REALM)]


@dataclass
class Scene:
    """One case in a state, and what addresses and forms need to know of it."""

    case_no: str
    links: dict[str, str]
    codes: dict[str, str]
    item: int = 0
    verify_code: str = ""
    digest: str = ""
    request: int = 0


@dataclass(frozen=True)
class Moment:
    """The world as it was, to come back to."""

    database: sqlite3.Connection
    now: datetime
    cookies: dict[tuple[str, str], dict[str, str]]
    tokens: dict[tuple[str, str], str]


@dataclass
class World:
    """The office, whose database is an SQLite file, and the browsers of those who come to it."""

    office: Office
    app: Flask
    database: Path
    scenes: dict[str, Scene] = field(default_factory=dict)
    browsers: dict[tuple[str, str], Browser] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    delivery_id: int = 0

    def populate(self) -> None:
        """All staff signed in, a second platform, a case in every state, and the neighbour's in which another sits."""
        office = self.office
        office.add_platform("wanka")
        office.add_staff("other", Role.ARBITRATOR)
        office.add_staff("rival", Role.PLATFORM_OFFICER, platform="wanka")
        office.add_staff("admin", Role.ADMIN)
        office.add_staff("editor", Role.STANDARDS_EDITOR)
        office.add_staff("chair", Role.CHAIR)
        office.add_staff("inspector", Role.INSPECTOR)
        register_inspectors(office)
        with office.portal.work(office.actors["officer"]) as work:
            platform_rules.publish(work, platform_rules.platform_named(work, "kami").id, rules_file("AS-01"))
        lay_out_drafts(office)
        case_no = office.escalate(slug="wanka")
        office.admit(case_no)
        office.seat(case_no, "other")
        self.scenes["neighbour"] = self.describe(case_no)
        for state, brought in STATES.items():
            self.scenes[state] = self.describe(brought(office))
            office.portal.ports.clock.tick(seconds=30)  # the next signature needs another code
        self.delivery_id = newest_delivery(office, "kami")
        for visitor in STAFF:
            self._token(visitor, "", self.scenes["neighbour"])
        for visitor in ("claimant", "respondent", "neighbour", "neighbour_inside"):
            for scene in self.scenes.values():
                self._token(visitor, "/party/", scene)

    def moment(self) -> Moment:
        """As it is now."""
        kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.database)) as live:
            live.backup(kept)
        cookies = {
            key: {name: value for name in COOKIES if (value := browser.cookie(name)) is not None}
            for key, browser in self.browsers.items()
        }
        return Moment(kept, self.office.portal.ports.clock.now, cookies, dict(self.tokens))

    def return_to(self, moment: Moment) -> None:
        """Whatever was done since is not done: in the database, in the browsers, and by the clock."""
        with closing(sqlite3.connect(self.database)) as live:
            moment.database.backup(live)
        self.office.portal.ports.clock.now = moment.now
        self.browsers = {key: self._with_cookies(cookies) for key, cookies in moment.cookies.items()}
        self.tokens = dict(moment.tokens)

    def _with_cookies(self, cookies: dict[str, str]) -> Browser:
        made = Browser(self.app.test_client(), self.office)
        for name, value in cookies.items():
            made.client.set_cookie(name, value)
        return made

    def describe(self, case_no: str) -> Scene:
        with self.office.portal.read(SYSTEM) as work:
            found = [case_rows.party_of(work.session, case_no, role) for role in PARTIES]
            parties = [party for party in found if party is not None]
            drafts = evidence_rows.drafts_of(work.session, case_no, Role.CLAIMANT)
            ruling = ruling_rows.live(work.session, case_no)
            requests = [row.id for row in inspection_rows.requests_in(work.session, case_no)]
            against = objection_rows.objections_in(work.session, case_no)
            requests += [row.number for row in production_rows.orders_in(work.session, case_no)]
            requests += [row.id for rows in against.values() for row in rows]
            return Scene(
                case_no,
                links={party.role.value: party.link for party in parties},
                codes={party.role.value: delivery.access_code(work, party) for party in parties},
                item=drafts[0].id if drafts else 0,
                verify_code=(ruling.verify_code or "") if ruling else "",
                digest=(ruling.unsigned_sha256 or "") if ruling else "",
                request=requests[0] if requests else 0,
            )

    def address(self, route: str, given: dict[str, str], visitor: str, scene: Scene) -> str:
        """*route* as *visitor* would aim it at the case of *scene*."""
        parts = {
            "case_no": scene.case_no,
            "link": self.link(visitor, scene),
            "item": str(scene.item),
            "delivery_id": str(self.delivery_id),
            "code": scene.verify_code,
            "version": "1.0.0",
            "clause_id": "AS-01",
            "before": "1.0.0",
            "after": "1.0.0",
            "platform": "kami",
            "filename": "css/base.css",
            "number": str(scene.request or 1),
            **given,
        }
        return PART.sub(lambda found: parts[found[1]], route)

    def link(self, visitor: str, scene: Scene) -> str:
        """The respondent comes by its own link, all others try the claimant's; one neighbour tries from inside."""
        if visitor == "neighbour_inside":
            return self.scenes["neighbour"].links["claimant"]
        return scene.links["respondent" if visitor == "respondent" else "claimant"]

    def ask(self, method: str, route: str, address: str, visitor: str, scene: Scene) -> TestResponse:
        """Send the request of *visitor*, with what a form there needs."""
        client = self.browser(visitor, scene).client
        if method == "GET":
            signed = self._signed(visitor, f"GET {address}".encode())
            return client.get(address, headers=signed, buffered=True)
        if address.startswith("/api/"):
            raw = rules_file("AS-01") if "/rules/" in address else json.dumps(escalation()).encode()
            return client.post(address, data=raw, headers=self._signed(visitor, raw) | JSON)
        token = self._token(visitor, address, scene)
        form = FORMS.get(route, lambda world, scene: {})(self, scene)
        headers = self._signed(visitor, b"")
        return client.post(address, data={"csrf_token": token} | form, headers=headers, buffered=True)

    def _token(self, visitor: str, address: str, scene: Scene) -> str:
        """The token that the forms of this visitor hold: of the parties' session or of the staff's."""
        page = "/account" if visitor in STAFF else "/sign-in"
        if address.startswith("/party/"):
            page = f"/party/{self.link(visitor, scene)}/enter"
        browser = self.browser(visitor, scene)
        key = (visitor, page)
        if key not in self.tokens:
            self.tokens[key] = token_in(browser.get(page, follow_redirects=True))
        return self.tokens[key]

    def browser(self, visitor: str, scene: Scene) -> Browser:
        """The visitor's own, signed in where it can be."""
        own = self.scenes["neighbour"] if visitor.startswith("neighbour") else scene
        role = "claimant" if visitor.startswith("neighbour") else visitor
        key = (visitor, own.case_no if role in own.links else "")
        if key not in self.browsers:
            self.browsers[key] = browser = Browser(self.app.test_client(), self.office)
            if visitor in STAFF:
                browser.sign_in(STAFF[visitor])
            elif role in own.links:
                let_in = browser.post(f"/party/{own.links[role]}/enter", {"code": own.codes[role]})
                assert let_in.status_code == 303, let_in.text
        return self.browsers[key]

    def _signed(self, visitor: str, body: bytes) -> dict[str, str]:
        """The headers of a platform's program; none for people."""
        if visitor not in PROGRAMS:
            return {}
        now = self.office.portal.ports.clock()
        key = self.office.secrets[PROGRAMS[visitor]]
        webhook_id = f"msg_matrix_{next(self.office.serial)}"
        return webhooks.signed_headers([key], webhook_id, now, body) | {"Accept": "application/json"}


def newest_delivery(office: Office, platform: str) -> int:
    """What was last sent to a platform."""
    with office.portal.read(SYSTEM) as work:
        row = people_rows.platform_by_slug(work.session, platform)
        assert row is not None
        return delivery_rows.newest(work.session, row.id, 1)[0].id


def register_inspectors(office: Office) -> None:
    """The first has the account; the second, of which two keys are to be replaced and revoked, has none."""
    with office.portal.work(SYSTEM) as work:
        for key, email in ((KEY, "inspector@office.example"), (OTHER_KEY, None)):
            inspectors.register(
                work,
                name=Bilingual("检验所", "Laboratory"),
                expertise={Expertise.CHAT_RECORDS},
                key=jwk_text(key),
                email=email,
            )
        inspectors.add_key(work, 2, jwk_text(THIRD_KEY))


def lay_out_drafts(office: Office) -> None:
    """Drafts of the standard: 1 lies open, 2 and 3 do not yet, and the consultation on 4 has ended."""
    clock = office.portal.ports.clock
    with office.portal.work(EDITOR) as work:
        made = [standard_drafts.start(work, text).id for text in (DRAFT, LATER, DRAFT, NEXT)]
        standard_drafts.open_consultation(work, made[0], 1, timedelta(days=30))
    clock.tick(days=-8)  # type: ignore[attr-defined]
    with office.portal.work(EDITOR) as work:
        standard_drafts.open_consultation(work, made[3], 1, timedelta(days=7))
    clock.tick(days=8)  # type: ignore[attr-defined]


DRAFT = editions.successor(STANDARD.read_text("utf-8"), "1.1.0", date(2027, 6, 1))
LATER = editions.successor(DRAFT, "1.2.0", date(2027, 7, 1))
NEXT = editions.successor(DRAFT, "1.0.1", date(2027, 5, 1))
JSON = {"Content-Type": "application/json"}


def _fresh(office: Office) -> str:
    return office.escalate()


def _deficient(office: Office) -> str:
    case_no = office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.ask_cure(work, case_no, "请补充付款凭证。")
    return case_no


def _admitted(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    return case_no


def _asked(office: Office) -> str:
    case_no = _admitted(office)
    with office.portal.work(office.actors["registrar"]) as work:
        panel.appoint(work, case_no, office.actors["arbitrator"].id)
    return case_no


def _evidence(office: Office) -> str:
    """The respondent's R-1 is on the record, a file of the claimant's is not yet."""
    case_no = _admitted(office)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT)
    draft = Upload("draft.txt", io.BytesIO(b"not yet\n"))
    filing.upload(office.portal, office.party(case_no, Role.CLAIMANT), case_no, Kind.CHAT_LOG, [draft])
    return case_no


def _confidential(office: Office) -> str:
    """R-1 is kept confidential, and so is the picture that the claimant has not submitted yet."""
    case_no = _admitted(office)
    office.seat(case_no)
    office.respond(case_no)
    for role in (Role.RESPONDENT, Role.CLAIMANT):
        actor = office.party(case_no, role)
        filing.upload(office.portal, actor, case_no, Kind.OTHER, [Upload("截图.png", io.BytesIO(DOT))])
        with office.portal.work(actor) as work:
            (draft,) = evidence_rows.drafts_of(work.session, case_no, role)
            number = draft.id
            confidentiality.mark(work, case_no, number, "商业秘密。")
        confidentiality.give_copy(office.portal, actor, case_no, number, Upload("遮盖.png", io.BytesIO(BLACK_DOT)))
        if role is Role.RESPONDENT:
            with office.portal.work(actor) as work:
                filing.submit(work, case_no)
    office.settle()
    return case_no


def _bundled(office: Office) -> str:
    """Each side, the office and the platform have their bundle."""
    case_no = _evidence(office)
    sides = [office.party(case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT)]
    for actor in (office.actors["registrar"], office.actors["officer"], *sides):
        with office.portal.work(actor) as work:
            bundle.ask(work, case_no)
    office.settle()
    return case_no


def _read(office: Office) -> str:
    """R-2 is a picture that everyone in the case has opened."""
    case_no = _evidence(office)
    respondent = office.party(case_no, Role.RESPONDENT)
    filing.upload(office.portal, respondent, case_no, Kind.OTHER, [Upload("截图.png", io.BytesIO(DOT))])
    with office.portal.work(respondent) as work:
        filing.submit(work, case_no)
    office.settle()
    inside = [office.actors[name] for name in ("registrar", "arbitrator", "officer", "auditor", "chair")]
    for actor in (*inside, respondent, office.party(case_no, Role.CLAIMANT)):
        with office.portal.work(actor) as work:
            previews.open_items(work, case_no, ["R-2"])
    return case_no


def _inspection(office: Office) -> str:
    """The inspector is asked about C-1."""
    case_no = _evidence(office)
    with office.portal.work(office.actors["arbitrator"]) as work:
        inspections.ask(work, case_no, inspector_id=1, label="C-1", question="是否被改动?", hours=24)
    return case_no


def _late(office: Office) -> str:
    """The respondent files R-2 after the record closed."""
    case_no = _evidence(office)
    office.close_record(case_no)
    office.file_late(case_no, Role.RESPONDENT)
    return case_no


def _objected(office: Office) -> str:
    """The claimant objects to R-1."""
    case_no = _evidence(office)
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        objections.challenge(work, case_no, "R-1", Ground.ALTERED, "日期不对。")
    return case_no


def _ordered(office: Office) -> str:
    """The platform is to produce a log."""
    return _order(office, Obligor.PLATFORM)


def _ordered_party(office: Office) -> str:
    """The respondent is."""
    return _order(office, Obligor.RESPONDENT)


def _withheld(office: Office) -> str:
    """The claimant was to produce something, and did not say a word."""
    case_no = _order(office, Obligor.CLAIMANT)
    with office.portal.work(SYSTEM) as work:
        productions.expire(work, production_rows.orders_in(work.session, case_no)[0].id)
    return case_no


def _order(office: Office, obligor: Obligor) -> str:
    case_no = _evidence(office)
    with office.portal.work(office.actors["arbitrator"]) as work:
        productions.order(work, case_no, obligor, "发货日志", "delivered_at", 24)
    return case_no


def _inspecting(office: Office) -> str:
    """And has taken it on."""
    case_no = _inspection(office)
    with office.portal.work(office.actors["inspector"]) as work:
        request = inspection_rows.requests_in(work.session, case_no)[0].id
        inspections.take(work, request, "无利害关系。")
    return case_no


def _writing(office: Office) -> str:
    case_no = _evidence(office)
    office.close_record(case_no)
    office.draft(case_no)
    return case_no


def _prepared(office: Office) -> str:
    case_no = _writing(office)
    office.prepare(case_no)
    return case_no


def _ruled(office: Office) -> str:
    case_no = _writing(office)
    office.sign(case_no, office.prepare(case_no))
    office.portal.ports.clock.tick(seconds=30)  # the next signature needs another code
    return case_no


def _compliance(office: Office) -> str:
    """Both sides waive review: no clock is moved for it."""
    case_no = _ruled(office)
    for role in (Role.CLAIMANT, Role.RESPONDENT):
        with office.portal.work(office.party(case_no, role)) as work:
            signing.waive_review(work, case_no)
    return case_no


STATES: dict[str, Callable[[Office], str]] = {
    "fresh": _fresh,
    "deficient": _deficient,
    "admitted": _admitted,
    "asked": _asked,
    "evidence": _evidence,
    "confidential": _confidential,
    "bundled": _bundled,
    "read": _read,
    "inspection": _inspection,
    "ordered": _ordered,
    "ordered_party": _ordered_party,
    "withheld": _withheld,
    "late": _late,
    "objected": _objected,
    "inspecting": _inspecting,
    "writing": _writing,
    "prepared": _prepared,
    "ruled": _ruled,
    "compliance": _compliance,
}

Form = Callable[[World, Scene], dict[str, Any]]


def _says(**fields: str) -> Form:
    return lambda world, scene: {name.replace("__", "-"): value for name, value in fields.items()}


def _draft(world: World, scene: Scene) -> dict[str, Any]:
    """A whole ruling, on the draft that is kept."""
    with world.office.portal.read(SYSTEM) as work:
        kept = ruling_rows.draft_of(work.session, scene.case_no)
    return {
        "version": str(kept.version if kept else 0),
        "facts_found": "经查明,激活码无法使用。",
        "A-finding": "upheld",
        "A-reasons": "商家未能证明已交付有效商品。",
        "A-clauses": ["AS-01"],
        "A-evidence": ["C-1"],
        "A-remedy": "refund_full",
        "A-amount": "128.00",
    }


def _answers(world: World, scene: Scene) -> dict[str, Any]:
    """An answer to what is on the record of when the goods were delivered."""
    with world.office.portal.read(SYSTEM) as work:
        known = facts.facts_of(work, world.office.case(scene.case_no))
        return {"seen": facts.mark(known.fact("delivered_at"), known.record["delivered_at"])}


FORMS: dict[str, Form] = {
    "/our-rules/check": _says(text=rules_file("AS-01", version="9.0.0", in_force="2099-01-01").decode()),
    "/our-rules/publish": _says(text=rules_file("AS-01", version="8.0.0", in_force="2098-01-01").decode()),
    "/verify": lambda world, scene: {"code": scene.verify_code},
    "/sign-in": _says(email="auditor@office.example", password=PASSWORD),
    "/cases/<case_no>/ask-cure": _says(ask_cure__text="请补充付款凭证。"),
    "/cases/<case_no>/reject": _says(reject__reason="out_of_scope", reject__text="不在受理范围。"),
    "/cases/<case_no>/messages": _says(text="请双方补充说明。"),
    "/cases/<case_no>/appoint": lambda world, scene: {"appoint-arbitrator": world.office.actors["other"].id},
    "/cases/<case_no>/accept": _says(accept__declaration="与双方无利害关系。"),
    "/cases/<case_no>/decline": _says(decline__reason="案件较多。"),
    "/cases/<case_no>/evidence/<label>/admissibility": _says(own__verdict="excluded", own__reason="与本案无关。"),
    "/cases/<case_no>/evidence/<label>/disclose": _says(disclosure__reason="对方须能发表意见。"),
    "/party/<link>/evidence/<item>/confidential": _says(reason="商业秘密。"),
    "/cases/<case_no>/evidence/<label>/finding": _says(
        found__fact="doubtful_copy", found__value="true", found__reason="与原件不符。"
    ),
    "/cases/<case_no>/evidence/<label>/objections/<number>": lambda world, scene: {
        f"decision{scene.request}-decision": "upheld",
        f"decision{scene.request}-reason": "与原件不符。",
    },
    "/party/<link>/files/<label>/comment": _says(words="与本案无关。"),
    "/party/<link>/files/<label>/objections": _says(objection__ground="altered", objection__words="日期不对。"),
    "/party/<link>/files/<label>/objections/<number>/reply": lambda world, scene: {
        f"reply{scene.request}-words": "与原件一致。"
    },
    "/cases/<case_no>/productions": _says(
        order__obligor="respondent", order__what="日志", order__fact="delivered_at", order__hours="24"
    ),
    "/cases/<case_no>/productions/<number>/withdraw": lambda world, scene: {
        f"withdraw{scene.request}-words": "不再需要。"
    },
    "/cases/<case_no>/productions/<number>/withheld": _says(found="withheld"),
    "/cases/<case_no>/productions/<number>/answer": lambda world, scene: {f"answer{scene.request}-words": "没有日志。"},
    "/party/<link>/productions/<number>": lambda world, scene: {f"answer{scene.request}-words": "没有日志。"},
    "/party/<link>/evidence/<label>/particulars": _says(add__proves="已按约定发货。"),
    "/cases/<case_no>/clauses/<fact>": _says(
        complaint_taken__finding="find", complaint_taken__value="true", complaint_taken__words="聊天记录。"
    ),
    "/cases/<case_no>/ruling": _draft,
    "/cases/<case_no>/ruling/preview": _draft,
    "/cases/<case_no>/ruling/prepare": _draft,
    "/cases/<case_no>/ruling/sign": lambda world, scene: {
        "case_no": scene.case_no,
        "code": world.office.code("arbitrator"),
        "digest": scene.digest,
    },
    "/register": _says(
        name_zh="新检验所",
        name_en="New laboratory",
        expertise="payments",
        key="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    ),
    "/register/rotate": _says(kid=thumbprint(public(OTHER_KEY)), key=jwk_text(NEW_KEY)),
    "/register/revoke": _says(kid=thumbprint(public(THIRD_KEY)), why="retired"),
    "/inspections/<number>/take": _says(words="无利害关系。"),
    "/inspections/<number>/decline": _says(words="案件较多。"),
    "/inspections/<number>/report": lambda world, scene: {"report": (io.BytesIO(b"a report\n"), "报告.txt")},
    "/cases/<case_no>/inspections": _says(inspector="1", item="C-1", question="是否被改动?", hours="24"),
    "/cases/<case_no>/inspections/check": _says(shown_in="C-1", reference="AAAA-BBBB"),
    "/cases/<case_no>/inspections/<number>/withdraw": _says(words="不再需要。"),
    "/standard/consultations/<draft_id>/comments": _says(name="王先生", text="同意。"),
    "/standards/drafts/<draft_id>": _says(body=LATER, revision="1"),
    "/standards/drafts/<draft_id>/check": _says(body=LATER, revision="1"),
    "/standards/drafts/<draft_id>/open": _says(days="7", revision="1"),
    "/party/<link>/enter": lambda world, scene: {"code": scene.codes["claimant"]},
    "/party/<link>/<act>": _says(text="已按要求补充。"),
    "/party/<link>/facts/<fact>": _says(complaint_taken__value="true"),
    "/party/<link>/facts/<fact>/<stance>": _answers,
    "/party/<link>/evidence": lambda world, scene: {
        "kind": "chat_log",
        "files": (io.BytesIO(b"a conversation\n"), "聊天.txt"),
    },
}
"""Route -> what its form holds."""
