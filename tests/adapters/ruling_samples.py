"""Rulings to render and sign: a short and a long one in each language, with the texts of realistic disputes."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from arbitration.domain.evidence import Kind, Problem
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome, ClaimOutcome, Remedy
from arbitration.domain.signing import (
    ClaimEntry,
    ClauseEntry,
    EvidenceEntry,
    FindingEntry,
    Institution,
    Instrument,
    Language,
    Notices,
    OrderEntry,
    Panelist,
    PartyEntry,
    RulingDocument,
    StandardEntry,
    Standing,
    Step,
    StepKind,
    Versions,
)

OPENED = datetime(2026, 11, 14, 1, 20, tzinfo=UTC)
DECIDED = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
SERVED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

INSTITUTION = Institution(
    name_zh="数字商品独立仲裁委员会",
    name_en="Independent Arbitration Committee for Digital Goods",
    registration="",
    is_demo=True,
)

TEXTS = tomllib.loads(Path(__file__).with_name("ruling_texts.toml").read_text())
ZH, EN = TEXTS["zh"], TEXTS["en"]

STEPS = (
    Step(StepKind.ESCALATED, OPENED),
    Step(StepKind.ADMITTED, OPENED + timedelta(minutes=18)),
    Step(StepKind.NOTICE_SERVED, OPENED + timedelta(minutes=19)),
    Step(StepKind.RESPONDED, OPENED + timedelta(hours=30)),
    Step(StepKind.APPOINTED, OPENED + timedelta(hours=31)),
    Step(StepKind.RECORD_CLOSED, OPENED + timedelta(days=4)),
)


def short_zh(**changes: object) -> RulingDocument:
    """A two-claim case, upheld in part, one arbitrator, in Chinese."""
    document = RulingDocument(
        language=Language.ZH,
        instrument=Instrument.INDUSTRY_DETERMINATION,
        institution=INSTITUTION,
        case_no="CA-2026-000042",
        subject="激活码交付九天后被发行方吊销",
        platform="示例卡盟平台",
        parties=(
            PartyEntry(Role.CLAIMANT, "林**", "buyer_88231"),
            PartyEntry(Role.RESPONDENT, "云端软件商行", "shop_20913"),
        ),
        standard=StandardEntry("数字商品交易与售后服务标准", "1.0.0", date(2026, 6, 1)),
        procedure=STEPS,
        claims=(
            ClaimEntry(
                "A",
                Remedy.REFUND_FULL,
                "激活码九天后失效，商家称已过售后时间，请求全额退款。",
                39_900,
                "CNY",
                "激活码交付时有效，页面已写明售后时间为2小时，申请人超时投诉，不同意退款。",
            ),
            ClaimEntry("B", Remedy.COMPENSATION, "另付重新安装服务费用，请求赔偿。", 6_900, "CNY", None),
        ),
        evidence=evidence(
            (
                ("C-1", Kind.CHAT_LOG, "与卖家的聊天记录（214 条）", Role.CLAIMANT, Standing.ADMITTED, None),
                (
                    "C-2",
                    Kind.ORDER_SCREENSHOT,
                    "订单截图（含订单号）.png",
                    Role.CLAIMANT,
                    Standing.ADMITTED,
                    None,
                ),
                ("C-3", Kind.PAYMENT_VOUCHER, "支付凭证.pdf", Role.CLAIMANT, Standing.ADMITTED, None),
                (
                    "R-1",
                    Kind.OTHER,
                    "密钥批次供货发票.jpg",
                    Role.RESPONDENT,
                    Standing.EXCLUDED,
                    Problem.UNAVAILABLE,
                ),
                ("I-1", Kind.INSPECTION_REPORT, "检验报告：密钥激活历史", Role.INSPECTOR, Standing.ADMITTED, None),
            )
        ),
        facts_found=ZH["facts"],
        findings=(
            FindingEntry(
                "A",
                ClaimOutcome.UPHELD,
                ZH["reasons_a"],
                ("PD-03", "AS-05"),
                ("C-1", "C-3", "I-1"),
                Remedy.REFUND_FULL,
                39_900,
            ),
            FindingEntry("B", ClaimOutcome.DISMISSED, ZH["reasons_b"], ("RM-02",), ("C-2",), None, 0),
        ),
        clauses=tuple(clause(id, ZH["clauses"]) for id in ("PD-03", "AS-05", "RM-02")),
        orders=(
            OrderEntry(
                1, Remedy.REFUND_FULL, 39_900, Role.PLATFORM, Role.CLAIMANT, SERVED + timedelta(hours=72), "PD-03"
            ),
        ),
        outcome=CaseOutcome.UPHELD_IN_PART,
        total_minor=39_900,
        currency="CNY",
        panel=(Panelist("st-7f3a", "魏岚", True, "ab" * 32),),
        record_hash=sha256(b"the record of CA-2026-000042").hexdigest(),
        notices=Notices(SERVED + timedelta(hours=72), SERVED + timedelta(days=10), SERVED + timedelta(hours=48)),
        decided_at=DECIDED,
        served_at=SERVED,
        verify_code="9F2C-7HQK-24AD",
        verify_url="https://arbitration.example/verify/9F2C-7HQK-24AD",
        versions=Versions("not rendered", "not rendered"),
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def short_en(**changes: object) -> RulingDocument:
    """The same case in English."""
    document = replace(
        short_zh(),
        language=Language.EN,
        subject="Licence key revoked by its issuer nine days after delivery",
        platform="Example Card Market",
        parties=(
            PartyEntry(Role.CLAIMANT, "L. Chen", "buyer_88231"),
            PartyEntry(Role.RESPONDENT, "云端软件商行 Cloud Software Store", "shop_20913"),
        ),
        claims=(
            ClaimEntry(
                "A",
                Remedy.REFUND_FULL,
                "The key stopped working after nine days and the merchant says the "
                "after-sales time is over; full refund.",
                39_900,
                "CNY",
                "The key worked on delivery and the listing states a window of two hours; no refund is due.",
            ),
            ClaimEntry("B", Remedy.COMPENSATION, "The price of a reinstallation service.", 6_900, "CNY", None),
        ),
        evidence=evidence(
            (
                ("C-1", Kind.CHAT_LOG, "Chat with the seller (214 messages)", Role.CLAIMANT, Standing.ADMITTED, None),
                ("C-2", Kind.ORDER_SCREENSHOT, "Order screenshot.png", Role.CLAIMANT, Standing.ADMITTED, None),
                ("C-3", Kind.PAYMENT_VOUCHER, "Payment voucher.pdf", Role.CLAIMANT, Standing.ADMITTED, None),
                (
                    "R-1",
                    Kind.OTHER,
                    "供货发票 supplier invoice.jpg",
                    Role.RESPONDENT,
                    Standing.EXCLUDED,
                    Problem.UNAVAILABLE,
                ),
                (
                    "I-1",
                    Kind.INSPECTION_REPORT,
                    "Inspection report: activation history",
                    Role.INSPECTOR,
                    Standing.ADMITTED,
                    None,
                ),
            )
        ),
        facts_found=EN["facts"],
        findings=(
            FindingEntry(
                "A",
                ClaimOutcome.UPHELD,
                EN["reasons_a"],
                ("PD-03", "AS-05"),
                ("C-1", "C-3", "I-1"),
                Remedy.REFUND_FULL,
                39_900,
            ),
            FindingEntry("B", ClaimOutcome.DISMISSED, EN["reasons_b"], ("RM-02",), ("C-2",), None, 0),
        ),
        clauses=tuple(clause(id, EN["clauses"]) for id in ("PD-03", "AS-05", "RM-02")),
        panel=(Panelist("st-7f3a", "Wei Lan", True, "ab" * 32),),
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def long_zh(claims: int = 12, items: int = 48, paragraphs: int = 4) -> RulingDocument:
    """A linked-cases ruling by a panel of three, some fifteen pages."""
    base = short_zh()
    letters = [chr(ord("A") + index) for index in range(claims)]
    sources = ((Role.CLAIMANT, "C"), (Role.RESPONDENT, "R"), (Role.PLATFORM, "P"))
    kinds = (Kind.CHAT_LOG, Kind.ORDER_SCREENSHOT, Kind.DELIVERY_LOG, Kind.REDEEM_LOG)
    rows = []
    for index in range(items):
        role, letter = sources[index % 3]
        standing = Standing.EXCLUDED if index % 11 == 7 else Standing.ADMITTED
        rows.append(
            (
                f"{letter}-{index // 3 + 1}",
                kinds[index % 4],
                f"第{index + 1}批激活码的系统记录与截图",
                role,
                standing,
                Problem.UNAVAILABLE if standing is Standing.EXCLUDED else None,
            )
        )
    outcomes = (ClaimOutcome.UPHELD, ClaimOutcome.UPHELD_IN_PART, ClaimOutcome.DISMISSED)
    texts = [*ZH["reasons_a"].split("\n\n"), ZH["reasons_b"]]
    findings = tuple(
        FindingEntry(
            letter,
            outcomes[index % 3],
            "\n\n".join(texts[(index + part) % 3] for part in range(paragraphs)),
            ("PD-03", "AS-05"),
            ("C-1", "P-2"),
            None if index % 3 == 2 else Remedy.REFUND_PARTIAL,
            0 if index % 3 == 2 else 128_000 + index,
        )
        for index, letter in enumerate(letters)
    )
    awarded = [finding for finding in findings if finding.amount_minor]
    return replace(
        base,
        subject="二百枚批量激活码失效的合并审理",
        claims=tuple(replace(base.claims[0], letter=letter, amount_minor=256_000) for letter in letters),
        evidence=evidence(tuple(rows)),
        findings=findings,
        clauses=tuple(clause(id, ZH["clauses"]) for id in ZH["clauses"]),
        orders=tuple(
            OrderEntry(
                number,
                Remedy.REFUND_PARTIAL,
                finding.amount_minor,
                Role.RESPONDENT,
                Role.CLAIMANT,
                SERVED + timedelta(hours=72),
                "AS-04",
            )
            for number, finding in enumerate(awarded, start=1)
        ),
        total_minor=sum(finding.amount_minor for finding in awarded),
        panel=(
            Panelist("st-7f3a", "魏岚", True, "ab" * 32),
            Panelist("st-91bc", "陈思远", False, "cd" * 32),
            Panelist("st-04de", "欧阳静文", False, "ef" * 32),
        ),
    )


def clause(id: str, texts: dict[str, list[str]]) -> ClauseEntry:
    title, text = texts[id]
    return ClauseEntry(id, "1.0.0", title, text, sha256(text.encode()).hexdigest())


def evidence(rows: tuple[tuple[str, Kind, str, Role, Standing, Problem | None], ...]) -> tuple[EvidenceEntry, ...]:
    return tuple(
        EvidenceEntry(
            label,
            kind,
            title,
            role,
            OPENED + timedelta(minutes=7 * number),
            48_213 * (number + 1),
            sha256(f"{label} {title}".encode()).hexdigest(),
            standing,
            problem,
        )
        for number, (label, kind, title, role, standing, problem) in enumerate(rows)
    )
