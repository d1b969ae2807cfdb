"""What a sealed PDF says that it is, by the one file attached to it: who signs it, when, and what its pages print."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from arbitration.domain import export_check, signing, standard
from arbitration.domain.export import instant
from arbitration.domain.signing import CLOSE_FIELD, SEAL_FIELD, Panelist, content_digest
from arbitration.domain.verification import Paper, Statement


@dataclass(frozen=True)
class Claim:
    """What the attached data ask of the file around them.

    `earliest` and `latest` are when it may have been signed, None where the data do not say; `printed` must be found on
    its pages. `what` is said of it once it is proven, with the names of its signers put in.
    """

    paper: Paper
    what: Statement
    content_sha256: str
    printed: tuple[str, ...]
    fields: tuple[str, ...] = (SEAL_FIELD, CLOSE_FIELD)
    panel: tuple[Panelist, ...] = ()
    earliest: datetime | None = None
    latest: datetime | None = None
    case_no: str = ""
    version: str = ""


def _ruling(content: bytes) -> Claim:
    document = signing.load(content)
    digest = content_digest(document)
    if document.decided_at is None or document.served_at is None:
        raise ValueError("a ruling without the times of decision and service")
    return Claim(
        paper=Paper.RULING,
        what=Statement(
            f"案件 {document.case_no} 的裁决由下列签署人依次签署：{{}}。"
            "签署人与文件所附 ruling.json 载明的审理组织一致，页面印有该数据的摘要。",
            f"The ruling in {document.case_no} was signed in turn by: {{}}. They are the panel named in the attached "
            "ruling.json, whose digest is printed on the pages.",
        ),
        content_sha256=digest,
        printed=(document.case_no, document.verify_code, digest),
        fields=document.signature_fields,
        panel=document.panel,
        earliest=document.decided_at,
        latest=document.served_at,
        case_no=document.case_no,
    )


def _bundle(content: bytes) -> Claim:
    record = export_check.read_record("case.json", content)
    if isinstance(record, tuple):
        raise ValueError(": ".join(record))
    digest = sha256(content).hexdigest()
    case_no = str(record["case"]["number"])
    made_at = datetime.fromisoformat(record["made_at"])
    if instant(made_at) != record["made_at"]:
        raise ValueError("not made at a time")
    return Claim(
        paper=Paper.BUNDLE,
        what=Statement(
            f"案件 {case_no} 的案卷册由本机构签章：{{}}。页面印有所附案件记录（case.json）的摘要。",
            f"The bundle of {case_no} was sealed by: {{}}. Its pages print the digest of the attached record "
            "(case.json).",
        ),
        content_sha256=digest,
        printed=(case_no, digest),
        earliest=made_at.replace(microsecond=0),
        case_no=case_no,
    )


def _standard(content: bytes) -> Claim:
    version = standard.parse(content.decode()).version
    digest = sha256(content).hexdigest()
    return Claim(
        paper=Paper.STANDARD,
        what=Statement(
            f"标准第 {version} 版的正本由本机构签章：{{}}。页面印有所附文本（standard.yaml）的摘要。",
            f"Version {version} of the standard was sealed by: {{}}. Its pages print the digest of the attached text "
            "(standard.yaml).",
        ),
        content_sha256=digest,
        printed=(version, digest),
        version=version,
    )


READ: Mapping[str, Callable[[bytes], Claim]] = {
    "ruling.json": _ruling,
    "case.json": _bundle,
    "standard.yaml": _standard,
}
"""Name of the attached file -> how it is read; each raises ValueError, or what hostile bytes do in the libraries."""


def printable_time(moment: datetime) -> str:
    """`2026-11-22 06:00:00`, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
