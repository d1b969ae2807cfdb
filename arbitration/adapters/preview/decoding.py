"""Text out of bytes of an unknown encoding, and without the characters that make it read otherwise than it is."""

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SAMPLE_BYTES = 4096
REPLACEMENT = "\ufffd"
_SHOWN = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    **dict.fromkeys(range(0x7F, 0xA0), REPLACEMENT),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), REPLACEMENT),
    **dict.fromkeys((0x200E, 0x200F, 0xFEFF)),
    0x2028: "\n",
    0x2029: "\n",
}
"""Controls are shown by their sign, what turns the reading direction of others by a mark; separators end a line."""


def decoded(content: bytes) -> str:
    """*content*, which may end within a character, as UTF-8, UTF-16 or GB18030, whichever it is."""
    encoding = _encoding(content)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN)


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    even, odd = content[0:SAMPLE_BYTES:2], content[1:SAMPLE_BYTES:2]
    if max(even.count(0), odd.count(0)) > max(
        1, len(even) // 20
    ):  # spaces and ends of lines have a zero byte in UTF-16
        return "utf-16-le" if odd.count(0) >= even.count(0) else "utf-16-be"
    return next((encoding for encoding in ("utf-8", "gb18030") if _reads(content, encoding)), "utf-8")


def _reads(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(content)
    except UnicodeDecodeError:
        return False
    return True
