"""Handing out a whole case: its export, and its bundle as one PDF."""

from collections.abc import Iterator
from errno import EEXIST
from pathlib import Path

import click

from arbitration.actions import bundle, export
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.export import View
from arbitration.portal import Portal


@click.group("case")
def case() -> None:
    """Cases."""


@case.command("export")
@click.argument("case_no", metavar="CASE")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--bundle", "pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write its bundle (PDF) too.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def save(case_no: str, file: Path, pdf: Path | None, force: bool) -> None:
    """Write the whole of CASE to FILE, a ZIP that `arbitration verify export` checks offline."""
    there = next((each for each in (file, pdf) if each is not None and each.exists()), None)
    if there is not None and not force:
        raise FileExistsError(EEXIST, "it exists already; give another name, or --force to write over it", str(there))
    with office() as portal:
        made = export.export(portal, OPERATOR, case_no)
        _write(file, made.chunks())
        told = {"case": case_no, "file": str(file), "size": made.size}
        if pdf is not None:
            told |= {"bundle": str(pdf), "sha256": _save_bundle(portal, case_no, pdf)}
    show(told)


def _save_bundle(portal: Portal, case_no: str, pdf: Path) -> str:
    """The office's bundle, made now where the last one is older than the record; its digest."""
    with portal.work(OPERATOR) as work:
        bundle.ask(work, case_no)
    bundle.make(portal, case_no, View.OFFICE)
    with portal.work(OPERATOR) as work:
        row = bundle.take_out(work, case_no)
    with portal.ports.blobs.open(row.blob or "") as chunks:
        _write(pdf, chunks)
    return row.sha256 or ""


def _write(file: Path, chunks: Iterator[bytes]) -> None:
    """Whole, or not at all under its name."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("wb") as target:
            for chunk in chunks:
                target.write(chunk)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


COMMANDS = (case,)
