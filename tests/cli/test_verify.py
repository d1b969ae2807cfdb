"""What `verify ruling` prints is in the language that was asked for."""

from pathlib import Path

import pytest

from arbitration.adapters import export_verify, pdf_verify
from arbitration.cli.rulings import print_report
from arbitration.domain import export_check, verification_details
from arbitration.domain.verification import Report, Statement, Verdict, VerificationCheck
from arbitration.domain.verification_details import in_chinese

REPORT = Report(
    Verdict.PROVEN,
    (),
    proven=(Statement("文件未被改动。", "The file was not changed."),),
    not_proven=(Statement("内容是否正确。", "Whether it is right."),),
)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("zh", ["已证明: 文件未被改动。", "未证明: 内容是否正确。", "核验通过"]),
        ("en", ["proven: The file was not changed.", "not proven: Whether it is right.", "PROVEN"]),
    ],
)
def test_a_report_is_printed_in_one_language(capsys: pytest.CaptureFixture[str], lang: str, lines: list[str]) -> None:
    print_report(REPORT, lang)
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize(
    ("detail", "chinese"),
    [
        ("byte 0: this is no export of a case", "第 0 字节：这不是案件导出文件"),
        ("case.json: its SHA-256 is ab, the manifest says cd", "case.json：SHA-256 为 ab，清单所列为 cd"),
        ("byte 7: what follows the content of a: b is not as an export has it", "第 7 字节：a: b 的内容之后的部分"),
        ("originals/C-1_{0}.txt: the manifest lists it and it is not there", "originals/C-1_{0}.txt：清单列有该文件"),
        ("case.json, byte 3: it is not written in canonical form (RFC 8785)", "case.json, 第 3 字节：不是规范写法"),
        ("it is no bundle or ruling: it says that it is a standard", "不是案卷册或裁决书：文件自称是标准文本"),
        ("sig-1: the bytes it covers have changed", "sig-1：所覆盖的字节已被改动"),
        ("it is no PDF", "不是 PDF 文件"),
    ],
)
def test_what_a_check_says_itself_is_said_in_chinese_too(detail: str, chinese: str) -> None:
    assert (in_chinese(detail) or "").startswith(chinese)


def test_the_words_of_a_library_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_chinese("PdfReadError: startxref not found") is None
    said = [VerificationCheck("a", False, "可读", "readable", detail) for detail in ("it is no PDF", "PdfReadError: x")]
    print_report(Report(Verdict.UNUSABLE, tuple(said)), "zh")
    assert capsys.readouterr().out.splitlines()[:2] == ["✗ 可读 (不是 PDF 文件)", "✗ 可读 (PdfReadError: x)"]


def test_the_catalogue_has_only_sentences_that_the_verifiers_say() -> None:
    source = "".join(
        Path(str(module.__file__)).read_text("utf-8") for module in (export_check, export_verify, pdf_verify)
    )
    for sentence in verification_details._SENTENCES:
        assert all(piece in source for piece in sentence.removesuffix(" is not as an export has it").split("{}"))
