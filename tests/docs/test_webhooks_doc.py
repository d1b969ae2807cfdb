"""docs/webhooks.md is true: its example is sent to a served office, its tables are those of the program."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from arbitration import worker
from arbitration.actions import delivery, people
from arbitration.actions.context import SYSTEM
from arbitration.adapters import webhooks
from arbitration.adapters.dialects import InstalledDialects
from arbitration.config import Settings
from arbitration.domain.cases import State
from arbitration.domain.conformance import Verdict
from arbitration.domain.evidence import Problem
from arbitration.domain.intake import json_schema
from arbitration.domain.people import KeyKind
from arbitration.portal import Portal
from arbitration.web.app import create_app
from tests.docs.wire_tables import lengths, tables
from tests.factories import Office

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/webhooks.md").read_text("utf-8")
PLATFORM = "kami"
SAMPLE = ROOT / "docs/samples/zh-activation-code.json"
EVENTS = {kind: ref.rpartition("/")[2] for kind, ref in json_schema()["discriminator"]["mapping"].items()}
OBJECTS = [name for name in tables() if name not in EVENTS.values()]
"""Every object of the format but the envelopes, which are alike and told in words."""


def example(name: str) -> str:
    """The block of code after the marker of that name."""
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)\n```", TEXT, re.DOTALL)
    assert found, name
    return found[1]


def headers_shown() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in example("headers").splitlines())


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table after a line that begins with *heading*, without its two head lines."""
    part = TEXT[TEXT.index(f"\n{heading}") :]
    table = re.search(r"(?:^\|.*\|\n)+", part, re.MULTILINE)
    assert table, heading
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in table[0].splitlines()[2:]]


@pytest.fixture
def database_kind() -> str:
    """One is enough: what is told here is the door's, and the door's own tests know both."""
    return "sqlite"


@pytest.fixture
def office(office: Office, portal: Portal) -> Office:
    """An office whose platform has the keys of the document and whose clock shows the document's time."""
    portal.ports.clock.now = datetime.fromtimestamp(int(headers_shown()["webhook-timestamp"]), UTC)
    program: dict[str, Any] = {}
    exec(example("program").rpartition("\n\n\n")[0], program)
    with portal.work(SYSTEM) as work:
        for kind, secret in ((KeyKind.HMAC, program["HMAC_SECRET"]), (KeyKind.ED25519, program["ED25519_SECRET"])):
            key = webhooks.signing_key(secret)
            stored = secret if kind is KeyKind.HMAC else webhooks.public_half(key)
            people.add_platform_key(work, slug=PLATFORM, kind=kind, material=stored.encode())
    return office


@pytest.fixture
def address(office: Office, settings: Settings, portal: Portal) -> Iterator[tuple[str, int]]:
    """The office, served on a port of its own."""
    server = make_server("127.0.0.1", 0, create_app(settings, portal), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield ("127.0.0.1", server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def ask(
    address: tuple[str, int], method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


def post(
    address: tuple[str, int], body: bytes, headers: dict[str, str], content_type: str = "application/json"
) -> tuple[int, Any]:
    return ask(address, "POST", f"/api/v1/webhooks/{PLATFORM}", headers | {"Content-Type": content_type}, body)


def signed(office: Office, webhook_id: str, body: bytes) -> dict[str, str]:
    return webhooks.signed_headers([office.secrets[PLATFORM]], webhook_id, office.portal.ports.clock(), body)


def shape(value: Any) -> Any:
    """What a JSON value is made of: its keys, and what stands below them."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_the_program_of_the_example_gives_the_headers_shown():
    program: dict[str, Any] = {"body": example("body").encode()}
    exec(example("program"), program)
    assert program["headers"] == headers_shown()


@pytest.mark.parametrize("version", ["v1,", "v1a,"])
def test_each_signature_of_the_example_is_taken_by_a_served_office(address, version):
    shown = headers_shown()
    only = next(each for each in shown["webhook-signature"].split() if each.startswith(version))
    status, answer = post(address, example("body").encode(), shown | {"webhook-signature": only})
    assert status == 202
    told = json.loads(example("held"))
    assert shape(answer) == shape(told)
    assert answer["receipt"]["body_sha256"] == told["receipt"]["body_sha256"]
    assert told["receipt"]["body_sha256"] in TEXT.partition("<!-- example: held -->")[0]


def test_the_example_changed_by_one_byte_is_refused(address):
    status, _ = post(address, example("body").encode() + b"\n", headers_shown())
    assert status == 401


def test_a_sample_is_answered_and_stands_as_the_document_shows(office, address):
    body = SAMPLE.read_bytes()
    status, answer = post(address, body, signed(office, "msg_sample", body))
    assert (status, shape(answer)) == (202, shape(json.loads(example("accepted"))))
    worker.run_all(office.portal)
    path = f"/api/v1/cases/{answer['case']}"
    status, standing = ask(address, "GET", path, signed(office, "get_sample", f"GET {path}".encode()))
    assert (status, shape(standing)) == (200, shape(json.loads(example("status"))))


def test_a_refusal_has_the_shape_that_the_document_shows(office, address):
    body = json.dumps(json.loads(SAMPLE.read_bytes()) | {"sequence": "1"}).encode()
    status, problem = post(address, body, signed(office, "msg_wrong", body))
    assert (status, shape(problem)) == (422, shape(json.loads(example("problem"))))
    assert problem["errors"] == json.loads(example("problem"))["errors"]


def test_an_outgoing_webhook_has_the_shape_that_the_document_shows(office, address, gateway):
    body = SAMPLE.read_bytes()
    post(address, body, signed(office, "msg_sample", body))
    worker.run_all(office.portal)
    sent = next(event for _, event in gateway.posted if event["type"] == "case.opened")
    assert shape(sent) == shape(json.loads(example("outgoing")))


@pytest.mark.parametrize("status", [401, 413, 415, 200, 409, 400, 422, 202])
def test_every_verdict_of_the_table_is_given_in_its_order(office, address, status):
    """Each request deserves its own verdict and every later one of the table."""
    body = SAMPLE.read_bytes()
    wrong = json.dumps(json.loads(body) | {"sequence": "1"}).encode()
    post(address, body, signed(office, "msg_first", body))
    forged = {**signed(office, "msg_first", body), "webhook-signature": "v1,AAAA"}
    long = b"[" * (1024 * 1024 + 1)
    sent: dict[int, tuple[bytes, dict[str, str], str]] = {
        401: (b"[", forged, "text/plain"),
        413: (long, signed(office, "msg_first", long), "text/plain"),
        415: (b"[", signed(office, "msg_first", b"["), "text/plain"),
        200: (body, signed(office, "msg_first", body), "application/json"),
        409: (b"[", signed(office, "msg_first", b"["), "application/json"),
        400: (b"[", signed(office, "msg_second", b"["), "application/json"),
        422: (wrong, signed(office, "msg_second", wrong), "application/json"),
        202: (example("body").encode(), signed(office, "msg_second", example("body").encode()), "application/json"),
    }
    assert post(address, *sent[status])[0] == status
    listed = [int(row[0]) for row in rows("A request is judged in this order")]
    assert listed == [401, 413, 415, 200, 409, 400, 422, 200, 202]


def test_the_rules_of_the_example_are_published_and_answered_as_the_document_shows(office, address):
    body = example("rules").encode()
    path = f"/api/v1/rules/{PLATFORM}"
    answers = [ask(address, "POST", path, signed(office, "msg_rules", body), body) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 200]
    told, answer = json.loads(example("verdicts")), answers[0][1]
    assert set(answer) == set(told)
    assert (answer["counts"], answer["sha256"]) == (told["counts"], told["sha256"])
    assert told["clauses"][0] in answer["clauses"]
    changed, wrong = body + b"\n", body.replace(b"7d}", b"7 d}")
    others = [ask(address, "POST", path, signed(office, "msg_other", each), each)[0] for each in (changed, wrong)]
    assert others == [409, 422]
    verdicts = [row[0].strip("`") for row in rows("| verdict | meaning")]
    assert verdicts == [verdict.value for verdict in Verdict]


def test_the_outgoing_types_are_those_that_the_program_announces():
    shown = [row[0].strip("`") for row in rows("## What we send you")]
    assert sorted(shown) == sorted({*delivery.ANNOUNCED.values(), delivery.ACCESS})


def test_the_waits_between_attempts_are_the_worker_s():
    (told,) = re.findall(r"is tried again after (.*?), with the same", " ".join(TEXT.split()))
    units = {"s": 1, "min": 60, "h": 3600}
    waits = [timedelta(seconds=int(number) * units[unit]) for number, unit in re.findall(r"(\d+) (s|min|h)\b", told)]
    assert tuple(waits) == worker.BACKOFF


def test_the_dialects_and_the_states_are_those_of_the_program():
    (dialects,) = re.findall(r"Dialects there are: (.*?)\.\s", TEXT)
    assert tuple(re.findall(r"`(\w+)`", dialects)) == InstalledDialects().names()
    (states,) = re.findall(r"`state` is one of (.*?)\.\s", TEXT, re.DOTALL)
    assert re.findall(r"`(\w+)`", states) == [state.value for state in State]


def test_the_events_are_those_of_the_schema():
    data = {kind: {row.name: row.value for row in tables()[name]}["data"] for kind, name in EVENTS.items()}
    assert {row[0].strip("`"): row[1] for row in rows("## The format")} == data


def test_each_kind_of_text_has_one_limit_and_the_document_tells_it():
    told = {row[0]: {row[2]} for row in rows("| kind of value")[2:]}
    assert told == lengths()


def test_every_object_of_the_format_has_its_table():
    assert re.findall(r"^### (\w+)\n\n\| field", TEXT, re.MULTILINE) == OBJECTS


@pytest.mark.parametrize("name", OBJECTS)
def test_every_field_of_the_format_is_in_its_table(name):
    shown = [(row[0].strip("`"), row[1], row[2]) for row in rows(f"### {name}\n")]
    assert shown == [(row.name, row.needed, row.value) for row in tables()[name]]


def test_every_problem_of_a_file_is_told():
    told = {row[0].strip("`") for row in rows("### Files that may not be used")}
    assert told == {str(problem) for problem in Problem if problem is not Problem.UNAVAILABLE}
