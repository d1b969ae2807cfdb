"""The one shape of a state machine: a table of moves, asked what follows and what is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from arbitration.domain.errors import NotAllowed, WrongState
from arbitration.domain.permissions import Role

StateT = TypeVar("StateT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[StateT]):
    """From any of these states, to that one, by any of these roles."""

    from_states: frozenset[StateT]
    to_state: StateT
    roles: frozenset[Role]


def move(from_states: set[StateT], to_state: StateT, roles: set[Role]) -> Move[StateT]:
    """Write one row of a table."""
    return Move(frozenset(from_states), to_state, frozenset(roles))


@dataclass(frozen=True)
class Machine(Generic[StateT, ActionT]):
    """A named table of moves."""

    name: str
    moves: Mapping[ActionT, Move[StateT]]

    def next_state(self, state: StateT, action: ActionT, role: Role) -> StateT:
        """The state after *action*. Raises NotAllowed or WrongState."""
        row = self.moves[action]
        if role not in row.roles:
            raise NotAllowed(f"{role} may not {action} a {self.name}")
        if state not in row.from_states:
            raise WrongState(
                "This step is not open now: %(action)s needs a %(thing)s that is %(allowed)s; this one is %(state)s.",
                values={
                    "action": action,
                    "thing": self.name,
                    "allowed": ", ".join(sorted(row.from_states)),
                    "state": state,
                },
            )
        return row.to_state

    def open_actions(self, state: StateT, role: Role) -> list[ActionT]:
        """The actions that *role* can take now; buttons are drawn from it."""
        return [action for action, row in self.moves.items() if state in row.from_states and role in row.roles]
