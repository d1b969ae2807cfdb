"""Inspections through the use cases: who may ask, take on, see the sample and report, and what the report comes to."""

import io
import json
from datetime import timedelta
from hashlib import sha256

import pytest

from arbitration.actions import admissibility, endpoint_checks, filing, inspections, inspectors
from arbitration.actions.context import SYSTEM, get_case
from arbitration.domain.admissibility import Verdict
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from arbitration.domain.evidence import Kind
from arbitration.domain.inspection import Check, Expertise, Revocation
from arbitration.domain.manifest import jwk, thumbprint
from arbitration.domain.permissions import Role
from arbitration.store import evidence as evidence_rows
from arbitration.store import history
from tests.domain import escalations
from tests.factories import Office
from tests.manifests import KEY, OTHER_KEY, jwk_text, manifest, payload, public

SAMPLE = escalations.CHAT
REPORT = "检验结论：未见改动。\n".encode()


@pytest.fixture
def database_kind() -> str:
    """What matters of the database is held by tests/store."""
    return "sqlite"


def brought(office: Office) -> str:
    """Two inspectors with accounts, and a case with an arbitrator; the claimant's C-1 came with it."""
    for name, key in (("inspector", KEY), ("second", OTHER_KEY)):
        office.add_staff(name, Role.INSPECTOR)
        with office.portal.work(SYSTEM) as work:
            inspectors.register(
                work,
                name=Bilingual("检验所", "Laboratory"),
                expertise={Expertise.CHAT_RECORDS},
                key=jwk_text(key),
                email=f"{name}@office.example",
            )
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    return case_no


def ask(office: Office, case_no: str, who: str = "arbitrator", **changed) -> int:
    asked = {"inspector_id": 1, "label": "C-1", "question": "聊天记录是否被改动?", "hours": 24} | changed
    with office.portal.work(office.actors[who]) as work:
        return inspections.ask(work, case_no, **asked).id


def take(office: Office, request: int, who: str = "inspector") -> None:
    with office.portal.work(office.actors[who]) as work:
        inspections.take(work, request, "无利害关系。")


def sample(office: Office, request: int, who: str = "inspector") -> str:
    with office.portal.work(office.actors[who]) as work:
        return inspections.take_sample(work, request).sha256


def signed(office: Office, case_no: str, key=KEY, **changed) -> str:
    now = office.portal.ports.clock()
    said = payload(case_no, [sha256(SAMPLE).hexdigest()], sha256(REPORT).hexdigest(), now, **changed)
    office.portal.ports.clock.tick(minutes=5)
    return manifest(said, key)


def report(office: Office, request: int, text: str | None, who: str = "inspector") -> str:
    file = filing.Upload("检验报告.txt", io.BytesIO(REPORT))
    return inspections.report(office.portal, office.actors[who], request, file, text)


def under_way(office: Office, case_no: str) -> int:
    request = ask(office, case_no)
    take(office, request)
    sample(office, request)
    return request


def facts(office: Office, case_no: str, label: str) -> dict[str, bool | None]:
    with office.portal.read(SYSTEM) as work:
        row = evidence_rows.by_label(work.session, case_no, label)
        return dict(inspections.facts_of_report(work, row))


def verdict(office: Office, case_no: str, label: str) -> Verdict:
    with office.portal.read(SYSTEM) as work:
        weighing = admissibility.weigh(work, get_case(work, case_no))
        assert weighing is not None
        return weighing.items[label].verdict


def test_a_signed_report_on_request_becomes_evidence_of_full_weight(office, case_no):
    request = under_way(office, case_no)
    assert report(office, request, signed(office, case_no)) == "I-1"
    assert set(facts(office, case_no, "I-1").values()) == {True}
    assert verdict(office, case_no, "I-1") is Verdict.ADMITTED
    with office.portal.read(office.party(case_no, Role.RESPONDENT)) as work:
        (found,) = inspections.reports(work, case_no)
        assert found.judgement.has_full_weight
        kinds = [event.kind for event, _ in history.of_case(work.session, case_no)]
    assert kinds[-5:] == [
        "inspection_asked",
        "inspection_taken",
        "sample_handed_out",
        "evidence_received",
        "inspection_reported",
    ]
    with pytest.raises(WrongState):
        report(office, request, None)


def test_an_unsigned_report_is_taken_and_needs_corroboration(office, case_no):
    report(office, under_way(office, case_no), None)
    assert facts(office, case_no, "I-1")["signature_valid"] is False
    assert verdict(office, case_no, "I-1") is Verdict.WITH_CORROBORATION


def test_a_manifest_that_does_not_hold_is_refused_with_every_reason_and_nothing_is_kept(office, case_no):
    request = under_way(office, case_no)
    stored = set(office.portal.settings.blobs_dir.rglob("*"))
    with pytest.raises(Invalid) as refused:
        report(office, request, signed(office, case_no, samples=[], conflict=None))
    assert {error.path for error in refused.value.fields} == {Check.SAMPLE, Check.HANDED_OUT, Check.CONFLICT}
    with pytest.raises(Invalid, match="compact JWS"):
        report(office, request, "no manifest")
    assert {path for path in set(office.portal.settings.blobs_dir.rglob("*")) - stored if path.is_file()} == set()


def test_a_colleagues_key_does_not_sign_for_me(office, case_no):
    request = under_way(office, case_no)
    with pytest.raises(Invalid) as refused:
        report(office, request, signed(office, case_no, key=OTHER_KEY))
    assert [error.path for error in refused.value.fields] == [Check.HANDED_OUT]


def test_another_inspectors_request_does_not_exist(office, case_no):
    request = under_way(office, case_no)
    for step in (lambda: take(office, request, "second"), lambda: sample(office, request, "second")):
        with pytest.raises(NotFound):
            step()
    with pytest.raises(NotFound):
        report(office, request, None, "second")
    with office.portal.read(office.actors["inspector"]) as work, pytest.raises(NotFound):
        inspections.reports(work, case_no)


def test_the_sample_is_handed_out_only_between_taking_on_and_answering(office, case_no):
    request = ask(office, case_no)
    with pytest.raises(WrongState):
        sample(office, request)
    take(office, request)
    assert sample(office, request) == sha256(SAMPLE).hexdigest()
    with office.portal.work(office.actors["inspector"]) as work:
        inspections.decline(work, request, "无法检验。")
    with pytest.raises(WrongState):
        sample(office, request)


def test_only_who_decides_or_keeps_the_case_asks_and_only_what_can_be_inspected(office, case_no):
    assert ask(office, case_no, "registrar")
    with pytest.raises(Conflict):
        ask(office, case_no)
    for who in ("auditor", "officer"):
        with pytest.raises(NotAllowed):
            ask(office, case_no, who)
    for wrong in ({"label": "C-9"}, {"inspector_id": 9}, {"question": " "}, {"hours": 1}):
        with pytest.raises(Invalid):
            ask(office, case_no, **{"inspector_id": 2} | wrong)
    office.add_staff("idle", Role.ARBITRATOR)
    with pytest.raises(NotFound):
        ask(office, case_no, "idle")


def test_an_inspector_whose_accreditation_ended_is_not_asked_and_takes_nothing_on(office, case_no):
    request = ask(office, case_no)
    with office.portal.work(SYSTEM) as work:
        inspectors.end_accreditation(work, 1)
    with pytest.raises(NotAllowed):
        take(office, request)
    with office.portal.work(office.actors["registrar"]) as work:
        inspections.withdraw(work, case_no, request, "检验人资格已终止。")
    with pytest.raises(Invalid):
        ask(office, case_no)


def test_a_report_after_its_time_is_taken_and_after_the_record_closed_is_late(office, case_no):
    request = under_way(office, case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.portal.ports.clock.tick(hours=25)
    report(office, request, signed(office, case_no))
    with office.portal.read(SYSTEM) as work:
        row = evidence_rows.by_label(work.session, case_no, "I-1")
        assert row.late == 1
        assert row not in admissibility.usable(work, get_case(work, case_no))


def test_what_came_before_a_revocation_stays_good_unless_the_key_was_compromised(office, case_no):
    report(office, under_way(office, case_no), signed(office, case_no))
    kid = thumbprint(public())
    office.portal.ports.clock.tick(hours=1)
    with office.portal.work(SYSTEM) as work:
        inspectors.revoke_key(work, kid, Revocation.RETIRED)
    assert facts(office, case_no, "I-1")["signature_valid"] is True
    office.file(case_no, content=b"another sample\n")
    second = ask(office, case_no, label="C-2")
    take(office, second)
    sample(office, second)
    with pytest.raises(Invalid) as refused:
        report(office, second, signed(office, case_no, samples=[{"sha256": sha256(b"another sample\n").hexdigest()}]))
    assert [error.path for error in refused.value.fields] == [Check.KEY_IN_FORCE]
    with office.portal.work(SYSTEM) as work:
        inspectors.revoke_key(work, kid, Revocation.COMPROMISED, work.now - timedelta(minutes=30))
    assert facts(office, case_no, "I-1")["signature_valid"] is True
    with office.portal.work(SYSTEM) as work, pytest.raises(Conflict):
        inspectors.revoke_key(work, kid, Revocation.COMPROMISED)


def test_a_compromise_of_unknown_beginning_distrusts_everything(office, case_no):
    report(office, under_way(office, case_no), signed(office, case_no))
    with office.portal.work(SYSTEM) as work:
        inspectors.revoke_key(work, thumbprint(public()), Revocation.COMPROMISED)
    assert facts(office, case_no, "I-1")["signature_valid"] is False


def test_the_register_takes_a_key_once_and_from_the_admin_alone(office, case_no):
    with office.portal.work(office.actors["registrar"]) as work, pytest.raises(NotAllowed):
        inspectors.revoke_key(work, thumbprint(public()), Revocation.RETIRED)
    with office.portal.work(SYSTEM) as work:
        with pytest.raises(Conflict):
            inspectors.add_key(work, 2, jwk_text())
        with pytest.raises(Invalid, match="anyone could sign"):
            inspectors.add_key(work, 2, "AQ" + "A" * 41)
        new = inspectors.rotate_key(work, thumbprint(public()), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        assert new.inspector_id == 1
        with pytest.raises(Conflict):
            inspectors.add_key(work, 1, jwk_text())


def test_a_platforms_report_is_verified_in_the_same_way(office, case_no):
    dispute = office.case(case_no).platform_dispute_id
    text = signed(office, case_no, matter={"platform": "kami", "dispute": dispute})
    files = [
        escalations.evidence(name, REPORT)
        | {"kind": Kind.INSPECTION_REPORT.value, "submitted_by": "inspector", "manifest": came_with}
        for name, came_with in (("E-90", text), ("E-91", text[:-4] + "AAAA"))
    ]
    office.post(escalations.event("evidence.added", platform_dispute_id=dispute, evidence=files))
    office.settle()
    assert set(facts(office, case_no, "I-1").values()) == {True}
    assert not facts(office, case_no, "I-2")["signature_valid"]


def with_endpoint(office: Office, answer: bytes | None) -> str:
    """A case whose merchant declared an endpoint that answers so about one key; the office's own key is registered."""
    told = escalations.escalation()["data"]["parties"]
    for party in told:
        if party["role"] == "respondent":
            party["merchant"] = {"check_endpoint": "https://files.kami.example/check"}
    case_no = office.escalate(parties=told)
    office.admit(case_no)
    office.seat(case_no)
    office.portal.ports.gateway.files["https://files.kami.example/check?reference=AAAA-BBBB%26x%3D1"] = answer
    with office.portal.work(SYSTEM) as work:
        own = jwk(work.ports.inspection_keys.office_key())
        name = Bilingual("秘书处", "The office")
        inspectors.register(work, name=name, expertise={Expertise.KEYS_AND_CARDS}, key=json.dumps(own))
    return case_no


def test_the_office_asks_the_merchants_endpoint_and_signs_what_it_says(office, case_no):
    asked = with_endpoint(office, b'{"status":"not_working","note":"already redeemed"}')
    assert endpoint_checks.check(office.portal, office.actors["arbitrator"], asked, "C-1", "AAAA-BBBB&x=1") == "I-1"
    assert set(facts(office, asked, "I-1").values()) == {True}
    with office.portal.read(SYSTEM) as work:
        row = evidence_rows.by_label(work.session, asked, "I-1")
        said = json.loads(work.ports.blobs.read(row.blob))
    assert said["reference"] == "AA****=1"
    assert said["answer"] == {"status": "not_working", "note": "already redeemed"}


@pytest.mark.parametrize(
    "answer", [b"{}", b"<html>", b'{"status":"working","status":"unknown"}', b'{"status":"fine"}', b" " * 20_000]
)
def test_an_answer_that_is_not_of_the_interface_is_no_report(office, case_no, answer):
    asked = with_endpoint(office, answer)
    with pytest.raises(Invalid, match="answer"):
        endpoint_checks.check(office.portal, office.actors["registrar"], asked, "C-1", "AAAA-BBBB&x=1")
    with pytest.raises(Invalid, match="gave no answer"):
        endpoint_checks.check(office.portal, office.actors["registrar"], asked, "C-1", "another")


def test_only_who_may_ask_checks_and_only_where_an_endpoint_is_declared(office, case_no):
    with pytest.raises(Invalid, match="declared no check endpoint"):
        endpoint_checks.check(office.portal, office.actors["arbitrator"], case_no, "C-1", "AAAA")
    with pytest.raises(NotAllowed):
        endpoint_checks.check(office.portal, office.actors["auditor"], case_no, "C-1", "AAAA")
