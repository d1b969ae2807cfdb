"""The Previewer port: each file is looked into by a process of its own, within limits, and is never clear on a disk."""

import json
import logging
import os
import subprocess
import threading
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from io import BytesIO
from typing import Any

from arbitration.adapters import child
from arbitration.domain import previews as rules
from arbitration.domain.confidentiality import BlackedOut, Box
from arbitration.domain.errors import TooMany
from arbitration.domain.evidence import Kind
from arbitration.domain.previews import NoPreview, Picture, Preview, PreviewKind, Shape, shape_of

PATIENCE_SECONDS = 10
"""How long one set of pages waits while another is blacked out, which takes as much memory as a web server."""

log = logging.getLogger(__name__)

REDACTION = "arbitration.adapters.preview.redaction"


@dataclass(frozen=True)
class Limits:
    """What one file may take: the processor's seconds for each page, memory, and wall time in all."""

    cpu_seconds: int = 2
    memory_bytes: int = 768 * 1024**2
    seconds: float = 90


class LimitedPreviewer:
    """Safe for threads: every call has a process of its own."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._redacting = threading.BoundedSemaphore(1)

    def preview(self, chunks: Iterable[bytes], file_name: str, media_type: str, kind: Kind) -> Preview:
        shape = shape_of(media_type)
        if shape is None:
            return rules.none(NoPreview.NOT_SHOWN)
        descriptor = os.memfd_create("preview")
        try:
            whole = _fill(descriptor, chunks, rules.MAX_TEXT_BYTES if shape is Shape.TEXT else rules.MAX_FILE_BYTES)
            if not whole and shape is not Shape.TEXT:
                return rules.none(NoPreview.TOO_LARGE)
            how = [str(descriptor), shape, kind, "whole" if whole else "cut"]
            return _read(*self._look(descriptor, how, file_name.lower()))
        finally:
            os.close(descriptor)

    def black_out(self, pages: Sequence[bytes], boxes: Sequence[Box]) -> BlackedOut | None:
        asked = {"sizes": [len(page) for page in pages], "boxes": [astuple(box) for box in boxes]}
        content = b"\n".join((json.dumps(asked).encode(), b"".join(pages)))
        limits = (self._limits.cpu_seconds, self._limits.memory_bytes)
        if not self._redacting.acquire(timeout=PATIENCE_SECONDS):
            raise TooMany("Other files are being blacked out. Try again in a minute.")
        try:
            made = child.run(REDACTION, *limits, content=content, seconds=self._limits.seconds)
        except subprocess.SubprocessError:
            return None
        finally:
            self._redacting.release()
        return BlackedOut("image/png" if len(pages) == 1 else "application/pdf", made)

    def _look(self, descriptor: int, how: list[str], name: str) -> tuple[bytes, bool]:
        """What the process wrote, and whether it came to its end."""
        limits = (self._limits.cpu_seconds, self._limits.memory_bytes)
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            child.command("arbitration.adapters.preview.worker", *how, *limits),
            env=child.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
        )
        with process:
            try:
                told, _ = process.communicate(name.encode(errors="replace") + b"\n", timeout=self._limits.seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                told, _ = process.communicate()
        return told, process.returncode == 0


def _fill(descriptor: int, chunks: Iterable[bytes], most: int) -> bool:
    """Put a file into memory that the other process reads; False where only its first *most* bytes were wanted."""
    whole = True
    with os.fdopen(os.dup(descriptor), "wb") as memory:
        for chunk in chunks:
            left = most - memory.tell()
            memory.write(chunk[:left])
            if len(chunk) > left:
                whole = False
                break
    os.lseek(descriptor, 0, os.SEEK_SET)
    return whole


def _read(told: bytes, ended: bool) -> Preview:
    """The preview as far as it was told: a process that was ended may have drawn some pages before."""
    stream = BytesIO(told)
    preview = rules.none(NoPreview.LIMITS)
    drawn: list[Picture] = []
    problem = None if ended else NoPreview.LIMITS
    try:
        while line := stream.readline():
            said = json.loads(line)
            if "kind" in said:
                preview = _preview(said)
            elif "problem" in said:
                problem = NoPreview(said["problem"])
            elif len(png := stream.read(said["size"])) == said["size"]:
                drawn.append(Picture(png, said["width"], said["height"]))
    except (ValueError, KeyError, TypeError) as error:
        log.warning("a preview was told in part: %s", type(error).__name__)
        problem = NoPreview.LIMITS
    if preview.kind is PreviewKind.NONE or (preview.kind is PreviewKind.PAGES and not drawn):
        return rules.none(problem or preview.problem or NoPreview.DAMAGED)
    return replace(preview, pictures=tuple(drawn), problem=problem)


def _preview(said: dict[str, Any]) -> Preview:
    return Preview(
        kind=PreviewKind(said["kind"]),
        total=said["total"],
        whole=said["whole"],
        problem=NoPreview(said["problem"]) if said["problem"] else None,
        columns=tuple(said["columns"]),
        rows=tuple(tuple(cells) for cells in said["rows"]),
    )
