"""A party's files on their way in: one by one as its script sends them, and by the form; never in clear on a disk."""

import base64
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.exceptions import RequestTimeout
from werkzeug.test import TestResponse

from arbitration.config import Settings
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence as rows
from arbitration.web import bodies
from arbitration.web.bodies import DEFAULT_BYTES, MOST_OF_ONE, Paced, Turns
from tests.factories import Office
from tests.web.conftest import Log, token_in
from tests.web.test_party import Party, party_of

MARK = "买家的银行卡号 6222 0000 1111".encode()


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    return office.escalate()


@pytest.fixture
def claimant(app: Flask, office: Office, case_no: str) -> Party:
    party = party_of(app, office, case_no, Role.CLAIMANT)
    party.enter()
    return party


def send(
    claimant: Party, name: str, content: bytes | io.BytesIO, *, kind: str = "chat_log", **headers: str
) -> TestResponse:
    """As static/js/upload.js does."""
    given = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-CSRFToken": token_in(claimant.browser.get(f"{claimant.path}/evidence")),
        "Accept": "application/json",
    }
    path = f"{claimant.path}/evidence/file?kind={kind}"
    return stream(claimant, path, content, headers=given | headers)


def stream(claimant: Party, path: str, content: bytes | io.BytesIO, **given: object) -> TestResponse:
    """The client would read a body whole, or spool it, before it sends it."""
    body = io.BytesIO(content) if isinstance(content, bytes) else content
    ends = {"wsgi.input_terminated": True}
    return claimant.browser.client.post(path, input_stream=body, environ_overrides=ends, **given)


def form(claimant: Party, name: str, content: bytes) -> bytes:
    """What a browser sends of the form, with the boundary x."""
    fields = {"csrf_token": token_in(claimant.browser.get(claimant.path)), "kind": "chat_log"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return "".join([*parts, head]).encode() + content + b"\r\n--x--\r\n"


FORM = "multipart/form-data; boundary=x"


def digest_header(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(sha256(content).digest()).decode()}:"


def waiting(office: Office, case_no: str) -> list[tuple[str, str | None]]:
    with office.portal.read(office.party(case_no, Role.CLAIMANT)) as work:
        return [(row.file_name, row.declared_sha256) for row in rows.drafts_of(work.session, case_no, Side.CLAIMANT)]


def stored(settings: Settings) -> set[str]:
    return {path.name for path in settings.blobs_dir.rglob("*") if path.is_file()}


def test_a_file_sent_by_itself_is_a_draft_under_its_name_and_is_sent_once(
    claimant: Party, office: Office, case_no: str
) -> None:
    name, content = "聊天 记录'(1)*.txt", b"one\n"
    answers = [send(claimant, name, content, **{"Content-Digest": digest_header(content)}) for _ in range(2)]
    assert [(answer.status_code, answer.json) for answer in answers] == [(201, {"added": 1}), (201, {"added": 0})]
    assert waiting(office, case_no) == [(name, sha256(content).hexdigest())]
    assert claimant.get("evidence/waiting").json == {"sha256": [sha256(content).hexdigest()]}


@pytest.mark.parametrize(
    ("name", "content", "headers", "says"),
    [
        ("a.txt", b"", {}, "It is empty"),
        ("a.exe", b"MZ\x90\x00" + bytes(300), {}, "not taken under this name"),
        ("a.txt", b"one\n", {"Content-Digest": digest_header(b"two\n")}, "It arrived changed"),
    ],
)
def test_what_is_not_taken_says_why_and_leaves_nothing(
    claimant: Party, settings: Settings, name: str, content: bytes, headers: dict[str, str], says: str
) -> None:
    before = stored(settings)
    answer = send(claimant, name, content, **headers)
    assert answer.status_code == 422
    assert says in (answer.json or {})["problem"]
    assert stored(settings) == before


def test_what_is_no_file_of_a_party_is_refused_before_it_is_read(claimant: Party) -> None:
    assert send(claimant, "a.txt", b"one\n", kind="poem").status_code == 422
    assert send(claimant, "a.txt", b"one\n", **{"Content-Type": "text/plain"}).status_code == 415
    assert send(claimant, "a.txt", b"one\n", **{"Content-Digest": "sha-256=:short:"}).status_code == 400
    assert send(claimant, "a.txt", b"one\n", **{"X-CSRFToken": ""}).status_code == 400
    assert send(claimant, "a.txt", b"one\n", **{"Sec-Fetch-Site": "cross-site"}).status_code == 400
    too_long = b"field=" + bytes(DEFAULT_BYTES)
    fields = {"Content-Type": "application/x-www-form-urlencoded"}
    assert send(claimant, "a.txt", too_long, **fields).status_code == 413
    claimant.send("sign-out")
    assert claimant.get("evidence/waiting").location == f"{claimant.path}/enter"


def test_when_a_ruling_is_being_prepared_the_script_is_told(claimant: Party, office: Office, case_no: str) -> None:
    token = token_in(claimant.browser.get(claimant.path))
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.draft(case_no)
    office.prepare(case_no)
    answers = [claimant.get("evidence/waiting"), send(claimant, "a.txt", b"one\n", **{"X-CSRFToken": token})]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("The ruling is being prepared" in (answer.json or {})["problem"] for answer in answers)


class Coming(io.BytesIO):
    """A body during whose arrival one looks around; at its end it may break off."""

    def __init__(self, content: bytes, look: Callable[[], object] = lambda: None, *, whole: bool = True) -> None:
        super().__init__(content)
        self._look = look
        self._whole = whole

    def read(self, count: int | None = -1) -> bytes:
        self._look()
        chunk = super().read(min(65536, count) if count and count > 0 else 65536)
        if not chunk and not self._whole:
            raise ConnectionResetError
        return chunk


def open_files() -> Iterator[bytes]:
    """What this process has on disks, deleted files too."""
    for number in os.listdir("/proc/self/fd"):
        path = Path(f"/proc/self/fd/{number}")
        if path.exists() and path.is_file() and path.stat().st_size < 10**7:
            yield path.read_bytes()


def test_what_a_party_sends_is_nowhere_in_clear_while_it_comes(
    claimant: Party, settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "spool").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spool"))
    before = stored(settings)
    looks = []

    def look() -> None:
        places = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        looks.append(any(MARK in content for content in [*places, *open_files()]))

    content = MARK * 40_000
    assert send(claimant, "a.txt", Coming(content, look)).status_code == 201
    body = Coming(form(claimant, "聊天.txt", b"b" + content), look)
    answer = stream(claimant, f"{claimant.path}/evidence", body, content_type=FORM)
    assert answer.status_code == 303, answer.text
    assert len(looks) > 20
    assert not any(looks)
    assert len(stored(settings) - before) == 2
    assert MARK.decode() not in log.text


def test_a_body_that_breaks_off_and_a_form_that_is_refused_leave_nothing(claimant: Party, settings: Settings) -> None:
    before = stored(settings)
    broken = Coming(b"a" * 300_000, whole=False)
    assert send(claimant, "a.txt", broken).status_code == 400
    sent = {"kind": "chat_log", "files": (io.BytesIO(b"forged\n"), "a.txt"), "csrf_token": "none"}
    assert claimant.browser.client.post(f"{claimant.path}/evidence", data=sent).status_code == 400
    assert stored(settings) == before


def test_large_bodies_take_turns_and_the_turn_comes_back(
    claimant: Party, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = b"a" * (DEFAULT_BYTES + 1)
    mine = Turns(8)
    monkeypatch.setitem(app.extensions, "turns", mine)
    assert send(claimant, "a.txt", large).status_code == 201
    with_all_taken = Turns(0)
    app.extensions["turns"] = with_all_taken
    refused = send(claimant, "b.txt", b"b" + large)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, str(bodies.BUSY_SECONDS))
    by_form = stream(claimant, f"{claimant.path}/evidence", form(claimant, "b.txt", large), content_type=FORM)
    assert by_form.status_code == 503
    assert "Many files are arriving just now." in by_form.text
    assert send(claimant, "c.txt", b"small\n").status_code == 201  # what is soon over waits for nobody
    app.extensions["turns"] = mine
    assert [send(claimant, f"{n}.txt", bytes([n]) + large).status_code for n in range(97, 97 + 9)] == [201] * 9


def test_one_person_holds_two_turns_at_most_and_others_have_theirs() -> None:
    turns = Turns(3)
    assert [turns.take("a") for _ in range(3)] == [True] * MOST_OF_ONE + [False]
    assert [turns.take("b"), turns.take("c")] == [True, False]
    turns.give_back("a")
    assert turns.take("c")


def test_a_body_that_drips_is_ended_and_time_that_we_take_does_not_count() -> None:
    ticks = iter(range(0, 10_000, 1))
    slow = Paced(io.BytesIO(bytes(100)), clock=lambda: float(next(ticks)))
    with pytest.raises(RequestTimeout):
        list(iter(lambda: slow.read(1), b""))
    quick = Paced(io.BytesIO(bytes(100)), clock=lambda: 0.0)
    assert len(b"".join(iter(lambda: quick.read(1), b""))) == 100
