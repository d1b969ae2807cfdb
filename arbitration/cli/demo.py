"""The demonstration: an office with cases in it, on this machine."""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import click

from arbitration.cli.shell import shell
from arbitration.demo import run
from arbitration.demo.problem import DemoProblem


@click.command("demo")
@click.option("--reset", is_flag=True, help="Forget what the demo stored, and start from the beginning.")
@click.option("--codes", is_flag=True, help="Only print the accounts with their one-time codes of this moment.")
def demo(reset: bool, codes: bool) -> None:
    """Serve an office filled with disputes on 127.0.0.1:PORT; made at the first start, kept until --reset.

    The first start takes two or three minutes. Ctrl-C ends it.
    """
    try:
        if codes:
            run.show_codes(click.echo)
        else:
            run.run(_command, click.echo, reset=reset)
    except DemoProblem as problem:
        click.echo(f"arbitration: {problem}", err=True)
        sys.exit(1)


def _command(*words: str) -> Any:
    """Run one command of this command line in this process (starting Python anew takes seconds); what it prints."""
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            shell.main(args=list(words), prog_name="arbitration", standalone_mode=False)
    except SystemExit as ended:
        raise DemoProblem(f"`arbitration {' '.join(words[:2])}` failed (exit {ended.code})") from ended
    text = printed.getvalue()
    return json.loads(text) if text.startswith("{") else text


COMMANDS = (demo,)
