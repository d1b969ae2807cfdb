"""`arbitration standard`: checked with the place of each fault, compared, shown, and published once consulted on."""

import json
from pathlib import Path

import pytest

from tests.cli.test_mistakes import run
from tests.portals import environment

SMALL = (Path(__file__).parents[1] / "domain" / "small_standard.yaml").read_text("utf-8")
LONGER = SMALL.replace("72h", "96h").replace("72 小时", "96 小时").replace("72 hours", "96 hours")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "standard.yaml"
    path.write_text(SMALL, "utf-8")
    return path


def test_a_file_without_fault_passes_and_one_that_is_missing_is_a_mistake(tmp_path: Path, file: Path) -> None:
    done = run(environment(tmp_path), "standard", "check", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    assert run(environment(tmp_path), "standard", "check", str(tmp_path / "none.yaml")).exit_code == 2


def test_each_fault_is_told_with_file_line_column_place_and_reason(tmp_path: Path, file: Path) -> None:
    file.write_text(SMALL.replace("severity: major", "severity: huge").replace("value: 72h", "value: soon"), "utf-8")
    done = run(environment(tmp_path), "standard", "check", str(file))
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{file}:14:19: floors.window: 'soon' is no quantity")
    assert any(line.startswith(f"{file}:24:13: AS-01.severity: unknown severity 'huge'") for line in lines)


def test_bytes_that_are_no_text_are_a_fault_at_their_place(tmp_path: Path, file: Path) -> None:
    file.write_bytes(b"standard: small\nversion: \xff\n")
    done = run(environment(tmp_path), "standard", "check", str(file))
    assert (done.exit_code, done.stdout) == (1, f"{file}:2:10: file: not UTF-8\n")


def test_two_files_are_compared_without_an_office(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "longer.yaml"
    other.write_text(LONGER, "utf-8")
    done = run({}, "standard", "diff", str(file), str(other))
    assert done.stdout.splitlines() == [
        "~ AS-01  text",
        "  - 售后期不少于 72 小时。",
        "  + 售后期不少于 96 小时。",
        "  - The window lasts at least 72 hours.",
        "  + The window lasts at least 96 hours.",
        "~ floor window: 72h (售后期 / window) -> 96h (售后期 / window)  stricter",
    ]
    assert run({}, "standard", "diff", str(file), str(file)).stdout == "no clause and no floor differs\n"


def test_the_first_version_is_published_shown_and_compared_and_a_second_waits_for_its_consultation(
    tmp_path: Path, file: Path
) -> None:
    given = environment(tmp_path)
    assert run(given, "migrate").exit_code == 0
    assert run(given, "keys", "init").exit_code == 0
    assert json.loads(run(given, "standard", "publish", str(file)).stdout)["version"] == "1.0.0"
    shown = run(given, "standard", "show", "1.0.0").stdout
    assert "售后期不少于 72 小时。" in shown
    assert "The window lasts at least 72 hours." in shown
    assert json.loads(run(given, "standard", "show", "1.0.0", "--json").stdout)["clauses"][0]["ref"] == "AS-01@1.0.0"
    file.write_text(LONGER.replace("version: 1.0.0", "version: 1.1.0").replace("2026-01-01", "2999-01-01"), "utf-8")
    assert "72h" in run(given, "standard", "diff", "1.0.0", str(file)).stdout
    refused = run(given, "standard", "publish", str(file))
    assert refused.exit_code == 5
    assert "not in consultation" in refused.stderr
    assert run(given, "standard", "show", "9.9.9").exit_code == 4
