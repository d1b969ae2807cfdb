"""A ZIP file written as a stream: its length is known before, and every reader finds in it what was put in."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from arbitration.domain.evidence import ItemState
from arbitration.domain.export import is_name, original_name
from arbitration.domain.stored_zip import Entry, pack, packed_size, whole

GIB = 1024**3


def test_an_archive_has_the_length_that_was_said_and_the_content_that_was_given() -> None:
    given = {"README.txt": b"read me", "originals/C-1_聊天.txt": "聊".encode() * 1000, "empty": b""}
    entries = [whole(name, content) for name, content in given.items()]
    packed = b"".join(pack(entries))
    assert len(packed) == packed_size(entries)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == given


def test_a_content_of_another_length_than_was_said_ends_the_archive() -> None:
    with pytest.raises(ValueError, match="x has 2 bytes, not 3"):
        list(pack([Entry("x", 3, lambda: iter([b"ab"]))]))


@pytest.mark.long
def test_more_than_four_gibibytes_can_be_read_by_others(tmp_path: Path) -> None:
    """Zeros are left out where they are written, so the file takes no room."""
    zeros = bytes(16 * 1024**2)

    def chunks() -> Iterator[bytes]:
        return (zeros for _ in range(4 * GIB // len(zeros) + 1))

    entries = [Entry("large", 4 * GIB + len(zeros), chunks), whole("behind", b"still here")]
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        for chunk in pack(entries):
            if chunk is zeros:
                file.seek(len(zeros), io.SEEK_CUR)
            else:
                file.write(chunk)
    assert path.stat().st_size == packed_size(entries)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("behind") == b"still here"
        assert archive.getinfo("large").file_size == 4 * GIB + len(zeros)
    assert subprocess.run(["unzip", "-tq", str(path)], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("聊天 记录.txt", "originals/C-1_聊天_记录.txt"),
        ("../../etc/passwd", "originals/C-1_passwd"),
        ("C:\\CON", "originals/C-1_CON"),
        ("a\u202egnp.exe", "originals/C-1_agnp.exe"),
        ("", "originals/C-1_file"),
        ("...", "originals/C-1_file"),
        ("x" * 300 + ".pdf", "originals/C-1_" + "x" * 116 + ".pdf"),
        ("字" * 100 + ".pdf", "originals/C-1_" + "字" * 38 + ".pdf"),
    ],
)
def test_a_file_is_called_what_every_system_can_keep(name: str, safe: str) -> None:
    assert original_name("C-1", name, ItemState.SUBMITTED) == safe
    assert is_name(safe)
