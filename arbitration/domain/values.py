"""Values as the standard and forms write them, and as sentences say them in Chinese and in English."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Literal, cast

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Enumeration
from arbitration.domain.evaluation import Interval, Value
from arbitration.domain.expressions import LONG_AGO, NEVER
from arbitration.domain.quantities import quantity

BEIJING = timezone(timedelta(hours=8))
"""China keeps one civil time, without summer time."""
NO_WORDS = "none"
"""An empty list, as it is written."""

_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", re.ASCII)
_WRITTEN = {"true": True, "false": False}
_INSTANTS = {"never": NEVER, "long_ago": LONG_AGO}
_SECONDS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
NOT_SHOWN = Bilingual("未证明", "not shown")
_NEVER = Bilingual("未发生", "never")
_LONG_AGO = Bilingual("早已发生", "long ago")
_TEN_YEARS = 3650 * 86400
"""From there on nobody counts days: it stands for as long as any."""
_ENDLESS = Bilingual("无限期", "without end")
_BELOW_ALL = Bilingual("早于一切期限", "before any limit")
_NONE = Bilingual("无", "none")
_BOUNDLESS = NEVER // 10**6
"""A share or a product of what knows no bounds knows none either."""
_TRUTHS = {True: Bilingual("是", "yes"), False: Bilingual("否", "no")}
_UNITS: Mapping[str, tuple[Bilingual, Bilingual]] = {
    "y": (Bilingual("年", "years"), Bilingual("年", "year")),
    "d": (Bilingual("天", "days"), Bilingual("天", "day")),
    "h": (Bilingual("小时", "hours"), Bilingual("小时", "hour")),
    "min": (Bilingual("分钟", "minutes"), Bilingual("分钟", "minute")),
    "s": (Bilingual("秒", "seconds"), Bilingual("秒", "second")),
}
_FROM_TWO_DAYS = 2 * 86400
_EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
_AFTER_ALL_YEARS = Bilingual("9999年之后", "after the year 9999")
_BEFORE_ALL_YEARS = Bilingual("公元1年之前", "before the year 1")


def read_value(kind: str, text: str, enums: Mapping[str, Enumeration]) -> Value:
    """The value that *text* writes for a fact of this type; None if it writes none.

    Times are Beijing's where they name no zone: `2026-03-01 10:00`, `never`, `long_ago`. Durations `72h`, money
    `CNY 49.90`, truths `true`, words of an enumeration as they are, lists as words with commas or `none`.
    """
    if kind == "bool":
        return _WRITTEN.get(text)
    if kind == "instant":
        return _INSTANTS[text] if text in _INSTANTS else _read_instant(text)
    if kind == "text":
        return text or None
    if kind.startswith("list["):
        words = [] if text == NO_WORDS else [each.strip() for each in text.split(",")]
        return frozenset(words) if all(word in enums[kind[5:-1]] for word in words) else None
    if kind in enums:
        return text if text in enums[kind] else None
    read = quantity(text)
    return read.amount if read is not None and read.type == kind else None


def _read_instant(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if _LOCAL.fullmatch(text):
        moment = moment.replace(tzinfo=BEIJING)
    if moment.tzinfo is None:
        return None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    return seconds if _moment(seconds) is not None else None


def _moment(seconds: int) -> datetime | None:
    """The time in Beijing; None where the calendar ends: a warranty may be stated to last a million years."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


def write_value(kind: str, value: Value) -> str:
    """The text that `read_value` reads back as *value*, which is known. Raises ValueError beyond the calendar."""
    if kind == "bool":
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or NO_WORDS
    if isinstance(value, str):
        return value
    number = cast(int, value)
    if kind == "instant":
        return _write_instant(number)
    if kind == "money":
        yuan, fen = divmod(number, 100)
        return f"CNY {yuan}.{fen:02}" if fen else f"CNY {yuan}"
    if kind == "duration":
        return next(f"{number // size}{unit}" for unit, size in _SECONDS if number % size == 0)
    return str(number)


def _write_instant(seconds: int) -> str:
    if seconds >= NEVER:
        return "never"
    if seconds <= LONG_AGO:
        return "long_ago"
    moment = _moment(seconds)
    if moment is None:
        raise ValueError(f"no year of the calendar holds the time {seconds}")
    return f"{moment:%Y-%m-%d %H:%M:%S}".zfill(len("2026-01-01 00:00:00")).removesuffix(":00")


def show(
    value: Value, kind: str, language: Literal["zh", "en"], *, unit: str | None = None, enum: Enumeration | None = None
) -> str:
    """The value as it stands in a sentence; durations in the *unit* that is shown for their name, where it fits."""
    if value.__class__ is tuple:
        return _range(cast(Interval, value), kind, language, unit)
    if value is None:
        return _say(NOT_SHOWN, language)
    if kind == "bool":
        return _say(_TRUTHS[bool(value)], language)
    if enum is not None:
        return _words(value, enum, language)
    if isinstance(value, str):
        return value
    return _number(cast(int, value), kind, language, unit)


def _say(words: Bilingual, language: str) -> str:
    return words.zh if language == "zh" else words.en


def _range(value: Interval, kind: str, language: str, unit: str | None) -> str:
    """At least, at most, between; nothing at all is known where it could be anything."""
    least, greatest = value
    open_below = least <= LONG_AGO or (kind != "instant" and least <= 0)
    open_above = greatest >= _BOUNDLESS
    if open_below and open_above:
        return _say(NOT_SHOWN, language)
    low, high = (_number(each, kind, language, unit) for each in value)
    times = kind == "instant"
    if open_above:
        words = Bilingual("不早于 {}", "no earlier than {}") if times else Bilingual("至少 {}", "at least {}")
        return _say(words, language).format(low)
    if open_below:
        words = Bilingual("不晚于 {}", "no later than {}") if times else Bilingual("至多 {}", "at most {}")
        return _say(words, language).format(high)
    return _say(Bilingual("{} 至 {}", "{} to {}"), language).format(low, high)


def _words(value: Value, enum: Enumeration, language: str) -> str:
    labels = {word.word: _say(word.label, language) for word in enum.words}
    if isinstance(value, frozenset):
        listed = ("、" if language == "zh" else ", ").join(labels[word] for word in sorted(value))
        return listed or _say(_NONE, language)
    return labels[str(value)]


def _number(value: int, kind: str, language: str, unit: str | None) -> str:
    if kind == "instant":
        return _instant(value, language)
    if value >= NEVER:
        return _say(_ENDLESS, language)
    if value <= LONG_AGO:
        return _say(_BELOW_ALL, language)
    if kind == "money":
        return _money(value, language)
    if kind == "percent":
        return f"{value}%"
    if kind == "years":
        return _counted(value, "y", language)
    return _duration(value, language, unit) if kind == "duration" else str(value)


def _money(value: int, language: str) -> str:
    yuan, fen = divmod(abs(value), 100)
    sign = "-" if value < 0 else ""
    amount = f"{sign}{yuan:,}.{fen:02}" if fen else f"{sign}{yuan:,}"
    return f"{amount} 元" if language == "zh" else f"CNY {amount}"


def _instant(value: int, language: str) -> str:
    if value >= NEVER:
        return _say(_NEVER, language)
    if value <= LONG_AGO:
        return _say(_LONG_AGO, language)
    moment = _moment(value)
    if moment is None:
        return _say(_AFTER_ALL_YEARS if value > 0 else _BEFORE_ALL_YEARS, language)
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def _duration(seconds: int, language: str, unit: str | None) -> str:
    """In the wanted unit where it comes out even, else in the largest two that tell it to the second."""
    sign = "-" if seconds < 0 else ""
    seconds = abs(seconds)
    if seconds >= _TEN_YEARS:
        return sign + _say(Bilingual("十年以上", "ten years or more"), language)
    if unit is not None and seconds % (size := dict(_SECONDS)[unit]) == 0:
        return sign + _counted(seconds // size, unit, language)
    parts = []
    for name, size in _SECONDS:
        if name == "d" and seconds % size and seconds < _FROM_TWO_DAYS:
            continue  # 36 hours, not a day and 12 hours
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(_counted(count, name, language))
    return sign + (" ".join(parts) or _counted(0, unit or "h", language))


def _counted(count: int, unit: str, language: str) -> str:
    many, one = _UNITS[unit]
    return f"{count} {_say(one if count == 1 else many, language)}"
