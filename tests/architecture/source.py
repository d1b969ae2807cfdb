"""The program's own source as data: every module with its layer and its imports, for the guards to judge."""

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "arbitration"


@dataclass(frozen=True)
class Import:
    """One imported name, dotted in full, and what it is called here; `nested`: not at the top of its module."""

    name: str
    local: str
    line: int
    nested: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Module:
    """One file of the package. `name` is dotted, `path` relative to the package's folder."""

    path: str
    tree: ast.Module

    @property
    def name(self) -> str:
        dotted = self.path.removesuffix(".py").replace("/", ".")
        return f"{PACKAGE}.{dotted}".removesuffix(".__init__")

    @property
    def layer(self) -> str:
        """The folder right under the package, or the module's own name where it lies beside the folders."""
        return self.path.removesuffix(".py").partition("/")[0]

    @property
    def place(self) -> str:
        """The file's own name inside its layer; of a folder in a layer, the folder's."""
        return self.path.removesuffix(".py").partition("/")[2].partition("/")[0]

    def at(self, node: ast.AST | Import, message: str) -> str:
        """A finding, as a line that an editor can follow."""
        line = node.line if isinstance(node, Import) else getattr(node, "lineno", 1)
        return f"{PACKAGE}/{self.path}:{line}: {message}"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the file."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        top = {id(statement) for statement in self.tree.body}
        found: list[Import] = []
        for node in self.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                before, relative = ("", False) if isinstance(node, ast.Import) else (f"{node.module}.", node.level > 0)
                found += (
                    Import(before + each.name, each.asname or each.name, node.lineno, id(node) not in top, relative)
                    for each in node.names
                )
        return tuple(found)

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What each imported name is called here -> what it is."""
        return {imported.local: imported.name for imported in self.imports}

    def meaning(self, called: str) -> str:
        """A dotted name as used in this module, in full: `cases.find` -> `arbitration.store.cases.find`."""
        first, dot, rest = called.partition(".")
        return f"{self.meanings.get(first, f'{self.name}.{first}')}{dot}{rest}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def from_sources(sources: Mapping[str, str]) -> list[Module]:
    """Modules from text, each under the path (relative to the package) at which it pretends to lie."""
    return [Module(path, ast.parse(text)) for path, text in sources.items()]


@cache
def whole_tree() -> list[Module]:
    """Every module of the program as it lies on disk, linked folders included."""
    package = ROOT / PACKAGE
    found = [
        Path(folder, name)
        for folder, _, names in os.walk(package, followlinks=True)
        for name in sorted(names)
        if name.endswith(".py")
    ]
    return from_sources({str(path.relative_to(package)): path.read_text("utf-8") for path in sorted(found)})


def target_of(imported: Import, known: set[str]) -> str | None:
    """The module of ours that an import loads; None for an outside one."""
    name = imported.name
    while name:
        if name in known:
            return name
        name = name.rpartition(".")[0]
    return None
