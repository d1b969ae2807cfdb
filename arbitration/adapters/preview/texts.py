"""Any text as what it is: a conversation, a table, or numbered lines; what it was filed as says what to try."""

import json
from collections.abc import Sequence

from arbitration.adapters.preview import chat_html, chat_json, chats, tables
from arbitration.adapters.preview.chats import Message
from arbitration.adapters.preview.tables import Table
from arbitration.domain import previews as rules
from arbitration.domain.evidence import Kind
from arbitration.domain.previews import NoPreview, Preview, PreviewKind

HTML_NAMES = (".html", ".htm")
CHATS_OF_NO_KIND = 4
"""So many messages make a conversation of a text that was filed as something else."""


def preview(text: str, name: str, kind: Kind, whole: bool) -> Preview:
    """What is shown of a text; not *whole* where only its beginning was read."""
    if not text.strip():
        return rules.none(NoPreview.EMPTY)
    if name.endswith(HTML_NAMES):
        return _of_html(text, whole)
    found = _of_data(text, whole) or _of_lines(text, name, kind, whole)
    return found or numbered(text.rstrip("\n").split("\n"), whole)


def _of_html(text: str, whole: bool) -> Preview:
    document = chat_html.opened(text)
    if document is None:
        return rules.none(NoPreview.EMPTY)
    if messages := chat_html.conversation(document):
        return _conversation(messages, whole)
    if cells := chat_html.table(document):
        return _table((cells[0], cells[1:]), whole)
    lines = chat_html.lines(document)
    return numbered(lines, whole) if lines else rules.none(NoPreview.EMPTY)


def _of_data(text: str, whole: bool) -> Preview | None:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        found = tables.of_json_lines(text)
        return None if found is None else _table(found, whole)
    if messages := chat_json.conversation(data):
        return _conversation(messages, whole)
    table = tables.of_json(data)
    return None if table is None else _table(table, whole)


def _of_lines(text: str, name: str, kind: Kind, whole: bool) -> Preview | None:
    """A chat's lines begin with a time as a log's do: only where one was filed is it looked for first."""
    if kind is Kind.CHAT_LOG and (messages := chats.conversation(text)):
        return _conversation(messages, whole)
    table = tables.of_csv(text) if name.endswith(".csv") else tables.of_log(text)
    if table is not None:
        return _table(table, whole)
    messages = chats.conversation(text)
    return _conversation(messages, whole) if messages and len(messages) >= CHATS_OF_NO_KIND else None


def _conversation(messages: Sequence[Message], whole: bool) -> Preview:
    return _bounded(PreviewKind.CONVERSATION, (), messages, whole)


def _table(table: Table, whole: bool) -> Preview:
    columns, rows = table
    return _bounded(PreviewKind.TABLE, columns, rows, whole)


def numbered(lines: Sequence[str], whole: bool) -> Preview:
    """Lines as they stand."""
    return _bounded(PreviewKind.TEXT, (), [(line,) for line in lines], whole)


def listing(entries: Sequence[Sequence[str]]) -> Preview:
    """The names in an archive."""
    return _bounded(PreviewKind.LISTING, (), entries, whole=True)


def _bounded(kind: PreviewKind, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: bool) -> Preview:
    kept = []
    left = rules.MAX_CHARS
    for row in rows[: rules.MAX_ROWS]:
        cells = tuple(_cell(cell) for cell in row[: rules.MAX_COLUMNS])
        left -= sum(map(len, cells))
        if left < 0:
            break
        kept.append(cells)
    names = tuple(_cell(name) for name in columns[: rules.MAX_COLUMNS])
    return Preview(kind, total=len(rows), whole=whole, columns=names, rows=tuple(kept))


def _cell(text: str) -> str:
    return text if len(text) <= rules.MAX_CELL_CHARS else text[: rules.MAX_CELL_CHARS] + "…"
