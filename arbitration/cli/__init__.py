"""Command line: the same use cases, for the operator at a terminal and for platforms trying things out."""

from arbitration.cli import demo, keys, maintenance, people, platforms, rulings, senders, serve, standards
from arbitration.cli.shell import shell

for module in (demo, keys, maintenance, people, platforms, rulings, senders, serve, standards):
    for command in module.COMMANDS:
        shell.add_command(command)


def main() -> None:
    """Entry point of the command `arbitration`."""
    shell()
