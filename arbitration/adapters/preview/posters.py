"""A picture out of a video by ffmpeg, where it is installed."""

import shutil
import subprocess
from typing import BinaryIO

from arbitration.adapters.preview.pictures import MAX_WIDTH

SECONDS = 20
"""Wall time for one picture."""


class NoFfmpeg(Exception):
    """The program is not installed."""


def poster(file: BinaryIO, folders: str) -> bytes:
    """The first picture as PNG; *folders* is where programs are looked for, as in PATH.

    The container is named, so that no playlist in disguise can name other files; links in it are not followed.
    Raises NoFfmpeg, or subprocess.SubprocessError where it makes none.
    """
    program = shutil.which("ffmpeg", path=folders)
    if program is None:
        raise NoFfmpeg
    descriptor = file.fileno()
    command = [program, "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", "mov", "-enable_drefs", "0"]
    command += ["-threads", "1", "-i", f"/dev/fd/{descriptor}", "-an", "-frames:v", "1"]
    command += ["-vf", f"scale='min({MAX_WIDTH},iw)':-2", "-c:v", "png", "-f", "image2pipe", "-"]
    done = subprocess.run(  # noqa: S603 - a program found by name, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(descriptor,), timeout=SECONDS, check=True
    )
    return done.stdout
