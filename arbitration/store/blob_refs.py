"""Every stored file that a row refers to: such columns end in `blob`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from arbitration.store.base import Base


def columns() -> Iterator[Column[Any]]:
    """The columns that refer to files, of all tables there are."""
    for table in Base.metadata.tables.values():
        yield from (column for column in table.columns if column.name.endswith("blob"))


def is_referred_to(session: Session, ref: str) -> bool:
    """Whether any row, of evidence or of anything else, refers to a stored file."""
    return any(session.scalar(select(column).where(column == ref).limit(1)) for column in columns())


def all_of(session: Session) -> list[tuple[str, str]]:
    """Each file once, with one row that refers to it, named by its table and key; of an item, its case and label."""
    found: dict[str, str] = {}
    for column in columns():
        names = ("label", "case_no") if "label" in column.table.c else [key.name for key in column.table.primary_key]
        shown = [column.table.c[name] for name in names]
        for ref, *values in session.execute(select(column, *shown).where(column.is_not(None))):
            found.setdefault(ref, f"{column.table.name} {' '.join(str(value) for value in values)}")
    return sorted(found.items())
