"""What people read instead of stored values: times, amounts, sizes and digests, in Chinese and in English."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment

from arbitration.domain.money import format_cny
from arbitration.domain.standard import BEIJING

SOON = timedelta(hours=24)
"""A deadline nearer than this is marked."""
KEPT = 8192
"""So many times are remembered in words: the same cases are looked at all day."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPANS = {
    "en": {
        "dh": "{d} d {h} h",
        "d": "{d} d",
        "hm": "{h} h {m} min",
        "h": "{h} h",
        "m": "{m} min",
        "left": "{span} left",
        "overdue": "{span} overdue",
        "left_now": "Under 1 min left",
        "overdue_now": "Just overdue",
        "word": "Beijing",
    },
    "zh": {
        "dh": "{d} 天 {h} 小时",
        "d": "{d} 天",
        "hm": "{h} 小时 {m} 分",
        "h": "{h} 小时",
        "m": "{m} 分钟",
        "left": "剩余 {span}",
        "overdue": "已逾期 {span}",
        "left_now": "剩余不足 1 分钟",
        "overdue_now": "刚刚逾期",
        "word": "北京时间",
    },
}


def _words(lang: str) -> dict[str, str]:
    return _SPANS["zh" if lang.startswith("zh") else "en"]


def span_words(lang: str) -> str:
    """The patterns of `relative` as JSON: the page's script refreshes times with the same words."""
    return json.dumps(_words(lang), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=KEPT)
def iso(at: datetime) -> str:
    """`2026-11-22T06:30:00Z`, for machine-readable attributes. Refuses a naive time."""
    return _aware(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def beijing(at: datetime, lang: str, short: bool = False) -> str:
    """`2026年11月22日 14:30` or `22 Nov 2026, 14:30`, Beijing time without the word; *short* leaves the year out."""
    local = _aware(at).astimezone(BEIJING)
    clock = f"{local.hour:02}:{local.minute:02}"
    if lang.startswith("zh"):
        year = "" if short else f"{local.year}年"
        return f"{year}{local.month}月{local.day}日 {clock}"
    year = "" if short else f" {local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]}{year}, {clock}"


@lru_cache(maxsize=KEPT)
def beijing_word(at: datetime, lang: str, short: bool = False) -> str:
    """As `beijing`, with the word: `22 Nov 2026, 14:30 Beijing` or `2026年11月22日 14:30 北京时间`."""
    return f"{beijing(at, lang, short)} {_words(lang)['word']}"


def beijing_date(at: datetime, lang: str) -> str:
    """`2026年11月22日` or `22 Nov 2026`: the day in Beijing."""
    local = _aware(at).astimezone(BEIJING)
    if lang.startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def utc(at: datetime, lang: str) -> str:
    """`06:30 UTC`, to stand beside Beijing time; with its own day when that is another one."""
    universal = _aware(at).astimezone(UTC)
    clock = f"{universal.hour:02}:{universal.minute:02} UTC"
    if universal.day == at.astimezone(BEIJING).day:
        return clock
    if lang.startswith("zh"):
        return f"{universal.month}月{universal.day}日 {clock}"
    return f"{universal.day} {_MONTHS[universal.month - 1]}, {clock}"


def relative(at: datetime, now: datetime, lang: str) -> str:
    """How far a deadline is: `2 h 40 min left`, `剩余 2 小时 40 分`; past it `3 h 12 min overdue`, `已逾期 …`.

    Whole minutes, rounded towards now; from one day on in days and hours.
    """
    seconds = int((_aware(at) - now).total_seconds())
    words = _words(lang)
    side = "left" if seconds >= 0 else "overdue"
    minutes = abs(seconds) // 60
    if minutes == 0:
        return words[f"{side}_now"]
    return words[side].format(span=_span(minutes, words))


def _span(minutes: int, words: dict[str, str]) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        shape = "dh" if hours else "d"
    elif hours:
        shape = "hm" if minutes else "h"
    else:
        shape = "m"
    return words[shape].format(d=days, h=hours, m=minutes)


def urgency(at: datetime | None, now: datetime) -> str:
    """`overdue`, `soon` (within 24 h), `later` or `none`: the word that colours a deadline."""
    if at is None:
        return "none"
    left = _aware(at) - now
    if left < timedelta(0):
        return "overdue"
    return "soon" if left < SOON else "later"


def filesize(size: int) -> str:
    """`812 B`, `312 KB`, `1.4 MB`: steps of 1024, one decimal below ten from a megabyte on."""
    if size < 1024:
        return f"{size} B"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    unit, divisor = ("MB", 1024**2) if size < 1024**3 else ("GB", 1024**3)
    amount = size / divisor
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"


def short_digest(digest: str) -> str:
    """`07e9a969…c1a070`: enough of a hex digest to compare by eye; the whole stands behind its copy button."""
    return digest if len(digest) <= 16 else f"{digest[:8]}…{digest[-6:]}"


def with_query(path: str, **changes: str | int | None) -> str:
    """The same local *path* with some query parameters set, or removed where the value is None."""
    parts = urlsplit("/" + path.lstrip("/\\"))
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **changes}
    text = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{parts.path}?{text}" if text else parts.path


def install(env: Environment, lang: Callable[[], str], now: Callable[[], datetime]) -> None:
    """Give templates these as filters; *lang* and *now* answer for the request being served."""
    env.filters.update(
        {
            "iso": iso,
            "beijing": lambda at, short=False: beijing(at, lang(), short),
            "beijing_word": lambda at, short=False: beijing_word(at, lang(), short),
            "beijing_date": lambda at: beijing_date(at, lang()),
            "utc": lambda at: utc(at, lang()),
            "relative": lambda at: relative(at, now(), lang()),
            "urgency": lambda at: urgency(at, now()),
            "cny": format_cny,
            "filesize": filesize,
            "short_digest": short_digest,
            "with_query": with_query,
        }
    )
    env.globals["span_words"] = lambda: span_words(lang())


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return at
