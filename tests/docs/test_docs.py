"""Documents are held true: every setting and every command is described, and links lead somewhere."""

import re
from pathlib import Path

import click
import pytest

from arbitration.cli import shell
from arbitration.config import SETTINGS

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_in_the_operations_manual(name):
    assert f"`{name}`" in OPERATIONS


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append(" ".join((*path, name)))
    return found


@pytest.mark.parametrize("command", sorted(commands(shell)))
def test_every_command_is_described_somewhere_and_says_what_it_does(command):
    assert any(f"arbitration {command}" in document.read_text("utf-8") for document in DOCUMENTS), command
    leaf = shell
    for name in command.split():
        leaf = leaf.commands[name]
    assert leaf.help


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_and_pictures_exist(document):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []
