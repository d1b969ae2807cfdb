"""The file of age identities by which evidence is opened: one a line, the first is the one that is sealed to."""

import os
from pathlib import Path

from arbitration.adapters.vault import new_identity


class IdentityFile:
    """What stands in it is secret: its owner's alone, and written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self) -> None:
        """Put a new identity first; the others stay for opening."""
        self._write([new_identity(), *self._lines()])

    def keep_first(self) -> int:
        """Take all but the first out; how many."""
        first, *others = self._lines()
        if others:
            self._write([first])
        return len(others)

    def _lines(self) -> list[str]:
        return self._path.read_text().split()

    def _write(self, lines: list[str]) -> None:
        partial = self._path.with_name(f"{self._path.name}.partial")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
