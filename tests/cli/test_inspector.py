"""`arbitration inspector`: sign on one machine, verify on another, with the exit codes of `verify ruling`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from arbitration.cli import shell
from arbitration.domain.manifest import public_key, thumbprint

SAYS = {
    "matter": {"case": "CA-2026-000001"},
    "method": "逐条比对。",
    "tool": {"name": "check", "version": "2.1"},
    "times": {
        "sample_received_at": "2026-11-20T10:00:00+08:00",
        "begun_at": "2026-11-20T10:05:00+08:00",
        "ended_at": "2026-11-20T11:00:00+08:00",
    },
    "finding": {"outcome": "refuted", "zh": "已被改动。", "en": "It was altered."},
    "conflict": {"interests": "none"},
}
AT = ("--at", "2026-11-20T12:00:00")


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(shell, [str(word) for word in ("inspector", *words)])
    return result.exit_code, result.output


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a key, a report, a sample, the register, and a manifest signed over all."""
    code, printed = run("keygen", tmp_path / "key.pem")
    assert code == 0
    key = json.loads(printed)
    listed = {"jwk": key, "valid_from": "2026-01-01T00:00:00Z", "revoked_at": None, "revoked_why": None}
    inspector = {
        "id": "in-1",
        "name": {"zh": "检验所", "en": "Laboratory"},
        "expertise": ["chat_records"],
        "accredited_from": "2026-01-01T00:00:00Z",
        "accredited_until": None,
        "keys": [listed | {"distrusted_from": None}],
    }
    register = {"as_of": "2026-11-20T00:00:00Z", "inspectors": [inspector]}
    (tmp_path / "inspectors.json").write_text(json.dumps(register, ensure_ascii=False))
    (tmp_path / "report.txt").write_text("已被改动。")
    (tmp_path / "sample.txt").write_text("聊天")
    (tmp_path / "says.json").write_text(json.dumps(SAYS, ensure_ascii=False))
    assert sign(tmp_path)[0] == 0
    return tmp_path


def sign(desk: Path) -> tuple[int, str]:
    files = ("--sample", desk / "sample.txt", "--says", desk / "says.json", "--key", desk / "key.pem")
    return run("sign", desk / "report.txt", *files, "-o", desk / "manifest.jws")


def verify(desk: Path, *more: object) -> tuple[int, str]:
    files = ("--report", desk / "report.txt", "--sample", desk / "sample.txt", "--keys", desk / "inspectors.json")
    return run("verify", desk / "manifest.jws", *files, *more)


def test_what_was_signed_is_proven_offline_and_what_is_not_is_said(desk):
    code, printed = verify(desk, *AT, "--case", "CA-2026-000001")
    assert (code, printed.splitlines()[-1]) == (0, "PROVEN")
    assert "not proven: Whether the finding is right." in printed
    code, printed = verify(desk, *AT, "--lang", "zh")
    assert (code, printed.splitlines()[-1]) == (0, "核验通过")


@pytest.mark.parametrize("file", ["report.txt", "sample.txt"])
def test_a_changed_file_is_refused(desk, file):
    (desk / file).write_text("换过的")
    assert verify(desk, *AT)[0] == 1


def test_another_case_and_a_key_that_is_not_trusted_any_more_are_refused(desk):
    assert verify(desk, *AT, "--case", "CA-2026-000002")[0] == 1
    register = json.loads((desk / "inspectors.json").read_text())
    revoked = {
        "revoked_at": "2026-11-21T00:00:00Z",
        "revoked_why": "rotated",
        "distrusted_from": "2026-11-21T00:00:00Z",
    }
    register["inspectors"][0]["keys"][0] |= revoked
    (desk / "inspectors.json").write_text(json.dumps(register, ensure_ascii=False))
    assert verify(desk, *AT)[0] == 0
    assert verify(desk, "--at", "2026-11-22T00:00:00")[0] == 1


@pytest.mark.parametrize("file", ["manifest.jws", "inspectors.json"])
def test_what_cannot_be_read_is_unusable(desk, file):
    (desk / file).write_text("{")
    assert verify(desk, *AT)[0] == 2


def test_a_statement_that_the_schema_does_not_have_is_not_signed_and_no_key_is_written_over(desk):
    for said, wrong in (
        (json.dumps(SAYS | {"outcome": "guilty"}), "outcome"),
        (json.dumps({name: value for name, value in SAYS.items() if name != "method"}), "method: Field required"),
        ("{", "says.json"),
    ):
        (desk / "says.json").write_text(said)
        code, printed = sign(desk)
        assert code == 2
        assert str(desk / "says.json") in printed
        assert wrong in printed
    assert run("keygen", desk / "key.pem")[0] == 1


def test_a_key_under_a_passphrase_opens_with_it_alone(desk):
    code, printed = run("keygen", desk / "locked.pem", "--passphrase", "correct horse")
    assert code == 0
    assert thumbprint(public_key(printed)) == json.loads(printed)["kid"]
    (desk / "key.pem").write_bytes((desk / "locked.pem").read_bytes())
    assert sign(desk)[0] == 2
