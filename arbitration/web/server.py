"""The web server: one process with a writer's turn of its own, many threads, on the loopback address."""

import socket
import struct
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from arbitration.config import Settings
from arbitration.logs import configure
from arbitration.web.app import create_app
from arbitration.wiring import build

ADDRESS = "127.0.0.1"
GRACE_SECONDS = 10
RECEIVE_SECONDS = 20
"""A connection that sends nothing for so long in the middle of a request, or takes nothing of an answer, is closed."""


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with its settings given in code; the application is made in the worker process, after the fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        wanted: dict[str, Any] = {
            "bind": f"{ADDRESS}:{self._settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "limit_request_fields": 64,
            "when_ready": _limit_waiting,
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings, build(self._settings))


def _limit_waiting(server: Any) -> None:
    """A thread waits for nobody for ever. Connections inherit what is set on the socket that accepts them."""
    limit = struct.pack("ll", RECEIVE_SECONDS, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def serve(settings: Settings) -> None:
    """Serve until the process is told to end. Raises BadSettings before there is a process to end."""
    configure(settings.log_level)
    build(settings).close()
    _Server(settings).run()
