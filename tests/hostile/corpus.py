"""The corpus: each file with the name it is sent under, how it is made, and the verdict that it must get."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from PIL import Image

from arbitration.domain.evidence import Problem
from tests.hostile import archives, documents, pictures
from tests.hostile.archives import nested, zipped
from tests.hostile.documents import PROGRAM

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The industry's harmless test file, in two parts so that no scanner takes this one for it."""
SCRIPT = b"<script>alert(document.cookie)</script>"
PAGE = b"<!doctype html><meta charset=utf-8><title>x</title>" + SCRIPT
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
LAUGHS = b'<?xml version="1.0"?>\n<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
LAUGHS += b"]>\n<l>&j;</l>\n"
CHAT = "[2026-11-19 21:05] 买家: 激活码提示已被使用, 请处理\n".encode()

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "txt": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Sample:
    """A file: what it is, the name it has, and what is wrong with it. `quick` ones are sent at every test run."""

    what: str
    name: str
    make: Callable[[], bytes]
    problem: Problem | None = None
    quick: bool = False

    @property
    def declared(self) -> str:
        """The type that a platform would declare by its ending."""
        return TYPES.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


def always(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def cut(make: Callable[[], bytes], share: float = 0.6) -> Callable[[], bytes]:
    """Only the first part of it arrived."""

    def first_part() -> bytes:
        whole = make()
        return whole[: int(len(whole) * share)]

    return first_part


def joined(*parts: bytes | Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: b"".join(part if isinstance(part, bytes) else part() for part in parts)


def gif() -> bytes:
    file = BytesIO()
    Image.new("P", (4, 4)).save(file, "GIF")
    return file.getvalue()


SOUND = (
    Sample("text", "聊天.txt", always(CHAT * 50), quick=True),
    Sample("text in the Chinese national encoding", "聊天.txt", always(CHAT.decode().encode("gb18030") * 50)),
    Sample("text in UTF-16", "聊天.txt", always(CHAT.decode().encode("utf-16"))),
    Sample("text in Big5", "聊天.txt", always("買家: 啟動碼已被使用。\n".encode("big5") * 50)),
    Sample("a long text", "聊天.txt", always(CHAT * 250_000)),
    Sample("a table", "登录.csv", always(b"time,account,result\n" + b"2026-11-19,u-1,ok\n" * 99)),
    Sample("data", "导出.json", always(b'{"messages": [' + b'{"from": "a", "text": "]]]"}, ' * 99 + b"1]}")),
    Sample("data, nested as deep as data are", "导出.json", always(b"[" * 100 + b"]" * 100)),
    Sample("a page with a script, which runs nowhere", "聊天.html", always(PAGE)),
    Sample("a page that was cut", "聊天.html", always(PAGE[:70])),
    Sample("a shell script, which is text", "日志.txt", always(b"#!/bin/sh\nrm -rf /\n")),
    Sample("a PNG", "截图.png", pictures.png, quick=True),
    Sample("a PNG under two endings", "截图.exe.png", pictures.png),
    Sample("a PNG with an upper-case ending", "IMG_0001.PNG", pictures.png),
    Sample(
        "a PNG with fewer lines than it says, the rest of which is blank",
        "截图.png",
        partial(pictures.huge_png, 3000, 3000, 9),
    ),
    Sample("a JPEG", "照片.jpg", pictures.jpeg),
    Sample("a progressive JPEG", "照片.jpg", partial(pictures.picture, "JPEG", progressive=True)),
    Sample(
        "a JPEG with a second picture behind it, as telephones make", "照片.jpg", joined(pictures.jpeg, pictures.jpeg)
    ),
    Sample("a JPEG with a film behind it, as telephones make", "照片.jpg", joined(pictures.jpeg, pictures.mp4)),
    Sample("a WebP", "截图.webp", pictures.webp),
    Sample("a PDF", "凭证.pdf", documents.plain, quick=True),
    Sample("a PDF that everyone may read and nobody change", "账单.pdf", documents.with_owner_password),
    Sample("a PDF with data attached", "发票.pdf", partial(documents.with_attachment, "invoice.xml", b"<invoice/>")),
    Sample("a PDF with blank lines around it", "凭证.pdf", joined(b"\n", documents.plain, b"\r\n\0\0")),
    Sample("an archive", "材料.zip", lambda: zipped(("a.png", pictures.png()), ("b/聊天.txt", CHAT)), quick=True),
    Sample("an archive within an archive", "材料.zip", lambda: nested(CHAT, 2)),
    Sample(
        "an archive of a PDF that is not packed", "材料.zip", lambda: zipped(("a.pdf", documents.plain()), method=0)
    ),
    Sample("a film with its index first", "录屏.mp4", pictures.mp4),
    Sample("a film with its index last", "录屏.mp4", partial(pictures.mp4, index_first=False)),
    Sample("a film of another maker", "录屏.mov", pictures.mov),
)

LYING = (
    Sample("nothing", "空.txt", always(b""), Problem.TYPE_NOT_TAKEN),
    Sample("a program", "setup.exe", always(PROGRAM), Problem.TYPE_NOT_TAKEN, quick=True),
    Sample("a program named as a picture", "截图.png", always(PROGRAM), Problem.TYPE_NOT_TAKEN),
    Sample("a program under two endings", "截图.png.exe", always(PROGRAM), Problem.TYPE_NOT_TAKEN),
    Sample(
        "a program for Linux named as text",
        "日志.txt",
        always(b"\x7fELF\x02\x01\x01" + bytes(300)),
        Problem.TYPE_NOT_TAKEN,
    ),
    Sample("a picture named as a program", "截图.exe", pictures.png, Problem.TYPE_MISMATCH),
    Sample("a picture named as a document", "凭证.pdf", pictures.png, Problem.TYPE_MISMATCH),
    Sample("text named as a picture", "截图.png", always(CHAT), Problem.TYPE_MISMATCH),
    Sample("a page named as text", "聊天.txt", always(PAGE), Problem.TYPE_MISMATCH),
    Sample("a page named as a picture", "截图.jpg", always(PAGE), Problem.TYPE_MISMATCH),
    Sample("a page before a document", "凭证.pdf", joined(PAGE + b"\n", documents.plain), Problem.TYPE_NOT_TAKEN),
    Sample(
        "an archive before a document",
        "凭证.pdf",
        joined(partial(nested, CHAT, 1), documents.plain),
        Problem.TYPE_MISMATCH,
    ),
    Sample("a drawing with a script", "图.svg", always(DRAWING), Problem.TYPE_NOT_TAKEN, quick=True),
    Sample("a drawing named as a picture", "图.png", always(DRAWING), Problem.TYPE_NOT_TAKEN),
    Sample("a drawing named as a page", "图.html", always(DRAWING), Problem.TYPE_NOT_TAKEN),
    Sample("XML", "数据.xml", always(b'<?xml version="1.0"?><a/>'), Problem.TYPE_NOT_TAKEN),
    Sample("entities that multiply", "数据.xml", always(LAUGHS), Problem.TYPE_NOT_TAKEN),
    Sample("entities that multiply, named as text", "数据.txt", always(LAUGHS), Problem.TYPE_NOT_TAKEN),
    Sample("a GIF", "动图.gif", gif, Problem.TYPE_NOT_TAKEN),
    Sample("text with a program behind it", "日志.txt", always(CHAT * 20 + PROGRAM), Problem.TYPE_NOT_TAKEN),
)

BROKEN = (
    Sample("text with a program far behind it", "日志.txt", always(CHAT * 20_000 + PROGRAM), Problem.CORRUPT),
    Sample("text in no encoding", "日志.txt", always(b"a" * 70_000 + b"\xff\xfe\x81\xff\x8d" * 9), Problem.CORRUPT),
    Sample("a PNG of which part arrived", "截图.png", cut(pictures.png), Problem.CORRUPT, quick=True),
    Sample("a PNG with a changed bit", "截图.png", pictures.png_with_wrong_checksum, Problem.CORRUPT),
    Sample("a JPEG of which part arrived", "照片.jpg", cut(pictures.jpeg), Problem.CORRUPT),
    Sample("a WebP of which part arrived", "截图.webp", cut(pictures.webp), Problem.CORRUPT),
    Sample("a PDF of which part arrived", "凭证.pdf", cut(documents.plain), Problem.CORRUPT),
    Sample(
        "a PDF without its table",
        "凭证.pdf",
        lambda: documents.plain().replace(b"startxref", b"startxxxx"),
        Problem.CORRUPT,
    ),
    Sample("a PDF without pages", "凭证.pdf", documents.without_pages, Problem.CORRUPT),
    Sample("the head of a PDF", "凭证.pdf", always(b"%PDF-1.7\n"), Problem.CORRUPT),
    Sample("an archive of which part arrived", "材料.zip", cut(partial(zipped, ("a.txt", CHAT * 99))), Problem.CORRUPT),
    Sample("an archive with a changed bit", "材料.zip", archives.with_wrong_checksum, Problem.CORRUPT),
    Sample("a film of which part arrived", "录屏.mp4", cut(pictures.mp4), Problem.CORRUPT),
    Sample("a film without an index", "录屏.mp4", pictures.mp4_without_index, Problem.CORRUPT),
    Sample("a film with an endless box", "录屏.mp4", pictures.mp4_with_endless_box, Problem.CORRUPT),
    Sample("a PDF with a password", "凭证.pdf", documents.encrypted, Problem.ENCRYPTED),
    Sample("an archive with a password", "材料.zip", archives.encrypted, Problem.ENCRYPTED, quick=True),
)

ACTIVE = (
    Sample("a PDF with a script", "凭证.pdf", documents.with_script, Problem.ACTIVE, quick=True),
    Sample(
        "a PDF with a script, otherwise spelt", "凭证.pdf", documents.with_script_under_another_spelling, Problem.ACTIVE
    ),
    Sample("a PDF with a script out of sight", "凭证.pdf", documents.with_script_in_object_stream, Problem.ACTIVE),
    Sample("a PDF that starts a program", "凭证.pdf", documents.with_launch, Problem.ACTIVE),
    Sample("a PDF that sends itself", "凭证.pdf", documents.that_sends, Problem.ACTIVE),
    Sample("a PDF with a second form language", "凭证.pdf", documents.with_xfa, Problem.ACTIVE),
    Sample(
        "a PDF with a program attached",
        "凭证.pdf",
        partial(documents.with_attachment, "a.exe", PROGRAM),
        Problem.ACTIVE,
    ),
    Sample("a PDF with a page behind it", "凭证.pdf", joined(documents.plain, PAGE), Problem.ACTIVE),
    Sample(
        "a PDF with an archive behind it", "凭证.pdf", joined(documents.plain, partial(nested, CHAT, 1)), Problem.ACTIVE
    ),
    Sample(
        "a PNG with an archive behind it",
        "截图.png",
        joined(pictures.png, partial(nested, CHAT, 1)),
        Problem.ACTIVE,
        quick=True,
    ),
    Sample(
        "a JPEG with a RAR archive behind it",
        "照片.jpg",
        joined(pictures.jpeg, b"Rar!\x1a\x07\x01\0" + bytes(99)),
        Problem.ACTIVE,
    ),
    Sample("a PNG with a page behind it", "截图.png", joined(pictures.png, PAGE), Problem.ACTIVE),
    Sample(
        "a page with a document in it",
        "聊天.html",
        joined(PAGE + b"\n", partial(documents.written, [b"<<>>"])),
        Problem.ACTIVE,
    ),
    Sample(
        "a film with an archive behind it",
        "录屏.mp4",
        joined(pictures.mp4, lambda: pictures.box(b"free", nested(CHAT, 1))),
        Problem.ACTIVE,
    ),
    Sample(
        "an archive that leaves its folder",
        "材料.zip",
        partial(zipped, ("../../etc/cron.d/a.txt", b"x")),
        Problem.ACTIVE,
    ),
    Sample(
        "an archive that leaves its folder by Windows' signs",
        "材料.zip",
        partial(zipped, ("..\\..\\a.txt", b"x")),
        Problem.ACTIVE,
    ),
    Sample("an archive with an absolute name", "材料.zip", partial(zipped, ("/etc/passwd", b"x")), Problem.ACTIVE),
    Sample("an archive with a link", "材料.zip", archives.with_link, Problem.ACTIVE),
    Sample("an archive with a program", "材料.zip", partial(zipped, ("setup.exe", PROGRAM)), Problem.ACTIVE),
    Sample(
        "an archive with a program named as a picture", "材料.zip", partial(zipped, ("a.png", PROGRAM)), Problem.ACTIVE
    ),
    Sample(
        "an archive with a script deep inside",
        "材料.zip",
        lambda: zipped(("a.zip", zipped(("b.js", b"x")))),
        Problem.ACTIVE,
    ),
)

BOMBS = (
    Sample("a PNG of 400 megapixels", "截图.png", pictures.huge_png, Problem.BOMB, quick=True),
    Sample("a JPEG that says 400 megapixels", "照片.jpg", pictures.huge_jpeg, Problem.BOMB),
    Sample("a JPEG of endless passes", "照片.jpg", pictures.jpeg_of_endless_passes, Problem.BEYOND_LIMITS),
    Sample("an archive of 10 GB", "材料.zip", archives.bomb, Problem.BOMB, quick=True),
    Sample("an archive that says less than it holds", "材料.zip", archives.with_lying_size, Problem.CORRUPT),
    Sample("an archive whose members share their bytes", "材料.zip", archives.overlapping, Problem.BOMB),
    Sample("an archive of too many", "材料.zip", archives.with_many_members, Problem.BOMB),
    Sample("archives in archives in archives", "材料.zip", partial(nested, CHAT, 9), Problem.BOMB),
    Sample("an archive of 1 GB within another", "材料.zip", lambda: zipped(("a.zip", archives.bomb(1))), Problem.BOMB),
    Sample(
        "an archive packed in an unusual way",
        "材料.zip",
        partial(zipped, ("a", CHAT), method=zipfile.ZIP_BZIP2),
        Problem.TYPE_NOT_TAKEN,
    ),
    Sample(
        "an archive with a RAR archive",
        "材料.zip",
        partial(zipped, ("a.rar", b"Rar!\x1a\x07\x01\0")),
        Problem.TYPE_NOT_TAKEN,
    ),
    Sample("an office document", "合同.docx", archives.office_document, Problem.TYPE_NOT_TAKEN),
    Sample("an office document named as an archive", "合同.zip", archives.office_document, Problem.TYPE_NOT_TAKEN),
    Sample(
        "a program of Java named as an archive",
        "材料.zip",
        partial(zipped, ("META-INF/MANIFEST.MF", b"x")),
        Problem.TYPE_NOT_TAKEN,
    ),
    Sample("data nested without end", "导出.json", always(b"[" * 100_000 + b"]" * 100_000), Problem.BOMB),
    Sample("entities that multiply, in a page", "聊天.html", always(b"<html>" + LAUGHS[22:]), Problem.BOMB),
    Sample("a PDF with an endless tree of pages", "凭证.pdf", documents.with_deep_pages, Problem.CORRUPT),
    Sample("a PDF whose pages multiply", "凭证.pdf", documents.with_laughing_pages, Problem.CORRUPT),
    Sample("a PDF of too many pages", "凭证.pdf", documents.with_too_many_pages, Problem.BOMB),
    Sample("a PDF that unfolds", "凭证.pdf", documents.flate_bomb, Problem.BOMB),
    Sample("a PDF that unfolds twice", "凭证.pdf", documents.double_flate_bomb, Problem.BOMB),
    Sample("a PDF whose index unfolds", "凭证.pdf", documents.index_bomb, Problem.CORRUPT, quick=True),
    Sample("a PDF with a picture of 400 megapixels", "凭证.pdf", documents.with_huge_picture, Problem.BOMB),
)

CORPUS = (*SOUND, *LYING, *BROKEN, *ACTIVE, *BOMBS)
INFECTED = (
    Sample("the test file of scanners", "eicar.txt", always(EICAR), Problem.INFECTED),
    Sample("the test file of scanners in an archive", "eicar.zip", partial(nested, EICAR, 1), Problem.INFECTED),
    Sample("the test file of scanners in archives", "eicar.zip", partial(nested, EICAR, 3), Problem.INFECTED),
)
"""Sound to the eye; only a scanner knows them."""
