"""What every use case is given: who acts, when, on which session, with which ports. Never Flask."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from arbitration.domain.cases import CASE, ENDED, EVENT, Action
from arbitration.domain.deadlines import Procedure, in_force_at
from arbitration.domain.errors import NotFound
from arbitration.domain.permissions import Role
from arbitration.ports import (
    Blobs,
    BundleRenderer,
    Clock,
    Credentials,
    Dialects,
    Examiner,
    FileJudge,
    Fingerprints,
    InspectionKeys,
    Jobs,
    Limits,
    MediaTypes,
    PlatformGateway,
    Previewer,
    Renderer,
    Scanner,
    Seal,
    Signatures,
    Stamps,
    Timestamper,
    Vault,
)
from arbitration.store import cases, history
from arbitration.store.cases import Case, Viewer


@dataclass(frozen=True)
class Actor:
    """Who acts. `id` is pseudonymous and is what the history records; the rest decides what exists for them."""

    id: str
    role: Role
    name: str = ""
    platform_id: int | None = None
    case_no: str | None = None

    @property
    def viewer(self) -> Viewer:
        """The same, as the store asks for it: every query is scoped to it."""
        return Viewer(self.role, self.id, self.platform_id, self.case_no)


SYSTEM = Actor("system", Role.SYSTEM)
PUBLIC = Actor("public", Role.PUBLIC)


@dataclass(frozen=True)
class Institution:
    """Who decides, as printed; `is_demo` is said wherever the name is."""

    name_zh: str
    name_en: str
    registration: str
    instrument: str
    is_demo: bool
    public_url: str

    def name(self, language: str) -> str:
        """The name in a case's language, `zh` or `en`."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True)
class Ports:
    """Everything outside, wired once."""

    clock: Clock
    blobs: Blobs
    media_types: MediaTypes
    examiner: Examiner
    scanner: Scanner
    fingerprints: Fingerprints
    vault: Vault
    jobs: Jobs
    limits: Limits
    credentials: Credentials
    signatures: Signatures
    dialects: Dialects
    gateway: PlatformGateway
    renderer: Renderer
    bundler: BundleRenderer
    seal: Seal
    timestamper: Timestamper
    stamps: Stamps
    verifier: FileJudge
    previewer: Previewer
    inspection_keys: InspectionKeys
    failpoint: Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """One transaction of one actor. `now` is fixed for all of it. Nothing here commits."""

    session: Session
    actor: Actor
    now: datetime
    ports: Ports
    institution: Institution
    procedures: Mapping[str, Procedure]

    @property
    def procedure(self) -> Procedure:
        """The procedure in force now."""
        return in_force_at(self.procedures.values(), self.now)


ResultT = TypeVar("ResultT")


class Doors(Protocol):
    """For the few use cases that do slow work between two transactions (render, sign, call a platform)."""

    @property
    def ports(self) -> Ports:
        """Everything outside."""
        ...

    def read(self, actor: Actor) -> AbstractContextManager[Work]:
        """A transaction that reads one state of the database and writes nothing."""
        ...

    def work(self, actor: Actor) -> AbstractContextManager[Work]:
        """A transaction that writes: committed at the end, undone whole where anything is raised."""
        ...

    def together(self, actor: Actor, use_case: Callable[[Work], ResultT]) -> ResultT:
        """What *use_case* returns. Those that ask at the same moment share one commit; it may be run twice."""
        ...


def get_case(work: Work, case_no: str) -> Case:
    """The case, if it exists for the actor. Raises NotFound, also for a neighbour's case."""
    case = cases.find(work.session, work.actor.viewer, case_no)
    if case is None:
        raise NotFound(f"There is no case {case_no} here.")
    return case


def record(work: Work, case_no: str, kind: str, payload: dict[str, Any]) -> history.Appended:
    """Write one event of the history."""
    return history.append(work.session, case_no, kind, payload, actor=work.actor.id, at=work.now)


def move(
    work: Work, case: Case, action: Action, payload: dict[str, Any] | None = None, *, end_reason: str | None = None
) -> None:
    """Apply one move of the main line, write it to the history and tell the platform, together.

    *end_reason* says why, where the move ends the case.
    """
    before = case.state
    case.state = CASE.next_state(before, action, work.actor.role)
    if case.state in ENDED:
        case.ended_at = work.now
        case.end_reason = end_reason
    event = record(work, case.case_no, EVENT[action], {"from": before, "to": case.state, **(payload or {})})
    work.ports.jobs.enqueue(work.session, "announce", {"idx": event.idx}, work.now)
