"""The flat shape of Chinese rental platforms: yuan as text, epoch milliseconds, codes in Chinese or pinyin.

Buyer and seller are fields of the body (`buyerId`, `sellerId`), goods lie in `orderInfo`, evidence in `attachments`.
"""

from collections.abc import Mapping

from arbitration.adapters.translation import (
    Always,
    Each,
    Row,
    Table,
    Take,
    epoch_ms,
    flag,
    one_of,
    percent,
    whole,
    yuan,
)
from arbitration.domain.translation import Translation

EVENTS = {
    "DISPUTE_ESCALATE": "dispute.escalated",
    "DISPUTE_UPDATE": "dispute.updated",
    "EVIDENCE_ADD": "evidence.added",
    "SETTLE_REPORT": "settlement.reported",
    "REMEDY_DONE": "remedy.executed",
    "DISPUTE_WITHDRAW": "dispute.withdrawn",
}


def _either(words: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Both of their spellings, Chinese and pinyin, to our word."""
    return {theirs: ours for ours, spellings in words.items() for theirs in spellings}


reason = one_of(
    _either(
        {
            "NOT_DELIVERED": ("未到账", "weidaozhang"),
            "KEY_INVALID_OR_USED": ("卡密无效", "kamiwuxiao"),
            "NOT_AS_DESCRIBED": ("描述不符", "miaoshubufu"),
            "WRONG_TARGET_OR_AMOUNT": ("充错", "chongcuo"),
            "ACCOUNT_RECLAIMED": ("账号找回", "zhanghaozhaohui"),
            "ACCOUNT_BANNED": ("账号封禁", "zhanghaofengjin"),
            "DEPOSIT_WITHHELD": ("押金不退", "yajinbutui"),
            "UNAUTHORISED_OR_MINOR": ("未成年或盗刷", "weichengnian"),
            "DUPLICATE": ("重复扣款", "chongfukoukuan"),
            "REFUND_NOT_PROCESSED": ("退款未到", "tuikuanweidao"),
            "COUNTERFEIT_SOURCE": ("假货", "jiahuo"),
            "FRAUD": ("欺诈", "qizha"),
            "BUYER_ABUSE": ("恶意维权", "eyiweiquan"),
            "OTHER": ("其他", "qita"),
        }
    )
)
remedy = one_of(
    _either(
        {
            "refund_full": ("全额退款", "quanetuikuan"),
            "refund_partial": ("部分退款", "bufentuikuan"),
            "replace_key": ("补发", "bufa"),
            "redo_topup": ("重充", "chongchong"),
            "restore_account": ("恢复账号", "huifuzhanghao"),
            "compensation": ("赔偿", "peichang"),
            "punitive_3x": ("退一赔三", "tuiyipeisan"),
            "deposit_return": ("退押金", "tuiyajin"),
            "apology_correction": ("道歉更正", "daoqian"),
            "dismiss": ("驳回", "bohui"),
        }
    )
)
category = one_of(
    _either(
        {
            "topup": ("充值", "chongzhi"),
            "license_key": ("激活码", "jihuoma"),
            "account_rental": ("账号租赁", "zuhao"),
            "account_sale": ("账号出售", "maihao"),
            "gift_card": ("礼品卡", "lipinka"),
            "boosting_service": ("代练", "dailian"),
        }
    )
)
evidence_kind = one_of(
    _either(
        {
            "chat_log": ("聊天记录", "liaotian"),
            "order_screenshot": ("订单截图", "dingdan"),
            "payment_voucher": ("支付凭证", "zhifu"),
            "inspection_report": ("验货报告", "yanhuo"),
            "delivery_log": ("发货日志", "fahuo"),
            "login_log": ("登录日志", "denglu"),
            "redeem_log": ("兑换日志", "duihuan"),
            "listing_snapshot": ("商品快照", "kuaizhao"),
            "video": ("视频", "shipin"),
            "issuer_statement": ("官方说明", "guanfang"),
            "other": ("其他", "qita"),
        }
    )
)
action = one_of(
    _either(
        {
            "enquiry_received": ("咨询", "zixun"),
            "first_reply": ("首次回复", "huifu"),
            "intervention": ("介入", "jieru"),
            "plan_issued": ("方案", "fangan"),
            "offer": ("协商", "xieshang"),
            "counter": ("还价", "huanjia"),
            "accept": ("同意", "tongyi"),
            "reject": ("拒绝", "jujue"),
            "decision": ("裁定", "caiding"),
            "escalated": ("升级", "shengji"),
        }
    )
)
who = one_of({"BUYER": "claimant", "SELLER": "respondent", "PLATFORM": "platform", "SYSTEM": "system"})
escrow = one_of(
    {
        "HOLD": "held",
        "PART": "partly_released",
        "PAID_OUT": "released",
        "REFUND": "refunded",
        "NONE": "none",
    }
)
confirmed = one_of({"MANUAL": "claimant", "AUTO": "automatic"})
favour = one_of({"BUYER": "claimant", "SELLER": "respondent", "BOTH": "both", "NONE": "none"})
language = one_of({"zh_CN": "zh", "zh": "zh", "en_US": "en", "en": "en"})

ENVELOPE: tuple[Row, ...] = (
    Take("eventType", "type", one_of(EVENTS)),
    Take("eventTime", "timestamp", epoch_ms),
    Take("seq", "sequence", whole),
)
PAYMENT: tuple[Row, ...] = (
    Take("payChannel", "channel"),
    Take("payFlowNo", "transaction_id_masked"),
    Take("escrowStatus", "escrow_state", escrow, needed=True),
    Take("escrowReleaseTime", "escrow_release_at", epoch_ms),
)
GOODS: tuple[Row, ...] = (
    Take("skuId", "sku"),
    Take("cateName", "category", category),
    Take("goodsName", "title"),
    Take("num", "quantity", whole),
    Take("price", "unit_price_minor", yuan),
    Take("snapshotTime", "listing_snapshot.captured_at", epoch_ms, needed=True),
    Take("snapshotText", "listing_snapshot.text", needed=True),
    Take("snapshotHash", "listing_snapshot.sha256", needed=True),
    Take("promises", "listing_snapshot.seller_commitments"),
    Take("noReturnConfirmTime", "no_return_confirmed_at", epoch_ms),
    Take("game", "service.game"),
    Take("server", "service.server"),
    Take("targetMask", "service.target_account_masked"),
    Take("product", "keys.product"),
    Take("region", "keys.region"),
    Each(
        "cards",
        "keys.keys",
        (
            Take("cardMask", "key_masked"),
            Take("useCount", "activation_count", whole),
            Take("issuerReply", "issuer_reply"),
        ),
    ),
    Take("accountMask", "account.account_masked"),
    Take("rentStart", "account.period.starts_at", epoch_ms),
    Take("rentEnd", "account.period.ends_at", epoch_ms),
    Take("deposit", "account.deposit_minor", yuan),
    Each("deducts", "account.deductions", (Take("item", "item"), Take("amount", "amount_minor", yuan))),
    Take("banNotice", "account.ban_notice"),
)
LOGS = Each(
    "serviceLogs",
    "data.handling_history",
    (
        Take("time", "at", epoch_ms),
        Take("who", "actor", who),
        Take("act", "action", action),
        Take("memo", "note"),
    ),
)
RESULT: tuple[Row, ...] = (
    Take("platformResult.time", "data.platform_decision.decided_at", epoch_ms),
    Take("platformResult.favour", "data.platform_decision.in_favour_of", favour),
    Take("platformResult.text", "data.platform_decision.text"),
)
ATTACHMENTS = Each(
    "attachments",
    "data.evidence",
    (
        Take("fileId", "evidence_id"),
        Take("fileType", "kind", evidence_kind),
        Take("owner", "submitted_by", who),
        Take("shotTime", "captured_at", epoch_ms),
        Take("tool", "capture_tool"),
        Take("fileName", "file_name"),
        Take("mime", "media_type"),
        Take("bytes", "size", whole),
        Take("sha256", "sha256"),
        Take("link", "url"),
        Take("base64", "inline"),
        Take("hasOriginal", "original_available", flag),
        Take("source", "source_system"),
        Take("facts", "describes_facts"),
        Take("secret", "confidential", flag),
    ),
)
DISPUTE_NO = Take("disputeNo", "data.platform_dispute_id", needed=True)


def _under(prefix: str, ours: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """*rows* of single values that lie under *prefix* in their shape and under *ours* in ours."""
    return tuple(
        Take(f"{prefix}{row.theirs}", f"{ours}{row.ours}", row.convert, row.needed)
        for row in rows
        if isinstance(row, Take)
    )


ESCALATED = Table(
    *ENVELOPE,
    Take("disputeNo", "data.dispute.platform_dispute_id", needed=True),
    Take("reasonCode", "data.dispute.reason", reason),
    Take("reasonDesc", "data.dispute.reason_text"),
    Take("lang", "data.dispute.language", language),
    Take("applyTime", "data.dispute.opened_at", epoch_ms),
    Take("escalateTime", "data.dispute.escalated_at", epoch_ms),
    Take("escalateBy", "data.dispute.escalated_by", who),
    Each(
        "demands",
        "data.dispute.claims",
        (
            Take("type", "remedy", remedy),
            Take("amount", "amount_minor", yuan),
            Always("currency", "CNY"),
            Take("desc", "text"),
            Take("clauses", "basis_clauses"),
        ),
    ),
    Take("linkedDisputes", "data.dispute.linked_disputes"),
    Take("orderInfo.orderNo", "data.order.order_id", needed=True),
    Take("orderInfo.createTime", "data.order.created_at", epoch_ms),
    Take("orderInfo.payTime", "data.order.paid_at", epoch_ms),
    Take("orderInfo.payAmount", "data.order.amount_minor", yuan),
    Always("data.order.currency", "CNY"),
    *_under("orderInfo.", "data.order.payment.", PAYMENT),
    Take("orderInfo.deliverTime", "data.order.delivered_at", epoch_ms),
    Take("orderInfo.deliverRef", "data.order.delivery_proof_ref"),
    Take("orderInfo.confirmType", "data.order.confirmed_by", confirmed),
    Take("orderInfo.afterSaleHours", "data.order.after_sales_window_h", whole),
    Take("orderInfo.isMinor", "data.order.minor_flag", flag),
    Each("orderInfo.goodsList", "data.goods", GOODS),
    Always("data.parties[0].role", "claimant"),
    Take("buyerId", "data.parties[0].platform_user_id"),
    Take("buyerNick", "data.parties[0].display_name"),
    Take("buyerMail", "data.parties[0].contact.email"),
    Take("buyerRelay", "data.parties[0].contact.relay_token"),
    Always("data.parties[1].role", "respondent"),
    Take("sellerId", "data.parties[1].platform_user_id"),
    Take("sellerShop", "data.parties[1].display_name"),
    Take("sellerMail", "data.parties[1].contact.email"),
    Take("sellerRelay", "data.parties[1].contact.relay_token"),
    Take("sellerLicence", "data.parties[1].merchant.licence_no"),
    Take("sellerJoinTime", "data.parties[1].merchant.onboarded_at", epoch_ms),
    Take("sellerDeposit", "data.parties[1].merchant.deposit_minor", yuan),
    Take("sellerOrders180", "data.parties[1].merchant.orders_180d", whole),
    Take("sellerBadRate", "data.parties[1].merchant.negative_rate", percent),
    Take("sellerAuthFiles", "data.parties[1].merchant.authorisation_refs"),
    LOGS,
    *RESULT,
    ATTACHMENTS,
    Take("agreement.version", "data.consents.rules_version_accepted", needed=True),
    Take("agreement.time", "data.consents.accepted_at", epoch_ms),
    Take("agreement.clause", "data.consents.arbitration_agreement"),
)
UPDATED = Table(
    *ENVELOPE,
    DISPUTE_NO,
    Take("memo", "data.note"),
    LOGS,
    *RESULT,
    *(Take(row.theirs, f"data.payment.{row.ours}", row.convert) for row in PAYMENT if isinstance(row, Take)),
    Take("deliverTime", "data.delivered_at", epoch_ms),
    Take("deliverRef", "data.delivery_proof_ref"),
)
EVIDENCE = Table(*ENVELOPE, DISPUTE_NO, Take("memo", "data.note"), ATTACHMENTS)
SETTLED = Table(
    *ENVELOPE,
    DISPUTE_NO,
    Take("agreeTime", "data.agreed_at", epoch_ms),
    Always("data.agreed_by", ["claimant", "respondent"]),  # their event exists only when both have pressed "agree"
    Take("memo", "data.text"),
    Each(
        "items",
        "data.terms",
        (
            Take("type", "remedy", remedy),
            Take("amount", "amount_minor", yuan),
            Always("currency", "CNY"),
            Take("dueTime", "due_at", epoch_ms),
        ),
    ),
)
EXECUTED = Table(
    *ENVELOPE,
    DISPUTE_NO,
    Take("caseNo", "data.case_number"),
    Take("itemNo", "data.order_number", whole),
    Take("type", "data.remedy", remedy),
    Take("amount", "data.amount_minor", yuan),
    Always("data.currency", "CNY"),
    Take("doneTime", "data.executed_at", epoch_ms),
    Take("payFlowNo", "data.transaction_id_masked"),
    Take("memo", "data.note"),
    ATTACHMENTS,
)
WITHDRAWN = Table(
    *ENVELOPE,
    DISPUTE_NO,
    Take("withdrawTime", "data.withdrawn_at", epoch_ms),
    Take("withdrawBy", "data.withdrawn_by", who),
    Take("memo", "data.reason"),
)
UNKNOWN = Table(ENVELOPE[0])
TABLES = {
    "DISPUTE_ESCALATE": ESCALATED,
    "DISPUTE_UPDATE": UPDATED,
    "EVIDENCE_ADD": EVIDENCE,
    "SETTLE_REPORT": SETTLED,
    "REMEDY_DONE": EXECUTED,
    "DISPUTE_WITHDRAW": WITHDRAWN,
}


def translate(payload: object) -> Translation:
    """Their event, whichever it is; what is no object, or no event they have, is left to validation to refuse."""
    if not isinstance(payload, dict):
        return Translation(payload)
    kind = payload.get("eventType")
    table = TABLES.get(kind) if isinstance(kind, str) else None
    return table.translate(payload) if table else UNKNOWN.translate({"eventType": kind})
