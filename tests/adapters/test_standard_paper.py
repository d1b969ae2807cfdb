"""The sealed file of a version: what stock tools find in it, and that every clause came through."""

import hashlib
import re
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from arbitration.adapters.pdf_proofread import extract_text
from arbitration.adapters.pdf_render import NotRendered
from arbitration.domain.standard import parse
from arbitration.domain.standard_paper import StandardPaper, paper_from, paper_to
from tests.adapters.conftest import DECIDED, Office

pytestmark = pytest.mark.xdist_group("pdf")

FILE = Path(__file__).parents[1] / "domain" / "small_standard.yaml"
TEXT = FILE.read_text("utf-8")
PAPER = StandardPaper(
    text=TEXT,
    name_zh="数字商品独立仲裁委员会",
    name_en="Independent Arbitration Committee for Digital Goods",
    is_demo=True,
    address="https://committee.example/standard/1.0.0",
    published_at=DECIDED,
)


@pytest.fixture(scope="module")
def unsealed(office: Office) -> bytes:
    return office.renderer.render_standard(PAPER).pdf


@pytest.fixture(scope="module")
def sealed(office: Office, unsealed: bytes) -> bytes:
    return office.seal.close(office.seal.certify(unsealed))


def test_pdfsig_finds_seal_and_closing_valid_and_the_whole_stamped(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "standard.pdf"
    path.write_bytes(sealed)
    output = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert re.findall(r"Field Name: (\w+)", output) == ["seal", "close", "timestamp1"]
    assert output.count("Signature Validation: Signature is Valid.") == 2
    assert output.rstrip().split("Signature #")[-1].count("Total document signed") == 1


def test_the_text_as_published_is_attached_and_its_digest_and_every_clause_printed(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as file:
        attached = file.Root.AF[0].EF.F.read_bytes()
    assert attached == FILE.read_bytes()
    printed = "".join(extract_text(sealed).split())
    assert hashlib.sha256(attached).hexdigest() in printed
    for clause in parse(TEXT).clauses:
        assert clause.ref in printed
        assert clause.text_sha256 in printed
    assert "第1页共" in printed
    assert "Page1of" in printed


def test_the_same_version_gives_the_same_bytes(office: Office, unsealed: bytes) -> None:
    assert office.renderer.render_standard(PAPER).pdf == unsealed


def test_a_text_that_is_no_version_is_not_rendered(office: Office) -> None:
    with pytest.raises(NotRendered, match="StandardRefused"):
        office.renderer.render_standard(paper_from(paper_to(PAPER).replace(b"72h", b"72x")))
