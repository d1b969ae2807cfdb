"""Secrets and signing keys of an installation."""

from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import click

from arbitration.actions import resealing
from arbitration.cli.shell import OPERATOR, office, settings, show
from arbitration.config import home_folder
from arbitration.wiring import key_folder, make_keys, make_secrets, vault_identities


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


@group.command("rotate-evidence")
def rotate_evidence() -> None:
    """Make a new key for what is encrypted at rest; the older ones still open. Then start web and worker again."""
    vault_identities().add()
    with office() as portal, portal.work(OPERATOR) as work:
        resealing.key_added(work)
        show({"recipient": work.ports.vault.recipient(), "next": "start web and worker again, then reseal-evidence"})


@group.command("reseal-evidence")
def reseal_evidence() -> None:
    """Encrypt every file and value anew that an older key encrypted. May be ended at any time and run again."""
    with office() as portal:
        done = resealing.reseal(portal)
    show({"files": done.files, "values": done.values, "next": "retire-evidence"})


@group.command("retire-evidence")
def retire_evidence() -> None:
    """Forget the older keys, once nothing is encrypted by them. Backups made before still need them: keep a copy."""
    with office() as portal:
        resealing.retire_keys(portal)
    show({"retired": vault_identities().keep_first()})


COMMANDS = (group,)
