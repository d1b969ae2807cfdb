"""One durable commit for all short writes that come at the same moment: waiting for the disk is what costs."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

MOST_TOGETHER = 32

ResultT = TypeVar("ResultT")


@dataclass
class _Entry:
    """One thread's step, and what became of it."""

    step: Callable[[Session], object]
    done: bool = False
    result: object = None
    error: Exception | None = None


class SharedCommit:
    """Whoever gets the turn works for everybody who waits; nobody is answered before the common commit.

    If one step fails, nothing of the batch is kept and each is done again by itself, so a step touches nothing but
    its session and may be run twice.
    """

    def __init__(self, writing: Callable[[], AbstractContextManager[Session]]) -> None:
        self._writing = writing
        self._turn = threading.Lock()
        self._waiting: deque[_Entry] = deque()

    def run(self, step: Callable[[Session], ResultT]) -> ResultT:
        """What *step* returns, once it is durable. Raises what it raises; then nothing of it was kept."""
        entry = _Entry(step)
        self._waiting.append(entry)
        with self._turn:
            while not entry.done:
                self._commit([self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))])
        if entry.error is not None:
            raise entry.error
        return cast(ResultT, entry.result)

    def _commit(self, batch: list[_Entry]) -> None:
        try:
            with self._writing() as session:
                results: list[Any] = [entry.step(session) for entry in batch]
        except Exception as error:
            if len(batch) > 1:
                for entry in batch:
                    self._commit([entry])
                return
            batch[0].error = error
            batch[0].done = True
            return
        for entry, result in zip(batch, results, strict=True):
            entry.result = result
            entry.done = True
