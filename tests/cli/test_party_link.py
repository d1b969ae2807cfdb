"""The operator hands a party its link: each side's, and that of whoever represents it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from arbitration.cli import shell
from tests.factories import Office
from tests.portals import environment

PARTIES = [
    {"role": "claimant", "platform_user_id": "u-1"},
    {"role": "respondent", "platform_user_id": "u-2"},
    {"role": "representative", "represents": "respondent", "platform_user_id": "u-3"},
]


def brought(office: Office) -> str:
    return office.escalate(parties=PARTIES)


def link(office: Office, *words: str) -> Any:
    settings = office.portal.settings
    given = environment(settings.home, settings.database_url)
    return CliRunner().invoke(shell, ["party", "link", *words], env=given)


def test_each_has_a_link_and_a_code_of_its_own(office: Office, case_no: str) -> None:
    answers = [
        link(office, case_no, "claimant"),
        link(office, case_no, "respondent"),
        link(office, case_no, "respondent", "--representative"),
    ]
    doors = [json.loads(answer.stdout) for answer in answers]
    assert [door["role"] for door in doors] == ["claimant", "respondent", "representative"]
    assert len({door["url"] for door in doors}) == len({door["code"] for door in doors}) == 3


@pytest.mark.parametrize("words", [("claimant", "--representative"), ("respondent", "--representative")])
def test_a_side_that_none_represents_is_said_so(office: Office, words: tuple[str, ...]) -> None:
    answer = link(office, office.escalate(), *words)
    assert answer.exit_code == 4
    assert f"has no representative of the {words[0]}" in answer.stderr
