"""Logs: one JSON object a line on standard error, with the request's number; no secrets and no personal data.

So an exception is told by its type and the lines of code it came through; its message, which may quote what somebody
typed or a row of the database, is told at level `debug` only.
"""

import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PACKAGE = Path(__file__).parent


class LossyStream:
    """A stream on which a line that cannot be written is lost: a full disk of logs must not stop the office."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(level: str, target: TextIO = sys.stderr) -> None:
    """Write from *level* (`debug`, `info`, `warning` or `error`) on, for our own loggers and, from warning, others'."""
    stream = LossyStream(target)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        ExceptionTeller(messages=level == "debug"),
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(stream),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)


class ExceptionTeller:
    """Replaces `exc_info` by the types of the exceptions and where each was raised, the cause last."""

    def __init__(self, *, messages: bool) -> None:
        self._messages = messages

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        info = event.pop("exc_info", None)
        if info is True:
            info = sys.exc_info()
        error = info[1] if isinstance(info, tuple) else info
        if isinstance(error, BaseException):
            event["errors"] = [self._told(each) for each in _chain(error)]
        return event

    def _told(self, error: BaseException) -> dict[str, object]:
        told: dict[str, object] = {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "at": _places(error.__traceback__),
        }
        if isinstance(error, OSError):
            told["errno"] = error.errno
        if self._messages:
            told["message"] = str(error)
        return told


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (following := chain[-1].__cause__ or chain[-1].__context__) is not None and following not in chain:
        chain.append(following)
    return chain


def _places(trace: TracebackType | None) -> list[str]:
    """`web/login.py:41 sign_in`, the innermost last; of code that is not ours only the file's name."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace, limit=-20)]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else f"{path.parent.name}/{path.name}"
