"""One valid row of every table, as plain SQL values: what tests of the database change in one place."""

import hashlib
from typing import Any

from sqlalchemy import Connection, text

from arbitration.store import tables

AT = 1_790_000_000_000_000
"""An instant, in microseconds."""
DIGEST = "ab" * 32
CASE = "CA-2026-000001"

Row = dict[str, Any]

# `#` becomes the number of the row, so that row 2 shares nothing unique with row 1.
ROWS: dict[str, Row] = {
    "attempt": {"key": "password:#", "window_start": AT, "count": 1},
    "counter": {"name": "case-202#", "value": 1},
    "job": {"kind": "announce", "args": "{}", "run_at": AT, "attempts": 0},
    "platform": {
        "actor_id": "pl-#",
        "slug": "kami-#",
        "name": "Kami",
        "dialect": "canonical",
        "evidence_hosts": "",
        "created_at": AT,
    },
    "platform_rules": {
        "platform_id": 1,
        "version": "1.0.#",
        "in_force_at": AT,
        "against": "1.0.1",
        "sha256": DIGEST,
        "body": "…",
        "published_at": AT,
        "published_by": "st-1",
    },
    "standard_version": {"version": "1.0.#", "in_force_at": AT, "sha256": DIGEST, "body": "…", "published_at": AT},
    "standard_pdf": {"version": "1.0.1", "blob": DIGEST, "sha256": DIGEST, "size": 1, "pages": 1, "sealed_at": AT},
    "standard_draft": {
        "number": "1.1.0",
        "body": "…",
        "sha256": DIGEST,
        "state": "draft",
        "editor": "st-1",
        "revision": 1,
        "created_at": AT,
        "changed_at": AT,
    },
    "standard_comment": {
        "draft_id": 1,
        "sha256": DIGEST,
        "name": "王先生",
        "text": "…",
        "language": "zh",
        "at": AT,
    },
    "standard_trial": {
        "draft_id": 1,
        "sha256": DIGEST,
        "body": "…",
        "state": "running",
        "total": 2,
        "done": 1,
        "changed": 1,
        "last_case_no": CASE,
        "result": "{}",
        "requested_by": "st-1",
        "requested_at": AT,
    },
    "web_session": {
        "id_sha256": "#",
        "holder": "",
        "data": "{}",
        "user_agent": "",
        "created_at": AT,
        "seen_at": AT,
        "expires_at": AT,
    },
    "cases": {
        "case_no": "CA-2026-00000#",
        "platform_id": 1,
        "platform_dispute_id": "D-#",
        "state": "received",
        "track": "fast",
        "language": "zh",
        "title": "充值",
        "reason": "NOT_DELIVERED",
        "category": "topup",
        "order_id": "O-1",
        "ordered_at": AT,
        "order_minor": 100,
        "claimed_minor": 100,
        "escrow_held": 1,
        "escalation": "{}",
        "handling": "[]",
        "procedure_version": "1.0.0",
        "received_at": AT,
        "next_due_at": AT,
        "next_who": "",
        "next_kind": "",
        "version": 1,
    },
    "delivery": {
        "platform_id": 1,
        "case_no": CASE,
        "webhook_id": "evt_#",
        "kind": "case.opened",
        "body": "{}",
        "created_at": AT,
        "attempts": 0,
    },
    "platform_key": {"platform_id": 1, "key_id": "key-#", "kind": "ed25519", "material": b"k", "created_at": AT},
    "staff": {
        "actor_id": "st-#",
        "email": "#@office.example",
        "name": "Li",
        "role": "arbitrator",
        "languages": "zh en",
        "password_hash": "…",
        "totp_secret": b"s",
        "totp_last_step": 0,
        "created_at": AT,
    },
    "webhook_event": {
        "platform_id": 1,
        "webhook_id": "msg_#",
        "type": "dispute.escalated",
        "platform_dispute_id": "D-#",
        "sequence": 1,
        "opens_case": 1,
        "body_sha256": DIGEST,
        "raw": b"{}",
        "status": 202,
        "answer": "{}",
        "state": "accepted",
        "received_at": AT,
    },
    "appointment": {"case_no": CASE, "staff_id": 1, "state": "declined", "proposed_at": AT, "answered_at": AT},
    "claim": {"case_no": CASE, "letter": "#", "remedy": "refund_full", "amount_minor": 100, "text": ""},
    "deadline": {
        "case_no": CASE,
        "kind": "triage",
        "about": "",
        "who": "registrar",
        "rule": "PR-01@1.0.0",
        "starts_at": AT,
        "due_at": AT,
        "state": "met",
        "settled_at": AT,
    },
    "evidence_item": {
        "case_no": CASE,
        "label": "C-#",
        "platform_evidence_id": "E-#",
        "kind": "chat_log",
        "state": "submitted",
        "submitted_by": "claimant",
        "file_name": "聊天.txt",
        "note": "",
        "particulars": "{}",
        "media_type": "text/plain",
        "size": 1,
        "sha256": DIGEST,
        "declared_sha256": DIGEST,
        "blob": DIGEST,
        "source": "upload",
        "received_at": AT,
        "late": 0,
        "late_because": "",
        "unscanned": 0,
        "salt": "00",
    },
    "evidence_timestamp": {"token": b"t", "at": AT, "authority": "…"},
    "picture_print": {"print": bytes(16)},
    "picture_band": {"place": 0, "value": 7},
    "evidence_preview": {
        "item_id": 1,
        "copy": "original",
        "kind": "pages",
        "total": 1,
        "shown": 1,
        "whole": 1,
        "maker": 1,
        "made_at": AT,
    },
    "evidence_preview_page": {"item_id": 1, "copy": "original", "place": 1, "blob": DIGEST, "width": 1, "height": 1},
    "inspector": {
        "actor_id": "in-#",
        "name_zh": "检验所",
        "name_en": "Laboratory",
        "expertise": "images_and_video",
        "accredited_from": AT,
    },
    "inspector_key": {"kid": "kid-#", "inspector_id": 1, "public_key": bytes(32), "valid_from": AT},
    "inspection_request": {
        "case_no": CASE,
        "item_id": 1,
        "inspector_id": 1,
        "question": "…",
        "asked_by": "arbitrator",
        "asked_at": AT,
        "due_at": AT + 1,
        "state": "declined",
        "words": "…",
        "answered_at": AT,
    },
    "evidence_cure": {"item_id": 1, "answers": "{}", "actor": "pa-1", "at": AT},
    "item_finding": {"item_id": 1, "fact": "doubtful_copy", "value": "true", "reason": "…", "actor": "st-1", "at": AT},
    "admission": {"item_id": 1, "verdict": "excluded", "reason": "…", "actor": "st-1", "at": AT},
    "late_comment": {"item_id": 1, "side": "respondent", "words": "…", "actor": "pa-1", "at": AT},
    "objection": {
        "item_id": 1,
        "side": "respondent",
        "ground": "altered",
        "words": "…",
        "actor": "pa-1",
        "at": AT,
        "reply": "…",
        "replied_at": AT,
        "decision": "upheld",
        "reason": "…",
        "decided_at": AT,
    },
    "production_order": {
        "case_no": CASE,
        "number": "#",
        "obligor": "respondent",
        "what": "…",
        "fact": "delivered_at",
        "ordered_at": AT,
        "due_at": AT + 1,
        "state": "refused",
        "answer": "…",
        "settled_at": AT,
    },
    "fact_statement": {
        "case_no": CASE,
        "fact": "delivered_at",
        "stance": "dispute",
        "side": "respondent",
        "source": "",
        "actor": "pa-1",
        "at": AT,
    },
    "message": {
        "case_no": CASE,
        "kind": "message",
        "author": "st-1",
        "author_role": "registrar",
        "author_name": "Li",
        "body": "…",
        "at": AT,
    },
    "party": {
        "actor_id": "pa-#",
        "case_no": CASE,
        "role": "claimant",
        "side": "claimant",
        "display_name": "买家",
        "platform_user_id": "u-1",
        "contact": "",
        "link": "link-#",
        "code_serial": 1,
    },
    "ruling": {
        "case_no": CASE,
        "state": "lapsed",
        "draft_version": 1,
        "arbitrator": "st-1",
        "total_minor": 0,
        "verify_code": "code-#",
        "requested_at": AT,
    },
    "ruling_citation": {
        "ruling_id": 1,
        "clause": "AS-0#",
        "case_no": CASE,
        "version": "1.0.0",
        "text_sha256": DIGEST,
        "issued_at": AT,
    },
    "case_bundle": {"case_no": CASE, "view": "office", "asked_at": AT},
    "order_execution": {"case_no": CASE, "order_number": 1, "executed_at": AT, "reported_at": AT},
    "ruling_draft": {"case_no": CASE, "body": "{}", "version": 1, "saved_by": "st-1", "saved_at": AT},
    "staff_relation": {"staff_id": 1, "kind": "platform_staff", "subject": "kami"},
    "history_payload": {"salt": b"salt", "payload": "{}"},
    "tree_node": {"level": 0, "hash": bytes(32)},
}
NUMBERED = {"history_payload": "idx", "tree_node": "position"}
"""Columns whose value is the row's own number, from 0; every other table has an `id`, or a key in words."""
OF_ITEM = ("evidence_timestamp", "picture_band", "picture_print")
"""Tables whose row belongs to the item of evidence with its number."""


def row(table: str, number: int, /, **changed: Any) -> Row:
    """Row *number* (from 1) of a table, valid but for what is changed in it."""
    if table == "history":
        return history_row(number, **changed)
    made = {
        column: value.replace("#", str(number)) if isinstance(value, str) else value
        for column, value in ROWS[table].items()
    }
    columns = tables.metadata.tables[table].columns
    if table in NUMBERED:
        made[NUMBERED[table]] = number - 1
    elif table in OF_ITEM:
        made["item_id"] = number
    elif "id" in columns:
        made["id"] = number
    if table == "standard_version":
        made["in_force_at"] = AT + number - 1
    if "declaration" in columns:
        made["declaration"] = ""
    second = {
        "party": {"role": "respondent", "side": "respondent"},
        "ruling_draft": {"case_no": "CA-2026-000002"},
        "order_execution": {"order_number": 2},
        "case_bundle": {"view": "claimant"},
        "late_comment": {"side": "claimant"},
        "objection": {"ground": "late"},
        "evidence_preview": {"item_id": 2},
        "evidence_preview_page": {"place": 2},
        "standard_version": {"in_force_at": AT + 1},
        "platform_rules": {"in_force_at": AT + 1},
        "standard_pdf": {"version": "1.0.2", "sha256": "cd" * 32},
        "standard_trial": {"sha256": "cd" * 32},
    }
    return made | (second.get(table, {}) if number == 2 else {}) | changed


def history_row(number: int, **changed: Any) -> Row:
    """A link of one chain, its leaf hash made of its own columns unless it is changed itself."""
    made: Row = {
        "idx": number - 1,
        "case_no": CASE,
        "seq": number,
        "prev": "0" * 64 if number == 1 else history_row(number - 1)["leaf_hash"],
        "kind": "case_opened",
        "at": AT,
        "actor": "system",
        "commit": DIGEST,
    } | changed
    leaf = '{"actor":"{actor}","at":{at},"case":"{case_no}","commit":"{commit}","kind":"{kind}",'
    leaf += '"prev":"{prev}","seq":{seq},"v":1}'
    for column, value in made.items():
        leaf = leaf.replace("{" + column + "}", str(value))
    return {"leaf_hash": hashlib.sha256(b"\x00" + leaf.encode()).hexdigest()} | made


def insert(connection: Connection, table: str, values: Row) -> None:
    columns = ", ".join(f'"{column}"' for column in values)
    places = ", ".join(f":{column}" for column in values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)


def one_of_everything(connection: Connection) -> None:
    for table in tables.metadata.sorted_tables:
        insert(connection, table.name, row(table.name, 1))
