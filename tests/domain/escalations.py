"""A small valid escalation that tests bend out of shape."""

import base64
import hashlib
from typing import Any

CHAT = "[2026-11-19 21:05] 买家 u-3381: 激活码提示已被使用, 请处理\n[2026-11-19 21:31] 客服 m-208: 已过售后期".encode()
LISTING = "《星际旅人》国区激活码, 自动发货。售后期 24 小时, 超过不予处理。"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def evidence(evidence_id: str = "e-1", content: bytes = CHAT) -> dict[str, Any]:
    return {
        "evidence_id": evidence_id,
        "kind": "chat_log",
        "submitted_by": "claimant",
        "captured_at": "2026-11-20T10:00:00+08:00",
        "file_name": "聊天记录.txt",
        "media_type": "text/plain",
        "size": len(content),
        "sha256": digest(content),
        "inline": base64.b64encode(content).decode(),
        "particulars": {"ids_shown": True, "times_shown": True},
    }


def escalation() -> dict[str, Any]:
    """A `dispute.escalated` with one claim and one item of evidence, freshly made at each call."""
    return {
        "type": "dispute.escalated",
        "timestamp": "2026-11-21T10:00:05+08:00",
        "sequence": 1,
        "data": {
            "dispute": {
                "platform_dispute_id": "KM-118823",
                "reason": "KEY_INVALID_OR_USED",
                "reason_text": "激活码提示已被使用, 商家称已过售后期。",
                "language": "zh",
                "opened_at": "2026-11-19T21:00:00+08:00",
                "escalated_at": "2026-11-21T10:00:00+08:00",
                "escalated_by": "claimant",
                "claims": [
                    {
                        "remedy": "refund_full",
                        "amount_minor": 12800,
                        "currency": "CNY",
                        "text": "全额退款。",
                        "basis_clauses": ["AS-01"],
                    }
                ],
            },
            "order": {
                "order_id": "O-99182",
                "created_at": "2026-11-18T20:00:00+08:00",
                "paid_at": "2026-11-18T20:01:00+08:00",
                "amount_minor": 12800,
                "currency": "CNY",
                "payment": {
                    "channel": "微信支付",
                    "transaction_id_masked": "4200****8812",
                    "escrow_state": "held",
                },
                "delivered_at": "2026-11-18T20:01:30+08:00",
                "after_sales_window_h": 24,
            },
            "goods": [
                {
                    "sku": "XJ-KEY-CN",
                    "category": "license_key",
                    "title": "星际旅人 国区激活码",
                    "quantity": 1,
                    "unit_price_minor": 12800,
                    "listing_snapshot": {
                        "captured_at": "2026-11-18T20:00:00+08:00",
                        "text": LISTING,
                        "sha256": digest(LISTING.encode()),
                        "seller_commitments": ["正版保证"],
                    },
                    "keys": {"product": "星际旅人", "keys": [{"key_masked": "7QX4-****-****-K2"}]},
                }
            ],
            "parties": [
                {"role": "claimant", "platform_user_id": "u-3381", "display_name": "云**朵"},
                {
                    "role": "respondent",
                    "platform_user_id": "m-208",
                    "display_name": "极光数码",
                    "merchant": {"licence_no": "91330100MA2KJ8XQ7P", "negative_rate": 0.021},
                },
            ],
            "handling_history": [
                {"at": "2026-11-19T21:00:00+08:00", "actor": "claimant", "action": "enquiry_received"},
                {"at": "2026-11-19T21:31:00+08:00", "actor": "respondent", "action": "reject", "note": "已过售后期"},
                {"at": "2026-11-21T10:00:00+08:00", "actor": "claimant", "action": "escalated"},
            ],
            "evidence": [evidence()],
            "consents": {"rules_version_accepted": "2026.2"},
        },
    }


def event(kind: str, **data: Any) -> dict[str, Any]:
    """A later event of the same dispute."""
    return {
        "type": kind,
        "timestamp": "2026-11-22T10:00:00+08:00",
        "sequence": 2,
        "data": {"platform_dispute_id": "KM-118823", **data},
    }
