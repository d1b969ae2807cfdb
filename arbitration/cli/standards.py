"""Versions of the standard."""

from pathlib import Path

import click

from arbitration.actions import standard
from arbitration.cli.shell import OPERATOR, office, show


@click.group("standard")
def group() -> None:
    """The published standard."""


@group.command("publish")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def publish(file: Path) -> None:
    """Publish the version in FILE (YAML), exactly as it stands; it can never be changed."""
    with office() as portal, portal.work(OPERATOR) as work:
        published = standard.publish(work, file.read_bytes().decode("utf-8"))
    show({"version": published.version, "in_force": published.in_force.isoformat(), "sha256": published.sha256})


@group.command("show")
@click.argument("version")
def show_version(version: str) -> None:
    """Print VERSION as JSON."""
    with office() as portal, portal.read(OPERATOR) as work:
        show(standard.version(work, version).as_json())


COMMANDS = (group,)
