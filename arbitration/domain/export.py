"""The export of a case: whose view it is, what it holds under which names, and the manifest that is signed."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

import rfc8785

from arbitration.domain.evidence import ItemState, may_read, visible
from arbitration.domain.permissions import PARTIES, Role
from arbitration.domain.vocabulary import Side

RECORD_SCHEMA, MANIFEST_SCHEMA = "case-export.v1", "export-manifest.v1"
README, MANIFEST, SIGNATURE = "README.txt", "manifest.json", "manifest.sig"
SEAL_CERTIFICATE, ISSUING_CERTIFICATE = "certificates/seal.pem", "certificates/issuing.pem"
RECORD, RULING = "case.json", "ruling.pdf"
FIRST = (README, MANIFEST, SIGNATURE, SEAL_CERTIFICATE, ISSUING_CERTIFICATE, RECORD)
"""The files every export begins with, in this order; a ruling and the originals follow."""
MAX_NAME_BYTES = 120

Record = dict[str, Any]
"""The record of a case as plain JSON: what `case.json` holds, and what the bundle is printed from."""

_NAME = re.compile(r"(?:originals|quarantined)/[CRPI]-[1-9][0-9]{0,5}_[^/\\:*?\"<>|\x00-\x1f\x7f]+")
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f\s]+')


class View(StrEnum):
    """For whose eyes an export or a bundle is: all of the office's, the platform's, or what one side may see.

    The platform has what the office has but the originals that a side keeps confidential.
    """

    OFFICE = "office"
    PLATFORM = "platform"
    CLAIMANT = "claimant"
    RESPONDENT = "respondent"


TOLD_TO_PARTIES = frozenset(
    {
        "admission_decided",
        "case_opened",
        "closed_without_orders",
        "comment_lapsed",
        "compliance_confirmed",
        "cure_asked",
        "cured",
        "deadline_missed",
        "deadline_set",
        "deemed_withdrawn",
        "default_noted",
        "evidence_challenged",
        "evidence_commented",
        "evidence_disclosed",
        "evidence_erased",
        "evidence_expected",
        "evidence_quarantined",
        "evidence_received",
        "evidence_stamped",
        "evidence_unavailable",
        "execution_reported",
        "inspection_asked",
        "inspection_declined",
        "inspection_reported",
        "inspection_taken",
        "inspection_withdrawn",
        "message_posted",
        "noncompliance_recorded",
        "notices_served",
        "objection_answered",
        "objection_decided",
        "production_expired",
        "production_ordered",
        "production_produced",
        "production_refused",
        "production_reopened",
        "production_withdrawn",
        "record_closed",
        "rejected",
        "responded",
        "review_ended",
        "review_waived",
        "ruling_issued",
        "settlement_reported",
        "withdrawn",
    }
)
"""Events whose content a party gets: what its page tells it. Of any other, and of any new kind, it gets only the hash
that holds the chain; so of a file that is held, of particulars that were added and of what the arbitrator found of one.
"""


def view_of(role: Role, side: Side | None) -> View:
    """The view of a reader: a party's, or its representative's, is that of its *side*."""
    if role in PARTIES and side is not None:
        return View(side.value)
    return View.PLATFORM if role in (Role.PLATFORM, Role.PLATFORM_OFFICER) else View.OFFICE


def reader_in(view: View) -> Role:
    """As whom the reader of a view reads items."""
    return Role.REGISTRAR if view is View.OFFICE else Role(view.value)


def is_of_side(view: str) -> bool:
    """Whether a view, a `View` or what a stranger's record calls one, is one side's: it has less than the staff's."""
    return view not in (View.OFFICE, View.PLATFORM)


def tells(view: str, kind: str) -> bool:
    """Whether an event's content goes into *view*, a `View` or what a stranger's record calls one."""
    return not is_of_side(view) or kind in TOLD_TO_PARTIES


def state_in(view: View, state: ItemState, uploaded_by: Role | None, announced: bool) -> ItemState | None:
    """As what an item is named in a view, None where it is not; *uploaded_by* whom, if it did not come by platform.

    What is held is seen by the office and who filed it; of one that was *announced*, both sides see that it is awaited.
    """
    if not is_of_side(view) or state is not ItemState.HELD:
        return state
    if announced:
        return ItemState.EXPECTED
    return state if uploaded_by is not None and uploaded_by.value == view.value else None


def opens(view: View, state: ItemState) -> bool:
    """Whether the file of an item that is here goes into *view*: whoever reads that view may take it out."""
    return may_read(state, reader_in(view))


def instant(moment: datetime | None) -> str | None:
    """`2026-11-22T06:00:00.000000Z`, as the record writes times."""
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def at_micros(value: int) -> datetime:
    """The time of a leaf, which counts microseconds since 1970 (UTC). Raises OverflowError beyond the calendar."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)


def original_name(label: str, file_name: str, state: ItemState) -> str:
    """Where an item's file stands: its label first, so that it is unique, and no character that a system refuses.

    `originals/C-1_聊天记录.txt`; a quarantined file stands apart. At most 120 bytes, the ending kept.
    """
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", visible(file_name))).strip("._ ") or "file"
    safe = "".join(each for each in safe if unicodedata.category(each) not in {"Cs", "Co", "Cn"}) or "file"
    stem, dot, ending = safe.rpartition(".")
    ending = (dot + ending)[:16] if stem else ""
    body = (stem or safe).encode()[: MAX_NAME_BYTES - len(ending.encode())].decode(errors="ignore").rstrip(". ")
    folder = "quarantined" if state is ItemState.QUARANTINED else "originals"
    return f"{folder}/{label}_{body}{ending}"


def is_name(name: str) -> bool:
    """Whether an export may hold a file of this name: nothing that leaves its folder or is read in two ways."""
    fits = name in FIRST or name == RULING or _NAME.fullmatch(name) is not None
    return fits and visible(name) == name.rpartition("/")[2] and not name.endswith((".", " "))


@dataclass(frozen=True)
class Listed:
    """A file as the manifest lists it: `size` in bytes, `sha256` hex of its content."""

    name: str
    size: int
    sha256: str


def listed(name: str, content: bytes) -> Listed:
    """A file at hand, as the manifest lists it."""
    return Listed(name, len(content), sha256(content).hexdigest())


def manifest(case_no: str, view: View, made_at: datetime, files: Iterable[Listed]) -> bytes:
    """The canonical JSON that is signed: every other file but the signature, in the order in which they stand."""
    content: Record = {
        "schema": MANIFEST_SCHEMA,
        "case": case_no,
        "view": view.value,
        "made_at": instant(made_at),
        "files": [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in files],
    }
    return rfc8785.dumps(content)


def readme(case_no: str, institution_zh: str, institution_en: str, address: str) -> bytes:
    """How to check the export, in both languages."""
    text = _README.format(case=case_no, zh=institution_zh, en=institution_en, address=address)
    return text.encode()


_README = """\
{case}

{zh}：案件 {case} 的导出文件

  case.json      案件记录：当事人、请求、证据清单、往来信息、事件记录（叶、日志包含证明与检查点）
  ruling.pdf     已签章的裁决书（如已作出）
  originals/     证据原件（对本视图保密的为遮盖版），文件名以编号开头
  quarantined/   被隔离的文件，与申报不符或者可能有害，请勿打开
  manifest.json  每个文件的大小与 SHA-256
  manifest.sig   本机构电子印章对 manifest.json 的签名（ECDSA，SHA-256）
  certificates/  印章证书与签发机构证书

核验：先从本机构另行取得根证书 root.pem（并通过其他途径核对指纹），然后
  arbitration verify export 本文件.zip --trust root.pem --lang zh
该命令无需账户、数据库或网络。也可使用通用工具，在解压后的目录中执行：
  openssl verify -CAfile root.pem -untrusted certificates/issuing.pem certificates/seal.pem
  openssl x509 -in certificates/seal.pem -noout -pubkey > seal.pub
  openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json
  sha256sum 各文件，并与 manifest.json 逐一比对
摘要值只证明文件自收到以来未被改动，不证明其内容真实。

{en}: export of case {case}

  case.json      the record: parties, claims, items, messages, events (leaves, proofs of inclusion, checkpoint)
  ruling.pdf     the sealed ruling, where there is one
  originals/     the evidence as it came, labels first; of what is confidential to this view, the redacted copy
  quarantined/   what may not be used: do not open it
  manifest.json  size and SHA-256 of every file
  manifest.sig   the institution's seal on manifest.json (ECDSA, SHA-256)
  certificates/  the certificates of the seal and of its issuer

To check it, get the institution's root certificate root.pem by another way, compare its fingerprint elsewhere, and run
  arbitration verify export THIS.zip --trust root.pem
which needs no account, database or network. With public tools, in the folder of the unpacked files:
  openssl verify -CAfile root.pem -untrusted certificates/issuing.pem certificates/seal.pem
  openssl x509 -in certificates/seal.pem -noout -pubkey > seal.pub
  openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json
  sha256sum of each file, compared with manifest.json
A digest shows that a file is unaltered since it was received, not that its content is true.

{address}
"""
