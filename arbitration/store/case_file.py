"""What the pages of one case show, read as columns by statements that are made once; the use cases load objects.

`find` is for a viewer, as `cases.find` is; whoever has found the case asks for the rest by its number alone.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Integer, Select, Text, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from arbitration.domain.cases import State, Track
from arbitration.domain.confidentiality import Copy, copy_for
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.evidence import COUNTED, ItemState, Kind
from arbitration.domain.panel import SEATED, AppointmentState
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import CaseOutcome
from arbitration.domain.vocabulary import Remedy, Side
from arbitration.store.base import from_micros
from arbitration.store.cases import (
    Case,
    Claim,
    Deadline,
    DeadlineState,
    Message,
    MessageKind,
    Party,
    Viewer,
    visible_to,
)
from arbitration.store.custody import EvidenceTimestamp
from arbitration.store.evidence import EvidenceItem
from arbitration.store.history import History, HistoryPayload
from arbitration.store.inspections import InspectionRequest
from arbitration.store.intake import EventState, WebhookEvent
from arbitration.store.objections import Objection
from arbitration.store.panel import Appointment
from arbitration.store.people import Platform, Staff
from arbitration.store.productions import ProductionOrder

_CASE_NO: BindParameter[str] = bindparam("case_no", type_=Text)


class CaseRow(NamedTuple):
    """The case itself, and the name and actor id of its platform."""

    case_no: str
    title: str
    state: State
    track: Track
    category: str
    order_id: str
    ordered_at: datetime
    order_minor: int
    claimed_minor: int
    escalation: str
    handling: str
    standard_version: str | None
    procedure_version: str
    received_at: datetime
    admitted_at: datetime | None
    defaulted_at: datetime | None
    record_sha256: str | None
    ruled_at: datetime | None
    executed_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    outcome: CaseOutcome | None
    platform: str
    platform_actor_id: str
    platform_id: int


_CASE = (
    Case.case_no,
    Case.title,
    Case.state,
    Case.track,
    Case.category,
    Case.order_id,
    Case.ordered_at,
    Case.order_minor,
    Case.claimed_minor,
    Case.escalation,
    Case.handling,
    Case.standard_version,
    Case.procedure_version,
    Case.received_at,
    Case.admitted_at,
    Case.defaulted_at,
    Case.record_sha256,
    Case.ruled_at,
    Case.executed_at,
    Case.ended_at,
    Case.end_reason,
    Case.outcome,
    Platform.name,
    Platform.actor_id,
    Case.platform_id,
)


def find(session: Session, viewer: Viewer, case_no: str) -> CaseRow | None:
    """One case, if it exists for *viewer*."""
    found = session.connection().execute(_find(viewer), {"case_no": case_no}).first()
    return CaseRow._make(found) if found else None


@lru_cache(maxsize=1024)
def _find(viewer: Viewer) -> Select[Any]:
    scope = visible_to(viewer).where(Case.case_no == _CASE_NO).join(Platform, Platform.id == Case.platform_id)
    columns: tuple[Any, ...] = _CASE
    return scope.with_only_columns(*columns)


class Glance(NamedTuple):
    """How much is in a case, and what is odd about it. Without `pending` nothing on its evidence waits for anyone."""

    evidence: int
    messages: int
    events: int
    quarantined: bool
    waits_for_event: bool
    pending: bool


_FILES = EvidenceItem.case_no == _CASE_NO
_GLANCE = select(
    select(func.count()).where(_FILES, EvidenceItem.state != ItemState.DRAFT).scalar_subquery(),
    select(func.count()).where(Message.case_no == _CASE_NO).scalar_subquery(),
    select(func.coalesce(func.max(History.seq), 0)).where(History.case_no == _CASE_NO).scalar_subquery(),
    exists().where(_FILES, EvidenceItem.state == ItemState.QUARANTINED),
    exists().where(WebhookEvent.case_no == _CASE_NO, WebhookEvent.state == EventState.HELD),
    or_(
        exists().where(_FILES, or_(EvidenceItem.late == 1, EvidenceItem.confidential_because.is_not(None))),
        exists().where(_FILES, Objection.item_id == EvidenceItem.id, Objection.decision.is_(None)),
        exists().where(ProductionOrder.case_no == _CASE_NO),
        exists().where(InspectionRequest.case_no == _CASE_NO),
    ),
)


def glance(session: Session, case_no: str) -> Glance:
    """A case at a glance."""
    return Glance._make(session.connection().execute(_GLANCE, {"case_no": case_no}).one())


MILESTONES = (
    "record_closed",
    "review_ended",
    "sequence_gap_noticed",
    "repeated_escalation_differs",
)
_MILESTONES = (
    select(History.kind, func.max(History.at_micros))
    .where(History.case_no == _CASE_NO, or_(*(History.kind == kind for kind in MILESTONES)))
    .group_by(History.kind)
)


def milestones(session: Session, case_no: str) -> dict[str, datetime]:
    """When each of the events that a case's head speaks of happened last."""
    found = session.connection().execute(_MILESTONES, {"case_no": case_no})
    return {kind: from_micros(at) for kind, at in found}


class Period(NamedTuple):
    """One deadline: who must act by when, and the rule that says so. `about` is the label of an item, or ''."""

    kind: DeadlineKind
    about: str
    who: str
    rule: str
    starts_at: datetime
    due_at: datetime
    state: DeadlineState

    @property
    def runs(self) -> bool:
        return self.state is DeadlineState.OPEN


_PERIODS = (
    select(
        Deadline.kind,
        Deadline.about,
        Deadline.who,
        Deadline.rule,
        Deadline.starts_at,
        Deadline.due_at,
        Deadline.state,
    )
    .where(Deadline.case_no == _CASE_NO)
    .order_by(Deadline.due_at, Deadline.id)
)


def periods(session: Session, case_no: str) -> list[Period]:
    """All deadlines of a case, the earliest first."""
    return [Period._make(row) for row in session.connection().execute(_PERIODS, {"case_no": case_no})]


class Seat(NamedTuple):
    """An arbitrator who was asked to sit, and the answer."""

    actor_id: str
    name: str
    state: AppointmentState

    @property
    def stands(self) -> bool:
        """Asked and not answered yet, or accepted."""
        return self.state in SEATED


_SEATS = (
    select(Staff.actor_id, Staff.name, Appointment.state)
    .join(Staff, Staff.id == Appointment.staff_id)
    .where(Appointment.case_no == _CASE_NO)
    .order_by(Appointment.id)
)


def seats(session: Session, case_no: str) -> list[Seat]:
    """Everyone who was asked, in order."""
    return [Seat._make(row) for row in session.connection().execute(_SEATS, {"case_no": case_no})]


class ClaimRow(NamedTuple):
    letter: str
    remedy: Remedy
    text: str
    amount_minor: int


_CLAIMS = (
    select(Claim.letter, Claim.remedy, Claim.text, Claim.amount_minor)
    .where(Claim.case_no == _CASE_NO)
    .order_by(Claim.id)
)


def claims(session: Session, case_no: str) -> list[ClaimRow]:
    """What is asked for."""
    return [ClaimRow._make(row) for row in session.connection().execute(_CLAIMS, {"case_no": case_no})]


class PartyRow(NamedTuple):
    actor_id: str
    role: Role
    side: Side
    display_name: str
    platform_user_id: str


_PARTIES = (
    select(Party.actor_id, Party.role, Party.side, Party.display_name, Party.platform_user_id)
    .where(Party.case_no == _CASE_NO)
    .order_by(Party.id)
)


def parties(session: Session, case_no: str) -> list[PartyRow]:
    """The sides."""
    return [PartyRow._make(row) for row in session.connection().execute(_PARTIES, {"case_no": case_no})]


class FileRow(NamedTuple):
    """One item of evidence that everyone in the case sees: name, size and digests are of the file that is the reader's.

    `confidential_because` stays after the original was disclosed; `kept_back` ends with that.
    """

    label: str
    kind: Kind
    state: ItemState
    submitted_by: Role
    file_name: str
    size: int
    sha256: str | None
    declared_sha256: str | None
    source: str
    received_at: datetime
    problem: str | None
    late: int
    arrived: bool
    stamped_at: datetime | None
    erased_at: datetime | None
    erased_because: str | None
    confidential_because: str | None
    disclosed_at: datetime | None
    disclosed_because: str | None
    redacted_name: str | None
    redacted_size: int | None
    redacted_sha256: str | None

    @property
    def kept_back(self) -> bool:
        """Whether the original is kept from the other side."""
        return self.confidential_because is not None and self.disclosed_at is None

    @property
    def is_redacted(self) -> bool:
        """Whether its name, size and digest are the redacted copy's, of which no trusted time is told."""
        return self.redacted_sha256 is not None and self.sha256 == self.redacted_sha256

    def for_reader(self, reader: Role) -> "FileRow":
        """With the name, size and digest of the file that is the reader's."""
        if copy_for(reader, self.submitted_by, kept_back=self.kept_back) is Copy.ORIGINAL:
            return self
        return self._replace(
            file_name=self.redacted_name or "",
            size=self.redacted_size or 0,
            sha256=self.redacted_sha256,
            declared_sha256=None,
        )

    @property
    def counts(self) -> bool:
        """Whether it counts among the proofs that its side has filed."""
        return self.state in COUNTED and not self.late


_FILE_ROWS = (
    select(
        EvidenceItem.label,
        EvidenceItem.kind,
        EvidenceItem.state,
        EvidenceItem.submitted_by,
        EvidenceItem.file_name,
        EvidenceItem.size,
        EvidenceItem.sha256,
        EvidenceItem.declared_sha256,
        EvidenceItem.source,
        EvidenceItem.received_at,
        EvidenceItem.problem,
        EvidenceItem.late,
        EvidenceItem.blob.is_not(None),
        EvidenceTimestamp.at,
        EvidenceItem.erased_at,
        EvidenceItem.erased_because,
        EvidenceItem.confidential_because,
        EvidenceItem.disclosed_at,
        EvidenceItem.disclosed_because,
        EvidenceItem.redacted_name,
        EvidenceItem.redacted_size,
        EvidenceItem.redacted_sha256,
    )
    .outerjoin(EvidenceTimestamp, EvidenceTimestamp.item_id == EvidenceItem.id)
    .where(_FILES, EvidenceItem.state != ItemState.DRAFT)
    .order_by(EvidenceItem.id)
    .offset(bindparam("first", type_=Integer))
    .limit(bindparam("most", type_=Integer))
)
ALL = 2**31 - 1


def files(session: Session, case_no: str, reader: Role, first: int = 0, most: int = ALL) -> list[FileRow]:
    """The evidence as *reader* has it, drafts left out: at most so many from the one at *first* (0 is the first) on."""
    rows = session.connection().execute(_FILE_ROWS, {"case_no": case_no, "first": first, "most": most})
    return [FileRow._make(row).for_reader(reader) for row in rows]


class Reply(NamedTuple):
    body: str
    at: datetime


_REPLY = (
    select(Message.body, Message.at)
    .where(Message.case_no == _CASE_NO, Message.kind == MessageKind.RESPONSE)
    .order_by(Message.id)
    .limit(1)
)


def reply(session: Session, case_no: str) -> Reply | None:
    """What the respondent said to the claims."""
    found = session.connection().execute(_REPLY, {"case_no": case_no}).first()
    return Reply._make(found) if found else None


class Event(NamedTuple):
    """One event of a case's history with what it says (canonical JSON text, None where it was erased).

    `name` is that of the member of staff who acted; None for all others.
    """

    seq: int
    kind: str
    at_micros: int
    actor: str
    name: str | None
    payload: str | None

    @property
    def at(self) -> datetime:
        return from_micros(self.at_micros)


QUIET = (
    "deadline_set",
    "evidence_viewed",
    "evidence_opened",
    "evidence_stamped",
    "ruling_downloaded",
    "event_accepted",
    "case_exported",
    "bundle_made",
    "bundle_downloaded",
)
"""Events that a summary leaves out; the record has them all."""
_NEWEST = (
    select(History.seq, History.kind, History.at_micros, History.actor, Staff.name, HistoryPayload.payload)
    .join(HistoryPayload, HistoryPayload.idx == History.idx)
    .outerjoin(Staff, Staff.actor_id == History.actor)
    .where(History.case_no == _CASE_NO, *(History.kind != kind for kind in QUIET))
    .order_by(History.seq.desc())
    .limit(bindparam("most", type_=Integer))
)


def newest_events(session: Session, case_no: str, most: int) -> list[Event]:
    """The last events of a case that are not QUIET, the newest first."""
    return [Event._make(row) for row in session.connection().execute(_NEWEST, {"case_no": case_no, "most": most})]


class Entry(NamedTuple):
    """One line of a case's record: the fields of its leaf, the leaf's hash, and what opens its `commit`.

    `name` is that of the staff who acted, None for whoever is not staff.
    """

    idx: int
    seq: int
    prev: str
    kind: str
    at_micros: int
    actor: str
    commit: str
    leaf_hash: str
    salt: bytes | None
    payload: str | None
    name: str | None

    def leaf(self, case_no: str) -> dict[str, str | int]:
        """The fields whose canonical JSON is the leaf (contract.md §1)."""
        return {
            "v": 1,
            "case": case_no,
            "seq": self.seq,
            "prev": self.prev,
            "kind": self.kind,
            "at": self.at_micros,
            "actor": self.actor,
            "commit": self.commit,
        }


_RECORD = (
    select(
        History.idx,
        History.seq,
        History.prev,
        History.kind,
        History.at_micros,
        History.actor,
        History.commit,
        History.leaf_hash,
        HistoryPayload.salt,
        HistoryPayload.payload,
        Staff.name,
    )
    .join(HistoryPayload, HistoryPayload.idx == History.idx)
    .outerjoin(Staff, Staff.actor_id == History.actor)
    .where(History.case_no == _CASE_NO)
    .order_by(History.seq)
)


def record(session: Session, case_no: str) -> list[Entry]:
    """The whole history of a case, in order."""
    return [Entry._make(row) for row in session.connection().execute(_RECORD, {"case_no": case_no})]
