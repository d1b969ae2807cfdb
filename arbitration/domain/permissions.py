"""Who may do what: role names, permissions as one enum, and the map between them as data."""

from enum import StrEnum


class Role(StrEnum):
    """In what quality someone acts. Every route and every move names the roles it is open to."""

    PLATFORM = "platform"
    PLATFORM_OFFICER = "platform_officer"
    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    REPRESENTATIVE = "representative"
    REGISTRAR = "registrar"
    ARBITRATOR = "arbitrator"
    CHAIR = "chair"
    INSPECTOR = "inspector"
    STANDARDS_EDITOR = "standards_editor"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"
    PUBLIC = "public"


PARTIES = frozenset({Role.CLAIMANT, Role.RESPONDENT, Role.REPRESENTATIVE})
"""They come in by a per-case link and access code and have no account."""

STAFF = frozenset(
    {
        Role.PLATFORM_OFFICER,
        Role.REGISTRAR,
        Role.ARBITRATOR,
        Role.CHAIR,
        Role.INSPECTOR,
        Role.STANDARDS_EDITOR,
        Role.AUDITOR,
        Role.ADMIN,
    }
)
"""They have an account and a second factor."""

CASE_READERS = frozenset({Role.PLATFORM_OFFICER, Role.REGISTRAR, Role.ARBITRATOR, Role.CHAIR, Role.AUDITOR})
"""Staff who read cases at all; which cases is decided by `store.cases.visible_to`."""


class Permission(StrEnum):
    """What can be asked for outside a case's own moves (those name their roles in their table)."""

    READ_CASES = "read_cases"
    READ_DELIVERIES = "read_deliveries"
    APPOINT = "appoint"
    MANAGE_PEOPLE = "manage_people"
    ASK_INSPECTION = "ask_inspection"
    EDIT_STANDARD = "edit_standard"
    PUBLISH_STANDARD = "publish_standard"
    PUBLISH_PLATFORM_RULES = "publish_platform_rules"
    ERASE_EVIDENCE = "erase_evidence"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.READ_CASES: CASE_READERS | PARTIES | {Role.PLATFORM, Role.SYSTEM},
    Permission.READ_DELIVERIES: frozenset({Role.PLATFORM_OFFICER, Role.AUDITOR, Role.SYSTEM}),
    Permission.APPOINT: frozenset({Role.REGISTRAR}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN, Role.SYSTEM}),
    Permission.ASK_INSPECTION: frozenset({Role.REGISTRAR, Role.ARBITRATOR}),
    Permission.EDIT_STANDARD: frozenset({Role.STANDARDS_EDITOR}),
    Permission.PUBLISH_STANDARD: frozenset({Role.STANDARDS_EDITOR, Role.SYSTEM}),
    Permission.ERASE_EVIDENCE: frozenset({Role.ADMIN, Role.SYSTEM}),
    Permission.PUBLISH_PLATFORM_RULES: frozenset({Role.PLATFORM_OFFICER, Role.PLATFORM, Role.SYSTEM}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether *role* holds *permission*."""
    return role in GRANTS[permission]
