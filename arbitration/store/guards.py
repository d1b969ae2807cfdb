"""What keeps guarded tables append-only inside the database itself (trust.md, "Guards in the database")."""

APPEND_ONLY = {
    "history": "idx = NEW.idx OR (case_no = NEW.case_no AND seq = NEW.seq)",
    "history_payload": "idx = NEW.idx",
    "tree_node": "level = NEW.level AND position = NEW.position",
    "platform_rules": "platform_id = NEW.platform_id AND (version = NEW.version OR in_force_at = NEW.in_force_at)",
    "standard_version": "version = NEW.version OR in_force_at = NEW.in_force_at",
}
"""Table -> the condition under which a new row would take an existing one's place (INSERT OR REPLACE)."""

OWNER_ONLY_VERBS = ("UPDATE", "DELETE", "TRUNCATE")
APP_ROLE = "arbitration_app"
"""The PostgreSQL role of the running application; the tables belong to another role."""

LEAF_SQL = (
    "leaf_hash = encode(sha256(decode('00', 'hex') || convert_to("
    """'{"actor":"' || actor || '","at":' || at || ',"case":"' || case_no || '","commit":"' || "commit" || """
    """'","kind":"' || kind || '","prev":"' || prev || '","seq":' || seq || ',"v":1}', 'UTF8')), 'hex')"""
)
"""The leaf's canonical bytes rebuilt by PostgreSQL itself: names are plain ASCII, so RFC 8785 is concatenation."""


def sqlite_ddl() -> list[str]:
    """Triggers for SQLite: UPDATE, DELETE and replacement refused, no gap, no broken chain, erasure only empties."""
    statements = []
    for table, same_key in APPEND_ONLY.items():
        erasure = " WHEN NEW.payload IS NOT NULL OR NEW.idx <> OLD.idx" if table == "history_payload" else ""
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}{erasure} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ]
    statements += [
        "CREATE TRIGGER history_no_gap BEFORE INSERT ON history "
        "WHEN NEW.idx <> (SELECT COALESCE(MAX(idx), -1) + 1 FROM history) "
        "BEGIN SELECT RAISE(ABORT, 'gap in the history'); END",
        "CREATE TRIGGER history_chain BEFORE INSERT ON history "
        "WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM history WHERE case_no = NEW.case_no), 0) + 1 "
        "OR NEW.prev <> COALESCE((SELECT leaf_hash FROM history WHERE case_no = NEW.case_no "
        f"ORDER BY seq DESC LIMIT 1), '{'0' * 64}') "
        "BEGIN SELECT RAISE(ABORT, 'broken chain in the history'); END",
    ]
    return statements


def postgresql_ddl() -> list[str]:
    """The same for PostgreSQL, also against TRUNCATE, on for replication roles too, and closed to the application."""
    statements = [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        "CREATE FUNCTION refuse_unless_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.payload IS NOT NULL OR NEW.idx <> OLD.idx THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$",
        "CREATE FUNCTION refuse_broken_chain() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.idx <> (SELECT COALESCE(MAX(idx), -1) + 1 FROM public.history) THEN "
        "RAISE EXCEPTION 'gap in the history' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF NEW.seq <> COALESCE((SELECT MAX(seq) FROM public.history WHERE case_no = NEW.case_no), 0) + 1 "
        "OR NEW.prev <> COALESCE((SELECT leaf_hash FROM public.history WHERE case_no = NEW.case_no "
        "ORDER BY seq DESC LIMIT 1), repeat('0', 64)) THEN "
        "RAISE EXCEPTION 'broken chain in the history' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$",
    ]
    statements.append(f"ALTER TABLE history ADD CONSTRAINT ck_history_leaf CHECK ({LEAF_SQL})")
    for table in APPEND_ONLY:
        on_update = "refuse_unless_emptied" if table == "history_payload" else "refuse_change"
        triggers = {
            f"{table}_no_update": f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {on_update}()",
            f"{table}_no_delete": f"BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"{table}_no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        }
        if table == "history":
            triggers["history_chain"] = "BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION refuse_broken_chain()"
        for name, body in triggers.items():
            statements += [
                f"CREATE TRIGGER {name} {body}",
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
            ]
    return statements


def postgresql_grants() -> list[str]:
    """What the application may do: everything with working tables, only read and append with guarded ones.

    Run after each migration by the tables' owner, when the application's role exists.
    """
    guarded = ", ".join(APPEND_ONLY)
    return [
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"REVOKE {', '.join(OWNER_ONLY_VERBS)} ON {guarded} FROM {APP_ROLE}",
        f"GRANT UPDATE (salt, payload) ON history_payload TO {APP_ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP_ROLE}",
        # A temporary table would stand in for the one of the same name.
        "DO $$ BEGIN "
        "EXECUTE 'REVOKE TEMPORARY ON DATABASE ' || quote_ident(current_database()) || ' FROM PUBLIC'; "
        "END $$",
    ]


def postgresql_drop() -> list[str]:
    """Take the functions away again (their triggers go with the tables)."""
    return [
        f"DROP FUNCTION IF EXISTS {name}() CASCADE"
        for name in ("refuse_change", "refuse_unless_emptied", "refuse_broken_chain")
    ]
