"""Custody: what happens to an item of evidence, in the words of the list that stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.confidentiality import Copy
from arbitration.domain.permissions import Role

STEPS: Mapping[str, Bilingual] = {
    "evidence_expected": Bilingual("平台预告，待取回", "Announced by the platform, to be fetched"),
    "evidence_received": Bilingual("收到并计算摘要值（SHA-256）", "Received, digest taken (SHA-256)"),
    "evidence_held": Bilingual("收到，待病毒扫描", "Received, held until it is scanned"),
    "evidence_quarantined": Bilingual("不得使用，已隔离", "May not be used, quarantined"),
    "evidence_unavailable": Bilingual("未能取得文件", "The file could not be had"),
    "evidence_stamped": Bilingual("取得可信时间戳并核验", "Trusted time obtained and verified"),
    "evidence_opened": Bilingual("打开阅览", "Opened to read"),
    "evidence_viewed": Bilingual("取出", "Taken out"),
    "evidence_disclosed": Bilingual("仲裁员决定披露原件", "The arbitrator disclosed the original"),
    "evidence_cured": Bilingual("补充所缺事项", "What was missing was added"),
    "inspection_asked": Bilingual("委托检验", "Inspection asked for"),
    "inspection_taken": Bilingual("检验人接受委托并作声明", "Taken on by the inspector, with a declaration"),
    "inspection_declined": Bilingual("检验人谢绝委托", "Declined by the inspector"),
    "inspection_withdrawn": Bilingual("撤回检验委托", "Request for inspection withdrawn"),
    "sample_handed_out": Bilingual("检材交付检验人", "Sample handed out to the inspector"),
    "inspection_reported": Bilingual("检验人提交报告", "Reported on by the inspector"),
    "endpoint_check_asked": Bilingual("查询商家验证接口", "The merchant’s check endpoint was asked about it"),
    "item_found": Bilingual("仲裁员就其作出认定", "The arbitrator found something of it"),
    "admission_decided": Bilingual("仲裁员决定是否采纳", "The arbitrator decided how it is admitted"),
    "evidence_challenged": Bilingual("对方提出异议", "Objected to"),
    "objection_answered": Bilingual("答复异议", "The objection was answered"),
    "objection_decided": Bilingual("仲裁员就异议作出决定", "The arbitrator decided on the objection"),
    "evidence_commented": Bilingual("就逾期证据发表意见", "Commented on, as it came late"),
    "comment_lapsed": Bilingual("逾期未发表意见", "Not commented on in time"),
    "production_produced": Bilingual("依提供命令提交", "Produced as ordered"),
    "production_reopened": Bilingual("不能使用，提供命令恢复待答复", "Cannot be used, so the order is open again"),
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
    if payload.get("copy") == Copy.REDACTED:
        done = STEPS[kind]
        return (Bilingual(f"{done.zh}（遮盖版）", f"{done.en} (redacted copy)"),)
    return (STEPS[kind], VERIFIED) if compared else (STEPS[kind],)
