"""The export of a case: what each view holds, and that whatever is changed in it is found and named."""

import io
import json
import random
import shutil
import ssl
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from arbitration.actions import admissibility, export
from arbitration.actions.context import Actor
from arbitration.adapters.export_verify import ExportVerifier
from arbitration.adapters.keys import KeyFolder
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.domain.errors import NotAllowed, NotFound
from arbitration.domain.export import FIRST
from arbitration.domain.permissions import Role
from arbitration.domain.stored_zip import pack, whole
from arbitration.domain.verification import Report, Verdict
from arbitration.domain.verification_details import in_chinese
from arbitration.store import history
from tests.domain.escalations import digest
from tests.domain.escalations import evidence as item
from tests.factories import Office
from tests.fakes import FakeClock, FakeScanner
from tests.portals import with_ports

Parts = dict[str, bytes]
CLOCK = FakeClock()


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """On the record: what the platform sent, one of it not what was declared, and a file of the respondent's."""
    lying = item("e-2", b"another file\n") | {"sha256": digest(b"something else")}
    case_no = office.escalate(evidence=[item(), lying])
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT, b"delivered\n" * 100)
    return case_no


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    folder = tmp_path_factory.mktemp("export") / "keys"
    return KeyFolder.open_or_make(folder, "a passphrase", not_before=datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def seal(keys: KeyFolder) -> FileSeal:
    return FileSeal(keys, LocalAuthority(CLOCK, keys), CLOCK)


@pytest.fixture
def made(office: Office, case_no: str, seal: FileSeal) -> Callable[[Actor], bytes]:
    portal = with_ports(office.portal, seal=seal)
    return lambda actor: b"".join(export.export(portal, actor, case_no).chunks())


@pytest.fixture
def whole_case(made: Callable[[Actor], bytes], office: Office) -> bytes:
    return made(office.actors["registrar"])


@pytest.fixture
def judged(keys: KeyFolder) -> Callable[[bytes], Report]:
    verifier = ExportVerifier(keys.root_pem())
    return lambda content: verifier.verify(io.BytesIO(content))


@pytest.fixture
def signed(seal: FileSeal) -> Callable[[Parts], bytes]:
    """Packs parts as an institution that lies would: its own seal is on whatever the manifest now says."""

    def sign(parts: Parts) -> bytes:
        manifest = json.loads(parts["manifest.json"])
        listed = [name for name in parts if name not in ("manifest.json", "manifest.sig")]
        manifest["files"] = [
            {"name": name, "size": len(parts[name]), "sha256": sha256(parts[name]).hexdigest()} for name in listed
        ]
        content = rfc8785.dumps(manifest)
        return packed(parts | {"manifest.json": content, "manifest.sig": seal.attest(content)})

    return sign


def packed(parts: Parts) -> bytes:
    return b"".join(pack(whole(name, content) for name, content in parts.items()))


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def record_of(content: bytes) -> Any:
    return json.loads(parts_of(content)["case.json"])


def found(report: Report) -> str:
    return "; ".join(f"{check.id}: {check.detail}" for check in report.failed)


def test_an_export_is_proven_and_other_programs_open_it(
    whole_case: bytes, judged: Callable[[bytes], Report], keys: KeyFolder, tmp_path: Path
) -> None:
    report = judged(whole_case)
    assert report.verdict is Verdict.PROVEN, found(report)
    path = tmp_path / "case.zip"
    path.write_bytes(whole_case)
    assert subprocess.run(["unzip", "-t", str(path)], capture_output=True, check=False).returncode == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert tuple(archive.namelist()[: len(FIRST)]) == FIRST
        archive.extractall(tmp_path)
    (tmp_path / "root.pem").write_bytes(keys.root_pem())
    script = (
        "openssl verify -CAfile root.pem -untrusted certificates/issuing.pem certificates/seal.pem"
        " && openssl x509 -in certificates/seal.pem -noout -pubkey > seal.pub"
        " && openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json"
    )
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("Verified OK\n"), done.stderr


def test_each_side_gets_what_it_may_see_and_the_history_says_who_took_it(
    made: Callable[[Actor], bytes], whole_case: bytes, office: Office, case_no: str, judged: Callable[[bytes], Report]
) -> None:
    own = made(office.party(case_no, Role.CLAIMANT))
    assert judged(own).verdict is Verdict.PROVEN
    assert [name for name in parts_of(whole_case) if name not in FIRST] == [
        "originals/C-1_聊天记录.txt",
        "quarantined/C-2_聊天记录.txt",
        "originals/R-1_聊天.txt",
    ]
    assert [name for name in parts_of(own) if name not in FIRST] == [
        "originals/C-1_聊天记录.txt",
        "originals/R-1_聊天.txt",
    ]
    record = record_of(own)
    assert record["view"] == "claimant"
    assert [party["account"] is None for party in record["parties"]] == [False, True]
    told = {event["leaf"]["kind"] for event in record["events"] if event["leaf"]}
    assert {"message_posted", "evidence_stamped"} <= told
    assert {line["kind"] for line in record["items"][0]["custody"]} == {"evidence_received", "evidence_stamped"}
    assert not told & {"arbitrator_proposed", "arbitrator_accepted", "admitted", "case_exported"}
    assert all(event["said"] is event["salt"] is None for event in record["events"] if event["leaf"] is None)
    last = record_of(made(office.actors["auditor"]))["events"][-1]
    assert last["leaf"]["kind"] == "case_exported"
    assert last["said"]["manifest_sha256"] == sha256(parts_of(own)["manifest.json"]).hexdigest()
    assert (last["said"]["role"], last["said"]["view"]) == ("claimant", "claimant")


def test_of_a_file_that_is_held_the_office_and_its_filer_are_told_and_nobody_gets_it(
    office: Office, seal: FileSeal, judged: Callable[[bytes], Report]
) -> None:
    scanner = FakeScanner()
    scanner.answers = False
    office.portal = with_ports(office.portal, scanner=scanner, seal=seal)
    case_no = office.escalate(evidence=[])
    office.admit(case_no)
    office.file(case_no, Role.CLAIMANT)
    readers = (office.actors["auditor"], *(office.party(case_no, role) for role in (Role.CLAIMANT, Role.RESPONDENT)))
    seen = []
    for reader in readers:
        content = b"".join(export.export(office.portal, reader, case_no).chunks())
        assert judged(content).verdict is Verdict.PROVEN, found(judged(content))
        seen.append([(each["label"], each["state"], each["file"]) for each in record_of(content)["items"]])
    assert seen == [[("C-1", "held", None)], [("C-1", "held", None)], []]


def test_what_an_item_says_of_itself_goes_to_its_filer_and_the_verdict_on_it_to_all(
    made: Callable[[Actor], bytes], office: Office, case_no: str
) -> None:
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        admissibility.cure(work, case_no, "R-1", {"ids_shown": True})
    for role, particulars in ((Role.RESPONDENT, {"ids_shown": True}), (Role.CLAIMANT, None)):
        record = record_of(made(office.party(case_no, role)))
        item = next(each for each in record["items"] if each["label"] == "R-1")
        assert item["particulars"] == particulars
        assert (item["verdict"], item["verdict_clause"]) == ("with_corroboration", "EV-01")
        assert "evidence_cured" not in {event["leaf"]["kind"] for event in record["events"] if event["leaf"]}


def test_nobody_else_gets_one(office: Office, case_no: str) -> None:
    with pytest.raises(NotFound):
        export.export(office.portal, office.add_staff("editor", Role.STANDARDS_EDITOR), case_no)
    stranger = Actor("pt-other", Role.CLAIMANT, case_no="CA-2026-999999")
    with pytest.raises((NotFound, NotAllowed)):
        export.export(office.portal, stranger, case_no)
    with office.portal.read(office.actors["auditor"]) as work:
        assert "case_exported" not in {event.kind for event, _ in history.of_case(work.session, case_no)}


def test_a_flipped_byte_in_any_file_is_found_and_the_file_is_named(
    whole_case: bytes, judged: Callable[[bytes], Report]
) -> None:
    chance = random.Random(7)
    for name, content in parts_of(whole_case).items():
        start = whole_case.index(content)
        for place in {0, len(content) - 1, chance.randrange(len(content))}:
            report = judged(flipped(whole_case, start + place))
            assert report.verdict is Verdict.REFUSED
            assert name in found(report), (name, place, found(report))


EVERY = pytest.param(1, marks=pytest.mark.long, id="every")


@pytest.mark.parametrize("step", [pytest.param(6, id="sample"), EVERY])
def test_a_flipped_byte_in_any_kind_of_value_of_the_record_is_found_and_named(
    whole_case: bytes, judged: Callable[[bytes], Report], step: int
) -> None:
    content = parts_of(whole_case)["case.json"]
    start, places = whole_case.index(content), places_of_values(content)
    assert {"items[].custody[].zh", "events[].proof[]", "parties[].name", "checkpoint.root"} <= set(places)
    for kind, place in list(places.items())[::step]:
        report = judged(flipped(whole_case, start + place))
        assert report.verdict is Verdict.REFUSED, kind
        assert "case.json: its SHA-256 is" in found(report), (kind, found(report))


def places_of_values(content: bytes) -> dict[str, int]:
    """One byte of the first value of each kind in canonical JSON, by the names that lead to it; texts and numbers."""
    places: dict[str, int] = {}

    def walk(value: Any, path: str) -> None:
        for name, each in value.items() if isinstance(value, dict) else ((None, each) for each in value):
            kind = f"{path}[]" if name is None else f"{path}.{name}".lstrip(".")
            if isinstance(each, dict | list):
                walk(each, kind)
            elif each not in ("", None) and kind not in places:
                written = rfc8785.dumps(each) if name is None else rfc8785.dumps({name: each})[1:-1]
                places[kind] = content.index(written) + len(written) - 2 + (not isinstance(each, str))

    walk(json.loads(content), "")
    return places


def test_a_flipped_byte_anywhere_is_found(whole_case: bytes, judged: Callable[[bytes], Report]) -> None:
    _must_find(whole_case, judged, times=60)


@pytest.mark.long
def test_three_thousand_flipped_bytes_are_found(whole_case: bytes, judged: Callable[[bytes], Report]) -> None:
    _must_find(whole_case, judged, times=3000)


def _must_find(content: bytes, judged: Callable[[bytes], Report], times: int) -> None:
    chance = random.Random(11)
    for _ in range(times):
        place = chance.randrange(len(content))
        report = judged(flipped(content, place, 1 << chance.randrange(8)))
        assert report.verdict is not Verdict.PROVEN, f"byte {place}"
        assert report.failed[0].detail


def flipped(content: bytes, place: int, bits: int = 1) -> bytes:
    return content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]


def without(parts: Parts, name: str) -> Parts:
    return {each: content for each, content in parts.items() if each != name}


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda whole_case: whole_case[:-1], "the directory is not as an export has it"),
    "cut to half": (lambda whole_case: whole_case[: len(whole_case) // 2], "more than the file has left"),
    "appended": (lambda whole_case: whole_case + b"\0", "1 bytes follow the end"),
    "an archive behind it": (lambda whole_case: whole_case + whole_case, "follow the end"),
    "a file taken out": (
        lambda whole_case: packed(without(parts_of(whole_case), "originals/C-1_聊天记录.txt")),
        "originals/C-1_聊天记录.txt: the manifest lists it and it is not there",
    ),
    "a file put in": (
        lambda whole_case: packed(parts_of(whole_case) | {"originals/C-9_x.txt": b""}),
        "originals/C-9_x.txt: it is there and the manifest does not list it",
    ),
    "reordered": (
        lambda whole_case: packed(dict(sorted(parts_of(whole_case).items(), key=lambda part: part[0] == FIRST[-1]))),
        "a part that every export begins with is missing",
    ),
    "twice": (
        lambda whole_case: b"".join(
            pack([*(whole(*part) for part in parts_of(whole_case).items()), whole("originals/c-1_聊天记录.TXT", b"")])
        ),
        "no export holds a file named",
    ),
    "leaving its folder": (
        lambda whole_case: packed(parts_of(whole_case) | {"../../etc/cron.d/x": b"x"}),
        "no export holds a file named '../../etc/cron.d/x'",
    ),
    "from the root": (lambda whole_case: packed(parts_of(whole_case) | {"/etc/x": b"x"}), "named '/etc/x'"),
    "backwards": (lambda whole_case: packed(parts_of(whole_case) | {"originals\\..\\x": b"x"}), "no export holds"),
    "compressed": (lambda whole_case: bomb(parts_of(whole_case)), "the header of README.txt is not as an export"),
    "lying about a size": (
        lambda whole_case: whole_case.replace((10 * 100).to_bytes(4, "little"), b"\xff\xff\xff\x7f", 2),
        "it is said to have 2147483647 bytes, more than the file has left",
    ),
    "a certificate of a version that is none": (
        lambda whole_case: packed(parts_of(whole_case) | of_no_version(parts_of(whole_case), "certificates/seal.pem")),
        "certificates/seal.pem: it is no certificate",
    ),
}


def of_no_version(parts: Parts, name: str) -> Parts:
    certificate = ssl.PEM_cert_to_DER_cert(parts[name].decode())
    version, none = bytes.fromhex("a003020102"), bytes.fromhex("a003020122")
    assert version in certificate
    return {name: ssl.DER_cert_to_PEM_cert(certificate.replace(version, none, 1)).encode()}


def bomb(parts: Parts) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("originals/C-9_zeros.txt", bytes(10_000_000))
    return made.getvalue()


def test_a_hostile_archive_is_refused_with_the_first_difference(
    whole_case: bytes, judged: Callable[[bytes], Report]
) -> None:
    for attack, (change, said) in HOSTILE.items():
        report = judged(change(whole_case))
        assert report.verdict is Verdict.REFUSED, attack
        assert said in found(report), (attack, found(report))
        assert all(in_chinese(check.detail) for check in report.failed), (attack, found(report))


def test_what_is_no_export_is_unusable(judged: Callable[[bytes], Report]) -> None:
    for content in (b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(18), packed({"other.txt": b"x"})):
        assert judged(content).verdict is Verdict.UNUSABLE


LIES: dict[str, tuple[Callable[[Any], object], str]] = {
    "an event taken out": (lambda record: record["events"].pop(3), "events[3]: number 5 stands where 4 belongs"),
    "an event told otherwise": (
        lambda record: record["events"][0]["said"].update(platform="x"),
        "events[0].said: it is not what the leaf committed to",
    ),
    "an event at another time": (
        lambda record: record["events"][2]["leaf"].update(at=0),
        "events[2].leaf: it does not make its hash",
    ),
    "another place in the log": (
        lambda record: record["events"][1].update(index=record["events"][1]["index"] + 1),
        "it does not lead to the root",
    ),
    "another digest of an item": (
        lambda record: record["items"][0].update(sha256="0" * 64),
        "originals/C-1_聊天记录.txt: it is not the file of C-1",
    ),
    "an item that nobody brought": (
        lambda record: record["items"].append(record["items"][0] | {"label": "C-7", "file": None}),
        "items[3] (C-7): no event says that it arrived",
    ),
    "a line of custody that nothing recorded": (
        lambda record: record["items"][0]["custody"][0].update(leaf_hash="0" * 64),
        "items[0] (C-1).custody[0]: it is no event of the record",
    ),
    "a line of custody taken from another item": (
        lambda record: record["items"][0]["custody"].append(record["items"][2]["custody"][0]),
        "(C-1).custody[",
    ),
    "a line of custody at another time": (
        lambda record: record["items"][0]["custody"][0].update(at="2026-01-01T00:00:00.000000Z"),
        "items[0] (C-1).custody[0]: it is no event of the record",
    ),
    "a message changed": (
        lambda record: record["messages"][0].update(text="I agree."),
        "messages[0]: it is not what its event says",
    ),
    "more than anybody can hold": (
        lambda record: record.update(claims=[{}] * 1_200_000),
        "case.json: it has more than 2000000 values",
    ),
    "a field more": (lambda record: record.update(more=1), "case.json, whole: it is not of the form of an export"),
}


def test_a_record_that_contradicts_itself_is_refused_even_under_the_institutions_seal(
    whole_case: bytes, signed: Callable[[Parts], bytes], judged: Callable[[bytes], Report]
) -> None:
    parts = parts_of(whole_case)
    assert judged(signed(parts)).verdict is Verdict.PROVEN
    for lie, (change, said) in LIES.items():
        record = json.loads(parts["case.json"])
        change(record)
        report = judged(signed(parts | {"case.json": rfc8785.dumps(record)}))
        assert report.verdict is Verdict.REFUSED, lie
        assert said in found(report), (lie, found(report))
        assert all(in_chinese(check.detail) for check in report.failed), (lie, found(report))


def test_an_export_that_another_institution_signed_is_refused(
    whole_case: bytes, keys: KeyFolder, seal: FileSeal, tmp_path: Path
) -> None:
    other = KeyFolder.open_or_make(tmp_path / "keys", "x", not_before=datetime(2026, 6, 1, tzinfo=UTC))
    report = ExportVerifier(other.root_pem()).verify(io.BytesIO(whole_case))
    assert "certificates/issuing.pem: it was not issued under the given root" in found(report)
    shutil.rmtree(tmp_path / "keys")
