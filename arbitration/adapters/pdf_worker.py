"""The process that renders rulings, with limits on its memory and time: `python -m …pdf_worker DESCRIPTOR FOLDER …`.

A request is two messages, its kind and its content; an answer is the number of its parts and then each of them, the
first being `+` or `-`. FONTCONFIG_FILE is set by whoever starts it, before any font library is loaded.
"""

import io
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]

from arbitration.adapters import child
from arbitration.adapters.pdf_build import Builder
from arbitration.adapters.pdf_render import FAILED, OK, RENDER, RENDER_BUNDLE, RENDER_STANDARD

PICTURE_SCALE = 1.5
"""Pixels a point: 893 by 1263 for a page of A4."""


def serve(connection: Connection, builder: Builder, cpu_seconds: int) -> None:
    """Answer until the other end closes. Sends the versions of the renderer and of the fonts first."""
    connection.send_bytes(builder.versions.renderer.encode())
    connection.send_bytes(builder.versions.fonts.encode())
    while True:
        try:
            kind, content = connection.recv_bytes(), connection.recv_bytes()
        except EOFError:
            return
        child.allow_cpu(cpu_seconds)
        parts = _answer(builder, kind, content)
        connection.send_bytes(str(len(parts)).encode())
        for part in parts:
            connection.send_bytes(part)


def _answer(builder: Builder, kind: bytes, content: bytes) -> list[bytes]:
    try:
        build = {RENDER: builder.build, RENDER_STANDARD: builder.build_standard, RENDER_BUNDLE: builder.build_bundle}
        if kind in build:
            pages, pdf = build[kind](content)
            return [OK, str(pages).encode(), pdf]
        return [OK, *_pictures(content)]
    except Exception as error:  # whatever it is, the asker is told and the process stays
        return [FAILED, f"{type(error).__name__}: {error}".encode(errors="replace")]


def _pictures(pdf: bytes) -> list[bytes]:
    drawn = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            picture = io.BytesIO()
            page.render(scale=PICTURE_SCALE).to_pil().save(picture, "PNG")
            drawn.append(picture.getvalue())
            page.close()
    return drawn


def main() -> None:
    descriptor, folder, cpu_seconds, memory_bytes = sys.argv[1:]
    builder = Builder(Path(folder))
    child.limit(int(memory_bytes))
    with Connection(int(descriptor)) as connection:
        serve(connection, builder, int(cpu_seconds))


if __name__ == "__main__":
    main()
