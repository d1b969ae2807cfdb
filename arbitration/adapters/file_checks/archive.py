"""Archives (ZIP): each member is unpacked and counted, archives within too; none is a program or leaves its folder."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from arbitration.adapters.file_checks.found import BLOCK, Content, Found
from arbitration.domain.evidence import Problem

MAX_INFLATED = 256 * BLOCK
"""All that an archive holds, archives within it unpacked too."""
MAX_INNER = 32 * BLOCK
"""An archive within an archive."""
MAX_DEPTH = 3
MAX_MEMBERS = 5000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
LINK = 0o120000

ARCHIVE_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
PROGRAM_MARKS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\0\0\0\x01\x14\x02",
)
PROGRAMS = {".apk", ".bat", ".chm", ".cmd", ".com", ".cpl", ".dll", ".exe", ".hta", ".jar", ".js", ".jse", ".lnk"}
PROGRAMS |= {".msi", ".ps1", ".reg", ".scr", ".sh", ".vbe", ".vbs", ".wsf"}
PACKAGES = frozenset({"[Content_Types].xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml", "mimetype"})
"""Names by which an office document, a program or a book is told from a mere archive."""


class _Budget:
    """What may still be unpacked: shared by an archive and all those within it."""

    def __init__(self) -> None:
        self.bytes = MAX_INFLATED
        self.members = MAX_MEMBERS

    def spend(self, inflated: int, members: int = 0) -> None:
        self.bytes -= inflated
        self.members -= members
        if self.bytes < 0 or self.members < 0:
            raise Found(Problem.BOMB)


def look(content: Content) -> None:
    """Raises Found."""
    try:
        _unpack(content.file, _Budget(), 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as problem:
        raise Found(Problem.CORRUPT) from problem


def _unpack(file: BinaryIO, budget: _Budget, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Found(Problem.BOMB)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        budget.spend(0, len(members))
        if not PACKAGES.isdisjoint(archive.namelist()):
            raise Found(Problem.TYPE_NOT_TAKEN)
        for member in members:
            _must_be_plain(member)
        if sum(member.file_size for member in members) > budget.bytes:
            raise Found(Problem.BOMB)
        for member in members:
            _count(archive, member, budget, depth)


def _must_be_plain(member: zipfile.ZipInfo) -> None:
    """Judged by what the archive says of it, before anything is unpacked."""
    if member.flag_bits & ENCRYPTED:
        raise Found(Problem.ENCRYPTED)
    if member.compress_type not in METHODS:
        raise Found(Problem.TYPE_NOT_TAKEN)
    path = PurePosixPath(member.orig_filename.replace("\\", "/"))
    leaves = path.is_absolute() or ".." in path.parts or ":" in member.orig_filename
    is_link = (member.external_attr >> 16) & 0o170000 == LINK
    if leaves or is_link or path.suffix.lower() in PROGRAMS:
        raise Found(Problem.ACTIVE)


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    with archive.open(member) as unpacked:
        first = unpacked.read(BLOCK)
        budget.spend(len(first))
        if first.startswith(OTHER_ARCHIVES):
            raise Found(Problem.TYPE_NOT_TAKEN)
        if first.startswith(PROGRAM_MARKS):
            raise Found(Problem.ACTIVE)
        inner = first.startswith(ARCHIVE_MARKS)
        kept = io.BytesIO(first) if inner else None
        while block := unpacked.read(BLOCK):
            budget.spend(len(block))
            if kept is not None and kept.seek(0, io.SEEK_END) + kept.write(block) > MAX_INNER:
                raise Found(Problem.BOMB)
    if kept is not None:
        _unpack(kept, budget, depth + 1)
