"""A party's way in to a running installation over plain HTTP: what it sends may be larger than memory, or never end."""

import base64
import http.client
import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from typing import Any
from urllib.parse import urlencode, urlsplit

from arbitration.adapters import webhooks
from tests.domain.escalations import escalation
from tests.office_process import Installation

LINE = "买家的银行卡号 6222 0000 {} 号投诉记录\n"
MARK = LINE.partition("{}")[0].encode()
CHUNK = 1 << 20
PATIENCE_SECONDS = 60
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def content(size: int) -> Iterator[bytes]:
    """*size* bytes of text, every piece another, a recognisable line at every place."""
    for number in count():
        line = LINE.format(f"{number:012}").encode()
        most = min(CHUNK, size)
        piece = (line * (most // len(line))).ljust(most, b"\n")  # no character is cut: it is text
        if not piece:
            return
        size -= len(piece)
        yield piece


def digest_of(pieces: Iterable[bytes]) -> str:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class PartyDoor:
    """The claimant of one case, signed in."""

    def __init__(self, office: Installation, case_no: str) -> None:
        told = office.result("party", "link", case_no, "claimant")
        self.port = office.port
        self.path = urlsplit(str(told["url"])).path
        self._cookie = ""
        self._token = ""
        door = f"{self.path}/enter"
        self.get(door)
        assert self.post(door, code=str(told["code"])) == 303
        assert self.get(f"{self.path}/evidence")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """A page; the token of its forms is used from then on."""
        status, text = self.ask("GET", path)
        found = _TOKEN.search(text)
        self._token = found[1] if found else self._token
        return status, text

    def post(self, path: str, **fields: str) -> int:
        """A form without files."""
        form = urlencode(fields | {"csrf_token": self._token}).encode()
        return self.ask("POST", path, [form], len(form), **{"Content-Type": "application/x-www-form-urlencoded"})[0]

    def save(self, path: str, file: Path) -> int:
        """What a form of one button sends, written to *file*; its size."""
        form = urlencode({"csrf_token": self._token}).encode()
        given = {"Content-Type": "application/x-www-form-urlencoded"}
        with self.begun("POST", path, len(form), **given) as connection, file.open("wb") as target:
            connection.send(form)
            answer = connection.getresponse()
            assert answer.status == 200
            copyfileobj(answer, target, CHUNK)
            return target.tell()

    def items(self, page: str) -> list[str]:
        """The numbers of the files that wait in the draft."""
        return re.findall(r"/evidence/(\d+)/remove", page)

    def ask(
        self, method: str, path: str, body: Iterable[bytes] | None = None, size: int = 0, **headers: str
    ) -> tuple[int, str]:
        with self.begun(method, path, size, **headers) as connection:
            with suppress(ConnectionError):  # it is answered before it has come whole
                for piece in body or ():
                    connection.send(piece)
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self._cookie = value.partition(";")[0]
            return answer.status, answer.read().decode()

    @contextmanager
    def begun(self, method: str, path: str, size: int, **headers: str) -> Iterator[http.client.HTTPConnection]:
        """A request of which the head is sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(method, path)
            given = {"Accept-Language": "en", "Cookie": self._cookie, "Content-Length": str(size)}
            for name, value in (given | headers).items():
                connection.putheader(name, value)
            connection.endheaders()
            yield connection
        finally:
            connection.close()

    def file_head(self, name: str, sha: str = "") -> dict[str, str]:
        """The headers with which a page's script sends one file."""
        known = {"Content-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha)).decode()}:"} if sha else {}
        return known | {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-CSRFToken": self._token,
            "Accept": "application/json",
        }

    def send(self, name: str, size: int, sha: str = "") -> tuple[int, dict[str, Any]]:
        """`content(size)` as one file."""
        where = f"{self.path}/evidence/file?kind=chat_log"
        status, text = self.ask("POST", where, content(size), size, **self.file_head(name, sha))
        return status, json.loads(text)

    def send_form(self, name: str, size: int) -> int:
        """The same by the form, as without script."""
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._token}\r\n',
            '--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nchat_log\r\n',
            f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n',
        ]
        head, tail = "".join(parts).encode(), b"\r\n--x--\r\n"
        body = (piece for pieces in ([head], content(size), [tail]) for piece in pieces)
        length = len(head) + size + len(tail)
        return self.ask("POST", f"{self.path}/evidence", body, length, **{"Content-Type": FORM})[0]


FORM = "multipart/form-data; boundary=x"


def opened_case(office: Installation, slug: str = "kami") -> str:
    """The number of a case that a platform brought and the worker opened; web and worker run."""
    office.command("platform", "add", slug)
    key = webhooks.signing_key(str(office.result("platform", "key", "add", slug)["secret"]))
    raw = json.dumps(escalation()).encode()
    headers = webhooks.signed_headers([key], "m-1", datetime.now(UTC), raw) | {"content-type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=PATIENCE_SECONDS)
    connection.request("POST", f"/api/v1/webhooks/{slug}", raw, headers)
    case_no = str(json.loads(connection.getresponse().read())["case"])
    connection.close()
    until = time.monotonic() + PATIENCE_SECONDS
    while office.command("party", "link", case_no, "claimant", ok=False).returncode:
        assert time.monotonic() < until, "the worker did not open the case"
    return case_no
