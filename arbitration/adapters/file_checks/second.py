"""Two files in one: another format that programs would open in the same bytes.

Archives are opened from their end, and PDF readers look for its head in the first kilobyte. Mere data behind the end
of a picture is left alone: telephones put a second picture or a short film there.
"""

import zipfile

from arbitration.adapters.file_checks.found import Content, Found
from arbitration.domain.evidence import Problem

PDF_HEAD_WITHIN = 1024
PDF_END_WITHIN = 2048
PAGE_WITHIN = 65536
ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
PAGES = (b"<script", b"<?php", b"<!doctype html", b"<html")


def look(content: Content, *, may_be_page: bool) -> None:
    """Raises Found where a file of another kind is hidden in *content*, which is no archive."""
    if _is_archive(content) or (not may_be_page and (_is_page(content) or content.holds(ARCHIVES))):
        raise Found(Problem.ACTIVE)


def look_for_document(content: Content) -> None:
    """Raises Found where what is no PDF would be opened as one."""
    if b"%PDF-" in content.head(PDF_HEAD_WITHIN) and b"%%EOF" in content.tail(PDF_END_WITHIN):
        raise Found(Problem.ACTIVE)


def _is_archive(content: Content) -> bool:
    if not zipfile.is_zipfile(content.file):
        return False
    try:
        with zipfile.ZipFile(content.file) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _is_page(content: Content) -> bool:
    """At either end, where a browser that guesses would look; never within, where bytes may be anything."""
    ends = (content.head(PAGE_WITHIN) + content.tail(PAGE_WITHIN)).lower()
    return any(mark in ends for mark in PAGES)
