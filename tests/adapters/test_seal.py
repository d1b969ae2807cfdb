"""Sealing: what stock tools find in the signed file, and what the steps refuse."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.sign.general import SigningError

from arbitration.adapters.keys import NoKeys
from arbitration.adapters.pdf_proofread import extract_text
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import HttpAuthority, LocalAuthority, Responder
from arbitration.domain.verification import Verdict
from tests.adapters.conftest import DECIDED, Made, Office
from tests.adapters.test_timestamp import served

pytestmark = pytest.mark.xdist_group("pdf")


def ranges(pdf: bytes) -> Iterator[tuple[int, int, int, int]]:
    for found in re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf):
        yield tuple(int(number) for number in found.groups())  # type: ignore[misc]


@pytest.fixture
def signed_file(made: Made, tmp_path: Path) -> Path:
    path = tmp_path / "ruling.pdf"
    path.write_bytes(made.signed)
    return path


def pdfsig(path: Path, *options: str) -> str:
    command = ["pdfsig", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_pdfsig_finds_every_signature_valid(signed_file: Path) -> None:
    output = pdfsig(signed_file)
    assert re.findall(r"Field Name: (\w+)", output) == ["seal", "arb1", "close", "timestamp1"]
    assert output.count("Signature Validation: Signature is Valid.") == 3
    assert "Certificate Common Name: 魏岚" in output
    assert output.rstrip().split("Signature #")[-1].count("Total document signed") == 1


def test_pdfsig_trusts_the_signatures_under_our_root(office: Office, signed_file: Path, tmp_path: Path) -> None:
    root, store = tmp_path / "root.pem", tmp_path / "nss"
    root.write_bytes(office.keys.root_pem())
    store.mkdir()
    subprocess.run(["certutil", "-N", "-d", f"sql:{store}", "--empty-password"], check=True, capture_output=True)
    add = ["certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "C,C,C", "-i", str(root)]
    subprocess.run(add, check=True, capture_output=True)
    output = pdfsig(signed_file, "-nssdir", f"sql:{store}")
    assert output.count("Certificate Validation: Certificate is Trusted.") == 3


def test_pdfsig_sees_one_flipped_byte(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "flipped.pdf"
    path.write_bytes(made.signed[:5000] + bytes((made.signed[5000] ^ 1,)) + made.signed[5001:])
    assert "Signature is Valid." not in pdfsig(path)


def test_openssl_accepts_each_signature_of_a_person(office: Office, made: Made, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(office.keys.root_pem())
    for start, first, second, rest in list(ranges(made.signed))[:3]:
        container = bytes.fromhex(made.signed[first + 1 : second - 1].decode())
        (tmp_path / "signature.der").write_bytes(cms.ContentInfo.load(container).dump())
        (tmp_path / "content").write_bytes(made.signed[start:first] + made.signed[second : second + rest])
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der", "-purpose", "any"]
        command += ["-content", "content", "-CAfile", "root.pem", "-out", "/dev/null", "-attime", "1795000000"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_qpdf_finds_no_fault_in_the_signed_file(signed_file: Path) -> None:
    done = subprocess.run(["qpdf", "--check", signed_file], capture_output=True, text=True, check=True)
    assert "No syntax or stream encoding errors" in done.stdout


def test_each_step_only_adds_to_the_bytes_before(made: Made) -> None:
    assert made.before_closing.startswith(made.unsigned)
    assert made.signed.startswith(made.before_closing)


def test_the_text_and_the_data_are_the_same_after_signing(made: Made) -> None:
    assert extract_text(made.signed) == extract_text(made.unsigned)
    before, after = (pikepdf.open(BytesIO(pdf)) for pdf in (made.unsigned, made.signed))
    assert before.Root.AF[0].EF.F.read_bytes() == after.Root.AF[0].EF.F.read_bytes()


def test_signing_leaves_metadata_and_version_as_they_were(made: Made) -> None:
    before, after = (pikepdf.open(BytesIO(pdf)) for pdf in (made.unsigned, made.signed))
    assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
    assert dict(before.trailer.Info) == dict(after.trailer.Info)
    assert "/Version" not in after.Root
    assert list(after.Root.Extensions.keys()) == ["/ESIC"]


def test_signatures_and_stamps_carry_the_clocks_time(office: Office, made: Made) -> None:
    opened = pikepdf.open(BytesIO(made.signed))
    times = [str(field.V.M) for field in opened.Root.AcroForm.Fields if "/M" in field.V]
    assert [time[:12] for time in times] == ["D:2026112007"] * 3
    report = office.verifier.verify(made.signed)
    stamps = [found.at for found in report.signatures]
    assert stamps == sorted(stamps)
    assert stamps[0] > DECIDED


def test_the_boxes_show_the_seal_and_the_names_as_outlines(made: Made) -> None:
    opened = pikepdf.open(BytesIO(made.signed))
    drawings = [field.AP.N.read_bytes() for field in list(opened.Root.AcroForm.Fields)[:3]]
    assert all(drawing.count(b" c ") > 50 for drawing in drawings)
    assert all(b"Tf" not in drawing for drawing in drawings)


def test_without_fonts_the_boxes_stay_empty(office: Office, made: Made) -> None:
    plain = FileSeal(office.keys, LocalAuthority(office.clock, office.keys), office.clock)
    opened = pikepdf.open(BytesIO(plain.certify(made.unsigned)))
    assert opened.Root.AcroForm.Fields[0].AP.N.read_bytes().strip() == b""


def test_a_name_outside_the_cut_font_is_drawn_from_the_full_one(office: Office, made: Made) -> None:
    office.seal.issue("st-rare", "𠮷野龘")
    signed = office.seal.sign(office.seal.certify(made.unsigned), "arb1", "st-rare")
    opened = pikepdf.open(BytesIO(signed))
    drawing = opened.Root.AcroForm.Fields[1].AP.N.read_bytes()
    assert drawing.count(b" f Q") >= 3 + len("电子签名20261120071530北京时间")


def test_nobody_signs_without_a_certificate(office: Office, made: Made) -> None:
    with pytest.raises(NoKeys):
        office.seal.sign(office.seal.certify(made.unsigned), "arb1", "st-nobody")


def test_a_field_is_signed_once(office: Office, made: Made) -> None:
    with pytest.raises(SigningError):
        office.seal.sign(made.before_closing, "arb1", made.document.panel[0].actor_id)


def test_a_field_that_was_not_reserved_is_not_signed(office: Office, made: Made) -> None:
    with pytest.raises(SigningError):
        office.seal.sign(office.seal.certify(made.unsigned), "arb2", made.document.panel[0].actor_id)


def test_a_ruling_is_certified_once(office: Office, made: Made) -> None:
    with pytest.raises(SigningError):
        office.seal.certify(made.before_closing)


def test_without_a_time_stamp_there_is_no_signature(office: Office, made: Made) -> None:
    stranded = FileSeal(office.keys, HttpAuthority("http://127.0.0.1:9/", seconds=2), office.clock)
    with pytest.raises(OSError, match="timestamp service"):
        stranded.certify(made.unsigned)


def test_an_authority_over_http_serves_the_whole_signing(office: Office, made: Made) -> None:
    office.clock.now = datetime(2026, 11, 20, 7, 20, tzinfo=UTC)
    with served(Responder(LocalAuthority(office.clock, office.keys))) as url:
        seal = FileSeal(office.keys, HttpAuthority(url), office.clock)
        pdf = seal.certify(made.unsigned)
        pdf = seal.close(seal.sign(pdf, "arb1", made.document.panel[0].actor_id))
    assert office.verifier.verify(pdf).verdict is Verdict.PROVEN
