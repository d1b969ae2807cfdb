"""Command line: the same use cases, for the operator at a terminal and for platforms trying things out."""

import os

from arbitration.cli import (
    demo,
    evidence,
    exports,
    inspectors,
    keys,
    maintenance,
    people,
    platforms,
    rulings,
    senders,
    serve,
    standards,
)
from arbitration.cli.shell import shell

for module in (
    demo,
    evidence,
    exports,
    inspectors,
    keys,
    maintenance,
    people,
    platforms,
    rulings,
    senders,
    serve,
    standards,
):
    for command in module.COMMANDS:
        shell.add_command(command)


def main() -> None:
    """Entry point of the command `arbitration`. What it writes is its owner's alone."""
    os.umask(0o077)
    shell()
