"""Words with one place each: Flask's in web, commit at the door, a state in its machine, now in the clock."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import Module, from_sources, whole_tree

Check = Callable[[list[Module]], Iterator[str]]

FLASK_WORDS = {"current_app", "current_user", "g", "url_for"}
TRANSACTION_WORDS = {"begin", "begin_nested", "commit", "rollback"}
TRANSACTIONS_IN = {"arbitration.adapters.database", "arbitration.portal"}
TRANSACTIONS_OF = {"session", "connection", "transaction", "db"}
"""Whose they are when they are not called on the spot; `commit` is also the leaf's word for a commitment."""
CLOCK = "arbitration.adapters.clock"
WALL_CLOCKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "func.now",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
SQL_CLOCKS = ("CURRENT_TIMESTAMP", "CURRENT_DATE", "CLOCK_TIMESTAMP(", "NOW()")

MOVE = ("arbitration.actions.context", "move")
"""The one function that moves a case."""
WITHOUT_MACHINE = {"DeadlineState", "EventState"}
"""States of rows that have no machine: bookkeeping of the clock and of the door."""
FIRST_STATES = {"State.RECEIVED", "ItemState.DRAFT", "ItemState.EXPECTED", "EditionState.DRAFT"}
"""The states in which rows of a machine may be made."""
ROWS_MADE_IN = {"store", "actions", "adapters", "worker", "wiring", "cli"}


def flask_below_web(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for node in module.nodes:
            word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if module.layer != "web" and word in FLASK_WORDS:
                yield module.at(node, f"{word} is a word of web")


def transactions_elsewhere(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        nodes = module.nodes
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if not isinstance(node, ast.Attribute) or node.attr not in TRANSACTION_WORDS:
                continue
            of_transaction = ast.unparse(node.value).rpartition(".")[2] in TRANSACTIONS_OF
            if module.name not in TRANSACTIONS_IN and (id(node) in called or of_transaction):
                yield module.at(node, f"{node.attr} is the door's business")


def clocks(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.name == CLOCK:
            continue
        for node in module.nodes:
            if isinstance(node, ast.Attribute):
                last_two = ".".join(ast.unparse(node).split(".")[-2:])
                if last_two in WALL_CLOCKS:
                    yield module.at(node, f"{last_two} beside the clock")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                taken = {f"time.{alias.name}" for alias in node.names} & WALL_CLOCKS
                if taken:
                    yield module.at(node, f"{', '.join(taken)} beside the clock")
            text = node.value.upper() if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if any(clock in text for clock in SQL_CLOCKS):
                yield module.at(node, "the database's clock beside the clock")


def states_set_by_hand(modules: list[Module]) -> Iterator[str]:
    """Every state is what its machine answers to the actor's own role; a case's is set in one function."""
    for module in modules:
        for owner in (module.tree, *module.functions()):
            for node in _own_nodes(owner):
                yield from _state_findings(module, owner, node)


def _own_nodes(owner: ast.AST) -> Iterator[ast.AST]:
    """Everything in a module or function that is not in a function of its own."""
    for child in ast.iter_child_nodes(owner):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def _state_findings(module: Module, owner: ast.AST, node: ast.AST) -> Iterator[str]:
    for target, value in _assignments(node):
        if isinstance(target, ast.Attribute) and target.attr == "state":
            if module.layer != "actions":
                yield module.at(node, "only use cases change a state")
            elif not (_from_machine(module, owner, value) or _without_machine(owner, value)):
                yield module.at(node, f"{ast.unparse(target)} is not what its machine answers")
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func)
    if called == "setattr":
        yield module.at(node, "setattr can hide a change of state")
    if module.layer in ROWS_MADE_IN:
        for value in _state_arguments(node):
            first = ast.unparse(value) in FIRST_STATES and called.rpartition(".")[2][:1].isupper()
            if not first and not _without_machine(owner, value):
                yield module.at(node, f"{called}(state={ast.unparse(value)}) goes round the machine")


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                yield part, node.value
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        yield node.target, node.value if isinstance(node, ast.AnnAssign) else None


def _from_machine(module: Module, owner: ast.AST, value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    if value.func.attr != "next_state" or len(value.args) != 3 or ast.unparse(value.args[2]) != "work.actor.role":
        return False
    is_case = ast.unparse(value.func.value).rpartition(".")[2] == "CASE"
    return not is_case or (module.name, getattr(owner, "name", "")) == MOVE


def _without_machine(owner: ast.AST, value: ast.expr | None) -> bool:
    if isinstance(value, ast.IfExp):
        return _without_machine(owner, value.body) and _without_machine(owner, value.orelse)
    if isinstance(value, ast.Name) and isinstance(owner, ast.FunctionDef):
        arguments = [*owner.args.posonlyargs, *owner.args.args, *owner.args.kwonlyargs]
        return any(
            argument.arg == value.id and argument.annotation and ast.unparse(argument.annotation) in WITHOUT_MACHINE
            for argument in arguments
        )
    return isinstance(value, ast.Attribute) and ast.unparse(value.value) in WITHOUT_MACHINE


def _state_arguments(call: ast.Call) -> Iterator[ast.expr]:
    for keyword in call.keywords:
        if keyword.arg == "state":
            yield keyword.value
    if isinstance(call.func, ast.Attribute) and call.func.attr == "values":
        for argument in call.args:
            if isinstance(argument, ast.Dict):
                columns = zip(argument.keys, argument.values, strict=True)
                yield from (value for key, value in columns if isinstance(key, ast.Constant) and key.value == "state")


def in_action(*lines: str, name: str = "act") -> dict[str, str]:
    """A use case with these lines, for the bad examples."""
    body = "\n".join(f"    {line}" for line in lines)
    return {"actions/cases.py": f"def {name}(work, case, row, how: DeadlineState, next: State):\n{body}"}


BAD: list[tuple[Check, dict[str, str], str]] = [
    (flask_below_web, {"actions/cases.py": "x = current_user.id"}, "current_user"),
    (flask_below_web, {"adapters/mail.py": "link = flask.url_for('case')"}, "url_for"),
    (flask_below_web, {"worker.py": "g.portal = 1"}, "g is a word"),
    (flask_below_web, {"cli.py": "current_app.config"}, "current_app"),
    (transactions_elsewhere, {"actions/cases.py": "work.session.commit()"}, "commit"),
    (transactions_elsewhere, {"web/cases.py": "with work.session.begin_nested(): pass"}, "begin_nested"),
    (transactions_elsewhere, {"worker.py": "end = session.rollback"}, "rollback"),
    (transactions_elsewhere, {"store/history.py": "session.commit()"}, "commit"),
    (transactions_elsewhere, {"adapters/jobs_embedded.py": "session.commit()"}, "commit"),
    (clocks, {"actions/cases.py": "now = datetime.now(UTC)"}, "datetime.now"),
    (clocks, {"web/cases.py": "import datetime\nnow = datetime.datetime.utcnow"}, "datetime.utcnow"),
    (clocks, {"cli.py": "started = time.time()"}, "time.time"),
    (clocks, {"cli.py": "from time import time"}, "time.time"),
    (clocks, {"store/cases.py": "select(func.now())"}, "func.now"),
    (clocks, {"store/cases.py": "text('UPDATE cases SET at = current_timestamp')"}, "database's clock"),
    (states_set_by_hand, in_action("case.state = State.RULED"), "not what its machine answers"),
    (states_set_by_hand, in_action("case.state = next"), "not what its machine answers"),
    (states_set_by_hand, in_action("case.state, case.at = State.RULED, 1"), "not what its machine answers"),
    (states_set_by_hand, in_action("case.state: State = State.RULED"), "not what its machine answers"),
    (
        states_set_by_hand,
        in_action("case.state = CASE.next_state(case.state, Action.ADMIT, work.actor.role)"),
        "not what its machine answers",
    ),
    (
        states_set_by_hand,
        in_action("row.state = RULING.next_state(row.state, RulingAction.ISSUE, Role.SYSTEM)"),
        "not what its machine answers",
    ),
    (states_set_by_hand, in_action("setattr(case, 'state', next)"), "setattr"),
    (states_set_by_hand, in_action("update(Case).values(state=State.RULED)"), "goes round the machine"),
    (states_set_by_hand, in_action("update(Case).values({'state': next})"), "goes round the machine"),
    (states_set_by_hand, in_action("Ruling(state=RulingState.ISSUED)"), "goes round the machine"),
    (states_set_by_hand, in_action("update(Case).values(state=State.RECEIVED)"), "goes round the machine"),
    (states_set_by_hand, {"web/cases.py": "case.state = EventState.HELD"}, "only use cases"),
    (states_set_by_hand, {"store/cases.py": "def end(case): case.state = State.CLOSED"}, "only use cases"),
]

GOOD = {
    "actions/context.py": "def move(work, case, action):\n"
    "    case.state = CASE.next_state(case.state, action, work.actor.role)",
    "actions/cases.py": "def act(work, row, how: DeadlineState):\n"
    "    row.state = how\n"
    "    row.state = EventState.HELD if work else EventState.APPLIED\n"
    "    row.state = rules.ITEM.next_state(row.state, ItemAction.SUBMIT, work.actor.role)\n"
    "    Case(state=State.RECEIVED)\n",
    "adapters/database.py": "session.begin()",
    "store/history.py": "leaf = (History.commit, event.commit)",
    "adapters/clock.py": "datetime.now(UTC)",
    "web/cases.py": "current_app.extensions",
}

CHECKS: list[Check] = list(dict.fromkeys(check for check, _, _ in BAD))
named = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)


@named
def test_the_program_passes(check: Check) -> None:
    assert list(check(whole_tree())) == []


@named
def test_what_is_meant_to_be_allowed_is(check: Check) -> None:
    assert list(check(from_sources(GOOD))) == []


@pytest.mark.parametrize(("check", "sources", "problem"), BAD, ids=lambda value: getattr(value, "__name__", None))
def test_a_bad_tree_is_refused(check: Check, sources: dict[str, str], problem: str) -> None:
    assert any(problem in found for found in check(from_sources(sources)))


def test_the_check_of_states_sees_the_moves_there_are() -> None:
    modules = [module for module in whole_tree() if module.layer == "actions"]
    text = "\n".join(ast.unparse(module.tree) for module in modules)
    for machine in ("CASE", "APPOINTMENT", "ITEM", "RULING"):
        assert f"{machine}.next_state(" in text
