"""How large the body of a request may be, how fast it must come, and where its files go: never on a disk in clear."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, BinaryIO, TypeVar, cast

from flask import Flask, Request, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

from arbitration.domain.evidence import MAX_FILE_BYTES
from arbitration.ports import Draft, TooLarge
from arbitration.web.current import current_actor, portal

View = TypeVar("View", bound=Callable[..., Any])

DEFAULT_BYTES = 1024 * 1024
FORM_BYTES = 2 * 1024 * 1024
"""What the fields of a form without files may take in memory."""
FIELD_BYTES = 256 * 1024
MOST_PARTS = 64
"""What each field of a form with large files may take in memory, and how many parts it may have, files included."""
PATIENCE_SECONDS = 30
SLOWEST_BYTES_PER_SECOND = 32 * 1024
"""Beyond the first seconds a large body must have come at this speed: whoever drips would hold a thread for days."""
MOST_OF_ONE = 2
"""How many large bodies one person may send at once."""
BUSY_SECONDS = 10
"""When to come back while too many files are arriving."""

MULTIPART = "multipart/form-data"
BYTES = "application/octet-stream"


def takes(most: int) -> Callable[[View], View]:
    """Mark a route that takes bodies of up to *most* bytes; beyond, it is not read on and the answer is 413."""

    def mark(view: View) -> View:
        view.body_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(most: int, media_type: str) -> Callable[[View], View]:
    """Mark a route whose bodies of one *media_type* may have *most* bytes: they take turns and are never in memory.

    A body of exactly *most* bytes that is read to its end counts as too long: ask for one more.
    """

    def mark(view: View) -> View:
        view.file_bytes = most  # type: ignore[attr-defined]
        view.file_type = media_type  # type: ignore[attr-defined]
        return view

    return mark


class Turns:
    """How many large bodies may be on their way at once, so that threads are left for everybody else."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, actor_id: str) -> bool:
        """Whether one more may begin; if so, it must be given back."""
        with self._lock:
            if self._held.total() >= self._most or self._held[actor_id] >= MOST_OF_ONE:
                return False
            self._held[actor_id] += 1
            return True

    def give_back(self, actor_id: str) -> None:
        """It is over."""
        with self._lock:
            self._held[actor_id] -= 1
            self._held += Counter()  # forgets whoever holds none


class Paced:
    """A body that must come at some speed; only what its sender lets us wait counts. Raises RequestTimeout."""

    def __init__(self, source: BinaryIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._waited = 0.0
        self._come = 0

    def read(self, count: int = -1) -> bytes:
        """As of any stream."""
        started = self._clock()
        chunk = self._source.read(count)
        self._waited += self._clock() - started
        self._come += len(chunk)
        if self._waited > PATIENCE_SECONDS + self._come / SLOWEST_BYTES_PER_SECOND:
            raise RequestTimeout("The file came too slowly.")
        return chunk


class FormFile:
    """A file of a form, for the parser to write to: a draft of the store."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def write(self, chunk: bytes) -> int:
        """As of any file. Raises RequestEntityTooLarge."""
        try:
            return self.draft.write(chunk)
        except TooLarge as problem:
            raise RequestEntityTooLarge from problem

    def seek(self, place: int, whence: int = 0) -> int:
        """The parser goes back to the beginning when the file is whole; nobody reads it from here."""
        self.draft.finish()
        return 0

    def close(self) -> None:
        """The end of the request drops what nobody kept."""


class FileRequest(Request):
    """A request whose files go to the store as they come, or stay in memory where a route takes only small ones."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not brings_files(self):
            return BytesIO()
        draft = portal().ports.blobs.draft(MAX_FILE_BYTES)
        g.setdefault("drafts", []).append(draft)
        return cast(IO[bytes], FormFile(draft))


def install(app: Flask, threads: int) -> None:
    """Half of the *threads* may be busy with large bodies."""
    app.request_class = FileRequest
    app.extensions["turns"] = Turns(max(1, threads // 2))
    app.teardown_request(_clean_up)


def brings_files(asked: Request) -> bool:
    """Whether this is a request with large files, to a route that takes them."""
    view = current_app.view_functions.get(asked.endpoint or "")
    return asked.mimetype == getattr(view, "file_type", None)


def limit_body() -> None:
    """Before every request, and before anything looks at its body."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not brings_files(request):
        request.max_content_length = getattr(view, "body_bytes", DEFAULT_BYTES)
        return
    request.max_content_length = view.file_bytes  # type: ignore[union-attr]
    request.max_form_memory_size = FIELD_BYTES
    request.max_form_parts = MOST_PARTS


def take_turn() -> None:
    """Before a large body is read, and after it is known who sends it. Raises ServiceUnavailable."""
    if not brings_files(request):
        return
    request.environ["wsgi.input"] = Paced(request.environ["wsgi.input"])
    size = request.content_length
    if size is not None and size <= DEFAULT_BYTES:
        return
    actor_id = current_actor().id
    if not current_app.extensions["turns"].take(actor_id):
        raise ServiceUnavailable("Too many files are arriving.", retry_after=BUSY_SECONDS)
    g.turn = actor_id


def _clean_up(_: BaseException | None) -> None:
    for draft in g.pop("drafts", []):
        draft.drop()
    if "turn" in g:
        current_app.extensions["turns"].give_back(g.pop("turn"))
