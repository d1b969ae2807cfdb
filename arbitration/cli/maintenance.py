"""Keeping an installation: schema, the history's wholeness, work that was given up."""

import sys

import click

from arbitration.actions import wholeness
from arbitration.cli.shell import OPERATOR, office, settings, show
from arbitration.store import history
from arbitration.store.jobs import given_up
from arbitration.wiring import migrate_database


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the newest schema."""
    migrate_database(settings())
    click.echo("the database is up to date")


@click.command("check")
def check() -> None:
    """Recompute the whole history from its rows, and hold evidence, its trusted times, all files and all sealed values
    against what was stored; exit 1 and say where when anything does not fit."""
    with office() as portal:
        found = wholeness.problems(portal)
        with portal.read(OPERATOR) as work:
            root = None if found else history.root_hash(work.session)
            show({"leaves": history.size(work.session), "root": root, "problems": found})
    sys.exit(1 if found else 0)


@click.group("jobs")
def jobs() -> None:
    """Background work."""


@jobs.command("failed")
def failed() -> None:
    """List work that used up its attempts and waits for a person."""
    with office() as portal, portal.read(OPERATOR) as work:
        show(
            [
                {"id": row.id, "kind": row.kind, "attempts": row.attempts, "error": row.error}
                for row in given_up(work.session)
            ]
        )


@jobs.command("retry")
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Give failed work NUMBER another series of attempts."""
    with office() as portal, portal.work(OPERATOR) as work:
        work.ports.jobs.revive(work.session, number, work.now)
    click.echo(f"job {number} will run again")


COMMANDS = (migrate, check, jobs)
