"""What people type and choose, made fit to keep: no control characters, no foreign line ends, no folders in names."""

import re

from arbitration.domain.evidence import visible

MAX_NAME_CHARS = 120

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def clean(text: str | None) -> str:
    """*text* with line feeds as its only line ends and without control characters, which no database keeps alike."""
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n"))


def file_name(sent: str | None) -> str:
    """The last part of the name under which a browser sent a file; its ending stays when it is cut to length."""
    name = visible(sent or "") or "file"
    if len(name) <= MAX_NAME_CHARS:
        return name
    stem, dot, ending = name.rpartition(".")
    kept = dot + ending[:16] if stem else ""
    return name[: MAX_NAME_CHARS - len(kept)] + kept
