"""The demo's clock: one offset for all who read the same file, never half of one."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from arbitration.adapters.clock import OffsetClock, wall_clock

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clock.json"


def shifted_by(clock: OffsetClock) -> timedelta:
    """The offset that a clock shows, to the hour: what lies between two looks at the wall does not matter."""
    return timedelta(hours=round((clock() - wall_clock()) / timedelta(hours=1)))


def test_without_a_file_it_is_the_wall_clock_in_utc(path):
    assert shifted_by(OffsetClock(path)) == timedelta(0)
    assert OffsetClock(path)().tzinfo is UTC


def test_every_reader_of_the_file_has_the_same_time(path):
    one, two = OffsetClock(path), OffsetClock(path)
    for offset in (-30 * DAY, timedelta(0), 400 * DAY, timedelta(hours=-5)):
        one.shift(offset)
        assert (shifted_by(one), shifted_by(two)) == (offset, offset)


def test_a_time_can_be_named(path):
    moment = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    OffsetClock(path).set(moment)
    assert moment <= OffsetClock(path)() < moment + timedelta(hours=1)


def test_another_process_sees_it_too(path):
    code = (
        "import sys; from pathlib import Path; from arbitration.adapters.clock import OffsetClock;"
        "OffsetClock(Path(sys.argv[1])).shift(__import__('datetime').timedelta(days=-9))"
    )
    clock = OffsetClock(path)
    assert shifted_by(clock) == timedelta(0)
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert shifted_by(clock) == -9 * DAY


def test_however_quickly_it_is_set_again_the_last_setting_counts(path):
    """Files carry the time of a kernel tick, milliseconds apart: two settings may bear the same."""
    setter, reader = OffsetClock(path), OffsetClock(path)
    for number in range(300):
        setter.shift(number * DAY)
        assert shifted_by(reader) == number * DAY


def test_readers_see_one_offset_or_the_other_while_two_set_it(path):
    allowed = {timedelta(0), 10 * DAY, -10 * DAY}
    seen: set[timedelta] = set()
    failed: list[BaseException] = []
    stop = threading.Event()

    def until_stopped(step) -> None:
        try:
            while not stop.is_set():
                step()
        except BaseException as error:
            failed.append(error)

    def read(clock: OffsetClock) -> None:
        seen.add(shifted_by(clock))

    reader = OffsetClock(path)
    threads = [
        threading.Thread(target=until_stopped, args=[lambda: OffsetClock(path).shift(10 * DAY)]),
        threading.Thread(target=until_stopped, args=[lambda: OffsetClock(path).shift(-10 * DAY)]),
        threading.Thread(target=until_stopped, args=[lambda: read(reader)]),
        threading.Thread(target=until_stopped, args=[lambda: read(OffsetClock(path))]),
    ]
    for thread in threads:
        thread.start()
    for _ in range(100_000):
        read(OffsetClock(path))
        if allowed - {timedelta(0)} <= seen:
            break
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert allowed - {timedelta(0)} <= seen <= allowed


def test_setting_leaves_no_second_file(path):
    OffsetClock(path).shift(DAY)
    OffsetClock(path).shift(2 * DAY)
    assert list(path.parent.iterdir()) == [path]
