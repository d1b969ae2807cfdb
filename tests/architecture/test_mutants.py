"""The list of breaks fits the program as it is, and its runner tells a red test from a blind one and from a fault."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import LIST, ROOT, Mutant, Verdict, copies, faults, read, run, try_out

RULE = "def may_vote(role):\n    return role == 'arbitrator'\n"
TEST = (
    "from office.rules import may_vote\n\n"
    "def test_the_registrar_never_votes():\n    assert not may_vote('registrar')\n\n"
    "def test_something_else():\n    assert may_vote('arbitrator')\n"
)
GOOD = Mutant(
    rule="the registrar never votes",
    file="office/rules.py",
    old="role == 'arbitrator'",
    new="True",
    test="tests/test_rules.py::test_the_registrar_never_votes",
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A program with one rule and two tests, under version control."""
    for name, text in {"office/rules.py": RULE, "tests/test_rules.py": TEST, ".gitignore": "*.secret\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "a.secret").write_text("not to be copied")
    (tmp_path / "link.py").symlink_to("office/rules.py")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_every_break_of_the_list_can_be_made_and_names_a_test_that_exists():
    mutants = read(LIST.read_text("utf-8"))
    assert [fault for mutant in mutants for fault in faults(mutant, ROOT)] == []
    assert len(mutants) >= 20
    assert len({mutant.rule for mutant in mutants}) == len(mutants)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"old": "role == 'chair'"}, "has 0 times"),
        ({"old": "role"}, "has 2 times"),
        ({"file": "office/gone.py"}, "has 0 times"),
        ({"new": GOOD.old}, "must change one line"),
        ({"new": "True\n"}, "must change one line"),
        ({"test": "tests/test_rules.py::test_gone"}, "there is no test"),
        ({"test": "tests/test_gone.py::test_something_else"}, "there is no test"),
        ({"test": "tests/test_rules.py"}, "there is no test"),
    ],
)
def test_an_entry_that_does_not_fit_is_a_fault_and_nothing_is_run(small, capsys, changed, fault):
    assert list(faults(GOOD, small)) == []
    assert fault in "".join(faults(replace(GOOD, **changed), small))
    assert not run([GOOD, replace(GOOD, **changed)], small, 1)
    assert "nothing was run" in capsys.readouterr().out


def test_a_break_that_a_test_sees_is_red_and_the_copy_is_whole_again(small):
    assert try_out(GOOD, small)[0] is Verdict.RED
    assert (small / GOOD.file).read_text() == RULE


def test_a_break_that_no_test_sees_survives_and_the_run_fails(small, capsys):
    blind = replace(GOOD, rule="blind", test="tests/test_rules.py::test_something_else")
    assert not run([GOOD, blind], small, 2)
    said = capsys.readouterr().out
    assert "SURVIVED  blind" in said
    assert "red       the registrar never votes" in said
    assert (small / GOOD.file).read_text() == RULE


def test_a_break_that_stops_the_tests_from_being_read_proves_nothing(small):
    assert try_out(replace(GOOD, old="return role", new="return role ("), small)[0] is Verdict.BROKEN


def test_when_the_tests_fail_without_a_break_nothing_is_run(small, capsys):
    (small / GOOD.file).write_text(RULE.replace("'arbitrator'", "'registrar'"))
    mutant = replace(GOOD, old="role == 'registrar'")
    assert not run([mutant], small, 1)
    assert "fail without any break" in capsys.readouterr().out


def test_copies_hold_what_is_not_ignored_and_links_as_links(small):
    with copies(small, 2) as made:
        for copy in made:
            assert sorted(path.name for path in copy.rglob("*")) == [
                ".gitignore",
                "link.py",
                "office",
                "rules.py",
                "test_rules.py",
                "tests",
            ]
            assert (copy / "link.py").is_symlink()
