"""Standing in for a platform: sign and post a file, ask for a status, and receive the office's webhooks."""

import json
import os
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import click

from arbitration.cli.shell import show
from arbitration.config import home_folder
from arbitration.domain.errors import Invalid
from arbitration.domain.intake import BadSignature
from arbitration.ports import Unreachable
from arbitration.wiring import installation_clock, signed_headers, verify_delivery

TIMEOUT_SECONDS = 30
KEY_VARIABLE = "ARBITRATION_PLATFORM_KEY"


@click.command("escalate")
@click.argument("file", type=click.File("rb"))
@click.option("--platform", "slug", required=True, help="Name of the platform that sends.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the office.")
@click.option("--id", "webhook_id", help="webhook-id; a fresh one when left out.")
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="File with the secret.")
def escalate(file: BinaryIO, slug: str, url: str, webhook_id: str | None, key_file: Path | None) -> None:
    """Sign FILE as that platform would, post it, and print status and answer as JSON. Exit 0 on 2xx.

    The key comes from --key-file, else from ARBITRATION_PLATFORM_KEY, else from the demo's demo.json.
    """
    _must_be_web(url)
    body = file.read()
    headers = _signed(slug, key_file, webhook_id or f"msg_{secrets.token_hex(12)}", body)
    address = url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/api/v1/webhooks/{slug}"
    _call(Request(address, data=body, headers={**headers, "content-type": "application/json"}))  # noqa: S310


@click.command("status")
@click.argument("case_no", metavar="CASE")
@click.option("--platform", "slug", required=True, help="Name of the platform that asks.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the office.")
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="File with the secret.")
def status(case_no: str, slug: str, url: str, key_file: Path | None) -> None:
    """Ask for the state of CASE as that platform would, and print it as JSON."""
    _must_be_web(url)
    path = f"/api/v1/cases/{quote(case_no)}"
    headers = _signed(slug, key_file, f"get_{secrets.token_hex(12)}", f"GET {path}".encode())
    _call(Request(url.rstrip("/") + path, headers=headers))  # noqa: S310


def _must_be_web(url: str) -> None:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Invalid(f"The office's address begins with http:// or https://; it is {url}.")


@click.command("listen")
@click.argument("port", type=click.IntRange(1, 65535))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Office whose key verifies.")
@click.option("--key", help="The office's verifying key (whpk_…); asked of the office when left out.")
def listen(port: int, url: str, key: str | None) -> None:
    """Receive the office's webhooks on 127.0.0.1:PORT, verify and print each; end with Ctrl-C."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                verify_delivery(key or _office_key(url), dict(self.headers), body, installation_clock(home_folder())())
            except (BadSignature, Unreachable) as problem:
                self._answer(401, {"verified": False, "problem": str(problem)})
                return
            self._answer(200, {"verified": True, **json.loads(body)})

        def _answer(self, code: int, shown: dict[str, object]) -> None:
            click.echo(json.dumps(shown, ensure_ascii=False))
            self.send_response(code)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """What matters is printed already."""

    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        click.echo(f"listening on http://127.0.0.1:{port}", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)


def _signed(slug: str, key_file: Path | None, webhook_id: str, content: bytes) -> dict[str, str]:
    try:
        return signed_headers(_secret(slug, key_file), webhook_id, installation_clock(home_folder())(), content)
    except ValueError as problem:
        raise Invalid(str(problem)) from problem


def _secret(slug: str, key_file: Path | None) -> str:
    if key_file:
        return key_file.read_text().strip()
    if os.environ.get(KEY_VARIABLE):
        return os.environ[KEY_VARIABLE]
    demo = home_folder() / "demo.json"
    if demo.exists():
        for platform in json.loads(demo.read_text())["platforms"]:
            if platform["name"] == slug:
                return str(platform["secret"])
    raise Invalid(f"There is no key for {slug}: give --key-file or {KEY_VARIABLE}, or start the demo first.")


def _office_key(url: str) -> str:
    try:
        with urlopen(f"{url.rstrip('/')}/api/v1/webhook-key", timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return str(json.loads(response.read())["key"])
    except (URLError, ValueError, KeyError) as problem:
        raise Unreachable(f"the office's key cannot be had from {url}: {problem}") from problem


def _call(request: Request) -> None:
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            show({"status": response.status, "answer": json.loads(response.read())})
    except HTTPError as refused:
        show({"status": refused.code, "answer": _read(refused)})
        sys.exit(1)
    except URLError as problem:
        raise Unreachable(f"{request.full_url} cannot be reached: {problem.reason}") from problem


def _read(refused: HTTPError) -> object:
    text = refused.read().decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


COMMANDS = (escalate, status, listen)
