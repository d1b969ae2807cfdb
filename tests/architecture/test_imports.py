"""The import order: known layers, lower never knows higher, named outside packages only, no circles, no look ahead."""

import ast
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.layers import (
    DYNAMIC,
    JOURNEY,
    OUTSIDE,
    OUTSIDE_DOMAIN,
    PURE,
    STANDS_ON,
    STEPLESS,
)
from tests.architecture.source import PACKAGE, Module, from_sources, target_of, whole_tree

Check = Callable[[list[Module]], Iterator[str]]


def unknown_layers(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.path != "__init__.py" and (module.layer not in STANDS_ON or module.layer not in OUTSIDE):
            yield module.at(module.tree, f"{module.layer} is no layer of the table")


def looks_up(modules: list[Module]) -> Iterator[str]:
    """Also catches an import of a module of ours that does not exist."""
    known = {module.name for module in modules} - {PACKAGE}
    for module in modules:
        for imported in module.imports:
            if imported.name.partition(".")[0] != PACKAGE:
                continue
            target = target_of(imported, known)
            if target is None:
                yield module.at(imported, f"there is no {imported.name}")
                continue
            layer = target.split(".")[1]
            if layer != module.layer and layer not in STANDS_ON.get(module.layer, set()):
                yield module.at(imported, f"{module.layer} must not import {layer}")


def outside_packages(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for imported in module.imports:
            top = imported.name.partition(".")[0]
            if top != PACKAGE and not _may_use(module, top, imported.name):
                yield module.at(imported, f"{module.layer} must not import {imported.name}")


def _may_use(module: Module, top: str, name: str) -> bool:
    if top in sys.stdlib_module_names:
        return module.layer != "domain" or top in PURE
    if module.layer == "domain":
        return module.place in OUTSIDE_DOMAIN.get(top, set())
    return any(name == allowed or name.startswith(f"{allowed}.") for allowed in OUTSIDE.get(module.layer, set()))


def hidden_imports(modules: list[Module]) -> Iterator[str]:
    """Relative ones, those inside functions or branches, and those by a name made at run time."""
    for module in modules:
        for imported in module.imports:
            if imported.relative:
                yield module.at(imported, "relative import")
            if imported.nested:
                yield module.at(imported, "import inside a function or a branch")
        for node in module.nodes:
            called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            if called in {"import_module", "__import__", "exec", "eval"} and module.name not in DYNAMIC:
                yield module.at(node, f"{called}() hides what is imported")


def circles(modules: list[Module]) -> Iterator[str]:
    """Modules that cannot be put in an order; imports inside functions count, they are where circles hide."""
    known = {module.name for module in modules}
    needs: dict[str, set[str]] = {}
    for module in modules:
        targets = {target_of(imported, known) for imported in module.imports}
        needs[module.name] = {target for target in targets if target} - {module.name}
    placed: set[str] = set()
    while ready := {name for name, needed in needs.items() if name not in placed and needed <= placed}:
        placed |= ready
    left = {name: needed - placed for name, needed in needs.items() if name not in placed}
    # Whatever nobody in the rest needs only hangs on the circle.
    while hanging := left.keys() - set().union(*left.values()):
        left = {name: needed for name, needed in left.items() if name not in hanging}
    if left:
        yield f"circle among {', '.join(sorted(left))}"


def files_without_a_step(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        named = {*JOURNEY, *STEPLESS.get(module.layer, set()), "__init__"}
        if module.layer in STEPLESS and module.place not in named:
            yield module.at(module.tree, f"{module.place} is neither a step nor named as step-less in {module.layer}")


def looks_ahead(modules: list[Module]) -> Iterator[str]:
    """Also through files of no step, which could carry a later step into an earlier one."""
    by_name = {module.name: module for module in modules}
    for module in modules:
        if module.layer in STEPLESS and module.place in JOURNEY:
            for way in _ways_to_steps(module, by_name):
                if JOURNEY.index(way[-1]) > JOURNEY.index(module.place):
                    yield module.at(module.tree, f"looks ahead: {' -> '.join(way)}")


def _ways_to_steps(module: Module, by_name: dict[str, Module]) -> Iterator[tuple[str, ...]]:
    """The shortest way to each step that a step knows."""
    names = set(by_name)
    ways = {module.place: (module.place,)}
    reached = [module]
    for known in reached:
        for imported in known.imports:
            target = by_name.get(target_of(imported, names) or "")
            if target is None or target.layer != module.layer or target.place in ways:
                continue
            ways[target.place] = (*ways[known.place], target.place)
            if target.place in JOURNEY:
                yield ways[target.place]
            else:
                reached.append(target)


BAD: list[tuple[Check, dict[str, str], str]] = [
    (unknown_layers, {"helpers.py": ""}, "helpers is no layer"),
    (unknown_layers, {"common/text.py": ""}, "common is no layer"),
    (looks_up, {"domain/cases.py": "from arbitration.store import base", "store/base.py": ""}, "import store"),
    (looks_up, {"actions/cases.py": "import arbitration.adapters.clock", "adapters/clock.py": ""}, "import adapters"),
    (looks_up, {"actions/cases.py": "from arbitration.config import load", "config.py": ""}, "import config"),
    (looks_up, {"adapters/clock.py": "from arbitration.actions import cases", "actions/cases.py": ""}, "actions"),
    (looks_up, {"web/cases.py": "from arbitration.worker import run", "worker.py": ""}, "import worker"),
    (looks_up, {"web/cases.py": "def view():\n  from arbitration import cli", "cli.py": ""}, "import cli"),
    (looks_up, {"web/cases.py": "from arbitration.nowhere import thing"}, "there is no arbitration.nowhere"),
    (outside_packages, {"domain/cases.py": "import sqlalchemy"}, "must not import sqlalchemy"),
    (outside_packages, {"domain/cases.py": "import yaml"}, "must not import yaml"),
    (outside_packages, {"domain/cases.py": "from time import time"}, "must not import time"),
    (outside_packages, {"domain/log.py": "import pathlib"}, "must not import pathlib"),
    (outside_packages, {"ports.py": "import requests"}, "must not import requests"),
    (outside_packages, {"store/cases.py": "from flask_sqlalchemy import SQLAlchemy"}, "flask_sqlalchemy"),
    (outside_packages, {"actions/cases.py": "from flask import session"}, "must not import flask"),
    (outside_packages, {"adapters/clock.py": "import flask"}, "must not import flask"),
    (outside_packages, {"adapters/files.py": "import boto3"}, "must not import boto3"),
    (outside_packages, {"config.py": "import pydantic_settings"}, "pydantic_settings"),
    (outside_packages, {"logs.py": "import loguru"}, "loguru"),
    (outside_packages, {"content/disputes.py": "import yaml"}, "must not import yaml"),
    (outside_packages, {"migrations/env.py": "import flask_migrate"}, "flask_migrate"),
    (outside_packages, {"portal.py": "from sqlalchemy import insert"}, "must not import sqlalchemy.insert"),
    (outside_packages, {"wiring.py": "import pyrage"}, "must not import pyrage"),
    (outside_packages, {"worker.py": "import celery"}, "must not import celery"),
    (outside_packages, {"web/cases.py": "from sqlalchemy import insert"}, "must not import sqlalchemy.insert"),
    (outside_packages, {"web/cases.py": "import sqlalchemy.orm"}, "must not import sqlalchemy.orm"),
    (outside_packages, {"cli.py": "import requests"}, "must not import requests"),
    (outside_packages, {"somewhere.py": "import attrs"}, "must not import attrs"),
    (hidden_imports, {"store/cases.py": "from . import people"}, "relative import"),
    (hidden_imports, {"store/cases.py": "def late():\n    import json"}, "inside a function"),
    (hidden_imports, {"store/cases.py": "if TYPE_CHECKING:\n    import json"}, "branch"),
    (hidden_imports, {"store/cases.py": "try:\n    import orjson\nexcept ImportError:\n    pass"}, "branch"),
    (hidden_imports, {"wiring.py": "importlib.import_module('arbitration.cli')"}, "import_module() hides"),
    (
        circles,
        {"store/a.py": "from arbitration.store import b", "store/b.py": "from arbitration.store.a import thing"},
        "circle among arbitration.store.a, arbitration.store.b",
    ),
    (
        circles,
        {
            "store/a.py": "from arbitration.store import b",
            "store/b.py": "def late():\n    from arbitration.store import c",
            "store/c.py": "import arbitration.store.a",
            "store/d.py": "import arbitration.store.a",
        },
        "circle among arbitration.store.a, arbitration.store.b, arbitration.store.c",
    ),
    (files_without_a_step, {"actions/utils.py": ""}, "utils is neither a step"),
    (files_without_a_step, {"web/misc/page.py": ""}, "misc is neither a step"),
    (
        looks_ahead,
        {"actions/cases.py": "from arbitration.actions import signing", "actions/signing.py": ""},
        "cases -> signing",
    ),
    (
        looks_ahead,
        {
            "actions/intake.py": "from arbitration.actions.context import Work",
            "actions/context.py": "from arbitration.actions import rulings",
            "actions/rulings.py": "",
        },
        "intake -> context -> rulings",
    ),
]

CHECKS: list[Check] = list(dict.fromkeys(check for check, _, _ in BAD))
named = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)


@named
def test_the_program_passes(check: Check) -> None:
    assert list(check(whole_tree())) == []


@pytest.mark.parametrize(("check", "sources", "problem"), BAD, ids=lambda value: getattr(value, "__name__", None))
def test_a_bad_tree_is_refused(check: Check, sources: dict[str, str], problem: str) -> None:
    assert any(problem in found for found in check(from_sources(sources)))


def test_every_module_of_the_program_is_looked_at() -> None:
    names = {module.name for module in whole_tree()}
    assert {"arbitration.ports", "arbitration.config", "arbitration.migrations.env"} < names
    assert {"arbitration.adapters.dialects", "arbitration.adapters.dialects.canonical"} < names


def test_the_table_names_no_layer_twice_over_and_none_that_is_gone() -> None:
    assert STANDS_ON.keys() == OUTSIDE.keys()
    assert STANDS_ON.keys() <= {module.layer for module in whole_tree()}
