"""Mistakes at the terminal are answered in one line that names cause and cure, with an exit code, never a traceback."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from arbitration.cli import shell
from arbitration.domain.verification import Verdict
from tests.portals import environment
from tests.test_config import production

BAD_SETTINGS = 78


def run(given: dict[str, str], *words: str) -> Result:
    done = CliRunner().invoke(shell, words, env=given)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize(
    ("setting", "value"),
    [("ARBITRATION_VAULT_IDENTITY", "x"), ("ARBITRATION_WEBHOOK_KEY", "test")],
)
def test_a_secret_that_opens_nothing_is_named_and_not_shown(tmp_path: Path, setting: str, value: str) -> None:
    given = production(tmp_path)
    assert run(given, "keys", "init").exit_code == 0
    done = run(given | {setting: value}, "check")
    assert done.exit_code == BAD_SETTINGS
    assert done.stderr == f"arbitration: {setting} is not what it should be (`arbitration keys init` makes one)\n"


def test_an_institution_without_keys_does_not_start_and_keys_init_makes_them(tmp_path: Path) -> None:
    given = production(tmp_path)
    done = run(given, "web")
    assert done.exit_code == BAD_SETTINGS
    assert "`arbitration keys init`" in done.stderr
    assert run(given, "keys", "init").exit_code == 0
    assert run(given, "migrate").exit_code == 0
    assert run(given, "check").exit_code == 0


def test_keys_that_the_passphrase_does_not_open_are_told_in_one_line(tmp_path: Path) -> None:
    assert run(production(tmp_path), "keys", "init").exit_code == 0
    done = run(production(tmp_path, ARBITRATION_KEYS_PASSPHRASE="aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"), "check")
    assert done.exit_code == BAD_SETTINGS
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("paper", ["ruling", "export"])
@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_root_of_trust_that_is_none_is_unusable_and_refuses_nothing(
    tmp_path: Path, content: bytes, paper: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    done = run(environment(tmp_path), "verify", paper, str(file), "--trust", str(file))
    assert done.exit_code == Verdict.UNUSABLE.exit_code
    assert done.stderr.startswith(f"arbitration: {file} (--trust) holds no certificate")
    assert done.stderr.count("\n") == 1


def test_an_export_is_not_written_over_a_file_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(b"kept")
    done = run(environment(tmp_path), "case", "export", "CA-2026-000001", str(file))
    assert (done.exit_code, file.read_bytes()) == (1, b"kept")
    assert str(file) in done.stderr
    assert "--force" in done.stderr


def test_a_database_without_tables_is_told_with_its_cure(tmp_path: Path) -> None:
    done = run(environment(tmp_path), "check")
    assert done.exit_code == 1
    assert "`arbitration migrate`" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("party", "link", "CA-\udcff", "claimant"),
        ("ruling", "save", "CA-\udcff", "file.pdf"),
        ("jobs", "retry", "999999999999999999999"),
        ("escalate", str(Path(__file__)), "--platform", "x", "--url", "file:///etc/passwd"),
        ("status", "x y\nz", "--platform", "x", "--url", "ftp://office"),
    ],
)
def test_senseless_words_are_told_in_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    given = environment(tmp_path)
    assert run(given, "migrate").exit_code == 0
    done = run(given, *words)
    assert done.exit_code == 2
    assert done.stderr.startswith("arbitration: ")


def test_a_tree_with_a_hole_is_told_and_has_no_root(tmp_path: Path) -> None:
    given = environment(tmp_path)
    assert run(given, "migrate").exit_code == 0
    assert run(given, "platform", "add", "kami").exit_code == 0
    assert run(given, "platform", "add", "yx").exit_code == 0
    database = sqlite3.connect(tmp_path / "arbitration.db", isolation_level=None)
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("DELETE FROM tree_node WHERE level = 1")
    database.close()
    done = run(given, "check")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["root"] is None
