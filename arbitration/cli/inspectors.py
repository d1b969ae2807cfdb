"""Inspectors: their keys, reports signed and verified offline, and the register."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

import click

from arbitration.actions import inspectors
from arbitration.cli.rulings import print_report
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Invalid
from arbitration.domain.inspection import Brought, Check, Expertise, Judgement, Revocation, judge
from arbitration.domain.inspector_register import read_register
from arbitration.domain.manifest import ManifestRefused, jwk, thumbprint
from arbitration.domain.standard import beginning_of
from arbitration.domain.strict_json import Malformed, read_json
from arbitration.domain.verification import Report, Statement, Verdict
from arbitration.store import inspectors as store
from arbitration.wiring import new_inspection_key, sign_manifest, verify_signature, wall_clock

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
MAX_STATEMENT_BYTES = 64 * 1024


@click.group("inspector")
def inspector() -> None:
    """Inspectors and their signed reports."""


@inspector.command("keygen")
@click.argument("file", type=NEW_FILE)
@click.option("--passphrase", default="", help="Under which the key is kept; none when left out.")
def keygen(file: Path, passphrase: str) -> None:
    """Make a signing key in FILE (for its owner alone) and print its public half, to be registered."""
    show(jwk(new_inspection_key(file, passphrase)))


@inspector.command("sign")
@click.argument("report", type=FILE)
@click.option("--sample", "samples", multiple=True, type=FILE, help="A file that was inspected; repeatable.")
@click.option("--says", required=True, type=FILE, help="What is signed beside the digests (JSON).")
@click.option("--key", required=True, type=FILE, help="The signing key (PEM).")
@click.option("--passphrase", default="", help="Of the key.")
@click.option("-o", "--output", required=True, type=NEW_FILE, help="Where the manifest goes.")
def sign(report: Path, samples: tuple[Path, ...], says: Path, key: Path, passphrase: str, output: Path) -> None:
    """Sign a manifest for REPORT, offline. Nothing is sent.

    The file of --says holds matter, method, tool, times, finding and conflict as the published JSON Schema has them;
    the digests of the report and of the samples are added here.
    """
    with _unusable_told():
        said = _statement(says)
        added = {
            "v": 1,
            "samples": [{"sha256": _sha256(sample)} for sample in samples],
            "report": {"file_name": report.name, "sha256": _sha256(report)},
        }
        payload = json.dumps(said | added, ensure_ascii=False).encode()
        try:
            text = sign_manifest(key, passphrase, payload)
        except ManifestRefused as refused:
            place = refused.fields[0]
            raise Invalid(f"{says} (--says) with what is added here: {place.path}: {place.message}") from refused
        output.write_text(text, "ascii")
    show({"manifest": str(output), **added})


@inspector.command("verify")
@click.argument("manifest", type=FILE)
@click.option("--report", required=True, type=FILE, help="The report that it was signed for.")
@click.option("--sample", "samples", multiple=True, required=True, type=FILE, help="The inspected files; repeatable.")
@click.option("--keys", required=True, type=FILE, help="The register (/inspectors.json of the office).")
@click.option("--case", "case_no", default="", help="Number of the case that it must name.")
@click.option("--at", type=click.DateTime(), help="UTC time at which the office had it; now when left out.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True)
def verify(
    manifest: Path, report: Path, samples: tuple[Path, ...], keys: Path, case_no: str, at: datetime | None, lang: str
) -> None:
    """Judge MANIFEST without account, database or network. Exit 0: proven, 1: refused, 2: unusable."""
    with _unusable_told():
        now = wall_clock()
        brought = Brought(
            report_sha256=_sha256(report),
            received_at=at.replace(tzinfo=now.tzinfo) if at else now,
            items={_sha256(sample): sample.name for sample in samples},
            case_no=case_no,
        )
        text = manifest.read_bytes().decode("ascii", errors="replace")
        found = judge(text, read_register(keys.read_bytes()).get, verify_signature, brought)
    told = _report(found)
    print_report(told, lang)
    sys.exit(told.verdict.exit_code)


def _statement(says: Path) -> dict[str, object]:
    try:
        said = read_json(says.read_bytes()[:MAX_STATEMENT_BYTES])
    except Malformed as problem:
        raise Invalid(f"{says} (--says): {problem}") from problem
    if not isinstance(said, dict):
        raise Invalid(f"{says} (--says) does not hold one JSON object.")
    return said


@contextmanager
def _unusable_told() -> Iterator[None]:
    """What cannot be read says nothing about a report: exit 2, as for what is no manifest."""
    try:
        yield
    except (Invalid, OSError, ValueError) as problem:
        click.echo(f"arbitration: {problem}", err=True)
        sys.exit(Verdict.UNUSABLE.exit_code)


def _report(found: Judgement) -> Report:
    verdict = Verdict.UNUSABLE if found.refused else Verdict.REFUSED if found.failed else Verdict.PROVEN
    return Report(verdict, found.checks, _proven(found) if verdict is Verdict.PROVEN else (), _NOT_PROVEN)


def _proven(found: Judgement) -> tuple[Statement, ...]:
    name = found.key.name if found.key and found.found[Check.SIGNATURE] else Bilingual("", "")
    return (
        Statement(
            f"{name.zh}就这份报告和这些样本签署了清单，此后均未改动。",
            f"{name.en} signed for exactly this report and these samples; none has changed since.",
        ),
    )


_NOT_PROVEN = (
    Statement("检验结论是否正确。", "Whether the finding is right."),
    Statement(
        "名册文件是否出自秘书处：请自行从其网站下载。",
        "Whether the register is the office's: fetch it from its site yourself.",
    ),
    Statement(
        "清单何时签署：其中的时间是检验人自述。", "When it was signed: the times in it are the inspector's word."
    ),
    Statement("秘书处何时收到：见案卷记录，或用 --at 指定。", "When the office had it: its record tells, see --at."),
)


@inspector.command("register")
@click.option("--zh", required=True, help="Name in Chinese.")
@click.option("--en", required=True, help="Name in English.")
@click.option("--for", "expertise", multiple=True, required=True, type=click.Choice([each.value for each in Expertise]))
@click.option("--key", help="Public key: JWK, or base64 of its 32 bytes.")
@click.option("--office", "own", is_flag=True, help="Instead of --key: the office's own key, for its endpoint checks.")
@click.option("--until", type=DAY, help="Last day of the accreditation; left out while it lasts.")
@click.option("--account", help="E-mail of its account, of the role inspector.")
def register(
    zh: str,
    en: str,
    expertise: tuple[str, ...],
    key: str | None,
    own: bool,
    until: datetime | None,
    account: str | None,
) -> None:
    """Accredit an inspector from now on."""
    if own is (key is not None):
        raise Invalid("Give the inspector's key (--key), or say that it is the office's own (--office).")
    with office() as portal, portal.work(OPERATOR) as work:
        row = inspectors.register(
            work,
            name=Bilingual(zh, en),
            expertise={Expertise(each) for each in expertise},
            key=key or json.dumps(jwk(work.ports.inspection_keys.office_key())),
            until=beginning_of(until.date() + timedelta(days=1)) if until else None,
            email=account,
        )
        shown = {"inspector": row.id, "name": en}
    show(shown)


@inspector.command("rotate")
@click.argument("kid")
@click.option("--key", required=True, help="The new public key.")
def rotate(kid: str, key: str) -> None:
    """Put a new key in the place of KID; what came signed with it before stays good."""
    with office() as portal, portal.work(OPERATOR) as work:
        new = inspectors.rotate_key(work, kid, key).kid
    show({"revoked": kid, "kid": new})


@inspector.command("revoke")
@click.argument("kid")
@click.option("--why", required=True, type=click.Choice([Revocation.RETIRED.value, Revocation.COMPROMISED.value]))
@click.option("--since", type=DAY, help="Day since which it was compromised; unknown when left out: all is distrusted.")
def revoke(kid: str, why: str, since: datetime | None) -> None:
    """Believe nothing that comes signed with KID from now on; after a compromise, nothing since it began."""
    with office() as portal, portal.work(OPERATOR) as work:
        reaches = inspectors.revoke_key(
            work, kid, Revocation(why), beginning_of(since.date()) if since else None
        ).distrusted_from
    show({"revoked": kid, "distrusted_from": reaches.isoformat() if reaches else None})


@inspector.command("list")
def list_inspectors() -> None:
    """Print the register."""
    with office() as portal, portal.read(OPERATOR) as work:
        shown = [
            {
                "inspector": row.id,
                "zh": row.name_zh,
                "en": row.name_en,
                "accredited": row.accredited_at(work.now),
                "keys": {thumbprint(key.public_key): key.revoked_why or "in force" for key in row.keys},
            }
            for row in store.inspectors(work.session)
        ]
    show(shown)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


COMMANDS = (inspector,)
