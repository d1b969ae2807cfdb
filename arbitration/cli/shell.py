"""The command group itself: settings and portal when asked for, and one clear line for every mistake."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from arbitration.actions.context import Actor
from arbitration.config import BadSettings, Settings, load
from arbitration.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, TooMany
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from arbitration.ports import Unreachable
from arbitration.wiring import build

OPERATOR = Actor("operator", Role.SYSTEM, "operator")
EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (Invalid, 2),
    (NotAllowed, 3),
    (NotFound, 4),
    (Conflict, 5),
    (TooMany, 6),
    (Unreachable, 7),
    (Refused, 2),
)
BAD_SETTINGS = 78
"""`EX_CONFIG` of sysexits.h."""


class Shell(click.Group):
    """Turns refusals into one line and an exit code; a traceback is for programming errors only."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSettings as bad:
            for problem in bad.problems:
                click.echo(f"arbitration: {problem}", err=True)
            sys.exit(BAD_SETTINGS)
        except DBAPIError as error:
            click.echo(f"arbitration: the database cannot be used: {error.orig} (`arbitration migrate`?)", err=True)
            sys.exit(1)
        except (UnicodeError, OverflowError) as error:
            click.echo(f"arbitration: that cannot be read: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            click.echo(f"arbitration: {error.filename or ''}: {error.strerror or error}", err=True)
            sys.exit(1)
        except (Refused, Unreachable) as refusal:
            click.echo(f"arbitration: {refusal}", err=True)
            sys.exit(next(code for kind, code in EXIT_CODES if isinstance(refusal, kind)))


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="arbitration")
def shell() -> None:
    """The office of an independent arbitration committee. Settings come from the environment (ARBITRATION_…)."""


def settings() -> Settings:
    """The settings, validated. Raises BadSettings."""
    return load()


@contextmanager
def office() -> Iterator[Portal]:
    """The portal for one command."""
    portal = build(settings())
    try:
        yield portal
    finally:
        portal.close()


def show(data: object) -> None:
    """Print a result as JSON, readable for people and programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
