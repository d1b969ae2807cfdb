"""Pages translate and never write: sessions are only read, GET opens only the reading door, each route has one mark."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.source import Module, from_sources, whole_tree

Check = Callable[[list[Module]], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef

READS = {"get", "get_one", "scalar", "scalars"}
"""What web may ask of a database session itself; else it hands it on to a use case or a reading function of store."""
OWN_ROWS = {
    "arbitration.web.sessions": {"database", "keep_session", "update_session", "drop_session"},
    "arbitration.web.health": {"database"},
    "arbitration.web.login": {"drop_session"},
}
"""Browser sessions belong to web itself: the modules that keep them, and how; readiness asks the database directly."""
WRITING_DOORS = {"work", "together"}

ROUTES = {"route", "get", "post", "put", "patch", "delete"}
SAFE = {"GET", "HEAD", "OPTIONS"}
MARKS = {"public", "signed_by_platform", "signed_in", "needs", "party"}
HOOKS = {"before_request", "before_app_request", "after_request", "after_app_request", "context_processor"}
SENT = ("validate", "is_submitted", "request.method")
"""An `if` that asks one of these knows that a form was sent."""


def web_of(modules: list[Module]) -> list[Module]:
    return [module for module in modules if module.layer == "web"]


def sessions_used(modules: list[Module]) -> Iterator[str]:
    for module in web_of(modules):
        parents = {id(child): node for node in module.nodes for child in ast.iter_child_nodes(node)}
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr == "session":
                parent = parents[id(node)]
                handed_on = isinstance(parent, ast.Call) and node in parent.args
                read = isinstance(parent, ast.Attribute) and parent.attr in READS
                if not handed_on and not read:
                    yield module.at(node, f"{ast.unparse(parent)}: web only reads")
            round_the_doors = isinstance(node, ast.Attribute) and node.attr == "database"
            if round_the_doors and "database" not in OWN_ROWS.get(module.name, set()):
                yield module.at(node, f"{ast.unparse(node)} goes round the doors")


def store_writes(modules: list[Module]) -> Iterator[str]:
    stores = [module for module in modules if module.layer == "store"]
    writers = {f"{module.name}.{function}" for module in stores for function in writing_functions(module)}
    for module in web_of(modules):
        for node in module.nodes:
            called = module.meaning(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute) else ""
            if called in writers and called.rpartition(".")[2] not in OWN_ROWS.get(module.name, set()):
                yield module.at(node, f"{ast.unparse(node)} writes; that is for a use case")


def writing_functions(module: Module) -> set[str]:
    """The functions of a store module that change rows, by what they or the statements they use are made of."""
    statements = {
        ast.unparse(target)
        for node in module.tree.body
        if isinstance(node, ast.Assign) and _writes(node.value)
        for target in node.targets
    }
    functions = {node.name: node for node in module.tree.body if isinstance(node, Function)}
    found: set[str] = set()
    while True:
        names = statements | found
        more = {
            name
            for name, function in functions.items()
            if _writes(function) or any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(function))
        }
        if more == found:
            return found
        found = more


def _writes(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"insert", "update", "delete"}:
                return True
            if called.partition(".")[0] == "session" and called.rpartition(".")[2] in {"add", "add_all", "merge"}:
                return True
        if isinstance(node, ast.Constant) and str(node.value).startswith(("INSERT ", "UPDATE ", "DELETE ")):
            return True
    return False


@dataclass(frozen=True)
class Route:
    """One view with the methods of its route and the names of its decorators, outermost first."""

    module: Module
    function: Function
    methods: set[str]
    decorators: list[str]


def routes(modules: list[Module]) -> Iterator[Route]:
    for module in web_of(modules):
        for function in module.functions():
            methods = {method for decorator in function.decorator_list for method in _methods(decorator)}
            names = [ast.unparse(each).partition("(")[0] for each in function.decorator_list]
            if methods:
                yield Route(module, function, methods, names)


def _methods(decorator: ast.expr) -> set[str]:
    """What a decorator makes a route for; nothing if it is no route's."""
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return set()
    verb = decorator.func.attr
    if verb != "route":
        return {verb.upper()} if verb in ROUTES else set()
    for keyword in decorator.keywords:
        if keyword.arg == "methods":
            return {str(method).upper() for method in ast.literal_eval(keyword.value)}
    return {"GET"}


def reading_writes(modules: list[Module]) -> Iterator[str]:
    """A view that is only asked for by GET opens no writing door, nor does what it calls, nor what runs before it."""
    for module in web_of(modules):
        for function in module.functions():
            if any(ast.unparse(each).rpartition(".")[2] in HOOKS for each in function.decorator_list):
                yield from _writing_doors(modules, module, function, module.at(function, function.name), set())
    for route in routes(modules):
        where = route.module.at(route.function, route.function.name)
        if route.methods <= SAFE:
            yield from _writing_doors(modules, route.module, route.function, where, set())
        elif route.methods & SAFE:
            yield from _unasked_writes(route)


def _writing_doors(
    modules: list[Module], module: Module, function: Function, where: str, seen: set[int]
) -> Iterator[str]:
    seen.add(id(function))
    for node in ast.walk(function):
        if _opens_writing_door(node):
            yield f"{where} reaches {ast.unparse(node)} (line {node.lineno} of {module.path}) though it only reads"
        if isinstance(node, ast.Call):
            for owner, called in _definitions(modules, module, ast.unparse(node.func)):
                if id(called) not in seen:
                    yield from _writing_doors(modules, owner, called, where, seen)


def _opens_writing_door(node: ast.AST) -> bool:
    """`….work(…)`, or the portal itself handed to a use case, which may open its own doors."""
    if not isinstance(node, ast.Call):
        return False
    handed_over = any(isinstance(each, ast.Call) and ast.unparse(each.func) == "portal" for each in node.args)
    called = ast.unparse(node.func)
    return handed_over or called.endswith("database.writing") or called.rpartition(".")[2] in WRITING_DOORS


def _definitions(modules: list[Module], module: Module, called: str) -> Iterator[tuple[Module, Function]]:
    """The functions of web that a name in *module* stands for: its own, or another module's."""
    owner, _, name = module.meaning(called).rpartition(".")
    for other in web_of(modules):
        if other.name == owner:
            for function in other.tree.body:
                if isinstance(function, Function) and function.name == name:
                    yield other, function


def _unasked_writes(route: Route) -> Iterator[str]:
    """In a view for GET and POST the writing door stands behind a question whether something was sent."""
    asked = {
        id(inner)
        for node in ast.walk(route.function)
        if isinstance(node, ast.If) and any(word in ast.unparse(node.test) for word in SENT)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(route.function):
        if _opens_writing_door(node) and id(node) not in asked:
            yield route.module.at(node, f"{route.function.name} opens {ast.unparse(node)} for GET, too")


def marks(modules: list[Module]) -> Iterator[str]:
    """Exactly one, applied before the route is made of it."""
    for route in routes(modules):
        made = [index for index, name in enumerate(route.decorators) if name.rpartition(".")[2] in ROUTES]
        found = [index for index, name in enumerate(route.decorators) if name in MARKS]
        if len(found) != 1:
            yield route.module.at(route.function, f"{route.function.name} carries {len(found)} access marks")
        elif found[0] < max(made):
            yield route.module.at(route.function, f"{route.function.name} is marked after it became a route")
    for module in web_of(modules):
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr in {"add_url_rule", "as_view"}:
                yield module.at(node, f"{node.attr} makes a route that this check cannot see")


def page(text: str, **others: str) -> dict[str, str]:
    return {"web/cases.py": text, **{path.replace("__", "/") + ".py": source for path, source in others.items()}}


STORE = {
    "store__people": "_KEEP = insert(Thing)\n"
    "def keep(session):\n    return session.connection().execute(_KEEP)\n"
    "def keep_two(session):\n    keep(session)\n"
    "def rename(session):\n    session.execute(text('UPDATE staff SET name = 1'))\n"
    "def found(session):\n    return session.scalar(select(Thing))\n"
}
GET = "@bp.get('/cases')\n@public\ndef index():\n"
MIXED = "@bp.route('/cases', methods=['GET', 'POST'])\n@public\ndef index():\n"

BAD: list[tuple[Check, dict[str, str], str]] = [
    (sessions_used, page("work.session.add(case)"), "session.add"),
    (sessions_used, page("work.session.delete(case)"), "session.delete"),
    (sessions_used, page("work.session.execute(query)"), "session.execute"),
    (sessions_used, page("work.session.flush()"), "session.flush"),
    (sessions_used, page("work.session.merge(case)"), "session.merge"),
    (sessions_used, page("session = work.session"), "web only reads"),
    (sessions_used, page("keep(rows=[work.session])"), "web only reads"),
    (sessions_used, page("with portal().database.writing() as db: pass"), "goes round the doors"),
    (
        store_writes,
        page("from arbitration.store import people\npeople.keep(work.session)", **STORE),
        "people.keep writes",
    ),
    (store_writes, page("from arbitration.store import people as p\nlater = p.keep_two", **STORE), "p.keep_two writes"),
    (store_writes, page("from arbitration.store.people import rename as r\nr(db)", **STORE), "r writes"),
    (reading_writes, page(f"{GET}    with portal().work(actor) as work: pass"), "index reaches"),
    (reading_writes, page(f"{GET}    portal().together(actor, use_case)"), "index reaches"),
    (reading_writes, page(f"{GET}    portal().database.writing()"), "index reaches"),
    (reading_writes, page("@bp.route('/cases')\n@public\ndef index():\n    portal().work(actor)"), "index reaches"),
    (reading_writes, page(f"{GET}    signing.sign(portal(), actor)"), "index reaches signing.sign"),
    (reading_writes, page(f"{GET}    _open()\ndef _open():\n    portal().work(actor)"), "index reaches"),
    (
        reading_writes,
        page(
            f"from arbitration.web import panel\n{GET}    panel.seat()",
            web__panel="def seat():\n    _seat()\ndef _seat():\n    portal().work(actor)",
        ),
        "index reaches",
    ),
    (
        reading_writes,
        page(
            f"from arbitration.web.panel import seat\n{GET}    seat()",
            web__panel="def seat():\n    portal().work(actor)",
        ),
        "index reaches",
    ),
    (reading_writes, page("@app.before_request\ndef touch():\n    portal().work(actor)"), "touch reaches"),
    (reading_writes, page(f"{MIXED}    portal().work(actor)"), "for GET, too"),
    (reading_writes, page(f"{MIXED}    if request.args: portal().work(actor)"), "for GET, too"),
    (
        reading_writes,
        page(f"{MIXED}    if form.validate():\n        pass\n    else:\n        portal().work(actor)"),
        "for GET, too",
    ),
    (marks, page("@bp.get('/cases')\ndef index(): pass"), "carries 0"),
    (marks, page("@bp.get('/cases')\n@public\n@needs(Role.CHAIR)\ndef index(): pass"), "carries 2"),
    (marks, page("@public\n@bp.get('/cases')\ndef index(): pass"), "marked after"),
    (marks, page("bp.add_url_rule('/cases', view_func=index)"), "add_url_rule"),
]

GOOD = page(
    "from arbitration.store import people\n"
    f"{GET}    with portal().read(actor) as work:\n"
    "        people.found(work.session)\n"
    "        work.session.get(Case, case_no)\n"
    "        shown.append(1)\n"
    "@bp.post('/cases')\n@needs(Role.REGISTRAR)\ndef admit():\n"
    "    with portal().work(actor) as work:\n"
    "        cases.admit(work, case_no)\n"
    "@bp.route('/in', methods=['GET', 'POST'])\n@public\ndef enter():\n"
    "    if form.validate_on_submit():\n"
    "        portal().work(actor)\n",
    **STORE,
)

CHECKS: list[Check] = list(dict.fromkeys(check for check, _, _ in BAD))
named = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)


@named
def test_the_pages_pass(check: Check) -> None:
    assert list(check(whole_tree())) == []


@named
def test_a_thin_page_passes(check: Check) -> None:
    assert list(check(from_sources(GOOD))) == []


@pytest.mark.parametrize(("check", "sources", "problem"), BAD, ids=lambda value: getattr(value, "__name__", None))
def test_a_bad_page_is_refused(check: Check, sources: dict[str, str], problem: str) -> None:
    found = list(check(from_sources(sources)))
    assert any(problem in each for each in found), found


def test_the_functions_of_store_that_write_are_known() -> None:
    found = {
        f"{module.place}.{name}"
        for module in whole_tree()
        if module.layer == "store"
        for name in writing_functions(module)
    }
    assert {"history.append", "intake.keep", "intake.take_number", "people.keep_session"} <= found
    assert not found & {"history.problems", "cases.find", "cases.visible_to", "intake.last_applied"}
