"""The webhook as it arrives over HTTP: the order of verdicts (contract.md §4), and never a fault of ours."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from arbitration.actions.intake import MAX_BODY_BYTES
from arbitration.adapters import webhooks
from arbitration.domain.people import KeyKind
from tests.domain.escalations import escalation
from tests.factories import Office
from tests.fakes import FakeClock
from tests.web.conftest import Log

JSON = "application/json"


@dataclass
class Platform:
    """One that signs and posts."""

    client: FlaskClient
    office: Office
    slug: str = "kami"

    def sign(self, raw: bytes, webhook_id: str = "msg_1") -> dict[str, str]:
        return webhooks.signed_headers(
            [self.office.secrets[self.slug]], webhook_id, self.office.portal.ports.clock(), raw
        )

    def post(
        self, raw: bytes, webhook_id: str = "msg_1", kind: str = JSON, changed: dict[str, str] | None = None
    ) -> TestResponse:
        headers = {**self.sign(raw, webhook_id), **(changed or {})}
        return self.client.post(f"/api/v1/webhooks/{self.slug}", data=raw, content_type=kind, headers=headers)

    def status(self, case_no: str) -> TestResponse:
        path = f"/api/v1/cases/{case_no}"
        return self.client.get(path, headers=self.sign(f"GET {path}".encode()))


@pytest.fixture
def kami(app: Flask, office: Office) -> Platform:
    return Platform(app.test_client(), office)


def dispute(number: str = "D-1") -> bytes:
    payload = escalation()
    payload["data"]["dispute"]["platform_dispute_id"] = number
    return json.dumps(payload, ensure_ascii=False).encode()


def told(answer: TestResponse) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == answer.status_code
    return body


def test_an_accepted_escalation_is_acknowledged_with_its_number_and_a_receipt(kami: Platform) -> None:
    answer = kami.post(dispute())
    assert answer.status_code == 202
    assert answer.mimetype == JSON
    body = answer.get_json()
    assert body["case"] == "CA-2026-000001"
    assert body["status_url"].endswith("/api/v1/cases/CA-2026-000001")
    assert set(body["receipt"]) >= {"body_sha256", "received_at", "history"}
    assert "Set-Cookie" not in answer.headers


def test_the_content_type_may_name_its_charset(kami: Platform) -> None:
    assert kami.post(dispute(), kind="application/json; charset=utf-8").status_code == 202


def test_a_duplicate_gets_the_stored_answer(kami: Platform) -> None:
    first = kami.post(dispute())
    again = kami.post(dispute())
    assert again.status_code == 200
    assert again.data == first.data


BAD_HEADERS = [
    {"webhook-id": ""},
    {"webhook-timestamp": ""},
    {"webhook-timestamp": "soon"},
    {"webhook-timestamp": "99999999999999999999"},
    {"webhook-signature": ""},
    {"webhook-signature": "v1,AAAA"},
    {"webhook-signature": "nonsense " * 500},
    {"webhook-id": "msg_2"},
]


@pytest.mark.parametrize("headers", BAD_HEADERS)
def test_a_bad_signature_is_401_whatever_else_is_wrong(kami: Platform, headers: dict[str, str]) -> None:
    assert told(kami.post(dispute(), changed=headers))["code"] == "bad_signature"
    assert kami.post(b"not json", kind="text/plain", changed=headers).status_code == 401


def test_a_stale_signature_is_401(kami: Platform, clock: FakeClock) -> None:
    raw = dispute()
    headers = kami.sign(raw)
    clock.tick(minutes=5, seconds=1)
    answer = kami.client.post("/api/v1/webhooks/kami", data=raw, content_type=JSON, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize("slug", ["nobody", "KAMI", "kami%00", "%00", "k" * 3000, "凯米", "kami%2f..", "'--"])
def test_an_unknown_platform_is_401_and_looks_like_a_bad_signature(kami: Platform, slug: str) -> None:
    raw = dispute()
    answer = kami.client.post(f"/api/v1/webhooks/{slug}", data=raw, content_type=JSON, headers=kami.sign(raw))
    assert answer.status_code in (401, 404 if "%2f" in slug else 401)
    assert answer.mimetype == "application/problem+json"


def test_too_long_comes_after_a_stranger_and_before_the_type(kami: Platform) -> None:
    long = b" " * (MAX_BODY_BYTES + 1)
    assert told(kami.post(long, kind="text/plain"))["status"] == 413
    assert kami.post(long, changed={"webhook-signature": ""}).status_code == 401
    assert kami.post(long, changed={"webhook-timestamp": "1"}).status_code == 401
    assert kami.client.post("/api/v1/webhooks/nobody", data=long, headers=kami.sign(b"")).status_code == 401


def test_the_wrong_type_comes_before_the_duplicate(kami: Platform) -> None:
    kami.post(dispute())
    assert kami.post(dispute(), kind="text/plain").status_code == 415
    assert kami.post(b"other bytes", kind="text/plain").status_code == 415
    assert kami.post(dispute(), kind="application/x-www-form-urlencoded").status_code == 415
    assert kami.post(dispute(), kind="multipart/form-data; boundary=x").status_code == 415
    assert kami.post(dispute(), kind="").status_code == 415


def test_the_same_id_with_other_bytes_comes_before_bad_json(kami: Platform) -> None:
    kami.post(dispute())
    assert told(kami.post(b"not json"))["code"] == "webhook_id_reused"


HOSTILE = {
    "empty": b"",
    "no json": b"not json",
    "half": b'{"type": "dispute.escalated"',
    "brackets": b"[" * 100_000,
    "duplicate key": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "huge number": b'{"a": ' + b"9" * 5000 + b"}",
    "infinity": b'{"a": 1e999}',
    "invalid UTF-8": b'{"a": "\xff"}',
    "surrogate": b'{"a": "\\ud800"}',
    "NUL": b'{"a": "\\u0000"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_what_cannot_be_read_in_one_way_is_400_and_names_the_place(kami: Platform, name: str) -> None:
    body = told(kami.post(HOSTILE[name]))
    assert body["status"] == 400
    assert body["code"] == "malformed"
    assert len(body["errors"]) == 1


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"0", b'"text"', b"null", b'{"type": "no.such.event"}'])
def test_what_is_no_event_is_422_and_names_the_field(kami: Platform, raw: bytes) -> None:
    body = told(kami.post(raw))
    assert body["status"] == 422
    assert body["errors"]


def test_an_invalid_field_is_named_by_its_path(kami: Platform) -> None:
    payload = escalation()
    payload["data"]["order"]["amount_minor"] = -1
    body = told(kami.post(json.dumps(payload).encode()))
    assert [error["path"] for error in body["errors"]] == ["data.order.amount_minor"]


def test_what_is_refused_leaves_nothing_and_may_come_again_mended(kami: Platform) -> None:
    assert kami.post(b"{}").status_code == 422
    assert kami.post(dispute()).status_code == 202


def test_the_door_logs_no_content(kami: Platform, log: Log) -> None:
    kami.post(dispute("D-SECRET"))
    kami.post(b'{"type": "SECRET"}', "msg_2")
    assert [line["status"] for line in log.lines] == [202, 422]
    assert "SECRET" not in log.text
    assert {line["route"] for line in log.lines} == {"/api/v1/webhooks/<platform>"}


# ── status ──


def test_the_status_is_there_before_the_case_is_open(kami: Platform) -> None:
    case_no = kami.post(dispute()).get_json()["case"]
    body = kami.status(case_no).get_json()
    assert body["state"] == "received"
    assert body["dispute"] == "D-1"
    assert body["deadlines"] == []
    kami.office.settle()
    body = kami.status(case_no).get_json()
    assert body["state"] == "received"
    assert [deadline["kind"] for deadline in body["deadlines"]] == ["triage"]


def test_the_status_ends_with_the_ruling(kami: Platform) -> None:
    office = kami.office
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no)
    office.close_record(case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    body = kami.status(case_no).get_json()
    assert body["state"] == "ruled"
    assert body["outcome"] == "upheld"
    assert len(body["ruling"]["file_sha256"]) == 64
    assert "/verify/" in body["ruling"]["verify_url"]


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_neighbours_case_does_not_exist(kami: Platform, kind: KeyKind) -> None:
    case_no = kami.post(dispute()).get_json()["case"]
    kami.office.add_platform("zuhao", kind)
    neighbour = Platform(kami.client, kami.office, "zuhao")
    assert told(neighbour.status(case_no))["status"] == 404
    assert told(neighbour.status("CA-2026-999999"))["status"] == 404
    assert kami.status(case_no).status_code == 200


def test_the_status_needs_a_signature_of_exactly_this_question(kami: Platform) -> None:
    case_no = kami.post(dispute()).get_json()["case"]
    path = f"/api/v1/cases/{case_no}"
    assert kami.client.get(path).status_code == 401
    assert kami.client.get(path, headers=kami.sign(b"")).status_code == 401
    assert kami.client.get(path, headers=kami.sign(b"GET /api/v1/cases/CA-2026-000002")).status_code == 401
    assert kami.client.get("/api/v1/cases/%00").status_code == 401


def test_key_and_schema_are_public(kami: Platform) -> None:
    assert kami.client.get("/api/v1/webhook-key").get_json()["key"].startswith("whpk_")
    schema = kami.client.get("/api/v1/schemas/escalation.v1.json")
    assert schema.get_json()["title"] == "escalation.v1"
    assert schema.headers["Cache-Control"] == "public, max-age=300"


# ── over a socket ──


@pytest.fixture
def address(app: Flask, office: Office) -> Iterator[tuple[str, int]]:
    """The application behind a real server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def send_head(address: tuple[str, int], headers: dict[str, str]) -> socket.socket:
    connection = socket.create_connection(address, timeout=20)
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    connection.sendall(f"POST /api/v1/webhooks/kami HTTP/1.1\r\nHost: test\r\n{lines}\r\n".encode())
    return connection


def status_line(connection: socket.socket) -> bytes:
    with connection, connection.makefile("rb") as answer:
        return answer.readline()


def test_a_body_that_announces_itself_as_too_long_is_refused_before_it_is_sent(
    kami: Platform, address: tuple[str, int]
) -> None:
    connection = send_head(address, {"Content-Type": JSON, "Content-Length": str(10**12), **kami.sign(b"")})
    assert b" 413 " in status_line(connection)


def test_a_body_in_chunks_is_read_no_further_than_the_limit(kami: Platform, address: tuple[str, int]) -> None:
    connection = send_head(address, {"Content-Type": JSON, "Transfer-Encoding": "chunked", **kami.sign(b"")})
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(MAX_BODY_BYTES // 0x10000 + 1):  # and never the end: the answer comes without it
        connection.sendall(chunk)
    assert b" 413 " in status_line(connection)


def test_a_small_body_in_chunks_is_taken(kami: Platform, address: tuple[str, int]) -> None:
    raw = dispute()
    connection = send_head(address, {"Content-Type": JSON, "Transfer-Encoding": "chunked", **kami.sign(raw)})
    connection.sendall(f"{len(raw):x}\r\n".encode() + raw + b"\r\n0\r\n\r\n")
    assert b" 202 " in status_line(connection)


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999999999999999999"])
def test_a_nonsense_length_is_no_fault_of_ours(kami: Platform, address: tuple[str, int], length: str) -> None:
    connection = send_head(address, {"Content-Type": JSON, "Content-Length": length, **kami.sign(b"")})
    connection.shutdown(socket.SHUT_WR)
    assert b" 4" in status_line(connection)
