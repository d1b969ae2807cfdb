"""The two long-running processes: web server and worker."""

import signal
import threading

import click

from arbitration import worker
from arbitration.cli.shell import office, settings
from arbitration.logs import configure
from arbitration.web.server import serve


@click.command("web")
def web() -> None:
    """Serve pages and webhooks on 127.0.0.1:PORT."""
    serve(settings())


@click.command("worker")
def work() -> None:
    """Do background work: jobs, and what follows from deadlines."""
    configure(settings().log_level)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with office() as portal:
        worker.run(portal, stop)


COMMANDS = (web, work)
