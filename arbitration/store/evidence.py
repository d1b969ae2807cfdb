"""Evidence items: what came, from whom, when, and whether it is what was declared."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from arbitration.domain.confidentiality import Digests
from arbitration.domain.errors import NotFound
from arbitration.domain.evidence import COUNTED, ON_RECORD, ItemState, Kind
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store.base import Base


def new_salt() -> str:
    return secrets.token_hex(32)


class EvidenceItem(Base):
    """One file. `declared_sha256` is what its submitter said it was, `sha256` what arrived.

    `unscanned` marks what a scanner should look at and has not answered about.
    `manifest` is the signed manifest that came with an inspection report.
    `particulars` is what it says of itself (`domain.particulars`), as it was filed. `late` marks what was not here when
    the record closed: it counts only as EV-06 says. `late_because` is the cause that a party states for it.
    `confidential_because` is why its submitter keeps it from the other side, which is given the redacted copy: a second
    stored file of the item, with name, media type, size and digest of its own. `redacted_boxes` are those burnt into a
    copy that the office made: JSON, a list of [page, left, top, width, height]. `disclosed_at` ends that.
    `salt` goes into `store.witness`, so that nobody guesses a name from it after both were erased.
    """

    __tablename__ = "evidence_item"
    __table_args__ = (
        UniqueConstraint("case_no", "label"),
        UniqueConstraint("case_no", "platform_evidence_id"),
        CheckConstraint(
            "state IN ('expected', 'unavailable') OR erased_at IS NOT NULL "
            "OR (sha256 IS NOT NULL AND blob IS NOT NULL)",
            name="file_if_arrived",
        ),
        CheckConstraint(
            "state <> 'submitted' OR declared_sha256 IS NULL OR declared_sha256 = sha256",
            name="declared_is_arrived_if_submitted",
        ),
        CheckConstraint("(state = 'draft') = (label IS NULL)", name="label_unless_draft"),
        CheckConstraint("late IN (0, 1)", name="late"),
        CheckConstraint(
            "state = 'draft' OR (late_because <> '') = (late = 1 AND source = 'upload')", name="cause_if_filed_late"
        ),
        CheckConstraint("unscanned IN (0, 1)", name="unscanned"),
        CheckConstraint("state <> 'submitted' OR unscanned = 0", name="scanned_if_submitted"),
        CheckConstraint("(erased_at IS NULL) = (erased_because IS NULL)", name="erased_for_a_reason"),
        CheckConstraint(
            "erased_at IS NULL OR (blob IS NULL AND redacted_blob IS NULL)",
            name="gone_if_erased",
        ),
        CheckConstraint(
            "confidential_because IS NULL OR state = 'draft' OR redacted_sha256 IS NOT NULL",
            name="redacted_if_confidential",
        ),
        CheckConstraint(
            "redacted_sha256 IS NULL OR (confidential_because IS NOT NULL AND redacted_name IS NOT NULL "
            "AND redacted_type IS NOT NULL AND redacted_size IS NOT NULL "
            "AND (redacted_blob IS NOT NULL OR erased_at IS NOT NULL))",
            name="redacted_is_whole",
        ),
        CheckConstraint("redacted_boxes IS NULL OR redacted_sha256 IS NOT NULL", name="boxes_of_a_copy"),
        CheckConstraint(
            "(disclosed_at IS NULL) = (disclosed_because IS NULL) "
            "AND (disclosed_at IS NULL OR confidential_because IS NOT NULL)",
            name="disclosed_for_a_reason",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(ForeignKey("cases.case_no"), index=True)
    platform_evidence_id: Mapped[str | None]
    label: Mapped[str | None]
    kind: Mapped[Kind]
    state: Mapped[ItemState]
    submitted_by: Mapped[Role]
    file_name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    particulars: Mapped[str] = mapped_column(default="{}")
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(index=True)
    declared_sha256: Mapped[str | None]
    blob: Mapped[str | None]
    source: Mapped[str]
    source_url: Mapped[str | None]
    captured_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    problem: Mapped[str | None]
    late: Mapped[int] = mapped_column(default=0)
    late_because: Mapped[str] = mapped_column(default="")
    unscanned: Mapped[int] = mapped_column(default=0)
    manifest: Mapped[str | None]
    confidential_because: Mapped[str | None]
    redacted_name: Mapped[str | None]
    redacted_type: Mapped[str | None]
    redacted_size: Mapped[int | None]
    redacted_sha256: Mapped[str | None]
    redacted_blob: Mapped[str | None]
    redacted_boxes: Mapped[str | None]
    disclosed_at: Mapped[datetime | None]
    disclosed_because: Mapped[str | None]
    salt: Mapped[str | None] = mapped_column(default=new_salt)
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str | None]

    @property
    def usable(self) -> bool:
        """Whether it is here and in order; whether it may carry a finding is `actions.admissibility`'s to say."""
        return self.state is ItemState.SUBMITTED

    @property
    def kept_back(self) -> bool:
        """Whether the original is kept from the other side."""
        return self.confidential_because is not None and self.disclosed_at is None

    @property
    def digests(self) -> Digests:
        """Of what the other side is given, and of what is kept from it."""
        return Digests(self.redacted_sha256, self.sha256) if self.kept_back else Digests(self.sha256, None)

    @property
    def blobs(self) -> list[str]:
        """The stored files: the original, and the redacted copy where there is one."""
        return [ref for ref in (self.blob, self.redacted_blob) if ref is not None]

    @property
    def told_sha256(self) -> str | None:
        """The digest that the history tells of. From a digest of its original a confidential item could be guessed:
        who has the redacted copy need only try what may stand under the boxes."""
        return self.sha256 if self.confidential_because is None else self.redacted_sha256

    @property
    def counts(self) -> bool:
        """Whether it counts among the proofs that its side has filed."""
        return self.state in COUNTED and not self.late


def on_record(session: Session, case_no: str, first: int = 0, most: int | None = None) -> list[EvidenceItem]:
    """The items of a case that everyone in it sees, and those that are held, which are for staff and who filed them.

    All of them, or at most so many from the one at *first* (0 is the first) on.
    """
    found = select(EvidenceItem).where(*_listed(case_no)).order_by(EvidenceItem.id)
    return list(session.scalars(found if most is None else found.offset(first).limit(most)))


def has_filed(session: Session, case_no: str, side: Side) -> bool:
    """Whether a side, itself or by its representative, has filed something here."""
    own = (EvidenceItem.submitted_by == Role(side), EvidenceItem.source == "upload")
    return session.scalar(select(EvidenceItem.id).where(*_listed(case_no), *own).limit(1)) is not None


def late_in(session: Session, case_no: str) -> list[EvidenceItem]:
    """The items that came, or still are to come, after the record of their case closed."""
    late = select(EvidenceItem).where(*_listed(case_no), EvidenceItem.late == 1)
    return list(session.scalars(late.order_by(EvidenceItem.id)))


def how_many(session: Session, case_no: str, before: str | None = None) -> int:
    """How many items are on the record, or stand there before the one labelled *before*."""
    counted = select(func.count()).select_from(EvidenceItem).where(*_listed(case_no))
    if before is not None:
        found = select(EvidenceItem.id).where(EvidenceItem.case_no == case_no, EvidenceItem.label == before)
        counted = counted.where(EvidenceItem.id < found.scalar_subquery())
    return session.scalar(counted) or 0


def bytes_in(session: Session, case_no: str) -> int:
    """The bytes of all files of a case that are here and kept back from nobody."""
    here = (*_listed(case_no), EvidenceItem.blob.is_not(None), ~_KEPT_BACK)
    return session.scalar(select(func.coalesce(func.sum(EvidenceItem.size), 0)).where(*here)) or 0


def kept_back_in(session: Session, case_no: str) -> list[EvidenceItem]:
    """The items of which some are given a redacted copy only."""
    return list(session.scalars(select(EvidenceItem).where(*_listed(case_no), _KEPT_BACK)))


_KEPT_BACK = EvidenceItem.confidential_because.is_not(None) & EvidenceItem.disclosed_at.is_(None)


def _listed(case_no: str) -> tuple[ColumnElement[bool], ...]:
    return EvidenceItem.case_no == case_no, EvidenceItem.state != ItemState.DRAFT


def in_record(session: Session, case_no: str) -> list[EvidenceItem]:
    """The items that the record's digest is over: those here when it closed, or so far."""
    return [item for item in on_record(session, case_no) if item.state in ON_RECORD and not item.late]


def is_held(session: Session, case_no: str, *, late: bool = False) -> bool:
    """Whether a file that came in time, or after the record closed, waits for a check."""
    held = select(EvidenceItem.id).where(
        EvidenceItem.case_no == case_no, EvidenceItem.state == ItemState.HELD, EvidenceItem.late == int(late)
    )
    return session.scalar(held.limit(1)) is not None


class FiledRow(NamedTuple):
    """An item that counts as a proof, under the platform's id for it where it came by webhook."""

    platform_evidence_id: str | None
    submitted_by: Role
    kind: Kind


_FILED = select(EvidenceItem.platform_evidence_id, EvidenceItem.submitted_by, EvidenceItem.kind).where(
    EvidenceItem.case_no == bindparam("case_no", type_=Text),
    EvidenceItem.state.in_(sorted(COUNTED)),
    EvidenceItem.late == 0,
)


def filed(session: Session, case_no: str) -> list[FiledRow]:
    """What counts as a proof in a case: see `EvidenceItem.counts`."""
    return [FiledRow._make(row) for row in session.connection().execute(_FILED, {"case_no": case_no})]


def drafts_of(session: Session, case_no: str, side: Side) -> list[EvidenceItem]:
    """What a side, itself or by its representative, has uploaded and not yet submitted."""
    return list(
        session.scalars(
            select(EvidenceItem)
            .where(
                EvidenceItem.case_no == case_no,
                EvidenceItem.state == ItemState.DRAFT,
                EvidenceItem.submitted_by == Role(side),
            )
            .order_by(EvidenceItem.id)
        )
    )


def readable_of(session: Session, case_no: str, side: Side) -> list[EvidenceItem]:
    """What is here for a side and is read in the case, or will be: its draft and what stands on the record."""
    states = (ItemState.DRAFT, ItemState.HELD, ItemState.SUBMITTED)
    own = (EvidenceItem.case_no == case_no, EvidenceItem.submitted_by == Role(side), EvidenceItem.blob.is_not(None))
    return list(
        session.scalars(select(EvidenceItem).where(*own, EvidenceItem.state.in_(states)).order_by(EvidenceItem.id))
    )


def filed_bytes(session: Session, case_no: str, side: Side) -> int:
    """The bytes of all that a side or its representative has uploaded, redacted copies too, submitted or not."""
    sizes = EvidenceItem.size + func.coalesce(EvidenceItem.redacted_size, 0)
    filed = select(func.sum(sizes)).where(
        EvidenceItem.case_no == case_no, EvidenceItem.source == "upload", EvidenceItem.submitted_by == Role(side)
    )
    return int(session.scalar(filed) or 0)


def by_label(session: Session, case_no: str, label: str) -> EvidenceItem | None:
    return session.scalar(select(EvidenceItem).where(EvidenceItem.case_no == case_no, EvidenceItem.label == label))


def must_find(session: Session, case_no: str, label: str) -> EvidenceItem:
    """Raises NotFound where the case has no item of this label."""
    found = by_label(session, case_no, label)
    if found is None:
        raise NotFound(f"There is no item {label} in this case.")
    return found


def by_platform_id(session: Session, case_no: str, evidence_id: str) -> EvidenceItem | None:
    """An item that came by webhook, under the platform's own id for it."""
    return session.scalar(
        select(EvidenceItem).where(EvidenceItem.case_no == case_no, EvidenceItem.platform_evidence_id == evidence_id)
    )


def next_number(session: Session, case_no: str, letter: str) -> int:
    """The number of the next item labelled with *letter* in a case."""
    count = select(func.count()).where(EvidenceItem.case_no == case_no, EvidenceItem.label.like(f"{letter}-%"))
    return int(session.scalar(count) or 0) + 1
