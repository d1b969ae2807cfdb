"""What every door holds: one transaction for one actor, to read or to work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from arbitration.actions.context import Actor, Institution, Ports, Work
from arbitration.adapters.database import Database
from arbitration.config import Settings
from arbitration.domain.deadlines import Procedure


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
            yield Work(session, actor, self.ports.clock(), self.ports, self.institution, self.procedures)

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Work]:
        """Reading only, enforced by the database."""
        with self.database.reading() as session:
            yield Work(session, actor, self.ports.clock(), self.ports, self.institution, self.procedures)

    def close(self) -> None:
        """Let go of connections and helper processes."""
        self.ports.renderer.close()
        self.database.dispose()
