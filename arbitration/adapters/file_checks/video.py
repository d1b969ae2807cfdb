"""Films (MP4, MOV): a chain of boxes that fits into the file and has an index. The pictures are not decoded."""

from arbitration.adapters.file_checks import second
from arbitration.adapters.file_checks.found import Content, Found
from arbitration.domain.evidence import Problem

HEADER = 8
LONG_HEADER = 16
MOST_BOXES = 100_000


def look(content: Content) -> None:
    """Raises Found."""
    kinds = _boxes(content)
    if content.whole and b"moov" not in kinds:
        raise Found(Problem.CORRUPT)
    second.look_for_document(content)
    second.look(content, may_be_page=False)


def _boxes(content: Content) -> set[bytes]:
    """The kinds of those that begin in what is seen."""
    kinds: set[bytes] = set()
    at = 0
    for _ in range(MOST_BOXES):
        if at >= content.seen:
            return kinds
        header = content.part(at, LONG_HEADER)
        length, kind = _length(header, content.size - at), header[4:8]
        if length < HEADER or at + length > content.size or not kind.isascii():
            raise Found(Problem.CORRUPT)
        kinds.add(kind)
        at += length
    raise Found(Problem.BOMB)


def _length(header: bytes, rest: int) -> int:
    """Of a box, header included; 0 stands for all the rest, and 1 for a longer number after the kind."""
    length = int.from_bytes(header[:4], "big") if len(header) >= HEADER else -1
    return {0: rest, 1: int.from_bytes(header[8:16], "big")}.get(length, length)
