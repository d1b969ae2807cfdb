"""Time stamps: of our own authority on the portal's clock, and of one that is asked over HTTP."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from asn1crypto import cms, core, tsp

from arbitration.adapters import cms_canonical
from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.timestamp import QUERY, HttpAuthority, LocalAuthority, Responder
from arbitration.adapters.timestamp_verify import TokenVerifier
from arbitration.ports import BadStamp

NOW = datetime(2026, 11, 20, 7, 10, 30, 999999, tzinfo=UTC)
DIGEST = sha256(b"what is stamped").digest()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    folder = tmp_path_factory.mktemp("authority") / "keys"
    return KeyFolder.open_or_make(folder, "passphrase", not_before=datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def authority(keys: KeyFolder) -> LocalAuthority:
    return LocalAuthority(lambda: NOW, keys)


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@contextmanager
def served(application: Callable[..., Any]) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def info_of(token: bytes) -> Any:
    return cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed


def accepted_by_openssl(token: bytes, keys: KeyFolder, folder: Path) -> bool:
    for name, content in (("t", token), ("d", b"what is stamped"), ("r", keys.root_pem())):
        (folder / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "t", "-data", "d", "-CAfile", "r"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_a_stamp_carries_the_clocks_time_and_the_digest(authority: LocalAuthority) -> None:
    info = info_of(authority.token(DIGEST))
    assert info["gen_time"].native == NOW.replace(microsecond=0)
    assert info["message_imprint"]["hashed_message"].native == DIGEST


def test_no_two_stamps_have_one_number(authority: LocalAuthority) -> None:
    assert len({info_of(authority.token(DIGEST))["serial_number"].native for _ in range(20)}) == 20


def test_openssl_accepts_a_stamp(authority: LocalAuthority, keys: KeyFolder, tmp_path: Path) -> None:
    assert accepted_by_openssl(authority.token(DIGEST), keys, tmp_path)
    assert not accepted_by_openssl(authority.token(sha256(b"other").digest()), keys, tmp_path)


def test_a_stamp_is_spelled_canonically(authority: LocalAuthority, keys: KeyFolder) -> None:
    token = authority.token(DIGEST)
    held = [choice.chosen for choice in cms.ContentInfo.load(token)["content"]["certificates"]]
    cms_canonical.check(token, {cms_canonical.encoding(certificate) for certificate in held}, stamped=False)


def test_a_stamp_asked_for_over_http_is_as_good(authority: LocalAuthority, keys: KeyFolder, tmp_path: Path) -> None:
    with served(Responder(authority)) as url:
        token = HttpAuthority(url).token(DIGEST)
    assert accepted_by_openssl(token, keys, tmp_path)


def test_silence_is_an_error_of_the_network() -> None:
    with pytest.raises(OSError, match="timestamp service"):
        HttpAuthority("http://127.0.0.1:9/", seconds=2).token(DIGEST)


@pytest.mark.parametrize("body", [b"", b"not a reply", b"\x30\x03\x02\x01\x00"])
def test_a_reply_that_is_none_is_an_error(body: bytes) -> None:
    def nonsense(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", [("Content-Type", "application/timestamp-reply")])
        return [body]

    with served(nonsense) as url, pytest.raises(OSError):
        HttpAuthority(url).token(DIGEST)


def test_a_stamp_over_something_else_is_not_taken(authority: LocalAuthority) -> None:
    def elsewhere(environ: Any, start_response: Any) -> list[bytes]:
        query = tsp.TimeStampReq.load(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        query["message_imprint"]["hashed_message"] = sha256(b"elsewhere").digest()
        start_response("200 OK", [("Content-Type", "application/timestamp-reply")])
        return [authority.reply(query.dump())]

    with served(elsewhere) as url, pytest.raises(OSError, match="something else"):
        HttpAuthority(url).token(DIGEST)


def query(algorithm: str, digest: bytes) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint}).dump()


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (query("sha1", b"x" * 20), "bad_alg"),
        (query("sha256", b"x" * 20), "bad_alg"),
        (b"not a query", "bad_data_format"),
        (b"", "bad_data_format"),
    ],
)
def test_what_cannot_be_stamped_is_refused_with_its_reason(
    authority: LocalAuthority, asked: bytes, reason: str
) -> None:
    reply = core.Sequence.load(authority.reply(asked), strict=True)
    status = tsp.PKIStatusInfo.load(reply.contents, strict=True)
    assert status["status"].native == "rejection"
    assert status["fail_info"].native == {reason}


@pytest.mark.parametrize(
    "request_line",
    [
        {"REQUEST_METHOD": "GET", "CONTENT_TYPE": QUERY, "CONTENT_LENGTH": "0"},
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "0"},
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": QUERY, "CONTENT_LENGTH": "5000"},
    ],
)
def test_the_responder_takes_nothing_but_short_queries(authority: LocalAuthority, request_line: dict[str, str]) -> None:
    statuses: list[str] = []
    Responder(authority)(request_line, lambda status, headers: statuses.append(status))
    assert statuses == ["400 Bad Request"]


def test_a_token_is_read_only_by_its_own_digest_and_root(
    authority: LocalAuthority, keys: KeyFolder, tmp_path: Path
) -> None:
    token, judge = authority.token(DIGEST), TokenVerifier(keys.root_pem())
    assert judge.read(token, DIGEST).at == NOW.replace(microsecond=0)
    strangers = KeyFolder.open_or_make(tmp_path / "keys", "p", not_before=datetime(2026, 6, 1, tzinfo=UTC))
    for wrong in (
        lambda: judge.read(token, sha256(b"other").digest()),
        lambda: TokenVerifier(strangers.root_pem()).read(token, DIGEST),
        lambda: judge.read(token[:-1], DIGEST),
        lambda: judge.read(b"", DIGEST),
        lambda: judge.read(keys.root_pem(), DIGEST),
    ):
        with pytest.raises(BadStamp):
            wrong()


def test_no_changed_byte_of_a_token_raises_anything_but_a_refusal(authority: LocalAuthority, keys: KeyFolder) -> None:
    token, judge = authority.token(DIGEST), TokenVerifier(keys.root_pem())
    for at in range(0, len(token), 40):
        with suppress(BadStamp):
            judge.read(token[:at] + bytes([token[at] ^ 0x10]) + token[at + 1 :], DIGEST)
