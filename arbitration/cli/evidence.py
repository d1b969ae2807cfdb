"""Evidence whose time is over: what is due to be erased, and erasing it."""

from datetime import timedelta

import click

from arbitration.actions import erasure
from arbitration.cli.shell import OPERATOR, office, show


@click.group("evidence")
def evidence() -> None:
    """Files of ended cases."""


@evidence.command("erase")
@click.argument("case_no", metavar="CASE")
@click.argument("label")
@click.option("--because", required=True, help="Why, in a sentence: it stands in the history and on the case's pages.")
def erase(case_no: str, label: str, because: str) -> None:
    """Destroy the file and the name of item LABEL in the ended CASE; its digest and all of the history stay."""
    with office() as portal, portal.work(OPERATOR) as work:
        erasure.erase(work, case_no, label, because)
    show({"case": case_no, "erased": label, "because": because})


@evidence.command("due")
def due() -> None:
    """List what is older than ARBITRATION_RETENTION_DAYS, counted from the end of its case."""
    with office() as portal, portal.read(OPERATOR) as work:
        found = erasure.due(work, timedelta(days=portal.settings.retention_days))
    show([{"case": each.case_no, "item": each.label, "ended_at": each.ended_at.isoformat()} for each in found])


@evidence.command("erase-due")
def erase_due() -> None:
    """Erase what `evidence due` lists; to be run daily. The worker then removes the files."""
    with office() as portal:
        done = list(erasure.erase_due(portal, timedelta(days=portal.settings.retention_days)))
    show([{"case": each.case_no, "erased": each.label} for each in done])


COMMANDS = (evidence,)
