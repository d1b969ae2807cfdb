"""The shapes in which platforms send: every module here is one dialect under its own name, found without a list.

A dialect is a module with `translate(payload: object) -> Translation`; a new one is one file and its fixtures.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from arbitration.domain.errors import NotFound
from arbitration.domain.translation import Translation


class InstalledDialects:
    """The `Dialects` port over the modules of this package."""

    def __init__(self) -> None:
        self._translate: dict[str, Callable[[object], Translation]] = {
            module.name: import_module(f"{__name__}.{module.name}").translate for module in iter_modules(__path__)
        }

    def names(self) -> tuple[str, ...]:
        """What a platform's record may say, sorted."""
        return tuple(sorted(self._translate))

    def translate(self, name: str, payload: object) -> Translation:
        """*payload* in the shape of `escalation.v1`. Raises `NotFound` for a dialect that is not installed."""
        if name not in self._translate:
            raise NotFound(f"No dialect {name}; there are {', '.join(self.names())}")
        return self._translate[name](payload)
