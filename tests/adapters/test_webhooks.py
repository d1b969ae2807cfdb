"""Standard Webhooks signatures: the published vector, both kinds, rotation, and every way to be refused."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitration.adapters.webhooks import (
    KeyKind,
    VerifyingKey,
    generate,
    sign,
    signed_headers,
    signing_key,
    verify,
    verifying_key,
)
from arbitration.domain.intake import BadSignature

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
STAMP = int(NOW.timestamp())
BODY = '{"type":"dispute.escalated","标题":"激活码"}'.encode()

VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
VECTOR_TIME = 1614265330
VECTOR_BODY = b'{"test": 2432232314}'
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

# RFC 8032, section 7.1, test 1
RFC_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def pair(kind: KeyKind, key_id: str = "k1") -> tuple[Any, VerifyingKey]:
    secret, stored = generate(kind)
    return signing_key(secret), verifying_key(key_id, stored)


def check(keys: Sequence[VerifyingKey], headers: dict[str, str], body: bytes = BODY, now: datetime = NOW) -> str:
    return verify(
        keys,
        webhook_id=headers.get("webhook-id"),
        timestamp=headers.get("webhook-timestamp"),
        signature=headers.get("webhook-signature"),
        body=body,
        now=now,
    )


def test_the_published_vector_is_signed_and_verified() -> None:
    assert sign(signing_key(VECTOR_SECRET), VECTOR_ID, VECTOR_TIME, VECTOR_BODY) == VECTOR_SIGNATURE
    key_id = verify(
        [verifying_key("vector", VECTOR_SECRET)],
        webhook_id=VECTOR_ID,
        timestamp=str(VECTOR_TIME),
        signature=VECTOR_SIGNATURE,
        body=VECTOR_BODY,
        now=datetime.fromtimestamp(VECTOR_TIME, UTC),
    )
    assert key_id == "vector"


def test_ed25519_keys_are_those_of_rfc_8032() -> None:
    secret = "whsk_" + base64.b64encode(RFC_SEED).decode()
    stored = "whpk_" + base64.b64encode(RFC_PUBLIC).decode()
    headers = signed_headers([signing_key(secret)], "msg_1", NOW, BODY)
    assert headers["webhook-signature"].startswith("v1a,")
    assert check([verifying_key("rfc", stored)], headers) == "rfc"


def test_a_secret_that_carries_its_public_half_is_the_same_key() -> None:
    short = signing_key("whsk_" + base64.b64encode(RFC_SEED).decode())
    long = signing_key("whsk_" + base64.b64encode(RFC_SEED + RFC_PUBLIC).decode())
    assert short == long


@pytest.mark.parametrize("kind", KeyKind)
def test_what_a_new_key_signs_it_verifies_and_no_other_does(kind: KeyKind) -> None:
    ours, stored = pair(kind)
    _, other = pair(kind, "other")
    headers = signed_headers([ours], "evt:2026-11-22_1", NOW, BODY)
    assert check([other, stored], headers) == "k1"
    with pytest.raises(BadSignature):
        check([other], headers)


def test_only_the_sender_of_ed25519_holds_a_secret() -> None:
    secret, stored = generate(KeyKind.ED25519)
    assert (secret[:5], stored[:5]) == ("whsk_", "whpk_")
    with pytest.raises(ValueError, match="whsec_ or whsk_"):
        signing_key(stored)
    with pytest.raises(ValueError, match="whsec_ or whpk_"):
        verifying_key("k", secret)
    hmac_secret, hmac_stored = generate(KeyKind.HMAC)
    assert hmac_secret == hmac_stored
    assert hmac_secret.startswith("whsec_")


def test_during_a_rotation_either_key_will_do_on_both_sides() -> None:
    (old, old_stored), (new, new_stored) = pair(KeyKind.ED25519, "old"), pair(KeyKind.ED25519, "new")
    both = signed_headers([old, new], "msg_1", NOW, BODY)
    assert both["webhook-signature"].count("v1a,") == 2
    assert check([old_stored], both) == "old"
    assert check([new_stored], both) == "new"
    assert check([old_stored, new_stored], signed_headers([new], "msg_1", NOW, BODY)) == "new"


def test_a_platform_may_move_from_hmac_to_ed25519() -> None:
    (old, old_stored), (new, new_stored) = pair(KeyKind.HMAC, "old"), pair(KeyKind.ED25519, "new")
    headers = signed_headers([old, new], "msg_1", NOW, BODY)
    assert [check([key], headers) for key in (old_stored, new_stored)] == ["old", "new"]


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", str(STAMP + 1)),
        ("webhook-signature", ""),
    ],
)
def test_id_and_time_are_signed_too(kind: KeyKind, header: str, value: str) -> None:
    ours, stored = pair(kind)
    headers = signed_headers([ours], "msg_1", NOW, BODY) | {header: value}
    with pytest.raises(BadSignature, match="no valid signature"):
        check([stored], headers)


@pytest.mark.parametrize("kind", KeyKind)
def test_every_bit_of_body_and_signature_counts(kind: KeyKind) -> None:
    ours, stored = pair(kind)
    headers = signed_headers([ours], "msg_1", NOW, BODY)
    with pytest.raises(BadSignature):
        check([stored], headers, BODY + b" ")
    version, _, encoded = headers["webhook-signature"].partition(",")
    signature = base64.b64decode(encoded)
    for place in range(0, len(signature), 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        with pytest.raises(BadSignature):
            check([stored], headers | {"webhook-signature": f"{version},{base64.b64encode(changed).decode()}"})


def test_a_signature_counts_only_under_its_own_version() -> None:
    ours, stored = pair(KeyKind.HMAC)
    headers = signed_headers([ours], "msg_1", NOW, BODY)
    with pytest.raises(BadSignature):
        check([stored], headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")})


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_tolerated(seconds: int) -> None:
    ours, stored = pair(KeyKind.HMAC)
    headers = signed_headers([ours], "msg_1", NOW, BODY)
    assert check([stored], headers, now=NOW + timedelta(seconds=seconds)) == "k1"


@pytest.mark.parametrize("seconds", [-301, 301, 86_400, -86_400])
def test_an_older_or_later_delivery_is_refused(seconds: int) -> None:
    ours, stored = pair(KeyKind.HMAC)
    headers = signed_headers([ours], "msg_1", NOW, BODY)
    with pytest.raises(BadSignature, match="more than 5 minutes"):
        check([stored], headers, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("header", "values", "message"),
    [
        (
            "webhook-id",
            [None, "", "a.b", "a b", "a" * 129, "msg\n", "消息", "\x00", "<b>", "a,b", "\ud800"],
            "webhook-id must be",
        ),
        (
            "webhook-timestamp",
            [None, "", "now", "-1", "0", "01", "1.5", " 1", f"{STAMP}\n", "１７", "9" * 400, "1e9", "0x10", "\ud800"],
            "webhook-timestamp must be",
        ),
        (
            "webhook-signature",
            [
                None, "", " ", "v1", "v1,", "v1,!", "v1,QQ", "v1,QQ==", "v1a,QQ==", "v1a,", ",", "v2,QQ==", "消息,消息",
                "v1," + "A" * 200_000, "v1a,\ud800", " ".join(["v1,QQ=="] * 10_000), "v1,=AAA", "v1a," + "A" * 88,
            ],
            "no valid signature",
        ),
    ],
)  # fmt: skip
def test_a_malformed_header_is_a_bad_signature_and_nothing_else(header: str, values: list[Any], message: str) -> None:
    keys = [pair(KeyKind.HMAC)[1], pair(KeyKind.ED25519)[1]]
    good = signed_headers([pair(KeyKind.HMAC)[0]], "msg_1", NOW, BODY)
    for value in values:
        with pytest.raises(BadSignature, match=message):
            check(keys, good | {header: value})


def test_only_the_first_eight_signatures_are_looked_at() -> None:
    ours, stored = pair(KeyKind.HMAC)
    headers = signed_headers([ours], "msg_1", NOW, BODY)
    seven = " ".join(["v1,QQ=="] * 7)
    assert check([stored], headers | {"webhook-signature": f"{seven} {headers['webhook-signature']}"}) == "k1"
    with pytest.raises(BadSignature):
        check([stored], headers | {"webhook-signature": f"{seven} v1,QQ== {headers['webhook-signature']}"})


def test_without_keys_nothing_is_valid() -> None:
    ours, _ = pair(KeyKind.HMAC)
    with pytest.raises(BadSignature):
        check([], signed_headers([ours], "msg_1", NOW, BODY))


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_c2hvcnQ=", "whsec_" + "A" * 88, "whsec_消息", "whsk_QQ==", "whpk_QQ==", "whsec_not base64"],
)
def test_an_unusable_key_is_refused_without_quoting_it(text: str) -> None:
    for read in (signing_key, lambda stored: verifying_key("k", stored)):
        with pytest.raises(ValueError) as caught:
            read(text)
        assert text == "" or text not in str(caught.value)
        assert caught.value.__cause__ is None


def test_keys_do_not_show_their_secret_when_printed() -> None:
    secret, stored = generate(KeyKind.HMAC)
    assert "material" not in repr(signing_key(secret))
    assert "material" not in repr(verifying_key("k1", stored))


def test_a_sender_cannot_use_an_ambiguous_id() -> None:
    with pytest.raises(ValueError, match="webhook id"):
        signed_headers([pair(KeyKind.HMAC)[0]], "a.b", NOW, BODY)


@settings(deadline=None)
@given(st.text() | st.none(), st.text() | st.none(), st.text() | st.none(), st.binary(max_size=50))
def test_no_headers_whatever_raise_anything_else(
    webhook_id: str | None, timestamp: str | None, signature: str | None, body: bytes
) -> None:
    key = verifying_key("vector", VECTOR_SECRET)
    with pytest.raises(BadSignature):
        verify([key], webhook_id=webhook_id, timestamp=timestamp, signature=signature, body=body, now=NOW)
    with pytest.raises(BadSignature):
        verify([key], webhook_id="m", timestamp=str(STAMP), signature=signature, body=body, now=NOW)
