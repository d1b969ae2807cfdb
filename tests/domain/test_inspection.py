"""Manifests of inspection reports: read in one way or refused, and what a report comes to by each check."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from arbitration.adapters.inspection_keys import verify
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Invalid
from arbitration.domain.inspection import (
    Asked,
    Brought,
    Check,
    Judgement,
    KeyOnRegister,
    Revocation,
    distrusted_from,
    judge,
)
from arbitration.domain.manifest import ManifestRefused, jwk, public_key, read_manifest, thumbprint
from tests.manifests import KEY, OTHER_KEY, jws, manifest, part, payload, public

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CASE = "CA-2026-000001"
SAMPLE = sha256(b"sample").hexdigest()
REPORT = sha256(b"report").hexdigest()
KID = thumbprint(public())
HEADER = {"alg": "EdDSA", "kid": KID, "typ": "inspection-manifest+jws"}
SAID = payload(CASE, [SAMPLE], REPORT, NOON)
GOOD = manifest(SAID)
RECEIVED = NOON + timedelta(hours=1)


def on_register(**changed) -> dict[str, KeyOnRegister]:
    fields = {
        "kid": KID,
        "public": public(),
        "valid_from": NOON - timedelta(days=30),
        "distrusted_from": None,
        "inspector": "in-1",
        "name": Bilingual("检验所", "Laboratory"),
        "accredited_from": NOON - timedelta(days=60),
        "accredited_until": None,
    }
    return {KID: KeyOnRegister(**(fields | changed))}


def judged(text: str | None = GOOD, register: dict[str, KeyOnRegister] | None = None, **changed) -> Judgement:
    fields = {"report_sha256": REPORT, "received_at": RECEIVED, "items": {SAMPLE: "C-1"}, "case_no": CASE}
    brought = Brought(**(fields | {"platform": "kami", "dispute": "D-1"} | changed))
    return judge(text, (on_register() if register is None else register).get, verify, brought)


ASKED = Asked("in-1", SAMPLE, NOON - timedelta(minutes=1))


def test_a_report_whose_every_check_holds_has_full_weight():
    for found in (judged(), judged(asked=ASKED)):
        assert found.failed == []
        assert found.has_full_weight
        assert set(found.facts.values()) == {True}


def test_without_a_manifest_a_report_needs_corroboration_and_nothing_is_known_of_its_maker():
    found = judged(None)
    assert not found.has_full_weight
    assert found.facts == {
        "inspector_accredited": None,
        "signature_valid": False,
        "sample_digest_stated": None,
        "custody_unbroken": None,
        "conflict_declared": None,
    }


def said(**changed) -> str:
    return manifest(SAID | changed)


LATER = NOON + timedelta(hours=3)
ONE_WRONG = {
    "of an unknown key": ({"register": {}}, Check.KEY_KNOWN, "inspector_accredited"),
    "signed by another": ({"register": on_register(public=public(OTHER_KEY))}, Check.SIGNATURE, "signature_valid"),
    "before the key was good": ({"register": on_register(valid_from=LATER)}, Check.KEY_IN_FORCE, "signature_valid"),
    "after it was revoked": (
        {"register": on_register(distrusted_from=RECEIVED)},
        Check.KEY_IN_FORCE,
        "signature_valid",
    ),
    "not yet accredited": ({"register": on_register(accredited_from=LATER)}, Check.ACCREDITED, "inspector_accredited"),
    "not accredited any more": (
        {"register": on_register(accredited_until=NOON)},
        Check.ACCREDITED,
        "inspector_accredited",
    ),
    "of another case": ({"case_no": "CA-2026-000002"}, Check.MATTER, "signature_valid"),
    "of another dispute": (
        {"text": said(matter={"platform": "kami", "dispute": "D-2"})},
        Check.MATTER,
        "signature_valid",
    ),
    "of another file": ({"report_sha256": SAMPLE}, Check.REPORT, "signature_valid"),
    "no sample": ({"text": said(samples=[])}, Check.SAMPLE, "sample_digest_stated"),
    "a sample of no item": ({"items": {REPORT: "C-1"}}, Check.SAMPLE, "sample_digest_stated"),
    "one sample too many": (
        {"text": said(samples=[{"sha256": SAMPLE}, {"sha256": REPORT}])},
        Check.SAMPLE,
        "custody_unbroken",
    ),
    "ended in the future": ({"received_at": NOON - timedelta(minutes=10)}, Check.TIMES, "custody_unbroken"),
    "never handed out": ({"asked": Asked("in-1", SAMPLE, None)}, Check.HANDED_OUT, "custody_unbroken"),
    "handed out later": ({"asked": Asked("in-1", SAMPLE, LATER)}, Check.HANDED_OUT, "custody_unbroken"),
    "asked of another inspector": ({"asked": Asked("in-2", SAMPLE, NOON)}, Check.HANDED_OUT, "custody_unbroken"),
    "asked about another sample": ({"asked": Asked("in-1", REPORT, NOON)}, Check.HANDED_OUT, "custody_unbroken"),
    "nothing declared": (
        {"text": manifest({key: value for key, value in SAID.items() if key != "conflict"})},
        Check.CONFLICT,
        "conflict_declared",
    ),
    "interests without a word": (
        {"text": said(conflict={"interests": "disclosed"})},
        Check.CONFLICT,
        "conflict_declared",
    ),
}


@pytest.mark.parametrize(("given", "check", "fact"), ONE_WRONG.values(), ids=ONE_WRONG)
def test_one_thing_wrong_is_found_and_costs_the_full_weight(given, check, fact):
    found = judged(**given)
    assert found.failed == [check]
    assert not found.facts[fact]
    assert not found.has_full_weight


def test_what_nobody_is_shown_to_have_signed_is_not_believed_in_any_part():
    found = judged(register=on_register(public=public(OTHER_KEY)))
    assert found.facts["conflict_declared"] is None
    assert found.facts["sample_digest_stated"] is None


def test_the_dispute_of_a_platform_names_the_case_too():
    assert judged(said(matter={"platform": "kami", "dispute": "D-1"})).has_full_weight


def test_rotation_keeps_what_came_before_and_a_compromise_reaches_back():
    start, since, revoked = NOON - timedelta(days=30), NOON - timedelta(days=2), LATER
    assert distrusted_from(Revocation.ROTATED, revoked, start, since) == revoked
    assert distrusted_from(Revocation.COMPROMISED, revoked, start, since) == since
    assert distrusted_from(Revocation.COMPROMISED, revoked, start, None) == start
    assert distrusted_from(Revocation.COMPROMISED, revoked, start, revoked + timedelta(days=1)) == revoked
    before = on_register(distrusted_from=distrusted_from(Revocation.ROTATED, LATER, start, None))
    assert judged(register=before).has_full_weight
    reached = on_register(distrusted_from=distrusted_from(Revocation.COMPROMISED, LATER, start, since))
    assert judged(register=reached).failed == [Check.KEY_IN_FORCE]


HEADERS = {
    "no algorithm": HEADER | {"alg": "none"},
    "the shared secret's algorithm": HEADER | {"alg": "HS256"},
    "another curve": HEADER | {"alg": "ES256"},
    "in other letters": HEADER | {"alg": "eddsa"},
    "a list of algorithms": HEADER | {"alg": ["EdDSA"]},
    "another type": HEADER | {"typ": "JWT"},
    "a critical extension": HEADER | {"crit": ["b64"], "b64": False},
    "a key of its own": HEADER | {"jwk": jwk(public(OTHER_KEY))},
    "an address of keys": HEADER | {"jku": "https://evil.example/keys.json"},
    "a kid that climbs": HEADER | {"kid": "../../../../etc/passwd-and-some-more-to-43-char"},
    "a kid of SQL": HEADER | {"kid": "' OR '1'='1"},
    "a kid that is a number": HEADER | {"kid": 1},
    "no kid": {"alg": "EdDSA", "typ": HEADER["typ"]},
    "no object": [1],
    "a field twice": b'{"alg":"EdDSA","alg":"EdDSA","kid":"%s","typ":"inspection-manifest+jws"}' % KID.encode(),
    "no JSON": b"\xff",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_not_exactly_ours_is_refused(header):
    with pytest.raises(ManifestRefused):
        read_manifest(jws(header, SAID))


HEAD, BODY, SIGNATURE = GOOD.split(".")
SPELLINGS = {
    "empty": "",
    "two parts": f"{HEAD}.{BODY}",
    "no signature": f"{HEAD}.{BODY}.",
    "four parts": f"{GOOD}.{SIGNATURE}",
    "a byte after the end": f"{GOOD}\n",
    "a space before": f" {GOOD}",
    "padded": f"{HEAD}=.{BODY}.{SIGNATURE}",
    "the other alphabet": f"{HEAD}.{BODY}.{SIGNATURE[:-2]}+/",
    "another spelling of the same bytes": f"{HEAD}.{BODY}.{SIGNATURE[:-1]}{chr(ord(SIGNATURE[-1]) + 1)}",
    "a signature too long": f"{GOOD}AAAA",
    "as JSON": json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
    "too long": f"{HEAD}.{'A' * 70_000}.{SIGNATURE}",
    "full-width letters": GOOD.replace("A", "Ａ"),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_there_is_one_spelling_of_a_manifest(text):
    with pytest.raises(ManifestRefused):
        read_manifest(text)


PAYLOADS = {
    "no object": [],
    "another version": SAID | {"v": 2},
    "true for one": SAID | {"v": True},
    "an unknown field": SAID | {"approved": True},
    "an unknown outcome": SAID | {"finding": SAID["finding"] | {"outcome": "guilty"}},
    "one language": SAID | {"finding": {"outcome": "confirmed", "zh": "未见改动。"}},
    "two matters": SAID | {"matter": {"case": CASE, "platform": "kami", "dispute": "D-1"}},
    "a time without offset": SAID | {"times": SAID["times"] | {"ended_at": "2026-11-22T04:00:00"}},
    "a folder in the file's name": SAID | {"report": {"file_name": "../a.pdf", "sha256": REPORT}},
    "too many samples": SAID | {"samples": [{"sha256": SAMPLE}] * 51},
    "a digest in capitals": SAID | {"samples": [{"sha256": SAMPLE.upper()}]},
    "a key twice": b'{"v":1,"v":1}',
    "deep": b"[" * 40 + b"]" * 40,
    "NUL": b'{"v":"\\u0000"}',
    "a byte after the end": json.dumps(SAID).encode() + b"{}",
}


@pytest.mark.parametrize("said", PAYLOADS.values(), ids=PAYLOADS)
def test_a_payload_that_the_schema_does_not_have_is_refused_with_its_place(said):
    with pytest.raises(ManifestRefused) as refused:
        read_manifest(jws(HEADER, said))
    assert refused.value.fields


def test_every_changed_byte_of_a_manifest_costs_it_its_weight():
    for place in range(0, len(GOOD), 7):
        changed = GOOD[:place] + ("B" if GOOD[place] == "A" else "A") + GOOD[place + 1 :]
        assert not judged(changed).has_full_weight, place


KEYS = {
    "a private key": jwk(public()) | {"d": part(bytes(32))},
    "another kind": {"kty": "EC", "crv": "P-256", "x": part(bytes(32))},
    "too short": jwk(public()) | {"x": part(bytes(31))},
    "the thumbprint of another": jwk(public()) | {"kid": thumbprint(public(OTHER_KEY))},
}


def test_a_public_key_is_taken_as_jwk_or_base64_and_a_private_one_never():
    assert public_key(json.dumps(jwk(public()))) == public_key(jwk(public())["x"]) == public()
    for wrong in [*map(json.dumps, KEYS.values()), "", "AAAA", "{", "[]"]:
        with pytest.raises(Invalid):
            public_key(wrong)


def test_the_thumbprint_is_that_of_the_standard():
    """RFC 8037, appendix A.3."""
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert thumbprint(public_key(x)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert KEY.public_key().public_bytes_raw() == public()
