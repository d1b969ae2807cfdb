"""What a check is, and how a module collects its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arbitration.adapters.pdf_checks.opened import Opened

Find = Callable[[Opened], Iterator[str]]


@dataclass(frozen=True)
class Check:
    """One rule. `source` is the clause it comes from; `find` yields each breach in words."""

    id: str
    source: str
    find: Find


class Checks(list[Check]):
    """`@checks("id", "clause")` on a generator adds it to the list."""

    def __call__(self, id: str, source: str) -> Callable[[Find], Find]:
        def add(find: Find) -> Find:
            self.append(Check(id, source, find))
            return find

        return add
