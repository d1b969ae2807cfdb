"""A representative of either side comes in by a link and code of their own and acts for the side represented."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from arbitration.actions import delivery
from arbitration.actions.context import SYSTEM
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import cases as case_rows
from arbitration.store import evidence as evidence_rows
from tests.domain.escalations import escalation
from tests.factories import Office
from tests.web.conftest import Browser
from tests.web.test_party import Party

PARTIES = [
    *escalation()["data"]["parties"],
    {"role": "representative", "represents": "claimant", "platform_user_id": "r-1", "display_name": "王律师"},
    {"role": "representative", "represents": "respondent", "platform_user_id": "r-2", "display_name": "李律师"},
]


def representative(app: Flask, office: Office, case_no: str, side: Side) -> Party:
    """The representative of *side*, with link and code as the platform got them to relay."""
    with office.portal.read(SYSTEM) as work:
        row = work.session.scalar(
            select(case_rows.Party).where(
                case_rows.Party.case_no == case_no,
                case_rows.Party.role == Role.REPRESENTATIVE,
                case_rows.Party.side == side,
            )
        )
        assert row is not None
        return Party(Browser(app.test_client(), office), row.link, delivery.access_code(work, row))


def brought(office: Office) -> str:
    number = office.escalate(parties=PARTIES)
    office.admit(number)
    return number


def test_the_platform_is_given_a_link_and_its_own_code_for_everyone(app, office, gateway, case_no):
    given = [body["data"] for _, body in gateway.posted if body["type"] == "party.access"]
    assert sorted((each["party"], each["side"], each["platform_user_id"]) for each in given) == [
        ("claimant", "claimant", "u-3381"),
        ("representative", "claimant", "r-1"),
        ("representative", "respondent", "r-2"),
        ("respondent", "respondent", "m-208"),
    ]
    for each in given:
        party = Party(Browser(app.test_client(), office), each["url"].rpartition("/")[2], each["code"])
        party.enter()
        assert case_no in party.page()


@pytest.mark.parametrize(("side", "label"), [(Side.CLAIMANT, "C-2"), (Side.RESPONDENT, "R-1")])
def test_what_a_representative_files_is_filed_for_the_side_represented(app, office, case_no, side, label):
    lawyer = representative(app, office, case_no, side)
    lawyer.enter()
    assert f"Representative of the {side}" in lawyer.page()
    lawyer.upload(("授权.txt", b"power of attorney\n"))
    lawyer.browser.post(f"{lawyer.path}/evidence/submit", form=f"{lawyer.path}/evidence")
    with office.portal.read(SYSTEM) as work:
        filed = evidence_rows.by_label(work.session, case_no, label)
        assert filed is not None
        assert (filed.file_name, filed.submitted_by) == ("授权.txt", side)
    assert label in lawyer.browser.get(f"{lawyer.path}/evidence/receipt").text


def test_the_representatives_draft_is_their_own_sides(app, office, case_no):
    sides = {side: representative(app, office, case_no, side) for side in Side}
    for lawyer in sides.values():
        lawyer.enter()
    sides[Side.CLAIMANT].upload(("授权.txt", b"power of attorney\n"))
    for side, shown in ((Side.CLAIMANT, True), (Side.RESPONDENT, False)):
        page = sides[side].browser.get(f"{sides[side].path}/evidence").text
        assert ("授权.txt" in page) is shown


def test_the_office_reads_whom_a_representative_represents(app, office, case_no):
    registrar = Browser(app.test_client(), office)
    registrar.sign_in("registrar")
    page = registrar.get(f"/cases/{case_no}").text
    assert "Representative of the claimant" in page
    assert "Representative of the respondent" in page


def test_a_message_of_a_representative_is_read_by_all(app, office, case_no):
    lawyer = representative(app, office, case_no, Side.RESPONDENT)
    lawyer.enter()
    lawyer.browser.post(f"{lawyer.path}/statement", {"text": "我方认为已交付。"}, form=f"{lawyer.path}/statement")
    with office.portal.read(SYSTEM) as work:
        said = case_rows.messages_of(work.session, case_no)
    assert [(one.author_role, one.body) for one in said] == [(Role.REPRESENTATIVE, "我方认为已交付。")]
    assert json.dumps("我方认为已交付。", ensure_ascii=False)[1:-1] in lawyer.page()
