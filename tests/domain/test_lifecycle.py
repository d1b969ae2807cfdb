"""The machines against tables written by hand from the procedure: every state, action and role, no more and no less."""

import csv
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from arbitration.domain.cases import CASE, EVENT, OPEN, Action, State
from arbitration.domain.editions import EDITION, EditionAction, EditionState
from arbitration.domain.errors import NotAllowed, Refused, WrongState
from arbitration.domain.evidence import ITEM, ItemAction, ItemState
from arbitration.domain.inspection import REQUEST, RequestAction, RequestState
from arbitration.domain.moves import Machine, move
from arbitration.domain.panel import APPOINTMENT, AppointmentAction, AppointmentState
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import RULING, RulingAction, RulingState
from arbitration.domain.trial import TRIAL, TrialAction, TrialState

TABLES = Path(__file__).parent / "lifecycle"
Row = tuple[str, str, str, str]

MACHINES = {
    "case": (CASE, State, Action, {State.RECEIVED}),
    "appointment": (APPOINTMENT, AppointmentState, AppointmentAction, {AppointmentState.PROPOSED}),
    "evidence_item": (ITEM, ItemState, ItemAction, {ItemState.DRAFT, ItemState.EXPECTED}),
    "inspection_request": (REQUEST, RequestState, RequestAction, {RequestState.ASKED}),
    "ruling": (RULING, RulingState, RulingAction, {RulingState.PREPARING}),
    "edition": (EDITION, EditionState, EditionAction, {EditionState.DRAFT}),
    "trial": (TRIAL, TrialState, TrialAction, {TrialState.WAITING}),
}
"""Table -> the machine, its states, its actions, and the states in which its rows are made."""

every_machine = pytest.mark.parametrize("name", MACHINES)


def written(name: str) -> set[Row]:
    """The hand-written table. Raises ValueError where a row stands twice."""
    with (TABLES / f"{name}.csv").open(newline="") as file:
        rows = [(row["from_state"], row["action"], row["role"], row["to_state"]) for row in csv.DictReader(file)]
    if len(set(rows)) < len(rows):
        raise ValueError(f"{name}.csv says something twice")
    return set(rows)


def answers(machine: Machine, states: type, actions: type) -> set[Row]:
    """What the machine says when it is asked about everything."""
    found = set()
    for state, action, role in product(states, actions, Role):
        try:
            found.add((state.value, action.value, role.value, machine.next_state(state, action, role).value))
        except Refused:
            continue
    return found


@every_machine
def test_a_machine_moves_exactly_as_its_table_says(name):
    machine, states, actions, _ = MACHINES[name]
    said = answers(machine, states, actions)
    assert said == written(name)


@every_machine
def test_the_tables_use_no_word_that_does_not_exist(name):
    _, states, actions, _ = MACHINES[name]
    for columns, words in zip(zip(*written(name), strict=True), (states, actions, Role, states), strict=True):
        assert set(columns) <= {word.value for word in words}


@every_machine
def test_every_state_is_reached_and_every_action_leads_somewhere(name):
    machine, states, actions, first = MACHINES[name]
    assert set(machine.moves) == set(actions)
    reached = {state.value for state in first} | {row[3] for row in written(name)}
    assert reached == {state.value for state in states}
    assert {row[1] for row in written(name)} == {action.value for action in actions}


@every_machine
def test_buttons_are_drawn_for_exactly_the_moves_that_would_be_accepted(name):
    machine, states, actions, _ = MACHINES[name]
    offered = {
        (state.value, action.value, role.value)
        for state, role in product(states, Role)
        for action in machine.open_actions(state, role)
    }
    assert offered == {row[:3] for row in answers(machine, states, actions)}


@every_machine
def test_a_role_that_never_may_is_told_so_before_the_state_is_looked_at(name):
    machine, states, actions, _ = MACHINES[name]
    for action, role, state in product(actions, Role, states):
        refused = NotAllowed if role not in machine.moves[action].roles else WrongState
        if state not in machine.moves[action].from_states or refused is NotAllowed:
            with pytest.raises(refused):
                machine.next_state(state, action, role)


def test_a_case_that_has_ended_never_moves_again():
    assert {row[0] for row in written("case")} == {state.value for state in OPEN}


def test_every_move_of_a_case_has_a_name_of_its_own_in_the_history():
    assert set(EVENT) == set(Action)
    assert len(set(EVENT.values())) == len(EVENT)


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        (Action.ADMIT, move({State.RECEIVED}, State.ADMITTED, {Role.REGISTRAR, Role.ADMIN})),
        (Action.ADMIT, move({State.RECEIVED, State.DEFICIENT}, State.ADMITTED, {Role.REGISTRAR})),
        (Action.ADMIT, move({State.RECEIVED}, State.EVIDENCE, {Role.REGISTRAR})),
        (Action.CURE, move({State.DEFICIENT}, State.RECEIVED, {Role.CLAIMANT})),
        (Action.ISSUE_RULING, move({State.EVIDENCE}, State.RULED, {Role.SYSTEM})),
    ],
    ids=["one role more", "one state more", "another end", "one role less", "another state"],
)
def test_a_machine_that_differs_in_one_place_is_found_out(action, changed):
    broken = replace(CASE, moves={**CASE.moves, action: changed})
    assert answers(broken, State, Action) != written("case")
