"""The first schema: every table, and the guards of the history."""

import sqlalchemy as sa
from alembic import op

from arbitration.store import guards

revision = "0001"
down_revision = None

INT64 = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
MICROS = INT64


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_start", MICROS, nullable=False),
        sa.Column("count", INT64, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_window_start"), "attempt", ["window_start"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", INT64, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "history",
        sa.Column("idx", INT64, autoincrement=False, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("seq", INT64, nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INT64, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            'length(prev) = 64 AND length(leaf_hash) = 64 AND length("commit") = 64', name=op.f("ck_history_digests")
        ),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_history")),
        sa.UniqueConstraint("case_no", "seq", name=op.f("uq_history_case_no_seq")),
        sqlite_strict=True,
    )
    op.create_table(
        "job",
        sa.Column("id", INT64, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("run_at", MICROS, nullable=False),
        sa.Column("attempts", INT64, nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", MICROS, nullable=True),
        sa.Column("done_at", MICROS, nullable=True),
        sa.Column("failed_at", MICROS, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["run_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index(
        "ix_job_done",
        "job",
        ["done_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.create_table(
        "platform",
        sa.Column("id", INT64, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("evidence_hosts", sa.Text(), nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("disabled_at", MICROS, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_platform_actor_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_platform_slug")),
    )
    op.create_table(
        "standard_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("in_force_at", MICROS, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_standard_version")),
        sa.UniqueConstraint("in_force_at", name=op.f("uq_standard_version_in_force_at")),
        sqlite_strict=True,
    )
    op.create_table(
        "platform_rules",
        sa.Column("platform_id", INT64, autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("in_force_at", MICROS, nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", MICROS, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["against"], ["standard_version.version"], name=op.f("fk_platform_rules_against_standard_version")
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_platform_rules_platform_id_platform")),
        sa.PrimaryKeyConstraint("platform_id", "version", name=op.f("pk_platform_rules")),
        sa.UniqueConstraint("platform_id", "in_force_at", name=op.f("uq_platform_rules_platform_id_in_force_at")),
        sqlite_strict=True,
    )
    op.create_table(
        "standard_pdf",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", INT64, nullable=False),
        sa.Column("pages", INT64, nullable=False),
        sa.Column("sealed_at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["standard_version.version"], name=op.f("fk_standard_pdf_version_standard_version")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_standard_pdf")),
        sa.UniqueConstraint("sha256", name=op.f("uq_standard_pdf_sha256")),
    )
    op.create_table(
        "standard_draft",
        sa.Column("id", INT64, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_consultation",
                "published",
                "withdrawn",
                name="editionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("editor", sa.Text(), nullable=False),
        sa.Column("revision", INT64, nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("changed_at", MICROS, nullable=False),
        sa.Column("opens_at", MICROS, nullable=True),
        sa.Column("closes_at", MICROS, nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('in_consultation', 'published') "
            "OR (opens_at IS NOT NULL AND closes_at IS NOT NULL AND closes_at > opens_at)",
            name=op.f("ck_standard_draft_consulted_if_open"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_draft")),
    )
    op.create_index(op.f("ix_standard_draft_sha256"), "standard_draft", ["sha256"], unique=False)
    op.create_table(
        "standard_comment",
        sa.Column("id", INT64, nullable=False),
        sa.Column("draft_id", INT64, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["standard_draft.id"], name=op.f("fk_standard_comment_draft_id_standard_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_comment")),
    )
    op.create_index(op.f("ix_standard_comment_draft_id"), "standard_comment", ["draft_id"], unique=False)
    op.create_table(
        "standard_trial",
        sa.Column("id", INT64, nullable=False),
        sa.Column("draft_id", INT64, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="trialstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", INT64, nullable=False),
        sa.Column("done", INT64, nullable=False),
        sa.Column("changed", INT64, nullable=False),
        sa.Column("last_case_no", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", MICROS, nullable=False),
        sa.Column("finished_at", MICROS, nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_standard_trial_finished_at_if_finished"),
        ),
        sa.CheckConstraint(
            "changed >= 0 AND changed <= done AND done <= total", name=op.f("ck_standard_trial_figures")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["standard_draft.id"], name=op.f("fk_standard_trial_draft_id_standard_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_trial")),
    )
    op.create_index(op.f("ix_standard_trial_draft_id"), "standard_trial", ["draft_id"], unique=False)
    op.create_index(
        "uq_standard_trial_underway",
        "standard_trial",
        ["draft_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "tree_node",
        sa.Column("level", INT64, autoincrement=False, nullable=False),
        sa.Column("position", INT64, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_tree_node_sha256")),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_tree_node")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "web_session",
        sa.Column("id_sha256", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("seen_at", MICROS, nullable=False),
        sa.Column("expires_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id_sha256", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_holder"), "web_session", ["holder"], unique=False)
    op.create_table(
        "cases",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("platform_id", INT64, nullable=False),
        sa.Column("platform_dispute_id", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "deficient",
                "inadmissible",
                "admitted",
                "response_due",
                "evidence",
                "deliberation",
                "ruled",
                "compliance",
                "closed",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "track",
            sa.Enum("fast", "standard", "complex", name="track", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("ordered_at", MICROS, nullable=False),
        sa.Column("order_minor", INT64, nullable=False),
        sa.Column("claimed_minor", INT64, nullable=False),
        sa.Column("escrow_held", INT64, nullable=False),
        sa.Column("escalation", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Text(), nullable=True),
        sa.Column("procedure_version", sa.Text(), nullable=False),
        sa.Column("received_at", MICROS, nullable=False),
        sa.Column("admitted_at", MICROS, nullable=True),
        sa.Column("defaulted_at", MICROS, nullable=True),
        sa.Column("record_sha256", sa.Text(), nullable=True),
        sa.Column("ruled_at", MICROS, nullable=True),
        sa.Column("executed_at", MICROS, nullable=True),
        sa.Column("ended_at", MICROS, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "upheld_in_part",
                "dismissed",
                "upheld_by_default",
                "upheld_in_part_by_default",
                "dismissed_despite_default",
                "settled",
                "withdrawn",
                "discontinued",
                "inadmissible",
                name="caseoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("arbitrator", sa.Text(), nullable=True),
        sa.Column("next_due_at", MICROS, nullable=False),
        sa.Column("next_who", sa.Text(), nullable=False),
        sa.Column("next_kind", sa.Text(), nullable=False),
        sa.Column("version", INT64, nullable=False),
        sa.CheckConstraint(
            "(state IN ('inadmissible', 'closed', 'withdrawn')) = (ended_at IS NOT NULL)",
            name=op.f("ck_cases_ended_at_if_ended"),
        ),
        sa.CheckConstraint(
            "(state IN ('ruled', 'compliance', 'closed')) = (ruled_at IS NOT NULL)",
            name=op.f("ck_cases_ruled_at_if_ruled"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'deficient', 'inadmissible', 'withdrawn') OR admitted_at IS NOT NULL",
            name=op.f("ck_cases_admitted_at_if_admitted"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('deliberation', 'ruled', 'compliance', 'closed') OR record_sha256 IS NOT NULL",
            name=op.f("ck_cases_record_fixed_if_deliberated"),
        ),
        sa.CheckConstraint("order_minor >= 0 AND claimed_minor >= 0", name=op.f("ck_cases_amounts")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_cases_platform_id_platform")),
        sa.ForeignKeyConstraint(
            ["standard_version"], ["standard_version.version"], name=op.f("fk_cases_standard_version_standard_version")
        ),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_cases")),
        sa.UniqueConstraint(
            "platform_id", "platform_dispute_id", name=op.f("uq_cases_platform_id_platform_dispute_id")
        ),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["next_due_at", "case_no"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_cases_open_arbitrator",
        "cases",
        ["arbitrator", "next_due_at", "case_no", "next_who"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_cases_open_platform",
        "cases",
        ["platform_id", "next_due_at", "case_no"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_cases_arbitrator_case_no", "cases", ["arbitrator", "case_no"], unique=False)
    op.create_index("ix_cases_platform_id_case_no", "cases", ["platform_id", "case_no"], unique=False)
    op.create_index(
        "ix_cases_open_who",
        "cases",
        ["next_who", "next_due_at", "case_no"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", INT64, nullable=False),
        sa.Column("platform_id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("attempts", INT64, nullable=False),
        sa.Column("last_status", INT64, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("delivered_at", MICROS, nullable=True),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_delivery_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_delivery_webhook_id")),
    )
    op.create_index(op.f("ix_delivery_case_no"), "delivery", ["case_no"], unique=False)
    op.create_index("ix_delivery_platform", "delivery", ["platform_id", "id"], unique=False)
    op.create_table(
        "history_payload",
        sa.Column("idx", INT64, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.CheckConstraint("(salt IS NULL) = (payload IS NULL)", name=op.f("ck_history_payload_emptied_together")),
        sa.ForeignKeyConstraint(["idx"], ["history.idx"], name=op.f("fk_history_payload_idx_history")),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_history_payload")),
        sqlite_strict=True,
    )
    op.create_table(
        "platform_key",
        sa.Column("id", INT64, nullable=False),
        sa.Column("platform_id", INT64, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("hmac", "ed25519", name="keykind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("material", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("revoked_at", MICROS, nullable=True),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_platform_key_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_key")),
        sa.UniqueConstraint("platform_id", "key_id", name=op.f("uq_platform_key_platform_id_key_id")),
    )
    op.create_table(
        "staff",
        sa.Column("id", INT64, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "platform",
                "platform_officer",
                "claimant",
                "respondent",
                "representative",
                "registrar",
                "arbitrator",
                "chair",
                "inspector",
                "standards_editor",
                "auditor",
                "admin",
                "system",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("platform_id", INT64, nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last_step", INT64, nullable=False),
        sa.Column("certificate_sha256", sa.Text(), nullable=True),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("disabled_at", MICROS, nullable=True),
        sa.CheckConstraint(
            "(role = 'platform_officer') = (platform_id IS NOT NULL)", name=op.f("ck_staff_officer_has_platform")
        ),
        sa.CheckConstraint(
            "role NOT IN ('platform', 'claimant', 'respondent', 'representative', 'system', 'public')",
            name=op.f("ck_staff_role_of_staff"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_staff_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_staff_actor_id")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", INT64, nullable=False),
        sa.Column("platform_id", INT64, nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("platform_dispute_id", sa.Text(), nullable=False),
        sa.Column("sequence", INT64, nullable=False),
        sa.Column("opens_case", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("status", INT64, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "accepted",
                "held",
                "applied",
                "expired",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", MICROS, nullable=False),
        sa.CheckConstraint("opens_case IN (0, 1)", name=op.f("ck_webhook_event_opens_case")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_webhook_event_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("platform_id", "webhook_id", name=op.f("uq_webhook_event_platform_id_webhook_id")),
    )
    op.create_index(op.f("ix_webhook_event_case_no"), "webhook_event", ["case_no"], unique=False)
    op.create_index(
        "ix_webhook_event_held",
        "webhook_event",
        ["platform_id", "platform_dispute_id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "uq_webhook_event_escalation",
        "webhook_event",
        ["platform_id", "platform_dispute_id"],
        unique=True,
        sqlite_where=sa.text("opens_case = 1"),
        postgresql_where=sa.text("opens_case = 1"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("staff_id", INT64, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "declined",
                "lapsed",
                name="appointmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", MICROS, nullable=False),
        sa.Column("answered_at", MICROS, nullable=True),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name=op.f("ck_appointment_answered_at_if_answered")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR declaration <> ''", name=op.f("ck_appointment_declared_if_accepted")
        ),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_appointment_case_no_cases")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_appointment_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_case_no"), "appointment", ["case_no"], unique=False)
    op.create_index(op.f("ix_appointment_staff_id"), "appointment", ["staff_id"], unique=False)
    op.create_index(
        "uq_appointment_seated",
        "appointment",
        ["case_no"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'accepted')"),
        postgresql_where=sa.text("state IN ('proposed', 'accepted')"),
    )
    op.create_table(
        "claim",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column(
            "remedy",
            sa.Enum(
                "refund_full",
                "refund_partial",
                "replace_key",
                "redo_topup",
                "restore_account",
                "compensation",
                "punitive_3x",
                "deposit_return",
                "apology_correction",
                "dismiss",
                name="remedy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", INT64, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_claim_amount")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_claim_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("case_no", "letter", name=op.f("uq_claim_case_no_letter")),
    )
    op.create_table(
        "deadline",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "triage",
                "cure",
                "response",
                "evidence",
                "acceptance",
                "ruling",
                "signature",
                "review",
                "correction",
                "compliance_escrow",
                "compliance_other",
                "appointment",
                "comment_claimant",
                "comment_respondent",
                name="deadlinekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("starts_at", MICROS, nullable=False),
        sa.Column("due_at", MICROS, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "met",
                "expired",
                "cancelled",
                name="deadlinestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("settled_at", MICROS, nullable=True),
        sa.Column("alerted_at", MICROS, nullable=True),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_deadline_settled_at_if_settled")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_deadline_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(op.f("ix_deadline_case_no"), "deadline", ["case_no"], unique=False)
    op.create_index(
        "ix_deadline_open",
        "deadline",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_deadline_open_kind",
        "deadline",
        ["case_no", "kind", "about"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "evidence_item",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("platform_evidence_id", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "chat_log",
                "order_screenshot",
                "payment_voucher",
                "inspection_report",
                "delivery_log",
                "login_log",
                "redeem_log",
                "listing_snapshot",
                "video",
                "issuer_statement",
                "other",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "expected",
                "held",
                "submitted",
                "quarantined",
                "unavailable",
                name="itemstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "submitted_by",
            sa.Enum(
                "platform",
                "platform_officer",
                "claimant",
                "respondent",
                "representative",
                "registrar",
                "arbitrator",
                "chair",
                "inspector",
                "standards_editor",
                "auditor",
                "admin",
                "system",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("particulars", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", INT64, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("declared_sha256", sa.Text(), nullable=True),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("captured_at", MICROS, nullable=True),
        sa.Column("received_at", MICROS, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("late", INT64, nullable=False),
        sa.Column("late_because", sa.Text(), nullable=False),
        sa.Column("unscanned", INT64, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=True),
        sa.Column("confidential_because", sa.Text(), nullable=True),
        sa.Column("redacted_name", sa.Text(), nullable=True),
        sa.Column("redacted_type", sa.Text(), nullable=True),
        sa.Column("redacted_size", INT64, nullable=True),
        sa.Column("redacted_sha256", sa.Text(), nullable=True),
        sa.Column("redacted_blob", sa.Text(), nullable=True),
        sa.Column("redacted_boxes", sa.Text(), nullable=True),
        sa.Column("disclosed_at", MICROS, nullable=True),
        sa.Column("disclosed_because", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("erased_at", MICROS, nullable=True),
        sa.Column("erased_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (erased_because IS NULL)", name=op.f("ck_evidence_item_erased_for_a_reason")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (blob IS NULL AND redacted_blob IS NULL)",
            name=op.f("ck_evidence_item_gone_if_erased"),
        ),
        sa.CheckConstraint(
            "confidential_because IS NULL OR state = 'draft' OR redacted_sha256 IS NOT NULL",
            name=op.f("ck_evidence_item_redacted_if_confidential"),
        ),
        sa.CheckConstraint(
            "redacted_sha256 IS NULL OR (confidential_because IS NOT NULL AND redacted_name IS NOT NULL "
            "AND redacted_type IS NOT NULL AND redacted_size IS NOT NULL "
            "AND (redacted_blob IS NOT NULL OR erased_at IS NOT NULL))",
            name=op.f("ck_evidence_item_redacted_is_whole"),
        ),
        sa.CheckConstraint(
            "redacted_boxes IS NULL OR redacted_sha256 IS NOT NULL",
            name=op.f("ck_evidence_item_boxes_of_a_copy"),
        ),
        sa.CheckConstraint(
            "(disclosed_at IS NULL) = (disclosed_because IS NULL) "
            "AND (disclosed_at IS NULL OR confidential_because IS NOT NULL)",
            name=op.f("ck_evidence_item_disclosed_for_a_reason"),
        ),
        sa.CheckConstraint("late IN (0, 1)", name=op.f("ck_evidence_item_late")),
        sa.CheckConstraint(
            "state = 'draft' OR (late_because <> '') = (late = 1 AND source = 'upload')",
            name=op.f("ck_evidence_item_cause_if_filed_late"),
        ),
        sa.CheckConstraint("unscanned IN (0, 1)", name=op.f("ck_evidence_item_unscanned")),
        sa.CheckConstraint("state <> 'submitted' OR unscanned = 0", name=op.f("ck_evidence_item_scanned_if_submitted")),
        sa.CheckConstraint("(state = 'draft') = (label IS NULL)", name=op.f("ck_evidence_item_label_unless_draft")),
        sa.CheckConstraint(
            "state <> 'submitted' OR declared_sha256 IS NULL OR declared_sha256 = sha256",
            name=op.f("ck_evidence_item_declared_is_arrived_if_submitted"),
        ),
        sa.CheckConstraint(
            "state IN ('expected', 'unavailable') OR erased_at IS NOT NULL "
            "OR (sha256 IS NOT NULL AND blob IS NOT NULL)",
            name=op.f("ck_evidence_item_file_if_arrived"),
        ),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_evidence_item_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
        sa.UniqueConstraint("case_no", "label", name=op.f("uq_evidence_item_case_no_label")),
        sa.UniqueConstraint(
            "case_no", "platform_evidence_id", name=op.f("uq_evidence_item_case_no_platform_evidence_id")
        ),
    )
    op.create_index(op.f("ix_evidence_item_case_no"), "evidence_item", ["case_no"], unique=False)
    op.create_index(op.f("ix_evidence_item_sha256"), "evidence_item", ["sha256"], unique=False)
    op.create_table(
        "evidence_timestamp",
        sa.Column("item_id", INT64, autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_timestamp_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_evidence_timestamp")),
    )
    op.create_table(
        "picture_print",
        sa.Column("item_id", INT64, autoincrement=False, nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(print) = 16", name=op.f("ck_picture_print_size")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_picture_print_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_picture_print")),
    )
    op.create_table(
        "picture_band",
        sa.Column("place", INT64, autoincrement=False, nullable=False),
        sa.Column("value", INT64, autoincrement=False, nullable=False),
        sa.Column("item_id", INT64, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_picture_band_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("place", "value", "item_id", name=op.f("pk_picture_band")),
    )
    op.create_index(op.f("ix_picture_band_item_id"), "picture_band", ["item_id"], unique=False)
    op.create_table(
        "evidence_preview",
        sa.Column("item_id", INT64, autoincrement=False, nullable=False),
        sa.Column(
            "copy",
            sa.Enum(
                "original",
                "redacted",
                name="copy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "pages",
                "conversation",
                "table",
                "text",
                "listing",
                "none",
                name="previewkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "problem",
            sa.Enum(
                "not_shown",
                "empty",
                "locked",
                "damaged",
                "too_large",
                "limits",
                "no_picture",
                "unreadable",
                name="nopreview",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("total", INT64, nullable=False),
        sa.Column("shown", INT64, nullable=False),
        sa.Column("whole", INT64, nullable=False),
        sa.Column("rows_blob", sa.Text(), nullable=True),
        sa.Column("maker", INT64, nullable=False),
        sa.Column("made_at", MICROS, nullable=False),
        sa.CheckConstraint("whole IN (0, 1)", name=op.f("ck_evidence_preview_whole")),
        sa.CheckConstraint("kind <> 'none' OR problem IS NOT NULL", name=op.f("ck_evidence_preview_none_has_problem")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_preview_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "copy", name=op.f("pk_evidence_preview")),
    )
    op.create_table(
        "evidence_preview_page",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column(
            "copy",
            sa.Enum(
                "original",
                "redacted",
                name="copy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", INT64, nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("width", INT64, nullable=False),
        sa.Column("height", INT64, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_preview_page_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_preview_page")),
        sa.UniqueConstraint("item_id", "copy", "place", name=op.f("uq_evidence_preview_page_item_id_copy_place")),
    )
    op.create_index(op.f("ix_evidence_preview_page_blob"), "evidence_preview_page", ["blob"], unique=False)
    op.create_table(
        "inspector",
        sa.Column("id", INT64, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("expertise", sa.Text(), nullable=False),
        sa.Column("accredited_from", MICROS, nullable=False),
        sa.Column("accredited_until", MICROS, nullable=True),
        sa.Column("staff_id", INT64, nullable=True),
        sa.CheckConstraint(
            "accredited_until IS NULL OR accredited_until >= accredited_from", name=op.f("ck_inspector_period")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_inspector_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_inspector_actor_id")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_inspector_staff_id")),
    )
    op.create_table(
        "inspection_request",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column("inspector_id", INT64, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "asked_by",
            sa.Enum(
                "platform",
                "platform_officer",
                "claimant",
                "respondent",
                "representative",
                "registrar",
                "arbitrator",
                "chair",
                "inspector",
                "standards_editor",
                "auditor",
                "admin",
                "system",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", MICROS, nullable=False),
        sa.Column("due_at", MICROS, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "taken",
                "declined",
                "reported",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_at", MICROS, nullable=True),
        sa.Column("handed_out_at", MICROS, nullable=True),
        sa.Column("report_id", INT64, nullable=True),
        sa.CheckConstraint(
            "(state = 'reported') = (report_id IS NOT NULL)", name=op.f("ck_inspection_request_report_if_reported")
        ),
        sa.CheckConstraint("state = 'asked' OR words <> ''", name=op.f("ck_inspection_request_words_if_answered")),
        sa.CheckConstraint("due_at > asked_at", name=op.f("ck_inspection_request_due_after_asked")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_inspection_request_case_no_cases")),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["inspector.id"], name=op.f("fk_inspection_request_inspector_id_inspector")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_inspection_request_item_id_evidence_item")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["evidence_item.id"], name=op.f("fk_inspection_request_report_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_request")),
        sa.UniqueConstraint("report_id", name=op.f("uq_inspection_request_report_id")),
    )
    op.create_index(op.f("ix_inspection_request_case_no"), "inspection_request", ["case_no"], unique=False)
    op.create_index(op.f("ix_inspection_request_inspector_id"), "inspection_request", ["inspector_id"], unique=False)
    op.create_index(
        "uq_inspection_request_underway",
        "inspection_request",
        ["item_id", "inspector_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'taken')"),
        postgresql_where=sa.text("state IN ('asked', 'taken')"),
    )
    op.create_table(
        "inspector_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("inspector_id", INT64, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", MICROS, nullable=False),
        sa.Column("revoked_at", MICROS, nullable=True),
        sa.Column(
            "revoked_why",
            sa.Enum(
                "rotated",
                "retired",
                "compromised",
                name="revocation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("distrusted_from", MICROS, nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_why IS NULL) AND (revoked_at IS NULL) = (distrusted_from IS NULL)",
            name=op.f("ck_inspector_key_revoked_with_reason"),
        ),
        sa.CheckConstraint(
            "distrusted_from IS NULL OR distrusted_from <= revoked_at",
            name=op.f("ck_inspector_key_distrusted_when_revoked"),
        ),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_inspector_key_length")),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["inspector.id"], name=op.f("fk_inspector_key_inspector_id_inspector")
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_inspector_key")),
    )
    op.create_index(op.f("ix_inspector_key_inspector_id"), "inspector_key", ["inspector_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "statement",
                "response",
                "cure_request",
                name="messagekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "author_role",
            sa.Enum(
                "platform",
                "platform_officer",
                "claimant",
                "respondent",
                "representative",
                "registrar",
                "arbitrator",
                "chair",
                "inspector",
                "standards_editor",
                "auditor",
                "admin",
                "system",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_message_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_case_no"), "message", ["case_no"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", INT64, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "platform",
                "platform_officer",
                "claimant",
                "respondent",
                "representative",
                "registrar",
                "arbitrator",
                "chair",
                "inspector",
                "standards_editor",
                "auditor",
                "admin",
                "system",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "claimant",
                "respondent",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("platform_user_id", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("code_serial", INT64, nullable=False),
        sa.Column("review_waived_at", MICROS, nullable=True),
        sa.CheckConstraint("role NOT IN ('claimant', 'respondent') OR role = side", name=op.f("ck_party_own_side")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_party_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_party_actor_id")),
        sa.UniqueConstraint("case_no", "role", "side", name=op.f("uq_party_case_no_role_side")),
        sa.UniqueConstraint("link", name=op.f("uq_party_link")),
    )
    op.create_index(op.f("ix_party_platform_user_id"), "party", ["platform_user_id"], unique=False)
    op.create_table(
        "ruling",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "prepared",
                "signing",
                "issued",
                "lapsed",
                name="rulingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("draft_version", INT64, nullable=False),
        sa.Column("arbitrator", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "upheld_in_part",
                "dismissed",
                "upheld_by_default",
                "upheld_in_part_by_default",
                "dismissed_despite_default",
                "settled",
                "withdrawn",
                "discontinued",
                "inadmissible",
                name="caseoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("total_minor", INT64, nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("unsigned_blob", sa.Text(), nullable=True),
        sa.Column("unsigned_sha256", sa.Text(), nullable=True),
        sa.Column("pages", INT64, nullable=True),
        sa.Column("verify_code", sa.Text(), nullable=False),
        sa.Column("served_at", MICROS, nullable=True),
        sa.Column("signed_blob", sa.Text(), nullable=True),
        sa.Column("signed_sha256", sa.Text(), nullable=True),
        sa.Column("signed_size", INT64, nullable=True),
        sa.Column("requested_at", MICROS, nullable=False),
        sa.Column("authorised_at", MICROS, nullable=True),
        sa.Column("issued_at", MICROS, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name=op.f("ck_ruling_issued_at_if_issued")),
        sa.CheckConstraint("(state = 'issued') = (signed_blob IS NOT NULL)", name=op.f("ck_ruling_signed_if_issued")),
        sa.CheckConstraint(
            "state NOT IN ('prepared', 'signing', 'issued') OR unsigned_blob IS NOT NULL",
            name=op.f("ck_ruling_rendered_if_prepared"),
        ),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_ruling_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("signed_sha256", name=op.f("uq_ruling_signed_sha256")),
        sa.UniqueConstraint("verify_code", name=op.f("uq_ruling_verify_code")),
    )
    op.create_index(op.f("ix_ruling_case_no"), "ruling", ["case_no"], unique=False)
    op.create_index(
        "ix_ruling_prepared",
        "ruling",
        ["arbitrator", "case_no"],
        unique=False,
        sqlite_where=sa.text("state = 'prepared'"),
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.create_index(
        "uq_ruling_live",
        "ruling",
        ["case_no"],
        unique=True,
        sqlite_where=sa.text("state <> 'lapsed'"),
        postgresql_where=sa.text("state <> 'lapsed'"),
    )
    op.create_table(
        "case_bundle",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column(
            "view",
            sa.Enum(
                "office",
                "platform",
                "claimant",
                "respondent",
                name="view",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", MICROS, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", INT64, nullable=True),
        sa.Column("pages", INT64, nullable=True),
        sa.Column("in_part", INT64, nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("made_at", MICROS, nullable=True),
        sa.CheckConstraint("(blob IS NULL) = (made_at IS NULL)", name=op.f("ck_case_bundle_made_if_there")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_bundle_case_no_cases")),
        sa.PrimaryKeyConstraint("case_no", "view", name=op.f("pk_case_bundle")),
    )
    op.create_table(
        "order_execution",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("order_number", INT64, nullable=False),
        sa.Column("executed_at", MICROS, nullable=False),
        sa.Column("reported_at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_order_execution_case_no_cases")),
        sa.PrimaryKeyConstraint("case_no", "order_number", name=op.f("pk_order_execution")),
    )
    op.create_table(
        "evidence_cure",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_cure_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_cure")),
    )
    op.create_index(op.f("ix_evidence_cure_item_id"), "evidence_cure", ["item_id"], unique=False)
    op.create_table(
        "item_finding",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.CheckConstraint("(value IS NULL) = (reason = '')", name=op.f("ck_item_finding_reason_if_found")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_item_finding_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_finding")),
    )
    op.create_index(op.f("ix_item_finding_item_id"), "item_finding", ["item_id"], unique=False)
    op.create_table(
        "admission",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "admitted",
                "with_corroboration",
                "excluded",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.CheckConstraint("(verdict IS NULL) = (reason = '')", name=op.f("ck_admission_reason_if_decided")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_admission_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index(op.f("ix_admission_item_id"), "admission", ["item_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column(
            "side",
            sa.Enum("claimant", "respondent", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "authenticity",
                "altered",
                "obtained_improperly",
                "irrelevant",
                "late",
                "form",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", MICROS, nullable=True),
        sa.Column(
            "decision",
            sa.Enum("upheld", "dismissed", name="decision", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", MICROS, nullable=True),
        sa.CheckConstraint("(replied_at IS NULL) = (reply = '')", name=op.f("ck_objection_reply_if_replied")),
        sa.CheckConstraint("(decision IS NULL) = (reason = '')", name=op.f("ck_objection_reason_if_decided")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_objection_time_if_decided")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_objection_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("item_id", "side", "ground", name=op.f("uq_objection_item_id_side_ground")),
    )
    op.create_index(op.f("ix_objection_item_id"), "objection", ["item_id"], unique=False)
    op.create_table(
        "late_comment",
        sa.Column("id", INT64, nullable=False),
        sa.Column("item_id", INT64, nullable=False),
        sa.Column(
            "side",
            sa.Enum("claimant", "respondent", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_late_comment_item_id_evidence_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_comment")),
        sa.UniqueConstraint("item_id", "side", name=op.f("uq_late_comment_item_id_side")),
    )
    op.create_index(op.f("ix_late_comment_item_id"), "late_comment", ["item_id"], unique=False)
    op.create_table(
        "production_order",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("number", INT64, nullable=False),
        sa.Column(
            "obligor",
            sa.Enum(
                "claimant",
                "respondent",
                "platform",
                name="obligor",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("ordered_at", MICROS, nullable=False),
        sa.Column("due_at", MICROS, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "produced",
                "refused",
                "expired",
                "withdrawn",
                name="productionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("settled_at", MICROS, nullable=True),
        sa.Column("reply_until", MICROS, nullable=True),
        sa.Column("item_id", INT64, nullable=True),
        sa.CheckConstraint(
            "(state = 'produced') = (item_id IS NOT NULL)", name=op.f("ck_production_order_item_if_produced")
        ),
        sa.CheckConstraint(
            "(state IN ('refused', 'withdrawn')) = (answer <> '')", name=op.f("ck_production_order_answer_if_refused")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_production_order_settled_unless_open")
        ),
        sa.CheckConstraint("due_at > ordered_at", name=op.f("ck_production_order_due_after_ordered")),
        sa.CheckConstraint(
            "(state = 'produced') = (reply_until IS NOT NULL)", name=op.f("ck_production_order_reply_if_produced")
        ),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_production_order_case_no_cases")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_production_order_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_order")),
        sa.UniqueConstraint("case_no", "number", name=op.f("uq_production_order_case_no_number")),
    )
    op.create_table(
        "fact_statement",
        sa.Column("id", INT64, nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "assert",
                "admit",
                "dispute",
                "find",
                "not_find",
                "reopen",
                name="stance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MICROS, nullable=False),
        sa.CheckConstraint(
            "(stance IN ('assert', 'find')) = (value IS NOT NULL)", name=op.f("ck_fact_statement_value_if_stated")
        ),
        sa.CheckConstraint(
            "(side = '') = (stance IN ('find', 'not_find', 'reopen'))",
            name=op.f("ck_fact_statement_side_unless_found"),
        ),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_fact_statement_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_statement")),
    )
    op.create_index(op.f("ix_fact_statement_case_no"), "fact_statement", ["case_no"], unique=False)
    op.create_table(
        "ruling_citation",
        sa.Column("ruling_id", INT64, nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "met",
                "breached",
                "not_applicable",
                "unknown",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("issued_at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_ruling_citation_ruling_id_ruling")),
        sa.PrimaryKeyConstraint("ruling_id", "clause", name=op.f("pk_ruling_citation")),
    )
    op.create_index("ix_ruling_citation_clause", "ruling_citation", ["clause", "issued_at"], unique=False)
    op.create_table(
        "ruling_draft",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", INT64, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", MICROS, nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_ruling_draft_case_no_cases")),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_ruling_draft")),
    )
    op.create_table(
        "staff_relation",
        sa.Column("id", INT64, nullable=False),
        sa.Column("staff_id", INT64, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "platform_staff",
                "merchant_stake",
                name="relationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("until", MICROS, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_relation_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_relation")),
    )
    op.create_index(op.f("ix_staff_relation_staff_id"), "staff_relation", ["staff_id"], unique=False)
    on_postgresql = op.get_context().dialect.name == "postgresql"
    for statement in guards.postgresql_ddl() if on_postgresql else guards.sqlite_ddl():
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    op.drop_index(op.f("ix_staff_relation_staff_id"), table_name="staff_relation")
    op.drop_table("staff_relation")
    op.drop_table("ruling_draft")
    op.drop_index("ix_ruling_citation_clause", table_name="ruling_citation")
    op.drop_table("ruling_citation")
    op.drop_table("production_order")
    for dependent in ("late_comment", "objection", "admission", "item_finding", "evidence_cure"):
        op.drop_index(op.f(f"ix_{dependent}_item_id"), table_name=dependent)
        op.drop_table(dependent)
    op.drop_index(op.f("ix_fact_statement_case_no"), table_name="fact_statement")
    op.drop_table("fact_statement")
    op.drop_table("order_execution")
    op.drop_table("case_bundle")
    op.drop_index(
        "uq_ruling_live",
        table_name="ruling",
        sqlite_where=sa.text("state <> 'lapsed'"),
        postgresql_where=sa.text("state <> 'lapsed'"),
    )
    op.drop_index(
        "ix_ruling_prepared",
        table_name="ruling",
        sqlite_where=sa.text("state = 'prepared'"),
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.drop_index(op.f("ix_ruling_case_no"), table_name="ruling")
    op.drop_table("ruling")
    op.drop_index(op.f("ix_party_platform_user_id"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_message_case_no"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_inspector_key_inspector_id"), table_name="inspector_key")
    op.drop_table("inspector_key")
    op.drop_index(
        "uq_inspection_request_underway",
        table_name="inspection_request",
        sqlite_where=sa.text("state IN ('asked', 'taken')"),
        postgresql_where=sa.text("state IN ('asked', 'taken')"),
    )
    op.drop_index(op.f("ix_inspection_request_inspector_id"), table_name="inspection_request")
    op.drop_index(op.f("ix_inspection_request_case_no"), table_name="inspection_request")
    op.drop_table("inspection_request")
    op.drop_table("inspector")
    op.drop_index(op.f("ix_evidence_preview_page_blob"), table_name="evidence_preview_page")
    op.drop_table("evidence_preview_page")
    op.drop_table("evidence_preview")
    op.drop_index(op.f("ix_picture_band_item_id"), table_name="picture_band")
    op.drop_table("picture_band")
    op.drop_table("picture_print")
    op.drop_table("evidence_timestamp")
    op.drop_index(op.f("ix_evidence_item_sha256"), table_name="evidence_item")
    op.drop_index(op.f("ix_evidence_item_case_no"), table_name="evidence_item")
    op.drop_table("evidence_item")
    op.drop_index(
        "uq_deadline_open_kind",
        table_name="deadline",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_deadline_open",
        table_name="deadline",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_deadline_case_no"), table_name="deadline")
    op.drop_table("deadline")
    op.drop_table("claim")
    op.drop_index(
        "uq_appointment_seated",
        table_name="appointment",
        sqlite_where=sa.text("state IN ('proposed', 'accepted')"),
        postgresql_where=sa.text("state IN ('proposed', 'accepted')"),
    )
    op.drop_index(op.f("ix_appointment_staff_id"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_case_no"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_index(
        "uq_webhook_event_escalation",
        table_name="webhook_event",
        sqlite_where=sa.text("opens_case = 1"),
        postgresql_where=sa.text("opens_case = 1"),
    )
    op.drop_index(
        "ix_webhook_event_held",
        table_name="webhook_event",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index(op.f("ix_webhook_event_case_no"), table_name="webhook_event")
    op.drop_table("webhook_event")
    op.drop_table("staff")
    op.drop_table("platform_key")
    op.drop_table("history_payload")
    op.drop_index("ix_delivery_platform", table_name="delivery")
    op.drop_index(op.f("ix_delivery_case_no"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_cases_platform_id_case_no", table_name="cases")
    op.drop_index("ix_cases_arbitrator_case_no", table_name="cases")
    op.drop_index(
        "ix_cases_open_who",
        table_name="cases",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_open_platform",
        table_name="cases",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_open_arbitrator",
        table_name="cases",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_open",
        table_name="cases",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("cases")
    op.drop_index(op.f("ix_web_session_holder"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("tree_node")
    op.drop_index(
        "uq_standard_trial_underway",
        table_name="standard_trial",
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.drop_index(op.f("ix_standard_trial_draft_id"), table_name="standard_trial")
    op.drop_table("standard_trial")
    op.drop_index(op.f("ix_standard_comment_draft_id"), table_name="standard_comment")
    op.drop_table("standard_comment")
    op.drop_index(op.f("ix_standard_draft_sha256"), table_name="standard_draft")
    op.drop_table("standard_draft")
    op.drop_table("standard_pdf")
    op.drop_table("platform_rules")
    op.drop_table("standard_version")
    op.drop_table("platform")
    op.drop_index(
        "ix_job_open",
        table_name="job",
        sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.drop_index(
        "ix_job_done",
        table_name="job",
        sqlite_where=sa.text("done_at IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.drop_table("job")
    op.drop_table("history")
    op.drop_table("counter")
    op.drop_index(op.f("ix_attempt_window_start"), table_name="attempt")
    op.drop_table("attempt")
    if op.get_context().dialect.name == "postgresql":
        for statement in guards.postgresql_drop():
            op.execute(statement)
