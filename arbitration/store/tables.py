"""Every table, gathered for migrations and tests, and the revision of the schema that holds them."""

from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from arbitration.store import (
    admissibility,
    bundle,
    cases,
    custody,
    delivery,
    duplicates,
    evidence,
    facts,
    history,
    inspections,
    inspectors,
    intake,
    jobs,
    late_evidence,
    objections,
    panel,
    people,
    platform_rules,
    previews,
    productions,
    rulings,
    standard,
    standard_trial,
)
from arbitration.store.base import Base

MODULES = (
    people,
    standard,
    platform_rules,
    intake,
    cases,
    facts,
    panel,
    evidence,
    previews,
    inspectors,
    inspections,
    admissibility,
    late_evidence,
    objections,
    productions,
    custody,
    duplicates,
    rulings,
    bundle,
    delivery,
    history,
    jobs,
    standard_trial,
)
metadata = Base.metadata
MIGRATIONS = Path(__file__).parents[1] / "migrations" / "versions"


def revision(session: Session) -> str | None:
    """The revision that the database has; None when it was never migrated to one."""
    return session.scalar(text("SELECT version_num FROM alembic_version"))


@cache
def newest_revision() -> str:
    """The revision that this program was written for: its migrations are numbered, `0001_first_schema.py`."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*.py"))
