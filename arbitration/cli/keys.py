"""Secrets and signing keys of an installation."""

from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import click

from arbitration.cli.shell import settings, show
from arbitration.config import home_folder
from arbitration.wiring import key_folder, make_keys, make_secrets


@click.group("keys")
def group() -> None:
    """Secrets and signing keys of this installation."""


@group.command("init")
def init() -> None:
    """Make what is missing: secrets under HOME/secrets, and under HOME/keys the institution's own authority."""
    made = make_secrets(home_folder())
    folder = make_keys(settings())
    show({"made": made, "root_sha256": sha256(PEM_cert_to_DER_cert(folder.root_pem().decode())).hexdigest()})


@group.command("root")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def root(file: Path) -> None:
    """Write the root certificate by which rulings are verified (PEM) to FILE."""
    file.write_bytes(key_folder(settings()).root_pem())
    show({"root": str(file)})


COMMANDS = (group,)
