"""Every CHECK, UNIQUE, foreign key and unique index refuses the row that breaks it, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from arbitration.store import tables
from tests.store.places import Place, take_guards_off
from tests.store.rows import AT, DIGEST, insert, one_of_everything, row

OTHER = "cd" * 32

# Constraint, table, and what is changed in a valid second row of it so that exactly this constraint is broken.
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("uq_platform_actor_id", "platform", {"actor_id": "pl-1"}),
    ("uq_platform_slug", "platform", {"slug": "kami-1"}),
    ("fk_platform_key_platform_id_platform", "platform_key", {"platform_id": 9}),
    ("uq_platform_key_platform_id_key_id", "platform_key", {"key_id": "key-1"}),
    ("ck_platform_key_keykind", "platform_key", {"kind": "rot13"}),
    ("uq_staff_actor_id", "staff", {"actor_id": "st-1"}),
    ("uq_staff_email", "staff", {"email": "1@office.example"}),
    ("fk_staff_platform_id_platform", "staff", {"role": "platform_officer", "platform_id": 9}),
    ("ck_staff_role", "staff", {"role": "emperor"}),
    ("ck_staff_officer_has_platform", "staff", {"role": "platform_officer"}),
    ("ck_staff_officer_has_platform", "staff", {"platform_id": 1}),
    ("ck_staff_role_of_staff", "staff", {"role": "claimant"}),
    ("ck_staff_role_of_staff", "staff", {"role": "system"}),
    ("fk_staff_relation_staff_id_staff", "staff_relation", {"staff_id": 9}),
    ("ck_staff_relation_relationkind", "staff_relation", {"kind": "friendship"}),
    ("fk_webhook_event_platform_id_platform", "webhook_event", {"platform_id": 9}),
    ("uq_webhook_event_platform_id_webhook_id", "webhook_event", {"webhook_id": "msg_1"}),
    ("uq_webhook_event_escalation", "webhook_event", {"platform_dispute_id": "D-1"}),
    ("ck_webhook_event_eventstate", "webhook_event", {"state": "lost"}),
    ("ck_webhook_event_opens_case", "webhook_event", {"opens_case": 2}),
    ("uq_standard_version_in_force_at", "standard_version", {"in_force_at": AT}),
    ("fk_platform_rules_platform_id_platform", "platform_rules", {"platform_id": 9}),
    ("fk_platform_rules_against_standard_version", "platform_rules", {"against": "9.0.0"}),
    ("uq_platform_rules_platform_id_in_force_at", "platform_rules", {"in_force_at": AT}),
    ("fk_standard_pdf_version_standard_version", "standard_pdf", {"version": "9.0.0"}),
    ("uq_standard_pdf_sha256", "standard_pdf", {"sha256": DIGEST}),
    ("ck_standard_draft_editionstate", "standard_draft", {"state": "adopted"}),
    ("ck_standard_draft_consulted_if_open", "standard_draft", {"state": "in_consultation"}),
    ("ck_standard_draft_consulted_if_open", "standard_draft", {"state": "published", "opens_at": AT}),
    (
        "ck_standard_draft_consulted_if_open",
        "standard_draft",
        {"state": "in_consultation", "opens_at": AT, "closes_at": AT},
    ),
    ("fk_standard_comment_draft_id_standard_draft", "standard_comment", {"draft_id": 9}),
    ("fk_standard_trial_draft_id_standard_draft", "standard_trial", {"draft_id": 9}),
    ("ck_standard_trial_trialstate", "standard_trial", {"state": "lost"}),
    ("ck_standard_trial_finished_at_if_finished", "standard_trial", {"state": "done"}),
    ("ck_standard_trial_finished_at_if_finished", "standard_trial", {"finished_at": AT}),
    ("ck_standard_trial_figures", "standard_trial", {"done": 3}),
    ("ck_standard_trial_figures", "standard_trial", {"changed": 2}),
    ("uq_standard_trial_underway", "standard_trial", {"sha256": DIGEST}),
    ("fk_cases_platform_id_platform", "cases", {"platform_id": 9}),
    ("fk_cases_standard_version_standard_version", "cases", {"standard_version": "9.0.0"}),
    ("uq_cases_platform_id_platform_dispute_id", "cases", {"platform_dispute_id": "D-1"}),
    ("ck_cases_state", "cases", {"state": "decided", "admitted_at": AT}),
    ("ck_cases_track", "cases", {"track": "slow"}),
    ("ck_cases_caseoutcome", "cases", {"outcome": "won"}),
    ("ck_cases_amounts", "cases", {"order_minor": -1}),
    ("ck_cases_amounts", "cases", {"claimed_minor": -1}),
    ("ck_cases_ended_at_if_ended", "cases", {"ended_at": AT}),
    ("ck_cases_ended_at_if_ended", "cases", {"state": "withdrawn"}),
    ("ck_cases_ended_at_if_ended", "cases", {"state": "inadmissible"}),
    (
        "ck_cases_ended_at_if_ended",
        "cases",
        {"state": "closed", "admitted_at": AT, "record_sha256": DIGEST, "ruled_at": AT},
    ),
    ("ck_cases_admitted_at_if_admitted", "cases", {"state": "admitted"}),
    ("ck_cases_admitted_at_if_admitted", "cases", {"state": "evidence"}),
    ("ck_cases_record_fixed_if_deliberated", "cases", {"state": "deliberation", "admitted_at": AT}),
    ("ck_cases_record_fixed_if_deliberated", "cases", {"state": "ruled", "admitted_at": AT, "ruled_at": AT}),
    ("ck_cases_ruled_at_if_ruled", "cases", {"ruled_at": AT}),
    ("ck_cases_ruled_at_if_ruled", "cases", {"state": "ruled", "admitted_at": AT, "record_sha256": DIGEST}),
    ("fk_claim_case_no_cases", "claim", {"case_no": "CA-2026-000009"}),
    ("uq_claim_case_no_letter", "claim", {"letter": "1"}),
    ("ck_claim_amount", "claim", {"amount_minor": -1}),
    ("ck_claim_remedy", "claim", {"remedy": "flogging"}),
    ("fk_party_case_no_cases", "party", {"case_no": "CA-2026-000009"}),
    ("uq_party_actor_id", "party", {"actor_id": "pa-1"}),
    ("uq_party_link", "party", {"link": "link-1"}),
    ("uq_party_case_no_role_side", "party", {"role": "claimant", "side": "claimant"}),
    ("ck_party_role", "party", {"role": "onlooker"}),
    ("ck_party_side", "party", {"role": "representative", "side": "onlooker"}),
    ("ck_party_own_side", "party", {"side": "claimant"}),
    ("fk_deadline_case_no_cases", "deadline", {"case_no": "CA-2026-000009"}),
    ("ck_deadline_deadlinekind", "deadline", {"kind": "lunch"}),
    ("ck_deadline_deadlinestate", "deadline", {"state": "late"}),
    ("ck_deadline_settled_at_if_settled", "deadline", {"settled_at": None}),
    ("ck_deadline_settled_at_if_settled", "deadline", {"state": "open"}),
    ("fk_message_case_no_cases", "message", {"case_no": "CA-2026-000009"}),
    ("ck_message_messagekind", "message", {"kind": "whisper"}),
    ("ck_message_role", "message", {"author_role": "onlooker"}),
    ("fk_appointment_case_no_cases", "appointment", {"case_no": "CA-2026-000009"}),
    ("fk_appointment_staff_id_staff", "appointment", {"staff_id": 9}),
    ("ck_appointment_appointmentstate", "appointment", {"state": "forced"}),
    ("ck_appointment_answered_at_if_answered", "appointment", {"answered_at": None}),
    ("ck_appointment_answered_at_if_answered", "appointment", {"state": "proposed"}),
    ("ck_appointment_declared_if_accepted", "appointment", {"state": "accepted"}),
    ("uq_inspector_actor_id", "inspector", {"actor_id": "in-1"}),
    ("fk_inspector_staff_id_staff", "inspector", {"staff_id": 9}),
    ("ck_inspector_period", "inspector", {"accredited_until": AT - 1}),
    ("fk_inspector_key_inspector_id_inspector", "inspector_key", {"inspector_id": 9}),
    ("ck_inspector_key_length", "inspector_key", {"public_key": bytes(31)}),
    ("ck_inspector_key_revocation", "inspector_key", {"revoked_why": "bored", "revoked_at": AT, "distrusted_from": AT}),
    ("ck_inspector_key_revoked_with_reason", "inspector_key", {"revoked_at": AT}),
    (
        "ck_inspector_key_distrusted_when_revoked",
        "inspector_key",
        {"revoked_why": "rotated", "revoked_at": AT, "distrusted_from": AT + 1},
    ),
    ("fk_inspection_request_case_no_cases", "inspection_request", {"case_no": "CA-2026-000009"}),
    ("fk_inspection_request_item_id_evidence_item", "inspection_request", {"item_id": 9}),
    ("fk_inspection_request_inspector_id_inspector", "inspection_request", {"inspector_id": 9}),
    ("fk_inspection_request_report_id_evidence_item", "inspection_request", {"state": "reported", "report_id": 9}),
    ("ck_inspection_request_role", "inspection_request", {"asked_by": "onlooker"}),
    ("ck_inspection_request_requeststate", "inspection_request", {"state": "lost"}),
    ("ck_inspection_request_report_if_reported", "inspection_request", {"state": "reported"}),
    ("ck_inspection_request_words_if_answered", "inspection_request", {"words": ""}),
    ("ck_inspection_request_due_after_asked", "inspection_request", {"due_at": AT}),
    ("fk_evidence_item_case_no_cases", "evidence_item", {"case_no": "CA-2026-000009"}),
    ("fk_evidence_cure_item_id_evidence_item", "evidence_cure", {"item_id": 9}),
    ("fk_item_finding_item_id_evidence_item", "item_finding", {"item_id": 9}),
    ("ck_item_finding_reason_if_found", "item_finding", {"reason": ""}),
    ("ck_item_finding_reason_if_found", "item_finding", {"value": None}),
    ("fk_admission_item_id_evidence_item", "admission", {"item_id": 9}),
    ("ck_admission_verdict", "admission", {"verdict": "struck"}),
    ("ck_admission_reason_if_decided", "admission", {"reason": ""}),
    ("ck_admission_reason_if_decided", "admission", {"verdict": None}),
    ("fk_late_comment_item_id_evidence_item", "late_comment", {"item_id": 9}),
    ("uq_late_comment_item_id_side", "late_comment", {"side": "respondent"}),
    ("ck_late_comment_side", "late_comment", {"side": "onlooker"}),
    ("fk_objection_item_id_evidence_item", "objection", {"item_id": 9}),
    ("uq_objection_item_id_side_ground", "objection", {"ground": "altered"}),
    ("ck_objection_side", "objection", {"side": "onlooker"}),
    ("ck_objection_ground", "objection", {"ground": "dislike"}),
    ("ck_objection_decision", "objection", {"decision": "perhaps"}),
    ("ck_objection_reply_if_replied", "objection", {"reply": ""}),
    ("ck_objection_reply_if_replied", "objection", {"replied_at": None}),
    ("ck_objection_reason_if_decided", "objection", {"reason": ""}),
    ("ck_objection_time_if_decided", "objection", {"decided_at": None}),
    ("uq_production_order_case_no_number", "production_order", {"number": 1}),
    ("fk_production_order_case_no_cases", "production_order", {"case_no": "CA-2026-000009"}),
    (
        "fk_production_order_item_id_evidence_item",
        "production_order",
        {"state": "produced", "item_id": 9, "answer": "", "reply_until": AT},
    ),
    ("ck_production_order_obligor", "production_order", {"obligor": "onlooker"}),
    ("ck_production_order_productionstate", "production_order", {"state": "lost", "answer": ""}),
    (
        "ck_production_order_item_if_produced",
        "production_order",
        {"state": "produced", "answer": "", "reply_until": AT},
    ),
    ("ck_production_order_reply_if_produced", "production_order", {"reply_until": AT}),
    ("ck_production_order_answer_if_refused", "production_order", {"answer": ""}),
    ("ck_production_order_settled_unless_open", "production_order", {"settled_at": None}),
    ("ck_production_order_due_after_ordered", "production_order", {"due_at": AT}),
    ("uq_evidence_item_case_no_label", "evidence_item", {"label": "C-1"}),
    ("uq_evidence_item_case_no_platform_evidence_id", "evidence_item", {"platform_evidence_id": "E-1"}),
    ("ck_evidence_item_evidencekind", "evidence_item", {"kind": "rumour"}),
    ("ck_evidence_item_itemstate", "evidence_item", {"state": "deleted"}),
    ("ck_evidence_item_role", "evidence_item", {"submitted_by": "onlooker"}),
    ("ck_evidence_item_late", "evidence_item", {"late": 2, "source": "platform"}),
    ("ck_evidence_item_cause_if_filed_late", "evidence_item", {"late": 1}),
    ("ck_evidence_item_cause_if_filed_late", "evidence_item", {"late_because": "…"}),
    ("ck_evidence_item_unscanned", "evidence_item", {"unscanned": 2, "state": "held"}),
    ("ck_evidence_item_scanned_if_submitted", "evidence_item", {"unscanned": 1}),
    ("ck_evidence_item_file_if_arrived", "evidence_item", {"blob": None}),
    ("ck_evidence_item_file_if_arrived", "evidence_item", {"sha256": None, "declared_sha256": None}),
    ("ck_evidence_item_declared_is_arrived_if_submitted", "evidence_item", {"declared_sha256": OTHER}),
    ("ck_evidence_item_label_unless_draft", "evidence_item", {"label": None}),
    ("ck_evidence_item_label_unless_draft", "evidence_item", {"state": "draft"}),
    ("fk_evidence_preview_item_id_evidence_item", "evidence_preview", {"item_id": 9}),
    ("ck_evidence_preview_previewkind", "evidence_preview", {"kind": "film"}),
    ("ck_evidence_preview_nopreview", "evidence_preview", {"problem": "dull"}),
    ("ck_evidence_preview_whole", "evidence_preview", {"whole": 2}),
    ("ck_evidence_preview_none_has_problem", "evidence_preview", {"kind": "none"}),
    ("fk_evidence_preview_page_item_id_evidence_item", "evidence_preview_page", {"item_id": 9}),
    ("uq_evidence_preview_page_item_id_copy_place", "evidence_preview_page", {"place": 1}),
    ("ck_evidence_preview_copy", "evidence_preview", {"copy": "sketch"}),
    ("ck_evidence_preview_page_copy", "evidence_preview_page", {"copy": "sketch"}),
    ("ck_evidence_item_redacted_if_confidential", "evidence_item", {"confidential_because": "…"}),
    ("ck_evidence_item_redacted_is_whole", "evidence_item", {"redacted_sha256": DIGEST}),
    ("ck_evidence_item_redacted_is_whole", "evidence_item", {"confidential_because": "…", "redacted_sha256": DIGEST}),
    ("ck_evidence_item_boxes_of_a_copy", "evidence_item", {"redacted_boxes": "[]"}),
    ("ck_evidence_item_disclosed_for_a_reason", "evidence_item", {"disclosed_because": "…"}),
    ("ck_evidence_item_disclosed_for_a_reason", "evidence_item", {"disclosed_because": "…", "disclosed_at": AT}),
    ("ck_evidence_item_erased_for_a_reason", "evidence_item", {"erased_because": "…"}),
    ("ck_evidence_item_gone_if_erased", "evidence_item", {"erased_at": AT, "erased_because": "…"}),
    ("fk_evidence_timestamp_item_id_evidence_item", "evidence_timestamp", {"item_id": 9}),
    ("fk_picture_print_item_id_evidence_item", "picture_print", {"item_id": 9}),
    ("ck_picture_print_size", "picture_print", {"print": b"short"}),
    ("fk_picture_band_item_id_evidence_item", "picture_band", {"item_id": 9}),
    ("fk_ruling_case_no_cases", "ruling", {"case_no": "CA-2026-000009"}),
    ("uq_ruling_verify_code", "ruling", {"verify_code": "code-1"}),
    ("ck_ruling_rulingstate", "ruling", {"state": "drafted"}),
    ("ck_ruling_caseoutcome", "ruling", {"outcome": "won"}),
    ("ck_ruling_rendered_if_prepared", "ruling", {"state": "prepared"}),
    ("ck_ruling_rendered_if_prepared", "ruling", {"state": "signing"}),
    ("ck_ruling_signed_if_issued", "ruling", {"state": "issued", "unsigned_blob": DIGEST, "issued_at": AT}),
    ("ck_ruling_signed_if_issued", "ruling", {"signed_blob": DIGEST}),
    ("ck_ruling_issued_at_if_issued", "ruling", {"state": "issued", "unsigned_blob": DIGEST, "signed_blob": DIGEST}),
    ("ck_ruling_issued_at_if_issued", "ruling", {"issued_at": AT}),
    ("fk_fact_statement_case_no_cases", "fact_statement", {"case_no": "CA-2026-000009"}),
    ("ck_fact_statement_stance", "fact_statement", {"stance": "doubt"}),
    ("ck_fact_statement_value_if_stated", "fact_statement", {"stance": "assert"}),
    ("ck_fact_statement_value_if_stated", "fact_statement", {"value": "never"}),
    ("ck_fact_statement_side_unless_found", "fact_statement", {"side": ""}),
    ("ck_fact_statement_side_unless_found", "fact_statement", {"stance": "reopen"}),
    ("fk_ruling_citation_ruling_id_ruling", "ruling_citation", {"ruling_id": 9}),
    ("ck_ruling_citation_outcome", "ruling_citation", {"result": "won"}),
    ("fk_case_bundle_case_no_cases", "case_bundle", {"case_no": "CA-2026-000009"}),
    ("ck_case_bundle_view", "case_bundle", {"view": "everyone"}),
    ("ck_case_bundle_made_if_there", "case_bundle", {"made_at": AT}),
    ("fk_order_execution_case_no_cases", "order_execution", {"case_no": "CA-2026-000009"}),
    ("fk_ruling_draft_case_no_cases", "ruling_draft", {"case_no": "CA-2026-000009"}),
    ("fk_delivery_platform_id_platform", "delivery", {"platform_id": 9}),
    ("uq_delivery_webhook_id", "delivery", {"webhook_id": "evt_1"}),
    ("uq_history_case_no_seq", "history", {"seq": 1}),
    ("ck_history_digests", "history", {"prev": "0"}),
    ("ck_history_digests", "history", {"commit": "ab"}),
    ("fk_history_payload_idx_history", "history_payload", {"idx": 9}),
    ("ck_history_payload_emptied_together", "history_payload", {"salt": None}),
    ("ck_history_payload_emptied_together", "history_payload", {"payload": None}),
    ("ck_tree_node_sha256", "tree_node", {"hash": bytes(31)}),
]

# Those that only a pair of rows can break: both are changed, and the first alone is accepted.
BROKEN_BY_TWO: list[tuple[str, str, dict[str, Any]]] = [
    ("uq_deadline_open_kind", "deadline", {"state": "open", "settled_at": None}),
    ("uq_appointment_seated", "appointment", {"state": "proposed", "answered_at": None}),
    ("uq_ruling_live", "ruling", {"state": "preparing"}),
    ("uq_ruling_signed_sha256", "ruling", {"signed_sha256": DIGEST}),
    ("uq_inspector_staff_id", "inspector", {"staff_id": 1}),
    ("uq_inspection_request_underway", "inspection_request", {"state": "asked"}),
    ("uq_inspection_request_report_id", "inspection_request", {"state": "reported", "report_id": 1}),
]

TWO_OF = ("cases", "evidence_item", "history", "standard_version")
"""Tables of which there are two rows to begin with, so that a second row of others has something to belong to."""


@pytest.fixture(scope="module")
def furnished(shared_place: Place) -> Iterator[Connection]:
    """A row or two in every table. The guards are off, for they would refuse before the constraints are asked."""
    with shared_place.connected() as connection:
        with connection.begin():
            take_guards_off(connection)
            one_of_everything(connection)
            for table in TWO_OF:
                insert(connection, table, row(table, 2))
        yield connection


@pytest.fixture
def connection(furnished: Connection) -> Iterator[Connection]:
    """A transaction that is taken back."""
    with furnished.begin() as transaction:
        yield furnished
        transaction.rollback()


def broken_by(connection: Connection, table: str, values: dict[str, Any], changed: dict[str, Any]) -> str:
    """The constraint that refuses the row."""
    with pytest.raises(IntegrityError) as refusal, connection.begin_nested():
        insert(connection, table, values)
    if connection.dialect.name == "postgresql":
        return refusal.value.orig.diag.constraint_name
    return named_by_sqlite(str(refusal.value.orig), table, changed)


def named_by_sqlite(message: str, table: str, changed: dict[str, Any]) -> str:
    """SQLite names CHECKs, tells the columns of UNIQUE, and of foreign keys only that one is broken."""
    kind, _, rest = message.partition(" constraint failed")
    if kind == "CHECK":
        return rest.removeprefix(": ")
    model = tables.metadata.tables[table]
    if kind == "UNIQUE":
        columns = [column.partition(".")[2] for column in rest.removeprefix(": ").split(", ")]
        unique = [each for each in model.constraints if isinstance(each, UniqueConstraint)]
        unique += [each for each in model.indexes if each.unique]
        return next(str(each.name) for each in unique if [column.name for column in each.columns] == columns)
    assert kind == "FOREIGN KEY"
    keys = [each for each in model.constraints if isinstance(each, ForeignKeyConstraint)]
    return next(str(each.name) for each in keys if set(each.column_keys) & set(changed))


@pytest.mark.parametrize(("name", "table", "changed"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_a_row_that_breaks_one_constraint_is_refused_by_it(connection, name, table, changed):
    number = 3 if table in TWO_OF else 2
    assert broken_by(connection, table, row(table, number, **changed), changed) == name
    insert(connection, table, row(table, number))


@pytest.mark.parametrize(("name", "table", "changed"), BROKEN_BY_TWO, ids=[name for name, _, _ in BROKEN_BY_TWO])
def test_a_second_row_of_which_there_may_be_one_is_refused(connection, name, table, changed):
    insert(connection, table, row(table, 2, **changed))
    assert broken_by(connection, table, row(table, 3, **changed), changed) == name
    insert(connection, table, row(table, 3))


def test_every_constraint_of_every_table_is_broken_above():
    there_are = {
        str(constraint.name)
        for table in tables.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint | ForeignKeyConstraint)
    }
    there_are |= {
        str(index.name) for table in tables.metadata.tables.values() for index in table.indexes if index.unique
    }
    assert {name for name, _, _ in [*BROKEN, *BROKEN_BY_TWO]} == there_are


def test_every_table_has_a_valid_row_here():
    for table in tables.metadata.tables:
        assert row(table, 1)
