"""The type of a file by libmagic."""

import magic


class LibMagic:
    def of(self, head: bytes) -> str:
        return str(magic.from_buffer(head, mime=True))
