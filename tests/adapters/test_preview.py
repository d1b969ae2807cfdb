"""Previews of strangers' files: what is made of each kind, and that no file does more than be looked into."""

import io
import json
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pikepdf
import pytest
from PIL import Image

from arbitration.adapters.preview import chats, posters, texts
from arbitration.adapters.preview.decoding import decoded
from arbitration.adapters.preview.limited import LimitedPreviewer, Limits
from arbitration.domain.evidence import Kind
from arbitration.domain.previews import MAX_TEXT_BYTES, NoPreview, Preview, PreviewKind

SCRIPT = "<script>alert(1)</script>"


def look(content: bytes, media_type: str, name: str = "file", kind: Kind = Kind.OTHER) -> Preview:
    return LimitedPreviewer().preview([content], name, media_type, kind)


def png(image: Image.Image, **given: object) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "PNG", **given)
    return kept.getvalue()


def pdf(pages: int, **saved: object) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 100))
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    kept = io.BytesIO()
    made.save(kept, **saved)
    return kept.getvalue()


def test_a_long_screenshot_is_cut_into_pages_and_keeps_nothing_but_its_pixels() -> None:
    comment = Image.Exif()
    comment[0x010E] = "secret place"
    made = look(png(Image.new("RGBA", (1000, 4100), (9, 9, 9, 0)), exif=comment), "image/png")
    assert (made.kind, made.total, made.problem) == (PreviewKind.PAGES, 3, None)
    assert [(page.width, page.height) for page in made.pictures] == [(1000, 2000), (1000, 2000), (1000, 100)]
    with Image.open(io.BytesIO(made.pictures[0].png)) as first:
        assert (first.info, first.getpixel((0, 0))) == ({}, (255, 255, 255))


def test_a_pdf_is_drawn_page_by_page_up_to_a_number_of_them() -> None:
    made = look(pdf(32), "application/pdf")
    assert (made.total, len(made.pictures), made.pictures[0].width, made.problem) == (32, 30, 400, None)
    assert made.pictures[0].png.startswith(b"\x89PNG")


def zipped(name: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(name, b"x" * 3000)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (png(Image.new("1", (20_000, 20_000))), "image/png", NoPreview.TOO_LARGE),
        (b"\x89PNG\r\n\x1a\n and no more", "image/png", NoPreview.DAMAGED),
        (b"%PDF-1.7 and no more", "application/pdf", NoPreview.DAMAGED),
        (pdf(1, encryption=pikepdf.Encryption(user="a", owner="b")), "application/pdf", NoPreview.LOCKED),
        (b"[" * 200_000, "application/json", None),
        (b"<div>" * 50_000 + SCRIPT.encode(), "text/html", NoPreview.EMPTY),
    ],
    ids=["pixels", "torn picture", "torn pdf", "locked pdf", "nested json", "nested html"],
)
def test_a_file_that_is_not_what_it_should_be_gives_a_reason(content, media_type, problem) -> None:
    assert look(content, media_type, "a.html" if media_type == "text/html" else "a").problem is problem


def test_kinds_that_are_not_shown_and_a_file_too_large_are_not_even_looked_into() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(2**24)

    assert look(b"<svg/>", "image/svg+xml").problem is NoPreview.NOT_SHOWN
    assert LimitedPreviewer().preview(endless(), "a.zip", "application/zip", Kind.OTHER).problem is NoPreview.TOO_LARGE


def test_the_names_in_an_archive_are_told_in_their_own_encoding() -> None:
    named = zipped("聊天.txt")
    in_gbk = zipped("aabb.txt").replace(b"aabb", "聊天".encode("gb18030"))
    as_info_zip_does = zipped("utf8nm.txt").replace(b"utf8nm", "聊天".encode())
    for content in (named, in_gbk, as_info_zip_does):
        assert look(content, "application/zip").rows == (("聊天.txt", "3000", ""),)


def test_a_name_kept_beside_the_entry_is_told_while_it_is_of_that_entry() -> None:
    for told_of, shown in ((b"talk.txt", "聊天.txt"), (b"else.txt", "talk.txt")):
        kept = b"\1" + zlib.crc32(told_of).to_bytes(4, "little") + "聊天.txt".encode()
        entry = zipfile.ZipInfo("talk.txt")
        entry.extra = struct.pack("<HH", 0x7075, len(kept)) + kept
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(entry, b"x" * 3000)
        assert look(file.getvalue(), "application/zip").rows == ((shown, "3000", ""),)


def test_a_file_gets_so_much_and_no_more() -> None:
    little = LimitedPreviewer(Limits(memory_bytes=220 * 2**20))
    picture = png(Image.new("RGB", (6000, 6000)))
    assert little.preview([picture], "a.png", "image/png", Kind.OTHER).problem in (NoPreview.LIMITS, NoPreview.DAMAGED)
    hasty = LimitedPreviewer(Limits(seconds=0.01))
    assert hasty.preview([b"a"], "a.txt", "text/plain", Kind.OTHER).problem is NoPreview.LIMITS


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    made = look(b"0123456789abcde\n" * (MAX_TEXT_BYTES // 16 + 1), "text/plain", "a.txt")
    assert (made.kind, made.whole, len(made.rows)) == (PreviewKind.TEXT, False, 5000)


def test_a_video_gets_its_first_picture(tmp_path: Path) -> None:
    made = look(film(tmp_path), "video/mp4")
    (picture,) = made.pictures
    assert (made.kind, made.problem, picture.width, picture.height) == (PreviewKind.PAGES, None, 320, 180)
    with Image.open(io.BytesIO(picture.png)) as drawn:
        red, green, blue = cast(tuple[int, int, int], drawn.convert("RGB").getpixel((160, 90)))
    assert red > 200 > 60 > max(green, blue)


def test_a_playlist_that_says_it_is_a_video_names_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "other.mp4").write_bytes(film(tmp_path))
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/other.mp4\n#EXT-X-ENDLIST\n".encode()
    made = look(playlist, "video/mp4")
    assert (made.kind, made.pictures) == (PreviewKind.NONE, ())


def test_without_ffmpeg_a_video_has_no_picture(tmp_path: Path) -> None:
    with (tmp_path / "a.mp4").open("w+b") as video, pytest.raises(posters.NoFfmpeg):
        posters.poster(video, str(tmp_path))


def film(folder: Path) -> bytes:
    """One second of red."""
    file = folder / "red.mp4"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=320x180:rate=5", "-t", "1", str(file)]
    subprocess.run([*made[:-1], "-pix_fmt", "yuv420p", "-y", made[-1]], check=True)
    return file.read_bytes()


# Texts, without a process for each.


def shown(text: str, name: str = "a.txt", kind: Kind = Kind.CHAT_LOG) -> Preview:
    return texts.preview(text, name, kind, whole=True)


FORMS = {
    "whatsapp": "12/31/23, 2:03 PM - Ann: in a line\nand a second\n12/31/23, 2:04 PM - Bob: yes",
    "whatsapp in brackets": "[2023/12/31, 14:03:22] Ann: in a line\nand a second\n[2023/12/31, 14:04:22] Bob: yes",
    "colons of Chinese": "2023-12-31 14:03  Ann：in a line\nand a second\n2023-12-31 14:04  Bob：yes",
    "time first": "2023-12-31 14:03:22 Ann\nin a line\nand a second\n\n2023-12-31 14:04:00 Bob\nyes\n",
    "name first": "Ann 2023年12月31日 下午2:03\nin a line\nand a second\nBob 2023/12/31 14:04\nyes\n",
    "names alone": "Ann:\nin a line\nand a second\n\nBob:\nyes\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_chat_export_reads_as_who_when_and_what(text: str) -> None:
    said = chats.conversation(text)
    assert [(message.who, message.text) for message in said or []] == [
        ("Ann", "in a line\nand a second"),
        ("Bob", "yes"),
    ]
    assert all(message.when for message in said or []) is not text.startswith("Ann:")


def test_chats_in_json_are_read_by_what_their_fields_are_called() -> None:
    telegram = {
        "messages": [
            {"date": "2024-01-05T14:03:22", "from": "Ann", "text": ["a ", {"type": "bold", "text": SCRIPT}]},
            {"date": "2024-01-05T14:04:22", "actor": "Bob", "action": "pin_message", "text": ""},
        ]
    }
    discord = {"messages": [{"timestamp": "t", "content": "好", "author": {"id": "1", "nickname": "Ann"}}] * 2}
    other = {"data": {"list": [{"createTime": 1704434602000, "talker": "Ann", "content": "好"}] * 2}}
    rows = [shown(json.dumps(data), "a.json").rows for data in (telegram, discord, other)]
    assert rows[0] == (
        ("2024-01-05T14:03:22", "Ann", f"a {SCRIPT}"),
        ("2024-01-05T14:04:22", "Bob", "[pin_message]"),
    )
    assert rows[1][0] == ("t", "Ann", "好")
    assert rows[2][0] == ("2024-01-05 06:03:22 UTC", "Ann", "好")


def test_of_html_only_its_words_are_taken() -> None:
    page = (
        '<div class="message default"><div class="body"><div class="date" title="05.01.2024 14:03">14</div>'
        '<div class="from_name">Ann</div>'
        f'<div class="text">a<br>b{SCRIPT}<img src=x onerror=alert(1)></div></div></div>'
        '<div class="message joined"><div class="body"><div class="text">c</div></div></div>'
    )
    assert shown(page, "a.html").rows == (("05.01.2024 14:03", "Ann", "a\nb"), ("", "Ann", "c"))
    table = shown("<table><tr><th>a<th>b<tr><td>=cmd|x<td><script>1</script></table>", "a.html")
    assert (table.kind, table.columns, table.rows) == (PreviewKind.TABLE, ("a", "b"), (("=cmd|x", ""),))
    assert shown(f"<title>t</title><p>one</p>{SCRIPT}<p>two", "a.html").rows == (("one",), ("two",))


def test_csv_logs_and_data_are_tables_and_what_is_none_of_these_is_lines() -> None:
    csv = shown('时间;结果\n1;"a\nb"\n=1+1;c\n', "a.csv", Kind.REDEEM_LOG)
    assert (csv.columns, csv.rows[1]) == (("时间", "结果"), ("=1+1", "c"))
    log = shown("2024-01-05 14:03:22 INFO: a\n2024-01-05T14:03:23Z WARN: b\n", "a.log", Kind.LOGIN_LOG)
    assert (log.kind, log.rows[0]) == (PreviewKind.TABLE, ("2024-01-05 14:03:22", "INFO: a"))
    assert shown("2024-01-05 14:03 PAY_OK\n2024-01-05 14:04 SENT\n", kind=Kind.OTHER).kind is PreviewKind.TABLE
    data = shown('{"order": "1", "refund": [{"at": 2}]}', "a.json", Kind.OTHER)
    assert data.rows == (("order", "1"), ("refund[1].at", "2"))
    listed = shown('[{"a": 1}, {"a": 2, "b": null}]', "a.json", Kind.OTHER)
    assert (listed.columns, listed.rows[1]) == (("a", "b"), ("2", "null"))
    assert shown("one\n\ntwo\n", kind=Kind.OTHER) == texts.numbered(["one", "", "two"], whole=True)
    assert shown("  \n").problem is NoPreview.EMPTY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found_even_where_the_text_is_cut(encoding: str) -> None:
    assert decoded("聊天 log\r\n第二行".encode(encoding)) == "聊天 log\n第二行"
    assert decoded("聊天 log\r\n第二行".encode(encoding)[:-1]).startswith("聊天 log\n第二")


def test_what_hides_or_turns_text_is_made_visible() -> None:
    assert decoded("a\u202egpj\x1b[2J\0\u200eb and so on".encode()) == "a\ufffdgpj␛[2J␀b and so on"
