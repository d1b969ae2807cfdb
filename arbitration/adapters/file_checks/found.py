"""What an opener says of a file, and how it reads one."""

from dataclasses import dataclass
from typing import BinaryIO

from arbitration.domain.evidence import Problem

BLOCK = 1024 * 1024


class Found(Exception):
    """The file has a problem; nothing more of it needs to be looked at."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Content:
    """A file's bytes in memory: the first `seen` of its `size`."""

    file: BinaryIO
    seen: int
    size: int

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.seen == self.size

    def part(self, start: int, length: int) -> bytes:
        """So many bytes from *start*, fewer at the end of what is seen."""
        self.file.seek(start)
        return self.file.read(length)

    def head(self, length: int) -> bytes:
        """Its first bytes."""
        return self.part(0, length)

    def tail(self, length: int) -> bytes:
        """The last bytes of what is seen."""
        return self.part(max(0, self.seen - length), length)

    def holds(self, marks: tuple[bytes, ...]) -> bool:
        """Whether any of the *marks* stands anywhere in what is seen."""
        overlap = max(map(len, marks)) - 1
        return any(
            mark in block
            for start in range(0, self.seen, BLOCK)
            for block in (self.part(start, BLOCK + overlap),)
            for mark in marks
        )
