"""Named places where a test kills the process, to show that nothing is lost there."""

import os
import signal


def pass_by(point: str) -> None:
    """Ordinary running: nothing happens at *point*."""


class KillAt:
    """Dies by SIGKILL at one named point."""

    def __init__(self, point: str) -> None:
        self._point = point

    def __call__(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)
