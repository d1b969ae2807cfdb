"""What a file is: its type by its content, and what opening it shows."""

from collections.abc import Callable

import magic

from arbitration.adapters.file_checks import archive, document, picture, text, video
from arbitration.adapters.file_checks.found import BLOCK, Content, Found
from arbitration.domain.evidence import Problem, is_text

OPENERS: dict[str, Callable[[Content], None]] = {
    "application/pdf": document.look,
    "application/zip": archive.look,
    "image/jpeg": picture.look,
    "image/png": picture.look,
    "image/webp": picture.look,
    "video/mp4": video.look,
    "video/quicktime": video.look,
}
SAMPLED = frozenset({"video/mp4", "video/quicktime"})
"""Beside text: told by their beginning. Whatever else is opened must be seen whole."""


def type_of(content: Content) -> str:
    """The media type that it shows."""
    return str(magic.from_buffer(content.head(BLOCK), mime=True))


def problem_of(content: Content, media_type: str) -> Problem | None:
    """What is wrong with it; what is of no type that is taken is not opened."""
    look = text.look if is_text(media_type) else OPENERS.get(media_type)
    if look is None:
        return None
    if look is not text.look and media_type not in SAMPLED and not content.whole:
        return Problem.UNSEEN
    try:
        look(content)
    except Found as found:
        return found.problem
    return None
