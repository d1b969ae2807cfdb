"""The operator checks and publishes a platform's rules at the terminal."""

import json
from pathlib import Path

import pytest

from arbitration.actions import platform_rules
from arbitration.actions.context import SYSTEM
from tests.cli.test_mistakes import run
from tests.factories import Office
from tests.portals import environment
from tests.rules_files import rules_file


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_faults_are_told_a_line_each_and_what_is_good_is_published(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    given = environment(tmp_path, database_url)
    file = tmp_path / "rules.json"
    file.write_bytes(rules_file("AS-01", floors={"window": "7 days"}, in_force="2999-01-01"))
    for words in (("check", str(file)), ("publish", "kami", str(file))):
        done = run(given, "platform", "rules", *words)
        assert done.exit_code == 1
        assert done.stderr.startswith(f"{file}:12:13: floors.window: '7 days' is no quantity")
    file.write_bytes(rules_file("AS-01", floors={"window": "7d"}, in_force="2999-01-01"))
    assert json.loads(run(given, "platform", "rules", "check", str(file)).stdout)["counts"]["stricter"] == 1
    assert run(given, "platform", "rules", "publish", "kami", str(file)).exit_code == 0
    with office.portal.read(SYSTEM) as work:
        kami = platform_rules.platform_named(work, "kami").id
        assert [each.rules.version for each in platform_rules.versions(work, kami)] == ["1.0.0"]
