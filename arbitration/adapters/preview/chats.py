"""Conversations out of chat exports in text: messaging programs differ in where they put who and when."""

import re
from typing import NamedTuple

MAX_PREFIX = 200
"""Who and when stand within so many characters of a line's beginning."""
LEAST_MESSAGES = 2


class Message(NamedTuple):
    """One message as the export has it; `when` is not interpreted: exports name no time zone."""

    when: str
    who: str
    text: str


_DATE = r"(?:\d{4}[-/.年] ?\d{1,2}[-/.月] ?\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
_HALF = r"(?:[上下]午|凌晨|早上|中午|晚上)"
_TIME = rf"{_HALF}? ?\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\.\d{{1,6}})?(?:[ \u202f]?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|北京时间|[+-]\d{2}:?\d{2}))?"
_WHEN = rf"(?P<when>{_DATE}(?:,? +|T| ?)(?:星期. +)?{_TIME}{_ZONE})"
_WHO = r"(?P<who>[^:：\n]{1,60}?)"

_INLINE = re.compile(rf"[\[(【]?{_WHEN}[\])】]?(?: +-)?\s*(?:{_WHO}[:：])(?: |\b|(?=\W))?")
"""`[2024/1/5, 14:03:22] name: text`, `05/01/2024, 14:03 - name: text`, `2024-01-05 14:03 name：text`."""
_NOTICE = re.compile(rf"[\[(【]?{_WHEN}[\])】]?(?: +-)?\s*")
"""The same with no name: what the program itself says."""
_TIME_FIRST = re.compile(rf"{_WHEN}\s+(?P<who>[^:：\n]{{1,80}})$")
"""`2024-01-05 14:03:22 name`, the text on the lines that follow."""
_NAME_FIRST = re.compile(rf"(?P<who>[^:：\n]{{1,60}}?)[:：]?\s+{_WHEN}$")
"""`name 2024/1/5 14:03`, the text on the lines that follow."""
_NAME_ALONE = re.compile(r"(?P<who>[^:：\n]{1,40})[:：]$")
"""`name:`, the text on the lines that follow; no time."""


def conversation(text: str) -> list[Message] | None:
    """The messages, in order, if the text reads as a conversation. Lines before the first are a message of nobody."""
    lines = text.split("\n")
    heads = [line[:MAX_PREFIX] for line in lines]
    forms = (_INLINE, _TIME_FIRST, _NAME_FIRST, _NAME_ALONE)
    counts = {form: sum(form.match(head.rstrip()) is not None for head in heads) for form in forms}
    best = max(forms, key=lambda form: counts[form])
    if counts[best] < LEAST_MESSAGES:
        return None
    return _messages(lines, best)


def _messages(lines: list[str], form: re.Pattern[str]) -> list[Message]:
    found: list[tuple[str, str, list[str]]] = [("", "", [])]
    for line in lines:
        begins = form.match(line[:MAX_PREFIX].rstrip())
        if begins is None and form is _INLINE:
            begins = _NOTICE.match(line[:MAX_PREFIX])
        if begins is None:
            found[-1][2].append(line)
            continue
        said = begins.groupdict()
        rest = line[begins.end() :] if form is _INLINE else ""
        found.append((said.get("when") or "", (said.get("who") or "").strip(), [rest] if rest else []))
    messages = [Message(when, who, "\n".join(text).strip("\n")) for when, who, text in found]
    return messages if messages[0].text.strip() else messages[1:]
