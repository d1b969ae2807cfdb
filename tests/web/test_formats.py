from datetime import UTC, datetime, timedelta

import pytest

from arbitration.web import formats

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "short", "shown"),
    [
        ("zh-Hans", False, "2026年11月22日 14:30"),
        ("en", False, "22 Nov 2026, 14:30"),
        ("zh-Hans", True, "11月22日 14:30"),
        ("en", True, "22 Nov, 14:30"),
    ],
)
def test_beijing_time_is_eight_hours_ahead_of_utc(lang: str, short: bool, shown: str) -> None:
    assert formats.beijing(NOW, lang, short) == shown


def test_beijing_time_carries_its_word_and_never_cst() -> None:
    assert formats.beijing_word(NOW, "en") == "22 Nov 2026, 14:30 Beijing"
    assert formats.beijing_word(NOW, "zh-Hans", short=True) == "11月22日 14:30 北京时间"


def test_the_beijing_day_changes_at_sixteen_hours_utc() -> None:
    assert formats.beijing_date(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "en") == "31 Dec 2026"
    assert formats.beijing_date(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "zh-Hans") == "2027年1月1日"


@pytest.mark.parametrize(
    ("at", "lang", "shown"),
    [
        (NOW, "en", "06:30 UTC"),
        (datetime(2026, 11, 21, 16, 30, tzinfo=UTC), "en", "21 Nov, 16:30 UTC"),
        (datetime(2026, 11, 21, 16, 30, tzinfo=UTC), "zh-Hans", "11月21日 16:30 UTC"),
    ],
)
def test_utc_names_its_day_when_it_is_not_the_beijing_day(at: datetime, lang: str, shown: str) -> None:
    assert formats.utc(at, lang) == shown


@pytest.mark.parametrize(
    ("left", "en", "zh"),
    [
        (timedelta(hours=2, minutes=40), "2 h 40 min left", "剩余 2 小时 40 分"),
        (timedelta(hours=19), "19 h left", "剩余 19 小时"),
        (timedelta(minutes=5, seconds=59), "5 min left", "剩余 5 分钟"),
        (timedelta(seconds=59), "Under 1 min left", "剩余不足 1 分钟"),
        (timedelta(0), "Under 1 min left", "剩余不足 1 分钟"),
        (timedelta(days=1, hours=4, minutes=59), "1 d 4 h left", "剩余 1 天 4 小时"),
        (timedelta(days=2, minutes=59), "2 d left", "剩余 2 天"),
        (-timedelta(hours=3, minutes=12), "3 h 12 min overdue", "已逾期 3 小时 12 分"),
        (-timedelta(days=3), "3 d overdue", "已逾期 3 天"),
        (-timedelta(seconds=1), "Just overdue", "刚刚逾期"),
    ],
)
def test_a_deadline_is_told_by_what_is_left_or_how_far_it_is_past(left: timedelta, en: str, zh: str) -> None:
    assert formats.relative(NOW + left, NOW, "en") == en
    assert formats.relative(NOW + left, NOW, "zh-Hans") == zh


@pytest.mark.parametrize(
    ("left", "word"),
    [
        (timedelta(seconds=-1), "overdue"),
        (timedelta(0), "soon"),
        (timedelta(hours=23, minutes=59), "soon"),
        (timedelta(hours=24), "later"),
    ],
)
def test_urgency_turns_at_the_deadline_and_a_day_before_it(left: timedelta, word: str) -> None:
    assert formats.urgency(NOW + left, NOW) == word


def test_what_has_no_deadline_has_no_urgency() -> None:
    assert formats.urgency(None, NOW) == "none"


@pytest.mark.parametrize(
    "show",
    [
        formats.iso,
        lambda at: formats.beijing(at, "en"),
        lambda at: formats.utc(at, "en"),
        lambda at: formats.relative(at, NOW, "en"),
        lambda at: formats.urgency(at, NOW),
    ],
)
def test_a_time_without_a_zone_is_refused(show) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        show(datetime(2026, 11, 22, 6, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (319_488, "312 KB"),
        (1_468_006, "1.4 MB"),
        (18 * 1024**2, "18 MB"),
        (2 * 1024**3, "2.0 GB"),
    ],
)
def test_file_sizes_are_short(size: int, shown: str) -> None:
    assert formats.filesize(size) == shown


def test_a_digest_keeps_its_two_ends() -> None:
    assert formats.short_digest("07e9a969" + "0" * 50 + "c1a070") == "07e9a969…c1a070"
    assert formats.short_digest("abc") == "abc"


@pytest.mark.parametrize(
    ("path", "changes", "result"),
    [
        ("/desk?view=all&q=%E9%94%AE", {"lang": "en"}, "/desk?view=all&q=%E9%94%AE&lang=en"),
        ("/desk?lang=zh", {"lang": "en"}, "/desk?lang=en"),
        ("/desk?after=7&q=", {"after": None}, "/desk?q="),
        ("/desk?", {}, "/desk"),
        ("//evil.example/x", {"lang": "en"}, "/evil.example/x?lang=en"),
    ],
)
def test_a_query_is_changed_in_place_and_stays_on_this_site(path: str, changes: dict, result: str) -> None:
    assert formats.with_query(path, **changes) == result
