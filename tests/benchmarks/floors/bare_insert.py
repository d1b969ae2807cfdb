"""Floor of intake: a Flask view that keeps the body with one durable INSERT, on the same server as ours."""

import sqlite3
import sys
import threading
from typing import Any

from flask import Flask, request
from gunicorn.app.base import BaseApplication


def create_app(path: str) -> Flask:
    app = Flask(__name__)
    turn = threading.Lock()
    local = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            local.connection.execute("PRAGMA journal_mode = WAL")
            local.connection.execute("PRAGMA synchronous = FULL")
            local.connection.execute("CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, raw BLOB)")
        return local.connection

    @app.post("/api/v1/webhooks/<platform>")
    def receive(platform: str) -> Any:
        with turn:
            kept = connection().execute("INSERT INTO body (raw) VALUES (?)", (request.get_data(),))
        return {"id": kept.lastrowid}, 202

    @app.get("/healthz")
    def alive() -> Any:
        return {"ok": True}

    return app


class Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        super().__init__()

    def load_config(self) -> None:
        wanted = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "loglevel": "warning",
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._path)


if __name__ == "__main__":
    Server(int(sys.argv[1]), sys.argv[2]).run()
