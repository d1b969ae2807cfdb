"""The columns that are sealed by the Vault, for who must open or re-seal them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from arbitration.domain.people import KeyKind
from arbitration.store.base import Base
from arbitration.store.intake import WebhookEvent
from arbitration.store.people import PlatformKey, Staff


@dataclass(frozen=True)
class SealedColumn:
    """One column; `where` says which of its rows are sealed, `digest` which column has the SHA-256 of what is in it."""

    table: type[Base]
    column: str
    where: ColumnElement[bool]
    digest: str | None = None

    @property
    def name(self) -> str:
        return f"{self.table.__tablename__}.{self.column}"

    @property
    def _column(self) -> Any:
        return getattr(self.table, self.column)

    @property
    def _id(self) -> Any:
        return self.table.id  # type: ignore[attr-defined]

    def ids(self, session: Session) -> list[int]:
        """The rows that hold something sealed; an erased value is empty."""
        return list(session.scalars(select(self._id).where(self.where, self._column != b"").order_by(self._id)))

    def read(self, session: Session, row: int) -> bytes:
        """What one row holds, nothing where it is gone."""
        return session.scalar(select(self._column).where(self._id == row)) or b""

    def expected(self, session: Session, row: int) -> str | None:
        """The SHA-256 (hex) that the clear bytes must have, where it is kept."""
        return session.scalar(select(getattr(self.table, self.digest)).where(self._id == row)) if self.digest else None

    def write(self, session: Session, row: int, sealed: bytes) -> None:
        """The same, sealed to somebody else."""
        session.execute(update(self.table).where(self._id == row).values({self.column: sealed}))


SEALED = (
    SealedColumn(WebhookEvent, "raw", true(), digest="body_sha256"),
    SealedColumn(PlatformKey, "material", PlatformKey.kind == KeyKind.HMAC),
    SealedColumn(Staff, "totp_secret", true()),
)
NOT_SEALED = frozenset(
    {
        "history_payload.salt",
        "tree_node.hash",
        "evidence_timestamp.token",
        "picture_print.print",
        "inspector_key.public_key",
    }
)
"""Binary columns that hold nothing secret; a test asks each new one to be in one of the two."""


def rows(session: Session) -> Iterator[tuple[SealedColumn, int]]:
    """Every sealed value, as its column and the row's id."""
    for column in SEALED:
        for row in column.ids(session):
            yield column, row


def empty_webhooks(session: Session) -> set[str]:
    """The platform events without their bytes, as `platform id/webhook id`."""
    found = select(WebhookEvent.platform_id, WebhookEvent.webhook_id).where(WebhookEvent.raw == b"")
    return {f"{platform_id}/{webhook_id}" for platform_id, webhook_id in session.execute(found)}
