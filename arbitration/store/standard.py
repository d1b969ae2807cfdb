"""Published versions of the standard, as the bytes that were published."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from arbitration.store.base import Base


class StandardVersion(Base):
    __tablename__ = "standard_version"

    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_at: Mapped[datetime]
    sha256: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime]
