"""Handing out rulings and verifying them, the latter without account, database or network."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from arbitration.actions import signing
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.errors import Invalid
from arbitration.domain.verification import Paper, Report, Verdict
from arbitration.domain.verification_details import in_chinese
from arbitration.wiring import export_verifier, sealed_verifier

Command = TypeVar("Command", bound=Callable[..., None])
Verifier = TypeVar("Verifier")


@click.group("ruling")
def ruling() -> None:
    """Issued rulings."""


@ruling.command("save")
@click.argument("case_no", metavar="CASE")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def save(case_no: str, file: Path) -> None:
    """Write the signed ruling of CASE to FILE."""
    with office() as portal:
        with portal.work(OPERATOR) as work:
            row = signing.take_out(work, case_no)
        file.write_bytes(portal.ports.blobs.read(row.signed_blob or ""))
    show({"case": case_no, "file": str(file), "sha256": row.signed_sha256, "verify_code": row.verify_code})


@click.group("verify")
def verify() -> None:
    """Check what this office issued, offline."""


def _offline(command: Command) -> Command:
    """What every offline check is given: the file, the root to trust, and how to tell the verdict."""
    readable = click.Path(path_type=Path, dir_okay=False, exists=True)
    for given in (
        click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON."),
        click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True),
        click.option("--trust", required=True, type=readable, help="Root certificate of the institution (PEM)."),
        click.argument("file", type=readable),
    ):
        command = given(command)
    return command


_TIMESTAMP_TRUST = click.option(
    "--timestamp-trust",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Roots (PEM) of the time stamp authority, where the institution uses another's.",
)


@verify.command("ruling")
@_offline
@_TIMESTAMP_TRUST
def verify_ruling(file: Path, trust: Path, timestamp_trust: Path | None, lang: str, as_json: bool) -> None:
    """Judge the ruling in FILE against the root of trust. Exit 0: proven, 1: refused, 2: unusable."""
    _judge_sealed(Paper.RULING, file, trust, timestamp_trust, lang, as_json)


@verify.command("bundle")
@_offline
@_TIMESTAMP_TRUST
def verify_bundle(file: Path, trust: Path, timestamp_trust: Path | None, lang: str, as_json: bool) -> None:
    """Judge the bundle of a case in FILE against the root of trust. Exit 0: proven, 1: refused, 2: unusable."""
    _judge_sealed(Paper.BUNDLE, file, trust, timestamp_trust, lang, as_json)


@verify.command("standard")
@_offline
@_TIMESTAMP_TRUST
def verify_standard(file: Path, trust: Path, timestamp_trust: Path | None, lang: str, as_json: bool) -> None:
    """Judge the version of the standard in FILE against the root of trust. Exit 0: proven, 1: refused, 2: unusable."""
    _judge_sealed(Paper.STANDARD, file, trust, timestamp_trust, lang, as_json)


def _judge_sealed(
    paper: Paper, file: Path, trust: Path, timestamp_trust: Path | None, lang: str, as_json: bool
) -> NoReturn:
    try:
        root = trust.read_bytes()
        verifier = _trusting("--trust", trust, lambda: sealed_verifier(paper, root))
        if timestamp_trust is not None:
            roots = timestamp_trust.read_bytes()
            verifier = _trusting("--timestamp-trust", timestamp_trust, lambda: sealed_verifier(paper, root, roots))
        report = verifier.verify(file.read_bytes())
    except OSError as problem:
        click.echo(f"arbitration: {problem}", err=True)
        sys.exit(Verdict.UNUSABLE.exit_code)
    _tell(report, lang, as_json)


@verify.command("export")
@_offline
def verify_export(file: Path, trust: Path, lang: str, as_json: bool) -> None:
    """Judge the export of a case in FILE against the root of trust. Exit 0: proven, 1: refused, 2: unusable."""
    try:
        root = trust.read_bytes()
        verifier = _trusting("--trust", trust, lambda: export_verifier(root))
        with file.open("rb") as opened:
            report = verifier.verify(opened)
    except OSError as problem:
        click.echo(f"arbitration: {problem}", err=True)
        sys.exit(Verdict.UNUSABLE.exit_code)
    _tell(report, lang, as_json)


def _trusting(option: str, file: Path, make: Callable[[], Verifier]) -> Verifier:
    """The verifier that *make* makes of the certificates in *file*. Raises Invalid where it holds none."""
    try:
        return make()
    except ValueError as problem:
        raise Invalid(f"{file} ({option}) holds no certificate; what is wanted is PEM.") from problem


def _tell(report: Report, lang: str, as_json: bool) -> NoReturn:
    if as_json:
        show(_plain(report))
    else:
        print_report(report, lang)
    sys.exit(report.verdict.exit_code)


_ZH = {
    "proven": "已证明",
    "not proven": "未证明",
    "PROVEN": "核验通过",
    "REFUSED": "核验未通过",
    "UNUSABLE": "无法核验",
}


def print_report(report: Report, lang: str) -> None:
    words = _ZH if lang == "zh" else {}
    marks = {True: "✓", False: "✗", None: "–"}
    for check in report.checks:
        detail = (in_chinese(check.detail) if lang == "zh" else None) or check.detail
        click.echo(f"{marks[check.passed]} {getattr(check, lang)}" + (f" ({detail})" if detail else ""))
    for title, statements in (("proven", report.proven), ("not proven", report.not_proven)):
        for statement in statements:
            click.echo(f"{words.get(title, title)}: {getattr(statement, lang)}")
    click.echo(words.get(report.verdict.upper(), report.verdict.upper()))


def _plain(report: Report) -> dict[str, object]:
    return {
        "verdict": report.verdict,
        "paper": report.paper,
        "case": report.case_no,
        "file_sha256": report.file_sha256,
        "content_sha256": report.content_sha256,
        "checks": [
            {"id": check.id, "passed": check.passed, "zh": check.zh, "en": check.en, "detail": check.detail}
            for check in report.checks
        ],
        "signatures": [
            {"field": found.field, "name": found.name, "at": found.at.isoformat() if found.at else None}
            for found in report.signatures
        ],
        "proven": [{"zh": statement.zh, "en": statement.en} for statement in report.proven],
        "not_proven": [{"zh": statement.zh, "en": statement.en} for statement in report.not_proven],
    }


COMMANDS = (ruling, verify)
