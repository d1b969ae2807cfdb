"""Stored words as people read them: roles, outcomes, remedies and the like, in the reader's language."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome
from arbitration.domain.vocabulary import Remedy, Side

ROLES: Mapping[Role, LazyString] = {
    Role.PLATFORM: lazy_gettext("Platform"),
    Role.PLATFORM_OFFICER: lazy_gettext("Platform officer"),
    Role.CLAIMANT: lazy_gettext("Claimant"),
    Role.RESPONDENT: lazy_gettext("Respondent"),
    Role.REPRESENTATIVE: lazy_gettext("Representative"),
    Role.REGISTRAR: lazy_gettext("Registrar"),
    Role.ARBITRATOR: lazy_gettext("Arbitrator"),
    Role.CHAIR: lazy_gettext("Chair"),
    Role.INSPECTOR: lazy_gettext("Inspector"),
    Role.STANDARDS_EDITOR: lazy_gettext("Standards editor"),
    Role.AUDITOR: lazy_gettext("Auditor"),
    Role.ADMIN: lazy_gettext("Administrator"),
    Role.SYSTEM: lazy_gettext("The office"),
    Role.PUBLIC: lazy_gettext("Visitor"),
}
REPRESENTATIVES: Mapping[Side, LazyString] = {
    Side.CLAIMANT: lazy_gettext("Representative of the claimant"),
    Side.RESPONDENT: lazy_gettext("Representative of the respondent"),
}


def party_role(role: Role, side: Side) -> str:
    """What a party is in its case; of a representative, whose."""
    return str(REPRESENTATIVES[side] if role is Role.REPRESENTATIVE else ROLES[role])


OUTCOMES: Mapping[CaseOutcome, LazyString] = {
    CaseOutcome.UPHELD: lazy_gettext("Claims upheld"),
    CaseOutcome.UPHELD_IN_PART: lazy_gettext("Claims upheld in part"),
    CaseOutcome.DISMISSED: lazy_gettext("Claims dismissed"),
    CaseOutcome.UPHELD_BY_DEFAULT: lazy_gettext("Claims upheld, respondent silent"),
    CaseOutcome.UPHELD_IN_PART_BY_DEFAULT: lazy_gettext("Claims upheld in part, respondent silent"),
    CaseOutcome.DISMISSED_DESPITE_DEFAULT: lazy_gettext("Claims dismissed, although the respondent was silent"),
    CaseOutcome.SETTLED: lazy_gettext("Settled"),
    CaseOutcome.WITHDRAWN: lazy_gettext("Withdrawn"),
    CaseOutcome.DISCONTINUED: lazy_gettext("Discontinued"),
    CaseOutcome.INADMISSIBLE: lazy_gettext("Not admitted"),
}

REMEDIES: Mapping[Remedy, LazyString] = {
    Remedy.REFUND_FULL: lazy_gettext("Full refund"),
    Remedy.REFUND_PARTIAL: lazy_gettext("Partial refund"),
    Remedy.REPLACE_KEY: lazy_gettext("Replacement key"),
    Remedy.REDO_TOPUP: lazy_gettext("Top-up done again"),
    Remedy.RESTORE_ACCOUNT: lazy_gettext("Restoration of the account"),
    Remedy.COMPENSATION: lazy_gettext("Compensation"),
    Remedy.PUNITIVE_3X: lazy_gettext("Punitive damages, three times the price"),
    Remedy.DEPOSIT_RETURN: lazy_gettext("Return of the deposit"),
    Remedy.APOLOGY_CORRECTION: lazy_gettext("Apology and correction"),
    Remedy.DISMISS: lazy_gettext("Dismissal"),
}

SEVERITIES: Mapping[str, LazyString] = {
    "critical": lazy_gettext("Critical"),
    "major": lazy_gettext("Major"),
    "minor": lazy_gettext("Minor"),
}
