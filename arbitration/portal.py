"""What every door holds: one transaction for one actor, to read or to work."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from arbitration.actions.context import Actor, Institution, Ports, Work
from arbitration.adapters.database import Database
from arbitration.config import Settings
from arbitration.domain.deadlines import Procedure

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Portal:
    """The use cases' way to the database and to everything outside, wired once per process."""

    settings: Settings
    database: Database
    ports: Ports
    institution: Institution
    procedures: Mapping[str, Procedure]

    @contextmanager
    def work(self, actor: Actor) -> Iterator[Work]:
        """One use case, one transaction: committed on return, rolled back on any exception."""
        with self.database.writing() as session:
            yield self._work(session, actor)

    def together(self, actor: Actor, use_case: Callable[[Work], ResultT]) -> ResultT:
        """Like `work`, for a short use case of which many come at once: they share one durable commit.

        It may be run twice, so it touches nothing but its transaction.
        """
        return self.database.together(lambda session: use_case(self._work(session, actor)))

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Work]:
        """Reading only, enforced by the database."""
        with self.database.reading() as session:
            yield self._work(session, actor)

    def _work(self, session: Session, actor: Actor) -> Work:
        return Work(session, actor, self.ports.clock(), self.ports, self.institution, self.procedures)

    def close(self) -> None:
        """Let go of connections and helper processes."""
        self.ports.renderer.close()
        self.ports.bundler.close()
        self.ports.examiner.close()
        self.database.dispose()
