"""`arbitration standard try`: a file tried on the past cases of the office, with its progress told."""

from pathlib import Path

import pytest

from tests.cli.test_mistakes import run
from tests.past_cases import BETWEEN, LONGER, brought
from tests.portals import environment

__all__ = ["brought"]


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_a_file_is_tried_and_the_cases_that_it_alters_are_told(case_no: str, database_url: str, tmp_path: Path) -> None:
    given = environment(tmp_path, database_url)
    file = tmp_path / "draft.yaml"
    file.write_text(LONGER.replace("severity: major", "severity: huge", 1), "utf-8")
    faulty = run(given, "standard", "try", str(file))
    assert faulty.exit_code == 1
    assert "unknown severity 'huge'" in faulty.stdout
    file.write_text(LONGER, "utf-8")
    done = run(given, "standard", "try", str(file))
    assert done.exit_code == 0
    assert done.stderr == "\r5 of 5 cases\n"
    assert done.stdout.splitlines() == [
        "another outcome in 3 of 5 cases",
        "~ AS-01  not_applicable -> breached: 3",
        f"  such as {', '.join(BETWEEN)}",
    ]
