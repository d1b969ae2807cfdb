"""Custody: what happens to an item of evidence, in the words of the list that stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.permissions import Role

STEPS: Mapping[str, Bilingual] = {
    "evidence_expected": Bilingual("平台预告，待取回", "Announced by the platform, to be fetched"),
    "evidence_received": Bilingual("收到并计算摘要值（SHA-256）", "Received, digest taken (SHA-256)"),
    "evidence_quarantined": Bilingual("与申报不符，已隔离", "Not what was declared, quarantined"),
    "evidence_unavailable": Bilingual("未能取得文件", "The file could not be had"),
    "evidence_stamped": Bilingual("取得可信时间戳并核验", "Trusted time obtained and verified"),
    "evidence_viewed": Bilingual("取出", "Taken out"),
    "evidence_erased": Bilingual("文件及其名称已删除", "File and name erased"),
}
"""Kind of event in the history -> what it is called in an item's custody list."""
VERIFIED = Bilingual("摘要值与申报一致", "Digest found to be the declared one")
"""A second line under a receipt, where a digest had been declared to compare with."""


@dataclass(frozen=True)
class CustodyEvent:
    """One line of an item's custody. `seq` counts the events of the case; `name` is empty for who may not know it."""

    seq: int
    at: datetime
    kind: str
    what: Bilingual
    role: Role
    name: str
    leaf_hash: str


def lines_of(kind: str, payload: Mapping[str, object]) -> tuple[Bilingual, ...]:
    """What one event says in the list: more than one line where more than one thing was done at once."""
    compared = kind == "evidence_received" and payload.get("compared") is True
    return (STEPS[kind], VERIFIED) if compared else (STEPS[kind],)
