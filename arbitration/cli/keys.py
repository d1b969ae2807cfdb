"""Secrets and signing keys of an installation."""

from pathlib import Path

import click

from arbitration.cli.shell import settings, show
from arbitration.config import home_folder
from arbitration.wiring import key_folder, make_secrets


@click.group("keys")
def group() -> None:
    """Secrets and signing keys of this installation."""


@group.command("init")
def init() -> None:
    """Make what is missing: secrets under HOME/secrets and, for the demo, a local certificate authority."""
    made = make_secrets(home_folder())
    folder = key_folder(settings())
    show({"made": made, "fingerprints": folder.fingerprints()})


@group.command("root")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def root(file: Path) -> None:
    """Write the root certificate by which rulings are verified (PEM) to FILE."""
    file.write_bytes(key_folder(settings()).root_pem())
    show({"root": str(file)})


COMMANDS = (group,)
