"""Handing out a whole case: its export, and its bundle as one PDF."""

from pathlib import Path

import click

from arbitration.actions import export
from arbitration.cli.shell import OPERATOR, office, show


@click.group("case")
def case() -> None:
    """Cases."""


@case.command("export")
@click.argument("case_no", metavar="CASE")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def save(case_no: str, file: Path) -> None:
    """Write the whole of CASE to FILE, a ZIP that `arbitration verify export` checks offline."""
    with office() as portal:
        made = export.export(portal, OPERATOR, case_no)
        _write(file, made)
    show({"case": case_no, "file": str(file), "size": made.size})


def _write(file: Path, made: export.Export) -> None:
    """Whole, or not at all under its name."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("wb") as target:
            for chunk in made.chunks():
                target.write(chunk)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


COMMANDS = (case,)
