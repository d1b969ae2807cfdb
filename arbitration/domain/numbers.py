"""Numbers people read aloud: case numbers, claim letters, verification and access codes."""

import re
import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: codes are read from paper and typed on phones."""


def case_number(year: int, serial: int) -> str:
    """`CA-2026-000042`. *serial* counts from 1 within the year."""
    return f"CA-{year:04d}-{serial:06d}"


def claim_letter(index: int) -> str:
    """`A` … `Z`, then `AA`: the name of the claim at *index* (from 0)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def new_code(groups: int) -> str:
    """A random code of *groups* groups of four characters, about 20 bits a group: `9F2C-71QK-24AD`."""
    return code_from(secrets.token_bytes(32), groups)


def code_from(digest: bytes, groups: int) -> str:
    """The code that *digest* (32 random bytes) spells: the same bytes, the same code."""
    number = int.from_bytes(digest, "big")
    letters = ""
    for _ in range(4 * groups):
        number, rest = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[rest]
    return normalise_code(letters)


def normalise_code(typed: str) -> str:
    """A code as somebody typed it, in its one spelling: capitals, groups of four, no blanks."""
    letters = re.sub(r"[\s\-–—]+", "", typed).upper()
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))
