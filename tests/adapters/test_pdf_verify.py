"""The verdict on a ruling's file: proven as it was made, and never after any change."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from arbitration.adapters.certificates import Credential
from arbitration.adapters.keys import ISSUING, SEAL, KeyFolder
from arbitration.adapters.pdf_verify import SealedVerifier
from arbitration.adapters.seal import FileSeal
from arbitration.adapters.timestamp import LocalAuthority
from arbitration.domain.signing import RulingDocument, canonical_json, content_digest
from arbitration.domain.verification import Report, Verdict
from tests.adapters.conftest import DECIDED, Made, Office
from tests.adapters.ruling_samples import SERVED

pytestmark = pytest.mark.xdist_group("pdf")

RULES = ["readable", "fields", "order", "coverage", "containers", "intact", "identities", "trusted", "times"]
RULES += ["changes", "pages"]


def failed(report: Report) -> str:
    """The check that ended an examination."""
    return report.failed[0].id if report.failed else ""


def finish(office: Office, pdf: bytes, document: RulingDocument, seal: FileSeal | None = None) -> bytes:
    """All steps of signing on *pdf*."""
    office.clock.now = DECIDED + timedelta(minutes=5)
    pdf = (seal or office.seal).certify(pdf)
    for index, member in enumerate(document.panel):
        pdf = (seal or office.seal).sign(pdf, f"arb{index + 1}", member.actor_id)
    return (seal or office.seal).close(pdf)


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """An update appended to *pdf*, as an editor would."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    result = BytesIO()
    writer.write(result)
    return result.getvalue()


@pytest.fixture(scope="module")
def report(office: Office, made: Made) -> Report:
    return office.verifier.verify(made.signed)


# What is proven


@pytest.mark.parametrize("ruling", ["made_en", "made_by_three"])
def test_a_ruling_as_it_was_made_is_proven(request: pytest.FixtureRequest, office: Office, ruling: str) -> None:
    made: Made = request.getfixturevalue(ruling)
    report = office.verifier.verify(made.signed)
    assert [(check.id, check.passed) for check in report.checks] == [(rule, True) for rule in RULES]
    assert report.verdict is Verdict.PROVEN
    assert report.verdict.exit_code == 0


def test_a_proven_ruling_tells_what_it_is(made: Made, report: Report) -> None:
    assert report.verdict is Verdict.PROVEN
    assert report.case_no == "CA-2026-000042"
    assert report.file_sha256 == sha256(made.signed).hexdigest()
    assert report.unsigned_sha256 == sha256(made.unsigned).hexdigest()
    assert report.content_sha256 == content_digest(made.document)
    assert [found.field for found in report.signatures] == ["seal", "arb1", "close", "timestamp1"]
    assert report.signatures[1].name == "魏岚"
    assert report.signatures[1].certificate_sha256 == made.document.panel[0].certificate_sha256


def test_a_report_says_in_both_languages_what_was_and_was_not_proven(report: Report) -> None:
    statements = [*report.proven, *report.not_proven]
    assert len(report.proven) >= 3
    assert len(report.not_proven) >= 3
    assert all(re.search(r"[\u4e00-\u9fff]", statement.zh) for statement in statements)
    assert not any(re.search(r"[\u4e00-\u9fff]", statement.en) for statement in report.not_proven)
    assert all(check.zh and check.en for check in report.checks)


def test_the_fingerprint_to_compare_is_that_of_the_root(office: Office, report: Report) -> None:
    root = x509.load_pem_x509_certificate(office.keys.root_pem())
    assert root.fingerprint(SHA256()).hex() in report.not_proven[0].en


def test_a_renewed_archival_stamp_is_still_proven(office: Office, made: Made) -> None:
    """Years later the last stamp's algorithm grows weak and another is put over the whole."""
    renewed = office.seal.stamp(made.signed)
    report = office.verifier.verify(renewed)
    assert report.verdict is Verdict.PROVEN
    assert len(report.signatures) == 5


# What is refused


def flipped(made: Made) -> bytes:
    return made.signed[:9000] + bytes((made.signed[9000] ^ 0x20,)) + made.signed[9001:]


def cut_after(revisions: int) -> Callable[[Made], bytes]:
    def cut(made: Made) -> bytes:
        ends = [found.end() for found in re.finditer(rb"startxref\n\d+\n%%EOF\n", made.signed)]
        return made.signed[: ends[revisions]]

    return cut


def overlay(made: Made) -> bytes:
    def paint(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        drawing = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 100 500 200 40 re f Q"))
        page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), drawing])
        writer.update_container(page)

    return updated(made.signed, paint)


def swap(made: Made) -> bytes:
    def replace_data(writer: IncrementalPdfFileWriter) -> None:
        entry = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
        entry["/EF"][pdf_name("/F")] = writer.add_object(generic.StreamObject(stream_data=b'{"orders":[]}'))
        writer.update_container(entry)

    return updated(made.signed, replace_data)


def comment(made: Made) -> bytes:
    def annotate(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"].raw_get(0)
        note = {"/Type": "/Annot", "/Subtype": "/Text"}
        annotation = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in note.items()})
        annotation[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (10, 10, 30, 30)))
        writer.register_annotation(page, writer.add_object(annotation))

    return updated(made.signed, annotate)


def rewritten(made: Made) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(made.signed)) as opened:
        opened.save(result)
    return result.getvalue()


@pytest.mark.parametrize(
    ("tampered", "check"),
    [
        (flipped, "intact"),
        (lambda made: made.signed + b"% appended\n", "coverage"),
        (lambda made: made.signed + b"\x00", "coverage"),
        (lambda made: made.signed + made.signed, "coverage"),
        (cut_after(4 - 1), "fields"),
        (cut_after(2), "fields"),
        (cut_after(1), "fields"),
        (cut_after(0), "fields"),
        (overlay, "coverage"),
        (swap, "coverage"),
        (comment, "coverage"),
        (lambda made: made.before_closing, "fields"),
        (lambda made: made.unsigned, "fields"),
    ],
    ids=[
        "flipped byte",
        "trailing line",
        "trailing zero",
        "twice",
        "without stamp",
        "without closing",
        "without arbitrator",
        "without seal",
        "overlay",
        "data swapped",
        "comment",
        "not closed",
        "unsigned",
    ],
)
def test_a_changed_ruling_is_refused(office: Office, made: Made, tampered: Callable[[Made], bytes], check: str) -> None:
    report = office.verifier.verify(tampered(made))
    assert report.verdict is Verdict.REFUSED
    assert report.verdict.exit_code == 1
    assert failed(report) == check
    assert report.proven == ()


def test_a_file_written_anew_is_not_proven(office: Office, made: Made) -> None:
    assert office.verifier.verify(rewritten(made)).verdict is Verdict.REFUSED


def test_after_a_failed_check_the_others_are_not_claimed(office: Office, made: Made) -> None:
    report = office.verifier.verify(flipped(made))
    states = {check.id: check.passed for check in report.checks}
    assert states["containers"] is True
    assert states["intact"] is False
    assert states["trusted"] is states["pages"] is None
    assert list(states) == RULES


def test_another_root_proves_nothing(made: Made, tmp_path: Any) -> None:
    other = KeyFolder.open_or_make(tmp_path / "keys", "x", not_before=datetime(2026, 6, 1, tzinfo=UTC))
    report = SealedVerifier(other.root_pem()).verify(made.signed)
    assert report.verdict is Verdict.REFUSED
    assert failed(report) == "trusted"


@pytest.mark.parametrize("root", [b"", b"-----BEGIN NONSENSE-----\nAA==\n-----END NONSENSE-----\n"])
def test_a_root_file_without_a_certificate_is_an_error(root: bytes) -> None:
    with pytest.raises(ValueError):
        SealedVerifier(root)


# What is no ruling


def plain_pdf() -> bytes:
    result = BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(result)
    return result.getvalue()


@pytest.mark.parametrize("data", [b"", b"not a PDF", b"%PDF-1.7\n", plain_pdf()], ids=["empty", "text", "head", "PDF"])
def test_what_is_no_ruling_is_unusable(office: Office, data: bytes) -> None:
    report = office.verifier.verify(data)
    assert report.verdict is Verdict.UNUSABLE
    assert report.verdict.exit_code == 2
    assert failed(report) == "readable"


# What the keys themselves could be misused for


@dataclass
class Substituted:
    """A key folder that hands out other keys than asked for."""

    keys: KeyFolder
    instead: dict[str, str]
    revoked: int | None = None

    def credential(self, stem: str) -> Credential:
        return self.keys.credential(self.instead.get(stem, stem))

    def revocation_lists(self, now: datetime) -> list[bytes]:
        root, issuing = self.keys.revocation_lists(now)
        return [root, issuing if self.revoked is None else self._revoking(now)]

    def _revoking(self, now: datetime) -> bytes:
        issuing = self.keys.credential(ISSUING)
        entry = x509.RevokedCertificateBuilder().serial_number(self.revoked or 0)
        listed = x509.CertificateRevocationListBuilder().issuer_name(issuing.certificate.subject)
        listed = listed.last_update(now).next_update(now + timedelta(days=9))
        listed = listed.add_revoked_certificate(entry.revocation_date(now - timedelta(days=1)).build())
        return listed.sign(issuing.key, SHA256()).public_bytes(Encoding.DER)


def seal_with(office: Office, **instead: Any) -> FileSeal:
    keys: Any = Substituted(office.keys, **instead)
    return FileSeal(keys, LocalAuthority(office.clock, office.keys), office.clock)


def test_an_arbitrator_cannot_seal_a_ruling(office: Office, made: Made) -> None:
    forged = finish(office, made.unsigned, made.document, seal_with(office, instead={SEAL: "arbitrators/st-7f3a"}))
    report = office.verifier.verify(forged)
    assert failed(report) == "identities"
    assert "not an institution's seal" in report.failed[0].detail


def test_the_institution_cannot_sign_for_an_arbitrator(office: Office, made: Made) -> None:
    forged = finish(office, made.unsigned, made.document, seal_with(office, instead={"arbitrators/st-7f3a": SEAL}))
    assert "not an arbitrator's" in office.verifier.verify(forged).failed[0].detail


def test_another_arbitrator_cannot_sign(office: Office, made: Made) -> None:
    office.seal.issue("st-other", "旁人")
    forged = finish(
        office, made.unsigned, made.document, seal_with(office, instead={"arbitrators/st-7f3a": "arbitrators/st-other"})
    )
    assert "another certificate than the ruling names" in office.verifier.verify(forged).failed[0].detail


def test_a_revoked_certificate_does_not_count(office: Office, made: Made) -> None:
    serial = office.keys.credential("arbitrators/st-7f3a").certificate.serial_number
    signed = finish(office, made.unsigned, made.document, seal_with(office, instead={}, revoked=serial))
    assert failed(office.verifier.verify(signed)) == "trusted"


def test_a_signature_too_many_is_refused_though_it_is_valid(office: Office, made: Made) -> None:
    def add_field(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("intruder"))

    office.clock.now = DECIDED + timedelta(minutes=5)
    pdf = updated(made.before_closing, add_field)
    pdf = office.seal.sign(pdf, "intruder", "st-7f3a")
    report = office.verifier.verify(office.seal.close(pdf))
    assert failed(report) == "fields"
    assert "intruder" in report.failed[0].detail


def test_nothing_may_stand_between_the_signatures(office: Office, made: Made) -> None:
    def note(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject())
        writer.update_root()

    report = office.verifier.verify(office.seal.close(updated(made.before_closing, note)))
    assert failed(report) == "order"


def test_a_signature_after_the_time_printed_for_service_is_refused(office: Office, made: Made) -> None:
    office.clock.now = SERVED + timedelta(minutes=1)
    late = office.seal.close(made.before_closing)
    assert failed(office.verifier.verify(late)) == "times"


def with_data(pdf: bytes, data: bytes) -> bytes:
    """The pages of one ruling with the data of another."""
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.Root.AF[0].EF.F.write(data)
        opened.save(result)
    return result.getvalue()


def test_pages_and_data_that_differ_are_refused(office: Office, made: Made) -> None:
    other = replace(made.document, total_minor=1)
    signed = finish(office, with_data(made.unsigned, canonical_json(other)), made.document)
    assert failed(office.verifier.verify(signed)) == "pages"


def test_data_in_another_spelling_are_no_ruling(office: Office, made: Made) -> None:
    spaced = canonical_json(made.document).replace(b'"case_no":', b'"case_no": ')
    signed = finish(office, with_data(made.unsigned, spaced), made.document)
    assert office.verifier.verify(signed).verdict is Verdict.UNUSABLE


def test_a_seal_that_also_changes_a_page_is_refused(office: Office, made: Made) -> None:
    """The institution itself cannot put its seal on other pages than were shown to the arbitrator."""

    def paint(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page[pdf_name("/Rotate")] = generic.NumberObject(0)
        writer.update_container(page)

    signed = finish(office, updated(made.unsigned, paint), made.document)
    assert office.verifier.verify(signed).verdict is Verdict.REFUSED


# Every byte


def containers(pdf: bytes) -> list[range]:
    """Where each /Contents stands, with its angle brackets."""
    found = re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+\s*\]", pdf)
    return [range(int(match[1]), int(match[2])) for match in found]


def positions(pdf: bytes) -> list[int]:
    """A hundred and more: all over the file, in each container, and densely in the last, which nothing covers."""
    spread = list(range(3, len(pdf), len(pdf) // 32))
    each = [place for held in containers(pdf) for place in (*held[:: len(held) // 6], held[-1])]
    last = containers(pdf)[-1]
    dense = [*last[:40:3], *last[40:3800:150], *last[3800:4100:60]]
    return sorted({*spread, *each, *dense, len(pdf) - 1})


def other_byte(pdf: bytes, place: int) -> int:
    """In a container another digit or the other case, elsewhere a flipped bit."""
    byte = pdf[place : place + 1]
    if any(place in held for held in containers(pdf)) and byte.isalpha():
        return byte.lower()[0]
    return pdf[place] ^ 0x01


def test_no_file_with_one_changed_byte_is_proven(office: Office, made: Made) -> None:
    places = positions(made.signed)
    assert len(places) > 100
    for place in places:
        changed = bytearray(made.signed)
        changed[place] = other_byte(made.signed, place)
        assert office.verifier.verify(bytes(changed)).verdict is not Verdict.PROVEN, place


@pytest.mark.long
def test_no_file_with_any_byte_of_its_last_container_changed_is_proven(office: Office, made: Made) -> None:
    """Every digit of the time stamp, then every sixty-fourth of the zeros after it; a bit and the case in turn."""
    last = containers(made.signed)[-1]
    for place in (*last[:4000], *last[4000::64], last[-1]):
        changed = bytearray(made.signed)
        changed[place] ^= 0x20 if place % 2 and chr(changed[place]).isalpha() else 0x01
        assert office.verifier.verify(bytes(changed)).verdict is not Verdict.PROVEN, place
