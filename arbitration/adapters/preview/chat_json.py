"""Conversations out of chat exports in JSON: Telegram's, Discord's, and others by what their fields are called."""

from datetime import UTC, datetime
from typing import Any

from arbitration.adapters.preview.chats import LEAST_MESSAGES, Message

WHO = (
    "from", "sender", "author", "from_name", "sender_name", "senderName", "fromUser", "nickname", "nickName",
    "NickName", "nick", "Remark", "user", "username", "userName", "talker", "speaker", "name", "who", "actor", "role",
)  # fmt: skip
WHEN = (
    "date", "time", "StrTime", "timestamp", "datetime", "created_at", "createdAt", "createTime", "create_time",
    "CreateTime", "sent_at", "sentAt", "send_time", "sendTime", "at", "when",
)  # fmt: skip
TEXT = ("text", "content", "message", "body", "msg", "StrContent")
ENCLOSED = ("photo", "file_name", "file", "media_type", "attachments", "action")
"""What a message carries beside or instead of words."""
_NAME = ("nickname", "nickName", "name", "displayName", "display_name", "username", "fileName", "file_name", "id")
MAX_DEPTH = 4
EPOCH_SECONDS = range(10**9, 10**10)
EPOCH_MILLISECONDS = range(10**12, 10**13)


def conversation(data: object) -> list[Message] | None:
    """The longest list of messages in *data*; None where there is none."""
    best = max(_lists(data, MAX_DEPTH), key=len, default=[])
    messages = [_message(entry) for entry in best if _is_message(entry)]
    return messages if len(messages) >= LEAST_MESSAGES and 2 * len(messages) > len(best) else None


def _lists(data: object, depth: int) -> list[list[Any]]:
    if depth == 0:
        return []
    if isinstance(data, list) and any(_is_message(entry) for entry in data):
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [found for each in inner for found in _lists(each, depth - 1)]


def _is_message(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    said = any(name in entry for name in (*TEXT, *ENCLOSED))
    return said and any(name in entry for name in WHEN) and any(name in entry for name in WHO)


def _message(entry: dict[str, Any]) -> Message:
    text = _words(_first(entry, TEXT))
    enclosed = [f"[{_words(entry[name])}]" for name in ENCLOSED if entry.get(name)]
    return Message(_when(_first(entry, WHEN)), _words(_first(entry, WHO)), "\n".join(filter(None, [text, *enclosed])))


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> object:
    return next((entry[name] for name in names if entry.get(name) not in (None, "")), "")


def _words(value: object) -> str:
    """What a value says: Telegram cuts a text into pieces, Discord's author is an object."""
    if isinstance(value, list):
        return "".join(_words(each) for each in value)
    if isinstance(value, dict):
        return _words(value["text"]) if "text" in value else _words(_first(value, _NAME))
    return str(value)


def _when(value: object) -> str:
    """As it stands; seconds or milliseconds since 1970 as a time of UTC."""
    number = int(value) if isinstance(value, int | str) and str(value).isascii() and str(value).isdigit() else 0
    if number in EPOCH_MILLISECONDS:
        number //= 1000
    if number in EPOCH_SECONDS:
        return f"{datetime.fromtimestamp(number, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return _words(value)
