"""The bundle of a case as a file: what stock tools find in it, and that hostile text and files do no harm there."""

import io
import random
import re
import subprocess
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from arbitration.adapters.pdf_bundle import EVENTS, FILE_TYPES
from arbitration.adapters.pdf_proofread import extract_text
from arbitration.adapters.pdf_verify import SEALED, SealedVerifier
from arbitration.domain import log
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.bundle import BundlePaper, ItemPages, Shown, content_of, paper_from, paper_to
from arbitration.domain.evidence import MEDIA_TYPES
from arbitration.domain.export import TOLD_TO_PARTIES
from arbitration.domain.verification import Paper, Verdict
from arbitration.web.event_words import EVENTS as ON_PAGES
from tests.adapters.conftest import Office

pytestmark = pytest.mark.xdist_group("pdf")

HOSTILE = "\u202e收据<img src=x onerror=alert(1)>\u0000.txt"
AT = "2026-11-22T06:00:00.000000Z"


def picture(color: str = "red", size: tuple[int, int] = (300, 400)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, "PNG")
    return made.getvalue()


def item(label: str, **changed: Any) -> dict[str, Any]:
    return {
        "label": label,
        "kind": "chat_log",
        "title": "聊天记录.txt",
        "media_type": "text/plain",
        "size": 12345,
        "sha256": log.commitment(label.encode(), b""),
        "declared_sha256": None,
        "state": "submitted",
        "problem": None,
        "late": False,
        "submitted_by": "claimant",
        "source": "platform",
        "received_at": AT,
        "captured_at": None,
        "erased_at": None,
        "erased_because": None,
        "particulars": {"ids_shown": True, "proves": HOSTILE},
        "verdict": "admitted",
        "verdict_clause": "EV-01",
        "verdict_reason": None,
        "manifest": None,
        "custody": [],
        "file": f"originals/{label}_x.txt",
        "confidential": None,
        "redacted_sha256": None,
        "disclosed": None,
    } | changed


def event(seq: int, kind: str, said: dict[str, Any] | None, told: bool = True) -> dict[str, Any]:
    leaf = {
        "v": 1,
        "case": "CA-2026-000001",
        "seq": seq,
        "prev": log.GENESIS,
        "kind": kind,
        "at": 1_795_327_200_000_000,
    }
    return {
        "index": seq,
        "seq": seq,
        "leaf_hash": log.commitment(b"", str(seq).encode()),
        "leaf": leaf | {"actor": "system", "commit": log.GENESIS} if told else None,
        "salt": None,
        "said": said,
        "proof": [],
    }


def record(items: int = 3, language: str = "zh-CN", view: str = "office") -> dict[str, Any]:
    listed = [item(f"C-{number}") for number in range(1, items + 1)]
    listed[1:2] = [item("C-2", title=HOSTILE, state="quarantined", problem="digest_mismatch")] if items > 1 else []
    return {
        "schema": "case-export.v1",
        "view": view,
        "made_at": AT,
        "institution": {"zh": "数字商品独立仲裁委员会", "en": "Independent Arbitration Committee", "demo": True},
        "case": {
            "number": "CA-2026-000001",
            "title": f"激活码无法使用 {HOSTILE}",
            "state": "ruled",
            "language": language,
            "platform": "卡密优选",
            "order_id": "O-1",
            "order_minor": 12800,
            "received_at": AT,
            "admitted_at": AT,
            "ruled_at": None,
            "ended_at": None,
            "record_sha256": log.GENESIS,
            "ruling_sha256": None,
        },
        "parties": [{"role": "claimant", "side": "claimant", "name": "王先生", "account": "u-1"}],
        "claims": [],
        "items": listed,
        "messages": [{"kind": "statement", "role": "claimant", "name": "王先生", "text": HOSTILE, "at": AT}],
        "events": [
            event(1, "case_opened", {"track": "fast"}),
            *(event(2 + place, "evidence_received", {"label": each["label"]}) for place, each in enumerate(listed)),
            event(2 + items, "arbitrator_proposed", None, told=False),
        ],
        "checkpoint": {"size": 9, "root": log.GENESIS},
    }


@pytest.fixture(scope="module")
def paper() -> BundlePaper:
    """Three items: a picture, one in quarantine, and one of whose pages two are printed."""
    pages = {
        "C-1": ItemPages(Shown.PAGES, (picture(),)),
        "C-3": ItemPages(Shown.PART, (picture("blue", (1190, 1684)), picture("green", (1400, 100)))),
    }
    return BundlePaper(record(), pages, {"cause": Bilingual("损失原因", "Cause of the loss")})


@pytest.fixture(scope="module")
def rendered(office: Office, paper: BundlePaper) -> bytes:
    return office.renderer.render_bundle(paper).pdf


def test_other_programs_open_it_and_the_contents_lead_to_numbered_pages(
    office: Office, rendered: bytes, paper: BundlePaper, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.pdf"
    path.write_bytes(office.seal.close(office.seal.certify(rendered)))
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False).returncode == 0
    information = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    pages = int(re.search(r"Pages: +(\d+)", information)[1])  # type: ignore[index]
    assert "Tagged:          yes" in information
    signed = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert signed.count("Signature Validation: Signature is Valid.") == 2
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert f"第{pages}页共{pages}页" in "".join(text.split())
    sheets = text.split("\f")
    for each in paper.record["items"]:
        assert each["sha256"] in "".join(sheets[_page_of(path, each["label"]) - 1].split())
    with pikepdf.open(path) as file, file.open_outline() as outline:
        titles = [found.title for root in outline.root for found in (root, *root.children)]
    assert [title.split()[0] for title in titles] == [
        "案卷册",
        "目录",
        "C-1",
        "C-2",
        "C-3",
        "往来信息",
        "事件记录",
        "签章",
    ]


def _page_of(path: Path, label: str) -> int:
    """The page that the contents give for an item."""
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    contents = next(page for page in text.split("\f") if "目录" in page)
    return int(re.search(rf"{label} .*第 *(\d+)", contents)[1])  # type: ignore[index]


def test_the_record_is_attached_and_every_text_came_through_without_what_could_act(
    rendered: bytes, paper: BundlePaper
) -> None:
    with pikepdf.open(io.BytesIO(rendered)) as file:
        assert file.Root.AF[0].EF.F.read_bytes() == content_of(paper)
    text = extract_text(rendered)
    assert "<img src=x" in text
    assert not set("\u202e\u0000") & set(text)
    assert paper.record["events"][-1]["leaf_hash"] in "".join(text.split())


NAMES = {"cause": Bilingual("损失原因", "Cause of the loss"), "检验所 Laboratory": Bilingual("检验所", "Laboratory")}


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            "zh-CN",
            ("损失原因；unheard", "14:00（北京时间）仓库<b>", "PDF文件(application/pdf)", "检验所"),
            ("Laboratory",),
        ),
        (
            "en",
            ("Causeoftheloss;unheard", "(Beijingtime)仓库<b>", "PDF(application/pdf)", "Laboratory"),
            ("检验所", "损失"),
        ),
    ],
)
def test_what_the_record_has_in_codes_is_printed_under_its_names_in_one_language(
    office: Office, language: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    told = record(1, language)
    answers = {"about_facts": "cause, unheard", "custody": "2026-11-20T06:00:00Z 仓库 <b>"}
    told["items"][0] |= {"media_type": "application/pdf", "particulars": answers}
    line = {"seq": 2, "at": AT, "kind": "x", "zh": "到", "en": "came", "role": "inspector", "name": "检验所 Laboratory"}
    told["items"][0]["custody"] = [line | {"leaf_hash": ""}]
    printed = "".join(extract_text(office.renderer.render_bundle(BundlePaper(told, {}, NAMES)).pdf).split())
    for words in said:
        assert words in printed
    for words in unsaid:
        assert words not in printed


def test_every_type_that_may_be_filed_has_a_name() -> None:
    assert set(FILE_TYPES) == set(MEDIA_TYPES)


def test_every_event_of_a_case_has_its_name_in_both_languages() -> None:
    elsewhere = ("consultation_", "inspector_", "standard_", "vault_")
    assert {kind for kind in ON_PAGES if not kind.startswith(elsewhere)} <= set(EVENTS)
    assert set(EVENTS) >= TOLD_TO_PARTIES


@pytest.fixture(scope="module")
def sealed(office: Office) -> bytes:
    """A small one."""
    office.clock.now = datetime.fromisoformat(AT) + timedelta(minutes=1)
    return office.seal.close(office.seal.certify(office.renderer.render_bundle(BundlePaper(record(1))).pdf))


def test_a_sealed_bundle_is_proven_as_one_and_as_nothing_else(office: Office, sealed: bytes) -> None:
    report = SealedVerifier(office.keys.root_pem(), papers=SEALED).verify(sealed)
    assert (report.verdict, report.paper, report.case_no) == (Verdict.PROVEN, Paper.BUNDLE, "CA-2026-000001")
    assert report.content_sha256 == sha256(content_of(BundlePaper(record(1)))).hexdigest()
    as_ruling = office.verifier.verify(sealed)
    assert as_ruling.verdict is Verdict.UNUSABLE
    assert "it says that it is a bundle" in as_ruling.failed[0].detail


@pytest.mark.parametrize("times", [6, pytest.param(500, marks=pytest.mark.long)])
def test_a_flipped_byte_in_a_sealed_bundle_is_found_and_the_check_says_what(
    office: Office, sealed: bytes, times: int
) -> None:
    pdf, chance = sealed, random.Random(5)
    verifier = SealedVerifier(office.keys.root_pem(), papers=SEALED)
    for _ in range(times):
        place = chance.randrange(len(pdf))
        changed = pdf[:place] + bytes([pdf[place] ^ 1 << chance.randrange(8)]) + pdf[place + 1 :]
        report = verifier.verify(changed)
        assert report.verdict is not Verdict.PROVEN, f"byte {place}"
        assert report.failed[0].detail


def test_the_same_case_gives_the_same_bytes_and_in_english_english(office: Office, paper: BundlePaper) -> None:
    english = BundlePaper(record(1, "en", "claimant"))
    first = office.renderer.render_bundle(english).pdf
    assert office.renderer.render_bundle(paper_from(paper_to(english))).pdf == first
    text = extract_text(first)
    assert "Record of events" in text
    assert "目录" not in text
    assert paper_from(paper_to(paper)) == paper
