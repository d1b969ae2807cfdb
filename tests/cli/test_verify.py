"""What `verify ruling` prints is in the language that was asked for."""

import pytest

from arbitration.cli.rulings import print_report
from arbitration.domain.verification import Report, Statement, Verdict

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
